//! Format B: `documentLivenessIdRnD` in `/get-results`. Sides with checks, each with its own
//! threshold.

use super::detect::IDRND_KEYS;
use super::fields::{Fields, Reject, add_error, add_finding, check, not_performed, outcome_of};
use super::json::Node;
use super::record::Understood;
use crate::case::{Assessment, CheckKind, ErrorCode, Live, Overall, Side, Source, VendorRecord};

/// The object within a `/get-results` object, which may name the session.
pub(super) fn wrapped(mut fields: Fields<'_>) -> Result<Understood, Reject> {
    let id = session_id(&mut fields)?;
    let Some(inner) = unwrap(&mut fields)? else {
        return Err(Reject::value(
            "the document liveness object is not where it was".to_owned(),
        ));
    };
    let mut understood = bare(inner)?;
    if id.is_some() {
        understood.id.clone_from(&id);
        if let Some(vendor) = understood
            .assessment
            .as_mut()
            .and_then(|a| a.vendor.as_mut())
        {
            vendor.id = id;
        }
    }
    understood.note_unknown(fields.unknown());
    Ok(understood)
}

/// The object itself.
pub(super) fn bare(mut fields: Fields<'_>) -> Result<Understood, Reject> {
    let id = session_id(&mut fields)?;
    let success = fields.flag("success")?;
    let has_result = fields.flag("result")?;
    let message = fields.word("message")?;
    let findings = fields.codes("imageQualityFindings")?;
    let mut assessment = Assessment::empty(Source::IdrndResults);
    let mut sides_said = Vec::new();
    if let Some(mut data) = fields.object("data")? {
        for side in Side::ALL {
            if let Some(mut fields) = data.object(side.name())? {
                for kind in CheckKind::ALL {
                    if let Some(mut found) = fields.object(kind.name())? {
                        assessment.checks.push(one_check(side, kind, &mut found)?);
                        fields.absorb(found);
                    }
                }
                sides_said.extend(fields.live("live")?);
                data.absorb(fields);
            }
        }
        fields.absorb(data);
    }
    let nothing_performed = assessment
        .checks
        .iter()
        .all(|check| check.probability().is_none());
    for (code, words) in findings {
        // Where nothing was judged, a finding of the error list is the reason.
        let is_error = ErrorCode::KNOWN.iter().any(|known| known.code() == code);
        if is_error && nothing_performed {
            add_error(&mut assessment.errors, code);
        } else {
            add_finding(&mut assessment.findings, None, code, words);
        }
    }
    let failed = success == Some(false) || has_result == Some(false);
    if assessment.checks.is_empty() && assessment.errors.is_empty() {
        if !failed && message.is_none() {
            return Err(Reject::value(
                "the record holds no checks of a front or a back".to_owned(),
            ));
        }
        let code = message
            .clone()
            .unwrap_or_else(|| "ERROR_WITHOUT_A_CODE".to_owned());
        add_error(&mut assessment.errors, code);
    }
    if !sides_said.is_empty() {
        let said_live = Some(Live::of_all(sides_said));
        assessment.overall = Some(Overall {
            said_live,
            ..Overall::default()
        });
    }
    assessment.vendor = Some(VendorRecord {
        id: id.clone(),
        status: message,
        ..VendorRecord::default()
    });
    Ok(Understood::result(id, assessment, fields))
}

fn one_check(
    side: Side,
    kind: CheckKind,
    fields: &mut Fields<'_>,
) -> Result<crate::case::Check, Reject> {
    let threshold = fields.threshold("threshold")?;
    let said_live = fields.live("live")?;
    let given = fields.probability("probability")?;
    let outcome = if said_live == Some(Live::NotPerformed) {
        // A number beside it, be it 0, was not measured.
        not_performed("the source says that it was not performed")
    } else {
        outcome_of(given.as_ref())
    };
    let mut check = check(side, kind, outcome, given.as_ref(), "probability");
    check.threshold = threshold;
    check.said_live = said_live;
    Ok(check)
}

/// The session's id under the names seen for it.
fn session_id(fields: &mut Fields<'_>) -> Result<Option<String>, Reject> {
    for name in [
        "sessionId",
        "session_id",
        "transactionId",
        "transaction_id",
        "_id",
        "id",
    ] {
        if let Some(id) = fields.word(name)? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Follows the key down; what stands beside it on the way belongs to other signals.
fn unwrap<'a>(fields: &mut Fields<'a>) -> Result<Option<Fields<'a>>, Reject> {
    for key in IDRND_KEYS {
        if let Some(Node::Object(_)) = fields.peek(key) {
            return fields.object(key);
        }
    }
    for name in fields.object_names() {
        let Some(mut inner) = fields.object(&name)? else {
            continue;
        };
        let found = unwrap(&mut inner)?;
        if found.is_some() {
            fields.absorb(inner);
            return Ok(found);
        }
        fields.note_unknown(&name);
    }
    Ok(None)
}
