//! A file of records, read once from front to back: single objects, JSON Lines, arrays and paged
//! lists, each record handed on with its place. Only one record is held at a time.
//!
//! After a record that breaks off, reading goes on at the next line that starts as that record's
//! line did: with the same indentation and `{`.

use std::io::{self, Read};

use super::boundary::{self, Break, End, Hints, MAX_RECORD_BYTES};
use super::json::{self, Node};
use super::window::{Window, advanced};
use crate::intake::Place;

/// What the stream hands on.
pub(super) enum Piece<'w> {
    /// The bytes of one record, which has a closing bracket for every opening one.
    Record {
        bytes: &'w [u8],
        offset: u64,
        place: Place,
    },
    /// Something between records, or a record without an end.
    Trouble {
        place: Place,
        reason: String,
        way_out: &'static str,
        /// Whether it stands for a record that is lost.
        is_record: bool,
    },
    /// What stood beside a list's records: the total it announces, and unknown names.
    Envelope {
        total: Option<u64>,
        unknown: Vec<String>,
    },
}

/// The way out for a file that is not JSON as a whole.
const CHOOSE_JSON: &str = "Choose a JSON or JSON Lines file, saved as UTF-8";
/// The way out for a fault at a place.
pub(super) const CORRECT_IT: &str =
    "Correct the file at this place, or ask the source for the file again";

/// A list that is open.
struct List {
    /// For a list in an envelope: the envelope up to its `[`, and where it starts.
    envelope: Option<(Vec<u8>, Place)>,
    wants: Wants,
}

/// What may come next in a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// A record, or the end of an empty list.
    First,
    /// A record, after a comma.
    Record,
    /// A comma, or the end.
    Comma,
}

/// Lists within lists. Pages in an array are two levels.
const MAX_LISTS: usize = 16;
/// An envelope's bytes before its records; more are not kept, and then not understood.
const MAX_ENVELOPE_BYTES: usize = 1 << 20;

/// A file that is being read.
pub(super) struct Stream<R> {
    window: Window<R>,
    open: Vec<List>,
    /// Whether all records outside of lists had a line each. `None` before the first of them.
    every_record_has_a_line: Option<bool>,
    /// Where in the file reading is.
    stage: Stage,
    /// Whether a record or a list has started.
    has_records: bool,
    /// Whether the last thing seen was no record and was reported. A run of such things is one
    /// problem: a list of a million numbers must not become a million lines.
    in_strays: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    /// Nothing but white space so far.
    Blank,
    Middle,
    End,
}

