//! What only SQL can show: the triggers, the migrations, the query plans, and that tampering past
//! the triggers is found.

use std::ops::ControlFlow;

use rusqlite::Connection;

use super::{Problem, Ruling, Search, Store, StoreError, VerifyReport, View, queue, schema};
use crate::case::{
    Actor, Assessment, AssessmentId, CaseId, Check, CheckKind, Incoming, Label, Outcome,
    Probability, ReadOptions, Sha256, Side, Source, Time, VerdictId,
};
use crate::config::Workspace;
use crate::routing::Policy;

const NOW: Time = Time(1_790_000_000_000);

fn ann() -> Actor {
    Actor("ann".into())
}

/// Results whose scores lie between 0.25 and 0.5, so that all go to review.
fn results(n: usize) -> Vec<Incoming> {
    let item = |i: usize| {
        let score = 0.25 + 0.25 * (i % 997) as f64 / 997.0;
        let probability = Probability::new(score).unwrap();
        let outcome = Outcome::Performed { probability };
        Incoming {
            label: format!("b-{i}"),
            source: Source::IdrndResults,
            external_id: Some(format!("b-{i}")),
            content: Sha256::of(format!("b-{i}").as_bytes()),
            original: None,
            pictures: Vec::new(),
            options: ReadOptions::default(),
            assessment: Some(Assessment {
                checks: vec![Check::new(Side::Front, CheckKind::ScreenReplay, outcome)],
                ..Assessment::empty(Source::IdrndResults)
            }),
        }
    };
    (0..n).map(item).collect()
}

/// A workspace of five cases: the first decided, the second decided and taken back.
fn desk() -> (tempfile::TempDir, Workspace, Store) {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::at(folder.path().join("workspace"));
    let mut store = Store::open(&workspace, NOW).unwrap();
    store
        .take_in(&results(5), &Policy::default(), &ann(), NOW)
        .unwrap();
    let ruling = Ruling {
        note: Some("a note".into()),
        ..Ruling::plain(Label::Genuine)
    };
    store
        .decide(CaseId(1), &ruling, &Policy::default(), &ann(), NOW)
        .unwrap();
    let second = store
        .decide(CaseId(2), &ruling, &Policy::default(), &ann(), NOW)
        .unwrap();
    store.undo(second, &ann(), NOW).unwrap();
    (folder, workspace, store)
}

fn verify(store: &Store) -> VerifyReport {
    store.verify(&mut |_| ControlFlow::Continue(())).unwrap()
}

