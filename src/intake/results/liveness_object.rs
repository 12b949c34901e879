//! Format C: the document liveness object, in the shape of its documentation and in the flat
//! shape of the vendor's own answers.

use super::fields::{
    Fields, Given, Reject, add_error, add_finding, check, not_performed, outcome_of,
};
use super::idlive_doc::{self, Body};
use super::record::Understood;
use crate::case::{
    Assessment, Calibration, Check, CheckKind, ErrorCode, Live, Outcome, Overall, ReadOptions,
    Side, Source, VendorRecord,
};

/// The documented shape: `validationResults` with an object per check.
pub(super) fn nested(mut fields: Fields<'_>) -> Result<Understood, Reject> {
    let vendor = vendor_record(&mut fields)?;
    let mut assessment = Assessment::empty(Source::LivenessObject);
    let mut calibrations = [None; CheckKind::ALL.len()];
    if let Some(mut settings) = fields.object("calibrationSettings")? {
        for (kind, calibration) in CheckKind::ALL.into_iter().zip(&mut calibrations) {
            *calibration = settings.calibration(keys(kind).calibration[0])?;
        }
        fields.absorb(settings);
    }
    let mut options = ReadOptions::default();
    if let Some(mut flags) = fields.object("validationFlags")? {
        read_flags(&mut flags, &mut options)?;
        fields.absorb(flags);
    }
    if let Some(mut results) = fields.object("validationResults")? {
        for (kind, calibration) in CheckKind::ALL.into_iter().zip(calibrations) {
            let Some(mut found) = results.object(kind.name())? else {
                continue;
            };
            let said_live = found.live("passed")?;
            let given = found.probability("score")?;
            let details = found.word("details")?;
            let mut check = check(
                Side::Front,
                kind,
                outcome_of(given.as_ref()),
                given.as_ref(),
                "score",
            );
            check.said_live = said_live;
            check.calibration = calibration;
            if check.said_live == Some(Live::NotLive)
                && let Some(details) = details
            {
                let code = format!("{}Details", kind.name());
                add_finding(&mut assessment.findings, None, code, Some(details));
            }
            assessment.checks.push(check);
            results.absorb(found);
        }
        fields.absorb(results);
    }
    for name in ["error", "errors"] {
        for (code, _words) in fields.codes(name)? {
            add_error(&mut assessment.errors, code);
        }
    }
    finish(fields, assessment, vendor, options)
}

/// The flat shape, from the record itself or from under its `data`.
pub(super) fn flat(mut fields: Fields<'_>) -> Result<Understood, Reject> {
    let vendor = vendor_record(&mut fields)?;
    let mut assessment = Assessment::empty(Source::LivenessObject);
    let mut options = ReadOptions::default();
    read_flags(&mut fields, &mut options)?;
    let raw = match fields.object("rawResponse")? {
        None => None,
        Some(mut inner) => {
            let body = Body::read(&mut inner)?;
            fields.absorb(inner);
            Some(body)
        }
    };
    for kind in CheckKind::ALL {
        if let Some(check) = flat_check(&mut fields, kind, raw.as_ref(), &mut assessment)? {
            assessment.checks.push(check);
        }
    }
    for (code, words) in fields.codes("aggregateWarnings")? {
        add_finding(&mut assessment.findings, None, code, words);
    }
    assessment.overall = aggregate(&mut fields, &mut assessment, raw.as_ref())?;
    if let Some(raw) = raw {
        for error in raw.errors {
            add_error(&mut assessment.errors, error.into());
        }
        for finding in raw.findings {
            add_finding(
                &mut assessment.findings,
                None,
                finding.code.into(),
                Some(finding.message),
            );
        }
    }
    finish(fields, assessment, vendor, options)
}

