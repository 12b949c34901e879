//! Where the parts of a document lie and what they say: five families of fronts, and backs.

use super::document::{self, Format};
use super::guilloche;
use super::rng::Rng;
use super::surface::Type;

/// A line of text.
#[derive(Clone, Debug)]
pub struct Line {
    /// Top left corner in mm.
    pub at_mm: [f32; 2],
    /// The words.
    pub text: String,
    /// How it is set.
    pub set: Type,
    /// Whether it tells something of the holder, so that a forger would change it.
    pub personal: bool,
}

/// A filled box.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Left, top, right, bottom in mm.
    pub bounds_mm: [f32; 4],
    /// Corner radius in mm.
    pub radius_mm: f32,
    /// Transmittance per channel.
    pub ink: [f32; 3],
}

/// A round emblem.
#[derive(Clone, Debug)]
pub struct Seal {
    /// Centre in mm.
    pub centre_mm: [f32; 2],
    /// Radius in mm; 0 for none.
    pub radius_mm: f32,
    /// Points of the star inside.
    pub points: usize,
    /// Transmittance per channel.
    pub ink: [f32; 3],
}

/// The parts of one side.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Which family of layouts it is, 0 to 4; 10 and up for backs.
    pub family: usize,
    /// Left, top, right, bottom of the portrait in mm.
    pub portrait_mm: [f32; 4],
    /// Radius of the portrait's corners in mm.
    pub portrait_radius_mm: f32,
    /// Whether the portrait fades into the background instead of ending in an edge.
    pub portrait_fades: bool,
    /// The small second portrait.
    pub ghost_mm: Option<[f32; 4]>,
    /// Where the holder signs.
    pub signature_mm: [f32; 4],
    /// Header bars and fields.
    pub bars: Vec<Bar>,
    /// Lines of text, machine-readable ones too.
    pub lines: Vec<Line>,
    /// Rows of tiny text in the background.
    pub microtext: Vec<Line>,
    /// The emblem.
    pub seal: Seal,
}

const STATES: [&str; 8] = [
    "UTOPIA",
    "REPUBLIC OF NOVARA",
    "ARDENIA",
    "STATE OF LUMEN",
    "VELDORIA",
    "KINGDOM OF OSTRA",
    "ПРИМОРИЯ",
    "ΑΡΚΑΔΙΩΝ",
];
const SURNAMES: [&str; 10] = [
    "SPECIMEN",
    "MUSTER",
    "EXEMPEL",
    "SANTOS",
    "LINDGREN",
    "ИВАЛОВ",
    "ЖУЛИНА",
    "ΠΑΛΛΑΔΗΣ",
    "OKAFOR",
    "TANAKA",
];
const NAMES: [&str; 10] = [
    "ANNA MARIA",
    "JONAS",
    "ELENA",
    "PEDRO LUIS",
    "MIRA",
    "СОФИЯ",
    "ПЁТР",
    "ΞΕΝΙΑ",
    "CHIDI",
    "YUKI",
];
const LABELS: [&str; 10] = [
    "Surname",
    "Given names",
    "Nationality",
    "Date of birth",
    "Sex",
    "Place of birth",
    "Document number",
    "Date of expiry",
    "Authority",
    "Height",
];

/// The front of a document.
#[must_use]
pub fn front(rng: &mut Rng, format: Format) -> Layout {
    let [w, h] = format.size_mm();
    let family = rng.below(5);
    let ink = if rng.chance(0.6) {
        [0.04; 3]
    } else {
        document::dark_ink(rng)
    };
    let strong = document::dark_ink(rng);
    let header = rng.range(0.11, 0.17) * h;
    // ICAO proportions: 35 × 45, scaled to the page.
    let tall = if format == Format::Id3 {
        rng.range(38.0, 45.0)
    } else {
        rng.range(25.0, 32.0)
    };
    let wide = tall * rng.range(0.74, 0.82);
    let top = header + rng.range(1.5, 5.0);
    let margin = rng.range(3.0, 6.0);
    let on_right = family == 2;
    let left = if on_right { w - margin - wide } else { margin };
    let portrait_mm = [left, top, left + wide, top + tall];
    let text_left = if on_right {
        margin
    } else {
        left + wide + rng.range(2.5, 5.0)
    };
    let text_right = if on_right { left - 2.0 } else { w - margin };
    let ghost = (family != 3).then(|| {
        let size = rng.range(9.0, 13.0);
        let x = if on_right {
            margin
        } else {
            w - margin - size * 0.8
        };
        [x, top + tall - size, x + size * 0.8, top + tall]
    });
    let fields = Fields {
        rng,
        ink,
        strong,
        format,
    };
    let mut lines = fields.text([text_left, top, text_right, top + tall], family);
    let white_head = family == 1 || family == 4;
    lines.extend(heading(
        rng,
        format,
        margin,
        header,
        (!white_head).then_some(strong),
    ));
    if format == Format::Id3 {
        lines.extend(machine_lines(rng, 44, 2, [4.0, h - 17.0], 0.62));
    }
    Layout {
        family,
        portrait_mm,
        portrait_radius_mm: if family == 4 { 2.0 } else { 0.0 },
        portrait_fades: family == 3,
        ghost_mm: ghost,
        signature_mm: [
            portrait_mm[0] + 1.0,
            top + tall + 1.2,
            portrait_mm[0] + wide,
            (top + tall + 6.0).min(h - 2.0),
        ],
        bars: header_bars(rng, white_head, w, header),
        lines,
        microtext: microtext(rng, w, h),
        seal: Seal {
            centre_mm: if white_head {
                [w - 14.0, h * 0.55]
            } else {
                [margin + 3.2, header * 0.5]
            },
            radius_mm: if white_head {
                rng.range(5.0, 9.0)
            } else {
                header * 0.36
            },
            points: 5 + rng.below(8),
            ink: if white_head {
                guilloche::pastel(rng, 0.6)
            } else {
                strong
            },
        },
    }
}

