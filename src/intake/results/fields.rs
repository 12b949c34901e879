//! An object's fields on their way into checked types. What is asked for is taken; what is left
//! is unknown, and is listed.

use super::json::{Node, Object, Twice};
use crate::case::{
    Calibration, Check, CheckKind, ErrorCode, Finding, FindingCode, Live, Outcome, Polarity,
    Probability, RawValue, Side, Threshold, ThresholdOrigin,
};

/// Why a record is not taken in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reject {
    pub(super) reason: String,
    pub(super) way_out: &'static str,
}

/// The way out for a value that the source should not have written.
pub(super) const ASK_SOURCE: &str =
    "Ask the source for a correct record, or take the record out of the file";

impl Reject {
    pub(super) fn value(reason: String) -> Self {
        Self {
            reason,
            way_out: ASK_SOURCE,
        }
    }
}

/// An object, where it stands in the record, and what was unknown in it so far.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    /// `data.front`; empty for the record itself.
    path: String,
    object: Object<'a>,
    unknown: Vec<String>,
}

/// A number that was checked, and its characters.
pub(super) struct Given {
    pub(super) probability: Probability,
    pub(super) text: String,
}

/// Unknown fields listed for one record, and characters kept of each name. A hostile record may
/// have thousands; the original keeps them all.
const MAX_UNKNOWN: usize = 50;
const MAX_NAME_CHARS: usize = 80;

impl<'a> Fields<'a> {
    pub(super) fn new(object: Object<'a>) -> Self {
        Self {
            path: String::new(),
            object,
            unknown: Vec::new(),
        }
    }

    pub(super) fn within(path: String, object: Object<'a>) -> Self {
        Self {
            path,
            object,
            unknown: Vec::new(),
        }
    }

