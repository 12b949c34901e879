//! The store on real files: what goes in comes out, what must not happen is refused, what was
//! tampered with is found.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use secondlook::case::{
    Actor, Assessment, CaseId, Check, CheckKind, Incoming, IncomingPicture, Label, OriginalRef,
    Outcome, PictureFacts, PictureRecord, Probability, ReadOptions, Route, Sha256, Side, Source,
    Status, Time, VerdictId,
};
use secondlook::config::Workspace;
use secondlook::routing::{Band, Policy};
use secondlook::store::{
    Problem, Ruling, Search, Store, StoreError, Taken, TakenIn, VerifyProgress, VerifyReport, View,
};

const NOW: Time = Time(1_790_000_000_000);

fn later(minutes: i64) -> Time {
    Time(NOW.0 + minutes * 60_000)
}

fn ann() -> Actor {
    Actor("ann".into())
}

/// A workspace in a folder of its own, which goes away with it.
struct Desk {
    workspace: Workspace,
    policy: Policy,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            workspace: Workspace::at(folder.path().join("workspace")),
            policy: Policy::default(),
            _folder: folder,
        }
    }

    fn open(&self) -> Store {
        Store::open(&self.workspace, NOW).unwrap()
    }

    fn take(&self, store: &mut Store, items: &[Incoming]) -> Vec<TakenIn> {
        store.take_in(items, &self.policy, &ann(), NOW).unwrap()
    }

    /// Originals that are only half written.
    fn litter(&self) -> usize {
        let entries = fs::read_dir(self.workspace.originals()).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name())
            .filter(|name| name.to_string_lossy().starts_with("incoming-"))
            .count()
    }
}

fn assessment(source: Source, probability: f64) -> Assessment {
    let probability = Probability::new(probability).unwrap();
    Assessment {
        checks: vec![Check::new(
            Side::Front,
            CheckKind::ScreenReplay,
            Outcome::Performed { probability },
        )],
        ..Assessment::empty(source)
    }
}

/// Our engine's run over these pictures.
fn run_over(documents: &[&Incoming], probability: f64) -> Assessment {
    let pictures = documents.iter().flat_map(|document| &document.pictures);
    Assessment {
        pictures: pictures
            .map(|picture| PictureFacts {
                portrait: None,
                novelty: None,
                side: picture.record.side,
                sha256: picture.record.sha256,
                width_px: picture.record.width_px,
                height_px: picture.record.height_px,
                quad: None,
            })
            .collect(),
        ..assessment(Source::Engine, probability)
    }
}

/// A vendor's result with one check.
fn result(name: &str, probability: f64) -> Incoming {
    Incoming {
        label: name.to_owned(),
        source: Source::IdrndResults,
        external_id: Some(name.to_owned()),
        content: Sha256::of(format!("{name} {probability}").as_bytes()),
        original: None,
        pictures: Vec::new(),
        options: ReadOptions::default(),
        assessment: Some(assessment(Source::IdrndResults, probability)),
    }
}

fn results(n: usize) -> Vec<Incoming> {
    (0..n).map(|i| result(&format!("b-{i}"), 0.4)).collect()
}

/// Pictures from files, whose originals are in the store.
fn pictures(store: &Store, name: &str, sides: &[Side]) -> Incoming {
    let record = |&side: &Side| {
        let bytes = format!("{name} {}", side.name());
        IncomingPicture {
            record: PictureRecord {
                side,
                sha256: store.originals().put(bytes.as_bytes()).unwrap(),
                n_bytes: bytes.len() as u64,
                format: "jpeg".into(),
                width_px: 4000,
                height_px: 3000,
            },
            thumbnail: format!("small {bytes}").into_bytes(),
        }
    };
    Incoming {
        label: name.to_owned(),
        source: Source::Engine,
        external_id: None,
        content: Sha256::of(name.as_bytes()),
        original: None,
        pictures: sides.iter().map(record).collect(),
        options: ReadOptions {
            whole_frame: true,
            ..ReadOptions::default()
        },
        assessment: None,
    }
}

fn verify(store: &Store) -> VerifyReport {
    let mut go_on = |_: VerifyProgress| ControlFlow::Continue(());
    store.verify(&mut go_on).unwrap()
}

