//! Format D: the IDLive Doc server. One entry per pipeline, probabilities as texts.

use super::base64;
use super::fields::{Fields, Reject, add_error, add_finding, check, not_performed, outcome_of};
use super::json::Node;
use super::record::Understood;
use crate::case::{
    Assessment, Check, CheckKind, ErrorCode, Finding, Outcome, Overall, Side, Source, VendorRecord,
};

/// What this family of models means by digital manipulation, which is not what the words say.
pub(super) const DIGITAL_MANIPULATION: &str =
    "Here it means a screen grab that was uploaded directly, not an edit of the picture";

/// What came back.
pub(super) fn response(mut fields: Fields<'_>) -> Result<Understood, Reject> {
    let mut id = None;
    for name in ["session_id", "sessionId", "request_id", "_id", "id"] {
        id = id.or(fields.word(name)?);
    }
    let mut assessment = Assessment::empty(Source::IdliveDoc);
    let body = Body::read(&mut fields)?;
    assessment.checks = body.checks;
    assessment.errors = body.errors;
    assessment.findings = body.findings;
    assessment.overall = body.overall;
    for name in ["error", "error_code", "errorCode", "errors"] {
        for (code, _words) in fields.codes(name)? {
            add_error(&mut assessment.errors, code);
        }
    }
    let status = fields.word("status")?;
    if let Some(code) = status.as_deref().filter(|word| is_error_code(word)) {
        add_error(&mut assessment.errors, code.to_owned());
    }
    // Beside a code, the message says the same in words.
    fields.pass_over(&["error_message", "errorMessage", "message"]);
    let says_nothing = assessment.checks.is_empty()
        && assessment.errors.is_empty()
        && assessment.overall.is_none();
    if says_nothing {
        return Err(Reject::value(
            "the record holds no pipeline's result and no error".to_owned(),
        ));
    }
    assessment.vendor = Some(VendorRecord {
        id: id.clone(),
        status,
        ..VendorRecord::default()
    });
    Ok(Understood::result(id, assessment, fields))
}

/// What was sent: a picture, and how it should be read.
pub(super) fn request(mut fields: Fields<'_>) -> Result<Understood, Reject> {
    let mut id = None;
    for name in ["session_id", "sessionId", "request_id"] {
        id = id.or(fields.word(name)?);
    }
    let mut understood = Understood::request(Source::IdliveDoc, id);
    match fields.take("image")? {
        None => {}
        Some(Node::Text(text, _)) => match base64::picture(&text, "image") {
            Ok(bytes) => understood.pictures.push((Side::Front, bytes)),
            Err(reject) => understood.refused.push(reject),
        },
        Some(other) => {
            let reason = format!("`image` is {}, and Base64 was expected", other.kind());
            understood.refused.push(Reject::value(reason));
        }
    }
    for item in fields.list("pipelines")? {
        if let Node::Object(object) = item {
            let mut pipeline = Fields::within("pipelines[]".to_owned(), object);
            let kind = pipeline
                .word("pipeline_name")?
                .as_deref()
                .and_then(kind_of_pipeline);
            if let (Some(kind), Some(level)) = (kind, pipeline.calibration("calibration")?) {
                understood.options.calibrations.set(kind, level);
            }
            fields.absorb(pipeline);
        }
    }
    for (code, _words) in fields.codes("errors_to_ignore")? {
        match ErrorCode::from(code) {
            ErrorCode::DocumentCropped => understood.options.ignore_cropped = true,
            ErrorCode::DocumentIsColorless => understood.options.ignore_colourless = true,
            _ => fields.note_unknown("errors_to_ignore"),
        }
    }
    understood.unknown = fields.unknown();
    Ok(understood)
}

/// The result body, which format C carries as its `rawResponse`.
#[derive(Default)]
pub(super) struct Body {
    pub(super) checks: Vec<Check>,
    pub(super) errors: Vec<ErrorCode>,
    pub(super) findings: Vec<Finding>,
    pub(super) overall: Option<Overall>,
}

