//! Whole commands, as a person types them, each on a workspace of its own.
#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A workspace in a temporary folder, and the program over it.
struct Desk {
    dir: TempDir,
}

/// What a command printed, and its exit code.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Self {
        Self {
            dir: TempDir::new().expect("a temporary folder"),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        fs::write(&path, bytes).expect("a file is written");
        path
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_secondlook"));
        command
            .args(words)
            .env("SECONDLOOK_WORKSPACE", self.path("workspace"))
            .env("SECONDLOOK_DATA", self.path("data"))
            .env_remove("SECONDLOOK_MODELS")
            .current_dir(self.dir.path())
            .stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> Said {
        Said::of(self.command(words).output().expect("the program starts"))
    }

    /// Runs with `--json`; every line must be an object with a `type`.
    fn json(&self, words: &[&str]) -> (Option<i32>, Vec<Value>) {
        let mut words = words.to_vec();
        words.push("--json");
        let said = self.run(&words);
        let objects: Vec<Value> = said
            .out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
            .collect();
        for object in &objects {
            assert!(object["type"].is_string(), "no type: {object}");
        }
        (said.code, objects)
    }

    fn import(&self, name: &str, text: &str) -> (Option<i32>, Vec<Value>) {
        let file = self.file(name, text.as_bytes());
        self.json(&["import", file.to_str().expect("UTF-8")])
    }
}

impl Said {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

fn of_type<'a>(objects: &'a [Value], kind: &str) -> Vec<&'a Value> {
    objects
        .iter()
        .filter(|object| object["type"] == kind)
        .collect()
}

/// The rows of an export in JSON Lines.
fn rows(said: &Said) -> Vec<Value> {
    assert_eq!(said.code, Some(0), "{}", said.err);
    let lines = said.out.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples")
}

