//! Paths into documents.

use std::path::{Path, PathBuf};

use secondlook::intake::{self, Found};

/// A folder with empty files at these paths.
fn folder(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, b"").unwrap();
    }
    folder
}

/// The documents as `label: front + back`, with paths below `root`.
fn listed(found: &Found, root: &Path) -> Vec<String> {
    let short = |path: &Option<PathBuf>| {
        path.as_ref().map_or("-".to_owned(), |path| {
            path.strip_prefix(root)
                .unwrap_or(path)
                .display()
                .to_string()
        })
    };
    let line = |document: &intake::DocumentFiles| {
        format!(
            "{}: {} + {}",
            document.label,
            short(&document.front),
            short(&document.back)
        )
    };
    found.documents.iter().map(line).collect()
}

#[test]
fn names_pair_the_sides() {
    let check = |files: &[&str], expected: &[&str]| {
        let folder = folder(files);
        let found = intake::documents(&[folder.path().to_owned()], None);
        assert_eq!(listed(&found, folder.path()), expected, "{files:?}");
        assert_eq!(found.problems, []);
    };
    check(
        &["x_front.jpg", "x_back.jpg"],
        &["x: x_front.jpg + x_back.jpg"],
    );
    check(
        &["x-Front.JPG", "X-BACK.png"],
        &["X: x-Front.JPG + X-BACK.png"],
    );
    check(
        &["a b front.webp", "a b back.tiff"],
        &["a b: a b front.webp + a b back.tiff"],
    );
    check(
        &["x.front.bmp", "x.back.tif"],
        &["x: x.front.bmp + x.back.tif"],
    );
    check(&["x.jpg", "x_back.jpg"], &["x: x.jpg + x_back.jpg"]);
    check(&["x_back.jpg"], &["x: - + x_back.jpg"]);
    check(&["x_front.jpg"], &["x: x_front.jpg + -"]);
    check(
        &["seven/back.jpg", "seven/front.jpg"],
        &["seven: seven/front.jpg + seven/back.jpg"],
    );
    // "setback" and "confront" are words, not sides.
    check(
        &["confront.jpg", "setback.jpg"],
        &["confront: confront.jpg + -", "setback: setback.jpg + -"],
    );
    // Another folder is another document.
    check(
        &["a/x_front.jpg", "b/x_back.jpg"],
        &["x: a/x_front.jpg + -", "x: - + b/x_back.jpg"],
    );
    // The front that says so wins over the one that does not; neither is lost.
    check(
        &["x.jpg", "x_back.jpg", "x_front.jpg"],
        &["x: x_front.jpg + x_back.jpg", "x: x.jpg + -"],
    );
    check(
        &["x_back.jpg", "x_front.jpg", "x_front.png"],
        &["x: x_front.jpg + x_back.jpg", "x: x_front.png + -"],
    );
    check(
        &["größe_front.jpg", "GRÖSSE_back.jpg"],
        &["GRÖSSE: - + GRÖSSE_back.jpg", "größe: größe_front.jpg + -"],
    );
}

#[test]
fn folders_are_searched_in_order_and_other_files_counted() {
    let folder = folder(&[
        "b/2.png",
        "a/1.jpg",
        "notes.txt",
        ".hidden.jpg",
        ".git/x.jpg",
        "c.json",
    ]);
    let found = intake::documents(&[folder.path().to_owned()], None);
    assert_eq!(
        listed(&found, folder.path()),
        ["1: a/1.jpg + -", "2: b/2.png + -"]
    );
    assert_eq!(found.n_skipped, 4);
}

#[test]
fn a_file_named_itself_is_tried_whatever_it_is_called() {
    let folder = folder(&["scan.dat"]);
    let file = folder.path().join("scan.dat");
    let found = intake::documents(&[file.clone(), file, folder.path().to_owned()], None);
    assert_eq!(listed(&found, folder.path()), ["scan: scan.dat + -"]);
}

#[test]
fn the_same_file_twice_is_one_document() {
    let folder = folder(&["x.jpg"]);
    let file = folder.path().join("x.jpg");
    let again = folder.path().join(".").join("x.jpg");
    let found = intake::documents(&[file, again, folder.path().to_owned()], None);
    assert_eq!(found.documents.len(), 1);
}

#[test]
fn a_given_back_overrules_the_names() {
    let folder = folder(&["one.jpg", "two.jpg"]);
    let (one, two) = (folder.path().join("one.jpg"), folder.path().join("two.jpg"));
    let found = intake::documents(std::slice::from_ref(&one), Some(&two));
    assert_eq!(listed(&found, folder.path()), ["one: one.jpg + two.jpg"]);

    for fronts in [
        vec![],
        vec![one.clone(), one.clone()],
        vec![folder.path().to_owned()],
    ] {
        let found = intake::documents(&fronts, Some(&two));
        assert_eq!(found.documents, []);
        assert_eq!(
            found.problems[0].reason,
            "a back goes with exactly one picture of a front"
        );
    }
}

#[test]
fn a_path_that_is_not_there_is_a_line_and_the_rest_goes_on() {
    let folder = folder(&["x.jpg"]);
    let missing = folder.path().join("missing");
    let found = intake::documents(&[missing.clone(), folder.path().join("x.jpg")], None);
    assert_eq!(found.documents.len(), 1);
    assert_eq!(found.problems.len(), 1);
    assert_eq!(found.problems[0].item, missing.display().to_string());
    assert_eq!(found.problems[0].reason, "there is nothing at this path");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_above_ends() {
    let folder = folder(&["a/x.jpg"]);
    std::os::unix::fs::symlink(folder.path(), folder.path().join("a/up")).unwrap();
    let found = intake::documents(&[folder.path().to_owned()], None);
    assert_eq!(found.documents.len(), 1);
    assert_eq!((found.problems.len(), found.n_skipped), (0, 1));
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_a_line() {
    let folder = folder(&["x.jpg"]);
    std::os::unix::fs::symlink("nowhere", folder.path().join("y.jpg")).unwrap();
    let found = intake::documents(&[folder.path().to_owned()], None);
    assert_eq!((found.documents.len(), found.problems.len()), (1, 1));
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_a_line_and_the_rest_goes_on() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder(&["open/x.jpg", "shut/y.jpg"]);
    let shut = folder.path().join("shut");
    std::fs::set_permissions(&shut, std::fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser may read everything; then there is nothing to refuse.
    let refused = std::fs::read_dir(&shut).is_err();
    let found = intake::documents(&[folder.path().to_owned()], None);
    std::fs::set_permissions(&shut, std::fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(found.documents.len(), if refused { 1 } else { 2 });
    assert_eq!(found.problems.len(), usize::from(refused));
    if refused {
        assert_eq!(
            found.problems[0].reason,
            "there is no permission to read it"
        );
    }
}
