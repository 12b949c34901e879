//! How good the picture of the document is: blur, glare, exposure, compression, size, colour.
//!
//! Everything here is a warning and none of it an error: a warning says how far to trust the checks,
//! and the checks are made all the same. That holds for a document without colour too. Other
//! systems refuse one and ask for another picture; but a grey copy is what the check for printed
//! copies looks for, and a request for another picture would only hide it.
//!
//! All measures are taken inside the document, on its close-up, so that they mean the same for every
//! camera.

use super::close_up::CloseUp;
use crate::case::{ErrorCode, Finding, FindingCode, Side};

/// Where a measure becomes a warning.
///
/// Set on 77 real photographs of genuine cards, in every light that a phone meets, so that each
/// warns of few of them; the shares below are of these. Moving one changes what a reviewer is told
/// and no result.
#[derive(Clone, Debug, PartialEq)]
pub struct QualityParams {
    /// `IMAGE_TOO_BLURRY` if edges are wider than this, in pixels of the close-up. None of the 77 is,
    /// and all of them are once they are blurred by a Gaussian of 3 pixels. Lower warns of pictures
    /// whose text is still easy to read: half of the 77 have edges wider than 2.2.
    pub max_edge_width_px: f64,
    /// `GLARE_ON_IMAGE` if a larger share of the document than this is burnt out: 6 % of the 77,
    /// which are. Lower warns of white areas of the document itself.
    pub max_burnt_share: f64,
    /// `POOR_IMAGE_EXPOSURE` if the document's median brightness, 0 to 255, lies below this: none
    /// of the 77, the darkest of which has 142. Higher warns of documents dark by design.
    pub min_median_level: u8,
    /// … or above this: 5 % of the 77. Lower warns of documents on white ground.
    pub max_median_level: u8,
    /// `IMAGE_IS_TOO_COMPRESSED` below this JPEG quality, 1 to 100, as the file's tables tell it.
    /// What messengers send has 66 to 75 and loses the finest texture already; higher warns of that.
    pub min_jpeg_quality: u8,
    /// `LOW_RESOLUTION` if the document's longer side has fewer pixels than this in the picture:
    /// none of the 77, the smallest of which has 560. Higher warns of more pictures whose texture
    /// the checks still see.
    pub min_long_side_px: f64,
    /// `DOCUMENT_IS_COLORLESS` if nine tenths of the document's area differ in colour from its
    /// median by less than this, in levels of 0 to 255: none of the 77, the least coloured of which
    /// has 11, and three quarters of 217 grey copies. Higher warns of documents of one colour.
    pub min_colour_spread: f64,
}

impl Default for QualityParams {
    fn default() -> Self {
        Self {
            max_edge_width_px: 3.1,
            max_burnt_share: 0.1,
            min_median_level: 50,
            max_median_level: 245,
            min_jpeg_quality: 50,
            min_long_side_px: 500.0,
            min_colour_spread: 9.0,
        }
    }
}

/// What was measured in one document.
#[derive(Clone, Debug, PartialEq)]
pub struct Measures {
    /// How many pixels of the close-up it takes a strong edge to rise, 1 to 4. `None` if the document
    /// shows no strong edge at all.
    pub edge_width_px: Option<f64>,
    /// The share of the document in burnt-out blocks, 0 to 1.
    pub burnt_share: f64,
    /// The median brightness, 0 to 255.
    pub median_level: u8,
    /// The longer side of the document in pixels of the picture.
    pub long_side_px: f64,
    /// The 90th percentile of the distance from the median colour, in levels of 0 to 255.
    pub colour_spread: f64,
    /// The JPEG quality. `None` if the picture came as no JPEG.
    pub jpeg_quality: Option<u8>,
}

