//! What a picture file says of itself beside its pixels, for a person who asks.
//!
//! It takes as long as decoding the picture: a job's work. Nothing here moves a probability.

use image::{ImageDecoder as _, ImageFormat, RgbImage};

use super::exif::Exif;
use super::jpeg::{self, JpegFacts, QuantisationTable};
use super::picture::{
    Decoded, Limits, PictureError, decode, decoder, format_name, format_of, jpeg_facts,
};
use super::xmp::Xmp;
use crate::shrink::{self, Filter, Part};

/// What a file says of itself.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// `JPEG`, `PNG`, `WebP`, `TIFF` or `BMP`.
    pub format: &'static str,
    /// Width and height as stored.
    pub stored_px: [u32; 2],
    /// Whether the picture is to be turned or mirrored before it is looked at.
    pub is_turned: bool,
    /// Whether a colour profile is embedded.
    pub has_profile: bool,
    /// What EXIF says. `None` if there is none.
    pub exif: Option<Exif>,
    /// What XMP says. `None` if there is none.
    pub xmp: Option<Xmp>,
    /// The small copy in the file beside the picture. `None` if there is none that can be read.
    pub thumbnail: Option<Thumbnail>,
    /// How a JPEG was compressed. `None` for other formats.
    pub jpeg: Option<Compression>,
}

/// How a JPEG was compressed.
#[derive(Clone, Debug)]
pub struct Compression {
    /// Quality, passes, and whether it was saved more than once.
    pub facts: JpegFacts,
    /// Every quantisation table.
    pub tables: Vec<QuantisationTable>,
    /// Whether the table for brightness is just the one that the IJG encoder would have used at that quality;
    /// many cameras and some editors have tables of their own.
    pub is_standard: bool,
}

/// A small copy that cameras put beside the picture, and that an editor may have left as it was.
#[derive(Clone, Debug)]
pub struct Thumbnail {
    /// The copy without the bars that fill its frame.
    pub pixels: RgbImage,
    /// The picture itself, as stored, at the same size.
    pub of_picture: RgbImage,
    /// Whether they show different things.
    pub differs: bool,
}

/// Reads what the file in `bytes` says of itself.
///
/// # Errors
///
/// [`PictureError`] if there is no picture in `bytes` within `limits`.
pub fn metadata(bytes: &[u8], limits: &Limits) -> Result<Metadata, PictureError> {
    let format = format_of(bytes)?;
    let mut head = decoder(bytes, format, limits)?;
    // A broken block is no reason to refuse a sound picture.
    let block = match format {
        ImageFormat::Tiff => None,
        _ => head.exif_metadata().ok().flatten(),
    };
    let exif = match &block {
        Some(block) => Exif::read(block),
        // The tags of a TIFF file are its own.
        None => Exif::read(bytes),
    };
    let xmp = head.xmp_metadata().ok().flatten();
    let has_profile = head.icc_profile().ok().flatten().is_some();
    drop(head);
    let Decoded {
        pixels,
        orientation,
        ..
    } = decode(bytes, format, limits)?;
    let embedded = exif.as_ref().and_then(|exif| exif.thumbnail.as_deref());
    Ok(Metadata {
        format: format_name(format),
        stored_px: [pixels.width(), pixels.height()],
        is_turned: orientation != image::metadata::Orientation::NoTransforms,
        has_profile,
        thumbnail: embedded.and_then(|bytes| compare(bytes, &pixels)),
        xmp: xmp.map(|xmp| Xmp::read(&xmp)),
        jpeg: (format == ImageFormat::Jpeg).then(|| {
            let walk = jpeg::walk(bytes);
            Compression {
                tables: walk.tables.clone(),
                is_standard: walk.is_standard,
                facts: jpeg_facts(walk, &pixels),
            }
        }),
        exif,
    })
}

