//! The program is killed in the middle of imports, again and again: nothing that it acknowledged
//! may be lost, and the workspace must hold together.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

const N_KILLS: usize = 50;
/// A handful of batches: enough for a kill to hit one in the middle.
const N_RECORDS: u64 = 5000;

fn program(workspace: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_secondlook"));
    command
        .args(words)
        .env("SECONDLOOK_WORKSPACE", workspace)
        .env("SECONDLOOK_DATA", workspace.join("data"))
        // Results need no engine, and without models each start is quick.
        .env("SECONDLOOK_MODELS", workspace.join("no-models"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Hears what the program acknowledges until it is gone: how many records it said are stored, and
/// whether it came to its end.
fn listen(stdout: ChildStdout, sender: &mpsc::Sender<u64>) -> (u64, bool) {
    let mut stored = 0;
    let mut ended = false;
    // A line may be cut by the kill: then it was not acknowledged.
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        if let Ok(object) = serde_json::from_str::<Value>(&line) {
            stored = object["records"].as_u64().unwrap_or(stored);
            ended |= object["type"] == "summary";
            // Whoever waited may have heard enough.
            sender.send(stored).ok();
        }
    }
    (stored, ended)
}

fn session(file: usize, record: u64) -> String {
    format!("f{file}-r{record}")
}

#[test]
fn fifty_kills_lose_nothing_that_was_acknowledged() {
    let dir = tempfile::TempDir::new().expect("a temporary folder");
    let workspace = dir.path().join("workspace");
    let mut acknowledged: HashSet<String> = HashSet::new();
    let mut n_killed_at_work = 0;
    let mut file = 0;
    let mut path = write_file(dir.path(), file);
    let mut n_stored_of_file = 0;
    for kill in 0..N_KILLS as u64 {
        let name = path.to_str().expect("UTF-8");
        let mut child = program(&workspace, &["import", name, "--json"])
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("a pipe");
        let (sender, heard) = mpsc::channel();
        let reader = std::thread::Builder::new()
            .spawn(move || listen(stdout, &sender))
            .expect("a thread");
        // One kill in five comes at a time of its own, also before anything is stored; the others
        // some milliseconds after a batch that is new, in the middle of the next ones. All of it
        // by the number of the kill, so that a failure repeats.
        let pause = Duration::from_millis(kill * 7 % 23);
        if kill % 5 == 0 {
            std::thread::sleep(Duration::from_millis(5) + pause * 8);
        } else {
            let wanted = n_stored_of_file + (1 + kill % 2) * 1000;
            while heard.recv().is_ok_and(|stored| stored < wanted) {}
            std::thread::sleep(pause);
        }
        child.kill().expect("it is killed");
        child.wait().expect("it ends");
        let (stored, ended) = reader.join().expect("the reader ends");
        acknowledged.extend((0..stored).map(|record| session(file, record)));
        n_killed_at_work += usize::from(!ended && stored > 0);
        n_stored_of_file = n_stored_of_file.max(stored);
        if ended || n_stored_of_file + 2000 >= N_RECORDS {
            file += 1;
            path = write_file(dir.path(), file);
            n_stored_of_file = 0;
        }
    }
    assert!(!acknowledged.is_empty(), "nothing was ever acknowledged");
    assert!(
        n_killed_at_work >= 20,
        "only {n_killed_at_work} kills hit an import at work"
    );

    let verified = program(&workspace, &["verify", "--json"])
        .output()
        .expect("it runs");
    let report = String::from_utf8(verified.stdout).expect("UTF-8");
    assert_eq!(verified.status.code(), Some(0), "{report}");

    let exported = program(&workspace, &["export", "results", "--format", "jsonl"])
        .output()
        .expect("it runs");
    assert!(exported.status.success());
    let mut found = HashSet::new();
    for line in String::from_utf8(exported.stdout).expect("UTF-8").lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        assert_ne!(row["status"], "processing", "{row}");
        let id = row["external_id"].as_str().expect("an id").to_owned();
        assert!(found.insert(id), "twice: {row}");
    }
    let lost: Vec<&String> = acknowledged.difference(&found).collect();
    assert!(
        lost.is_empty(),
        "{} acknowledged records are gone, such as {:?}",
        lost.len(),
        lost.first()
    );
}

fn write_file(dir: &Path, file: usize) -> std::path::PathBuf {
    let path = dir.join(format!("results-{file}.jsonl"));
    let text: String = (0..N_RECORDS)
        .map(|record| {
            let score = (record % 1000) as f64 / 1000.0;
            let id = session(file, record);
            format!("{{\"sessionId\":\"{id}\",\"score\":{score},\"hasError\":false}}\n")
        })
        .collect();
    fs::write(&path, text).expect("written");
    path
}
