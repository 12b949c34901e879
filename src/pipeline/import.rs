//! Records of an import on their way into the store, a batch at a time.

use super::Pipeline;
use super::watch::{Event, Summary};
use crate::case::{Incoming, ReadOptions};
use crate::intake::results::Record;
use crate::intake::{self, Limits, Problem};
use crate::store::StoreError;

/// Result records that share one transaction: enough that flushing costs little, few enough that a
/// person who decides a case meanwhile does not notice.
const BATCH: usize = 4000;

/// Records on their way into the store.
pub(super) struct Import<'a> {
    name: &'a str,
    options: &'a ReadOptions,
    batch: Vec<Incoming>,
    pub(super) summary: Summary,
    n_read: u64,
}

impl<'a> Import<'a> {
    pub(super) fn new(name: &'a str, options: &'a ReadOptions) -> Self {
        let batch = Vec::with_capacity(BATCH);
        Self {
            name,
            options,
            batch,
            summary: Summary::default(),
            n_read: 0,
        }
    }

    /// Takes a record; the store has it when its batch is full.
    pub(super) fn take(
        &mut self,
        pipeline: &mut Pipeline<'_>,
        record: Record,
        n_bytes: u64,
    ) -> Result<(), StoreError> {
        let mut incoming = record.incoming;
        // A flag of either the request or the person who imports it holds.
        incoming.options.whole_frame |= self.options.whole_frame;
        incoming.options.ignore_cropped |= self.options.ignore_cropped;
        incoming.options.ignore_colourless |= self.options.ignore_colourless;
        for (side, bytes) in record.pictures {
            match intake::load(&bytes, side, &Limits::default()) {
                Ok(picture) => {
                    pipeline.store.originals().put(&bytes)?;
                    incoming.pictures.push(picture.record);
                }
                Err(error) => {
                    let item = format!("{}, record {}, {}", self.name, record.number, side.name());
                    let place = Some(record.place);
                    let (reason, way_out) = (error.to_string(), error.way_out().to_owned());
                    let problem = Problem {
                        item,
                        place,
                        reason,
                        way_out,
                    };
                    pipeline.problem(&mut self.summary, problem);
                    return Ok(());
                }
            }
        }
        self.batch.push(incoming);
        if self.batch.len() >= BATCH {
            self.flush(pipeline)?;
            pipeline.tell(Event::Progress {
                done: record.end,
                total: Some(n_bytes),
            });
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