#[test]
fn what_is_kept_for_ever_cannot_be_changed_removed_or_replaced() {
    let (_folder, workspace, store) = desk();
    // Another program's connection has neither our pragmas nor our good will.
    let plain = Connection::open(workspace.database()).unwrap();
    let refused = [
        "UPDATE ledger SET body = '{}' WHERE seq = 1",
        "UPDATE ledger SET seq = 900 WHERE seq = 1",
        "DELETE FROM ledger WHERE seq = 1",
        "DELETE FROM ledger",
        "INSERT OR REPLACE INTO ledger SELECT * FROM ledger WHERE seq = 1",
        "REPLACE INTO ledger SELECT seq, 0, actor, kind, case_id, '{}', prev, hash FROM ledger
         WHERE seq = 2",
        "INSERT INTO ledger SELECT 1000, at, actor, kind, case_id, body, prev, hash FROM ledger
         WHERE seq = 1",
        "INSERT INTO ledger (seq, at, actor, kind, body, prev, hash)
         SELECT 1, at, actor, kind, body, prev, hash FROM ledger WHERE seq = 2
         ON CONFLICT (seq) DO UPDATE SET body = '{}'",
        "UPDATE assessment SET body = '{}' WHERE id = 1",
        "DELETE FROM assessment WHERE id = 1",
        "INSERT OR REPLACE INTO assessment SELECT * FROM assessment WHERE id = 1",
        "UPDATE policy SET body = '{}'",
        "DELETE FROM policy",
        "INSERT OR REPLACE INTO policy SELECT * FROM policy",
        "INSERT OR REPLACE INTO policy (sha256, version, body) SELECT sha256, '', '' FROM policy",
        "UPDATE verdict SET label = 'screen_replay' WHERE id = 1",
        "UPDATE verdict SET note = NULL WHERE id = 1",
        "UPDATE verdict SET undone_at = NULL, undone_by = NULL, undone_seq = NULL WHERE id = 2",
        "UPDATE verdict SET undone_by = 'bob' WHERE id = 2",
        "UPDATE verdict SET undone_at = 1, undone_by = 'bob', undone_seq = 1, label = 'retake'
         WHERE id = 1",
        "DELETE FROM verdict WHERE id = 1",
        "INSERT OR REPLACE INTO verdict SELECT * FROM verdict WHERE id = 1",
        "UPDATE received SET case_id = 2 WHERE id = 1",
        "DELETE FROM received WHERE id = 1",
        "INSERT OR REPLACE INTO received SELECT * FROM received WHERE id = 1",
        "DELETE FROM cases WHERE id = 1",
    ];
    for sql in refused {
        for conn in [&plain, &store.conn] {
            let error = conn.execute(sql, []).expect_err(sql);
            let code = error.sqlite_error().unwrap().extended_code;
            assert_eq!(
                code,
                rusqlite::ffi::SQLITE_CONSTRAINT_TRIGGER,
                "{sql}: {error}"
            );
        }
    }
    let report = verify(&store);
    assert!(report.is_sound(), "{:?}", report.problems);
}

/// Carries out `sql` on a workspace of [`desk`] with the triggers out of the way, and looks for
/// what `verify` then says.
fn check_tampering(sql: &str, expected: &[Problem]) {
    let (_folder, workspace, store) = desk();
    let plain = Connection::open(workspace.database()).unwrap();
    let mut triggers = plain
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap();
    let names: Vec<String> = triggers
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for name in names {
        plain.execute(&format!("DROP TRIGGER {name}"), []).unwrap();
    }
    plain.pragma_update(None, "foreign_keys", false).unwrap();
    plain.execute_batch(sql).unwrap();
    let report = verify(&store);
    for problem in expected {
        let found = &report.problems;
        assert!(
            found.contains(problem),
            "{sql}: {problem:?} not in {found:?}"
        );
    }
    assert!(!report.is_sound());
}

#[test]
fn a_ledger_changed_past_its_triggers_is_found() {
    // Rows: 1–10 import and route of five cases, 11 and 12 verdicts, 13 undo.
    check_tampering(
        "UPDATE ledger SET actor = 'bob' WHERE seq = 11",
        &[Problem::LedgerChanged(11)],
    );
    check_tampering(
        "UPDATE ledger SET at = at + 1 WHERE seq = 1",
        &[Problem::LedgerChanged(1)],
    );
    check_tampering(
        "DELETE FROM ledger WHERE seq = 5",
        &[Problem::LedgerBroken(6)],
    );
    check_tampering(
        "DELETE FROM ledger WHERE seq = 13",
        &[Problem::LedgerCut {
            last: 12,
            expected: 13,
        }],
    );
    check_tampering(
        "DELETE FROM ledger WHERE seq = 1",
        &[Problem::LedgerBroken(2)],
    );
    check_tampering(
        "UPDATE ledger SET prev = zeroblob(32) WHERE seq = 7",
        &[Problem::LedgerChanged(7), Problem::LedgerBroken(7)],
    );
}

