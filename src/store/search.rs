//! Which cases of the queue, in which order: conditions and orders as SQL.
//!
//! A list as it is, in the order of urgency, is read from an index however many cases there are.
//! Anything else looks at the cases of the list one by one: that is work for a job.

use rusqlite::types::Value;
use serde::{Deserialize, Serialize};

use super::types::{QueueRow, View};
use crate::case::{Actor, CaseId, CheckKind, Label, Probability, Route, Source, Time};
use crate::words::words;

/// Which cases, in which order. Every condition that is set must hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// The list.
    pub view: View,
    /// Whose they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<Actor>,
    /// What stands somewhere in the label, the source's id or, where a verdict stands, the note of
    /// any, in large letters or small; or the case's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where they came from first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Where the policy sends them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
    /// The check that their score came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckKind>,
    /// Their score lies from the first to the second, both included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<(Probability, Probability)>,
    /// The verdict that stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Label>,
    /// Who gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<Actor>,
    /// They came in then or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// They came in before then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Time>,
    /// In which order.
    #[serde(default)]
    pub order: Order,
}

/// An order of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Highest priority, then nearest to a threshold, then oldest.
    #[default]
    Urgency,
    /// What came in first.
    Oldest,
    /// What came in last.
    Newest,
    /// The lowest score; cases without one at the end.
    LowestScore,
    /// The highest score; cases without one at the end.
    HighestScore,
    /// By label.
    Label,
    /// By source, then label.
    Source,
    /// By the check that the score came from; cases without one at the end.
    Check,
    /// By the verdict that stands; cases without one at the end.
    Verdict,
}

impl Order {
    /// Every order.
    pub const ALL: [Self; 9] = [
        Self::Urgency,
        Self::Oldest,
        Self::Newest,
        Self::LowestScore,
        Self::HighestScore,
        Self::Label,
        Self::Source,
        Self::Check,
        Self::Verdict,
    ];

    /// The name for a person.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Urgency => words!("order-urgency"),
            Self::Oldest => words!("order-oldest"),
            Self::Newest => words!("order-newest"),
            Self::LowestScore => words!("order-lowest-score"),
            Self::HighestScore => words!("order-highest-score"),
            Self::Label => words!("order-label"),
            Self::Source => words!("order-source"),
            Self::Check => words!("order-check"),
            Self::Verdict => words!("order-verdict"),
        }
    }

    /// The name for a person, within a sentence.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Urgency => words!("order-urgency.word"),
            Self::Oldest => words!("order-oldest.word"),
            Self::Newest => words!("order-newest.word"),
            Self::LowestScore => words!("order-lowest-score.word"),
            Self::HighestScore => words!("order-highest-score.word"),
            Self::Label => words!("order-label.word"),
            Self::Source => words!("order-source.word"),
            Self::Check => words!("order-check.word"),
            Self::Verdict => words!("order-verdict.word"),
        }
    }

    /// What is sorted by, before the case's number. `None` for the queue's own columns.
    fn key_sql(self) -> Option<&'static str> {
        match self {
            Self::Urgency => None,
            Self::Oldest => Some("created_at"),
            Self::Newest => Some("-created_at"),
            Self::LowestScore => Some("coalesce(score, 2.0)"),
            Self::HighestScore => Some("-coalesce(score, -1.0)"),
            Self::Label => Some("lower(label)"),
            Self::Source => Some("source || ' ' || lower(label)"),
            // `~` comes after every letter.
            Self::Check => Some("coalesce(worst, '~')"),
            Self::Verdict => Some("coalesce(verdict, '~')"),
        }
    }
}

/// A place in an order, after which the next page begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor(Place);

#[derive(Clone, Debug, PartialEq)]
enum Place {
    Urgency {
        rank: i64,
        distance: f64,
        created: i64,
        case: i64,
    },
    Key {
        key: Value,
        case: i64,
    },
}

impl Search {
    /// A list as it is, in the order of urgency.
    #[must_use]
    pub fn of(view: View) -> Self {
        Self {
            view,
            assigned_to: None,
            text: None,
            source: None,
            route: None,
            check: None,
            score: None,
            verdict: None,
            reviewer: None,
            since: None,
            before: None,
            order: Order::Urgency,
        }
    }

    /// The cases that are somebody's and wait for a verdict.
    #[must_use]
    pub fn assigned_to(actor: &Actor) -> Self {
        Self {
            assigned_to: Some(actor.clone()),
            ..Self::of(View::All)
        }
    }

    /// The same list without conditions, in the order of urgency.
    #[must_use]
    pub fn list(&self) -> Self {
        Self {
            assigned_to: self.assigned_to.clone(),
            ..Self::of(self.view)
        }
    }