/// The state and the kind of document, on a coloured bar where `on_bar` gives its ink.
fn heading(
    rng: &mut Rng,
    format: Format,
    margin: f32,
    header: f32,
    on_bar: Option<[f32; 3]>,
) -> Vec<Line> {
    let [w, _] = format.size_mm();
    let state = rng.pick(&STATES);
    let title = match format {
        Format::Id3 => "PASSPORT",
        Format::Id1 => rng.pick(&["IDENTITY CARD", "DRIVING LICENCE", "RESIDENCE PERMIT"]),
    };
    let ink = on_bar.unwrap_or([0.06, 0.06, 0.09]);
    let set = Type {
        weight: 0.16,
        ..document::plain_type(header * 0.34, ink)
    };
    let y = header * 0.3;
    let line = |at_mm, text: String, set| Line {
        at_mm,
        text,
        set,
        personal: false,
    };
    if on_bar.is_none() {
        return vec![line([margin, y], format!("{state} / {title}"), set)];
    }
    let small = Type {
        height_mm: set.height_mm * 0.75,
        ..set
    };
    let x = w - margin - title.len() as f32 * set.height_mm * 0.62;
    vec![
        line([margin + 8.0, y], state.into(), set),
        line([x, y + 0.4], title.into(), small),
    ]
}

/// The back of a card: machine-readable lines, small fields, a magnetic stripe or a chip field.
#[must_use]
pub fn back(rng: &mut Rng, format: Format) -> Layout {
    let [w, h] = format.size_mm();
    let ink = [0.04; 3];
    let strong = document::dark_ink(rng);
    let family = 10 + rng.below(2);
    let mut bars = Vec::new();
    if family == 10 {
        bars.push(Bar {
            bounds_mm: [-1.0, 3.0, w + 1.0, 12.0],
            radius_mm: 0.0,
            ink: [0.03; 3],
        });
    }
    let fields = Fields {
        rng,
        ink,
        strong,
        format,
    };
    let mut lines = fields.text([5.0, 14.0, w * 0.6, 34.0], 0);
    lines.extend(machine_lines(rng, 30, 3, [4.0, h - 17.5], 0.74));
    Layout {
        family,
        portrait_mm: [0.0; 4],
        portrait_radius_mm: 0.0,
        portrait_fades: false,
        ghost_mm: None,
        signature_mm: [0.0; 4],
        bars,
        lines,
        microtext: microtext(rng, w, h),
        seal: Seal {
            centre_mm: [w - 15.0, 23.0],
            radius_mm: rng.range(5.0, 8.0),
            points: 7,
            ink: guilloche::pastel(rng, 0.5),
        },
    }
}

/// What the fields of one document are printed with.
struct Fields<'a> {
    rng: &'a mut Rng,
    ink: [f32; 3],
    strong: [f32; 3],
    format: Format,
}

