//! What lies behind the case on screen, gathered when it is asked for: its files' metadata, the sources'
//! own records, its history.

use std::collections::{BTreeMap, BTreeSet};

use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions};
use image::RgbImage;

use super::desk::OpenCase;
use super::record::{self, Record};
use super::{App, Quiet, State};
use crate::case::{CaseId, OriginalRef, Sha256, Time};
use crate::intake::{self, Limits, Metadata};
use crate::store::{CaseRecord, LedgerRow, Received};
use crate::words::words;

/// The parts of the details, one of which is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// What the files say of themselves.
    Metadata,
    /// The sources' own records, beside what was understood of them.
    Original,
    /// Every run and every event.
    History,
}

impl Tab {
    /// The name on the tab.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Metadata => words!("tab-metadata"),
            Self::Original => words!("tab-original"),
            Self::History => words!("tab-history"),
        }
    }

    /// What it shows, in a sentence.
    #[must_use]
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::Metadata => words!("tab-metadata.tip"),
            Self::Original => words!("tab-original.tip"),
            Self::History => words!("tab-history.tip"),
        }
    }

    /// The tabs that have something to show of a case.
    pub fn of(case: &CaseRecord) -> impl Iterator<Item = Self> {
        let metadata = (!case.pictures.is_empty()).then_some(Self::Metadata);
        let original = records(case).next().map(|_| Self::Original);
        metadata.into_iter().chain(original).chain([Self::History])
    }
}

/// What came in for a case as a record of a source.
pub fn records(case: &CaseRecord) -> impl Iterator<Item = (&Received, OriginalRef)> {
    let received = case.received.iter();
    received.filter_map(|received| Some((received, received.original?)))
}

/// The details of one case, as far as they are gathered.
pub struct Details {
    /// The case.
    pub case: CaseId,
    /// The tab that is shown.
    pub tab: Tab,
    /// Which of [`records`] is shown.
    pub record: usize,
    /// What each picture's file says, by its original.
    pub pictures: BTreeMap<Sha256, Result<PictureDetails, String>>,
    /// The records, by their place in [`records`].
    pub records: BTreeMap<usize, Result<Record, String>>,
    /// The case's rows of the ledger, first to last.
    pub history: Vec<LedgerRow>,
    /// The state of the case that the history was read at.
    read_at: Option<Time>,
    /// What a job was started for.
    asked: BTreeSet<Asked>,
}

/// What a picture's file says, and the two small copies to look at.
pub struct PictureDetails {
    /// What it says.
    pub metadata: Metadata,
    /// The thumbnail in the file, and the picture at the same size.
    pub thumbnails: Option<[TextureHandle; 2]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    Picture(Sha256),
    Record(usize),
}

/// What a job comes back with.
pub(super) enum Gathered {
    Picture(Sha256, Result<Box<Metadata>, String>),
    Record(usize, Result<Record, String>),
}

impl Details {
    fn new(case: CaseId, tab: Tab) -> Self {
        Self {
            case,
            tab,
            record: 0,
            pictures: BTreeMap::new(),
            records: BTreeMap::new(),
            history: Vec::new(),
            read_at: None,
            asked: BTreeSet::new(),
        }
    }
}

impl App {
    /// Shows the details of the open case, then their next tab; after the last one none.
    pub(super) fn next_details(&mut self) {
        let State::Ready(desk) = &self.state else {
            return;
        };
        let Some(open) = &desk.open else {
            return;
        };
        if open.hides_something(desk.actor()) {
            self.fail(words!("details-hidden"));
            return;
        }
        let mut tabs = Tab::of(&open.record);
        match &mut self.details {
            None => {
                self.details = tabs.next().map(|tab| Details::new(open.record.id, tab));
            }
            Some(details) => {
                tabs.find(|&tab| tab == details.tab);
                match tabs.next() {
                    Some(tab) => details.tab = tab,
                    None => self.details = None,
                }
            }
        }
    }

    /// Copies the record that is shown.
    pub(super) fn copy_record(&self, ctx: &Context) {
        let shown = self.details.as_ref();
        let record = shown.and_then(|details| details.records.get(&details.record));
        if let Some(Ok(record)) = record {
            ctx.copy_text(record.lines.join("\n"));
        }
    }

    /// Starts jobs for what the shown tab lacks, and reads the history again when the case changed.
    pub(super) fn gather_details(&mut self) {
        let (Some(details), State::Ready(desk), Some(worker)) =
            (&mut self.details, &self.state, &self.decoder)
        else {
            return;
        };
        let open = desk.open.as_ref();
        let shows = |open: &&OpenCase| {
            open.record.id == details.case && !open.hides_something(desk.actor())
        };
        let Some(open) = open.filter(shows) else {
            self.details = None;
            return;
        };
        let case = &open.record;
        if details.read_at != Some(case.updated) {
            details.read_at = Some(case.updated);
            match desk.store().history(case.id) {
                Ok(history) => details.history = history,
                Err(error) => {
                    self.fail(error.to_string());
                    return;
                }
            }
        }
        let id = case.id;
        let originals = desk.store().originals();
        match details.tab {
            Tab::Metadata => {
                for sha256 in case.pictures.iter().map(|picture| picture.sha256) {
                    if details.asked.insert(Asked::Picture(sha256)) {
                        let originals = originals.clone();
                        self.quiet
                            .give(worker, words!("job-metadata"), move |(), _context| {
                                let read = originals.read(&sha256).map_err(|e| e.to_string());
                                let read = read.and_then(|bytes| {
                                    intake::metadata(&bytes, &Limits::default())
                                        .map(Box::new)
                                        .map_err(|error| error.to_string())
                                });
                                Quiet::Gathered(id, Gathered::Picture(sha256, read))
                            });
                    }
                }
            }
            Tab::Original => {
                let at = details.record;
                let of = records(case).nth(at).map(|(_, of)| of);
                if let Some(of) = of
                    && details.asked.insert(Asked::Record(at))
                {
                    let originals = originals.clone();
                    self.quiet
                        .give(worker, words!("job-record"), move |(), _context| {
                            let read = record::read(&originals, of);
                            Quiet::Gathered(id, Gathered::Record(at, read))
                        });
                }
            }
            Tab::History => {}
        }
    }

    /// Takes in what a job gathered, if its case is still looked at.
    pub(super) fn take_gathered(&mut self, ctx: &Context, case: CaseId, gathered: Gathered) {
        let details = self.details.as_mut();
        let Some(details) = details.filter(|details| details.case == case) else {
            return;
        };
        match gathered {
            Gathered::Picture(sha256, read) => {
                let read = read.map(|metadata| PictureDetails {
                    thumbnails: metadata.thumbnail.as_ref().map(|thumbnail| {
                        [&thumbnail.pixels, &thumbnail.of_picture]
                            .map(|pixels| texture(ctx, pixels))
                    }),
                    metadata: *metadata,
                });
                details.pictures.insert(sha256, read);
            }
            Gathered::Record(at, read) => {
                details.records.insert(at, read);
            }
        }
    }
}

fn texture(ctx: &Context, pixels: &RgbImage) -> TextureHandle {
    let size = [pixels.width() as usize, pixels.height() as usize];
    let image = ColorImage::from_rgb(size, pixels.as_raw());
    ctx.load_texture("thumbnail-in-file", image, TextureOptions::LINEAR)
}
