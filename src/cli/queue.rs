//! `queue`: a list of cases, the most urgent first.

use serde::Serialize;

use super::Ended;
use super::args::QueueArgs;
use super::context::Context;
use crate::case::{CheckKind, Label, Probability, Route, Side};
use crate::clock;
use crate::store::{QueueRow, Search, View};

/// How many rows are read at a time.
const PAGE: usize = 500;

pub(super) fn run(context: &mut Context, args: &QueueArgs) -> anyhow::Result<Ended> {
    let store = context.store_read_only()?;
    let now = clock::now();
    let counts = store.counts()?;
    let out = &mut context.out;
    let mut left = args.limit;
    let mut after = None;
    if left > 0 && counts.of(args.view) > 0 {
        out.say(&format!(
            "{:>8}  {:8}  {:>5}  {:30}  {:>6}  document",
            "case", "route", "score", "worst check", "age"
        ))?;
    }
    while left > 0 {
        let page = store.queue_page(&Search::of(args.view), after.as_ref(), left.min(PAGE))?;
        for row in &page.rows {
            out.say(&line(row, now))?;
            out.object(&Row::of(row))?;
        }
        left -= page.rows.len().min(left);
        match page.next {
            Some(next) if !page.rows.is_empty() => after = Some(next),
            _ => break,
        }
    }
    let n_cases = counts.of(args.view);
    let of = match args.view {
        View::Inbox => "waiting for a person".to_owned(),
        View::All => "in all".to_owned(),
        view => format!("in {}", view.name()),
    };
    let cases = if n_cases == 1 { "case" } else { "cases" };
    out.say(&format!("{n_cases} {cases} {of}"))?;
    Ok(Ended::Whole)
}

fn line(row: &QueueRow, now: crate::case::Time) -> String {
    let route = row.verdict.map_or_else(
        || row.route.map_or(row.status.name(), Route::name),
        Label::name,
    );
    let score = row
        .score
        .map_or_else(|| "-".to_owned(), |score| score.to_string());
    let worst = row.worst.map_or_else(
        || "-".to_owned(),
        |(side, kind)| format!("{} ({})", kind.title(), side.name()),
    );
    let age = clock::age(now.millis_since(row.created));
    let (case, label) = (row.case.to_string(), one_line(&row.label));
    format!("{case:>8}  {route:8}  {score:>5}  {worst:30}  {age:>6}  {label}")
}

/// A text from outside on one line and without characters that steer a terminal.
pub(super) fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

#[derive(Serialize)]
struct Row<'a> {
    r#type: &'static str,
    case: i64,
    document: &'a str,
    source: &'static str,
    status: &'static str,
    view: &'static str,
    route: Option<&'static str>,
    live: Option<u8>,
    score: Option<f64>,
    worst: Option<Worst>,
    distance: f64,
    priority: i64,
    created_at: String,
    verdict: Option<&'static str>,
    claimed_by: Option<&'a str>,
    assigned_to: Option<&'a str>,
    held_until: Option<String>,
    sides: Vec<&'static str>,
}

/// The check that a score came from.
#[derive(Serialize)]
pub(super) struct Worst {
    side: &'static str,
    check: &'static str,
}

impl Worst {
    pub(super) fn of((side, kind): (Side, CheckKind)) -> Self {
        Self {
            side: side.name(),
            check: kind.name(),
        }
    }
}

impl<'a> Row<'a> {
    fn of(row: &'a QueueRow) -> Self {
        Self {
            r#type: "case",
            case: row.case.0,
            document: &row.label,
            source: row.source.name(),
            status: row.status.name(),
            view: row.view.name(),
            route: row.route.map(Route::name),
            live: row.live.map(crate::case::Live::number),
            score: row.score.map(Probability::get),
            worst: row.worst.map(Worst::of),
            distance: row.distance,
            priority: row.priority,
            created_at: clock::rfc3339(row.created),
            verdict: row.verdict.map(Label::name),
            claimed_by: row.claim.as_ref().map(|claim| claim.by.0.as_str()),
            assigned_to: row.assigned_to.as_ref().map(|whose| whose.0.as_str()),
            held_until: row.held_until.map(clock::rfc3339),
            sides: row.sides.iter().map(|&side| Side::name(side)).collect(),
        }
    }
}
