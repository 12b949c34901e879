//! What people do with cases besides one plain verdict, over a real file: put off, hand up, take,
//! look twice, decide many, search; and that `verify` proves all of it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::ops::ControlFlow;

use secondlook::case::{
    Actor, Assessment, CaseId, Check, CheckKind, Incoming, Label, Look, Outcome, Probability,
    ReadOptions, Route, Sha256, Side, Source, Time,
};
use secondlook::config::Workspace;
use secondlook::review::{Desk, ReviewError, Words};
use secondlook::routing::{Policy, SecondLook, VerdictRules};
use secondlook::store::{Order, Ruling, Search, Store, StoreError, View};

const NOW: Time = Time(1_790_000_000_000);

fn later(minutes: i64) -> Time {
    Time(NOW.0 + minutes * 60_000)
}

fn actor(name: &str) -> Actor {
    Actor(name.to_owned())
}

fn item(label: &str, source: Source, probability: f64) -> Incoming {
    let outcome = Outcome::Performed {
        probability: Probability::new(probability).unwrap(),
    };
    Incoming {
        label: label.to_owned(),
        source,
        external_id: Some(format!("id-{label}")),
        content: Sha256::of(label.as_bytes()),
        original: None,
        pictures: Vec::new(),
        options: ReadOptions::default(),
        assessment: Some(Assessment {
            checks: vec![Check::new(Side::Front, CheckKind::ScreenReplay, outcome)],
            ..Assessment::empty(source)
        }),
    }
}

/// A workspace with cases of these scores, all of them for review unless the score says otherwise.
struct Made {
    store: Store,
    cases: Vec<CaseId>,
    _folder: tempfile::TempDir,
}

fn made(scores: &[f64]) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&Workspace::at(folder.path().join("w")), NOW).unwrap();
    let mut cases = Vec::new();
    for (at, &score) in scores.iter().enumerate() {
        let item = item(&format!("card {at}"), Source::IdrndResults, score);
        let came = later(at as i64);
        let taken = store
            .take_in(&[item], &Policy::default(), &actor("program"), came)
            .unwrap();
        cases.push(taken[0].case);
    }
    Made {
        store,
        cases,
        _folder: folder,
    }
}

impl Made {
    fn view(&self, at: usize) -> View {
        self.store.queue_row(self.cases[at]).unwrap().view
    }

    fn decide(&mut self, at: usize, who: &str, label: Label, policy: &Policy) -> View {
        let ruling = Ruling::plain(label);
        let case = self.cases[at];
        self.store
            .decide(case, &ruling, policy, &actor(who), later(60))
            .unwrap();
        self.view(at)
    }

    fn found(&self, search: &Search) -> Vec<String> {
        let page = self.store.queue_page(search, None, 100).unwrap();
        page.rows.into_iter().map(|row| row.label).collect()
    }

    fn kinds(&self, at: usize) -> String {
        let rows = self.store.history(self.cases[at]).unwrap();
        let kinds: Vec<String> = rows.into_iter().map(|row| row.kind).collect();
        kinds.join(" ")
    }

    fn is_sound(&self) {
        let report = self
            .store
            .verify(&mut |_| ControlFlow::Continue(()))
            .unwrap();
        assert_eq!(report.problems, []);
    }
}

#[test]
fn a_case_is_put_off_until_its_time_and_comes_back_by_itself() {
    let mut made = made(&[0.4, 0.45]);
    let (case, ann) = (made.cases[0], actor("ann"));
    made.store.claim(case, &ann, 30, NOW).unwrap();
    made.store
        .hold(case, later(120), "asked the issuer", &ann, later(1))
        .unwrap();
    let row = made.store.queue_row(case).unwrap();
    assert_eq!(row.view, View::Held);
    assert_eq!(row.held_until, Some(later(120)));
    assert_eq!(row.assigned_to, Some(ann.clone()));
    assert_eq!(row.claim, None, "it is open with nobody");
    assert_eq!(made.store.counts().unwrap().of(View::Held), 1);
    assert_eq!(made.store.n_assigned(&ann).unwrap(), 1);
    assert_eq!(made.found(&Search::assigned_to(&ann)), ["card 0"]);
    assert_eq!(
        made.store.case(case).unwrap().remarks[0].text,
        "asked the issuer"
    );

    assert_eq!(made.store.wake(later(119)).unwrap(), 0);
    assert_eq!(made.store.wake(later(120)).unwrap(), 1);
    assert_eq!(made.view(0), View::Inbox);
    assert_eq!(made.kinds(0), "import route claim hold resume");
    // It is still ann's, so nobody else is offered it.
    let next = |who: &str| {
        let row = made.store.next_unclaimed(None, &actor(who), later(121));
        row.unwrap().map(|row| row.label)
    };
    assert_eq!(next("bob").as_deref(), Some("card 1"));
    made.store.resume(case, &ann, later(122)).unwrap();
    assert_eq!(made.store.queue_row(case).unwrap().assigned_to, None);
    made.is_sound();
}