fn assert_sound(store: &Store) {
    let report = verify(store);
    assert!(report.is_sound(), "{:?}", report.problems);
}

fn kinds(store: &Store, case: CaseId) -> Vec<String> {
    let rows = store.history(case).unwrap();
    rows.into_iter().map(|row| row.kind).collect()
}

#[test]
fn a_result_is_routed_at_once_and_comes_out_whole() {
    let desk = Desk::new();
    let mut store = desk.open();
    let original = OriginalRef {
        sha256: store.originals().put(b"{\"a\": 1}").unwrap(),
        offset: 1,
        n_bytes: 6,
    };
    let item = Incoming {
        original: Some(original),
        ..result("b-1", 0.4)
    };
    let taken = desk.take(&mut store, std::slice::from_ref(&item));
    assert_eq!(taken[0].what, Taken::New);
    assert_eq!(taken[0].route, Some(Route::Review));

    let case = store.case(taken[0].case).unwrap();
    assert_eq!(case.label, "b-1");
    assert_eq!(case.external_id.as_deref(), Some("b-1"));
    assert_eq!(case.status, Status::Completed);
    let times = (case.created, case.updated, case.completed);
    assert_eq!(times, (NOW, NOW, Some(NOW)));
    assert_eq!(case.view, View::Inbox);
    assert_eq!(case.received[0].original, Some(original));
    assert_eq!(Some(&case.runs[0].assessment), item.assessment.as_ref());
    assert_eq!(case.runs[0].judgement.policy, desk.policy.reference());
    let route = case.route.unwrap();
    assert_eq!(route.score, Some(Probability::new(0.4).unwrap()));
    assert_eq!(route.worst, Some((Side::Front, CheckKind::ScreenReplay)));
    assert_eq!(route.reasons, case.runs[0].judgement.reasons);
    assert_eq!(case.policy, Some(desk.policy.reference()));
    assert_eq!(kinds(&store, taken[0].case), ["import", "route"]);
    assert_sound(&store);
}

#[test]
fn pictures_wait_are_assessed_and_routed() {
    let desk = Desk::new();
    let mut store = desk.open();
    let item = pictures(&store, "card", &Side::ALL);
    let case = desk.take(&mut store, std::slice::from_ref(&item))[0].case;
    assert_eq!(store.unfinished(10).unwrap(), [case]);
    assert_eq!(store.counts().unwrap().of(View::Waiting), 1);
    let back = store.thumbnail(case, Side::Back).unwrap().unwrap();
    assert_eq!(back, b"small card back");
    let front = store.picture_bytes(case, Side::Front).unwrap();
    assert_eq!(front, b"card front");
    let record = store.case(case).unwrap();
    assert_eq!(record.options, item.options);
    let sides: Vec<Side> = record.pictures.iter().map(|p| p.side).collect();
    assert_eq!(sides, Side::ALL);

    store.start(case, NOW).unwrap();
    assert!(matches!(store.start(case, NOW), Err(StoreError::Busy(_))));
    assert_eq!(store.unfinished(10).unwrap(), []);
    let run = run_over(&[&item], 0.9);
    let done = store.finish(case, &run, &desk.policy, &ann(), later(1));
    assert_eq!(done.unwrap().route.route, Route::Accept);
    let record = store.case(case).unwrap();
    assert_eq!(record.status, Status::Completed);
    assert_eq!(record.completed, Some(later(1)));
    assert_eq!(record.view, View::Accepted);
    assert_eq!(kinds(&store, case), ["import", "run", "route"]);

    // A second run never replaces the first.
    store.start(case, later(2)).unwrap();
    let run = run_over(&[&item], 0.1);
    let done = store.finish(case, &run, &desk.policy, &ann(), later(3));
    assert_eq!(done.unwrap().route.route, Route::Reject);
    let record = store.case(case).unwrap();
    assert_eq!(record.runs.len(), 2);
    assert_eq!(record.latest_runs().count(), 1);
    assert_eq!(record.view, View::Rejected);
    assert_sound(&store);
}

