//! Format A: the liveness document API. One score for the document, or an error.

use super::base64;
use super::fields::{Fields, Reject, add_error, add_finding};
use super::json::Node;
use super::record::Understood;
use crate::case::{Assessment, Overall, Side, Source, VendorRecord};

/// What came back.
pub(super) fn response(mut fields: Fields<'_>) -> Result<Understood, Reject> {
    let id = fields.word("sessionId")?;
    let has_error = fields.flag("hasError")?;
    let score = fields.probability("score")?;
    let codes = fields.codes("error")?;
    let mut assessment = Assessment::empty(Source::LivenessApi);
    let is_error = has_error.unwrap_or(!codes.is_empty() && score.is_none());
    if is_error {
        // A score beside an error is none: the document was not judged.
        if score.is_some() {
            fields.note_unknown("score");
        }
        if codes.is_empty() {
            add_error(&mut assessment.errors, "ERROR_WITHOUT_A_CODE".to_owned());
        }
        for (code, _words) in codes {
            add_error(&mut assessment.errors, code);
        }
    } else {
        let Some(score) = score else {
            return Err(Reject::value(
                "the record has neither a score nor an error".to_owned(),
            ));
        };
        assessment.overall = Some(Overall {
            score: Some(score.probability),
            ..Overall::default()
        });
        for (code, words) in codes {
            add_finding(&mut assessment.findings, None, code, words);
        }
    }
    assessment.vendor = Some(VendorRecord {
        id: id.clone(),
        ..VendorRecord::default()
    });
    Ok(Understood::result(id, assessment, fields))
}

/// What was sent: pictures.
pub(super) fn request(mut fields: Fields<'_>) -> Result<Understood, Reject> {
    let id = fields.word("sessionId")?;
    let mut understood = Understood::request(Source::LivenessApi, id);
    // The documentation's field first, then the one in its own example.
    for (name, side) in [
        ("frontSideImageBase", Side::Front),
        ("documentImageBase", Side::Front),
        ("backSideImageBase", Side::Back),
    ] {
        match fields.take(name)? {
            None => {}
            Some(_) if understood.pictures.iter().any(|(known, _)| *known == side) => {
                fields.note_unknown(name);
            }
            Some(Node::Text(text, _)) => match base64::picture(&text, name) {
                Ok(bytes) => understood.pictures.push((side, bytes)),
                Err(reject) => understood.refused.push(reject),
            },
            Some(other) => {
                let reason = format!("`{name}` is {}, and Base64 was expected", other.kind());
                understood.refused.push(Reject::value(reason));
            }
        }
    }
    understood.unknown = fields.unknown();
    Ok(understood)
}