#[test]
fn a_case_is_handed_up_decided_and_taken_back_to_where_it_was() {
    let mut made = made(&[0.4]);
    let (case, ann) = (made.cases[0], actor("ann"));
    made.store
        .escalate(case, "never saw this kind", &ann, NOW)
        .unwrap();
    assert_eq!(made.view(0), View::Escalated);
    assert_eq!(
        made.decide(0, "chief", Label::Genuine, &Policy::default()),
        View::Decided
    );
    let refused = made.store.escalate(case, "again", &ann, NOW);
    assert!(matches!(refused, Err(StoreError::Settled(_))));
    let verdict = made.store.last_verdict(&actor("chief")).unwrap().unwrap();
    made.store.undo(verdict.id, &actor("chief"), NOW).unwrap();
    assert_eq!(made.view(0), View::Escalated);
    made.store.resume(case, &ann, NOW).unwrap();
    assert_eq!(made.view(0), View::Inbox);
    made.is_sound();
}

#[test]
fn a_verdict_on_a_case_that_was_put_off_is_taken_back_to_the_hold() {
    let mut made = made(&[0.4, 0.45]);
    let ann = actor("ann");
    for &case in &made.cases.clone() {
        made.store
            .hold(case, later(120), "asked the issuer", &ann, NOW)
            .unwrap();
    }
    let decide = |made: &mut Made, at| made.decide(at, "ann", Label::Genuine, &Policy::default());
    assert_eq!(decide(&mut made, 0), View::Decided);
    let row = made.store.queue_row(made.cases[0]).unwrap();
    assert_eq!(row.held_until, None, "a decided case waits for nothing");
    let undo = |made: &mut Made, now| {
        let verdict = made.store.last_verdict(&ann).unwrap().unwrap();
        made.store.undo(verdict.id, &ann, now).unwrap();
    };
    undo(&mut made, later(61));
    assert_eq!(made.view(0), View::Held);

    // Its time comes while it is decided: then there is nothing to come back from.
    assert_eq!(decide(&mut made, 1), View::Decided);
    assert_eq!(made.store.wake(later(120)).unwrap(), 1);
    assert_eq!((made.view(0), made.view(1)), (View::Inbox, View::Decided));
    undo(&mut made, later(121));
    assert_eq!(made.view(1), View::Inbox);
    made.is_sound();
}

#[test]
fn nobody_takes_handles_or_decides_what_somebody_else_has_open() {
    let mut made = made(&[0.4]);
    let case = made.cases[0];
    made.store.claim(case, &actor("ann"), 30, NOW).unwrap();
    let workspace = made.store.workspace().clone();
    let mut other = Store::open(&workspace, NOW).unwrap();
    let bob = actor("bob");
    let refusals = [
        other.hold(case, later(9), "why", &bob, NOW),
        other.escalate(case, "why", &bob, NOW),
        other.assign(case, Some(&bob), &bob, NOW),
        other.resume(case, &bob, NOW),
    ];
    for refused in refusals {
        assert!(matches!(refused, Err(StoreError::Claimed { .. })));
    }
    let refused = other
        .decide_all(
            &[case],
            &Ruling::plain(Label::Genuine),
            &Policy::default(),
            &bob,
            NOW,
        )
        .unwrap();
    assert!(matches!(refused[..], [StoreError::Claimed { .. }]));
    assert_eq!(made.view(0), View::Inbox);
}