#[test]
fn a_picture_that_comes_while_its_case_is_assessed_waits_for_the_next_run() {
    let desk = Desk::new();
    let mut store = desk.open();
    let sent = |store: &Store, name: &str, side| Incoming {
        external_id: Some("session-1".into()),
        ..pictures(store, name, &[side])
    };
    let front = sent(&store, "front", Side::Front);
    let back = sent(&store, "back", Side::Back);
    let case = desk.take(&mut store, std::slice::from_ref(&front))[0].case;
    store.start(case, NOW).unwrap();
    assert_eq!(
        desk.take(&mut store, std::slice::from_ref(&back))[0].case,
        case
    );

    let first = run_over(&[&front], 0.4);
    store
        .finish(case, &first, &desk.policy, &ann(), NOW)
        .unwrap();
    assert_eq!(
        store.unfinished(10).unwrap(),
        [case],
        "the back was not seen"
    );
    assert_eq!(store.queue_row(case).unwrap().status, Status::New);

    store.start(case, NOW).unwrap();
    let both = run_over(&[&front, &back], 0.4);
    store
        .finish(case, &both, &desk.policy, &ann(), NOW)
        .unwrap();
    assert_eq!(store.unfinished(10).unwrap(), []);
    assert_eq!(store.queue_row(case).unwrap().status, Status::Completed);
    assert_sound(&store);
}

#[test]
fn a_failed_run_is_kept_with_its_reason_and_may_be_tried_again() {
    let desk = Desk::new();
    let mut store = desk.open();
    let item = pictures(&store, "card", &[Side::Front]);
    let case = desk.take(&mut store, &[item])[0].case;
    store.start(case, NOW).unwrap();
    let reason = "the model is damaged";
    store.fail(case, reason, &ann(), later(1)).unwrap();
    let record = store.case(case).unwrap();
    assert_eq!(record.status, Status::Failed);
    assert_eq!(record.view, View::Failed);
    assert_eq!(record.failure.as_deref(), Some(reason));
    store.start(case, later(2)).unwrap();
    store.put_back(case, later(2)).unwrap();
    assert_eq!(store.unfinished(10).unwrap(), [case]);
    assert_eq!(store.counts().unwrap().of(View::Waiting), 1);
    assert_sound(&store);
}

#[test]
fn the_same_thing_twice_adds_nothing_and_one_id_is_one_case() {
    let desk = Desk::new();
    let mut store = desk.open();
    let request = Incoming {
        source: Source::IdrndResults,
        external_id: Some("b-1".into()),
        ..pictures(&store, "b-1 request", &[Side::Front])
    };
    let answer = result("b-1", 0.9);
    let stranger = Incoming {
        source: Source::LivenessObject,
        content: Sha256::of(b"another vendor's"),
        ..answer.clone()
    };
    let batch = [request, answer.clone(), answer, stranger];
    let first = desk.take(&mut store, &batch);
    let (one, other) = (first[0].case, first[3].case);
    let what: Vec<_> = first.iter().map(|taken| (taken.case, taken.what)).collect();
    let expected = [
        (one, Taken::New),
        (one, Taken::AddedTo),
        (one, Taken::AlreadyKnown),
        (other, Taken::New),
    ];
    assert_eq!(what, expected);
    assert_ne!(one, other);
    assert_eq!(first[1].route, Some(Route::Accept));
    let n_rows = store.ledger_rows(1).count();
    let again = desk.take(&mut store, &batch);
    assert!(again.iter().all(|one| one.what == Taken::AlreadyKnown));
    assert_eq!(store.ledger_rows(1).count(), n_rows);
    assert_eq!(store.known(&batch[0].content).unwrap(), Some(one));

    // The pictures still wait for our engine; when it differs from the vendor, a person looks.
    assert_eq!(store.unfinished(10).unwrap(), [one]);
    store.start(one, NOW).unwrap();
    let run = run_over(&[&batch[0]], 0.1);
    let done = store.finish(one, &run, &desk.policy, &ann(), later(1));
    assert_eq!(done.unwrap().route.route, Route::Review);
    assert_eq!(store.case(one).unwrap().latest_runs().count(), 2);
    assert_sound(&store);
}

