//! Which format a record is in, told by its fields and by nothing else.

use super::json::{Node, Object};

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Format A, what was sent.
    LivenessApiRequest,
    /// Format A, what came back.
    LivenessApi,
    /// Format B; the object itself, without its wrapper.
    Idrnd,
    /// Format B wrapped: the key is somewhere within.
    IdrndWrapped,
    /// Format B's JSON Schema: a description of records, and none itself.
    IdrndSchema,
    /// Format C as the seed has it.
    LivenessObject,
    /// Format C as the vendor's pages have it.
    LivenessObjectFlat,
    /// Format D, what was sent.
    IdliveDocRequest,
    /// Format D, what came back.
    IdliveDoc,
    /// One of the above under a `data` key.
    Data,
    /// Nothing known.
    Unknown,
}

/// The keys under which format B stands in a `/get-results` object.
pub(super) const IDRND_KEYS: [&str; 3] = [
    "documentLivenessIdRnD",
    "document_livenessIdRnD",
    "document_liveness_idrnd",
];

/// Levels below the record at which format B's key is looked for.
const IDRND_DEPTH: usize = 3;

/// Tells the format of `record`. The most telling fields are asked for first: many records have a
/// `status`, an `error` or an `_id`.
pub(super) fn kind_of(record: &Object<'_>) -> Kind {
    let has = |names: &[&str]| names.iter().any(|name| record.has(name));
    if let Some(found) = find_idrnd(record, IDRND_DEPTH) {
        return if is_schema(found) {
            Kind::IdrndSchema
        } else {
            Kind::IdrndWrapped
        };
    }
    if has(&[
        "frontSideImageBase",
        "backSideImageBase",
        "documentImageBase",
    ]) {
        return Kind::LivenessApiRequest;
    }
    if has(&["image"]) && has(&["pipelines", "errors_to_ignore"]) {
        return Kind::IdliveDocRequest;
    }
    if has(&FLAT_KEYS) {
        return Kind::LivenessObjectFlat;
    }
    if has(&["pipeline_results", "aggregate_liveness_probability"]) {
        return Kind::IdliveDoc;
    }
    if has(&[
        "validationResults",
        "calibrationSettings",
        "validationFlags",
    ]) || (has(&["_id"]) && has(&["appRegistration"]))
    {
        return Kind::LivenessObject;
    }
    if holds_sides(record) {
        return Kind::Idrnd;
    }
    if has(&["hasError"]) || (has(&["score"]) && has(&["sessionId"])) {
        return Kind::LivenessApi;
    }
    if let Some(Node::Object(data)) = record.get("data")
        && kind_of_data(data) != Kind::Unknown
    {
        return Kind::Data;
    }
    // An error of format D has no other mark than its code.
    let codes = ["error", "error_code", "errorCode"]
        .into_iter()
        .filter_map(|key| record.get(key));
    let is_code = |node: &Node<'_>| match node {
        Node::Text(text, _) => crate::case::ErrorCode::KNOWN
            .iter()
            .any(|known| known.code() == text),
        Node::Object(error) => error.has("code"),
        _ => false,
    };
    if codes.into_iter().any(is_code) {
        Kind::IdliveDoc
    } else {
        Kind::Unknown
    }
}

/// The kind of what stands under `data`. A `data` within `data` is not looked into.
pub(super) fn kind_of_data(data: &Object<'_>) -> Kind {
    if data.has("data") && !holds_sides(data) {
        Kind::Unknown
    } else {
        kind_of(data)
    }
}

/// Fields that only format C's second shape has.
const FLAT_KEYS: [&str; 9] = [
    "screenReplayProbability",
    "printedCopyProbability",
    "portraitSubstitutionProbability",
    "digitalManipulationProbability",
    "sreenReplayScore",
    "validateScreenReplay",
    "validatePrintedCopy",
    "validatePortraitSubstitution",
    "validateDigitalManipulation",
];

/// Whether `object` is format B's own: `data` with sides in it, or the field with findings.
fn holds_sides(object: &Object<'_>) -> bool {
    let with_sides = match object.get("data") {
        Some(Node::Object(data)) => data.has("front") || data.has("back"),
        _ => false,
    };
    with_sides || object.has("imageQualityFindings")
}

/// The object under one of [`IDRND_KEYS`], at most `depth` levels down.
fn find_idrnd<'n, 'a>(object: &'n Object<'a>, depth: usize) -> Option<&'n Object<'a>> {
    for (name, node) in object.members() {
        if let Node::Object(inner) = node {
            if IDRND_KEYS.contains(&name) {
                return Some(inner);
            }
            if depth > 0
                && let Some(found) = find_idrnd(inner, depth - 1)
            {
                return Some(found);
            }
        }
    }
    None
}

/// Whether `object` describes the fields instead of having them.
fn is_schema(object: &Object<'_>) -> bool {
    object.has("properties") && matches!(object.get("type"), Some(Node::Text(..)))
}
