//! Other people's results: JSON of the formats A to D, told apart by content, one file per format.
//!
//! [`read`] takes a file of any size and hands on one record at a time. A record becomes an
//! [`Incoming`] whose numbers have been checked, or a [`Problem`] with its line and column; either
//! way the next record is read. No value is guessed: what is missing is not performed, and what is
//! out of range rejects its record.

use std::collections::{BTreeMap, VecDeque};
use std::io::Read;

use super::{Place, Problem};
use crate::case::{Incoming, OriginalRef, Sha256, Side, Source};

mod base64;
mod boundary;
mod detect;
mod fields;
mod idlive_doc;
mod idrnd;
mod json;
mod liveness_api;
mod liveness_object;
mod record;
mod stream;
mod window;

use fields::{ASK_SOURCE, Reject};
use record::Understood;
use stream::{CORRECT_IT, Piece, Stream};

/// A record that was understood.
#[derive(Debug)]
pub struct Record {
    /// What it says. Its `pictures` are empty: those in [`Self::pictures`] have yet to be decoded
    /// and stored.
    pub incoming: Incoming,
    /// The files of the pictures that a request carries, as they were before Base64.
    pub pictures: Vec<(Side, Vec<u8>)>,
    /// Its number in the file, from 1; records that were not understood count.
    pub number: u64,
    /// Where it starts.
    pub place: Place,
    /// The offset in bytes behind it, for the progress of a long import.
    pub end: u64,
}

/// What a file held, so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records that were understood, by format.
    pub n_records: BTreeMap<Source, u64>,
    /// Problems that were handed on.
    pub n_problems: u64,
    /// Paths of fields that no importer knows, and in how many records. At most
    /// [`MAX_UNKNOWN_PATHS`] paths; the records list theirs, too.
    pub unknown_fields: BTreeMap<String, u64>,
    /// The number of records that paged lists announce in all, where they do. More than are here
    /// means that there are more pages.
    pub n_announced: Option<u64>,
}

impl Summary {
    /// Records that were understood, of all formats.
    #[must_use]
    pub fn n_records_in_all(&self) -> u64 {
        self.n_records.values().sum()
    }
}

/// Paths kept in [`Summary::unknown_fields`]: a file of noise must not fill the memory.
pub const MAX_UNKNOWN_PATHS: usize = 500;

/// Reads the records of a file, one after another. `name` is what problems call it, and `file` is
/// the hash under which the store keeps it whole.
///
/// The reader is asked for large pieces; it needs no buffer of its own.
pub fn read<R: Read>(reader: R, name: &str, file: Sha256) -> Results<R> {
    Results {
        stream: Stream::new(reader),
        is_done: false,
        out: Out {
            name: name.to_owned(),
            file,
            number: 0,
            ready: VecDeque::new(),
            summary: Summary::default(),
        },
    }
}

/// The records of a file, each understood or with the reason why not. Nothing in a file ends the
/// reading before its time; a disk that fails does, with a last problem.
pub struct Results<R> {
    stream: Stream<R>,
    is_done: bool,
    out: Out,
}

impl<R: Read> Results<R> {
    /// What was read so far.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.out.summary
    }

    /// Bytes of the file that were read so far.
    #[must_use]
    pub fn n_bytes(&self) -> u64 {
        self.stream.n_bytes()
    }

    /// The most bytes of the file that were held at once.
    #[must_use]
    pub fn peak_bytes(&self) -> usize {
        self.stream.peak_bytes()
    }
}

impl<R: Read> Iterator for Results<R> {
    type Item = Result<Record, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.out.ready.pop_front() {
                return Some(item);
            }
            if self.is_done {
                return None;
            }
            match self.stream.step(&mut |piece| self.out.take(piece)) {
                Ok(more) => self.is_done = !more,
                Err(error) => {
                    self.is_done = true;
                    self.out.problem(Problem::new(
                        self.out.name.clone(),
                        format!("the file could not be read any further: {error}"),
                        "Check the disk and import the file again: what was read is kept",
                    ));
                }
            }
        }
    }
}

