//! The spectrum of the middle of the view: one at a time is worked out, off the window's thread.

use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions};

use super::textures::PictureId;
use super::views::picture::SpectrumView;
use super::{App, Quiet, State};
use crate::lens::spectrum::{Spectrum, window_at};
use crate::words::words;

/// Names a window of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SpectrumId {
    picture: PictureId,
    /// Left and top of the window.
    origin: [u32; 2],
}

/// The latest spectrum, and whether another one is on its way.
#[derive(Default)]
pub(super) struct LocalSpectrum {
    latest: Option<(SpectrumId, Spectrum)>,
    texture: Option<TextureHandle>,
    is_coming: bool,
}

impl LocalSpectrum {
    /// Keeps one that was worked out.
    pub(super) fn take(&mut self, id: SpectrumId, spectrum: Option<Spectrum>) {
        self.latest = spectrum.map(|spectrum| (id, spectrum));
        self.texture = None;
        self.is_coming = false;
    }

    /// What is drawn of it.
    pub(super) fn view(&self) -> Option<SpectrumView<'_>> {
        let (id, spectrum) = self.latest.as_ref()?;
        Some(SpectrumView {
            picture: id.picture,
            origin: id.origin,
            texture: self.texture.as_ref()?.id(),
            peaks: &spectrum.peaks,
        })
    }
}

impl App {
    /// Has the spectrum of the present middle worked out, if it is not the latest.
    pub(super) fn follow_spectrum(&mut self, ctx: &Context) {
        if let (Some((_, spectrum)), None) = (&self.spectrum.latest, &self.spectrum.texture) {
            let pixels = &spectrum.pixels;
            let size = [pixels.width() as usize, pixels.height() as usize];
            let image = ColorImage::from_rgb(size, pixels.as_raw());
            let texture = ctx.load_texture("spectrum", image, TextureOptions::LINEAR);
            self.spectrum.texture = Some(texture);
        }
        let (State::Ready(desk), Some(looker), Some(placed)) =
            (&self.state, &self.looker, self.seen.placed)
        else {
            return;
        };
        if !self.look.spectrum || self.spectrum.is_coming {
            return;
        }
        let open = desk.open.as_ref();
        let Some(subject) = open.and_then(|open| open.subject(open.side)) else {
            return;
        };
        let id = subject.id(self.look.straight, None);
        let Some(picture) = self.textures.picture(&id) else {
            return;
        };
        let middle = placed.image_from_screen(placed.panel_centre());
        let middle = [f64::from(middle.x), f64::from(middle.y)];
        let Some(origin) = window_at(middle, picture.size_px()) else {
            return;
        };
        let id = SpectrumId {
            picture: id,
            origin,
        };
        if self
            .spectrum
            .latest
            .as_ref()
            .is_some_and(|(latest, _)| *latest == id)
        {
            return;
        }
        self.spectrum.is_coming = true;
        self.quiet
            .give(looker, words!("job-spectrum"), move |crew, _context| {
                let pixels = picture.pixels();
                let spectrum = pixels.map(|pixels| crew.install(|| Spectrum::of(pixels, origin)));
                Quiet::Spectrum(id, spectrum)
            });
    }
}
