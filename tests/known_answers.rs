//! Cases whose answer is known, over a real file: who gets which, what tells them apart (nothing), and
//! that they count for the reviewer and for nothing else.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::ops::ControlFlow;

use secondlook::case::{
    Actor, Assessment, CaseId, Check, CheckKind, Incoming, IncomingPicture, Label, Outcome,
    PictureFacts, PictureRecord, Probability, ReadOptions, Sha256, Side, Source, Time,
};
use secondlook::config::Workspace;
use secondlook::export::{self, TableFormat};
use secondlook::routing::{KnownAnswers, Policy, SecondLook};
use secondlook::store::{Agreement, CaseRecord, KnownCase, QueueRow, Ruling, Search, Store, View};

const NOW: Time = Time(1_790_000_000_000);

fn actor(name: &str) -> Actor {
    Actor(name.to_owned())
}

fn planting(share: f64) -> Policy {
    Policy {
        known_answers: KnownAnswers {
            share,
            ..KnownAnswers::default()
        },
        ..Policy::default()
    }
}

fn assessment(probability: f64) -> Assessment {
    let outcome = Outcome::Performed {
        probability: Probability::new(probability).unwrap(),
    };
    Assessment {
        checks: vec![Check::new(Side::Front, CheckKind::ScreenReplay, outcome)],
        ..Assessment::empty(Source::IdrndResults)
    }
}

fn document(label: &str, probability: f64) -> Incoming {
    Incoming {
        label: label.to_owned(),
        source: Source::IdrndResults,
        external_id: Some(format!("id-{label}")),
        content: Sha256::of(label.as_bytes()),
        original: None,
        pictures: vec![IncomingPicture {
            record: PictureRecord {
                side: Side::Front,
                sha256: picture_of(label),
                n_bytes: 5,
                format: "jpeg".to_owned(),
                width_px: 10,
                height_px: 10,
            },
            thumbnail: label.as_bytes().to_vec(),
        }],
        options: ReadOptions::default(),
        assessment: Some(assessment(probability)),
    }
}

fn picture_of(label: &str) -> Sha256 {
    Sha256::of(format!("picture of {label}").as_bytes())
}

fn seen(label: &str) -> PictureFacts {
    PictureFacts {
        side: Side::Front,
        sha256: picture_of(label),
        width_px: 10,
        height_px: 10,
        quad: None,
        portrait: None,
        novelty: None,
    }
}

struct Made {
    store: Store,
    policy: Policy,
    _folder: tempfile::TempDir,
}

fn made(policy: Policy) -> Made {
    let folder = tempfile::tempdir().unwrap();
    Made {
        store: Store::open(&Workspace::at(folder.path().join("w")), NOW).unwrap(),
        policy,
        _folder: folder,
    }
}

impl Made {
    fn take_in(&mut self, label: &str, probability: f64) -> CaseId {
        let taken = self
            .store
            .take_in(
                &[document(label, probability)],
                &self.policy,
                &actor("program"),
                NOW,
            )
            .unwrap();
        let case = taken[0].case;
        // Our engine says the same as the vendor.
        let ours = Assessment {
            source: Source::Engine,
            pictures: vec![seen(label)],
            ..assessment(probability)
        };
        self.store.start(case, NOW).unwrap();
        self.store
            .finish(case, &ours, &self.policy, &actor("program"), NOW)
            .unwrap();
        case
    }

    fn decide(&mut self, case: CaseId, who: &str, label: Label) {
        let ruling = Ruling::plain(label);
        self.store
            .decide(case, &ruling, &self.policy, &actor(who), NOW)
            .unwrap();
    }

    fn plant(&mut self, reviewer: &str) -> bool {
        let reviewer = actor(reviewer);
        self.store.plant_next(&self.policy, &reviewer, NOW).unwrap()
    }

    fn rows(&self, view: View) -> Vec<QueueRow> {
        self.store
            .queue_page(&Search::of(view), None, 100)
            .unwrap()
            .rows
    }

    /// The case of the inbox with this name.
    fn waiting(&self, label: &str) -> CaseId {
        let rows = self.rows(View::Inbox);
        rows.iter().find(|row| row.label == label).unwrap().case
    }

    fn is_sound(&self) -> Vec<String> {
        let report = self
            .store
            .verify(&mut |_| ControlFlow::Continue(()))
            .unwrap();
        let problems = report.problems.iter().map(ToString::to_string);
        // The pictures of these tests are records without bytes.
        problems
            .filter(|problem| !problem.contains("original"))
            .collect()
    }
}