    pub(super) fn peek(&self, name: &str) -> Option<&Node<'a>> {
        self.object.get(name)
    }

    /// The field's path in the record.
    pub(super) fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// The field, or `None` if it is missing or null.
    pub(super) fn take(&mut self, name: &str) -> Result<Option<Node<'a>>, Reject> {
        match self.object.take(name) {
            Ok(None | Some(Node::Null)) => Ok(None),
            Ok(node) => Ok(node),
            Err(Twice) => Err(Reject::value(format!(
                "`{}` is given twice",
                self.path_of(name)
            ))),
        }
    }

    /// The names of the fields, at most 40 characters of each.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.object
            .left()
            .map(|name| name.chars().take(40).collect())
    }

    /// The names of the fields that are objects.
    pub(super) fn object_names(&self) -> Vec<String> {
        let objects = self
            .object
            .members()
            .filter(|(_, node)| matches!(node, Node::Object(_)));
        objects.map(|(name, _)| name.to_owned()).collect()
    }

    /// Fields that are known and of no use here; the original keeps them.
    pub(super) fn pass_over(&mut self, names: &[&str]) {
        for name in names {
            // A field given twice counts as little as a field given once.
            self.object.take(name).ok();
        }
    }

    pub(super) fn object(&mut self, name: &str) -> Result<Option<Self>, Reject> {
        match self.take(name)? {
            None => Ok(None),
            Some(Node::Object(object)) => Ok(Some(Self::within(self.path_of(name), object))),
            Some(other) => Err(self.wrong_type(name, &other, "an object")),
        }
    }

    pub(super) fn list(&mut self, name: &str) -> Result<Vec<Node<'a>>, Reject> {
        match self.take(name)? {
            None => Ok(Vec::new()),
            Some(Node::List(items)) => Ok(items),
            Some(other) => Err(self.wrong_type(name, &other, "a list")),
        }
    }

    /// A text, or a number's characters. Anything else is not understood, and listed as unknown:
    /// these are words beside the result.
    pub(super) fn word(&mut self, name: &str) -> Result<Option<String>, Reject> {
        match self.take(name)? {
            None => Ok(None),
            Some(Node::Text(text, _)) if text.trim().is_empty() => Ok(None),
            Some(Node::Text(text, _)) => Ok(Some(text.chars().take(MAX_WORD_CHARS).collect())),
            Some(Node::Number(text)) => Ok(Some(text.to_owned())),
            Some(Node::Bool(_) | Node::List(_) | Node::Object(_) | Node::Null) => {
                self.note_unknown(name);
                Ok(None)
            }
        }
    }

    pub(super) fn flag(&mut self, name: &str) -> Result<Option<bool>, Reject> {
        match self.take(name)? {
            None => Ok(None),
            Some(Node::Bool(flag)) => Ok(Some(flag)),
            Some(Node::Text(text, _)) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(Node::Text(text, _)) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(other) => Err(self.wrong_type(name, &other, "true or false")),
        }
    }

    /// A probability as a number or as a text that holds one.
    pub(super) fn probability(&mut self, name: &str) -> Result<Option<Given>, Reject> {
        let Some((value, text)) = self.number(name)? else {
            return Ok(None);
        };
        match Probability::new(value) {
            Ok(probability) => Ok(Some(Given { probability, text })),
            Err(_out_of_range) => Err(Reject::value(format!(
                "`{}` is {}, and a probability lies between 0 and 1",
                self.path_of(name),
                shortened(&text)
            ))),
        }
    }

    /// A finite number and its characters as written. Not the sentinel that stands for a failed
    /// call.
    pub(super) fn number(&mut self, name: &str) -> Result<Option<(f64, String)>, Reject> {
        let (digits, text) = match self.take(name)? {
            None => return Ok(None),
            Some(Node::Number(text)) => (text.to_owned(), text.to_owned()),
            Some(Node::Text(text, raw)) => (text.trim().to_owned(), raw.to_owned()),
            Some(other) => return Err(self.wrong_type(name, &other, "a number")),
        };
        let path = || self.path_of(name);
        let bad = |why: &str| Reject::value(format!("`{}` is {}, {why}", path(), shortened(&text)));
        match digits.parse::<f64>() {
            Ok(value) if value == SENTINEL => Err(bad("which stands for a failed call")),
            Ok(value) if value.is_finite() => Ok(Some((value, text))),
            Ok(_) | Err(_) => Err(bad("which is no finite number")),
        }
    }

    /// 0, 1 or 2 as a number or a text; true and false count as 1 and 0.
    pub(super) fn live(&mut self, name: &str) -> Result<Option<Live>, Reject> {
        let number = match self.take(name)? {
            None => return Ok(None),
            Some(Node::Bool(live)) => Some(f64::from(u8::from(live))),
            Some(Node::Number(text)) => text.parse::<f64>().ok(),
            Some(Node::Text(text, _)) if text.eq_ignore_ascii_case("true") => Some(1.0),
            Some(Node::Text(text, _)) if text.eq_ignore_ascii_case("false") => Some(0.0),
            Some(Node::Text(text, _)) => text.trim().parse::<f64>().ok(),
            Some(other) => return Err(self.wrong_type(name, &other, "0, 1 or 2")),
        };
        [Live::NotLive, Live::Live, Live::NotPerformed]
            .into_iter()
            .find(|live| number == Some(f64::from(live.number())))
            .map(Some)
            .ok_or_else(|| {
                let path = self.path_of(name);
                Reject::value(format!(
                    "`{path}` is neither 0 (not live), 1 (live) nor 2 (not performed)"
                ))
            })
    }

    pub(super) fn threshold(&mut self, name: &str) -> Result<Option<Threshold>, Reject> {
        let given = self.probability(name)?;
        let threshold = |given: Given| Threshold {
            value: given.probability,
            origin: ThresholdOrigin::Record,
        };
        Ok(given.map(threshold))
    }

    /// `SOFT`, `REGULAR` or `HARD`. Another word is listed as unknown: the result stands without.
    pub(super) fn calibration(&mut self, name: &str) -> Result<Option<Calibration>, Reject> {
        let Some(word) = self.word(name)? else {
            return Ok(None);
        };
        let known = word.parse().ok();
        if known.is_none() {
            self.note_unknown(name);
        }
        Ok(known)
    }

    /// The codes in a field that holds one code, a list of them, or objects with a `code`. Each
    /// comes with the source's words, if it has any.
    pub(super) fn codes(&mut self, name: &str) -> Result<Vec<(String, Option<String>)>, Reject> {
        let items = match self.take(name)? {
            None => return Ok(Vec::new()),
            Some(Node::List(items)) => items,
            Some(one) => vec![one],
        };
        let mut codes = Vec::new();
        for item in items {
            match item {
                Node::Text(text, _) if text.trim().is_empty() => {}
                Node::Text(text, _) => codes.push((code_from(&text), None)),
                Node::Object(object) => {
                    let mut fields = Self::within(format!("{}[]", self.path_of(name)), object);
                    let code = fields.word("code")?;
                    let message = fields.word("message")?;
                    match (code, message) {
                        (Some(code), message) => codes.push((code_from(&code), message)),
                        (None, Some(message)) => codes.push((code_from(&message), None)),
                        (None, None) => {}
                    }
                    self.absorb(fields);
                }
                Node::Null => {}
                Node::Bool(_) | Node::Number(_) | Node::List(_) => self.note_unknown(name),
            }
        }
        Ok(codes)
    }

    /// Takes over what was unknown in an object within this one.
    pub(super) fn absorb(&mut self, inner: Self) {
        let inner = inner.unknown();
        let room = MAX_UNKNOWN.saturating_sub(self.unknown.len());
        self.unknown.extend(inner.into_iter().take(room));
    }

    pub(super) fn note_unknown(&mut self, name: &str) {
        if self.unknown.len() < MAX_UNKNOWN {
            let path = self.path_of(name).chars().take(MAX_NAME_CHARS).collect();
            self.unknown.push(path);
        }
    }

    /// The paths of all that was not asked for.
    pub(super) fn unknown(mut self) -> Vec<String> {
        let left: Vec<String> = self
            .object
            .left()
            .take(MAX_UNKNOWN)
            .map(str::to_owned)
            .collect();
        for name in left {
            self.note_unknown(&name);
        }
        self.unknown
    }

    fn wrong_type(&self, name: &str, found: &Node<'_>, expected: &str) -> Reject {
        let path = self.path_of(name);
        Reject::value(format!(
            "`{path}` is {}, and {expected} was expected",
            found.kind()
        ))
    }
}

