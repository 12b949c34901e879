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
    let mut plain = Vec::with_capacity(body.len());
    for (at, character) in body.char_indices() {
        match character {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' | '=' => plain.push(body.as_bytes()[at]),
            '-' => plain.push(b'+'),
            '_' => plain.push(b'/'),
            white if white.is_ascii_whitespace() => {}
            _ => {
                let why = format!("character {} is not of its alphabet", plain.len() + 1);
                return Err(not_base64(path, &why));
            }
        }
    }
    if plain.is_empty() {
        return Err(not_base64(path, "it is empty"));
    }
    let bytes = LENIENT
        .decode(&plain)
        .map_err(|error| not_base64(path, &error.to_string()))?;
    Ok(bytes)
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
    }
}