#[test]
fn the_queue_goes_by_distance_then_age_in_pages_that_meet() {
    let desk = Desk::new();
    let mut store = desk.open();
    for (minutes, score) in (0..).zip([0.30, 0.49, 0.35, 0.49, 0.26]) {
        let item = result(&format!("b-{minutes}"), score);
        let taken = store.take_in(&[item], &desk.policy, &ann(), later(minutes));
        assert_eq!(taken.unwrap()[0].route, Some(Route::Review));
    }
    desk.take(&mut store, &[result("good", 0.9), result("bad", 0.1)]);
    let mut labels = Vec::new();
    let mut after = None;
    loop {
        let page = store
            .queue_page(&Search::of(View::Inbox), after.as_ref(), 2)
            .unwrap();
        labels.extend(page.rows.into_iter().map(|row| row.label));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(labels, ["b-1", "b-3", "b-2", "b-0", "b-4"]);
    let counts = store.counts().unwrap();
    assert_eq!(
        View::ALL.map(|view| counts.of(view)),
        [5, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 7],
        "inbox, four that people make, accepted, rejected, retake, decided, failed, waiting, all"
    );
    let all = store.queue_page(&Search::of(View::All), None, 100).unwrap();
    assert_eq!((all.rows.len(), all.next), (7, None));
    let alone = store.queue_row(all.rows[0].case).unwrap();
    assert_eq!(alone, all.rows[0]);
}

#[test]
fn a_claim_keeps_others_out_until_it_ends() {
    let desk = Desk::new();
    let mut one = desk.open();
    let case = desk.take(&mut one, &[result("b-1", 0.4)])[0].case;
    let mut other = desk.open();
    let before = other.seen_changes().unwrap();
    one.claim(case, &ann(), 30, NOW).unwrap();
    assert_ne!(other.seen_changes().unwrap(), before);
    let bob = Actor("bob".into());

    let refused = other.claim(case, &bob, 30, later(5));
    assert!(matches!(refused, Err(StoreError::Claimed { by, .. }) if by == ann()));
    let refused = other.decide(
        case,
        &Ruling::plain(Label::Genuine),
        &Policy::default(),
        &bob,
        later(5),
    );
    assert!(matches!(refused, Err(StoreError::Claimed { by, .. }) if by == ann()));
    let claim = other.queue_row(case).unwrap().claim.unwrap();
    assert!(!claim.ours && claim.is_live(later(5)) && !claim.is_live(later(31)));
    assert!(
        other
            .next_unclaimed(None, &bob, later(5))
            .unwrap()
            .is_none()
    );
    assert!(
        one.next_unclaimed(None, &ann(), later(5))
            .unwrap()
            .is_some()
    );
    assert!(!other.release(case, &bob, later(5)).unwrap());

    // A second connection of the same session is no stranger.
    let mut beside = one.another().unwrap();
    beside.claim(case, &ann(), 30, later(5)).unwrap();

    // Released, it is anybody's.
    assert!(one.release(case, &ann(), later(6)).unwrap());
    other.claim(case, &bob, 30, later(7)).unwrap();
    let refused = one.claim(case, &ann(), 30, later(8));
    assert!(matches!(refused, Err(StoreError::Claimed { .. })));
    // When its time is over, it is anybody's again.
    one.claim(case, &ann(), 30, later(40)).unwrap();
    let events = ["import", "route", "claim", "release", "claim", "claim"];
    assert_eq!(kinds(&one, case), events);
    assert_sound(&one);
}

#[test]
fn a_verdict_is_kept_with_its_grounds_changed_and_taken_back() {
    let desk = Desk::new();
    let mut store = desk.open();
    let case = desk.take(&mut store, &[result("b-1", 0.4)])[0].case;
    store.claim(case, &ann(), 30, NOW).unwrap();
    let ruling = Ruling {
        reason: Some("moire".into()),
        note: Some("Lines over Jane Doe's portrait".into()),
        ..Ruling::plain(Label::ScreenReplay)
    };
    let first = store
        .decide(case, &ruling, &Policy::default(), &ann(), later(1))
        .unwrap();
    let record = store.case(case).unwrap();
    assert_eq!((record.view, &record.claim), (View::Decided, &None));
    let verdict = record.verdict().unwrap();
    assert_eq!(verdict.ruling, ruling);
    assert_eq!(verdict.policy, Some(desk.policy.reference()));
    assert_eq!(verdict.route, Some(Route::Review));
    assert_eq!(verdict.assessments, [record.runs[0].id]);
    assert_eq!(store.last_verdict(&ann()).unwrap().as_ref(), Some(verdict));
    assert_eq!(store.last_verdict(&Actor("bob".into())).unwrap(), None);

    let plain = Ruling::plain(Label::Genuine);
    let second = store
        .decide(case, &plain, &Policy::default(), &ann(), later(2))
        .unwrap();
    let since = |minutes| store.n_decided_since(&ann(), later(minutes)).unwrap();
    assert_eq!([since(0), since(2), since(3)], [2, 1, 0]);
    let record = store.case(case).unwrap();
    assert_eq!(record.verdicts.len(), 2);
    assert_eq!(record.verdict().unwrap().replaces, Some(first));
    let refused = store.undo(first, &ann(), later(3));
    assert!(matches!(refused, Err(StoreError::NotStanding(_))));

    assert_eq!(store.undo(second, &ann(), later(3)).unwrap(), [case]);
    assert_eq!(store.case(case).unwrap().verdict().unwrap().id, first);
    let shown = store.queue_row(case).unwrap().verdict;
    assert_eq!(shown, Some(Label::ScreenReplay));
    store.undo(first, &ann(), later(4)).unwrap();
    let record = store.case(case).unwrap();
    assert_eq!((record.view, record.verdict()), (View::Inbox, None));
    assert_eq!(record.verdicts[0].undone, Some((later(4), ann())));
    assert_eq!(store.last_verdict(&ann()).unwrap(), None);
    let refused = store.undo(first, &ann(), later(5));
    assert!(matches!(refused, Err(StoreError::NotStanding(_))));

    let events = "import route claim release verdict verdict undo undo";
    assert_eq!(kinds(&store, case).join(" "), events);
    let ledger: String = store.ledger_rows(1).map(|row| row.unwrap().body).collect();
    assert!(!ledger.contains("Jane"), "a note may be personal");
    assert_sound(&store);
}

#[test]
fn a_new_run_does_not_move_a_decided_case() {
    let desk = Desk::new();
    let mut store = desk.open();
    let item = pictures(&store, "card", &[Side::Front]);
    let run = run_over(&[&item], 0.9);
    let case = desk.take(&mut store, &[item])[0].case;
    let plain = Ruling::plain(Label::Retake);
    store
        .decide(case, &plain, &Policy::default(), &ann(), NOW)
        .unwrap();
    store.start(case, NOW).unwrap();
    let done = store.finish(case, &run, &desk.policy, &ann(), NOW).unwrap();
    assert_eq!(done.route.route, Route::Accept);
    let record = store.case(case).unwrap();
    assert_eq!(record.view, View::Decided);
    let decided: Vec<_> = store
        .cases(View::Decided, None)
        .map(Result::unwrap)
        .collect();
    assert_eq!(decided, [record]);
    assert_sound(&store);
}

#[test]
fn what_a_dead_program_held_is_given_back() {
    let desk = Desk::new();
    let mut dead = desk.open();
    let items = [
        pictures(&dead, "one", &[Side::Front]),
        pictures(&dead, "two", &[Side::Front]),
    ];
    let taken = desk.take(&mut dead, &items);
    let (one, two) = (taken[0].case, taken[1].case);
    dead.start(one, NOW).unwrap();
    dead.claim(two, &ann(), 30, NOW).unwrap();
    let sessions = fs::read_dir(desk.workspace.sessions()).unwrap();
    let session = sessions
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .find_map(|name| Some(name.strip_suffix(".lock")?.to_owned()).filter(|n| n != "opening"))
        .unwrap();
    let half = format!("incoming-{session}-abc");
    fs::write(desk.workspace.originals().join(half), b"half a pic").unwrap();

    // While it lives, nothing of it is touched.
    let mut store = desk.open();
    assert_eq!(store.case(one).unwrap().status, Status::Processing);
    assert!(matches!(store.start(one, NOW), Err(StoreError::Busy(_))));
    assert_eq!(desk.litter(), 1);

    drop(dead);
    assert_eq!(store.recover(later(1)).unwrap(), 2);
    assert_eq!(store.case(one).unwrap().status, Status::New);
    assert_eq!(store.unfinished(10).unwrap(), [one, two]);
    assert_eq!(store.case(two).unwrap().claim, None);
    assert_eq!(kinds(&store, one), ["import", "recover"]);
    assert_eq!(kinds(&store, two), ["import", "claim", "release"]);
    assert_eq!(desk.litter(), 0);
    assert_eq!(store.recover(later(1)).unwrap(), 0);

    // A program that ends in good order leaves nothing to recover.
    store.start(one, later(2)).unwrap();
    store.close(later(2)).unwrap();
    let mut store = desk.open();
    assert_eq!(store.recover(later(3)).unwrap(), 0);
    assert_eq!(store.unfinished(10).unwrap(), [one, two]);
    let n_files = fs::read_dir(desk.workspace.sessions()).unwrap().count();
    assert_eq!(n_files, 2, "our lock and that of opening");
    assert_sound(&store);
}

#[test]
fn an_original_is_one_file_that_is_never_changed() {
    let desk = Desk::new();
    let store = desk.open();
    let originals = store.originals();
    let bytes = vec![7; 1 << 20];
    let sha256 = originals.put(&bytes).unwrap();
    assert_eq!(originals.put(&bytes).unwrap(), sha256);
    let streamed = originals.put_reader(bytes.as_slice()).unwrap();
    assert_eq!(streamed, (sha256, 1 << 20));
    let path = originals.path(&sha256);
    let hex = sha256.to_hex();
    assert!(path.ends_with(Path::new(&hex[..2]).join(&hex)));
    assert!(fs::metadata(&path).unwrap().permissions().readonly());
    assert_eq!(originals.read(&sha256).unwrap(), bytes);

    // A reader that breaks off leaves nothing.
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
    }
    let broken = std::io::Read::chain(b"half".as_slice(), Broken);
    let refused = originals.put_reader(broken);
    assert!(matches!(refused, Err(StoreError::Unreadable(_))));
    let names = fs::read_dir(desk.workspace.originals()).unwrap();
    assert_eq!(names.count(), 1, "the one shelf");
    let missing = originals.read(&Sha256::of(b"never put"));
    assert!(matches!(missing, Err(StoreError::NoOriginal(_))));
}