impl<R: Read> Stream<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            window: Window::new(reader),
            open: Vec::new(),
            every_record_has_a_line: None,
            stage: Stage::Start,
            has_records: false,
            in_strays: false,
        }
    }

    /// Bytes that were read and understood, or passed over.
    pub(super) fn n_bytes(&self) -> u64 {
        self.window.offset()
    }

    /// The most bytes that were ever held.
    pub(super) fn peak_bytes(&self) -> usize {
        self.window.peak_bytes()
    }

    /// Reads on until there is something to hand to `sink`, or a little further. `false` once
    /// there is nothing more to read.
    pub(super) fn step(&mut self, sink: &mut impl FnMut(Piece<'_>)) -> io::Result<bool> {
        if self.stage == Stage::Start {
            self.stage = Stage::Blank;
            self.check_start(sink)?;
        }
        if self.stage == Stage::End {
            return Ok(false);
        }
        self.window.skip_space()?;
        let Some(byte) = self.window.byte(0)? else {
            self.end_of_file(sink);
            self.stage = Stage::End;
            return Ok(false);
        };
        self.stage = Stage::Middle;
        if self.open.is_empty() {
            self.outside(byte, sink)?;
        } else {
            self.in_list(byte, sink)?;
        }
        Ok(self.stage != Stage::End)
    }

    /// Steps over a byte order mark; names files that are no text.
    fn check_start(&mut self, sink: &mut impl FnMut(Piece<'_>)) -> io::Result<()> {
        self.window.byte(3)?;
        let head = self.window.bytes();
        let is = |marks: &[&[u8]]| marks.iter().any(|mark| head.starts_with(mark));
        let reason = if is(&[b"\xEF\xBB\xBF"]) {
            self.window.consume(3);
            // The mark has no width in an editor.
            self.window.set_place(Place::START);
            return Ok(());
        } else if is(&[b"\xFF\xFE", b"\xFE\xFF", b"{\0", b"[\0", b"\0{", b"\0["]) {
            "the file is UTF-16, and UTF-8 was expected"
        } else if is(&[
            b"\x1F\x8B",
            b"PK\x03\x04",
            b"BZh",
            b"\xFD7zXZ",
            b"\x28\xB5\x2F\xFD",
        ]) {
            "the file is compressed, and JSON was expected"
        } else {
            return Ok(());
        };
        self.stage = Stage::End;
        sink(trouble(Place::START, reason.to_owned(), CHOOSE_JSON));
        Ok(())
    }

    fn outside(&mut self, byte: u8, sink: &mut impl FnMut(Piece<'_>)) -> io::Result<()> {
        match byte {
            b'{' => {
                self.has_records = true;
                self.record(sink)
            }
            b'[' => {
                self.in_strays = false;
                self.has_records = true;
                self.window.consume(1);
                self.open.push(List {
                    envelope: None,
                    wants: Wants::First,
                });
                Ok(())
            }
            _ => self.stray(byte, sink),
        }
    }

    /// Something outside of lists that starts no record.
    fn stray(&mut self, byte: u8, sink: &mut impl FnMut(Piece<'_>)) -> io::Result<()> {
        let place = self.window.place();
        let found = json::describe(&self.head());
        let hint = match byte {
            b'}' => ": there is a closing brace too many",
            b']' => ": there is a closing bracket too many",
            b'"' => ": the braces around the record may be missing",
            b',' => ": records are set apart by lines, or stand in an array",
            b'/' | b'#' => ": JSON has no comments",
            _ => "",
        };
        let is_hopeless = !self.has_records && !matches!(byte, b'"' | b'}' | b']' | b',' | b'/');
        let is_new = !std::mem::replace(&mut self.in_strays, true);
        if is_new {
            let way_out = if is_hopeless { CHOOSE_JSON } else { CORRECT_IT };
            let reason = format!("expected `{{` or `[`, found {found}{hint}");
            sink(trouble(place, reason, way_out));
            if is_hopeless {
                self.stage = Stage::End;
                return Ok(());
            }
        }
        self.skip_token(byte)
    }

    /// Steps over a text and a colon after it, or over anything else up to where something may
    /// start.
    fn skip_token(&mut self, byte: u8) -> io::Result<()> {
        if byte != b'"' {
            self.window.consume(1);
            while let Some(next) = self.window.byte(0)? {
                if next.is_ascii_whitespace() || b"{}[],\"".contains(&next) {
                    break;
                }
                self.window.consume(1);
            }
            return Ok(());
        }
        self.window.consume(1);
        let mut escaped = false;
        while let Some(next) = self.window.byte(0)? {
            if next == b'\n' {
                return Ok(());
            }
            self.window.consume(1);
            match next {
                b'"' if !escaped => break,
                b'\\' => escaped = !escaped,
                _ => escaped = false,
            }
        }
        self.window.skip_space()?;
        if self.window.byte(0)? == Some(b':') {
            self.window.consume(1);
        }
        Ok(())
    }

    fn in_list(&mut self, byte: u8, sink: &mut impl FnMut(Piece<'_>)) -> io::Result<()> {
        let may_open = self.open.len() < MAX_LISTS;
        let Some(list) = self.open.last_mut() else {
            return Ok(());
        };
        let wants = list.wants;
        match (wants, byte) {
            (Wants::First | Wants::Comma, b']') => self.close_list(sink),
            (Wants::Comma, b',') => {
                list.wants = Wants::Record;
                self.window.consume(1);
                Ok(())
            }
            (Wants::First | Wants::Record, b'{') => {
                list.wants = Wants::Comma;
                self.record(sink)
            }
            (Wants::First | Wants::Record, b'[') if may_open => {
                list.wants = Wants::Comma;
                self.window.consume(1);
                self.open.push(List {
                    envelope: None,
                    wants: Wants::First,
                });
                Ok(())
            }
            _ => self.trouble_in_list(wants, byte, sink),
        }
    }

    /// Something in a list that may not stand there. Reading goes on behind it.
    fn trouble_in_list(
        &mut self,
        wants: Wants,
        byte: u8,
        sink: &mut impl FnMut(Piece<'_>),
    ) -> io::Result<()> {
        let place = self.window.place();
        let found = json::describe(&self.head());
        let (expected, hint) = match (wants, byte) {
            (Wants::Comma, b'{') => ("`,` or `]`", ": the comma between two records is missing"),
            (Wants::Comma, b'}') => ("`,` or `]`", ": there is a closing brace too many"),
            (Wants::Comma, _) => ("`,` or `]`", ""),
            (_, b']') => ("a record", ": there is a comma too many before it"),
            (_, b',') => ("a record", ": there is a comma too many"),
            _ => ("a record", ": a record starts with `{`"),
        };
        let reason = format!("expected {expected}, found {found}{hint}");
        if !std::mem::replace(&mut self.in_strays, true) {
            sink(trouble(place, reason, CORRECT_IT));
        }
        let Some(list) = self.open.last_mut() else {
            return Ok(());
        };
        match (wants, byte) {
            // The record after the missing comma is read as one.
            (Wants::Comma, b'{') => list.wants = Wants::Record,
            (_, b']') => return self.close_list(sink),
            (_, b',') => self.window.consume(1),
            _ => {
                if byte != b'}' {
                    list.wants = Wants::Comma;
                }
                self.skip_token(byte)?;
            }
        }
        Ok(())
    }

    /// The record, or the envelope, at the window's start.
    fn record(&mut self, sink: &mut impl FnMut(Piece<'_>)) -> io::Result<()> {
        self.in_strays = false;
        let is_outside = self.open.is_empty();
        let hints = Hints {
            lines: is_outside && self.every_record_has_a_line == Some(true),
            envelope: self.open.len() < MAX_LISTS,
        };
        match boundary::find_end(&mut self.window, 1, b"}", hints)? {
            End::Closed(n_bytes) => {
                let place = self.window.place();
                let bytes = &self.window.bytes()[..n_bytes];
                let has_a_line = place.column == 1 && !bytes.contains(&b'\n');
                if is_outside {
                    let so_far = self.every_record_has_a_line.unwrap_or(true);
                    self.every_record_has_a_line = Some(so_far && has_a_line);
                }
                let offset = self.window.offset();
                sink(Piece::Record {
                    bytes,
                    offset,
                    place,
                });
                self.window.consume(n_bytes);
                Ok(())
            }
            End::List(at) => {
                let kept = (at < MAX_ENVELOPE_BYTES)
                    .then(|| (self.window.bytes()[..=at].to_vec(), self.window.place()));
                self.window.consume(at + 1);
                let envelope =
                    Some(kept.unwrap_or_else(|| (b"{\"data\":[".to_vec(), self.window.place())));
                self.open.push(List {
                    envelope,
                    wants: Wants::First,
                });
                Ok(())
            }
            End::Broken(n_bytes, why) => self.broken(n_bytes, why, sink),
        }
    }

    /// A record without an end: says where and why, and goes on at the next line that starts as
    /// its line did.
    fn broken(
        &mut self,
        n_bytes: usize,
        why: Break,
        sink: &mut impl FnMut(Piece<'_>),
    ) -> io::Result<()> {
        let (at, message, is_too_large) = explain(&self.window.bytes()[..n_bytes], why);
        let place = self.window.place_at(at);
        // The column tells the indentation, if the record is the first thing on its line.
        let indentation = self.window.place().column - 1;
        self.window.consume(1);
        let found = self.skip_to_line(indentation)?;
        if found && let Some(list) = self.open.last_mut() {
            list.wants = Wants::Record;
        }
        let skipped = if found {
            ""
        } else {
            "; nothing after it could be read"
        };
        if !found {
            self.open.clear();
        }
        let way_out = if is_too_large {
            "Add the record's pictures as files of their own, and import it without them"
        } else {
            CORRECT_IT
        };
        let reason = format!("{message}{skipped}");
        sink(Piece::Trouble {
            place,
            reason,
            way_out,
            is_record: true,
        });
        Ok(())
    }

    /// Moves to the next line that has `indentation` characters of white space, or none, and then
    /// `{`. `false` at the file's end.
    fn skip_to_line(&mut self, indentation: u64) -> io::Result<bool> {
        loop {
            let Some(n_bytes) = self.window.bytes().iter().position(|&byte| byte == b'\n') else {
                let all = self.window.bytes().len();
                self.window.consume(all);
                if !self.window.fill()? {
                    return Ok(false);
                }
                continue;
            };
            self.window.consume(n_bytes + 1);
            let mut n_space = 0;
            while let Some(b' ' | b'\t') = self.window.byte(n_space)? {
                n_space += 1;
            }
            let is_start = self.window.byte(n_space)? == Some(b'{');
            if is_start && (n_space as u64 == indentation || n_space == 0) {
                self.window.consume(n_space);
                return Ok(true);
            }
        }
    }

    /// The list's `]` is at the window's start.
    fn close_list(&mut self, sink: &mut impl FnMut(Piece<'_>)) -> io::Result<()> {
        self.window.consume(1);
        let Some(list) = self.open.pop() else {
            return Ok(());
        };
        let Some((mut head, start)) = list.envelope else {
            return Ok(());
        };
        let hints = Hints {
            lines: false,
            envelope: false,
        };
        let tail_place = self.window.place();
        match boundary::find_end(&mut self.window, 0, b"}", hints)? {
            End::Closed(n_bytes) => {
                // What is around the records is a small object of its own.
                let n_head = head.len();
                head.push(b']');
                head.extend_from_slice(&self.window.bytes()[..n_bytes]);
                self.window.consume(n_bytes);
                let text = String::from_utf8_lossy(&head);
                match json::parse(&text) {
                    Ok(node) => {
                        let (total, unknown) = envelope_of(node);
                        sink(Piece::Envelope { total, unknown });
                    }
                    Err(error) => {
                        let at = error.at.min(text.len());
                        let place = if at <= n_head {
                            advanced(start, &text.as_bytes()[..at])
                        } else {
                            advanced(tail_place, &text.as_bytes()[n_head + 1..at])
                        };
                        let reason = format!("around the list's records: {}", error.message);
                        sink(trouble(place, reason, CORRECT_IT));
                    }
                }
            }
            End::List(n_bytes) | End::Broken(n_bytes, _) => {
                let place = self.window.place_at(n_bytes);
                self.window.consume(n_bytes);
                let reason = "the list's envelope has no end: expected `}`".to_owned();
                sink(trouble(place, reason, CORRECT_IT));
            }
        }
        Ok(())
    }

    fn end_of_file(&mut self, sink: &mut impl FnMut(Piece<'_>)) {
        let place = self.window.place();
        if self.stage == Stage::Blank {
            sink(trouble(place, "the file is empty".to_owned(), CHOOSE_JSON));
        } else if !self.open.is_empty() {
            self.open.clear();
            let reason =
                "expected `,` or `]`, found the end of the file: the list is cut off".to_owned();
            sink(trouble(place, reason, CORRECT_IT));
        }
    }

    /// The first characters of the window.
    fn head(&self) -> String {
        let bytes = self.window.bytes();
        String::from_utf8_lossy(&bytes[..bytes.len().min(8)]).into_owned()
    }
}

/// Trouble between records.
fn trouble(place: Place, reason: String, way_out: &'static str) -> Piece<'static> {
    Piece::Trouble {
        place,
        reason,
        way_out,
        is_record: false,
    }
}

/// Where a record without an end goes wrong, and how. The parser finds the first fault; the break
/// says what its end was. Also whether the record is at fault for nothing but its size.
fn explain(bytes: &[u8], why: Break) -> (usize, String, bool) {
    let (text, is_utf8) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, true),
        Err(error) => {
            let valid = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            // A character that the end cuts in two is no wrong byte.
            (valid, error.error_len().is_none())
        }
    };
    match (json::parse(text), why) {
        (Err(error), _) if error.at < text.len() => (error.at, error.message, false),
        _ if !is_utf8 => (
            text.len(),
            "expected UTF-8, found a byte that is none".to_owned(),
            false,
        ),
        (_, Break::Size) => {
            let limit = MAX_RECORD_BYTES >> 20;
            let message =
                format!("the record is larger than {limit} MiB, the limit for one record");
            (0, message, true)
        }
        (Err(error), why) => {
            let end = match why {
                Break::Line => "found the end of the line",
                _ => "found the end of the file",
            };
            (error.at, error.message.replace("found the end", end), false)
        }
        (Ok(_), _) => (text.len(), "the record has no end".to_owned(), false),
    }
}

/// The total that a list's envelope announces, and the names in it that are none of a list's.
fn envelope_of(node: Node<'_>) -> (Option<u64>, Vec<String>) {
    let Node::Object(mut envelope) = node else {
        return (None, Vec::new());
    };
    let total = match envelope.take("total") {
        Ok(Some(Node::Number(text))) => text.parse().ok(),
        _ => None,
    };
    for name in ["data", "limit", "page", "pages", "signature", "id"] {
        // A name given twice changes nothing here.
        envelope.take(name).ok();
    }
    let unknown = envelope
        .left()
        .take(50)
        .map(|name| name.chars().take(80).collect())
        .collect();
    (total, unknown)
}
