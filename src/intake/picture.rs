//! The bytes of a picture file into upright pixels, or the reason why not.
//!
//! The format is told by content, never by name. The header is read before the pixels, so that a
//! small file that declares a huge picture costs nothing. Whether the picture shows a document is
//! the engine's question: one pixel is a valid picture here.

use std::fs::File;
use std::io::{Cursor, Read as _};
use std::path::Path;
use std::time::Instant;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, RgbImage};

use super::jpeg::{self, JpegFacts, Walk};
use super::{pixels, resaved};
use crate::case::{IncomingPicture, PictureRecord, Sha256, Side};
use crate::shrink::{self, Filter, Part};

/// How large a picture may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Width times height. Raising it lets in pictures that take seconds to look at.
    pub max_pixels: u64,
    /// Bytes that the file may have and, apart from that, that decoding may need at once. Raising
    /// it lets one file take more of the computer's memory.
    pub max_bytes: u64,
}

impl Default for Limits {
    /// 64 megapixels, 512 MiB.
    fn default() -> Self {
        Self {
            max_pixels: 64_000_000,
            max_bytes: 512 << 20,
        }
    }
}

/// A decoded picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What the store keeps of it; width and height are those of the upright picture.
    pub record: PictureRecord,
    /// The upright picture, 8-bit sRGB; an embedded RGB profile has been applied. What was transparent
    /// shows white.
    pub pixels: RgbImage,
    /// What a JPEG says about itself. `None` for the other formats.
    pub jpeg: Option<JpegFacts>,
    /// Milliseconds from bytes to upright pixels.
    pub decode_ms: f64,
}

impl Picture {
    /// What the store takes of it; the thumbnail is made now, for most pictures are looked at and not stored.
    #[must_use]
    pub fn incoming(&self) -> IncomingPicture {
        IncomingPicture {
            record: self.record.clone(),
            // Neither step fails on a picture that was decoded, and a list can do without.
            thumbnail: thumbnail(&self.pixels).unwrap_or_default(),
        }
    }
}

/// Why a file is no picture for us. The text is the reason; [`Self::way_out`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// It cannot be a picture: `.0` says what it looks like.
    #[error("{0}, not a picture")]
    NotAPicture(&'static str),
    /// A picture in a format that is not read: `.0` names it.
    #[error("{0} pictures are not read")]
    Unsupported(&'static str),
    /// The format is read, but not this variety of it.
    #[error("this kind of {format} is not read ({detail})")]
    UnsupportedKind {
        /// The format.
        format: &'static str,
        /// The decoder's words.
        detail: String,
    },
    /// The header declares too many pixels.
    #[error(
        "the picture declares {width_px} by {height_px} pixels, more than the limit of {} megapixels",
        max_pixels / 1_000_000
    )]
    TooManyPixels {
        /// Declared width.
        width_px: u32,
        /// Declared height.
        height_px: u32,
        /// The limit.
        max_pixels: u64,
    },
    /// The file, or what decoding it needs, is too large.
    #[error("{what} more than the limit of {} MiB", max_bytes >> 20)]
    TooManyBytes {
        /// `the file has` or `decoding needs`.
        what: &'static str,
        /// The limit.
        max_bytes: u64,
    },
    /// It starts as a picture and stops before its end.
    #[error("the {format} file is cut off before its end")]
    Truncated {
        /// The format.
        format: &'static str,
    },
    /// It breaks the rules of its format.
    #[error("the {format} file is damaged ({detail})")]
    Damaged {
        /// The format.
        format: &'static str,
        /// The decoder's words.
        detail: String,
    },
    /// A folder, a device, a pipe.
    #[error("it is {0}, not a file")]
    NotAFile(&'static str),
    /// The operating system did not hand the bytes over.
    #[error("the file could not be read: {0}")]
    Read(#[from] std::io::Error),
}

impl PictureError {
    /// What the person can do about it.
    #[must_use]
    pub fn way_out(&self) -> &'static str {
        match self {
            Self::Empty | Self::Truncated { .. } => {
                "Copy the file again from where it came from, or take another picture"
            }
            Self::NotAPicture(_) => "Choose a JPEG, PNG, WebP, TIFF or BMP file",
            Self::Unsupported(_) | Self::UnsupportedKind { .. } => {
                "Save the picture as JPEG or PNG and add that file"
            }
            Self::TooManyPixels { .. } => "Scale the picture down, or crop it to the document",
            Self::TooManyBytes { .. } => "Save the picture as JPEG, or scale it down",
            Self::Damaged { .. } => "Take another picture, or find an undamaged copy of the file",
            Self::NotAFile(_) => "Name a picture file, or a folder of pictures",
            Self::Read(error) => match error.kind() {
                std::io::ErrorKind::NotFound => "Check the path: the file may have been moved",
                std::io::ErrorKind::PermissionDenied => {
                    "Ask the file's owner for permission to read it"
                }
                _ => "Try again, and check the disk or the network folder that holds the file",
            },
        }
    }
}