#[test]
fn reading_only_changes_nothing() {
    let desk = Desk::new();
    let missing = Store::open_read_only(&desk.workspace);
    assert!(matches!(missing, Err(StoreError::NoWorkspace(_))));
    assert!(!desk.workspace.root.exists());
    let mut store = desk.open();
    let case = desk.take(&mut store, &[result("b-1", 0.4)])[0].case;
    let mut reader = Store::open_read_only(&desk.workspace).unwrap();
    assert_eq!(reader.case(case).unwrap(), store.case(case).unwrap());
    assert_sound(&reader);
    let refused = reader.claim(case, &ann(), 30, NOW);
    assert!(matches!(refused, Err(StoreError::ReadOnly)));
    let refused = reader.originals().put(b"x");
    assert!(matches!(refused, Err(StoreError::ReadOnly)));
}

#[test]
fn a_file_that_is_damaged_is_named_and_kept() {
    let check = |content: &[u8]| {
        let desk = Desk::new();
        fs::create_dir_all(&desk.workspace.root).unwrap();
        fs::write(desk.workspace.database(), content).unwrap();
        for error in [
            Store::open(&desk.workspace, NOW).unwrap_err(),
            Store::open_read_only(&desk.workspace).unwrap_err(),
        ] {
            assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
            assert!(error.to_string().contains("secondlook.db"), "{error}");
            assert!(error.to_string().contains("kept"), "{error}");
        }
        assert_eq!(fs::read(desk.workspace.database()).unwrap(), content);
    };
    check(&b"This is a letter, and no database at all. ".repeat(100));
    // A workspace of which the second half is gone.
    let desk = Desk::new();
    let mut store = desk.open();
    desk.take(&mut store, &results(200));
    store.close(NOW).unwrap();
    let whole = fs::read(desk.workspace.database()).unwrap();
    check(&whole[..whole.len() / 2]);
}

