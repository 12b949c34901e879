//! What can be wrong with a picture: errors, which leave no result, and findings, which go beside
//! one.

use serde::{Deserialize, Serialize};

use crate::words::words;

/// Why a document could not be judged. The way out is always another picture.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum ErrorCode {
    /// No document was found in the picture.
    DocumentNotFound,
    /// A part of the document lies outside the picture.
    DocumentCropped,
    /// The document nearly touches the picture's edge.
    DocumentTooCloseToBorder,
    /// The document fills the picture.
    DocumentTooCloseToCamera,
    /// The document is too small in the picture to be judged.
    DocumentTooSmall,
    /// No portrait was found on a front.
    DocumentPhotoNotFound,
    /// More than one document lies in the picture.
    TooManyDocuments,
    /// The document shows no colour.
    DocumentIsColorless,
    /// Another code that a vendor uses; kept as written.
    Other(String),
}

impl ErrorCode {
    /// Every code that has a meaning here.
    pub const KNOWN: [Self; 8] = [
        Self::DocumentNotFound,
        Self::DocumentCropped,
        Self::DocumentTooCloseToBorder,
        Self::DocumentTooCloseToCamera,
        Self::DocumentTooSmall,
        Self::DocumentPhotoNotFound,
        Self::TooManyDocuments,
        Self::DocumentIsColorless,
    ];

    /// The code as the vendors write it.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::DocumentNotFound => "DOCUMENT_NOT_FOUND",
            Self::DocumentCropped => "DOCUMENT_CROPPED",
            Self::DocumentTooCloseToBorder => "DOCUMENT_TOO_CLOSE_TO_BORDER",
            Self::DocumentTooCloseToCamera => "DOCUMENT_TOO_CLOSE_TO_CAMERA",
            Self::DocumentTooSmall => "DOCUMENT_TOO_SMALL",
            Self::DocumentPhotoNotFound => "DOCUMENT_PHOTO_NOT_FOUND",
            Self::TooManyDocuments => "TOO_MANY_DOCUMENTS",
            Self::DocumentIsColorless => "DOCUMENT_IS_COLORLESS",
            Self::Other(code) => code,
        }
    }

    /// What it means, for a person, and what to do about it.
    #[must_use]
    pub fn explain(&self) -> String {
        match self {
            Self::DocumentNotFound => words!("error-document-not-found"),
            Self::DocumentCropped => words!("error-document-cropped"),
            Self::DocumentTooCloseToBorder => words!("error-document-too-close-to-border"),
            Self::DocumentTooCloseToCamera => words!("error-document-too-close-to-camera"),
            Self::DocumentTooSmall => words!("error-document-too-small"),
            Self::DocumentPhotoNotFound => words!("error-document-photo-not-found"),
            Self::TooManyDocuments => words!("error-too-many-documents"),
            Self::DocumentIsColorless => words!("error-document-is-colorless"),
            Self::Other(code) => return words!("error-other", code = code),
        }
        .to_owned()
    }
}

impl From<String> for ErrorCode {
    fn from(code: String) -> Self {
        Self::KNOWN
            .into_iter()
            .find(|known| known.code() == code)
            .unwrap_or(Self::Other(code))
    }
}

impl From<ErrorCode> for String {
    fn from(code: ErrorCode) -> Self {
        code.code().to_owned()
    }
}

/// Something worth knowing about a picture that does not stop the checks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum FindingCode {
    /// The picture is out of focus or moved.
    ImageTooBlurry,
    /// A reflection burns out a part of the document.
    GlareOnImage,
    /// The document is much too dark or too bright.
    PoorImageExposure,
    /// The JPEG is compressed so far that fine texture is gone.
    ImageIsTooCompressed,
    /// The picture has fewer pixels than the checks were made for.
    LowResolution,
    /// The document covers little of the picture.
    RelativeDocumentSizeLow,
    /// The picture is unlike those that the checks learnt from.
    UnfamiliarPicture,
    /// The file names a program that changes pictures.
    EditingSoftware,
    /// The picture was saved as a JPEG more than once.
    SavedMoreThanOnce,
    /// A screen's status bar runs along the picture's top.
    StatusBar,
    /// What lies around the document looks like a screen's rim, bars or light.
    ScreenAround,
    /// An error that the policy or the submission asked to be treated as a finding.
    Ignored(ErrorCode),
    /// Another code that a vendor uses; kept as written.
    Other(String),
}

impl FindingCode {
    const KNOWN: [Self; 11] = [
        Self::ImageTooBlurry,
        Self::GlareOnImage,
        Self::PoorImageExposure,
        Self::ImageIsTooCompressed,
        Self::LowResolution,
        Self::RelativeDocumentSizeLow,
        Self::UnfamiliarPicture,
        Self::EditingSoftware,
        Self::SavedMoreThanOnce,
        Self::StatusBar,
        Self::ScreenAround,
    ];

    /// The code as the vendors write it, or our own for what they have none for.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::ImageTooBlurry => "IMAGE_TOO_BLURRY".into(),
            Self::GlareOnImage => "GLARE_ON_IMAGE".into(),
            Self::PoorImageExposure => "POOR_IMAGE_EXPOSURE".into(),
            Self::ImageIsTooCompressed => "IMAGE_IS_TOO_COMPRESSED".into(),
            Self::LowResolution => "LOW_RESOLUTION".into(),
            Self::RelativeDocumentSizeLow => "RELATIVE_DOCUMENT_SIZE_LOWER_THAN_10_PERCENT".into(),
            Self::UnfamiliarPicture => "UNFAMILIAR_PICTURE".into(),
            Self::EditingSoftware => "EDITING_SOFTWARE".into(),
            Self::SavedMoreThanOnce => "SAVED_MORE_THAN_ONCE".into(),
            Self::StatusBar => "STATUS_BAR".into(),
            Self::ScreenAround => "SCREEN_AROUND".into(),
            Self::Ignored(error) => format!("IGNORED_{}", error.code()),
            Self::Other(code) => code.clone(),
        }
    }
}

impl From<String> for FindingCode {
    fn from(code: String) -> Self {
        if let Some(error) = code.strip_prefix("IGNORED_") {
            return Self::Ignored(ErrorCode::from(error.to_owned()));
        }
        Self::KNOWN
            .into_iter()
            .find(|known| known.code() == code)
            .unwrap_or(Self::Other(code))
    }
}

impl From<FindingCode> for String {
    fn from(code: FindingCode) -> Self {
        code.code()
    }
}

/// A finding, where it was made and in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of finding.
    pub code: FindingCode,
    /// The side it speaks of; `None` where the source does not say.
    pub side: Option<super::Side>,
    /// The finding in a sentence, with the number measured where there is one.
    pub message: String,
}
