//! Marks that a file's history leaves and that a person should know of. They speak of the file and not of the
//! document, and no probability depends on them.
//!
//! How often each is right and wrong is measured by `models/training/edits/marks.py` and stands in the card of
//! the model `edits`, together with the marks that were tried and told nothing.

use image::RgbImage;

use crate::case::{Finding, FindingCode, Side};
use crate::intake::{JpegFacts, Picture};

/// Programs that change pixels, as they name themselves in a file. Phones write their own names, and viewers
/// theirs when they turn a picture: neither is here.
const EDITORS: [(&str, &str); 35] = [
    ("photoshop", "Photoshop"),
    ("lightroom", "Lightroom"),
    ("gimp", "GIMP"),
    ("affinity", "Affinity"),
    ("pixelmator", "Pixelmator"),
    ("paint.net", "Paint.NET"),
    ("paintshop", "PaintShop"),
    ("corel", "Corel"),
    ("krita", "Krita"),
    ("snapseed", "Snapseed"),
    ("picsart", "PicsArt"),
    ("facetune", "Facetune"),
    ("canva", "Canva"),
    ("photopea", "Photopea"),
    ("pixlr", "Pixlr"),
    ("fotor", "Fotor"),
    ("meitu", "Meitu"),
    ("vsco", "VSCO"),
    ("faceapp", "FaceApp"),
    ("remini", "Remini"),
    ("airbrush", "AirBrush"),
    ("youcam", "YouCam"),
    ("photoscape", "PhotoScape"),
    ("acdsee", "ACDSee"),
    ("darktable", "darktable"),
    ("rawtherapee", "RawTherapee"),
    ("capture one", "Capture One"),
    ("luminar", "Luminar"),
    ("polarr", "Polarr"),
    ("befunky", "BeFunky"),
    ("imagemagick", "ImageMagick"),
    ("inkscape", "Inkscape"),
    ("stable diffusion", "Stable Diffusion"),
    ("midjourney", "Midjourney"),
    ("dall-e", "DALL-E"),
];

/// What the file's history says.
#[must_use]
pub fn findings(picture: &Picture, side: Side) -> Vec<Finding> {
    let jpeg = picture.jpeg.as_ref();
    let editor = jpeg.and_then(editor).map(|name| {
        let message = format!("The file passed through {name}, a program that changes pictures");
        (FindingCode::EditingSoftware, message)
    });
    let again = jpeg.is_some_and(|jpeg| jpeg.is_resaved).then(|| {
        let message = "The picture was saved as a JPEG more than once; messengers do that too";
        (FindingCode::SavedMoreThanOnce, message.to_owned())
    });
    let bar = has_status_bar(&picture.pixels).then(|| {
        let message = "The picture has a status bar along its top, as a grab of a screen has";
        (FindingCode::StatusBar, message.to_owned())
    });
    let found = [editor, again, bar].into_iter().flatten();
    found
        .map(|(code, message)| Finding {
            code,
            side: Some(side),
            message,
        })
        .collect()
}

/// The editor that the file names, by the name that people know it by.
fn editor(jpeg: &JpegFacts) -> Option<&'static str> {
    let named = jpeg.software.as_ref()?.to_lowercase();
    let mut editors = EDITORS.iter();
    editors
        .find(|(word, _)| named.contains(word))
        .map(|(_, name)| *name)
}

/// A band is even if so large a share of it lies within [`NEAR`] levels of its ground…
const MIN_EVEN: f64 = 0.85;
/// … in all three channels.
const NEAR: u8 = 2;
/// So large a share of the band's pixels must equal the pixel beside it: a photograph has grain.
const MIN_SAME: f64 = 0.85;
/// Clock and signs cover some of the band: so large a share of it lies further than [`FAR`] from its ground.
const INK: std::ops::RangeInclusive<f64> = 0.005..=0.10;
const FAR: u8 = 60;

/// Whether the band along the top is that of a screen: one even colour without grain, and small signs on it.
fn has_status_bar(picture: &RgbImage) -> bool {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let n_rows = (height / 30).max(width / 45).max(16).min(height);
    let n_pixels = width * n_rows;
    if width < 2 || n_rows == 0 {
        return false;
    }
    let (band, _rest) = picture.as_raw()[..n_pixels * 3].as_chunks::<3>();
    let ground: [u8; 3] = std::array::from_fn(|channel| median(band, channel));
    let distance = |pixel: &[u8; 3]| {
        let apart = pixel
            .iter()
            .zip(&ground)
            .map(|(level, ground)| level.abs_diff(*ground));
        apart.max().unwrap_or(0)
    };
    let share = |count: usize, of: usize| count as f64 / of as f64;
    let even = share(
        band.iter().filter(|pixel| distance(pixel) <= NEAR).count(),
        n_pixels,
    );
    // Here nearly every photograph ends.
    if even < MIN_EVEN {
        return false;
    }
    let ink = share(
        band.iter().filter(|pixel| distance(pixel) > FAR).count(),
        n_pixels,
    );
    let n_same: usize = band
        .chunks_exact(width)
        .map(|row| row.windows(2).filter(|pair| pair[0] == pair[1]).count())
        .sum();
    let same = share(n_same, (width - 1) * n_rows);
    same >= MIN_SAME && INK.contains(&ink)
}

fn median(pixels: &[[u8; 3]], channel: usize) -> u8 {
    let mut counts = [0_usize; 256];
    for pixel in pixels {
        counts[usize::from(pixel[channel])] += 1;
    }
    let mut sum = 0;
    let reaches = |&level: &u8| {
        sum += counts[usize::from(level)];
        sum * 2 >= pixels.len()
    };
    (0..=255).find(reaches).unwrap_or(255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_bar_is_even_without_grain_and_has_signs() {
        let grab = |noise: u8, sign_px: u32| {
            let mut state = 1_u32;
            RgbImage::from_fn(400, 800, |x, y| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = if noise == 0 {
                    0
                } else {
                    (state >> 24) as u8 % noise
                };
                let is_sign = y > 6 && y < 16 && x > 10 && x < 10 + sign_px;
                let level = if is_sign { 20 } else { 240 };
                image::Rgb([level + noise; 3])
            })
        };
        assert!(has_status_bar(&grab(0, 50)));
        assert!(!has_status_bar(&grab(0, 0)), "an even sky has no signs");
        assert!(!has_status_bar(&grab(8, 50)), "a wall has grain");
        assert!(
            !has_status_bar(&grab(0, 300)),
            "a dark picture with a bright edge"
        );
        assert!(!has_status_bar(&RgbImage::new(1, 1)));
    }

    #[test]
    fn an_editor_is_known_by_its_name_and_a_phone_is_none() {
        let said = |software: &str| {
            editor(&JpegFacts {
                software: Some(software.to_owned()),
                ..JpegFacts::default()
            })
        };
        assert_eq!(said("Adobe Photoshop 25.0 (Windows)"), Some("Photoshop"));
        assert_eq!(said("GIMP 2.10.34"), Some("GIMP"));
        assert_eq!(said("HDR+ 1.0.540104767zd"), None);
        assert_eq!(said("A536BXXU7CWC1"), None);
        assert_eq!(said("Microsoft Windows Photo Viewer"), None);
    }
}
