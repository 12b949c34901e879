//! A source's own record as a person can read it: one value a line, every number as it was written.
//!
//! It is laid out as it is read, so that a record of any length takes the same memory: pictures that
//! stand in it as text are cut short, and what goes beyond some thousands of lines is left out.

use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom};

use crate::case::OriginalRef;
use crate::store::Originals;
use crate::words::words;

/// A record, laid out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Its lines, indented.
    pub lines: Vec<String>,
    /// Whether the rest was left out.
    pub is_cut: bool,
}

/// Lines that are kept. Results have some hundred.
const MAX_LINES: usize = 20_000;
/// Bytes of a text that are kept: more than any word in a result, less than any picture.
const MAX_TEXT_BYTES: usize = 240;
/// Deeper levels are indented like this one.
const MAX_INDENT: usize = 24;

/// Reads a record out of the original that it stands in.
pub(super) fn read(originals: &Originals, of: OriginalRef) -> Result<Record, String> {
    let mut file = originals
        .open(&of.sha256)
        .map_err(|error| error.to_string())?;
    file.seek(SeekFrom::Start(of.offset))
        .and_then(|_at| Record::lay_out(BufReader::new(file.take(of.n_bytes))))
        .map_err(|error| words!("record-unreadable", error = error.to_string()))
}

impl Record {
    /// Lays out JSON. What is no JSON comes out in some order, and never fails.
    fn lay_out(mut json: impl BufRead) -> io::Result<Self> {
        let mut layout = Layout::default();
        loop {
            let part = json.fill_buf()?;
            if part.is_empty() {
                break;
            }
            for &byte in part {
                if layout.lines.len() >= MAX_LINES {
                    return Ok(layout.end(true));
                }
                layout.take(byte);
            }
            let n_bytes = part.len();
            json.consume(n_bytes);
        }
        Ok(layout.end(false))
    }
}

#[derive(Default)]
struct Layout {
    lines: Vec<String>,
    line: Vec<u8>,
    depth: usize,
    /// A bracket was opened and nothing stands in it yet.
    is_fresh: bool,
    /// Bytes of the text so far. `None` outside a text.
    text: Option<usize>,
    is_escaped: bool,
}

impl Layout {
    fn take(&mut self, byte: u8) {
        match self.text {
            Some(n_bytes) => self.take_in_text(byte, n_bytes),
            None => self.take_outside(byte),
        }
    }

    fn take_in_text(&mut self, byte: u8, n_bytes: usize) {
        if byte == b'"' && !self.is_escaped {
            if n_bytes > MAX_TEXT_BYTES {
                let more = words!("record-cut-text", bytes = n_bytes.to_string());
                self.line.extend(more.into_bytes());
            }
            self.line.push(byte);
            self.text = None;
            return;
        }
        self.is_escaped = byte == b'\\' && !self.is_escaped;
        if n_bytes < MAX_TEXT_BYTES {
            self.line.push(byte);
        }
        self.text = Some(n_bytes + 1);
    }

    fn take_outside(&mut self, byte: u8) {
        if byte.is_ascii_whitespace() {
            return;
        }
        let closes = matches!(byte, b'}' | b']');
        if closes {
            self.depth = self.depth.saturating_sub(1);
        }
        // An empty pair of brackets stays together.
        if self.is_fresh != closes {
            self.break_line();
        }
        self.is_fresh = matches!(byte, b'{' | b'[');
        self.line.push(byte);
        match byte {
            b'{' | b'[' => self.depth += 1,
            b',' => self.break_line(),
            b':' => self.line.push(b' '),
            b'"' => self.text = Some(0),
            _ => {}
        }
    }

    fn break_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.iter().all(u8::is_ascii_whitespace) {
            self.lines.push(String::from_utf8_lossy(&line).into_owned());
        }
        self.line = b"  ".repeat(self.depth.min(MAX_INDENT));
    }

    fn end(mut self, is_cut: bool) -> Record {
        self.break_line();
        Record {
            lines: self.lines,
            is_cut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(json: &str) -> Vec<String> {
        // A small buffer: a value may be cut in two between two reads.
        let json = BufReader::with_capacity(3, json.as_bytes());
        Record::lay_out(json).unwrap().lines
    }

    #[test]
    fn every_value_has_a_line_and_numbers_stay_as_they_were_written() {
        let lines = laid_out(r#"{"a":[0.90,-0.120e1],"b":{},"c":[], "d":{"e":"x, {y}\""}}"#);
        let expected = [
            "{",
            "  \"a\": [",
            "    0.90,",
            "    -0.120e1",
            "  ],",
            "  \"b\": {},",
            "  \"c\": [],",
            "  \"d\": {",
            "    \"e\": \"x, {y}\\\"\"",
            "  }",
            "}",
        ];
        assert_eq!(lines, expected);
        assert_eq!(laid_out("0.50"), ["0.50"]);
        assert_eq!(laid_out(""), [""; 0]);
    }

    #[test]
    fn a_picture_is_cut_short_and_a_long_record_too() {
        let picture = "A".repeat(1_000_000);
        let lines = laid_out(&format!(r#"{{"image":"{picture}","x":1}}"#));
        assert_eq!(lines.len(), 4);
        assert!(lines[1].ends_with("A… (1000000 bytes in all)\","));
        assert!(lines[1].len() < 300);
        let many = format!("[{}1]", "1,".repeat(MAX_LINES));
        let record = Record::lay_out(many.as_bytes()).unwrap();
        assert!(record.is_cut);
        assert!(record.lines.len() <= MAX_LINES + 1);
    }

    #[test]
    fn nonsense_is_laid_out_too() {
        for nonsense in ["}}}]", "\"", "{\"a", "[[[[", "\u{1}\u{fffd}"] {
            laid_out(nonsense);
        }
        let deep = "[".repeat(10_000);
        assert!(laid_out(&deep).iter().all(|line| line.len() < 100));
    }
}