/// One check of the flat shape; `None` if the record has no field for it.
fn flat_check(
    fields: &mut Fields<'_>,
    kind: CheckKind,
    raw: Option<&Body>,
    assessment: &mut Assessment,
) -> Result<Option<Check>, Reject> {
    let keys = keys(kind);
    let asked_for = fields.flag(keys.validate)?;
    let mut given = fields.probability(keys.probability)?;
    // Of no fixed scale, and no probability; but a sentinel here spoils the record as well.
    let mut has_score = false;
    for name in keys.score {
        has_score |= fields.number(name)?.is_some();
    }
    let mut calibration: Option<Calibration> = None;
    for name in keys.calibration {
        calibration = calibration.or(fields.calibration(name)?);
    }
    let errors = fields.codes(keys.errors)?;
    for (code, words) in fields.codes(keys.warnings)? {
        add_finding(&mut assessment.findings, None, code, words);
    }
    let pipeline = raw.and_then(|raw| raw.checks.iter().find(|check| check.kind == kind));
    let nothing_said = asked_for.is_none() && given.is_none() && !has_score && pipeline.is_none();
    if nothing_said {
        return Ok(None);
    }
    let switched_off = asked_for == Some(false);
    for (code, _words) in &errors {
        let is_known = ErrorCode::KNOWN.iter().any(|known| known.code() == code);
        if is_known && !switched_off {
            add_error(&mut assessment.errors, code.clone());
        }
    }
    if given.is_none() {
        given = pipeline.and_then(given_by);
    }
    // The fields' default is 0. Where the raw answer lists the pipelines that ran and this one is
    // not among them, a 0 is that default.
    let is_default = given
        .as_ref()
        .is_some_and(|given| given.probability.get() == 0.0)
        && raw.is_some_and(|raw| !raw.checks.is_empty())
        && pipeline.is_none();
    let outcome = if switched_off {
        idlive_doc::switched_off()
    } else if !errors.is_empty() {
        let codes: Vec<&str> = errors.iter().map(|(code, _words)| code.as_str()).collect();
        Outcome::Error {
            reason: format!("the source reports {}", codes.join(", ")),
        }
    } else if let Some(Check {
        outcome: outcome @ Outcome::Error { .. },
        ..
    }) = pipeline
    {
        outcome.clone()
    } else if is_default {
        not_performed("the source's raw answer has no result for it")
    } else {
        outcome_of(given.as_ref())
    };
    let mut check = check(Side::Front, kind, outcome, given.as_ref(), "probability");
    check.calibration = calibration.or(pipeline.and_then(|check| check.calibration));
    check.model = pipeline.and_then(|check| check.model.clone());
    check.said_live = pipeline.and_then(|check| check.said_live);
    check.meaning = idlive_doc::meaning(kind);
    Ok(Some(check))
}

/// The number that a pipeline of the raw answer gave.
fn given_by(pipeline: &Check) -> Option<Given> {
    let text = pipeline.raw.as_ref()?.text.clone();
    Some(Given {
        probability: pipeline.probability()?,
        text,
    })
}

/// The aggregate as said. It follows no rule, so it is kept and never computed.
fn aggregate(
    fields: &mut Fields<'_>,
    assessment: &mut Assessment,
    raw: Option<&Body>,
) -> Result<Option<Overall>, Reject> {
    let said = fields.number("aggregatedScore")?;
    let said_live = fields.live("isLive")?;
    let raw = raw.and_then(|raw| raw.overall.as_ref());
    let mut score = raw.and_then(|overall| overall.score);
    if let Some((value, text)) = said {
        match crate::case::Probability::new(value) {
            Ok(probability) => score = Some(probability),
            // The vendor's scores have no fixed scale; this one may be no probability.
            Err(_out_of_range) => add_finding(
                &mut assessment.findings,
                None,
                "AGGREGATED_SCORE".to_owned(),
                Some(format!(
                    "The source's aggregated score is {text}, which is no probability"
                )),
            ),
        }
    }
    let said_live = said_live.or(raw.and_then(|overall| overall.said_live));
    if score.is_none() && said_live.is_none() {
        return Ok(None);
    }
    Ok(Some(Overall {
        score,
        threshold: None,
        said_live,
    }))
}

fn read_flags(fields: &mut Fields<'_>, options: &mut ReadOptions) -> Result<(), Reject> {
    options.ignore_cropped = fields
        .flag("ignoreDocumentCroppedValidation")?
        .unwrap_or(false);
    options.ignore_colourless = fields.flag("ignoreColourLessValidation")?.unwrap_or(false);
    Ok(())
}