#[test]
fn unknown_cases_and_verdicts_are_said_to_be_unknown() {
    let desk = Desk::new();
    let mut store = desk.open();
    let none = CaseId(99);
    let run = assessment(Source::Engine, 0.9);
    let plain = Ruling::plain(Label::Genuine);
    let policy = &desk.policy;
    let errors = [
        store.case(none).map(|_| ()),
        store.queue_row(none).map(|_| ()),
        store.start(none, NOW),
        store.finish(none, &run, policy, &ann(), NOW).map(|_| ()),
        store.fail(none, "x", &ann(), NOW),
        store.reroute(none, policy, &ann(), NOW).map(|_| ()),
        store.claim(none, &ann(), 1, NOW),
        store
            .decide(none, &plain, &Policy::default(), &ann(), NOW)
            .map(|_| ()),
    ];
    for error in errors {
        assert!(matches!(error, Err(StoreError::NoCase(_))), "{error:?}");
    }
    let unknown = store.undo(VerdictId(1), &ann(), NOW);
    assert!(matches!(unknown, Err(StoreError::NoVerdict(_))));
    let n_rows = store.ledger_rows(1).count();
    assert_eq!(n_rows, 0, "a refused change logs nothing");
}

#[test]
fn a_changed_policy_routes_anew_and_keeps_the_old_judgement() {
    let desk = Desk::new();
    let mut store = desk.open();
    let case = desk.take(&mut store, &[result("b-1", 0.6)])[0].case;
    assert_eq!(store.case(case).unwrap().view, View::Accepted);
    let strict = Policy {
        version: "2".into(),
        band: Band {
            from: Probability::HALF,
            to: Probability::new(0.8).unwrap(),
        },
        ..Policy::default()
    };
    let route = store.reroute(case, &strict, &ann(), later(1)).unwrap();
    assert_eq!(route.unwrap().route, Route::Review);
    let record = store.case(case).unwrap();
    assert_eq!(record.view, View::Inbox);
    assert_eq!(record.policy, Some(strict.reference()));
    assert_eq!(record.runs[0].judgement.policy, desk.policy.reference());
    assert_sound(&store);
}