    /// Whether an index answers it, so that it costs the same however many cases there are.
    #[must_use]
    pub fn is_quick(&self) -> bool {
        *self == self.list()
    }
}

/// A page's query and its values.
pub(super) struct PageQuery {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl PageQuery {
    /// The query for `n_rows` rows after a place, of these columns, and the key of the order last.
    pub(super) fn new(columns: &str, search: &Search, after: Option<&Cursor>, n_rows: i64) -> Self {
        let mut query = Conditions::default();
        query.conditions(search);
        let key = search.order.key_sql();
        match after.map(|Cursor(place)| place) {
            Some(Place::Urgency {
                rank,
                distance,
                created,
                case,
            }) => query.add(
                "(rank, distance, created_at, id) > (?, ?, ?, ?)",
                [
                    Value::Integer(*rank),
                    Value::Real(*distance),
                    Value::Integer(*created),
                    Value::Integer(*case),
                ],
            ),
            Some(Place::Key { key: value, case }) => query.add(
                &format!("({}, id) > (?, ?)", key.unwrap_or("id")),
                [value.clone(), Value::Integer(*case)],
            ),
            None => {}
        }
        let order = key.map_or_else(
            || "rank, distance, created_at, id".to_owned(),
            |key| format!("{key}, id"),
        );
        let Conditions { sql, mut values } = query;
        values.push(Value::Integer(n_rows));
        let filter = if sql.is_empty() { "" } else { " WHERE " };
        Self {
            sql: format!(
                "SELECT {columns}, {} FROM cases{filter}{} ORDER BY {order} LIMIT ?",
                key.unwrap_or("NULL"),
                sql.join(" AND ")
            ),
            values,
        }
    }
}

/// The place after a row.
pub(super) fn cursor(row: &QueueRow, order: Order, key: Value) -> Cursor {
    Cursor(match order {
        Order::Urgency => Place::Urgency {
            rank: -row.priority,
            distance: row.distance,
            created: row.created.0,
            case: row.case.0,
        },
        _ => Place::Key {
            key,
            case: row.case.0,
        },
    })
}

impl Cursor {
    /// The values of a place in the order of urgency; the beginning for any other.
    pub(super) fn urgency(after: Option<&Self>) -> (i64, f64, i64, i64) {
        match after {
            Some(Self(Place::Urgency {
                rank,
                distance,
                created,
                case,
            })) => (*rank, *distance, *created, *case),
            _ => (i64::MIN, -1.0, i64::MIN, i64::MIN),
        }
    }
}

#[derive(Default)]
struct Conditions {
    sql: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    fn add(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push(sql.to_owned());
        self.values.extend(values);
    }

    fn equal(&mut self, column: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.add(&format!("{column} = ?"), [value.into()]);
        }
    }

    fn conditions(&mut self, search: &Search) {
        if search.view != View::All {
            self.equal("view", Some(super::sql::number_of(search.view)));
        }
        self.equal(
            "assigned_to",
            search.assigned_to.as_ref().map(|actor| actor.0.clone()),
        );
        self.equal("source", search.source.map(|s| s.name().to_owned()));
        self.equal("route", search.route.map(|r| r.name().to_owned()));
        self.equal("verdict", search.verdict.map(|v| v.name().to_owned()));
        if let Some(kind) = search.check {
            // As `Worst` is written: `front.screenReplay`.
            let like = Value::Text(format!("%.{}", kind.name()));
            self.add("worst LIKE ?", [like]);
        }
        if let Some((from, to)) = search.score {
            let ends = [from.get(), to.get()].map(Value::Real);
            self.add("score BETWEEN ? AND ?", ends);
        }
        if let Some(Actor(reviewer)) = &search.reviewer {
            self.add(
                "EXISTS (SELECT 1 FROM verdict WHERE verdict.id = verdict_id AND actor = ?)",
                [Value::Text(reviewer.clone())],
            );
        }
        if let Some(Time(since)) = search.since {
            self.add("created_at >= ?", [Value::Integer(since)]);
        }
        if let Some(Time(before)) = search.before {
            self.add("created_at < ?", [Value::Integer(before)]);
        }
        if let Some(text) = &search.text {
            let text = text.to_lowercase();
            let number = text.trim_start_matches('#').parse::<CaseId>();
            self.add(
                "(instr(lower(label), ?) > 0 OR instr(lower(external_id), ?) > 0 OR id = ?
                  OR (verdict_id IS NOT NULL
                      AND EXISTS (SELECT 1 FROM verdict WHERE verdict.case_id = cases.id
                                  AND instr(lower(note), ?) > 0)))",
                [
                    Value::Text(text.clone()),
                    Value::Text(text.clone()),
                    number.map_or(Value::Null, |CaseId(number)| Value::Integer(number)),
                    Value::Text(text),
                ],
            );
        }
    }
}
