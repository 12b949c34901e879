//! A file of records, read once from front to back: single objects, JSON Lines, arrays and paged
//! lists, each record handed on with its place. Only one record is held at a time.
//!
//! After a record that breaks off, reading goes on at the next line that starts as that record's
//! line did: with the same indentation and `{`.

use std::io::{self, Read};
use std::ops::ControlFlow;

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
    Envelope { total: Option<u64>, unknown: Vec<String> },
}

/// The way out for a file that is not JSON as a whole.
const CHOOSE_JSON: &str = "Choose a JSON or JSON Lines file, saved as UTF-8";
/// The way out for a fault at a place.
pub(super) const CORRECT_IT: &str =
    "Correct the file at this place, or ask the source for the file again";

/// Reads all records and hands them to `sink` until that breaks off or the file ends. Returns the
/// most bytes that were held.
pub(super) fn read(
    reader: impl Read,
    sink: &mut impl FnMut(Piece<'_>) -> ControlFlow<()>,
) -> io::Result<Extent> {
    let mut stream = Stream {
        window: Window::new(reader),
        open: Vec::new(),
        every_record_has_a_line: false,
        n_records: 0,
        in_strays: false,
    };
    let stopped = stream.run(sink)?.is_break();
    Ok(Extent {
        n_bytes: stream.window.offset(),
        peak_bytes: stream.window.peak_bytes(),
        stopped,
    })
}

/// How much was read.
pub(super) struct Extent {
    pub(super) n_bytes: u64,
    pub(super) peak_bytes: usize,
    pub(super) stopped: bool,
}

/// A list that is open.
struct List {
    /// For a list in an envelope: the envelope up to its `[`, and where it starts.
    envelope: Option<(Vec<u8>, Place)>,
    wants: Wants,
    /// The white space before a record at the start of its line.
    n_records: u64,
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

struct Stream<R> {
    window: Window<R>,
    open: Vec<List>,
    /// Whether there was a record outside of lists, and all of these had a line each.
    every_record_has_a_line: bool,
    n_records: u64,
    /// Whether the last thing seen outside of lists was a stray one that was already reported.
    in_strays: bool,
}

type Flow = io::Result<ControlFlow<()>>;

impl<R: Read> Stream<R> {
    fn run(&mut self, sink: &mut impl FnMut(Piece<'_>) -> ControlFlow<()>) -> Flow {
        if let Some(flow) = self.check_start(sink)? {
            return Ok(flow);
        }
        loop {
            self.window.skip_space()?;
            let Some(byte) = self.window.byte(0)? else { return self.end_of_file(sink) };
            let flow = if self.open.is_empty() {
                self.outside(byte, sink)?
            } else {
                self.in_list(byte, sink)?
            };
            if flow.is_break() {
                return Ok(flow);
            }
        }
    }

    /// Steps over a byte order mark; names files that are no text.
    fn check_start(
        &mut self,
        sink: &mut impl FnMut(Piece<'_>) -> ControlFlow<()>,
    ) -> io::Result<Option<ControlFlow<()>>> {
        self.window.byte(3)?;
        let head = self.window.bytes();
        let is = |marks: &[&[u8]]| marks.iter().any(|mark| head.starts_with(mark));
        let reason = if is(&[b"\xEF\xBB\xBF"]) {
            self.window.consume(3);
            // The mark has no width in an editor.
            self.window.set_place(Place::START);
            return Ok(None);
        } else if is(&[b"\xFF\xFE", b"\xFE\xFF", b"{\0", b"[\0", b"\0{", b"\0["]) {
            "the file is UTF-16, and UTF-8 was expected"
        } else if is(&[b"\x1F\x8B", b"PK\x03\x04", b"BZh", b"\xFD7zXZ", b"\x28\xB5\x2F\xFD"]) {
            "the file is compressed, and JSON was expected"
        } else if head.is_empty() {
            "the file is empty"
        } else {
            return Ok(None);
        };
        Ok(Some(sink(Piece::Trouble {
            place: Place::START,
            reason: reason.to_owned(),
            way_out: CHOOSE_JSON,
            is_record: false,
        })))
    }

    fn outside(
        &mut self,
        byte: u8,
        sink: &mut impl FnMut(Piece<'_>) -> ControlFlow<()>,
    ) -> Flow {
        match byte {
            b'{' => {
                self.in_strays = false;
                self.record(sink)
            }
            b'[' => {
                self.in_strays = false;
                self.window.consume(1);
                self.open.push(List { envelope: None, wants: Wants::First, n_records: 0 });
                Ok(ControlFlow::Continue(()))
            }
            _ => self.stray(byte, sink),
        }
    }

    /// Something outside of lists that starts no record.
    fn stray(
        &mut self,
        byte: u8,
        sink: &mut impl FnMut(Piece<'_>) -> ControlFlow<()>,
    ) -> Flow {
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
        let is_hopeless = self.n_records == 0 && !matches!(byte, b'"' | b'}' | b']' | b',' | b'/');
        let is_new = !std::mem::replace(&mut self.in_strays, true);
        if is_new {
            let way_out = if is_hopeless { CHOOSE_JSON } else { CORRECT_IT };
            let reason = format!("expected `{{` or `[`, found {found}{hint}");
            let flow = sink(Piece::Trouble { place, reason, way_out, is_record: false });
            if flow.is_break() || is_hopeless {
                return Ok(ControlFlow::Break(()).and_stop(flow));
            }
        }
        self.skip_token(byte)?;
        Ok(ControlFlow::Continue(()))
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

    fn in_list(
        &mut self,
        byte: u8,
        sink: &mut impl FnMut(Piece<'_>) -> ControlFlow<()>,
    ) -> Flow {
        let Some(list) = self.open.last_mut() else { return Ok(ControlFlow::Continue(())) };
        let wants = list.wants;
        match (wants, byte) {
            (Wants::First | Wants::Comma, b']') => self.close_list(sink),
            (Wants::Comma, b',') => {
                list.wants = Wants::Record;
                self.window.consume(1);
                Ok(ControlFlow::Continue(()))
            }
            (Wants::First | Wants::Record, b'{') => {
                list.wants = Wants::Comma;
                list.n_records += 1;
                self.record(sink)
            }
            (Wants::First | Wants::Record, b'[') if self.open.len() < MAX_LISTS => {
                list.wants = Wants::Comma;
                self.window.consume(1);
                self.open.push(List { envelope: None, wants: Wants::First, n_records: 0 });
                Ok(ControlFlow::Continue(()))
            }
            _ => self.trouble_in_list(wants, byte, sink),
        }
    }

    /// Something in a list that may not stand there. Reading goes on behind it.
    fn trouble_in_list(
        &mut self,
        wants: Wants,
        byte: u8,
        sink: &mut impl FnMut(Piece<'_>) -> ControlFlow<()>,
    ) -> Flow {
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
        let flow = sink(Piece::Trouble { place, reason, way_out: CORRECT_IT, is_record: false });
        if flow.is_break() {
            return Ok(flow);
        }
        let Some(list) = self.open.last_mut() else { return Ok(flow) };
        match (wants, byte) {
            // The record after the missing comma is read as one.
            (Wants::Comma, b'{') => list.wants = Wants::Record,
            (_, b']') => return self.close_list(sink),
            (_, b',') => self.window.consume(1),
            _ => {
                if wants == Wants::First {
                    list.wants = Wants::Comma;
                } else if wants == Wants::Record && byte != b'}' {
                    list.wants = Wants::Comma;
                }
                self.skip_token(byte)?;
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The record, or the envelope, at the window's start.
    fn record(&mut self, sink: &mut impl FnMut(Piece<'_>) -> ControlFlow<()>) -> Flow {
        let is_outside = self.open.is_empty();
        let hints = Hints {
            lines: is_outside && self.every_record_has_a_line,
            envelope: self.open.len() < MAX_LISTS,
        };
        match boundary::find_end(&mut self.window, 1, b"}", hints)? {
            End::Closed(n_bytes) => {
                let place = self.window.place();
                let bytes = &self.window.bytes()[..n_bytes];
                let has_a_line = place.column == 1 && !bytes.contains(&b'\n');
                if is_outside {
                    let is_first = self.n_records == 0;
                    self.every_record_has_a_line =
                        has_a_line && (is_first || self.every_record_has_a_line);
                }
                self.n_records += 1;
                let offset = self.window.offset();
                let flow = sink(Piece::Record { bytes, offset, place });
                self.window.consume(n_bytes);
                Ok(flow)
            }
            End::List(at) => {
                let kept = (at < MAX_ENVELOPE_BYTES)
                    .then(|| (self.window.bytes()[..=at].to_vec(), self.window.place()));
                self.window.consume(at + 1);
                let envelope = Some(kept.unwrap_or_else(|| (b"{\"data\":[".to_vec(), self.window.place())));
                self.open.push(List { envelope, wants: Wants::First, n_records: 0 });
                Ok(ControlFlow::Continue(()))
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
        sink: &mut impl FnMut(Piece<'_>) -> ControlFlow<()>,
    ) -> Flow {
        self.n_records += 1;
        let (at, message) = explain(&self.window.bytes()[..n_bytes], why);
        let place = self.window.place_at(at);
        let indentation = self.indentation();
        self.window.consume(1);
        let found = self.skip_to_line(&indentation)?;
        if found && let Some(list) = self.open.last_mut() {
            list.wants = Wants::Record;
        }
        let skipped = if found { "" } else { "; nothing after it could be read" };
        if !found {
            self.open.clear();
        }
        let is_size = why == Break::Size;
        let way_out = if is_size {
            "Add the record's pictures as files of their own, and import it without them"
        } else {
            CORRECT_IT
        };
        let reason = format!("{message}{skipped}");
        Ok(sink(Piece::Trouble { place, reason, way_out, is_record: true }))
    }

    /// How many spaces or tabs stand before the record on its line, as far as one can tell: its
    /// column, if it is the first on its line.
    fn indentation(&self) -> u64 {
        self.window.place().column - 1
    }

    /// Moves to the next line that has `indentation` characters of white space, or none, and then
    /// `{`. `false` at the file's end.
    fn skip_to_line(&mut self, indentation: &u64) -> io::Result<bool> {
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
            if is_start && (n_space as u64 == *indentation || n_space == 0) {
                self.window.consume(n_space);
                return Ok(true);
            }
        }
    }

    /// The list's `]` is at the window's start.
    fn close_list(&mut self, sink: &mut impl FnMut(Piece<'_>) -> ControlFlow<()>) -> Flow {
        self.window.consume(1);
        let Some(list) = self.open.pop() else { return Ok(ControlFlow::Continue(())) };
        let Some((mut head, start)) = list.envelope else { return Ok(ControlFlow::Continue(())) };
        let hints = Hints { lines: false, envelope: false };
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
                        Ok(sink(Piece::Envelope { total, unknown }))
                    }
                    Err(error) => {
                        let at = error.at.min(text.len());
                        let place = if at <= n_head {
                            advanced(start, &text.as_bytes()[..at])
                        } else {
                            advanced(tail_place, &text.as_bytes()[n_head + 1..at])
                        };
                        let reason = format!("around the list's records: {}", error.message);
                        Ok(sink(Piece::Trouble {
                            place,
                            reason,
                            way_out: CORRECT_IT,
                            is_record: false,
                        }))
                    }
                }
            }
            End::List(n_bytes) | End::Broken(n_bytes, _) => {
                let place = self.window.place_at(n_bytes);
                let all = self.window.bytes().len();
                self.window.consume(all.min(n_bytes));
                Ok(sink(Piece::Trouble {
                    place,
                    reason: "the list's envelope has no end: expected `}`".to_owned(),
                    way_out: CORRECT_IT,
                    is_record: false,
                }))
            }
        }
    }

    fn end_of_file(&mut self, sink: &mut impl FnMut(Piece<'_>) -> ControlFlow<()>) -> Flow {
        let place = self.window.place();
        let reason = if self.open.is_empty() {
            if self.n_records > 0 || self.window.offset() > 3 && self.in_strays {
                return Ok(ControlFlow::Continue(()));
            }
            return Ok(ControlFlow::Continue(()));
        } else {
            "expected `,` or `]`, found the end of the file: the list is cut off".to_owned()
        };
        self.open.clear();
        Ok(sink(Piece::Trouble { place, reason, way_out: CORRECT_IT, is_record: false }))
    }

    /// The first characters of the window.
    fn head(&self) -> String {
        let bytes = self.window.bytes();
        String::from_utf8_lossy(&bytes[..bytes.len().min(8)]).into_owned()
    }
}

/// Where a record without an end goes wrong, and how. The parser finds the first fault; the break
/// says what its end was.
fn explain(bytes: &[u8], why: Break) -> (usize, String) {
    if why == Break::Size {
        let limit = MAX_RECORD_BYTES >> 20;
        return (0, format!("the record is larger than {limit} MiB, the limit for one record"));
    }
    let (text, is_utf8) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, true),
        Err(error) => {
            let valid = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            (valid, error.error_len().is_none())
        }
    };
    match json::parse(text) {
        Err(error) if error.at < text.len() => (error.at, error.message),
        _ if !is_utf8 => (text.len(), "expected UTF-8, found a byte that is none".to_owned()),
        Err(error) => {
            let end = match why {
                Break::Line => "found the end of the line",
                _ => "found the end of the file",
            };
            (error.at, error.message.replace("found the end", end))
        }
        Ok(_) => (text.len(), "the record has no end".to_owned()),
    }
}

/// The total that a list's envelope announces, and the names in it that are none of a list's.
fn envelope_of(node: Node<'_>) -> (Option<u64>, Vec<String>) {
    let Node::Object(mut envelope) = node else { return (None, Vec::new()) };
    let total = match envelope.take("total") {
        Ok(Some(Node::Number(text))) => text.parse().ok(),
        _ => None,
    };
    for name in ["data", "limit", "page", "pages", "signature", "id"] {
        // A name given twice changes nothing here.
        envelope.take(name).ok();
    }
    let unknown = envelope.left().take(50).map(|name| name.chars().take(80).collect()).collect();
    (total, unknown)
}
