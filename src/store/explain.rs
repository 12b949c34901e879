//! The ledger's rows in words, for a person.

use serde::de::DeserializeOwned;

use super::LedgerRow;
use super::events::{
    AssignedTo, Claimed, Decided, FailedToRun, Import, Prioritised, PutOff, Ran, Routed, Undone,
    Why,
};
use crate::case::{Look, Time};
use crate::words::words;

impl LedgerRow {
    /// What happened, in a sentence; who did it and when stand beside it. `local` says a time in words.
    #[must_use]
    pub fn explain(&self, local: fn(Time) -> String) -> String {
        self.known(local)
            .unwrap_or_else(|| words!("event-unknown", kind = &self.kind))
    }

    /// `None` for a row that this version did not write.
    fn known(&self, local: fn(Time) -> String) -> Option<String> {
        Some(match self.kind.as_str() {
            "import" => came_in(&self.body()?),
            "run" => {
                let ran: Ran = self.body()?;
                let version = ran
                    .engine
                    .map_or(String::new(), |version| format!(" {version}"));
                let by = format!("{}{version}", ran.source.title());
                words!("event-run", by = by, id = ran.assessment.id.0.to_string())
            }
            "route" => routed(&self.body()?),
            "fail" => words!("event-fail", why = self.body::<FailedToRun>()?.reason),
            "claim" => {
                let claimed: Claimed = self.body()?;
                let minutes = claimed.minutes;
                match claimed.taken_over {
                    true => words!("event-claim.taken-over", minutes = minutes),
                    false => words!("event-claim", minutes = minutes),
                }
            }
            "release" => match self.body::<Why>() {
                Some(Why { why }) => words!("event-release.why", why = why),
                None => words!("event-release").to_owned(),
            },
            "recover" => words!("event-recover", why = self.body::<Why>()?.why),
            "hold" => {
                let until = local(self.body::<PutOff>()?.until);
                words!("event-hold", until = until)
            }
            "escalate" => words!("event-escalate").to_owned(),
            "resume" => match self.body::<Why>() {
                Some(Why { why }) => words!("event-resume.why", why = why),
                None => words!("event-resume").to_owned(),
            },
            "assign" => match self.body::<AssignedTo>()?.to {
                Some(to) => words!("event-assign", to = to.to_string()),
                None => words!("event-assign.everybody").to_owned(),
            },
            "priority" => match self.body::<Prioritised>()?.priority {
                0 => words!("event-priority.usual").to_owned(),
                priority => words!("event-priority", priority = priority.to_string()),
            },
            "verdict" => decided(&self.body()?),
            "undo" => {
                let undone: Undone = self.body()?;
                let id = undone.verdict.0.to_string();
                match undone.stands {
                    Some(other) => {
                        words!("event-undo.stands", id = id, other = other.0.to_string())
                    }
                    None => words!("event-undo", id = id),
                }
            }
            _ => return None,
        })
    }

    fn body<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.body).ok()
    }
}

fn came_in(import: &Import) -> String {
    let source = import.source.title();
    let what = match (&import.assessment, &import.original) {
        (Some(_), _) => words!("event-import.result", source = source),
        (None, Some(_)) => words!("event-import.request", source = source),
        (None, None) => words!("event-import.pictures").to_owned(),
    };
    let mut parts = vec![what];
    let pictures = import.pictures.iter();
    parts.extend(
        pictures.map(|picture| format!("{} {}", picture.side.word(), picture.sha256.short())),
    );
    words!("event-import", what = parts.join(", "))
}

fn routed(routed: &Routed) -> String {
    let reasons: Vec<String> = routed
        .reasons
        .iter()
        .map(|reason| reason.explain())
        .collect();
    let (route, reasons) = (routed.route.word(), reasons.join("; "));
    let policy = format!(
        "{} ({})",
        routed.policy.version,
        routed.policy.sha256.short()
    );
    match routed.score {
        Some(score) => words!(
            "event-route.score",
            route = route,
            score = score.to_string(),
            policy = policy,
            reasons = reasons,
        ),
        None => words!(
            "event-route",
            route = route,
            policy = policy,
            reasons = reasons
        ),
    }
}

fn decided(decided: &Decided) -> String {
    let mut label = decided.label.title().to_owned();
    if let Some(reason) = &decided.reason {
        label.push_str(&format!(" ({reason})"));
    }
    let id = decided.verdict.0.to_string();
    let mut parts = vec![match decided.look {
        Look::First => words!("event-verdict", id = id, label = label),
        Look::Second => words!("event-verdict.second", id = id, label = label),
        Look::Adjudication => words!("event-verdict.settling", id = id, label = label),
    }];
    let also = [
        (decided.note_sha256.is_some(), words!("event-verdict.note")),
        (
            decided.marks_sha256.is_some(),
            words!("event-verdict.marks"),
        ),
        (decided.blind, words!("event-verdict.blind")),
        (decided.asks_second, words!("event-verdict.asks-second")),
    ];
    parts.extend(
        also.into_iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, text)| text.to_owned()),
    );
    if let Some(replaced) = decided.replaces {
        let other = replaced.0.to_string();
        parts.push(words!("event-verdict.replaces", other = other));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Actor, Sha256, Time};

    fn explained(kind: &str, body: &str) -> String {
        let zeros = Sha256([0; 32]);
        LedgerRow {
            seq: 1,
            at: Time(0),
            actor: Actor("anna".to_owned()),
            kind: kind.to_owned(),
            case: None,
            body: body.to_owned(),
            prev: zeros,
            hash: zeros,
        }
        .explain(|time| format!("{} ms", time.0))
    }

    #[test]
    fn every_kind_of_row_has_its_sentence() {
        for (kind, body, expected) in [
            ("claim", r#"{"minutes":30}"#, "Opened, for 30 min"),
            ("release", "{}", "Handed back"),
            ("release", r#"{"why":"late"}"#, "Handed back: late"),
            (
                "recover",
                r#"{"why":"stopped"}"#,
                "Given back to those that wait: stopped",
            ),
            ("fail", r#"{"reason":"no model"}"#, "Not assessed: no model"),
            (
                "undo",
                r#"{"verdict":3,"stands":2}"#,
                "Verdict 3 taken back; verdict 2 stands again",
            ),
            (
                "undo",
                r#"{"verdict":3,"stands":null}"#,
                "Verdict 3 taken back",
            ),
            ("resume", "{}", "Back in the queue"),
            (
                "resume",
                r#"{"why":"its time came"}"#,
                "Back in the queue: its time came",
            ),
            ("escalate", "{}", "Handed up, with a remark"),
            ("assign", r#"{"to":"berta"}"#, "Given to berta"),
            ("assign", r#"{"to":null}"#, "Given back to everybody"),
            ("later", "{}", "later, in words of another version"),
            ("fail", "{}", "fail, in words of another version"),
        ] {
            assert_eq!(explained(kind, body), expected);
        }
    }
}
