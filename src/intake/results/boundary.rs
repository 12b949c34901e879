//! Where a record ends: brackets and texts are counted, nothing is understood. What is wrong
//! within the brackets is left to the parser; only what makes the end itself unknown is a break.

use std::io::{self, Read};

use super::window::Window;

/// How a record ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// At its closing bracket; this many bytes.
    Closed(usize),
    /// It is a list's envelope: its `data` is a list, whose `[` lies this many bytes in.
    List(usize),
    /// No end was found; this many bytes belong to it for all one can tell.
    Broken(usize, Break),
}

/// Why a record has no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Break {
    /// A bracket closes what another kind of bracket opened.
    Bracket,
    /// The line ends within a text, or within a record where every record has a line.
    Line,
    /// The file ends.
    File,
    /// It is larger than the limit.
    Size,
    /// Its brackets are nested without measure.
    Depth,
}

/// The largest record. Two photographs of twelve megapixels in Base64 fit twice over; more would
/// let one record take the memory that a whole import may have.
pub(super) const MAX_RECORD_BYTES: usize = 32 << 20;

/// Brackets within brackets that are counted before a record is called broken.
const MAX_DEPTH: usize = 1024;

/// What the scan may conclude from where the record stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hints {
    /// Every record so far had a line of its own, so a line that starts with `{` starts a record.
    pub(super) lines: bool,
    /// The record may be the envelope of a list.
    pub(super) envelope: bool,
}

/// Finds the end of the record at the window's start, whose brackets in `open` are already open
/// and of which `from` bytes are known. Nothing is consumed.
pub(super) fn find_end<R: Read>(
    window: &mut Window<R>,
    from: usize,
    open: &[u8],
    hints: Hints,
) -> io::Result<End> {
    let mut closers = open.to_vec();
    let mut state = State::Plain;
    let mut at = from;
    loop {
        while at < window.bytes().len() {
            let byte = window.bytes()[at];
            match (state, byte) {
                (State::Text, b'"') => state = State::Plain,
                (State::Text, b'\\') => state = State::Escape,
                (State::Text | State::Escape, b'\n') => {
                    return Ok(End::Broken(at + 1, Break::Line));
                }
                (State::Text, _) => {
                    // Base64 makes texts of megabytes: go through them without the match.
                    let plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | b'\n');
                    at += window.bytes()[at..]
                        .iter()
                        .take_while(|byte| plain(byte))
                        .count();
                    continue;
                }
                (State::Escape, _) => state = State::Text,
                (State::LineComment, b'\n') => state = State::Plain,
                (State::BlockComment, b'*') => {
                    if window.byte(at + 1)? == Some(b'/') {
                        at += 1;
                        state = State::Plain;
                    }
                }
                (State::LineComment | State::BlockComment, _) => {}
                (State::Plain, b'"') => state = State::Text,
                (State::Plain, b'{') => closers.push(b'}'),
                (State::Plain, b'[') => {
                    if hints.envelope && closers == b"}" && is_data_key(&window.bytes()[..at]) {
                        return Ok(End::List(at));
                    }
                    closers.push(b']');
                }
                (State::Plain, b'}' | b']') => {
                    if closers.pop() != Some(byte) {
                        return Ok(End::Broken(at + 1, Break::Bracket));
                    }
                    if closers.is_empty() {
                        return Ok(End::Closed(at + 1));
                    }
                }
                // Comments are no JSON; they are stepped over so that an apostrophe or a bracket
                // in one does not hide the record's end.
                (State::Plain, b'/') => match window.byte(at + 1)? {
                    Some(b'/') => state = State::LineComment,
                    Some(b'*') => state = State::BlockComment,
                    _ => {}
                },
                (State::Plain, b'\n') if hints.lines && window.byte(at + 1)? == Some(b'{') => {
                    return Ok(End::Broken(at, Break::Line));
                }
                (State::Plain, _) => {}
            }
            if closers.len() > MAX_DEPTH {
                return Ok(End::Broken(at + 1, Break::Depth));
            }
            at += 1;
        }
        if at > MAX_RECORD_BYTES {
            return Ok(End::Broken(at, Break::Size));
        }
        if !window.fill()? {
            return Ok(End::Broken(at, Break::File));
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Plain,
    Text,
    Escape,
    LineComment,
    BlockComment,
}

/// Whether `bytes` end in `"data":`, white space apart.
fn is_data_key(bytes: &[u8]) -> bool {
    let before = bytes.trim_ascii_end();
    before
        .strip_suffix(b":")
        .is_some_and(|key| key.trim_ascii_end().ends_with(b"\"data\""))
}
