//! The program is killed in the middle of imports, again and again: nothing that it acknowledged
//! may be lost, and the workspace must hold together.
#![cfg(unix)]

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

const N_KILLS: usize = 50;
const N_RECORDS: usize = 30_000;

fn program(workspace: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_secondlook"));
    command
        .args(words)
        .env("SECONDLOOK_WORKSPACE", workspace)
        .env("SECONDLOOK_DATA", workspace.join("data"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
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
    for kill in 0..N_KILLS {
        let name = path.to_str().expect("UTF-8");
        let mut child = program(&workspace, &["import", name, "--json"])
            .spawn()
            .expect("the program starts");
        // From before the first byte is stored to deep inside the import; by the number of the
        // kill, so that a failure repeats.
        let patience = Duration::from_millis(5 + (kill as u64 * 37) % 400);
        let stdout = child.stdout.take().expect("a pipe");
        let reader = std::thread::Builder::new()
            .spawn(move || {
                let mut stored = 0;
                let mut ended = false;
                // A line may be cut by the kill: then it was not acknowledged.
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    if let Ok(object) = serde_json::from_str::<Value>(&line) {
                        stored = object["records"].as_u64().unwrap_or(stored);
                        ended |= object["type"] == "summary";
                    }
                }
                (stored, ended)
            })
            .expect("a thread");
        std::thread::sleep(patience);
        child.kill().expect("it is killed");
        child.wait().expect("it ends");
        let (stored, ended) = reader.join().expect("the reader ends");
        acknowledged.extend((0..stored).map(|record| session(file, record)));
        n_killed_at_work += usize::from(!ended && stored > 0);
        if ended || stored as usize > N_RECORDS / 2 {
            file += 1;
            path = write_file(dir.path(), file);
        }
    }
    assert!(!acknowledged.is_empty(), "nothing was ever acknowledged");
    assert!(
        n_killed_at_work >= 10,
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
    let text: String = (0..N_RECORDS as u64)
        .map(|record| {
            let score = (record % 1000) as f64 / 1000.0;
            let id = session(file, record);
            format!("{{\"sessionId\":\"{id}\",\"score\":{score},\"hasError\":false}}\n")
        })
        .collect();
    fs::write(&path, text).expect("written");
    path
}