/// A thumbnail of more is none.
const THUMBNAIL_LIMITS: Limits = Limits {
    max_pixels: 1 << 20,
    max_bytes: 16 << 20,
};
/// Fields along each side in which the two are compared: coarse, because cameras sharpen and shift their thumbnails.
const N_FIELDS: u32 = 8;
/// Levels by which a field may differ once brightness and contrast are the same. Chosen by reason: a portrait or
/// a line of text that is another one moves a field by more, compression by a few. No real pictures with thumbnails
/// were at hand to count on.
const MAX_DIFFERENCE: f64 = 24.0;

/// `None` if the embedded copy cannot be read.
fn compare(embedded: &[u8], picture: &RgbImage) -> Option<Thumbnail> {
    let format = format_of(embedded).ok()?;
    let copy = decode(embedded, format, &THUMBNAIL_LIMITS).ok()?.pixels;
    let part = without_bars(&copy, picture);
    let size_px = part.size_px.map(|side| (side.round() as u32).max(1));
    let pixels = shrink::resize(&copy, part, size_px, Filter::Box).ok()?;
    let of_picture = shrink::resize(picture, Part::whole(picture), size_px, Filter::Box).ok()?;
    let differs = difference(&pixels, &of_picture)? > MAX_DIFFERENCE;
    Some(Thumbnail {
        pixels,
        of_picture,
        differs,
    })
}

/// The part of a copy that has the picture's shape: its frame is 4 to 3 whatever the picture's, and the rest
/// is black bars.
fn without_bars(copy: &RgbImage, picture: &RgbImage) -> Part {
    let [width, height] = [copy.width(), copy.height()].map(f64::from);
    let shape = f64::from(picture.width()) / f64::from(picture.height());
    let size_px = [width.min(height * shape), height.min(width / shape)];
    Part {
        origin_px: [(width - size_px[0]) / 2.0, (height - size_px[1]) / 2.0],
        size_px,
    }
}