/// Reads the picture at `path` and decodes it; also hands back the file's bytes, which the store
/// keeps unchanged.
///
/// # Errors
///
/// [`PictureError`] if there is no readable file, or no picture in it within `limits`.
pub fn load_file(
    path: &Path,
    side: Side,
    limits: &Limits,
) -> Result<(Picture, Vec<u8>), PictureError> {
    let bytes = read_file(path, limits)?;
    let picture = load(&bytes, side, limits)?;
    Ok((picture, bytes))
}

/// Decodes the picture in `bytes`.
///
/// # Errors
///
/// [`PictureError`] if there is no picture in `bytes` within `limits`.
pub fn load(bytes: &[u8], side: Side, limits: &Limits) -> Result<Picture, PictureError> {
    if bytes.len() as u64 > limits.max_bytes {
        return Err(file_too_large(limits));
    }
    let start = Instant::now();
    let format = format_of(bytes)?;
    let walk = (format == ImageFormat::Jpeg).then(|| jpeg::walk(bytes));
    // A bomb is named as one even where its file is cut off as well.
    if walk.as_ref().is_some_and(|walk| !walk.complete) {
        check_size(bytes, format, limits)?;
        return Err(PictureError::Truncated { format: "JPEG" });
    }
    let Decoded {
        mut pixels,
        profile,
        orientation,
    } = decode(bytes, format, limits)?;
    let jpeg = walk.map(|walk| jpeg_facts(walk, &pixels));
    if let Some(profile) = profile {
        pixels::to_srgb(&mut pixels, &profile);
    }
    let pixels = pixels::upright(pixels, orientation);
    let decode_ms = start.elapsed().as_secs_f64() * 1000.0;
    let record = PictureRecord {
        side,
        sha256: Sha256::of(bytes),
        n_bytes: bytes.len() as u64,
        format: short_name(format).to_owned(),
        width_px: pixels.width(),
        height_px: pixels.height(),
    };
    Ok(Picture {
        record,
        pixels,
        jpeg,
        decode_ms,
    })
}

/// What the segments say, and what the pixels as they are stored say.
pub(super) fn jpeg_facts(walk: Walk, pixels: &RgbImage) -> JpegFacts {
    let is_resaved = |steps| resaved::is_resaved(pixels, steps);
    JpegFacts {
        is_resaved: walk.steps().is_some_and(is_resaved),
        ..walk.facts
    }
}

/// Reads a whole file of at most `limits.max_bytes`. Only plain files: opening a pipe or a device
/// could wait for ever.
fn read_file(path: &Path, limits: &Limits) -> Result<Vec<u8>, PictureError> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(PictureError::NotAFile("a folder"));
    }
    if !metadata.is_file() {
        return Err(PictureError::NotAFile("a pipe, a socket or a device"));
    }
    if metadata.len() > limits.max_bytes {
        return Err(file_too_large(limits));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    // The file may grow while it is read.
    File::open(path)?
        .take(limits.max_bytes + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn file_too_large(limits: &Limits) -> PictureError {
    PictureError::TooManyBytes {
        what: "the file has",
        max_bytes: limits.max_bytes,
    }
}

/// The format by content, or what the content is instead.
pub(super) fn format_of(bytes: &[u8]) -> Result<ImageFormat, PictureError> {
    if bytes.is_empty() {
        return Err(PictureError::Empty);
    }
    match image::guess_format(bytes) {
        Ok(
            format @ (ImageFormat::Jpeg
            | ImageFormat::Png
            | ImageFormat::WebP
            | ImageFormat::Tiff
            | ImageFormat::Bmp),
        ) => Ok(format),
        Ok(ImageFormat::Gif) => Err(PictureError::Unsupported("GIF")),
        Ok(ImageFormat::Avif) => Err(PictureError::Unsupported("AVIF")),
        Ok(_) | Err(_) => Err(no_picture(bytes)),
    }
}

/// What `bytes` look like, for the report.
fn no_picture(bytes: &[u8]) -> PictureError {
    let heif = |brand: &[u8]| {
        [b"heic", b"heix", b"hevc", b"mif1", b"msf1"]
            .iter()
            .any(|b| *b == brand)
    };
    if bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..12).is_some_and(heif) {
        return PictureError::Unsupported("HEIC");
    }
    if bytes.starts_with(b"%PDF") {
        return PictureError::NotAPicture("it is a PDF document");
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return PictureError::NotAPicture("it is a ZIP archive");
    }
    let head = &bytes[..bytes.len().min(512)];
    if head.iter().all(|&byte| byte == 0) {
        return PictureError::NotAPicture("it starts with nothing but zeros");
    }
    let is_text = |text: &str| !text.contains(|c: char| c.is_control() && !c.is_whitespace());
    let text = match std::str::from_utf8(head) {
        Ok(text) => Some(text),
        // A character may have been cut in two at the end of the head.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    };
    if text.is_some_and(is_text) {
        PictureError::NotAPicture("it holds text")
    } else {
        PictureError::NotAPicture("its content is of no known picture format")
    }
}

/// The header alone: its size against the limits.
fn check_size(bytes: &[u8], format: ImageFormat, limits: &Limits) -> Result<(), PictureError> {
    decoder(bytes, format, limits).map(|_within_limits| ())
}

/// A decoder that has read the header and found the picture within `limits`.
pub(super) fn decoder<'a>(
    bytes: &'a [u8],
    format: ImageFormat,
    limits: &Limits,
) -> Result<impl image::ImageDecoder + use<'a>, PictureError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut decoder_limits = image::Limits::no_limits();
    decoder_limits.max_alloc = Some(limits.max_bytes);
    reader.limits(decoder_limits);
    let decoder = reader
        .into_decoder()
        .map_err(|error| refused(error, format, limits))?;
    let (width_px, height_px) = decoder.dimensions();
    let n_pixels = u64::from(width_px) * u64::from(height_px);
    if n_pixels > limits.max_pixels {
        return Err(PictureError::TooManyPixels {
            width_px,
            height_px,
            max_pixels: limits.max_pixels,
        });
    }
    // The decoded picture, and beside it its 8-bit RGB form where that is another one.
    let converted = if decoder.color_type() == image::ColorType::Rgb8 {
        0
    } else {
        n_pixels * 3
    };
    if decoder.total_bytes().saturating_add(converted) > limits.max_bytes {
        return Err(memory_too_large(limits));
    }
    Ok(decoder)
}