/// Measures the document that `close_up` shows.
#[must_use]
pub fn measure(close_up: &CloseUp, jpeg_quality: Option<u8>) -> Measures {
    let copy = Copy::of(close_up);
    let levels = copy.levels();
    let histogram = histogram_of(&copy, &levels);
    Measures {
        edge_width_px: edge_width_px(&copy, &levels, &histogram),
        burnt_share: burnt_share(&copy),
        median_level: u8::try_from(histogram.percentile(50).unwrap_or(0)).unwrap_or(255),
        long_side_px: close_up.long_side_px,
        colour_spread: colour_spread(&copy),
        jpeg_quality,
    }
}

/// The warnings that `measures` call for.
#[must_use]
pub fn findings(measures: &Measures, side: Side, params: &QualityParams) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut warn = |holds: bool, code: FindingCode, message: String| {
        if holds {
            findings.push(Finding {
                code,
                side: Some(side),
                message,
            });
        }
    };
    if let Some(width) = measures.edge_width_px {
        let message = format!("Edges are {width:.1} pixels wide; in a sharp picture they have 2");
        warn(
            width > params.max_edge_width_px,
            FindingCode::ImageTooBlurry,
            message,
        );
    } else {
        let message = "The document shows no sharp edge at all".to_owned();
        warn(true, FindingCode::ImageTooBlurry, message);
    }
    let message = format!(
        "{:.0} % of the document is burnt out",
        measures.burnt_share * 100.0
    );
    warn(
        measures.burnt_share > params.max_burnt_share,
        FindingCode::GlareOnImage,
        message,
    );
    let level = measures.median_level;
    let dark = level < params.min_median_level;
    let word = if dark { "dark" } else { "bright" };
    let message = format!("The document is very {word}: its median brightness is {level} of 255");
    let exposed = !dark && level <= params.max_median_level;
    warn(!exposed, FindingCode::PoorImageExposure, message);
    if let Some(quality) = measures.jpeg_quality {
        let message = format!("The JPEG was saved at a quality of about {quality} of 100");
        warn(
            quality < params.min_jpeg_quality,
            FindingCode::ImageIsTooCompressed,
            message,
        );
    }
    let long = measures.long_side_px;
    let message = format!("The document is {long:.0} pixels long in the picture");
    warn(
        long < params.min_long_side_px,
        FindingCode::LowResolution,
        message,
    );
    let colourless = FindingCode::Other(ErrorCode::DocumentIsColorless.code().to_owned());
    let message = "The document shows no colour; printed copies often show none".to_owned();
    warn(
        measures.colour_spread < params.min_colour_spread,
        colourless,
        message,
    );
    findings
}

/// A close-up's pixels, and which of them show the document.
struct Copy<'a> {
    /// Red, green and blue, row by row.
    pixels: &'a [[u8; 3]],
    /// Whether the document lies there.
    inside: Vec<bool>,
    width: usize,
    height: usize,
}

impl<'a> Copy<'a> {
    fn of(close_up: &'a CloseUp) -> Self {
        let (width, height) = close_up.pixels.dimensions();
        let (width, height) = (width as usize, height as usize);
        let mut inside = vec![false; width * height];
        for (y, row) in inside.chunks_exact_mut(width).enumerate() {
            if let Some([from, to]) = span(&close_up.document.0, y as f64 + 0.5) {
                // The conversions keep within the row.
                let from = ((from - 0.5).ceil().max(0.0) as usize).min(width);
                let to = ((to - 0.5).floor() + 1.0).max(0.0) as usize;
                row[from..to.clamp(from, width)].fill(true);
            }
        }
        let (pixels, _rest) = close_up.pixels.as_raw().as_chunks::<3>();
        Self {
            pixels,
            inside,
            width,
            height,
        }
    }

    /// Brightness, 0 to 255, by the weights of BT.601.
    fn levels(&self) -> Vec<u8> {
        let level = |&[r, g, b]: &[u8; 3]| {
            let sum = 77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b) + 128;
            // The weights add up to 256, so the sum fits a byte.
            u8::try_from(sum >> 8).unwrap_or(255)
        };
        self.pixels.iter().map(level).collect()
    }
}