/// Everything is looked at twice.
fn twice() -> Policy {
    Policy {
        second_look: SecondLook {
            share: 1.0,
            ..SecondLook::default()
        },
        ..Policy::default()
    }
}

#[test]
fn two_people_who_agree_settle_a_case_and_two_who_differ_need_a_third() {
    use Label::{Genuine, ScreenReplay};
    let policy = twice();
    let mut made = made(&[0.4, 0.45]);
    assert_eq!(made.decide(0, "ann", Genuine, &policy), View::SecondLook);
    let record = made.store.case(made.cases[0]).unwrap();
    assert!(record.hides_verdicts_from(&actor("bob")));
    assert!(!record.hides_verdicts_from(&actor("ann")));
    // A change of mind is no second look.
    assert_eq!(
        made.decide(0, "ann", ScreenReplay, &policy),
        View::SecondLook
    );
    assert_eq!(made.decide(0, "bob", ScreenReplay, &policy), View::Decided);

    assert_eq!(made.decide(1, "ann", Genuine, &policy), View::SecondLook);
    assert_eq!(
        made.decide(1, "bob", ScreenReplay, &policy),
        View::Adjudication
    );
    let case = made.cases[1];
    for who in ["ann", "bob"] {
        let ruling = Ruling::plain(Genuine);
        let refused = made
            .store
            .decide(case, &ruling, &policy, &actor(who), later(70));
        assert!(matches!(refused, Err(StoreError::LookedBefore(_))), "{who}");
    }
    assert_eq!(made.decide(1, "chief", Genuine, &policy), View::Decided);
    let looks: Vec<Look> = made
        .store
        .case(case)
        .unwrap()
        .verdicts
        .iter()
        .map(|verdict| verdict.look)
        .collect();
    assert_eq!(looks, [Look::First, Look::Second, Look::Adjudication]);
    // Taken back one by one, the case goes the way back.
    for (who, view) in [("chief", View::Adjudication), ("bob", View::SecondLook)] {
        let last = made.store.last_verdict(&actor(who)).unwrap().unwrap();
        made.store.undo(last.id, &actor(who), later(80)).unwrap();
        assert_eq!(made.view(1), view);
    }
    made.is_sound();
}

#[test]
fn the_policy_says_who_is_looked_at_twice() {
    let hash = Sha256::of(b"a document");
    let only = |rules: SecondLook| Policy {
        second_look: rules,
        ..Policy::default()
    };
    let retakes = only(SecondLook {
        verdicts: vec![Label::Retake],
        ..SecondLook::default()
    });
    let opposite = only(SecondLook {
        against_route: true,
        ..SecondLook::default()
    });
    let (accept, reject) = (Some(Route::Accept), Some(Route::Reject));
    let table = [
        (&Policy::default(), Label::Genuine, reject, false),
        (&twice(), Label::Genuine, accept, true),
        (&retakes, Label::Retake, accept, true),
        (&retakes, Label::Genuine, accept, false),
        (&opposite, Label::Genuine, reject, true),
        (&opposite, Label::Genuine, accept, false),
        (&opposite, Label::PrintedCopy, accept, true),
        (&opposite, Label::PrintedCopy, reject, false),
        (&opposite, Label::PrintedCopy, Some(Route::Review), false),
        (&opposite, Label::Undeterminable, accept, false),
    ];
    for (policy, label, route, expected) in table {
        let asked = policy.asks_second(label, route, &hash);
        assert_eq!(asked, expected, "{label:?} {route:?}");
    }
}

#[test]
fn a_verdict_for_many_is_one_act_and_is_taken_back_as_one() {
    let mut made = made(&[0.3, 0.4, 0.45, 0.5]);
    let (ann, policy) = (actor("ann"), Policy::default());
    let cases = made.cases[..3].to_vec();
    let mut desk = Desk {
        store: &mut made.store,
        actor: &ann,
        policy: &policy,
    };
    let words = Words {
        note: Some("one batch of prints".into()),
        ..Words::default()
    };
    let refused = desk
        .decide_all(&cases, Label::PrintedCopy, words, later(1))
        .unwrap();
    assert!(refused.is_empty());
    assert_eq!(desk.store.counts().unwrap().of(View::Decided), 3);
    let undone = desk.undo(later(2)).unwrap();
    assert_eq!(
        (undone.cases.as_slice(), undone.open.is_none()),
        (&cases[..], true)
    );
    assert_eq!(desk.store.counts().unwrap().of(View::Decided), 0);
    assert!(desk.redo(&undone, later(3)).unwrap().is_empty());
    assert_eq!(desk.store.counts().unwrap().of(View::Decided), 3);
    made.is_sound();
}