#[test]
fn a_decided_case_comes_again_to_somebody_who_never_saw_it() {
    let mut made = made(planting(1.0));
    let origin = made.take_in("card", 0.4);
    made.take_in("waits", 0.41);
    made.decide(origin, "ann", Label::ScreenReplay);
    assert!(!made.plant("ann"), "who decided it would know it again");
    assert!(made.plant("bob"));
    assert!(!made.plant("bob"), "it waits already");

    let rows = made.rows(View::Inbox);
    let repeated = rows.iter().find(|row| row.label == "card").unwrap();
    let was = made.store.queue_row(origin).unwrap();
    let as_was = QueueRow {
        case: repeated.case,
        view: View::Inbox,
        verdict: None,
        ..was
    };
    assert_eq!(*repeated, as_was, "no column of the queue tells it");
    let (case, before) = (
        made.store.case(repeated.case).unwrap(),
        made.store.case(origin).unwrap(),
    );
    assert_eq!(case.external_id, before.external_id);
    assert_eq!(case.pictures, before.pictures);
    let of_pictures = |case| made.store.thumbnail(case, Side::Front).unwrap();
    assert_eq!(of_pictures(case.id), of_pictures(origin));
    let said = |record: &CaseRecord| -> Vec<Assessment> {
        record
            .runs
            .iter()
            .map(|run| run.assessment.clone())
            .collect()
    };
    assert_eq!(said(&case), said(&before));
    let kinds = |case| -> Vec<String> {
        let rows = made.store.history(case).unwrap();
        rows.into_iter().map(|row| row.kind).collect()
    };
    assert_eq!(kinds(case.id), ["import", "route", "run", "route"]);
    let of_origin = kinds(origin);
    assert!(of_origin.starts_with(&kinds(case.id)), "{of_origin:?}");

    made.decide(case.id, "bob", Label::PrintedCopy);
    let agreement = |who| made.store.agreement(&actor(who)).unwrap();
    let found = Agreement {
        n_cases: 1,
        n_agreed: 1,
    };
    assert_eq!(agreement("bob"), found, "a copy, if of another kind");
    assert_eq!(agreement("ann"), Agreement::default());
    assert_eq!(
        made.store.agreements().unwrap(),
        [(actor("bob"), found)],
        "and nobody else"
    );
    assert!(!made.plant("bob"), "bob has seen it by now");
    assert_eq!(made.is_sound(), [""; 0]);
}

#[test]
fn what_differs_from_the_answer_does_not_agree_until_it_is_taken_back() {
    let mut made = made(planting(1.0));
    let origin = made.take_in("card", 0.4);
    made.take_in("waits", 0.41);
    made.decide(origin, "ann", Label::Genuine);
    assert!(made.plant("bob"));
    let case = made.waiting("card");
    made.decide(case, "bob", Label::Undeterminable);
    let bob = actor("bob");
    assert_eq!(made.store.agreement(&bob).unwrap().n_agreed, 0);
    let verdict = made.store.last_verdict(&bob).unwrap().unwrap();
    made.store.undo(verdict.id, &bob, NOW).unwrap();
    assert_eq!(
        made.store.agreement(&bob).unwrap(),
        Agreement::default(),
        "a verdict that was taken back is none"
    );
    made.decide(case, "bob", Label::Genuine);
    assert_eq!(made.store.agreement(&bob).unwrap().n_agreed, 1);

    // Somebody finds that the first verdict was wrong: then so was bob's.
    made.decide(origin, "ann", Label::PrintedCopy);
    let agreement = made.store.agreement(&bob).unwrap();
    assert_eq!((agreement.n_agreed, agreement.n_cases), (0, 1));
    // And where nobody knows any more, nothing counts.
    let ann = actor("ann");
    while let Some(verdict) = made.store.last_verdict(&ann).unwrap() {
        made.store.undo(verdict.id, &ann, NOW).unwrap();
    }
    assert_eq!(made.store.agreement(&bob).unwrap(), Agreement::default());
    assert_eq!(made.is_sound(), [""; 0]);
}

#[test]
fn a_planted_case_is_no_document() {
    let mut policy = planting(1.0);
    policy.second_look = SecondLook {
        share: 0.0,
        verdicts: vec![Label::ScreenReplay],
        against_route: false,
    };
    let mut made = made(policy);
    let origin = made.take_in("card", 0.4);
    made.take_in("waits", 0.41);
    made.decide(origin, "ann", Label::Genuine);
    assert!(made.plant("bob"));
    let case = made.waiting("card");
    made.decide(case, "bob", Label::ScreenReplay);
    assert_eq!(
        made.store.queue_row(case).unwrap().view,
        View::Decided,
        "nobody looks at it a second time"
    );
    // A record with the same id of the vendor's joins the document, not its repetition.
    let joined = Incoming {
        content: Sha256::of(b"more"),
        ..document("card", 0.3)
    };
    let taken = made
        .store
        .take_in(&[joined], &made.policy.clone(), &actor("program"), NOW)
        .unwrap();
    assert_eq!(taken[0].case, origin);

    let ids: Vec<CaseId> = made
        .store
        .cases(View::All, None)
        .map(|case| case.unwrap().id)
        .collect();
    assert!(ids.contains(&origin) && !ids.contains(&case), "{ids:?}");
    let mut out = Vec::new();
    let cases = made.store.cases(View::Decided, None);
    let written = export::labels(cases, TableFormat::Csv, &mut out).unwrap();
    assert_eq!(written.n_rows, 1, "training sees it once");
    assert_eq!(made.is_sound(), [""; 0]);
}