#[test]
fn verify_finds_an_original_that_is_gone_or_changed_and_can_be_stopped() {
    let desk = Desk::new();
    let mut store = desk.open();
    let item = pictures(&store, "card", &Side::ALL);
    let (front, back) = (
        item.pictures[0].record.sha256,
        item.pictures[1].record.sha256,
    );
    desk.take(&mut store, &[item]);
    assert_eq!(verify(&store).n_originals, 2);
    fs::remove_file(store.originals().path(&front)).unwrap();
    let path = store.originals().path(&back);
    fs::remove_file(&path).unwrap();
    fs::write(&path, b"card bacK").unwrap();
    let problems = verify(&store).problems;
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems.contains(&Problem::OriginalMissing(front)));
    assert!(problems.contains(&Problem::OriginalChanged(back)));
    let changed = store.originals().read(&back);
    assert!(matches!(changed, Err(StoreError::Unintelligible { .. })));
    let mut stop = |_: VerifyProgress| ControlFlow::Break(());
    let report = store.verify(&mut stop).unwrap();
    assert!(report.stopped && !report.is_sound());
}

#[test]
fn the_ledger_can_be_checked_from_what_is_exported() {
    let desk = Desk::new();
    let mut store = desk.open();
    desk.take(&mut store, &results(1500));
    let rows: Vec<_> = store.ledger_rows(1).map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3000);
    let mut before = Sha256([0; 32]);
    for (seq, row) in (1..).zip(&rows) {
        assert_eq!((row.seq, row.prev), (seq, before));
        assert_eq!(row.hash, row.expected_hash());
        before = row.hash;
    }
    let report = store.verify_ledger().unwrap();
    assert_eq!(report.head, Some((3000, before)));
    assert_eq!(report.n_ledger_rows, 3000);
    assert_eq!(store.ledger_rows(2990).count(), 11);
}