#[test]
fn the_policy_says_what_a_verdict_needs_and_a_change_says_why() {
    let mut made = made(&[0.4]);
    let case = made.cases[0];
    let ann = actor("ann");
    let rules = |needs_reason, needs_note| VerdictRules {
        needs_reason,
        needs_note,
    };
    let policy = Policy {
        verdicts: [
            (Label::ScreenReplay, rules(true, false)),
            (Label::Undeterminable, rules(false, true)),
        ]
        .into(),
        ..Policy::default()
    };
    let mut desk = Desk {
        store: &mut made.store,
        actor: &ann,
        policy: &policy,
    };
    let none = Words::default;
    for (label, what) in [
        (Label::ScreenReplay, "a reason"),
        (Label::Undeterminable, "a note"),
    ] {
        let refused = desk.decide(case, label, none(), NOW);
        assert!(matches!(refused, Err(ReviewError::Needs { what: w, .. }) if w == what));
    }
    let reason = Words {
        reason: Some("screen_capture".into()),
        ..none()
    };
    desk.decide(case, Label::ScreenReplay, reason.clone(), NOW)
        .unwrap();
    let refused = desk.decide(case, Label::Genuine, none(), NOW);
    assert!(matches!(refused, Err(ReviewError::SayWhy(_))));
    desk.decide(case, Label::Genuine, reason, NOW).unwrap();
    let refused = desk.escalate(case, "  ", NOW);
    assert!(matches!(refused, Err(ReviewError::NoRemark)));
    let refused = desk.hold(case, NOW, "why", NOW);
    assert!(matches!(refused, Err(ReviewError::PastTime)));
}

#[test]
fn a_blind_verdict_and_the_one_after_it_are_both_kept() {
    let mut made = made(&[0.4]);
    let case = made.cases[0];
    let (ann, policy) = (actor("ann"), Policy::default());
    let mut desk = Desk {
        store: &mut made.store,
        actor: &ann,
        policy: &policy,
    };
    let blind = Words {
        blind: true,
        ..Words::default()
    };
    desk.decide(case, Label::Genuine, blind, NOW).unwrap();
    // What the numbers changed needs no words.
    desk.decide(case, Label::ScreenReplay, Words::default(), later(1))
        .unwrap();
    let verdicts = made.store.case(case).unwrap().verdicts;
    let said: Vec<_> = verdicts
        .iter()
        .map(|verdict| (verdict.ruling.label, verdict.ruling.blind))
        .collect();
    assert_eq!(said, [(Label::Genuine, true), (Label::ScreenReplay, false)]);
    made.is_sound();
}

/// Five cards, the first decided with a note, and a licence of another source.
fn searched() -> Made {
    let mut made = made(&[0.3, 0.9, 0.1, 0.45, 0.35]);
    let extra = item("Zebra", Source::IdliveDoc, 0.4);
    made.store
        .take_in(&[extra], &Policy::default(), &actor("program"), later(9))
        .unwrap();
    let ruling = Ruling {
        note: Some("Moiré over the portrait".into()),
        ..Ruling::plain(Label::ScreenReplay)
    };
    let (case, policy) = (made.cases[0], Policy::default());
    made.store
        .decide(case, &ruling, &policy, &actor("ann"), later(10))
        .unwrap();
    made
}

/// A search of all cases with one thing changed.
fn all_but(change: impl FnOnce(&mut Search)) -> Search {
    let mut search = Search::of(View::All);
    change(&mut search);
    search
}

#[test]
fn a_text_is_found_in_names_ids_numbers_and_notes() {
    let made = searched();
    let table: [(&str, &[&str]); 5] = [
        ("zEB", &["Zebra"]),
        ("id-card 3", &["card 3"]),
        ("over the", &["card 0"]),
        ("#2", &["card 1"]),
        ("%", &[]),
    ];
    for (text, expected) in table {
        let search = all_but(|search| search.text = Some(text.to_owned()));
        assert_eq!(made.found(&search), expected, "{text}");
    }
}

