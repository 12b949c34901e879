//! Which pictures are made ready off the window's thread, and in which order.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use image::RgbImage;

use super::look::{Beside, Subject, straight_of};
use super::textures::{PictureId, Pyramid};
use super::{App, Quiet, State};
use crate::case::Side;
use crate::intake::{self, Limits};
use crate::jobs::JobContext;
use crate::lens::Lens;
use crate::store::Originals;
use crate::words::words;

impl App {
    /// Decodes what is on screen first, then its other side, then the next case, and looks at what is
    /// on screen and what comes next through the lens; forgets what is none of these any more.
    pub(super) fn start_decoding(&mut self) {
        let (State::Ready(desk), Some(decoder), Some(looker)) =
            (&self.state, &self.decoder, &self.looker)
        else {
            return;
        };
        let look = &self.look;
        let mut wanted: Vec<Wanted> = Vec::new();
        // A picture, and before it those that it is made of.
        let mut want = |subject: &Subject, lens| {
            let last = subject.id(look.straight, lens);
            let mut all = vec![last];
            while let Some(source) = all.last().and_then(|id| id.source()) {
                all.push(source);
            }
            wanted.extend(all.into_iter().rev().map(|id| Wanted {
                id,
                side: subject.side,
                file: subject.file.clone(),
            }));
        };
        let open = desk.open.as_ref();
        let on_screen = open.and_then(|open| open.subject(open.side));
        let other = open.and_then(|open| open.subject(open.other_side()?));
        if let Some(subject) = &on_screen {
            want(subject, look.lens);
        }
        match (&look.beside, &other) {
            (Beside::Pinned(subject, _), _) => want(subject, look.lens),
            (Beside::OtherSide, Some(other)) => want(other, look.lens),
            _ => {}
        }
        if let Some(subject) = &other {
            want(subject, None);
        }
        // What comes next is not known to be a document that could be straightened.
        let quick = look.lens.filter(|lens| !look.straight && !lens.is_slow());
        for (at, &(sha256, side)) in desk.next_pictures.iter().enumerate() {
            let plain = PictureId::plain(sha256);
            let of_case = |id| Wanted {
                id,
                side,
                file: None,
            };
            wanted.push(of_case(plain));
            if at == 0 && quick.is_some() {
                let lens = quick;
                wanted.push(of_case(PictureId { lens, ..plain }));
            }
        }
        let known: BTreeSet<PictureId> = wanted.iter().map(|wanted| wanted.id).collect();
        for (id, job) in &self.decoding {
            if !known.contains(id) {
                self.quiet.cancel(*job);
            }
        }
        for Wanted { id, side, file } in wanted {
            let there = self.textures.use_picture(&id).is_some()
                || self.decoding.contains_key(&id)
                || self.undecodable.contains_key(&id.sha256);
            if there {
                continue;
            }
            let job = match id.source() {
                None => {
                    let originals = desk.store().originals().clone();
                    self.quiet
                        .give(decoder, words!("job-decoding"), move |(), context| {
                            let wanted = Wanted { id, side, file };
                            Quiet::Decoded(id, decode(&originals, &wanted, context))
                        })
                }
                Some(source) => {
                    // It waits for the picture that it is made of.
                    let Some(source) = self.textures.picture(&source) else {
                        continue;
                    };
                    let title = id.lens.map_or(words!("job-straightening"), Lens::title);
                    self.quiet.give(looker, title, move |crew, context| {
                        let pixels = source.pixels().filter(|_| !context.is_cancelled());
                        let made =
                            pixels.and_then(|pixels| crew.install(|| made(id, pixels, context)));
                        Quiet::Decoded(id, made.map(|made| Ok(Arc::new(made))))
                    })
                }
            };
            self.decoding.insert(id, job);
        }
    }
}

/// A picture that is to be made ready.
struct Wanted {
    id: PictureId,
    side: Side,
    /// Where its photograph is read from. `None` for the workspace's originals.
    file: Option<PathBuf>,
}

/// `None` if nobody wants it any more.
fn decode(
    originals: &Originals,
    wanted: &Wanted,
    context: &JobContext,
) -> Option<Result<Arc<Pyramid>, String>> {
    if context.is_cancelled() {
        return None;
    }
    let limits = Limits::default();
    let picture = match &wanted.file {
        Some(path) => intake::load_file(path, wanted.side, &limits).map(|(picture, _)| picture),
        None => match originals.read(&wanted.id.sha256) {
            Ok(bytes) => intake::load(&bytes, wanted.side, &limits),
            Err(error) => return Some(Err(error.to_string())),
        },
    };
    let shown = picture.map(|picture| Arc::new(Pyramid::build(picture.pixels)));
    Some(shown.map_err(|error| words!("picture-unreadable", error = error.to_string())))
}

/// The picture of this name, made of its source. `None` if nobody wants it any more.
fn made(id: PictureId, source: &RgbImage, context: &JobContext) -> Option<Pyramid> {
    let Some(lens) = id.lens else {
        return straight_of(id).map(|straight| Pyramid::build(straight.draw(source)));
    };
    let looked = lens.look(source, &|| context.is_cancelled())?;
    let mut made = Pyramid::build(looked.pixels);
    made.found = looked.found;
    Some(made)
}