/// Where a line across at height `y` runs through a convex quad: from and to. `None` if it misses.
fn span(corners: &[[f64; 2]; 4], y: f64) -> Option<[f64; 2]> {
    let crossing = |i: usize| {
        let ([x0, y0], [x1, y1]) = (corners[i], corners[(i + 1) % 4]);
        ((y0 <= y) != (y1 <= y)).then(|| x0 + (x1 - x0) * (y - y0) / (y1 - y0))
    };
    let crossings = (0..4).filter_map(crossing);
    crossings.fold(None, |span, x| {
        let [from, to] = span.unwrap_or([x, x]);
        Some([x.min(from), x.max(to)])
    })
}

/// An edge is strong if it rises over four pixels by this share of the document's own range of
/// brightness, so that a dark picture has strong edges too…
const STRONG_EDGE_SHARE: f64 = 0.22;
/// … and by at least this many levels, which noise does not.
const STRONG_EDGE_MIN: f64 = 12.0;
/// As few strong edges as this say nothing, as a share of the document's pixels.
const MIN_EDGES_SHARE: f64 = 0.001;

/// The width of the strong edges: over four pixels, the whole rise divided by its steepest step.
/// 1 for a step, 4 for a ramp. The median over the edges, across and down alike.
fn edge_width_px(copy: &Copy<'_>, levels: &[u8], histogram: &Histogram<256>) -> Option<f64> {
    let [dark, light] = [5, 95].map(|percent| histogram.percentile(percent).unwrap_or(0) as f64);
    let strong = (STRONG_EDGE_SHARE * (light - dark)).max(STRONG_EDGE_MIN);
    let mut widths = Histogram::<61>::default();
    let mut look = |at: usize, step: usize| {
        let rise = levels[at + 4 * step].abs_diff(levels[at]);
        // Nearly every place ends here.
        if f64::from(rise) < strong || !copy.inside[at] || !copy.inside[at + 4 * step] {
            return;
        }
        // At least a quarter of the rise, which is no 0.
        let steps = (0..4).map(|i| levels[at + (i + 1) * step].abs_diff(levels[at + i * step]));
        let steepest = steps.max().unwrap_or(rise);
        // In twentieths of a pixel above one; a steeper step than the whole rise is noise.
        let width = f64::from(rise) / f64::from(steepest);
        widths.add(((width - 1.0).max(0.0) * 20.0) as usize);
    };
    for y in 0..copy.height {
        for x in 0..copy.width {
            let at = y * copy.width + x;
            if x + 4 < copy.width {
                look(at, 1);
            }
            if y + 4 < copy.height {
                look(at, copy.width);
            }
        }
    }
    let n_inside = copy.inside.iter().filter(|&&inside| inside).count();
    if (widths.n as f64) < MIN_EDGES_SHARE * n_inside as f64 {
        return None;
    }
    Some(1.0 + widths.percentile(50)? as f64 / 20.0)
}

/// A block of this many pixels a side is burnt out if every pixel of it is.
const BLOCK_PX: usize = 8;
/// A pixel is burnt out if its darkest channel is at least this.
const BURNT_LEVEL: u8 = 250;

fn burnt_share(copy: &Copy<'_>) -> f64 {
    let (mut n_blocks, mut n_burnt) = (0_u32, 0_u32);
    for top in (0..copy.height.saturating_sub(BLOCK_PX - 1)).step_by(BLOCK_PX) {
        for left in (0..copy.width.saturating_sub(BLOCK_PX - 1)).step_by(BLOCK_PX) {
            let mut block = (top..top + BLOCK_PX)
                .flat_map(|y| (left..left + BLOCK_PX).map(move |x| y * copy.width + x));
            if !block.clone().all(|at| copy.inside[at]) {
                continue;
            }
            n_blocks += 1;
            n_burnt += u32::from(block.all(|at| copy.pixels[at].iter().all(|&c| c >= BURNT_LEVEL)));
        }
    }
    f64::from(n_burnt) / f64::from(n_blocks.max(1))
}