/// The largest difference of any field, in levels, after the copy's brightness and contrast were made those of
/// the picture. `None` if a picture has no pixels.
fn difference(copy: &RgbImage, picture: &RgbImage) -> Option<f64> {
    let fields = |picture: &RgbImage| -> Option<Vec<f64>> {
        let part = Part::whole(picture);
        let small = shrink::resize(picture, part, [N_FIELDS; 2], Filter::Box).ok()?;
        let grey = small.pixels().map(|pixel| {
            let [r, g, b] = pixel.0.map(f64::from);
            0.299 * r + 0.587 * g + 0.114 * b
        });
        Some(grey.collect())
    };
    let (copy, picture) = (fields(copy)?, fields(picture)?);
    let n = copy.len() as f64;
    let mean = |fields: &[f64]| fields.iter().sum::<f64>() / n;
    let (copy_mean, picture_mean) = (mean(&copy), mean(&picture));
    let pairs = || {
        let pairs = copy.iter().zip(&picture);
        pairs.map(|(a, b)| (a - copy_mean, b - picture_mean))
    };
    let spread: f64 = pairs().map(|(a, _)| a * a).sum();
    let together: f64 = pairs().map(|(a, b)| a * b).sum();
    // A contrast that is turned over is another picture.
    let gain = if spread > 0.0 {
        (together / spread).clamp(0.5, 2.0)
    } else {
        1.0
    };
    pairs()
        .map(|(a, b)| (a * gain - b).abs())
        .max_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::super::exif::tests::{Tags, made};
    use super::*;

    fn jpeg_of(picture: &RgbImage, quality: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality)
            .encode_image(picture)
            .unwrap();
        bytes
    }

    /// A card on a table, with the portrait at the left or at the right.
    fn card([width, height]: [u32; 2], portrait_at: f32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
            let on_card = (0.1..0.9).contains(&u) && (0.1..0.9).contains(&v);
            let on_portrait =
                (portrait_at..portrait_at + 0.2).contains(&u) && (0.3..0.8).contains(&v);
            image::Rgb(match (on_portrait, on_card) {
                (true, _) => [70, 80, 90],
                (false, true) => [210, 220, 200],
                (false, false) => [110, 90, 80],
            })
        })
    }

    /// A JPEG with an EXIF block in front.
    fn with_exif(picture: &RgbImage, tags: &Tags<'_>) -> Vec<u8> {
        let jpeg = jpeg_of(picture, 90);
        let block = [b"Exif\0\0".to_vec(), made(true, tags)].concat();
        let length = u16::try_from(block.len() + 2).unwrap().to_be_bytes();
        [&jpeg[..2], &[0xFF, 0xE1], &length, &block, &jpeg[2..]].concat()
    }

    fn read(bytes: &[u8]) -> Metadata {
        metadata(bytes, &Limits::default()).unwrap()
    }

    #[test]
    fn a_thumbnail_of_the_picture_is_the_same_and_one_of_another_differs() {
        let picture = card([640, 400], 0.15);
        for (portrait_at, differs) in [(0.15, false), (0.65, true)] {
            let small = jpeg_of(&card([160, 100], portrait_at), 60);
            let tags = Tags {
                thumbnail: Some(&small),
                ..Tags::default()
            };
            let thumbnail = read(&with_exif(&picture, &tags)).thumbnail.unwrap();
            assert_eq!(thumbnail.differs, differs, "portrait at {portrait_at}");
            assert_eq!(thumbnail.pixels.dimensions(), (160, 100));
            assert_eq!(thumbnail.of_picture.dimensions(), (160, 100));
        }
    }

    #[test]
    fn bars_and_another_brightness_make_no_difference() {
        let picture = card([640, 360], 0.15);
        let small = card([160, 90], 0.15);
        let framed = RgbImage::from_fn(160, 120, |x, y| match (15..105).contains(&y) {
            true => image::Rgb(small.get_pixel(x, y - 15).0.map(|level| level / 2 + 60)),
            false => image::Rgb([0; 3]),
        });
        let framed = jpeg_of(&framed, 60);
        let tags = Tags {
            thumbnail: Some(&framed),
            ..Tags::default()
        };
        let thumbnail = read(&with_exif(&picture, &tags)).thumbnail.unwrap();
        assert!(!thumbnail.differs);
        assert_eq!(thumbnail.pixels.dimensions(), (160, 90));
    }

    #[test]
    fn a_thumbnail_that_cannot_be_read_is_none() {
        let tags = Tags {
            first: &[(0x0131, "Editor 9")],
            thumbnail: Some(b"no picture"),
            ..Tags::default()
        };
        let read = read(&with_exif(&card([64, 40], 0.2), &tags));
        assert!(read.thumbnail.is_none());
        let software = read.exif.and_then(|exif| exif.software);
        assert_eq!(software.as_deref(), Some("Editor 9"));
    }

    #[test]
    fn the_tables_are_those_of_the_encoder() {
        let jpeg = read(&jpeg_of(&card([64, 40], 0.2), 75)).jpeg.unwrap();
        assert_eq!(jpeg.facts.quality, Some(75));
        assert!(jpeg.is_standard);
        assert_eq!(jpeg.tables.len(), 2);
        assert_eq!(jpeg.tables[0].steps[..3], [8, 6, 5]);
    }

    #[test]
    fn other_formats_say_what_they_have() {
        for (format, name) in [
            (ImageFormat::Png, "PNG"),
            (ImageFormat::Tiff, "TIFF"),
            (ImageFormat::Bmp, "BMP"),
            (ImageFormat::WebP, "WebP"),
        ] {
            let mut bytes = std::io::Cursor::new(Vec::new());
            card([64, 40], 0.2).write_to(&mut bytes, format).unwrap();
            let read = read(&bytes.into_inner());
            assert_eq!((read.format, read.stored_px), (name, [64, 40]));
            assert!(read.jpeg.is_none() && read.thumbnail.is_none());
        }
    }
}
