//! EXIF: what a camera or a program wrote into a picture file about itself.
//!
//! Only what says something of the file's history is read. Of a place it is said that one is there and not
//! which: where somebody was is nothing that a document is judged by. Offsets come from the file and are
//! believed only as far as the bytes go.

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

const PROCESSING_SOFTWARE: u16 = 0x000B;
const MAKE: u16 = 0x010F;
const MODEL: u16 = 0x0110;
const SOFTWARE: u16 = 0x0131;
const CHANGED: u16 = 0x0132;
const THUMBNAIL_START: u16 = 0x0201;
const THUMBNAIL_LENGTH: u16 = 0x0202;
const CAMERAS_OWN: u16 = 0x8769;
const PLACE: u16 = 0x8825;
const TAKEN: u16 = 0x9003;
const DIGITISED: u16 = 0x9004;
const LENS: u16 = 0xA434;
/// The latitude among the tags of a place; a version alone is no place.
const LATITUDE: u16 = 0x0002;

/// Characters of a text that are kept.
const MAX_CHARS: usize = 80;

impl Exif {
    /// Reads a TIFF structure, as EXIF and TIFF files are. `None` if it is none.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let tiff = Tiff::new(bytes)?;
        let first = tiff.u32_at(4)?;
        let own = tiff.number(first, CAMERAS_OWN);
        let text = |directory: Option<usize>, tag| tiff.text(directory?, tag);
        let time = |directory, tag| text(directory, tag).map(|time| dated(&time));
        let place = tiff.number(first, PLACE);
        Some(Self {
            camera: camera(tiff.text(first, MAKE), tiff.text(first, MODEL)),
            lens: text(own, LENS),
            software: [SOFTWARE, PROCESSING_SOFTWARE]
                .into_iter()
                .find_map(|tag| tiff.text(first, tag)),
            taken: time(own, TAKEN),
            digitised: time(own, DIGITISED),
            changed: time(Some(first), CHANGED),
            has_place: place.is_some_and(|place| tiff.entry(place, LATITUDE).is_some()),
            thumbnail: tiff.thumbnail(first),
        })
    }
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

/// Directories of tags, in either byte order.
struct Tiff<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let little = match bytes.get(..2)? {
            b"II" => true,
            b"MM" => false,
            _ => return None,
        };
        Some(Self { bytes, little })
    }

    fn part(&self, start: usize, n_bytes: usize) -> Option<&'a [u8]> {
        self.bytes.get(start..start.checked_add(n_bytes)?)
    }

    fn u16_at(&self, at: usize) -> Option<u16> {
        let pair = <[u8; 2]>::try_from(self.part(at, 2)?).ok()?;
        Some(if self.little {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        })
    }

    fn u32_at(&self, at: usize) -> Option<usize> {
        let four = <[u8; 4]>::try_from(self.part(at, 4)?).ok()?;
        let number = if self.little {
            u32::from_le_bytes(four)
        } else {
            u32::from_be_bytes(four)
        };
        usize::try_from(number).ok()
    }

    /// Where a directory's entry of this tag stands.
    fn entry(&self, directory: usize, tag: u16) -> Option<usize> {
        let n_entries = usize::from(self.u16_at(directory)?);
        (0..n_entries)
            .map_while(|i| directory.checked_add(2 + 12 * i))
            .find(|&entry| self.u16_at(entry) == Some(tag))
    }

    fn text(&self, directory: usize, tag: u16) -> Option<String> {
        let entry = self.entry(directory, tag)?;
        let n_bytes = self.u32_at(entry + 4)?;
        let start = if n_bytes <= 4 {
            entry + 8
        } else {
            self.u32_at(entry + 8)?
        };
        short(&String::from_utf8_lossy(self.part(start, n_bytes)?))
    }

    /// An entry's single number; also where another directory begins.
    fn number(&self, directory: usize, tag: u16) -> Option<usize> {
        const SHORT: u16 = 3;
        let entry = self.entry(directory, tag)?;
        if self.u16_at(entry + 2)? == SHORT {
            self.u16_at(entry + 8).map(usize::from)
        } else {
            self.u32_at(entry + 8)
        }
    }

    /// The JPEG that the second directory names.
    fn thumbnail(&self, first: usize) -> Option<Vec<u8>> {
        let n_entries = usize::from(self.u16_at(first)?);
        let second = self.u32_at(first.checked_add(2 + 12 * n_entries)?)?;
        let start = self.number(second, THUMBNAIL_START)?;
        let n_bytes = self.number(second, THUMBNAIL_LENGTH)?;
        let bytes = self.part(start, n_bytes)?;
        (!bytes.is_empty()).then(|| bytes.to_vec())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

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