/// The brightness of the document's pixels.
fn histogram_of(copy: &Copy<'_>, levels: &[u8]) -> Histogram<256> {
    let mut histogram = Histogram::default();
    let inside = levels.iter().zip(&copy.inside);
    inside
        .filter(|(_, inside)| **inside)
        .for_each(|(&level, _)| histogram.add(usize::from(level)));
    histogram
}

/// How far the document's colours lie apart. Light that tints everything moves the median too, so
/// a grey copy under a warm lamp stays grey.
fn colour_spread(copy: &Copy<'_>) -> f64 {
    // Red and blue against brightness, from −255 to 255, moved to start at 0.
    let chroma = |&[r, g, b]: &[u8; 3]| {
        let [r, g, b] = [r, g, b].map(i32::from);
        let level = (77 * r + 150 * g + 29 * b + 128) >> 8;
        [r - level, b - level]
    };
    // Every second pixel across and down shows the colours as well as all of them do.
    let rows = || {
        copy.pixels
            .chunks_exact(copy.width)
            .zip(copy.inside.chunks_exact(copy.width))
    };
    let inside = rows()
        .step_by(2)
        .flat_map(|(row, inside)| row.iter().zip(inside).step_by(2));
    let chromas: Vec<[i32; 2]> = inside
        .filter(|(_, inside)| **inside)
        .map(|(pixel, _)| chroma(pixel))
        .collect();
    let median = |axis: usize| {
        let mut histogram = Histogram::<512>::default();
        for chroma in &chromas {
            histogram.add(usize::try_from(chroma[axis] + 255).unwrap_or(0));
        }
        histogram.percentile(50).unwrap_or(255) as f64 - 255.0
    };
    let [red, blue] = [median(0), median(1)];
    let mut distances = Histogram::<1500>::default();
    for [r, b] in chromas.iter().map(|chroma| chroma.map(f64::from)) {
        let squared = (r - red) * (r - red) + (b - blue) * (b - blue);
        distances.add((squared.sqrt() * 2.0) as usize);
    }
    distances.percentile(90).unwrap_or(0) as f64 / 2.0
}

/// Counts of small whole numbers; larger ones count as the largest.
struct Histogram<const N: usize> {
    counts: [u32; N],
    n: u32,
}

impl<const N: usize> Default for Histogram<N> {
    fn default() -> Self {
        Self {
            counts: [0; N],
            n: 0,
        }
    }
}

impl<const N: usize> Histogram<N> {
    fn add(&mut self, value: usize) {
        self.counts[value.min(N - 1)] += 1;
        self.n += 1;
    }