impl Fields<'_> {
    /// Labels and values in a box: left, top, right, bottom in mm.
    fn text(self, [left, top, right, bottom]: [f32; 4], family: usize) -> Vec<Line> {
        let Self {
            rng,
            ink,
            strong,
            format,
        } = self;
        let values = personal_values(rng);
        let height = if format == Format::Id3 {
            rng.range(2.2, 2.8)
        } else {
            rng.range(1.8, 2.5)
        };
        let weight = rng.range(0.11, 0.19);
        let slant = if rng.chance(0.2) { 1.2 } else { 0.0 };
        let value = Type {
            height_mm: height,
            stretch: rng.range(0.7, 0.95),
            weight,
            slant,
            ink,
        };
        let label = Type {
            height_mm: height * 0.55,
            weight: 0.13,
            slant: 0.0,
            stretch: 0.8,
            ink: strong,
        };
        let columns = if family == 1 || format == Format::Id3 {
            2
        } else {
            1
        };
        let step = height * rng.range(2.3, 2.7);
        let mut lines = Vec::new();
        for (i, (name, text)) in LABELS.iter().zip(values).enumerate() {
            let (column, row) = if i < 2 {
                (0, i)
            } else {
                (i % columns, 2 + (i - 2) / columns)
            };
            let x = left + (right - left) * column as f32 / columns as f32;
            let y = top + row as f32 * step;
            if y + step > bottom {
                break;
            }
            let label_text = if family == 3 {
                format!("{}. {name}", i + 1)
            } else {
                (*name).to_owned()
            };
            lines.push(Line {
                at_mm: [x, y],
                text: label_text,
                set: label,
                personal: false,
            });
            lines.push(Line {
                at_mm: [x, y + height * 0.92],
                text,
                set: value,
                personal: true,
            });
        }
        lines
    }
}

fn personal_values(rng: &mut Rng) -> [String; 10] {
    let date = |rng: &mut Rng, from: usize, years: usize| {
        format!(
            "{:02}.{:02}.{}",
            1 + rng.below(28),
            1 + rng.below(12),
            from + rng.below(years)
        )
    };
    let mut number = String::new();
    for _ in 0..2 {
        number.push(char::from(b'A' + rng.below(26) as u8));
    }
    for _ in 0..7 {
        number.push(char::from(b'0' + rng.below(10) as u8));
    }
    [
        rng.pick(&SURNAMES).into(),
        rng.pick(&NAMES).into(),
        rng.pick(&["UTO", "NVR", "ARD", "LUM", "VEL"]).into(),
        date(rng, 1945, 60),
        rng.pick(&["F", "M", "X"]).into(),
        rng.pick(&["NORTHPORT", "BERGEN", "ЖИЛИНА", "ΘΗΒΑ", "SAN TOMAS"])
            .into(),
        number,
        date(rng, 2026, 10),
        rng.pick(&["MINISTRY", "CITY OFFICE 12", "POLICE 4"]).into(),
        format!("{} cm", 150 + rng.below(50)),
    ]
}

/// Lines as on machine-readable documents; no person's data and no valid check digits.
fn machine_lines(
    rng: &mut Rng,
    n_chars: usize,
    n_lines: usize,
    at: [f32; 2],
    stretch: f32,
) -> Vec<Line> {
    let set = Type {
        height_mm: 2.9,
        stretch: stretch * 1.06,
        weight: 0.12,
        slant: 0.0,
        ink: [0.03; 3],
    };
    (0..n_lines)
        .map(|row| {
            let words = match (row, n_lines) {
                (0, 2) => "P<UTOSPECIMEN<<",
                (0, _) => "I<UTO",
                _ => "",
            };
            let fill = rng.range(0.3, 0.8);
            let mut text = String::from(words);
            while text.len() < n_chars {
                let place = text.len() as f32 / n_chars as f32;
                let letter = match rng.below(3) {
                    _ if place > fill => '<',
                    0 => char::from(b'A' + rng.below(26) as u8),
                    _ => char::from(b'0' + rng.below(10) as u8),
                };
                text.push(letter);
            }
            Line {
                at_mm: [
                    at[0],
                    at[1] + 6.2 * row as f32 * if n_lines == 3 { 0.75 } else { 1.0 },
                ],
                text,
                set,
                personal: true,
            }
        })
        .collect()
}

fn header_bars(rng: &mut Rng, white: bool, w: f32, header: f32) -> Vec<Bar> {
    if white {
        return Vec::new();
    }
    let strength = rng.range(0.2, 0.6);
    vec![Bar {
        bounds_mm: [-1.0, -1.0, w + 1.0, header],
        radius_mm: 0.0,
        ink: guilloche::pastel(rng, strength),
    }]
}

fn microtext(rng: &mut Rng, w: f32, h: f32) -> Vec<Line> {
    let n_rows = rng.below(4);
    (0..n_rows)
        .map(|_| {
            let height = rng.range(0.35, 0.8);
            let n_words = (w / (height * 8.0)) as usize;
            let ink = guilloche::pastel(rng, 0.7);
            let text = rng
                .pick(&["SPECIMEN", "UTOPIA26", "SAFETYID"])
                .repeat(n_words);
            let at_mm = [0.0, rng.range(0.1, 0.95) * h];
            Line {
                at_mm,
                text,
                set: Type {
                    height_mm: height,
                    stretch: 0.9,
                    weight: 0.14,
                    slant: 0.0,
                    ink,
                },
                personal: false,
            }
        })
        .collect()
}
