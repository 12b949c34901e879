//! EXIF: what a camera or a program wrote into a picture file about itself.
//!
//! Only what says something of the file's history is read. Of a place it is said that one is there and not
//! which: where somebody was is nothing that a document is judged by.

use kamadak_exif::{Context, In, Reader, Tag, Value};

/// What EXIF says; a tag that is missing, cut or empty is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exif {
    /// Maker and model of the camera.
    pub camera: Option<String>,
    /// The lens's model.
    pub lens: Option<String>,
    /// The program that wrote the file: a camera's firmware or an editor.
    pub software: Option<String>,
    /// When the picture was taken, by the camera's clock.
    pub taken: Option<String>,
    /// When it became a file.
    pub digitised: Option<String>,
    /// When the file was changed last.
    pub changed: Option<String>,
    /// Whether a place is written in it.
    pub has_place: bool,
    /// The small copy beside the picture, as a JPEG file.
    pub thumbnail: Option<Vec<u8>>,
}

/// What some programs name themselves in, instead of the usual tag.
const PROCESSING_SOFTWARE: Tag = Tag(Context::Tiff, 0x000B);

/// Characters of a text that are kept.
const MAX_CHARS: usize = 80;

impl Exif {
    /// Reads a TIFF structure, as EXIF and TIFF files are. `None` if it is none.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        // What a damaged one still says is told.
        let read = Reader::new()
            .continue_on_error(true)
            .read_raw(bytes.to_vec());
        let tags = read
            .or_else(|error| error.distill_partial_result(drop))
            .ok()?;
        let text = |tag| match &tags.get_field(tag, In::PRIMARY)?.value {
            Value::Ascii(texts) => short(&String::from_utf8_lossy(texts.first()?)),
            _ => None,
        };
        let time = |tag| text(tag).map(|time| dated(&time));
        Some(Self {
            camera: camera(text(Tag::Make), text(Tag::Model)),
            lens: text(Tag::LensModel),
            software: text(Tag::Software).or_else(|| text(PROCESSING_SOFTWARE)),
            taken: time(Tag::DateTimeOriginal),
            digitised: time(Tag::DateTimeDigitized),
            changed: time(Tag::DateTime),
            // A version alone is no place.
            has_place: tags.get_field(Tag::GPSLatitude, In::PRIMARY).is_some(),
            thumbnail: thumbnail(&tags),
        })
    }
}

/// The JPEG that the second directory names.
fn thumbnail(tags: &kamadak_exif::Exif) -> Option<Vec<u8>> {
    let number = |tag| {
        let field = tags.get_field(tag, In::THUMBNAIL)?;
        usize::try_from(field.value.get_uint(0)?).ok()
    };
    let start = number(Tag::JPEGInterchangeFormat)?;
    let end = start.checked_add(number(Tag::JPEGInterchangeFormatLength)?)?;
    let bytes = tags.buf().get(start..end)?;
    (!bytes.is_empty()).then(|| bytes.to_vec())
}

/// Makers write their name into the model too, or leave it out.
fn camera(make: Option<String>, model: Option<String>) -> Option<String> {
    match (make, model) {
        (Some(make), Some(model)) if !model.starts_with(&make) => Some(format!("{make} {model}")),
        (make, model) => model.or(make),
    }
}

/// `2024:05:01 12:00:00` as `2024-05-01 12:00:00`; anything else as it is.
fn dated(time: &str) -> String {
    match time.split_once(' ') {
        Some((day, clock)) => format!("{} {clock}", day.replace(':', "-")),
        None => time.to_owned(),
    }
}