impl Body {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, Reject> {
        let mut body = Self::default();
        for item in fields.list("pipeline_results")? {
            let Node::Object(object) = item else {
                let kind = item.kind();
                return Err(Reject::value(format!(
                    "`{}` holds {kind}, and an object was expected",
                    fields.path_of("pipeline_results")
                )));
            };
            let path = format!("{}[]", fields.path_of("pipeline_results"));
            let mut pipeline = Fields::within(path, object);
            body.pipeline(&mut pipeline)?;
            fields.absorb(pipeline);
        }
        body.checks.sort_by_key(|check| check.kind);
        let score = fields.probability("aggregate_liveness_probability")?;
        let said_live = fields.live("aggregate_is_live")?;
        if score.is_some() || said_live.is_some() {
            let score = score.map(|given| given.probability);
            body.overall = Some(Overall {
                score,
                threshold: None,
                said_live,
            });
        }
        for (code, words) in fields.codes("aggregate_image_quality_warnings")? {
            add_finding(&mut body.findings, None, code, words);
        }
        fields.pass_over(&["charges_count"]);
        Ok(body)
    }

    fn pipeline(&mut self, fields: &mut Fields<'_>) -> Result<(), Reject> {
        let name = fields.word("pipeline_name")?;
        let given = fields.probability("liveness_probability")?;
        // Of no fixed scale, and no probability; but a sentinel here spoils the record as well.
        fields.number("liveness_score")?;
        let said_live = fields.live("is_live")?;
        let calibration = fields.calibration("calibration")?;
        let status = fields.word("status")?;
        let mut codes: Vec<String> = Vec::new();
        for name in ["error", "error_code", "errors"] {
            codes.extend(fields.codes(name)?.into_iter().map(|(code, _words)| code));
        }
        for (code, words) in fields.codes("image_quality_warnings")? {
            add_finding(&mut self.findings, None, code, words);
        }
        let succeeded = status.as_deref().is_none_or(is_success);
        if !succeeded && let Some(status) = status {
            codes.push(status);
        }
        for code in codes.iter().filter(|code| is_error_code(code)) {
            add_error(&mut self.errors, code.clone());
        }
        let Some(kind) = name.as_deref().and_then(kind_of_pipeline) else {
            fields.note_unknown(name.as_deref().unwrap_or("pipeline_name"));
            return Ok(());
        };
        let outcome = if codes.is_empty() {
            outcome_of(given.as_ref())
        } else {
            Outcome::Error {
                reason: format!("the source reports {}", codes.join(", ")),
            }
        };
        let mut check = check(Side::Front, kind, outcome, given.as_ref(), "probability");
        check.model = name;
        check.calibration = calibration;
        check.said_live = said_live;
        check.meaning = meaning(kind);
        self.checks.push(check);
        Ok(())
    }
}

/// What this family means by a check, where its name misleads.
pub(super) fn meaning(kind: CheckKind) -> Option<String> {
    (kind == CheckKind::DigitalManipulation).then(|| DIGITAL_MANIPULATION.to_owned())
}

/// The check that a pipeline makes, by its name without version, or by its alias.
pub(super) fn kind_of_pipeline(name: &str) -> Option<CheckKind> {
    let name = name.to_ascii_lowercase().replace('_', "-");
    let table = [
        ("screen-replay", "default-sr", CheckKind::ScreenReplay),
        ("printed-copy", "default-pc", CheckKind::PrintedCopy),
        (
            "portrait-substitution",
            "default-ps",
            CheckKind::PortraitSubstitution,
        ),
        (
            "digital-manipulation",
            "default-dm",
            CheckKind::DigitalManipulation,
        ),
    ];
    let stands_for = |known: &str| {
        name.strip_prefix(known)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let found = table
        .into_iter()
        .find(|(long, short, _)| stands_for(long) || stands_for(short));
    found.map(|(_, _, kind)| kind)
}

fn is_success(status: &str) -> bool {
    ["success", "ok", "completed", "done"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(status))
}

fn is_error_code(word: &str) -> bool {
    ErrorCode::KNOWN.iter().any(|known| known.code() == word)
}

/// Not performed because the source's own switch was off.
pub(super) fn switched_off() -> Outcome {
    not_performed("the source was asked not to perform it")
}