#[test]
fn rows_that_differ_from_the_ledger_are_found() {
    // Rows 1–10 of the ledger are import and route of five cases, 11 and 12 verdicts, 13 an undo.
    check_tampering(
        "UPDATE assessment SET body = replace(body, 'idrnd', 'engine') WHERE id = 3",
        &[Problem::AssessmentChanged {
            assessment: AssessmentId(3),
            seq: 5,
        }],
    );
    check_tampering(
        "DELETE FROM assessment WHERE id = 4",
        &[Problem::AssessmentChanged {
            assessment: AssessmentId(4),
            seq: 7,
        }],
    );
    check_tampering(
        "INSERT INTO assessment (case_id, source, at, policy_id, body, judgement, ledger_seq)
         SELECT case_id, source, at, policy_id, body, judgement, ledger_seq FROM assessment
         WHERE id = 1",
        &[Problem::NotInLedger {
            table: "assessment",
            n_there: 6,
            n_named: 5,
        }],
    );
    let verdict_changed = |id, seq| Problem::VerdictChanged {
        verdict: VerdictId(id),
        seq,
    };
    check_tampering(
        "UPDATE verdict SET label = 'screen_replay' WHERE id = 1",
        &[verdict_changed(1, 11)],
    );
    check_tampering(
        "UPDATE verdict SET note = 'another' WHERE id = 1",
        &[verdict_changed(1, 11)],
    );
    check_tampering(
        "UPDATE verdict SET undone_at = NULL, undone_by = NULL, undone_seq = NULL WHERE id = 2",
        &[verdict_changed(2, 13)],
    );
    check_tampering(
        "UPDATE received SET case_id = 2 WHERE id = 1",
        &[Problem::ReceivedChanged { seq: 1 }],
    );
    check_tampering(
        "UPDATE cases SET verdict = 'retake' WHERE id = 1",
        &[Problem::CaseChanged {
            case: CaseId(1),
            what: "verdict",
        }],
    );
    check_tampering(
        "UPDATE cases SET route = 'accept' WHERE id = 3",
        &[Problem::CaseChanged {
            case: CaseId(3),
            what: "route",
        }],
    );
    check_tampering(
        "UPDATE policy SET body = '{}'",
        &[Problem::PolicyChanged(Policy::default().reference().sha256)],
    );
    check_tampering(
        "UPDATE view_count SET n_cases = 7 WHERE view = 1",
        &[Problem::CountWrong { kept: 7, found: 4 }],
    );
}

#[test]
fn a_newer_or_foreign_file_is_refused_and_kept() {
    let (_folder, workspace, store) = desk();
    store.close(NOW).unwrap();
    let path = workspace.database();
    let refuse = |change: &str| {
        let plain = Connection::open(&path).unwrap();
        plain.execute_batch(change).unwrap();
        plain.close().unwrap();
        let before = std::fs::read(&path).unwrap();
        let error = Store::open(&workspace, NOW).unwrap_err();
        assert!(error.to_string().contains("secondlook.db"), "{error}");
        Store::open_read_only(&workspace).unwrap_err();
        assert_eq!(std::fs::read(&path).unwrap(), before);
        error
    };
    let error = refuse("PRAGMA user_version = 99");
    assert!(
        matches!(error, StoreError::Newer { found: 99, .. }),
        "{error}"
    );
    let error = refuse("PRAGMA user_version = -1");
    assert!(matches!(error, StoreError::Newer { .. }), "{error}");
    let error = refuse("PRAGMA user_version = 1; PRAGMA application_id = 7");
    assert!(matches!(error, StoreError::NotOurs(_)), "{error}");
}