#[test]
fn the_policy_says_how_many_and_of_which() {
    // Nothing without a share.
    let mut none = made(planting(0.0));
    let origin = none.take_in("card", 0.4);
    none.take_in("waits", 0.41);
    none.decide(origin, "ann", Label::Genuine);
    assert!(!none.plant("bob"));

    // Only what two people looked at.
    let mut policy = planting(1.0);
    policy.known_answers.after_second_look = true;
    policy.second_look.verdicts = vec![Label::ScreenReplay];
    let mut twice = made(policy);
    let (once, both) = (twice.take_in("once", 0.4), twice.take_in("both", 0.42));
    twice.take_in("waits", 0.41);
    twice.decide(once, "ann", Label::Genuine);
    twice.decide(both, "ann", Label::ScreenReplay);
    assert!(!twice.plant("cleo"), "the second look is still to come");
    twice.decide(both, "bob", Label::ScreenReplay);
    assert!(twice.plant("cleo"));
    assert!(
        twice
            .rows(View::Inbox)
            .iter()
            .any(|row| row.label == "both")
    );

    // About as many as the share says: drawn by the ledger, so the same every time.
    let mut tenth = made(planting(0.1));
    let mut n_planted = 0;
    for at in 0..200 {
        let case = tenth.take_in(&format!("card {at}"), 0.4);
        if at == 0 {
            tenth.take_in("waits", 0.41);
        }
        tenth.decide(case, "ann", Label::Genuine);
        if tenth.plant("bob") {
            n_planted += 1;
            let rows = tenth.rows(View::Inbox);
            let planted = rows.iter().find(|row| row.label != "waits").unwrap();
            tenth.decide(planted.case, "bob", Label::Genuine);
        }
    }
    assert!((10..=32).contains(&n_planted), "{n_planted} of 200");

    for share in [-0.1, 1.1] {
        let mut text: serde_json::Value =
            serde_json::from_str(&Policy::default().to_json()).unwrap();
        text["known_answers"]["share"] = share.into();
        let refused = Policy::from_json(&text.to_string()).unwrap_err();
        assert!(refused.to_string().contains("known_answers.share"));
    }
}

#[test]
fn a_document_whose_truth_is_known_is_planted_once() {
    let mut made = made(planting(0.25));
    for at in 0..6 {
        made.take_in(&format!("card {at}"), 0.4);
    }
    assert_eq!(made.store.n_to_plant(&made.policy).unwrap(), 2);
    let known = KnownCase {
        incoming: Incoming {
            external_id: None,
            ..document("drawn", 0.4)
        },
        answer: Label::ScreenReplay,
        from: None,
    };
    let policy = made.policy.clone();
    let mut plant = || made.store.plant(&known, &[], &policy, NOW).unwrap();
    let case = plant().unwrap();
    assert_eq!(plant(), None);
    assert_eq!(made.store.queue_row(case).unwrap().view, View::Inbox);
    assert_eq!(made.store.n_to_plant(&made.policy).unwrap(), 1);
    made.decide(case, "ann", Label::ScreenReplay);
    assert_eq!(made.store.agreement(&actor("ann")).unwrap().n_agreed, 1);
    assert_eq!(made.is_sound(), [""; 0]);
}

#[test]
fn verify_finds_a_changed_answer() {
    let mut made = made(planting(0.5));
    made.take_in("waits", 0.41);
    let known = KnownCase {
        incoming: document("drawn", 0.4),
        answer: Label::ScreenReplay,
        from: None,
    };
    let policy = made.policy.clone();
    made.store.plant(&known, &[], &policy, NOW).unwrap();
    let conn = rusqlite::Connection::open(made.store.workspace().database()).unwrap();
    let refused = conn.execute("UPDATE known_answer SET answer = 'genuine'", []);
    assert!(refused.unwrap_err().to_string().contains("not changed"));
    conn.execute_batch(
        "DROP TRIGGER known_answer_is_not_updated; UPDATE known_answer SET answer = 'genuine';",
    )
    .unwrap();
    let problems = made.is_sound();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("known answer"), "{problems:?}");
}