/// The pixels as they are stored, and what is still to be done with them.
pub(super) struct Decoded {
    pub(super) pixels: RgbImage,
    /// The colour profile, as embedded.
    profile: Option<Vec<u8>>,
    pub(super) orientation: Orientation,
}

pub(super) fn decode(
    bytes: &[u8],
    format: ImageFormat,
    limits: &Limits,
) -> Result<Decoded, PictureError> {
    let mut decoder = decoder(bytes, format, limits)?;
    // A broken EXIF block is no reason to refuse a sound picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    // Neither is a broken colour profile.
    let profile = decoder.icc_profile().ok().flatten();
    let picture =
        DynamicImage::from_decoder(decoder).map_err(|error| refused(error, format, limits))?;
    Ok(Decoded {
        pixels: pixels::to_rgb8(picture),
        profile,
        orientation,
    })
}

/// The decoder's refusal in our words.
fn refused(error: ImageError, format: ImageFormat, limits: &Limits) -> PictureError {
    let name = format_name(format);
    let detail = |error: &dyn std::error::Error| {
        let text = error
            .source()
            .map_or_else(|| error.to_string(), ToString::to_string);
        text.chars()
            .filter(|c| !c.is_control())
            .take(160)
            .collect::<String>()
    };
    match &error {
        ImageError::Limits(_) => memory_too_large(limits),
        ImageError::Unsupported(_) => PictureError::UnsupportedKind {
            format: name,
            detail: detail(&error),
        },
        ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
            PictureError::Truncated { format: name }
        }
        error => {
            let mut cause: Option<&dyn std::error::Error> = Some(error);
            while let Some(inner) = cause {
                let io = inner.downcast_ref::<std::io::Error>();
                if io.is_some_and(|io| io.kind() == std::io::ErrorKind::UnexpectedEof) {
                    return PictureError::Truncated { format: name };
                }
                cause = inner.source();
            }
            PictureError::Damaged {
                format: name,
                detail: detail(error),
            }
        }
    }
}

fn memory_too_large(limits: &Limits) -> PictureError {
    PictureError::TooManyBytes {
        what: "decoding needs",
        max_bytes: limits.max_bytes,
    }
}

/// The name in [`PictureRecord::format`].
fn short_name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Jpeg => "jpeg",
        ImageFormat::Png => "png",
        ImageFormat::WebP => "webp",
        ImageFormat::Tiff => "tiff",
        _ => "bmp",
    }
}

/// The name for a person.
pub(super) fn format_name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Png => "PNG",
        ImageFormat::WebP => "WebP",
        ImageFormat::Tiff => "TIFF",
        _ => "BMP",
    }
}

/// Pixels on the longer side of a thumbnail: a list's row at twice the usual density. More costs
/// space in every row of the database.
const THUMBNAIL_PX: u32 = 192;

/// JPEG quality of a thumbnail: no artefacts a list would show, at some 6 KB.
const THUMBNAIL_QUALITY: u8 = 80;

/// A JPEG of at most [`THUMBNAIL_PX`] a side; a smaller picture is not enlarged. `None` if it cannot be made.
fn thumbnail(pixels: &RgbImage) -> Option<Vec<u8>> {
    let (width, height) = pixels.dimensions();
    let longest = width.max(height);
    let mut bytes = Vec::new();
    let mut encoder =
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, THUMBNAIL_QUALITY);
    if longest <= THUMBNAIL_PX {
        encoder.encode_image(pixels).ok()?;
        return Some(bytes);
    }
    // The result is at most the original length, which is a u32.
    let scaled = |px: u32| {
        let px = u64::from(px) * u64::from(THUMBNAIL_PX) / u64::from(longest);
        u32::try_from(px).unwrap_or(THUMBNAIL_PX).max(1)
    };
    let to_px = [scaled(width), scaled(height)];
    let small = shrink::resize(pixels, Part::whole(pixels), to_px, Filter::Bilinear).ok()?;
    encoder.encode_image(&small).ok()?;
    Some(bytes)
}
