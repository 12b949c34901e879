//! `cargo bench --bench import`: 100,000 result records through the whole import, from the file to
//! the queue and the ledger on disk, and the most memory that it took.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const N_RECORDS: usize = 100_000;
const N_RUNS: usize = 3;

fn main() -> io::Result<()> {
    let dir = tempfile::TempDir::new()?;
    let mut out = io::stdout();
    for (name, record) in [
        ("format A", liveness_api as fn(usize) -> String),
        ("format B", idrnd_results),
    ] {
        let file = dir.path().join("results.jsonl");
        let text: String = (0..N_RECORDS).map(record).collect();
        fs::write(&file, &text)?;
        let mut runs = Vec::new();
        for run in 0..N_RUNS {
            let workspace = dir.path().join(format!("{name} {run}"));
            runs.push(import(&file, &workspace)?);
        }
        runs.sort_by_key(|run| run.0);
        let (time, memory_mib) = runs[N_RUNS / 2];
        writeln!(
            out,
            "import, {N_RECORDS} records, {name}, {:.1} MB: {:.2} s, {:.0} records/s, {}",
            text.len() as f64 / 1e6,
            time.as_secs_f64(),
            N_RECORDS as f64 / time.as_secs_f64(),
            memory_mib.map_or("memory unknown".to_owned(), |mib| format!(
                "at most {mib} MiB"
            )),
        )?;
    }
    Ok(())
}

/// The time of one import in a process of its own, and the most memory that it held in MiB, where
/// the system says.
fn import(file: &Path, workspace: &Path) -> io::Result<(Duration, Option<u64>)> {
    let begin = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_secondlook"))
        .arg("import")
        .arg(file)
        .env("SECONDLOOK_WORKSPACE", workspace)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut memory_mib = None;
    let ended = loop {
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        // The mark only rises, so the last look before the end is the one that counts.
        memory_mib = most_memory_mib(&status).or(memory_mib);
        std::thread::sleep(Duration::from_millis(5));
    };
    if !ended.success() {
        return Err(io::Error::other(format!("the import ended with {ended}")));
    }
    Ok((begin.elapsed(), memory_mib))
}

fn most_memory_mib(status: &str) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}

fn liveness_api(n: usize) -> String {
    let score = (n * 7919 % 1000) as f64 / 1000.0;
    format!("{{\"sessionId\":\"session-{n}\",\"score\":{score},\"hasError\":false}}\n")
}

fn idrnd_results(n: usize) -> String {
    let probability = |k: usize| ((n * 7919 + k * 331) % 1001) as f64 / 1000.0;
    let check = |k: usize| {
        let p = probability(k);
        let live = u8::from(p >= 0.5);
        format!("{{\"threshold\":0.5,\"live\":{live},\"probability\":{p}}}")
    };
    let live = u8::from((0..3).all(|k| probability(k) >= 0.5));
    format!(
        "{{\"sessionId\":\"session-{n}\",\"documentLivenessIdRnD\":{{\"success\":true,\
         \"result\":true,\"message\":\"success\",\"imageQualityFindings\":[],\"data\":{{\
         \"front\":{{\"screenReplay\":{},\"printedCopy\":{},\"portraitSubstitution\":{},\
         \"live\":{live}}},\"back\":null}}}}}}\n",
        check(0),
        check(1),
        check(2)
    )
}
