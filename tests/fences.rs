//! The fences between modules, checked by reading the sources: who may name which crate, and which
//! module may know which. Tests inside a module (`#[cfg(test)]` at its end) may know more.
#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod sources;

use sources::{root, sources};

/// A crate or path that may be named in some places only.
struct Fence {
    /// The name as it stands in a path, such as `rusqlite`.
    name: &'static str,
    /// Where it may be named, from the repository's root.
    allowed: &'static [&'static str],
}

const FENCES: [Fence; 11] = [
    fence("egui", &["src/app/"]),
    fence("eframe", &["src/app/"]),
    fence("egui_extras", &["src/app/"]),
    fence("rfd", &["src/app/"]),
    fence("rusqlite", &["src/store/"]),
    fence("fluent_bundle", &["src/words.rs"]),
    fence("ort", &["src/engine/runtime/ort.rs"]),
    fence("rten", &["src/engine/runtime/rten.rs"]),
    fence("clap", &["src/cli/"]),
    fence("SystemTime::now", &["src/clock.rs"]),
    fence("Timestamp::now", &["src/clock.rs"]),
];

const fn fence(name: &'static str, allowed: &'static [&'static str]) -> Fence {
    Fence { name, allowed }
}

/// What each module of the crate may use of the others. A module that is not here fails the test:
/// a new one gets its line before its first landing.
const LAYERS: [(&str, &[&str]); 18] = [
    ("words", &[]),
    ("case", &["words"]),
    ("clock", &["case", "words"]),
    ("config", &["case", "routing"]),
    ("routing", &["case"]),
    ("shrink", &[]),
    ("lens", &["words"]),
    ("intake", &["case", "shrink"]),
    ("engine", &["case", "config", "intake", "shrink"]),
    ("store", &["case", "config", "routing", "words"]),
    ("synth", &["case"]),
    ("jobs", &[]),
    ("export", &["case", "clock", "store"]),
    ("review", &["case", "routing", "store"]),
    (
        "pipeline",
        &[
            "case", "clock", "config", "engine", "intake", "routing", "store",
        ],
    ),
    (
        "cli",
        &[
            "case", "clock", "config", "engine", "export", "intake", "jobs", "pipeline", "review",
            "routing", "shrink", "store", "synth",
        ],
    ),
    (
        "app",
        &[
            "case", "clock", "config", "engine", "export", "intake", "jobs", "lens", "pipeline",
            "review", "routing", "shrink", "store", "synth", "words",
        ],
    ),
    ("main", &["app", "cli"]),
];

/// Crates that the plain data may use; everything else in `Cargo.toml` is out of its reach.
const CASE_MAY_USE: [&str; 3] = ["serde", "thiserror", "sha2"];

#[test]
fn crates_are_named_only_inside_their_fences() {
    let mut broken = Vec::new();
    for (path, source) in sources("src") {
        for fence in &FENCES {
            let inside = fence.allowed.iter().any(|place| path.starts_with(place));
            if !inside && names(&source, fence.name) {
                broken.push(format!("{path} names `{}`", fence.name));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn modules_know_only_the_modules_below_them() {
    let mut broken = Vec::new();
    for (path, source) in sources("src") {
        let Some(module) = module_of(&path) else {
            continue;
        };
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
            broken.push(format!(
                "{path}: the module `{module}` has no line in LAYERS"
            ));
            continue;
        };
        for used in crate_modules(&source) {
            if used != module && !allowed.contains(&used.as_str()) {
                broken.push(format!("{path} uses `{used}`"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_plain_data_uses_no_other_crate() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let forbidden: Vec<String> = dependencies(&manifest)
        .into_iter()
        .filter(|name| !CASE_MAY_USE.contains(&name.as_str()))
        .collect();
    assert!(
        forbidden.iter().any(|name| name == "rusqlite"),
        "the manifest was not understood: {forbidden:?}"
    );
    let mut broken = Vec::new();
    for (path, source) in sources("src") {
        if path.starts_with("src/case/") {
            let used = forbidden.iter().filter(|name| names(&source, name));
            broken.extend(used.map(|name| format!("{path} names `{name}`")));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_scanner_sees_every_way_of_naming_a_crate() {
    for source in [
        "use ort::session::Session;",
        "use ort;",
        "use ort as onnx;",
        "pub use ort::{Session, Error};",
        "use {serde::Serialize, ort::Session};",
        "fn f() -> ort::Result<()> { Ok(()) }",
        "let s = ::ort::init();",
        "extern crate ort;",
        "mod ort;\nfn f() { ::ort::init(); }",
        "let x = 1; // fine\nlet y = ort :: init();",
    ] {
        assert!(names(source, "ort"), "missed in: {source}");
    }
    for source in [
        "// use ort::Session;",
        "/// See [`ort::Session`].",
        "let port::x = 1;",
        "mod ort;",
        "mod ort;\nfn f() { ort::Library::find(); self::ort::g(); }",
        "let import = support::sort(ort_dylib_path);",
        "let word = \"ort::init\";",
        "#[cfg(test)]\nmod tests { use ort::Session; }",
    ] {
        assert!(!names(source, "ort"), "wrongly seen in: {source}");
    }
    assert!(names(
        "let t = std::time::SystemTime::now();",
        "SystemTime::now"
    ));
    assert!(names("let t = jiff::Timestamp::now();", "Timestamp::now"));
    assert!(!names("let t = SystemTime::nowhere();", "SystemTime::now"));
}

#[test]
fn the_scanner_sees_every_way_of_naming_a_module() {
    let all = |source| crate_modules(source);
    assert_eq!(all("use crate::store::Store;"), ["store"]);
    assert_eq!(
        all("use crate::{case::{CaseId, Time}, clock, store::Store};"),
        ["case", "clock", "store"]
    );
    assert_eq!(all("crate::engine::Engine::open()?"), ["engine"]);
    assert_eq!(all("use secondlook::{app, cli};"), ["app", "cli"]);
    assert_eq!(all("pub(crate) fn f() {} // crate::store"), [""; 0]);
    assert_eq!(module_of("src/case/check.rs").as_deref(), Some("case"));
    assert_eq!(module_of("src/routing.rs").as_deref(), Some("routing"));
    assert_eq!(module_of("src/lib.rs"), None);
}

/// `case` for `src/case/check.rs`; `None` for the crate's own head.
fn module_of(path: &str) -> Option<String> {
    let inside = path.strip_prefix("src/")?;
    let name = inside.split(['/', '.']).next()?;
    (name != "lib").then(|| name.to_owned())
}

/// The source without comments, without texts and without the tests at its end.
fn bare(source: &str) -> String {
    let shipped = source
        .find("#[cfg(test)]")
        .map_or(source, |at| &source[..at]);
    let mut bare = String::with_capacity(shipped.len());
    for line in shipped.lines() {
        let mut in_text = false;
        let mut chars = line.chars().peekable();
        let mut before = ' ';
        while let Some(c) = chars.next() {
            match c {
                '\\' if in_text => {
                    chars.next();
                }
                '"' if before != '\'' => in_text = !in_text,
                '/' if !in_text && chars.peek() == Some(&'/') => break,
                _ if in_text => {}
                _ => bare.push(c),
            }
            before = c;
        }
        bare.push('\n');
    }
    bare
}

/// Whether the code names the crate or the path `name`.
fn names(source: &str, name: &str) -> bool {
    let code = bare(source);
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        if before.ends_with(is_word) || after.starts_with(is_word) {
            return false;
        }
        // Beside `mod ort;` the plain name is that module's, and only `::ort` the crate's.
        if code.contains(&format!("mod {name};")) {
            let before = before.trim_end();
            return before
                .strip_suffix("::")
                .is_some_and(|path| !path.ends_with(|c: char| is_word(c) || c == '>'));
        }
        let imported = ["use", "crate", "{", ","]
            .iter()
            .any(|word| before.trim_end().ends_with(word))
            && before
                .rfind("use")
                .is_some_and(|at| !before[at..].contains(';'));
        let declared = before.trim_end().ends_with("extern crate");
        name.contains("::") || after.trim_start().starts_with("::") || imported || declared
    })
}

/// The modules of this crate that the code names, each once, in order.
fn crate_modules(source: &str) -> Vec<String> {
    let code = bare(source);
    let mut found = Vec::new();
    for head in ["crate::", "secondlook::"] {
        for (at, _) in code.match_indices(head) {
            let rest = code[at + head.len()..].trim_start();
            match rest.strip_prefix('{') {
                Some(group) => found.extend(heads_of_group(group)),
                None => found.extend(first_word(rest)),
            }
        }
    }
    // A name that begins with a capital is an item of the crate's head, not a module.
    found.retain(|name| !name.starts_with(char::is_uppercase));
    found.sort();
    found.dedup();
    found
}

/// `case` and `clock` of `case::{A, B}, clock}`.
fn heads_of_group(group: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut heads = Vec::new();
    let mut at_head = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_head = true,
            c if at_head && !c.is_whitespace() => {
                heads.extend(first_word(&group[at..]));
                at_head = false;
            }
            _ => {}
        }
    }
    heads
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    (!word.is_empty()).then_some(word)
}

/// The names under `[dependencies]`, as they stand in a path.
fn dependencies(manifest: &str) -> Vec<String> {
    manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.trim().replace('-', "_"))
        .filter(|name| !name.starts_with('#'))
        .collect()
}
