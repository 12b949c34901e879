//! Pictures that stand in a record as Base64.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::fields::Reject;

/// Decodes Base64 as it is found: with a `data:` URL's prefix or without, in either alphabet, with
/// line breaks, with padding or without.
pub(super) fn picture(text: &str, path: &str) -> Result<Vec<u8>, Reject> {
    let text = text.trim();
    let starts = |prefix: &str| {
        text.get(..prefix.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
    };
    if starts("http://") || starts("https://") || starts("ftp://") || starts("file://") {
        return Err(Reject {
            reason: format!("`{path}` is a URL, and URLs are not fetched"),
            way_out: "Download the picture and add the file, or put it into the record as Base64",
        });
    }
    let body = if starts("data:") {
        let prefix_end = text
            .find(',')
            .filter(|&comma| text[..comma].ends_with(";base64"));
        let Some(comma) = prefix_end else {
            return Err(not_base64(
                path,
                "its `data:` prefix does not end in `;base64,`",
            ));
        };
        &text[comma + 1..]
    } else {
        text
    };
    let mut decoder = Decoder {
        bytes: Vec::with_capacity(body.len() / 4 * 3),
        ..Decoder::new()
    };
    let mut n_chars = 0;
    for character in body.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        n_chars += 1;
        let plain = match character {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' => character,
            b'-' => b'+',
            b'_' => b'/',
            _ => {
                let why = format!("character {n_chars} is not of its alphabet");
                return Err(not_base64(path, &why));
            }
        };
        decoder.push(plain).map_err(|why| not_base64(path, &why))?;
    }
    if n_chars == 0 {
        return Err(not_base64(path, "it is empty"));
    }
    decoder.finish().map_err(|why| not_base64(path, &why))
}

/// Decodes a piece at a time, so that a large picture's characters are not held twice.
struct Decoder {
    pending: [u8; PIECE_CHARS],
    n_pending: usize,
    /// Whether a `=` was seen: nothing may follow but another.
    has_ended: bool,
    bytes: Vec<u8>,
}

/// Characters decoded at once; a multiple of four, which make three bytes.
const PIECE_CHARS: usize = 4096;

impl Decoder {
    fn new() -> Self {
        Self {
            pending: [0; PIECE_CHARS],
            n_pending: 0,
            has_ended: false,
            bytes: Vec::new(),
        }
    }

    fn push(&mut self, character: u8) -> Result<(), String> {
        if self.has_ended && character != b'=' {
            return Err("there is more after its end".to_owned());
        }
        self.has_ended |= character == b'=';
        self.pending[self.n_pending] = character;
        self.n_pending += 1;
        if self.n_pending == PIECE_CHARS {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), String> {
        let pending = &self.pending[..std::mem::take(&mut self.n_pending)];
        LENIENT
            .decode_vec(pending, &mut self.bytes)
            .map_err(|error| error.to_string())
    }

    fn finish(mut self) -> Result<Vec<u8>, String> {
        self.flush()?;
        Ok(self.bytes)
    }
}

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

fn not_base64(path: &str, why: &str) -> Reject {
    Reject {
        reason: format!("`{path}` is not a picture in Base64: {why}"),
        way_out: "Encode the picture file's bytes as Base64, or add the file itself",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_taken_as_it_is_found() {
        let bytes = [0xFF, 0xEF, 0xBE, 0x01];
        for text in [
            "/+++AQ==",
            "/+++AQ",
            "_---AQ",
            " /++\r\n+AQ==\n",
            "data:image/jpeg;base64,/+++AQ==",
            "DATA:;base64,/+++AQ==",
        ] {
            assert_eq!(picture(text, "image"), Ok(bytes.to_vec()), "{text}");
        }
    }

    #[test]
    fn pieces_join_without_a_seam() {
        for n_bytes in [3071, 3072, 3073, 10_000] {
            let bytes: Vec<u8> = (0..n_bytes).map(|i| (i * 7 % 256) as u8).collect();
            let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
            assert_eq!(picture(&text, "image"), Ok(bytes.clone()));
            assert_eq!(picture(text.trim_end_matches('='), "image"), Ok(bytes));
        }
    }

    #[test]
    fn what_is_no_base64_says_why() {
        for (text, expected) in [
            (
                "https://example.org/x.jpg",
                "`image` is a URL, and URLs are not fetched",
            ),
            (
                "HTTP://example.org/x.jpg",
                "`image` is a URL, and URLs are not fetched",
            ),
            ("", "`image` is not a picture in Base64: it is empty"),
            (
                "abc…",
                "`image` is not a picture in Base64: character 4 is not of its alphabet",
            ),
            (
                "...",
                "`image` is not a picture in Base64: character 1 is not of its alphabet",
            ),
            (
                "data:image/jpeg,abcd",
                "`image` is not a picture in Base64: its `data:` prefix does not end in `;base64,`",
            ),
        ] {
            assert_eq!(picture(text, "image").unwrap_err().reason, expected);
        }
        assert!(picture("abcde", "image").is_err());
        assert!(picture("ab=cd", "image").is_err());
        let reason = picture("AA==AAAA", "image").unwrap_err().reason;
        assert!(reason.ends_with("there is more after its end"), "{reason}");
    }
}
