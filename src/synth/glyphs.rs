//! A stroke font of our own: capitals, small letters, figures and some Greek and Cyrillic.
//!
//! A glyph is a few strokes on a grid of 6 columns and 8 rows (9 below the line), each point two
//! digits, x then y, y down. A stroke that starts with `~` is rounded. No font file is needed,
//! and the same glyph drawn thick, slanted or narrow stands for different fonts.

/// Columns from one glyph's left edge to the next one's for running text.
pub const ADVANCE: f32 = 8.0;
/// Rows from the top of a capital to the base line.
pub const CAPITAL_ROWS: f32 = 8.0;

/// A stroke: points in grid units.
pub type Stroke = Vec<[f32; 2]>;

/// The strokes of `letter`; none for a space or a letter the font lacks.
#[must_use]
pub fn strokes(letter: char) -> Vec<Stroke> {
    outline(letter)
        .split(',')
        .map(stroke)
        .filter(|s| !s.is_empty())
        .collect()
}

fn stroke(text: &str) -> Stroke {
    let text = text.trim();
    let round = text.starts_with('~');
    let points: Stroke = text
        .trim_start_matches('~')
        .split(' ')
        .filter_map(|pair| {
            let mut digits = pair
                .chars()
                .filter_map(|c| c.to_digit(10))
                .map(|d| d as f32);
            Some([digits.next()?, digits.next()?])
        })
        .collect();
    if round {
        chaikin(&chaikin(&points))
    } else {
        points
    }
}

/// Cuts the corners at a quarter and three quarters of each edge; the ends stay.
fn chaikin(points: &[[f32; 2]]) -> Stroke {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let mut out = vec![*first];
    for pair in points.windows(2) {
        let at = |t: f32| std::array::from_fn(|i| pair[0][i] + (pair[1][i] - pair[0][i]) * t);
        out.extend([at(0.25), at(0.75)]);
    }
    out.push(*last);
    out
}

fn outline(letter: char) -> &'static str {
    match letter {
        '0'..='9' | '<' | '-' | '.' | '/' | ':' => figure(letter),
        'a'..='z' => small(letter),
        'A' | 'Α' | 'А' => "08 30 68, 15 55",
        'B' | 'Β' | 'В' => "08 00, ~00 50 62 54 04, ~04 54 66 58 08",
        'C' | 'С' => "~61 40 20 02 06 28 48 67",
        'D' => "08 00, ~00 40 62 66 48 08",
        'E' | 'Ε' | 'Е' | 'Ё' => "60 00 08 68, 04 44",
        'F' => "60 00 08, 04 44",
        'G' => "~61 40 20 02 06 28 48 66 64, 64 34",
        'H' | 'Η' | 'Н' => "00 08, 60 68, 04 64",
        'I' | 'Ι' => "30 38",
        'J' => "~50 56 38 18 06",
        'K' | 'Κ' | 'К' => "00 08, 60 04, 13 68",
        'L' => "00 08 68",
        'M' | 'Μ' | 'М' => "08 00 34 60 68",
        'N' | 'Ν' => "08 00 68 60",
        'O' | 'Ο' | 'О' => "~20 40 62 66 48 28 06 02 20",
        'P' | 'Ρ' | 'Р' => "08 00, ~00 40 61 63 44 04",
        'Q' => "~20 40 62 66 48 28 06 02 20, 46 68",
        'R' => "08 00, ~00 40 61 63 44 04, 34 68",
        'S' => "~61 40 20 02 13 55 66 48 28 07",
        'T' | 'Τ' | 'Т' => "00 60, 30 38",
        'U' => "~00 06 28 48 66 60",
        'V' => "00 38 60",
        'W' => "00 18 32 58 60",
        'X' | 'Χ' | 'Х' => "00 68, 60 08",
        'Y' | 'Υ' => "00 34 60, 34 38",
        'Z' | 'Ζ' => "00 60 08 68",
        _ => other(letter),
    }
}