/// Characters kept of a source's words.
const MAX_WORD_CHARS: usize = 200;

/// What one vendor's clients write where the call failed.
const SENTINEL: f64 = -999_999.0;

/// At most 24 characters: enough for a number, too few for anything personal.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(24).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// A code as the vendors write it, whatever its case. Words that are no code stay as they are.
fn code_from(word: &str) -> String {
    let word = word.trim();
    let as_code = word.to_uppercase().replace([' ', '-'], "_");
    let is_known = ErrorCode::KNOWN.iter().any(|known| known.code() == as_code)
        || !matches!(FindingCode::from(as_code.clone()), FindingCode::Other(_));
    if is_known {
        as_code
    } else {
        word.chars().take(MAX_WORD_CHARS).collect()
    }
}

/// Adds a finding unless the same code is there already for the same side.
pub(super) fn add_finding(
    findings: &mut Vec<Finding>,
    side: Option<Side>,
    code: String,
    words: Option<String>,
) {
    let code = FindingCode::from(code);
    if findings
        .iter()
        .any(|known| known.code == code && known.side == side)
    {
        return;
    }
    let message = words.unwrap_or_else(|| said(&code));
    findings.push(Finding {
        code,
        side,
        message,
    });
}

/// A vendor's warning in a sentence.
fn said(code: &FindingCode) -> String {
    match code {
        FindingCode::ImageTooBlurry => "The source calls the picture blurred".to_owned(),
        FindingCode::GlareOnImage => "The source sees glare on the picture".to_owned(),
        FindingCode::PoorImageExposure => "The source calls the picture badly exposed".to_owned(),
        FindingCode::ImageIsTooCompressed => {
            "The source calls the picture compressed too far".to_owned()
        }
        FindingCode::LowResolution => "The source calls the resolution too low".to_owned(),
        FindingCode::RelativeDocumentSizeLow => {
            "The source says that the document covers less than a tenth of the picture".to_owned()
        }
        FindingCode::UnfamiliarPicture => "The source calls the picture unusual".to_owned(),
        FindingCode::EditingSoftware => {
            "The source names a program that changes pictures".to_owned()
        }
        FindingCode::SavedMoreThanOnce => {
            "The source says that the picture was saved again".to_owned()
        }
        FindingCode::StatusBar => "The source sees a status bar in the picture".to_owned(),
        FindingCode::ScreenAround => "The source sees a screen around the document".to_owned(),
        FindingCode::Ignored(error) => {
            format!("The source was asked to ignore this: {}", error.explain())
        }
        FindingCode::Other(code) => {
            let known = ErrorCode::from(code.clone());
            match known {
                ErrorCode::Other(code) => format!("The source reports {code}"),
                known => format!("The source warns: {}", known.explain()),
            }
        }
    }
}

/// Adds an error unless it is there already.
pub(super) fn add_error(errors: &mut Vec<ErrorCode>, code: String) {
    let code = ErrorCode::from(code);
    if !errors.contains(&code) {
        errors.push(code);
    }
}

/// A check with the vendor's number, if there is one.
pub(super) fn check(
    side: Side,
    kind: CheckKind,
    outcome: Outcome,
    given: Option<&Given>,
    scale: &str,
) -> Check {
    let mut check = Check::new(side, kind, outcome);
    check.raw = given.map(|given| RawValue {
        text: given.text.clone(),
        scale: scale.to_owned(),
        polarity: Polarity::HigherIsLive,
    });
    check
}

/// The outcome of a check that has a number, or none because there is none.
pub(super) fn outcome_of(given: Option<&Given>) -> Outcome {
    match given {
        Some(given) => Outcome::Performed {
            probability: given.probability,
        },
        None => not_performed("the record gives no value"),
    }
}

pub(super) fn not_performed(reason: &str) -> Outcome {
    Outcome::NotPerformed {
        reason: reason.to_owned(),
    }
}
