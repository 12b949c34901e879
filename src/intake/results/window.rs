//! A moving window over a file: the bytes from the current record's start to as far as was read,
//! and the place of that start as an editor counts it.

use std::io::{self, Read};

use crate::intake::Place;

/// Bytes asked for at once: large enough that a call costs nothing beside the parsing of what it
/// brings.
const CHUNK_BYTES: usize = 256 << 10;

pub(super) struct Window<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Where the window's first byte lies in `buffer`.
    start: usize,
    /// Where the window's first byte lies in the file.
    offset: u64,
    place: Place,
    at_end: bool,
    /// A failure that came after bytes; those are handed on first.
    failure: Option<io::Error>,
    /// The most that `buffer` ever had room for.
    peak_bytes: usize,
}

impl<R: Read> Window<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            start: 0,
            offset: 0,
            place: Place::START,
            at_end: false,
            failure: None,
            peak_bytes: 0,
        }
    }

    /// What has been read and not consumed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// The byte `at` bytes into the window; reads on as needed. `None` past the file's end.
    pub(super) fn byte(&mut self, at: usize) -> io::Result<Option<u8>> {
        while self.start + at >= self.buffer.len() {
            if !self.fill()? {
                return Ok(None);
            }
        }
        Ok(Some(self.buffer[self.start + at]))
    }

    /// Reads another chunk. `false` at the file's end.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        if let Some(failure) = self.failure.take() {
            self.at_end = true;
            return Err(failure);
        }
        if self.at_end {
            return Ok(false);
        }
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let room = CHUNK_BYTES.max(self.buffer.len() / 4);
        // Exactly, so that a large record does not double the memory.
        self.buffer.reserve_exact(room);
        let n_before = self.buffer.len();
        let read = self
            .reader
            .by_ref()
            .take(room as u64)
            .read_to_end(&mut self.buffer);
        self.peak_bytes = self.peak_bytes.max(self.buffer.capacity());
        let has_grown = self.buffer.len() > n_before;
        match read {
            Ok(_) => self.at_end = !has_grown,
            Err(failure) if has_grown => self.failure = Some(failure),
            Err(failure) => return Err(failure),
        }
        Ok(has_grown)
    }

    /// Moves the window's start `n_bytes` on. They must have been read.
    pub(super) fn consume(&mut self, n_bytes: usize) {
        self.place = advanced(self.place, &self.buffer[self.start..self.start + n_bytes]);
        self.start += n_bytes;
        self.offset += n_bytes as u64;
    }

    /// Moves the window's start over white space.
    pub(super) fn skip_space(&mut self) -> io::Result<()> {
        loop {
            let is_space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
            let n_bytes = self
                .bytes()
                .iter()
                .take_while(|byte| is_space(byte))
                .count();
            let is_all = n_bytes == self.bytes().len();
            self.consume(n_bytes);
            if !is_all || !self.fill()? {
                return Ok(());
            }
        }
    }

    /// Corrects the place of the window's start, where bytes have no width in an editor.
    pub(super) fn set_place(&mut self, place: Place) {
        self.place = place;
    }

    /// The place of the window's start.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// The place `n_bytes` into the window.
    pub(super) fn place_at(&self, n_bytes: usize) -> Place {
        let bytes = self.bytes();
        advanced(self.place, &bytes[..n_bytes.min(bytes.len())])
    }

    /// The offset of the window's start in the file.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    pub(super) fn peak_bytes(&self) -> usize {
        self.peak_bytes
    }
}

/// `place` moved over `bytes`. A character counts by its first byte.
pub(super) fn advanced(place: Place, bytes: &[u8]) -> Place {
    let n_lines = bytes.iter().filter(|&&byte| byte == b'\n').count();
    let n_chars = |bytes: &[u8]| bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u64;
    match bytes.iter().rposition(|&byte| byte == b'\n') {
        None => Place {
            line: place.line,
            column: place.column + n_chars(bytes),
        },
        Some(last) => Place {
            line: place.line + n_lines as u64,
            column: 1 + n_chars(&bytes[last + 1..]),
        },
    }
}
