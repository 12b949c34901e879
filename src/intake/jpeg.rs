//! A walk over a JPEG's segments, without decoding: how hard it was compressed, which program
//! wrote it, and whether it reaches its end.
//!
//! The decoder is lenient and fills a truncated picture with grey. A reviewer must not judge grey,
//! so the end marker is looked for here.

use super::exif::Exif;
use super::xmp::Xmp;

/// What a JPEG's own tables say about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JpegFacts {
    /// The quality, 1 to 100, at which the IJG encoder would have used these quantisation tables.
    /// An estimate: other encoders use other tables. `None` if the file carries no table.
    pub quality: Option<u8>,
    /// Whether the picture is stored in several passes.
    pub progressive: bool,
    /// What EXIF's `Software` or `ProcessingSoftware` says, or XMP's `CreatorTool`, at most 80 characters: a
    /// camera's firmware or an editing program.
    pub software: Option<String>,
    /// Whether the picture was saved as a JPEG more than once. `false` where that cannot be seen.
    pub is_resaved: bool,
}

/// The steps to which the waves of a block were rounded when a JPEG was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuantisationTable {
    /// The number by which colours name it; 0 is brightness.
    pub id: u8,
    /// Row by row: 8 waves across, the next 8 below.
    pub steps: [u16; 64],
}

/// What the segments say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Walk {
    pub(super) facts: JpegFacts,
    /// Every table, in the file's order.
    pub(super) tables: Vec<QuantisationTable>,
    /// Whether the table for brightness is the one that the IJG encoder would have used.
    pub(super) is_standard: bool,
    /// Whether the file holds its end marker.
    pub(super) complete: bool,
}

impl Walk {
    /// The steps of brightness.
    pub(super) fn steps(&self) -> Option<&[u16; 64]> {
        brightness(&self.tables)
    }
}

fn brightness(tables: &[QuantisationTable]) -> Option<&[u16; 64]> {
    let table = tables.iter().find(|table| table.id == 0)?;
    Some(&table.steps)
}

/// Walks `bytes`, which start with `FF D8`.
pub(super) fn walk(bytes: &[u8]) -> Walk {
    let mut facts = JpegFacts::default();
    let mut tables = Vec::new();
    let mut at = 2;
    let complete = loop {
        let Some(offset) = bytes.get(at..).and_then(next_marker) else {
            break false;
        };
        at += offset;
        let marker = bytes[at + 1];
        at += 2;
        if marker == END_OF_IMAGE {
            break true;
        }
        let Some(length) = bytes
            .get(at..at + 2)
            .map(|b| usize::from(u16::from_be_bytes([b[0], b[1]])))
        else {
            break false;
        };
        let Some(body) = bytes.get(at + 2..at + length) else {
            break false;
        };
        match marker {
            DEFINE_TABLES => tables.extend(tables_in(body)),
            PROGRESSIVE_FRAME => facts.progressive = true,
            APP1 => facts.software = facts.software.take().or_else(|| software(body)),
            _ => {}
        }
        at += length;
    };
    let nearest = brightness(&tables).and_then(quality);
    facts.quality = nearest.map(|(quality, _)| quality);
    Walk {
        facts,
        tables,
        is_standard: nearest.is_some_and(|(_, distance)| distance == 0),
        complete,
    }
}

const END_OF_IMAGE: u8 = 0xD9;
const DEFINE_TABLES: u8 = 0xDB;
const PROGRESSIVE_FRAME: u8 = 0xC2;
const APP1: u8 = 0xE1;

/// The offset of the next marker that starts a segment or ends the picture. Within compressed data
/// `FF 00` is a byte of data, `FF D0` to `FF D7` are restart points, and `FF FF` is padding.
fn next_marker(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xFF)?;
        match bytes.get(at + 1)? {
            0x00 | 0x01 | 0xD0..=0xD8 => at += 2,
            0xFF => at += 1,
            _ => return Some(at),
        }
    }
}

/// The IJG encoder's luminance table at quality 50, row by row.
const LUMINANCE_AT_50: [u16; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, //
    12, 12, 14, 19, 26, 58, 60, 55, //
    14, 13, 16, 24, 40, 57, 69, 56, //
    14, 17, 22, 29, 51, 87, 80, 62, //
    18, 22, 37, 56, 68, 109, 103, 77, //
    24, 35, 55, 64, 81, 104, 113, 92, //
    49, 64, 78, 87, 103, 121, 120, 101, //
    72, 92, 95, 98, 112, 100, 103, 99,
];

/// The tables of a DQT segment's `body`; what is cut is left out.
fn tables_in(mut body: &[u8]) -> Vec<QuantisationTable> {
    let mut tables = Vec::new();
    while let Some((&kind, rest)) = body.split_first() {
        let (precision, id) = (kind >> 4, kind & 15);
        let n_bytes = if precision == 0 { 64 } else { 128 };
        let Some((steps, behind)) = rest.split_at_checked(n_bytes) else {
            break;
        };
        let step = |i: usize| match precision {
            0 => u16::from(steps[i]),
            _ => u16::from_be_bytes([steps[2 * i], steps[2 * i + 1]]),
        };
        tables.push(QuantisationTable {
            id,
            steps: in_rows(&std::array::from_fn(step)),
        });
        body = behind;
    }
    tables
}