    /// The smallest value that `percent` of the counts do not exceed. `None` without counts.
    fn percentile(&self, percent: u32) -> Option<usize> {
        let wanted = u64::from(self.n) * u64::from(percent);
        let mut sum = 0;
        (0..N).find(|&value| {
            sum += u64::from(self.counts[value]) * 100;
            self.n > 0 && sum >= wanted
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Quad;
    use image::{Rgb, RgbImage};

    /// A card of 800 by 500 pixels with coloured stripes, on grey, at (100, 100).
    fn card() -> (RgbImage, Quad) {
        let stripes = [[210, 60, 60], [230, 230, 220], [40, 80, 190]];
        let picture = RgbImage::from_fn(1000, 700, |x, y| {
            let inside = (100..900).contains(&x) && (100..600).contains(&y);
            let stripe = stripes[((x / 16 + y / 16) % 3) as usize];
            Rgb(if inside { stripe } else { [128; 3] })
        });
        (
            picture,
            Quad([
                [100.0, 100.0],
                [900.0, 100.0],
                [900.0, 600.0],
                [100.0, 600.0],
            ]),
        )
    }

    fn warnings(picture: &RgbImage, document: &Quad, jpeg_quality: Option<u8>) -> Vec<String> {
        let measures = measure(&CloseUp::of(picture, document).unwrap(), jpeg_quality);
        let findings = findings(&measures, Side::Front, &QualityParams::default());
        assert!(findings.iter().all(|finding| !finding.message.is_empty()));
        findings.iter().map(|finding| finding.code.code()).collect()
    }

    #[test]
    fn a_good_picture_has_no_warnings_and_each_fault_has_its_own() {
        let (good, document) = card();
        let check = |change: &dyn Fn(Rgb<u8>) -> [u8; 3], expected: &[&str]| {
            let mut picture = good.clone();
            picture
                .pixels_mut()
                .for_each(|pixel| pixel.0 = change(*pixel));
            assert_eq!(warnings(&picture, &document, Some(90)), expected);
        };
        check(&|pixel| pixel.0, &[]);
        check(&|pixel| pixel.0.map(|c| c / 5), &["POOR_IMAGE_EXPOSURE"]);
        let grey = |pixel: Rgb<u8>| [((u16::from(pixel[0]) + u16::from(pixel[2])) / 2) as u8; 3];
        check(&grey, &["DOCUMENT_IS_COLORLESS"]);
        // Warm light on a grey copy: everything is tinted, and nothing differs from the rest.
        check(
            &|pixel| {
                [
                    grey(pixel)[0],
                    grey(pixel)[0],
                    grey(pixel)[0].saturating_sub(6),
                ]
            },
            &["DOCUMENT_IS_COLORLESS"],
        );
        assert_eq!(
            warnings(&good, &document, Some(49)),
            ["IMAGE_IS_TOO_COMPRESSED"]
        );
        assert_eq!(warnings(&good, &document, None), [""; 0]);

        let blurred = image::imageops::fast_blur(&good, 4.0);
        assert_eq!(warnings(&blurred, &document, None), ["IMAGE_TOO_BLURRY"]);
        let mut burnt = good.clone();
        for (x, y) in (200..500).flat_map(|x| (200..500).map(move |y| (x, y))) {
            burnt.put_pixel(x, y, Rgb([255; 3]));
        }
        assert_eq!(warnings(&burnt, &document, None), ["GLARE_ON_IMAGE"]);
        let white = RgbImage::from_pixel(1000, 700, Rgb([252; 3]));
        let all = ["IMAGE_TOO_BLURRY", "GLARE_ON_IMAGE", "POOR_IMAGE_EXPOSURE"];
        assert_eq!(warnings(&white, &document, None)[..3], all);
        let small = Quad([
            [100.0, 100.0],
            [500.0, 100.0],
            [500.0, 350.0],
            [100.0, 350.0],
        ]);
        assert_eq!(warnings(&good, &small, None), ["LOW_RESOLUTION"]);
    }

    #[test]
    fn an_edge_is_as_wide_as_it_rises_slowly() {
        let width_of = |levels: [u8; 5]| {
            // Up by these levels, flat, down by them, flat.
            let picture = RgbImage::from_fn(500, 300, |x, _| {
                let at = (x % 20).min(4);
                let at = if x % 40 < 20 { at } else { 4 - at };
                Rgb([levels[at as usize]; 3])
            });
            let close_up = CloseUp::of(&picture, &Quad::whole(500, 300)).unwrap();
            measure(&close_up, None).edge_width_px.unwrap()
        };
        let (step, ramp) = (
            width_of([0, 0, 200, 200, 200]),
            width_of([0, 50, 100, 150, 200]),
        );
        // A window on a part of the ramp sees less of it: 1, 2, 3, 4, 3, 2, 1.
        assert_eq!((step, ramp), (1.0, 2.0));
    }
}
