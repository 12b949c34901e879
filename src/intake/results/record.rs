//! One record's text into what it says.

use super::detect::{self, Kind};
use super::fields::{Fields, Reject};
use super::json::{Node, Object};
use super::{idlive_doc, idrnd, liveness_api, liveness_object};
use crate::case::{Assessment, ReadOptions, Side, Source};

/// What a record says.
#[derive(Debug)]
pub(super) struct Understood {
    pub(super) source: Source,
    /// The session's or the record's id.
    pub(super) id: Option<String>,
    /// `None` for a request.
    pub(super) assessment: Option<Assessment>,
    /// The pictures of a request.
    pub(super) pictures: Vec<(Side, Vec<u8>)>,
    /// Pictures of a request that are none.
    pub(super) refused: Vec<Reject>,
    pub(super) options: ReadOptions,
    /// Paths of fields that no importer knows.
    pub(super) unknown: Vec<String>,
}

impl Understood {
    /// A result; what is left in `fields` is unknown.
    pub(super) fn result(id: Option<String>, assessment: Assessment, fields: Fields<'_>) -> Self {
        Self {
            source: assessment.source,
            id,
            assessment: Some(assessment),
            pictures: Vec::new(),
            refused: Vec::new(),
            options: ReadOptions::default(),
            unknown: fields.unknown(),
        }
    }

    /// A request with no pictures yet.
    pub(super) fn request(source: Source, id: Option<String>) -> Self {
        Self {
            source,
            id,
            assessment: None,
            pictures: Vec::new(),
            refused: Vec::new(),
            options: ReadOptions::default(),
            unknown: Vec::new(),
        }
    }

    /// Whether it is a request without anything that could have been a picture.
    pub(super) fn is_empty_request(&self) -> bool {
        self.assessment.is_none() && self.pictures.is_empty() && self.refused.is_empty()
    }

    pub(super) fn note_unknown(&mut self, paths: Vec<String>) {
        self.unknown.extend(paths);
    }
}

/// Reads a record that is JSON.
pub(super) fn understand(node: Node<'_>) -> Result<Understood, Reject> {
    let Node::Object(object) = node else {
        let kind = node.kind();
        return Err(Reject::value(format!(
            "the record is {kind}, and an object was expected"
        )));
    };
    let mut understood = match detect::kind_of(&object) {
        Kind::Data => under_data(object)?,
        kind => by_kind(kind, Fields::new(object))?,
    };
    if let Some(vendor) = understood
        .assessment
        .as_mut()
        .and_then(|a| a.vendor.as_mut())
    {
        vendor.unknown_fields.clone_from(&understood.unknown);
    }
    Ok(understood)
}

/// A record under `data`; beside it stand a signature and the like.
fn under_data(object: Object<'_>) -> Result<Understood, Reject> {
    let mut fields = Fields::new(object);
    let kind = match fields.peek("data") {
        Some(Node::Object(data)) => detect::kind_of_data(data),
        _ => Kind::Unknown,
    };
    let Some(data) = fields.object("data")? else {
        return Err(unknown_format(&fields));
    };
    let mut understood = by_kind(kind, data)?;
    fields.pass_over(&["signature", "id"]);
    understood.note_unknown(fields.unknown());
    Ok(understood)
}

fn by_kind(kind: Kind, fields: Fields<'_>) -> Result<Understood, Reject> {
    match kind {
        Kind::LivenessApiRequest => liveness_api::request(fields),
        Kind::LivenessApi => liveness_api::response(fields),
        Kind::Idrnd => idrnd::bare(fields),
        Kind::IdrndWrapped => idrnd::wrapped(fields),
        Kind::LivenessObject => liveness_object::nested(fields),
        Kind::LivenessObjectFlat => liveness_object::flat(fields),
        Kind::IdliveDocRequest => idlive_doc::request(fields),
        Kind::IdliveDoc => idlive_doc::response(fields),
        Kind::IdrndSchema => Err(Reject {
            reason: "this describes the format of a record and is none itself".to_owned(),
            way_out: "Import the answers of `/get-results` instead",
        }),
        Kind::Data | Kind::Unknown => Err(unknown_format(&fields)),
    }
}

/// Names the record's fields, which tell a person what it was; their values may be personal.
fn unknown_format(fields: &Fields<'_>) -> Reject {
    let names: Vec<String> = fields
        .names()
        .take(6)
        .map(|name| format!("`{name}`"))
        .collect();
    let reason = if names.is_empty() {
        "the record is empty".to_owned()
    } else {
        format!(
            "the record is in none of the known formats (its fields: {})",
            names.join(", ")
        )
    };
    Reject {
        reason,
        way_out: "Import results of the formats A to D that the documentation lists",
    }
}