/// A table in zigzag order, row by row.
fn in_rows(zigzag: &[u16; 64]) -> [u16; 64] {
    let mut rows = [0; 64];
    let (mut x, mut y) = (0_usize, 0_usize);
    for &step in zigzag {
        rows[y * 8 + x] = step;
        // Up and to the right on every second diagonal, down and to the left on the others.
        if (x + y) % 2 == 0 {
            match (x, y) {
                (7, _) => y += 1,
                (_, 0) => x += 1,
                _ => (x, y) = (x + 1, y - 1),
            }
        } else {
            match (x, y) {
                (_, 7) => x += 1,
                (0, _) => y += 1,
                _ => (x, y) = (x - 1, y + 1),
            }
        }
    }
    rows
}

/// The quality whose luminance table is nearest to `table`, and how far it is from it in all its steps.
fn quality(table: &[u16; 64]) -> Option<(u8, u64)> {
    let distance = |quality: u8| -> u64 {
        let pairs = table.iter().zip(LUMINANCE_AT_50);
        pairs
            .map(|(&step, base)| u64::from(step.abs_diff(step_at(quality, base))))
            .sum()
    };
    let all = (1..=100).rev().map(|quality| (quality, distance(quality)));
    all.min_by_key(|(_, distance)| *distance)
}

/// The IJG encoder's step for a coefficient whose step at quality 50 is `base`.
fn step_at(quality: u8, base: u16) -> u16 {
    let quality = u32::from(quality);
    let percent = if quality < 50 {
        5000 / quality
    } else {
        200 - 2 * quality
    };
    let step = (u32::from(base) * percent + 50) / 100;
    // Clamped to a byte, as the encoder does; it always fits.
    u16::try_from(step.clamp(1, 255)).unwrap_or(255)
}

/// The program that an EXIF or XMP segment names.
fn software(body: &[u8]) -> Option<String> {
    if let Some(tiff) = body.strip_prefix(b"Exif\0\0") {
        return Exif::read(tiff)?.software;
    }
    Xmp::read(body.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0")?).creator_tool
}

#[cfg(test)]
mod tests {
    use super::super::exif::tests::{Tags, made};
    use super::*;

    fn jpeg(quality: u8) -> Vec<u8> {
        let picture = image::RgbImage::from_fn(40, 24, |x, y| {
            image::Rgb([(x * 6) as u8, (y * 10) as u8, (x * y) as u8])
        });
        let mut bytes = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality)
            .encode_image(&picture)
            .unwrap();
        bytes
    }

    #[test]
    fn the_quality_comes_out_as_it_went_in() {
        for quality in [20, 50, 70, 85, 92, 100] {
            let walk = walk(&jpeg(quality));
            assert!(walk.complete);
            assert_eq!(walk.facts.quality, Some(quality));
            assert!(walk.is_standard);
            assert!(!walk.facts.progressive);
        }
    }

    #[test]
    fn a_table_comes_out_row_by_row() {
        // The places of a table in the order in which a zigzag meets them.
        let order: [u16; 64] = std::array::from_fn(|i| i as u16);
        let rows = in_rows(&order);
        assert_eq!(rows[..8], [0, 1, 5, 6, 14, 15, 27, 28]);
        assert_eq!(rows[56..], [35, 36, 48, 49, 57, 58, 62, 63]);
    }

    #[test]
    fn any_cut_is_seen() {
        let bytes = jpeg(80);
        for length in 2..bytes.len() {
            assert!(!walk(&bytes[..length]).complete, "cut to {length} bytes");
        }
    }

    #[test]
    fn every_table_of_a_segment_is_read_and_a_cut_one_is_not() {
        let mut body = vec![0x00];
        body.extend([7; 64]);
        body.push(0x11);
        body.extend([1, 0].repeat(64));
        let tables = tables_in(&body);
        assert_eq!(tables.len(), 2);
        assert_eq!((tables[0].id, tables[0].steps), (0, [7; 64]));
        assert_eq!((tables[1].id, tables[1].steps), (1, [256; 64]));
        assert_eq!(tables_in(&body[..body.len() - 1]), tables[..1]);
        assert_eq!(tables_in(&body[..64]), []);
    }

    #[test]
    fn a_segment_names_its_program() {
        let tags = Tags {
            first: &[(0x0131, "Editor 9")],
            ..Tags::default()
        };
        let exif = [b"Exif\0\0".to_vec(), made(true, &tags)].concat();
        assert_eq!(software(&exif).as_deref(), Some("Editor 9"));
        let xmp = b"http://ns.adobe.com/xap/1.0/\0<x xmp:CreatorTool=\"Editor 9\">";
        assert_eq!(software(xmp).as_deref(), Some("Editor 9"));
        assert_eq!(software(b"another segment"), None);
    }
}