/// What was read and not yet asked for.
struct Out {
    name: String,
    file: Sha256,
    /// Records so far.
    number: u64,
    ready: VecDeque<Result<Record, Problem>>,
    summary: Summary,
}

impl Out {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Record {
                bytes,
                offset,
                place,
            } => {
                self.number += 1;
                self.record(bytes, offset, place);
            }
            Piece::Trouble {
                place,
                reason,
                way_out,
                is_record,
            } => {
                self.number += u64::from(is_record);
                let item = if is_record {
                    self.item()
                } else {
                    self.name.clone()
                };
                self.problem(Problem::new(item, reason, way_out).at(place));
            }
            Piece::Envelope { total, unknown } => {
                self.summary.n_announced = self.summary.n_announced.max(total);
                self.note_unknown(&unknown);
            }
        }
    }

    fn record(&mut self, bytes: &[u8], offset: u64, place: Place) {
        let fault = |at: usize, reason: String| {
            let place = window::advanced(place, &bytes[..at.min(bytes.len())]);
            Problem::new(self.item(), reason, CORRECT_IT).at(place)
        };
        let node = std::str::from_utf8(bytes)
            .map_err(|error| {
                let reason = "expected UTF-8, found a byte that is none".to_owned();
                fault(error.valid_up_to(), reason)
            })
            .and_then(|text| json::parse(text).map_err(|error| fault(error.at, error.message)));
        let understood = match node {
            Ok(node) => record::understand(node),
            Err(problem) => return self.problem(problem),
        };
        match understood {
            Ok(understood) => self.understood(understood, bytes, offset, place),
            Err(reject) => self.rejected(place, reject),
        }
    }

    fn understood(&mut self, mut understood: Understood, bytes: &[u8], offset: u64, place: Place) {
        self.note_unknown(&understood.unknown);
        if understood.is_empty_request() {
            let reason = "the request holds no picture".to_owned();
            self.rejected(
                place,
                Reject {
                    reason,
                    way_out: ASK_SOURCE,
                },
            );
            return;
        }
        for reject in std::mem::take(&mut understood.refused) {
            self.rejected(place, reject);
        }
        if understood.assessment.is_none() && understood.pictures.is_empty() {
            return;
        }
        *self.summary.n_records.entry(understood.source).or_default() += 1;
        let n_bytes = bytes.len() as u64;
        let external_id = understood
            .id
            .as_ref()
            .map(|id| format!("{}:{id}", understood.source.name()));
        let incoming = Incoming {
            label: understood.id.unwrap_or_else(|| self.item()),
            source: understood.source,
            external_id,
            content: Sha256::of(bytes),
            original: Some(OriginalRef {
                sha256: self.file,
                offset,
                n_bytes,
            }),
            pictures: Vec::new(),
            options: understood.options,
            assessment: understood.assessment,
        };
        self.ready.push_back(Ok(Record {
            incoming,
            pictures: understood.pictures,
            number: self.number,
            place,
            end: offset + n_bytes,
        }));
    }

    /// What a person calls the current record.
    fn item(&self) -> String {
        format!("{}, record {}", self.name, self.number)
    }

    fn rejected(&mut self, place: Place, reject: Reject) {
        self.problem(Problem::new(self.item(), reject.reason, reject.way_out).at(place));
    }

    fn problem(&mut self, problem: Problem) {
        self.summary.n_problems += 1;
        self.ready.push_back(Err(problem));
    }

    fn note_unknown(&mut self, paths: &[String]) {
        let known = &mut self.summary.unknown_fields;
        for path in paths {
            if let Some(n_records) = known.get_mut(path) {
                *n_records += 1;
            } else if known.len() < MAX_UNKNOWN_PATHS {
                known.insert(path.clone(), 1);
            }
        }
    }
}