/// At most 80 characters of a name, none of them a control character. `None` if nothing is left.
pub(super) fn short(name: &str) -> Option<String> {
    let kept = name.chars().filter(|c| !c.is_control()).take(MAX_CHARS);
    let name: String = kept.collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const MAKE: u16 = 0x010F;
    const MODEL: u16 = 0x0110;
    const SOFTWARE: u16 = 0x0131;
    const CHANGED: u16 = 0x0132;
    const THUMBNAIL_START: u16 = 0x0201;
    const THUMBNAIL_LENGTH: u16 = 0x0202;
    const CAMERAS_OWN: u16 = 0x8769;
    const PLACE: u16 = 0x8825;
    const TAKEN: u16 = 0x9003;
    const LENS: u16 = 0xA434;
    const LATITUDE: u16 = 0x0002;

    /// Tags, their kinds and values, for [`made`].
    #[derive(Default)]
    pub(crate) struct Tags<'a> {
        pub(crate) first: &'a [(u16, &'a str)],
        pub(crate) own: &'a [(u16, &'a str)],
        pub(crate) place: &'a [(u16, &'a str)],
        pub(crate) thumbnail: Option<&'a [u8]>,
    }

    /// A TIFF structure with these texts.
    pub(crate) fn made(little: bool, tags: &Tags<'_>) -> Vec<u8> {
        let mut made = Made {
            bytes: if little { b"II" } else { b"MM" }.to_vec(),
            little,
        };
        made.two(42);
        made.four(8);
        let texts = |tags: &[(u16, &str)]| -> Vec<(u16, Value)> {
            let texts = tags.iter().map(|(tag, text)| {
                let bytes = [text.as_bytes(), b"\0"].concat();
                (*tag, Value::Text(bytes))
            });
            texts.collect()
        };
        let mut first = texts(tags.first);
        for (tag, entries) in [(CAMERAS_OWN, tags.own), (PLACE, tags.place)] {
            if !entries.is_empty() {
                first.push((tag, Value::Directory(texts(entries))));
            }
        }
        let second = tags.thumbnail.map(|jpeg| {
            vec![
                (THUMBNAIL_LENGTH, Value::Number(jpeg.len())),
                (THUMBNAIL_START, Value::Block(jpeg.to_vec())),
            ]
        });
        made.directory(first, second);
        made.bytes
    }

    enum Value {
        Text(Vec<u8>),
        Number(usize),
        /// Bytes whose place is the value.
        Block(Vec<u8>),
        Directory(Vec<(u16, Value)>),
    }

    struct Made {
        bytes: Vec<u8>,
        little: bool,
    }

    impl Made {
        fn two(&mut self, n: u16) {
            let pair = if self.little {
                n.to_le_bytes()
            } else {
                n.to_be_bytes()
            };
            self.bytes.extend(pair);
        }

        fn four(&mut self, n: usize) {
            let n = n as u32;
            let four = if self.little {
                n.to_le_bytes()
            } else {
                n.to_be_bytes()
            };
            self.bytes.extend(four);
        }

        /// Says at `at` that something begins here.
        fn point(&mut self, at: usize) {
            let n_bytes = self.bytes.len();
            self.four(n_bytes);
            let four = self.bytes.split_off(n_bytes);
            self.bytes[at..at + 4].copy_from_slice(&four);
        }

        fn directory(&mut self, entries: Vec<(u16, Value)>, next: Option<Vec<(u16, Value)>>) {
            self.two(entries.len() as u16);
            let mut later = Vec::new();
            for (tag, value) in entries {
                self.two(tag);
                let (kind, n) = match &value {
                    Value::Text(text) => (2, text.len()),
                    _ => (4, 1),
                };
                self.two(kind);
                self.four(n);
                let at = self.bytes.len();
                match value {
                    Value::Number(number) => self.four(number),
                    value => {
                        self.four(0);
                        later.push((at, value));
                    }
                }
            }
            let link = self.bytes.len();
            self.four(0);
            for (at, value) in later {
                match value {
                    Value::Text(text) if text.len() <= 4 => {
                        self.bytes[at..at + text.len()].copy_from_slice(&text);
                    }
                    Value::Text(bytes) | Value::Block(bytes) => {
                        self.point(at);
                        self.bytes.extend(bytes);
                    }
                    Value::Directory(entries) => {
                        self.point(at);
                        self.directory(entries, None);
                    }
                    Value::Number(_) => {}
                }
            }
            if let Some(next) = next {
                self.point(link);
                self.directory(next, None);
            }
        }
    }

    #[test]
    fn every_tag_is_read_in_both_byte_orders_and_no_cut_panics() {
        for little in [true, false] {
            let bytes = made(
                little,
                &Tags {
                    first: &[
                        (MAKE, "Maker"),
                        (MODEL, "Maker One"),
                        (SOFTWARE, "Editor 9"),
                        (CHANGED, "2024:05:02 08:00:00"),
                    ],
                    own: &[(TAKEN, "2024:05:01 12:30:00"), (LENS, "50 mm")],
                    place: &[(LATITUDE, "48")],
                    thumbnail: Some(b"a small picture"),
                },
            );
            let exif = Exif::read(&bytes).unwrap();
            assert_eq!(
                exif,
                Exif {
                    camera: Some("Maker One".to_owned()),
                    lens: Some("50 mm".to_owned()),
                    software: Some("Editor 9".to_owned()),
                    taken: Some("2024-05-01 12:30:00".to_owned()),
                    digitised: None,
                    changed: Some("2024-05-02 08:00:00".to_owned()),
                    has_place: true,
                    thumbnail: Some(b"a small picture".to_vec()),
                }
            );
            for length in 0..bytes.len() {
                let cut = Exif::read(&bytes[..length]);
                assert_ne!(cut, Some(exif.clone()), "cut to {length} bytes");
            }
        }
        assert_eq!(Exif::read(b"no TIFF"), None);
    }

    #[test]
    fn a_camera_has_one_name() {
        let said = |make: &str, model: &str| {
            let named = |name: &str| (!name.is_empty()).then(|| name.to_owned());
            camera(named(make), named(model))
        };
        assert_eq!(said("Maker", "One").as_deref(), Some("Maker One"));
        assert_eq!(said("Maker", "Maker One").as_deref(), Some("Maker One"));
        assert_eq!(said("Maker", "").as_deref(), Some("Maker"));
        assert_eq!(said("", "One").as_deref(), Some("One"));
        assert_eq!(said("", ""), None);
    }

    #[test]
    fn a_place_without_coordinates_is_none() {
        let bytes = made(
            true,
            &Tags {
                place: &[(0x0000, "2.3")],
                ..Tags::default()
            },
        );
        assert!(!Exif::read(&bytes).unwrap().has_place);
    }
}