#[test]
fn migrations_run_once_each_and_all_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secondlook.db");
    let first = "CREATE TABLE thing (name TEXT); INSERT INTO thing VALUES ('kept');";
    let second = "ALTER TABLE thing ADD COLUMN size INTEGER DEFAULT 1;";
    let broken = "DROP TABLE thing; CREATE TABLE thing (;";
    let n_things = |conn: &Connection| -> i64 {
        conn.query_row("SELECT count(*) FROM thing", [], |row| row.get(0))
            .unwrap()
    };
    schema::open_with(&path, &[first]).unwrap();
    let error = schema::open_with(&path, &[first, second, broken]).unwrap_err();
    assert!(matches!(error, StoreError::Database { .. }), "{error}");
    let conn = schema::open_with(&path, &[first]).unwrap();
    assert_eq!(n_things(&conn), 1, "the failed one left the data whole");
    let conn = schema::open_with(&path, &[first, second]).unwrap();
    assert_eq!(n_things(&conn), 1, "the first one did not run again");
    conn.execute("UPDATE thing SET size = 2", []).unwrap();
    let error = schema::open_with(&path, &[first]).unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Newer {
                found: 2,
                known: 1,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn the_file_is_what_it_should_be() {
    let (_folder, _workspace, store) = desk();
    let pragma = |name: &str| -> String {
        let value: rusqlite::types::Value = store
            .conn
            .pragma_query_value(None, name, |row| row.get(0))
            .unwrap();
        match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => format!("{other:?}"),
        }
    };
    assert_eq!(pragma("journal_mode"), "wal");
    assert_eq!(pragma("synchronous"), "2", "FULL");
    assert_eq!(pragma("foreign_keys"), "1");
    assert_eq!(pragma("recursive_triggers"), "1");
    assert_eq!(pragma("busy_timeout"), "10000");
    assert_eq!(pragma("user_version"), "3");
}

#[test]
fn no_query_of_the_queue_scans_or_sorts() {
    let (_folder, _workspace, mut store) = desk();
    store
        .take_in(&results(20_000), &Policy::default(), &ann(), NOW)
        .unwrap();
    let mut queries: Vec<String> = queue::every_sql();
    queries.push(super::runs::UNFINISHED.to_owned());
    queries.push(super::verdicts::DECIDED_SINCE.to_owned());
    queries.push(super::verdicts::REVIEWERS.to_owned());
    queries.extend(super::known_answers::every_sql());
    queries.push(super::standing::DUE.to_owned());
    queries.push(super::standing::ASSIGNED.to_owned());
    for statistics in ["", "ANALYZE"] {
        store.conn.execute_batch(statistics).unwrap();
        for sql in &queries {
            let mut plan = store
                .conn
                .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
                .unwrap();
            let n_parameters = plan.parameter_count();
            let values = vec![0_i64; n_parameters];
            let steps: Vec<String> = plan
                .query_map(rusqlite::params_from_iter(values), |row| row.get(3))
                .unwrap()
                .map(Result::unwrap)
                .collect();
            let steps = steps.join("; ");
            assert!(!steps.contains("TEMP B-TREE"), "{sql}\n{steps}");
            // The table of counts is read whole; the order of waiting cases is their own small index,
            // and all cases have an index of their order: both are read from the beginning as far as
            // the page goes; verdicts and a person's cases are counted in bounded lists of them, and so
            // are cases with a known answer and those near the one that the inbox begins with; reviewers are a few names.
            let small = [
                "known_answer",
                "near",
                "reviewer",
                "view_count",
                "cases_waiting",
                "cases_in_order",
                "cases_assigned",
                "verdict_standing_by_actor",
            ];
            let is_small = small.iter().any(|name| steps.contains(name));
            assert!(is_small || !steps.contains("SCAN"), "{sql}\n{steps}");
            assert!(!steps.is_empty());
        }
    }
    // The inbox from its middle, by the same queries: a page after a place begins there.
    let page = store
        .queue_page(&Search::of(View::Inbox), None, 10_000)
        .unwrap();
    let rest = store
        .queue_page(&Search::of(View::Inbox), page.next.as_ref(), 20_000)
        .unwrap();
    assert_eq!(page.rows.len() + rest.rows.len(), 19_999);
    let in_order = |pair: &[super::QueueRow]| pair[0].distance <= pair[1].distance;
    assert!(page.rows.windows(2).all(in_order));
    assert!(page.rows.last().unwrap().distance <= rest.rows[0].distance);
}
