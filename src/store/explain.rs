//! The ledger's rows in words, for a person.

use serde::de::DeserializeOwned;

use super::LedgerRow;
use super::events::{
    AssignedTo, Claimed, Decided, FailedToRun, Import, PutOff, Ran, Routed, Undone, Why,
};
use crate::case::{Look, Time};

impl LedgerRow {
    /// What happened, in a sentence; who did it and when stand beside it. `local` says a time in words.
    #[must_use]
    pub fn explain(&self, local: fn(Time) -> String) -> String {
        self.known(local)
            .unwrap_or_else(|| format!("{}, in words of another version", self.kind))
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
                let (source, id) = (ran.source.title(), ran.assessment.id.0);
                format!("Assessed by {source}{version}, assessment {id}")
            }
            "route" => routed(&self.body()?),
            "fail" => format!("Not assessed: {}", self.body::<FailedToRun>()?.reason),
            "claim" => {
                let claimed: Claimed = self.body()?;
                let minutes = claimed.minutes;
                match claimed.taken_over {
                    true => format!("Taken over from a session that had ended, for {minutes} min"),
                    false => format!("Opened, for {minutes} min"),
                }
            }
            "release" => match self.body::<Why>() {
                Some(Why { why }) => format!("Handed back: {why}"),
                None => "Handed back".to_owned(),
            },
            "recover" => format!("Given back to those that wait: {}", self.body::<Why>()?.why),
            "hold" => {
                let until = local(self.body::<PutOff>()?.until);
                format!("Put off until {until}, with a remark")
            }
            "escalate" => "Handed up, with a remark".to_owned(),
            "resume" => match self.body::<Why>() {
                Some(Why { why }) => format!("Back in the queue: {why}"),
                None => "Back in the queue".to_owned(),
            },
            "assign" => match self.body::<AssignedTo>()?.to {
                Some(to) => format!("Given to {to}"),
                None => "Given back to everybody".to_owned(),
            },
            "verdict" => decided(&self.body()?),
            "undo" => {
                let undone: Undone = self.body()?;
                let stands = undone.stands.map_or(String::new(), |verdict| {
                    format!("; verdict {} stands again", verdict.0)
                });
                format!("Verdict {} taken back{stands}", undone.verdict.0)
            }
            _ => return None,
        })
    }

    fn body<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.body).ok()
    }
}

fn came_in(import: &Import) -> String {
    let mut text = format!(
        "Came in: {}",
        match import.assessment {
            Some(_) => format!("a result of {}", import.source.title()),
            None => match import.original {
                Some(_) => format!("a request of {}", import.source.title()),
                None => "pictures".to_owned(),
            },
        }
    );
    for picture in &import.pictures {
        text.push_str(&format!(
            ", {} {}",
            picture.side.name(),
            picture.sha256.short()
        ));
    }
    text
}

fn routed(routed: &Routed) -> String {
    let score = routed
        .score
        .map_or(String::new(), |score| format!(" at {score}"));
    let reasons: Vec<String> = routed
        .reasons
        .iter()
        .map(|reason| reason.explain())
        .collect();
    format!(
        "Routed to {}{score} by policy {} ({}): {}",
        routed.route.name(),
        routed.policy.version,
        routed.policy.sha256.short(),
        reasons.join("; ")
    )
}

fn decided(decided: &Decided) -> String {
    let look = match decided.look {
        Look::First => "Verdict",
        Look::Second => "Second verdict",
        Look::Adjudication => "Settling verdict",
    };
    let mut text = format!("{look} {}: {}", decided.verdict.0, decided.label.title());
    if let Some(reason) = &decided.reason {
        text.push_str(&format!(" ({reason})"));
    }
    if decided.note_sha256.is_some() {
        text.push_str(", with a note");
    }
    if decided.marks_sha256.is_some() {
        text.push_str(", with marks over the pictures");
    }
    if decided.blind {
        text.push_str(", before the numbers were shown");
    }
    if decided.asks_second {
        text.push_str(", and another person is to look");
    }
    if let Some(replaced) = decided.replaces {
        text.push_str(&format!(", in place of verdict {}", replaced.0));
    }
    text
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