#[test]
fn a_search_keeps_what_meets_its_condition() {
    let made = searched();
    let p = |value| Probability::new(value).unwrap();
    let table: [(Search, &[&str]); 10] = [
        (all_but(|s| s.source = Some(Source::IdliveDoc)), &["Zebra"]),
        (all_but(|s| s.route = Some(Route::Reject)), &["card 2"]),
        (
            all_but(|s| s.verdict = Some(Label::ScreenReplay)),
            &["card 0"],
        ),
        (all_but(|s| s.reviewer = Some(actor("ann"))), &["card 0"]),
        (all_but(|s| s.reviewer = Some(actor("bob"))), &[]),
        (all_but(|s| s.check = Some(CheckKind::PrintedCopy)), &[]),
        (all_but(|s| s.since = Some(later(4))), &["Zebra", "card 4"]),
        (all_but(|s| s.before = Some(later(1))), &["card 0"]),
        (
            all_but(|s| (s.since, s.before) = (Some(later(1)), Some(later(2)))),
            &["card 1"],
        ),
        (
            all_but(|s| s.score = Some((p(0.35), p(0.4)))),
            &["Zebra", "card 4"],
        ),
    ];
    for (search, expected) in table {
        assert_eq!(made.found(&search), expected, "{search:?}");
    }
}

#[test]
fn reviewers_are_those_by_whom_a_verdict_stands() {
    let mut made = made(&[0.4, 0.41, 0.42]);
    assert_eq!(made.store.reviewers().unwrap(), []);
    for (at, who) in ["bob", "ann", "bob"].into_iter().enumerate() {
        made.decide(at, who, Label::Genuine, &Policy::default());
    }
    assert_eq!(
        made.store.reviewers().unwrap(),
        [actor("ann"), actor("bob")]
    );
    let verdict = made.store.last_verdict(&actor("ann")).unwrap().unwrap();
    made.store.undo(verdict.id, &actor("ann"), NOW).unwrap();
    assert_eq!(made.store.reviewers().unwrap(), [actor("bob")]);
}

#[test]
fn a_priority_goes_before_every_distance() {
    let mut made = made(&[0.45, 0.3, 0.4]);
    let inbox = Search::of(View::Inbox);
    assert_eq!(made.found(&inbox), ["card 0", "card 2", "card 1"]);
    let (case, ann) = (made.cases[1], actor("ann"));
    made.store.set_priority(case, 1, &ann, NOW).unwrap();
    assert_eq!(made.found(&inbox), ["card 1", "card 0", "card 2"]);
    assert_eq!(made.store.queue_row(case).unwrap().priority, 1);
    made.store.set_priority(case, -1, &ann, NOW).unwrap();
    assert_eq!(made.found(&inbox), ["card 0", "card 2", "card 1"]);
    assert_eq!(made.kinds(1), "import route priority priority");
    let nobodys = made.store.set_priority(CaseId(99), 1, &ann, NOW);
    assert!(matches!(nobodys, Err(StoreError::NoCase(_))));
    made.is_sound();
}

#[test]
fn every_order_is_kept_across_pages_that_meet() {
    let made = searched();
    let ordered = |order| all_but(|search| search.order = order);
    let by_score = ["card 1", "card 3", "Zebra", "card 4", "card 0", "card 2"];
    assert_eq!(made.found(&ordered(Order::HighestScore)), by_score);
    let by_label = ["card 0", "card 1", "card 2", "card 3", "card 4", "Zebra"];
    assert_eq!(made.found(&ordered(Order::Label)), by_label);
    assert_eq!(made.found(&ordered(Order::Verdict))[0], "card 0");
    let newest = Search {
        order: Order::Newest,
        ..Search::of(View::Inbox)
    };
    assert_eq!(made.found(&newest), ["Zebra", "card 4", "card 3"]);
    for order in Order::ALL {
        let search = ordered(order);
        let whole = made.found(&search);
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let page = made.store.queue_page(&search, after.as_ref(), 2).unwrap();
            pages.extend(page.rows.into_iter().map(|row| row.label));
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        assert_eq!(pages, whole, "{order:?}");
        assert_eq!(whole.len(), 6);
    }
}
