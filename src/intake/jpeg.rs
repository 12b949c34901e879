//! A walk over a JPEG's segments, without decoding: how hard it was compressed, which program
//! wrote it, and whether it reaches its end.
//!
//! The decoder is lenient and fills a truncated picture with grey. A reviewer must not judge grey,
//! so the end marker is looked for here.

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

/// What the segments say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Walk {
    pub(super) facts: JpegFacts,
    /// The steps to which brightness was rounded, row by row: 8 waves across, the next 8 below.
    pub(super) steps: Option<[u16; 64]>,
    /// Whether the file holds its end marker.
    pub(super) complete: bool,
}

/// Walks `bytes`, which start with `FF D8`.
pub(super) fn walk(bytes: &[u8]) -> Walk {
    let mut facts = JpegFacts::default();
    let mut zigzag = None;
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
            DEFINE_TABLES => zigzag = zigzag.or_else(|| table(body)),
            PROGRESSIVE_FRAME => facts.progressive = true,
            APP1 => {
                let named = || software(body).or_else(|| creator_tool(body));
                facts.software = facts.software.take().or_else(named);
            }
            _ => {}
        }
        at += length;
    };
    facts.quality = zigzag.as_ref().and_then(quality);
    Walk {
        facts,
        steps: zigzag.as_ref().map(in_rows),
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

/// The IJG encoder's luminance table at quality 50, in zigzag order.
const LUMINANCE_AT_50: [u16; 64] = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
    29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81,
    87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];

/// Table 0 of a DQT segment's `body`, in zigzag order.
fn table(body: &[u8]) -> Option<[u16; 64]> {
    let (&kind, rest) = body.split_first()?;
    let mut table = [0; 64];
    match kind {
        0x00 => {
            for (step, &byte) in table.iter_mut().zip(rest.get(..64)?) {
                *step = u16::from(byte);
            }
        }
        0x10 => {
            let (pairs, _rest) = rest.get(..128)?.as_chunks::<2>();
            for (step, &pair) in table.iter_mut().zip(pairs) {
                *step = u16::from_be_bytes(pair);
            }
        }
        _ => return None,
    }
    Some(table)
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

/// The quality whose luminance table is nearest to `table`.
fn quality(table: &[u16; 64]) -> Option<u8> {
    let distance = |quality: u8| -> u64 {
        let pairs = table.iter().zip(LUMINANCE_AT_50);
        pairs
            .map(|(&step, base)| u64::from(step.abs_diff(step_at(quality, base))))
            .sum()
    };
    (1..=100).rev().min_by_key(|&quality| distance(quality))
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

/// The `CreatorTool` of an XMP segment, as an attribute or as an element.
fn creator_tool(body: &[u8]) -> Option<String> {
    let xmp = body.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0")?;
    let text = String::from_utf8_lossy(xmp);
    let (_, behind) = text.split_once("CreatorTool")?;
    let value = behind.trim_start_matches(['=', '"', '\'', '>', ' ']);
    short(value.split(['"', '\'', '<']).next()?)
}

/// At most 80 characters of a name, none of them a control character. `None` if nothing is left.
fn short(name: &str) -> Option<String> {
    let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// The `Software` tag of an EXIF segment's first directory, or its `ProcessingSoftware`.
fn software(body: &[u8]) -> Option<String> {
    let tiff = body.strip_prefix(b"Exif\0\0")?;
    let little = match tiff.get(..2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let b = tiff.get(at..at.checked_add(2)?)?;
        let pair = [b[0], b[1]];
        Some(if little {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        })
    };
    let u32_at = |at: usize| {
        let b = tiff.get(at..at.checked_add(4)?)?;
        let four = [b[0], b[1], b[2], b[3]];
        let number = if little {
            u32::from_le_bytes(four)
        } else {
            u32::from_be_bytes(four)
        };
        usize::try_from(number).ok()
    };
    let directory = u32_at(4)?;
    let n_entries = usize::from(u16_at(directory)?);
    let entry = (0..n_entries)
        .filter_map(|i| directory.checked_add(2 + 12 * i))
        .find(|&entry| matches!(u16_at(entry), Some(0x0131 | 0x000B)))?;
    let n_bytes = u32_at(entry + 4)?;
    let start = if n_bytes <= 4 {
        entry + 8
    } else {
        u32_at(entry + 8)?
    };
    let text = tiff.get(start..start.checked_add(n_bytes)?)?;
    short(&String::from_utf8_lossy(text))
}

#[cfg(test)]
mod tests {
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
    fn the_creator_tool_is_read_from_xmp() {
        let said =
            |xmp: &str| creator_tool(format!("http://ns.adobe.com/xap/1.0/\0{xmp}").as_bytes());
        let attribute = said("<x xmp:CreatorTool=\"Editor 9\" y=\"1\">");
        assert_eq!(attribute.as_deref(), Some("Editor 9"));
        let element = said("<xmp:CreatorTool>Editor 9</xmp:CreatorTool>");
        assert_eq!(element.as_deref(), Some("Editor 9"));
        assert_eq!(said("<x>"), None);
        assert_eq!(said("CreatorTool"), None);
    }

    #[test]
    fn any_cut_is_seen() {
        let bytes = jpeg(80);
        for length in 2..bytes.len() {
            assert!(!walk(&bytes[..length]).complete, "cut to {length} bytes");
        }
    }

    #[test]
    fn the_software_tag_is_read_in_both_byte_orders() {
        for little in [true, false] {
            let two = |n: u16| {
                if little {
                    n.to_le_bytes()
                } else {
                    n.to_be_bytes()
                }
            };
            let four = |n: u32| {
                if little {
                    n.to_le_bytes()
                } else {
                    n.to_be_bytes()
                }
            };
            let mut body = b"Exif\0\0".to_vec();
            body.extend(if little { b"II" } else { b"MM" });
            body.extend(two(42));
            body.extend(four(8));
            body.extend(two(1));
            body.extend(two(0x0131));
            body.extend(two(2));
            body.extend(four(10));
            body.extend(four(26));
            body.extend(four(0));
            body.extend(b"Editor 9\0\0");
            assert_eq!(software(&body).as_deref(), Some("Editor 9"));
            for length in 0..body.len() {
                // A cut tag is no tag, and never a panic.
                assert_eq!(software(&body[..length]), None);
            }
        }
    }
}
