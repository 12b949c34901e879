//! Records of an import on their way into the store: read and made ready on a thread of their own,
//! stored a batch at a time.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::ControlFlow;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use super::Pipeline;
use super::watch::{Event, Summary};
use crate::case::{Incoming, ReadOptions};
use crate::intake::results::{Record, Results};
use crate::intake::{self, Limits, Problem};
use crate::store::{Originals, StoreError};

/// Result records that share one transaction: enough that flushing costs little, few enough that a
/// person who decides a case meanwhile does not notice.
const BATCH: usize = 4096;

/// Records that are handed from the reading thread to the storing one at a time.
const HANDFUL: usize = 128;

/// Handfuls that may wait: a quarter of a batch, for reading is the faster part of the work.
const N_WAITING: usize = BATCH / HANDFUL / 4;

/// What the reading thread hands over: a record whose pictures are kept and the offset in bytes behind
/// it, or why there is none.
type Item = Result<(Incoming, u64), Trouble>;

/// Why a record is not taken in.
pub(super) enum Trouble {
    /// It is at fault itself.
    Record(Problem),
    /// The workspace cannot be written.
    Store(StoreError),
}

/// Reads the records of a file on a thread of its own, ahead of `take`, until the file ends or
/// `take` breaks off or fails. `name` is what problems call the file. Returns the fields that no
/// importer knows, and in how many records they were.
pub(super) fn read_ahead<R: Read + Send>(
    mut records: Results<R>,
    name: &str,
    options: &ReadOptions,
    originals: &Originals,
    mut take: impl FnMut(Item) -> Result<ControlFlow<()>, StoreError>,
) -> Result<BTreeMap<String, u64>, StoreError> {
    thread::scope(|scope| {
        let (ready, handfuls) = sync_channel(N_WAITING);
        let reading = scope.spawn(move || {
            let items = records.by_ref().map(|record| match record {
                Ok(record) => made_ready(record, name, options, originals),
                Err(problem) => Err(Trouble::Record(problem)),
            });
            hand_over(items, &ready);
            records.summary().unknown_fields.clone()
        });
        'all: for handful in &handfuls {
            for item in handful {
                if take(item)?.is_break() {
                    break 'all;
                }
            }
        }
        // The reading thread ends when nobody waits for more.
        drop(handfuls);
        reading
            .join()
            .map_err(|panic| std::panic::resume_unwind(panic))
    })
}

fn hand_over(items: impl Iterator<Item = Item>, ready: &SyncSender<Vec<Item>>) {
    let mut handful = Vec::with_capacity(HANDFUL);
    for item in items {
        handful.push(item);
        if handful.len() == HANDFUL {
            let full = std::mem::replace(&mut handful, Vec::with_capacity(HANDFUL));
            if ready.send(full).is_err() {
                return;
            }
        }
    }
    // Where nobody waits any more it was broken off, and what is left is not asked for.
    let _broken_off = ready.send(handful);
}

/// Keeps the record's pictures; only what the store needs of them goes on.
fn made_ready(record: Record, name: &str, options: &ReadOptions, originals: &Originals) -> Item {
    let mut incoming = record.incoming;
    // A flag of either the request or the person who imports it holds.
    incoming.options.whole_frame |= options.whole_frame;
    incoming.options.ignore_cropped |= options.ignore_cropped;
    incoming.options.ignore_colourless |= options.ignore_colourless;
    for (side, bytes) in record.pictures {
        match intake::load(&bytes, side, &Limits::default()) {
            Ok(picture) => {
                if let Err(error) = originals.put(&bytes) {
                    return Err(Trouble::Store(error));
                }
                incoming.pictures.push(picture.incoming());
            }
            Err(error) => {
                let item = format!("{name}, record {}, {}", record.number, side.name());
                let problem = Problem::new(item, error.to_string(), error.way_out());
                return Err(Trouble::Record(problem.at(record.place)));
            }
        }
    }
    Ok((incoming, record.end))
}

/// Records on their way into the store.
pub(super) struct Import {
    batch: Vec<Incoming>,
    pub(super) summary: Summary,
    n_read: u64,
    n_bytes: u64,
}

impl Import {
    /// An import of a file of `n_bytes`.
    pub(super) fn new(n_bytes: u64) -> Self {
        Self {
            batch: Vec::with_capacity(BATCH),
            summary: Summary::default(),
            n_read: 0,
            n_bytes,
        }
    }

    /// Takes what was read; the store has a record when its batch is full.
    pub(super) fn take(
        &mut self,
        pipeline: &mut Pipeline<'_>,
        item: Item,
    ) -> Result<(), StoreError> {
        match item {
            Err(Trouble::Store(error)) => return Err(error),
            Err(Trouble::Record(problem)) => pipeline.problem(&mut self.summary, problem),
            Ok((incoming, end)) => {
                self.batch.push(incoming);
                if self.batch.len() >= BATCH {
                    self.flush(pipeline)?;
                    pipeline.tell(Event::Progress {
                        done: end,
                        total: Some(self.n_bytes),
                    });
                }
            }
        }
        Ok(())
    }

    /// Stores the records that wait for their batch to fill.
    pub(super) fn flush(&mut self, pipeline: &mut Pipeline<'_>) -> Result<(), StoreError> {
        self.n_read += self.batch.len() as u64;
        pipeline.take_in(&self.batch, &mut self.summary)?;
        self.batch.clear();
        pipeline.tell(Event::Stored {
            n_records: self.n_read,
        });
        Ok(())
    }
}