/// A picture of nothing in particular, as JPEG.
fn a_picture(seed: u8) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(640, 480, |x, y| {
        let at = |n: u32| u8::try_from((n + u32::from(seed)) % 256).expect("below 256");
        image::Rgb([at(x), at(y), at(x * y / 64)])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .expect("JPEG is written");
    bytes.into_inner()
}

const RESULTS: &str = r#"{"sessionId":"s-accept","score":0.97,"hasError":false}
{"sessionId":"s-review","score":0.31,"hasError":false}
{"sessionId":"s-reject","score":0.02,"hasError":false}
{"sessionId":"s-retake","hasError":true,"error":"DOCUMENT_TOO_SMALL"}
"#;

#[test]
fn wrong_use_is_told_and_ends_with_2() {
    let desk = Desk::new();
    for (words, expected) in [
        (&["nonsense"][..], "nonsense"),
        (&["check"], "PATH"),
        (&["decide", "1"], "--verdict"),
        (&["decide", "1", "--verdict", "perhaps"], "undeterminable"),
        (&["decide", "one", "--verdict", "genuine"], "one"),
        (&["queue", "--view", "yesterday"], "inbox"),
        (&["rerun"], "CASE"),
        (&["rerun", "1", "--all"], "--all"),
        (&["export", "labels", "--format", "b"], "csv or jsonl"),
        (
            &["check", "x.jpg", "--calibration", "loud"],
            "soft, regular, hard",
        ),
        (
            &["check", "x.jpg", "--calibration", "moire=hard"],
            "screenReplay",
        ),
        (&["queue", "--actor", " "], "--actor"),
        (
            &["synth", "documents", "--out", "x", "--width", "3"],
            "64..=8192",
        ),
        (
            &["synth", "documents", "--out", "x", "--faults", "7"],
            "0 to 1",
        ),
        (
            &["synth", "patches", "--out", "x", "--size", "0"],
            "16..=1024",
        ),
    ] {
        let said = desk.run(words);
        assert_eq!(said.code, Some(2), "{words:?}: {}", said.err);
        assert!(said.err.contains(expected), "{words:?}: {}", said.err);
        assert!(said.out.is_empty(), "{words:?}: {}", said.out);
    }
    for words in [&["--help"][..], &["--version"], &["export", "--help"]] {
        let said = desk.run(words);
        assert_eq!(said.code, Some(0), "{words:?}");
        assert!(!said.out.is_empty(), "{words:?}");
    }
}

#[test]
fn reading_makes_no_workspace() {
    let desk = Desk::new();
    for words in [
        &["queue"][..],
        &["show", "1"],
        &["verify"],
        &["export", "ledger"],
    ] {
        let said = desk.run(words);
        assert_eq!(said.code, Some(1), "{words:?}");
        assert!(said.err.contains("no workspace"), "{words:?}: {}", said.err);
    }
    assert_eq!(desk.run(&["doctor"]).code, Some(0));
    assert!(!desk.path("workspace").exists());
}

#[test]
fn from_an_import_to_a_verdict_and_its_export() {
    let desk = Desk::new();
    let (code, objects) = desk.import("results.jsonl", RESULTS);
    assert_eq!(code, Some(0), "{objects:?}");
    let summary = of_type(&objects, "summary")[0];
    assert_eq!(
        (&summary["new"], &summary["problems"]),
        (&4.into(), &0.into())
    );

    let (_, inbox) = desk.json(&["queue"]);
    assert_eq!(
        inbox.len(),
        1,
        "only the borderline one waits for a person: {inbox:?}"
    );
    assert_eq!(inbox[0]["route"], "review");
    assert_eq!(inbox[0]["score"], 0.31);
    let case = inbox[0]["case"].to_string();

    let said = desk.run(&[
        "decide",
        &case,
        "--verdict",
        "printed-copy",
        "--reason",
        "edges",
        "--note",
        "=1+1, seen twice",
        "--actor",
        "ann",
    ]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(desk.json(&["queue"]).1.is_empty());

    let (_, shown) = desk.json(&["show", &format!("#{case}")]);
    assert_eq!(shown[0]["external_id"], "s-review");
    assert_eq!(shown[0]["verdicts"][0]["verdict"], "printed_copy");
    assert_eq!(shown[0]["verdicts"][0]["actor"], "ann");
    let kinds: Vec<&str> = shown[0]["history"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|event| event["kind"].as_str().expect("a word"))
        .collect();
    assert!(
        kinds.contains(&"import") && kinds.contains(&"verdict"),
        "{kinds:?}"
    );
    assert!(desk.run(&["show", &case]).out.contains("Printed copy"));

    let labels = desk.run(&["export", "labels"]).out;
    let mut rows = csv::Reader::from_reader(labels.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(&rows[0][2], "printed_copy");
    assert_eq!(
        &rows[0][4], "'=1+1, seen twice",
        "no spreadsheet may run a note"
    );

    let file = desk.path("ledger.jsonl");
    let (code, said) = desk.json(&[
        "export",
        "ledger",
        "--format",
        "jsonl",
        "--out",
        file.to_str().expect("UTF-8"),
    ]);
    assert_eq!(code, Some(0));
    let ledger = fs::read_to_string(&file).expect("the export");
    assert_eq!(said[0]["rows"], ledger.lines().count());
    let first: Value = serde_json::from_str(ledger.lines().next().expect("a row")).expect("JSON");
    assert_eq!(first["prev"], "0".repeat(64));

    assert_eq!(desk.run(&["undo", &case, "--actor", "ann"]).code, Some(0));
    assert_eq!(desk.json(&["queue"]).1.len(), 1, "it waits again");
    let again = desk.run(&["undo", &case]);
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("no verdict"), "{}", again.err);

    let (code, objects) = desk.json(&["verify"]);
    assert_eq!(code, Some(0), "{objects:?}");
    assert_eq!(objects.last().expect("a summary")["sound"], true);
}

#[test]
fn importing_the_same_twice_adds_nothing_and_says_so() {
    let desk = Desk::new();
    desk.import("results.jsonl", RESULTS);
    let before = desk.run(&["export", "results"]).out;
    let said = desk.run(&["import", "results.jsonl"]);
    assert_eq!(said.code, Some(0));
    assert!(
        said.out.contains("4 already there: nothing was added"),
        "{}",
        said.out
    );
    assert_eq!(desk.run(&["export", "results"]).out, before);

    // Another file with one of the same records and a new one.
    let more = format!(
        "{}\n{}\n",
        RESULTS.lines().next().expect("a line"),
        r#"{"sessionId":"s-more","score":0.5,"hasError":false}"#
    );
    let (_, objects) = desk.import("more.jsonl", &more);
    let summary = of_type(&objects, "summary")[0];
    assert_eq!((&summary["new"], &summary["known"]), (&1.into(), &1.into()));
}

#[test]
fn standard_input_is_a_file_too() {
    let desk = Desk::new();
    let mut child = desk
        .command(&["import", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(RESULTS.as_bytes()).expect("written");
    drop(stdin);
    let said = Said::of(child.wait_with_output().expect("it ends"));
    assert_eq!(said.code, Some(0));
    assert_eq!(desk.json(&["queue", "--view", "all"]).1.len(), 4);
}

#[test]
fn a_broken_record_is_told_with_its_place_and_the_rest_goes_on() {
    let desk = Desk::new();
    let text = "{\"sessionId\":\"good\",\"score\":0.4,\"hasError\":false}\n\
                {\"sessionId\":\"bad\",\"score\":1.7,\"hasError\":false}\n\
                {\"sessionId\":\"last\",\"score\":0.3,\"hasError\":false}\n";
    let (code, objects) = desk.import("mixed.jsonl", text);
    assert_eq!(code, Some(1), "{objects:?}");
    assert_eq!(of_type(&objects, "problem").len(), 1, "{objects:?}");
    assert_eq!(of_type(&objects, "summary")[0]["new"], 2);

    // A comment, as in a vendor's own sample, is no JSON: the message says where.
    let (code, objects) = desk.import(
        "comment.json",
        "{\"documentLivenessIdRnD\": {\"data\": {\"front\": {\n\"live\": 0 // overall\n}}}}",
    );
    assert_eq!(code, Some(1));
    let problem = of_type(&objects, "problem")[0];
    assert_eq!(problem["line"], 2, "{problem}");
    assert_eq!(problem["column"], 11, "{problem}");
    assert!(
        problem["way_out"]
            .as_str()
            .is_some_and(|words| !words.is_empty())
    );

    let (code, objects) = desk.json(&["import", "not-there.json"]);
    assert_eq!(code, Some(1));
    assert_eq!(of_type(&objects, "problem")[0]["item"], "not-there.json");
}

#[test]
fn what_is_exported_can_be_imported_again() {
    let desk = Desk::new();
    let results = assets().join("results");
    for entry in fs::read_dir(results).expect("the samples") {
        let path = entry.expect("an entry").path();
        // A case that our engine has looked at too is exported as the engine sees it.
        if path.to_string_lossy().contains("request") {
            continue;
        }
        let (code, objects) = desk.json(&["import", path.to_str().expect("UTF-8")]);
        assert_eq!(code, Some(0), "{}: {objects:?}", path.display());
    }
    // What each format can say of a case must come back with the same outcome.
    for format in ["a", "b", "c"] {
        let exported = desk.run(&["export", "results", "--format", format]);
        assert_eq!(exported.code, Some(0), "{}", exported.err);
        let n_objects = exported.out.lines().count();
        assert!(
            n_objects >= 4,
            "format {format} says too little: {}",
            exported.out
        );
        let other = Desk::new();
        let (code, objects) = other.import("again.jsonl", &exported.out);
        assert_eq!(code, Some(0), "format {format}: {objects:?}");
        assert_eq!(
            of_type(&objects, "summary")[0]["new"],
            n_objects,
            "format {format}"
        );
        let before = rows(&desk.run(&["export", "results", "--format", "jsonl"]));
        let after = rows(&other.run(&["export", "results", "--format", "jsonl"]));
        for row in &after {
            let same = before
                .iter()
                .find(|old| old["external_id"] == row["external_id"])
                .unwrap_or_else(|| panic!("format {format}: who is {row}"));
            assert_eq!(row["errors"], same["errors"], "format {format}");
            if format == "b" && same["worst_check"] == "digitalManipulation" {
                // The format has no such check, so the score cannot be what it was.
                continue;
            }
            if let (Some(new), Some(old)) = (row["score"].as_f64(), same["score"].as_f64()) {
                assert!(
                    (new - old).abs() <= 0.0005,
                    "format {format}: {same} became {row}"
                );
            } else {
                assert_eq!(row["score"], same["score"], "format {format}");
            }
        }
    }
}

/// Pictures that are none, by name, with a word that the reason must hold.
fn broken_pictures(desk: &Desk) -> Vec<PathBuf> {
    let whole = a_picture(1);
    // A header that promises 60,000 by 60,000 pixels, and nothing behind it.
    let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bomb.extend(60_000_u32.to_be_bytes());
    bomb.extend(60_000_u32.to_be_bytes());
    bomb.extend([8, 2, 0, 0, 0]);
    let crc = crc32(&bomb[12..]);
    bomb.extend(crc.to_be_bytes());
    vec![
        desk.file("bad/truncated.jpg", &whole[..whole.len() / 3]),
        desk.file("bad/text.jpg", b"this is a text and no picture"),
        desk.file("bad/empty.jpg", b""),
        desk.file("bad/bomb.png", &bomb),
    ]
}

/// The checksum of a PNG chunk.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    })
}

#[test]
fn broken_pictures_are_told_one_by_one_and_the_rest_goes_on() {
    let desk = Desk::new();
    let broken = broken_pictures(&desk);
    desk.file("bad/good.jpg", &a_picture(2));
    for command in ["check", "add"] {
        let (code, objects) = desk.json(&[command, "bad", "not-there.jpg"]);
        assert_eq!(code, Some(1), "{objects:?}");
        let problems = of_type(&objects, "problem");
        let named = |problem: &Value, name: &str| {
            let item = problem.get("item").or(problem.get("path"));
            item.and_then(Value::as_str)
                .is_some_and(|item| item.ends_with(name))
        };
        for path in broken.iter().map(|path| path.file_name().expect("a name")) {
            let name = path.to_str().expect("UTF-8");
            let of_file = problems
                .iter()
                .filter(|problem| named(problem, name))
                .count();
            assert_eq!(of_file, 1, "{command} {name}: {problems:?}");
        }
        assert!(
            problems
                .iter()
                .any(|problem| named(problem, "not-there.jpg"))
        );
        assert_eq!(problems.len(), 5, "{problems:?}");
        let done = if command == "check" {
            "result"
        } else {
            "assessed"
        };
        assert_eq!(of_type(&objects, done).len(), 1, "{command}: {objects:?}");
    }
    assert_eq!(desk.json(&["queue", "--view", "all"]).1.len(), 1);
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    desk.file("scans/closed/a.jpg", &a_picture(3));
    desk.file("scans/open.jpg", &a_picture(4));
    let closed = desk.path("scans/closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("permissions");
    let denied = fs::read_dir(&closed).is_err();
    let (code, objects) = desk.json(&["check", "scans"]);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).expect("permissions");
    // The superuser may read everything; then there is nothing to tell.
    let (n_problems, n_results) = if denied { (1, 1) } else { (0, 2) };
    assert_eq!(
        of_type(&objects, "problem").len(),
        n_problems,
        "{objects:?}"
    );
    assert_eq!(of_type(&objects, "result").len(), n_results, "{objects:?}");
    assert_eq!(code, Some(i32::from(denied)));
}

#[test]
fn a_check_says_every_field_and_stores_nothing() {
    let desk = Desk::new();
    desk.file("scans/a_front.jpg", &a_picture(5));
    desk.file("scans/a_back.jpg", &a_picture(6));
    let (code, objects) = desk.json(&["check", "scans", "--whole-frame", "--ignore-colourless"]);
    assert_eq!(code, Some(0), "{objects:?}");
    assert_eq!(objects.len(), 1, "front and back are one document");
    let result = &objects[0];
    assert_eq!(result["document"], "a");
    assert!(
        result["path"]
            .as_str()
            .is_some_and(|path| path.ends_with("a_front.jpg"))
    );
    for place in [result, &result["front"], &result["back"]] {
        for check in [
            "screenReplay",
            "printedCopy",
            "portraitSubstitution",
            "digitalManipulation",
        ] {
            let check = &place[check];
            let live = check["live"].as_u64().expect("0, 1 or 2");
            match check["probability"].as_f64() {
                Some(p) => {
                    let threshold = check["threshold"].as_f64().expect("a threshold");
                    assert_eq!(live == 1, p >= threshold, "{check}");
                    assert!((0.0..=1.0).contains(&p), "{check}");
                }
                None => assert_eq!(live, 2, "{check}"),
            }
        }
    }
    for field in [
        "score",
        "live",
        "route",
        "reasons",
        "errors",
        "findings",
        "quad",
        "timings_ms",
        "models",
        "runtime",
        "engine",
        "policy",
        "confidence",
        "risk_score",
    ] {
        assert!(result.get(field).is_some(), "no {field} in {result}");
    }
    assert_eq!(
        result["quad"],
        serde_json::json!([[0.0, 0.0], [640.0, 0.0], [640.0, 480.0], [0.0, 480.0]])
    );
    assert!(!desk.path("workspace").exists(), "nothing is stored");

    let said = desk.run(&[
        "check",
        "scans/a_front.jpg",
        "--back",
        "scans/a_back.jpg",
        "--whole-frame",
    ]);
    assert!(said.out.contains("Screen replay"), "{}", said.out);
}

#[test]
fn adding_twice_and_running_again_keeps_one_case() {
    let desk = Desk::new();
    desk.file("a.jpg", &a_picture(7));
    let (code, objects) = desk.json(&["add", "a.jpg"]);
    assert_eq!(code, Some(0), "{objects:?}");
    assert_eq!(of_type(&objects, "assessed").len(), 1);
    // The same bytes under another name.
    desk.file("b.jpg", &a_picture(7));
    let (_, objects) = desk.json(&["add", "b.jpg"]);
    assert_eq!(of_type(&objects, "known").len(), 1, "{objects:?}");
    assert_eq!(of_type(&objects, "summary")[0]["new"], 0);
    let (code, objects) = desk.json(&["rerun", "--all"]);
    assert_eq!(code, Some(0), "{objects:?}");
    assert_eq!(of_type(&objects, "assessed").len(), 1);
    let (_, shown) = desk.json(&["show", "1"]);
    assert_eq!(
        shown[0]["assessments"].as_array().map(Vec::len),
        Some(2),
        "every run is kept"
    );
    assert_eq!(shown[0]["pictures"].as_array().map(Vec::len), Some(1));
    for check in shown[0]["assessments"][1]["checks"].as_array().unwrap() {
        let n_windows = check["evidence"]["live_percent"].as_array().map(Vec::len);
        let was_performed = !check["probability"].is_null();
        assert_eq!(n_windows, was_performed.then_some(24), "{check}");
    }
    assert_eq!(desk.run(&["verify"]).code, Some(0));
}

#[test]
fn verify_finds_a_changed_original() {
    let desk = Desk::new();
    desk.file("a.jpg", &a_picture(8));
    desk.run(&["add", "a.jpg"]);
    let originals = desk.path("workspace/originals");
    let original = walkdir::WalkDir::new(originals)
        .into_iter()
        .filter_map(Result::ok)
        .find(|entry| entry.file_type().is_file())
        .expect("an original");
    let mut bytes = fs::read(original.path()).expect("its bytes");
    bytes[100] ^= 1;
    fs::remove_file(original.path()).expect("removed");
    fs::write(original.path(), bytes).expect("written");
    let (code, objects) = desk.json(&["verify"]);
    assert_eq!(code, Some(1), "{objects:?}");
    assert_eq!(of_type(&objects, "problem").len(), 1, "{objects:?}");
    assert_eq!(objects.last().expect("a summary")["sound"], false);
}

#[test]
fn a_damaged_database_is_told_and_kept() {
    let desk = Desk::new();
    desk.import("results.jsonl", RESULTS);
    let database = desk.path("workspace/secondlook.db");
    for leftover in ["secondlook.db-wal", "secondlook.db-shm"] {
        fs::remove_file(desk.path("workspace").join(leftover)).ok();
    }
    let nonsense = vec![0x5a; 40_000];
    fs::write(&database, &nonsense).expect("written");
    for words in [&["queue"][..], &["import", "results.jsonl"], &["verify"]] {
        let said = desk.run(words);
        assert_eq!(said.code, Some(1), "{words:?}: {}", said.err);
        assert!(said.err.contains("damaged"), "{words:?}: {}", said.err);
    }
    assert_eq!(fs::read(&database).expect("still there"), nonsense);
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let desk = Desk::new();
    let many: String = (0..3000)
        .map(|n| format!("{{\"sessionId\":\"s-{n}\",\"score\":0.4,\"hasError\":false}}\n"))
        .collect();
    desk.import("many.jsonl", &many);
    for words in [
        &["queue", "--limit", "3000"][..],
        &["queue", "--limit", "3000", "--json"],
        &["export", "results", "--format", "jsonl"],
        &["export", "ledger"],
    ] {
        let mut child = desk
            .command(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut reader = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        drop(reader);
        let said = Said::of(child.wait_with_output().expect("it ends"));
        assert_eq!(said.code, Some(0), "{words:?}: {}", said.err);
        assert!(!said.err.contains("panic"), "{words:?}: {}", said.err);
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_cleanly_and_keeps_what_was_finished() {
    let desk = Desk::new();
    let many: String = (0..60_000)
        .map(|n| format!("{{\"sessionId\":\"s-{n}\",\"score\":0.4,\"hasError\":false}}\n"))
        .collect();
    desk.file("many.jsonl", many.as_bytes());
    let mut child = desk
        .command(&["import", "many.jsonl", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let first = lines.next().expect("a line").expect("UTF-8");
    assert!(first.contains("stored"), "{first}");
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill is there");
    assert!(sent.success());
    let objects: Vec<Value> = lines
        .map(|line| serde_json::from_str(&line.expect("UTF-8")).expect("JSON"))
        .collect();
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    let summary = of_type(&objects, "summary")[0];
    assert_eq!(summary["stopped"], true);
    let stored = summary["new"].as_u64().expect("a number");
    assert!((1..60_000).contains(&stored), "{summary}");
    let all = desk
        .json(&["queue", "--view", "all", "--limit", "100000"])
        .1;
    assert_eq!(all.len() as u64, stored);
    assert_eq!(desk.run(&["verify"]).code, Some(0));
}

#[test]
fn the_demo_fills_a_workspace_of_its_own_with_what_the_models_say() {
    let desk = Desk::new();
    let demo = || {
        let mut command = desk.command(&["demo", "--no-window", "--json"]);
        let said = Said::of(
            command
                .env_remove("SECONDLOOK_WORKSPACE")
                .output()
                .expect("it starts"),
        );
        assert_eq!(said.code, Some(0), "{} {}", said.out, said.err);
        let lines = said.out.lines();
        lines
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect::<Vec<Value>>()
    };
    let first = demo();
    let summary = of_type(&first, "summary")[0];
    let n_cases = summary["new"].as_u64().expect("a number");
    assert!(n_cases > 20, "{summary}");
    assert!(
        summary["assessed"].as_u64().expect("a number") >= 12,
        "{summary}"
    );
    let again = demo();
    assert_eq!(
        of_type(&again, "summary")[0]["new"],
        0,
        "the second time adds nothing"
    );

    assert!(
        !desk.path("workspace").exists(),
        "the demo stays out of the user's own workspace"
    );
    let workspace = desk.path("data/demo");
    let workspace = workspace.to_str().expect("UTF-8");
    let (_, all) = desk.json(&["queue", "--view", "all", "--workspace", workspace]);
    assert_eq!(all.len() as u64, n_cases);
    for route in ["accept", "review", "reject", "retake"] {
        assert!(
            all.iter().any(|row| row["route"] == route),
            "nothing to {route}: {all:?}"
        );
    }
    // A request with its picture and the vendor's answer to it are one case with two assessments.
    let both = all
        .iter()
        .find(|row| row["document"] == "made-a-request-with-its-result")
        .expect("the request");
    let case = both["case"].to_string();
    let (_, shown) = desk.json(&["show", &case, "--workspace", workspace]);
    let sources: Vec<&Value> = shown[0]["assessments"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|run| &run["source"])
        .collect();
    assert!(
        sources.iter().any(|source| *source == "engine"),
        "{sources:?}"
    );
    assert!(
        sources.iter().any(|source| *source == "liveness-api"),
        "{sources:?}"
    );
    // A real model gave a number, and says which model it was.
    let card = all
        .iter()
        .find(|row| {
            row["document"]
                .as_str()
                .is_some_and(|name| name.contains("genuine-card"))
        })
        .expect("the card");
    assert!(card["score"].is_f64(), "{card}");
    let (_, shown) = desk.json(&["show", &card["case"].to_string(), "--workspace", workspace]);
    let engine = &shown[0]["assessments"][0]["engine"];
    assert!(
        engine["models"]
            .as_array()
            .is_some_and(|models| models.len() >= 2),
        "{engine}"
    );
    assert_eq!(
        desk.run(&["verify", "--workspace", workspace]).code,
        Some(0)
    );
}

#[test]
fn policies_are_shown_and_checked() {
    let desk = Desk::new();
    let shown = desk.run(&["policy", "show"]);
    assert_eq!(shown.code, Some(0));
    let file = desk.file("policy.json", shown.out.as_bytes());
    let name = file.to_str().expect("UTF-8");
    assert_eq!(desk.run(&["policy", "check", name]).code, Some(0));
    fs::write(&file, shown.out.replace("\"band\"", "\"bend\"")).expect("written");
    let said = desk.run(&["policy", "check", name]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("bend"), "{}", said.err);

    // The workspace's own policy is the one in force.
    desk.file(
        "workspace/policy.json",
        shown.out.replace("\"to\": 0.5", "\"to\": 0.99").as_bytes(),
    );
    desk.import("results.jsonl", RESULTS);
    assert_eq!(
        desk.json(&["queue"]).1.len(),
        2,
        "0.97 lies in that band too"
    );
}

#[test]
fn documents_with_a_known_truth_come_among_the_cases_and_say_who_found_it() {
    let desk = Desk::new();
    let known = desk.path("known");
    fs::create_dir(&known).expect("made");
    let samples = ["01-genuine-card", "04-screen-replay", "05-printed-grey"];
    for name in samples {
        let file = format!("{name}.jpg");
        fs::copy(assets().join(&file), known.join(&file)).expect("copied");
    }
    let truth = |name: &str, text: &str| {
        fs::write(known.join(name).with_extension("json"), text).expect("written");
    };
    truth(samples[0], "{\"label\": \"genuine\", \"more\": 1}");
    truth(samples[1], "{\"label\": \"screen_replay\"}");
    let folder = known.to_str().expect("UTF-8");

    let refused = desk.run(&["known", "add", folder]);
    assert_eq!(refused.code, Some(2), "the policy wants none");
    assert!(
        refused.err.contains("known_answers.share"),
        "{}",
        refused.err
    );

    // Whatever the engine says goes to review, and half of the inbox is to be known.
    let shown = desk.run(&["policy", "show"]).out;
    let mut policy: Value = serde_json::from_str(&shown).expect("JSON");
    policy["band"] = serde_json::json!({"from": 0.0, "to": 1.0});
    policy["known_answers"]["share"] = 0.5.into();
    desk.file("workspace/policy.json", policy.to_string().as_bytes());
    desk.import("results.jsonl", RESULTS);
    let n_before = desk.json(&["queue"]).1.len();
    let (code, said) = desk.json(&["known", "add", folder]);
    assert_eq!(code, Some(1), "one of them says no truth: {said:?}");
    let problem = of_type(&said, "problem")[0];
    assert!(
        problem["item"]
            .as_str()
            .expect("text")
            .ends_with("05-printed-grey.json")
    );
    let planted = of_type(&said, "planted")[0];
    assert_eq!(
        (&planted["planted"], &planted["left"]),
        (&2.into(), &0.into())
    );
    assert_eq!(desk.json(&["queue"]).1.len(), n_before + 2);
    let again = desk.json(&["known", "add", folder]).1;
    assert_eq!(of_type(&again, "planted")[0]["planted"], 0);

    let report = desk.run(&["known", "report"]);
    assert_eq!((report.code, report.out.as_str()), (Some(0), ""));
    let queue = desk.json(&["queue"]).1;
    let decide = |name: &str, verdict: &str| {
        let row = queue
            .iter()
            .find(|row| row["document"] == name)
            .expect(name);
        let case = row["case"].to_string();
        let words = ["decide", &case, "--verdict", verdict, "--actor", "ann"];
        assert_eq!(desk.run(&words).code, Some(0));
    };
    decide(samples[0], "genuine");
    decide(samples[1], "undeterminable");
    let report = desk.json(&["known", "report"]).1;
    assert_eq!(report[0]["reviewer"], "ann");
    assert_eq!(
        (&report[0]["cases"], &report[0]["agreed"]),
        (&2.into(), &1.into())
    );
    let labels = rows(&desk.run(&["export", "labels", "--format", "jsonl"]));
    assert!(labels.is_empty(), "they are no labels: {labels:?}");
    assert_eq!(desk.run(&["verify"]).code, Some(0));
}