fn figure(letter: char) -> &'static str {
    match letter {
        '0' => "~20 40 52 56 48 28 16 12 20",
        '1' => "12 30 38, 18 58",
        '2' => "~02 20 40 62 53 26 08, 08 68",
        '3' => "~01 20 40 62 44 24, ~24 44 66 48 28 07",
        '4' => "48 40 05 65",
        '5' => "60 10 03, ~03 33 53 65 48 28 07",
        '6' => "~60 30 03 06 28 48 66 54 24 05",
        '7' => "00 60 28",
        '8' => "~30 10 02 34 66 48 28 06 34 62 50 30",
        '9' => "~08 38 65 62 40 20 02 14 44 63",
        '<' => "62 04 66",
        '-' => "14 54",
        '.' => "37 38",
        '/' => "60 08",
        _ => "32 33, 37 38",
    }
}

fn small(letter: char) -> &'static str {
    match letter {
        'a' => "~13 43 55 58, ~55 25 06 28 48 56",
        'b' => "00 08, ~04 33 54 57 38 07",
        'c' => "~54 33 13 05 06 18 38 57",
        'd' => "50 58, ~54 23 04 07 28 57",
        'e' => "05 55, ~55 33 13 05 07 18 38 57",
        'f' => "~50 30 22 28, 04 44",
        'g' => "53 58, ~58 49 19, ~54 23 04 07 28 57",
        'h' | 'n' => {
            if letter == 'h' {
                "00 08, ~04 33 55 58"
            } else {
                "03 08, ~04 33 55 58"
            }
        }
        'i' => "23 28, 21 21",
        'j' => "33 38, ~38 29 09, 31 31",
        'k' => "00 08, 53 06, 25 58",
        'l' => "20 28",
        'm' => "03 08, ~04 23 35 38, ~35 53 65 68",
        'o' => "~13 33 55 56 38 18 06 05 13",
        'p' => "03 09, ~04 33 54 57 38 07",
        'q' => "53 59, ~54 23 04 07 28 57",
        'r' => "03 08, ~05 23 43",
        's' => "~53 13 04 25 46 57 38 08",
        't' => "20 27 38 48, 03 43",
        'u' => "~03 07 28 48 56, 53 58",
        'v' => "03 28 53",
        'w' => "03 18 34 58 63",
        'x' => "03 58, 53 08",
        'y' => "03 28, 53 19",
        _ => "03 53 08 58",
    }
}

/// The Greek and Cyrillic capitals that Latin does not lend.
fn other(letter: char) -> &'static str {
    match letter {
        'Γ' | 'Г' => "08 00 60",
        'Δ' => "08 30 68 08",
        'Θ' => "~20 40 62 66 48 28 06 02 20, 24 44",
        'Λ' => "08 30 68",
        'Ξ' => "00 60, 14 54, 08 68",
        'Π' | 'П' => "08 00 60 68",
        'Σ' => "60 00 34 08 68",
        'Φ' | 'Ф' => "30 38, ~21 41 63 46 26 03 21",
        'Ψ' => "30 38, ~00 04 36 64 60",
        'Ω' => "08 28, ~28 05 02 20 40 62 65 48, 48 68",
        'Б' => "60 00 08, ~04 44 66 48 08",
        'Д' => "09 08 68 69, 18 20 50 58",
        'Ж' => "30 38, 00 34 60, 08 34 68",
        'З' => "~01 20 40 62 44 24, ~24 44 66 48 28 07",
        'И' => "00 08 60 68",
        'Л' => "08 20 60 68",
        'У' => "00 34, 60 08",
        'Ц' => "00 08 68 69, 60 68",
        'Ч' => "00 04 64, 60 68",
        'Ш' => "00 08 68 60, 30 38",
        'Щ' => "00 08 68 60, 30 38, 68 69",
        'Ы' => "00 08, ~04 34 46 38 08, 60 68",
        'Э' => "~01 20 40 62 66 48 28 07, 24 64",
        'Ю' => "00 08, 04 24, ~30 50 62 66 58 38 26 22 30",
        'Я' => "68 60, ~60 20 02 24 64, 24 08",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_strokes_on_the_grid() {
        let letters = ('A'..='Z')
            .chain('a'..='z')
            .chain('0'..='9')
            .chain("<-./:ΓΔΘΛΞΠΣΦΨΩБДЖЗИЛУЦЧШЩЫЭЮЯ".chars());
        for letter in letters {
            let drawn = strokes(letter);
            assert!(!drawn.is_empty(), "{letter}");
            for point in drawn.iter().flatten() {
                assert!(
                    (0.0..=6.0).contains(&point[0]) && (0.0..=9.0).contains(&point[1]),
                    "{letter}"
                );
            }
        }
        assert!(strokes(' ').is_empty());
    }
}