fn vendor_record(fields: &mut Fields<'_>) -> Result<VendorRecord, Reject> {
    let id = fields.word("_id")?;
    let id = if id.is_some() { id } else { fields.word("id")? };
    let status = fields.word("status")?;
    let risk_score = fields.number("riskScore")?.map(|(_, text)| text);
    let confidence = fields.number("confidence")?.map(|(_, text)| text);
    let times = [
        fields.word("createdAt")?,
        fields.word("updatedAt")?,
        fields.word("completedAt")?,
    ];
    // The picture at the URL is the vendor's; nothing is fetched.
    fields.pass_over(&[
        "client",
        "appRegistration",
        "imageSaved",
        "imageUrl",
        "__v",
        "chargesCount",
    ]);
    Ok(VendorRecord {
        id,
        status,
        risk_score,
        confidence,
        times,
        unknown_fields: Vec::new(),
    })
}

/// Puts the parts together, unless there is no result yet.
fn finish(
    fields: Fields<'_>,
    mut assessment: Assessment,
    vendor: VendorRecord,
    mut options: ReadOptions,
) -> Result<Understood, Reject> {
    let status = vendor.status.as_deref().unwrap_or_default();
    let has_number = assessment
        .checks
        .iter()
        .any(|check| check.probability().is_some());
    if status.eq_ignore_ascii_case("failed") && assessment.errors.is_empty() && !has_number {
        add_error(&mut assessment.errors, "VALIDATION_FAILED".to_owned());
    }
    let says_nothing = assessment.checks.is_empty()
        && assessment.errors.is_empty()
        && assessment.overall.is_none();
    if says_nothing {
        return Err(match status {
            "new" | "processing" => Reject {
                reason: format!("the record's status is `{status}`: it has no result yet"),
                way_out: "Import it again once its status is `completed`",
            },
            _ => Reject::value("the record holds no check's result and no error".to_owned()),
        });
    }
    for check in &assessment.checks {
        if let Some(level) = check.calibration {
            options.calibrations.set(check.kind, level);
        }
    }
    let id = vendor.id.clone();
    assessment.vendor = Some(vendor);
    let mut understood = Understood::result(id, assessment, fields);
    understood.options = options;
    Ok(understood)
}

/// The names of a check's fields. Where there are two spellings, both have been seen.
struct Keys {
    probability: &'static str,
    score: &'static [&'static str],
    calibration: &'static [&'static str],
    validate: &'static str,
    warnings: &'static str,
    errors: &'static str,
}

fn keys(kind: CheckKind) -> Keys {
    match kind {
        CheckKind::ScreenReplay => Keys {
            probability: "screenReplayProbability",
            score: &["screenReplayScore", "sreenReplayScore"],
            calibration: &["screenReplayCalibration", "sreenReplayCalibration"],
            validate: "validateScreenReplay",
            warnings: "screenReplayWarnings",
            errors: "screenReplayErrors",
        },
        CheckKind::PrintedCopy => Keys {
            probability: "printedCopyProbability",
            score: &["printedCopyScore"],
            calibration: &["printedCopyCalibration"],
            validate: "validatePrintedCopy",
            warnings: "printedCopyWarnings",
            errors: "printedCopyErrors",
        },
        CheckKind::PortraitSubstitution => Keys {
            probability: "portraitSubstitutionProbability",
            score: &["portraitSubstitutionScore"],
            calibration: &["portraitSubstitutionCalibration"],
            validate: "validatePortraitSubstitution",
            warnings: "portraitSubstitutionWarnings",
            errors: "portraitSubstitutionErrors",
        },
        CheckKind::DigitalManipulation => Keys {
            probability: "digitalManipulationProbability",
            score: &["digitalManipulationScore"],
            calibration: &["digitalManipulationCalibration"],
            validate: "validateDigitalManipulation",
            warnings: "digitalManipulationWarnings",
            errors: "digitalManipulationErrors",
        },
    }
}
