//! The pictures that stand side by side, as they are to be drawn.

use std::collections::BTreeMap;

use super::camera::Camera;
use super::desk::OpenCase;
use super::look::{Beside, Look, Subject};
use super::textures::Textures;
use super::views::picture::{PaneView, Shown};
use crate::case::{Sha256, Side};

/// What the pictures on screen are put together of.
#[derive(Clone, Copy)]
pub(super) struct Panes<'a> {
    pub(super) open: &'a OpenCase,
    pub(super) look: &'a Look,
    /// The picture itself is asked for, for a moment.
    pub(super) peeks: bool,
    pub(super) textures: &'a Textures,
    /// What cannot be decoded, and why.
    pub(super) undecodable: &'a BTreeMap<Sha256, String>,
}

impl<'a> Panes<'a> {
    /// The open case's picture.
    pub(super) fn main(&self) -> PaneView<'a> {
        self.of_case(self.open.side, self.open.camera)
    }

    /// What stands beside it.
    pub(super) fn beside(&self) -> Option<PaneView<'a>> {
        match &self.look.beside {
            Beside::Nothing => None,
            Beside::OtherSide => {
                let other = self.open.other_side()?;
                Some(self.of_case(other, self.open.other_camera))
            }
            Beside::Pinned(subject, camera) => Some(self.of(Some((**subject).clone()), *camera)),
        }
    }

    fn of_case(&self, side: Side, camera: Camera) -> PaneView<'a> {
        let wanted = self.look.evidence.filter(|_| !self.peeks);
        let mut evidence = self.open.evidence(side);
        PaneView {
            evidence: evidence.find(|(kind, _)| Some(*kind) == wanted),
            marks: if self.peeks { &[] } else { &self.open.marks },
            ..self.of(self.open.subject(side), camera)
        }
    }

    fn of(&self, subject: Option<Subject>, camera: Camera) -> PaneView<'a> {
        let Some(subject) = subject else {
            return PaneView {
                title: String::new(),
                shown: Shown::NoPicture,
                photo: None,
                quad: None,
                portrait: None,
                evidence: None,
                side: self.open.side,
                marks: &[],
                camera,
            };
        };
        // Until it has been looked through the lens the picture itself is there.
        let lens = self.look.lens.filter(|_| !self.peeks);
        let ready = [lens, None].into_iter().find_map(|lens| {
            let id = subject.id(self.look.straight, lens);
            Some(Shown::Ready(id, self.textures.picture(&id)?))
        });
        let not_ready = || match self.undecodable.get(&subject.sha256) {
            Some(reason) => Shown::Broken(reason.clone()),
            None => Shown::Decoding,
        };
        PaneView {
            shown: ready.unwrap_or_else(not_ready),
            photo: self.textures.picture(&subject.id(false, None)),
            quad: subject.quad,
            portrait: subject.portrait,
            evidence: None,
            side: subject.side,
            marks: &[],
            title: subject.title,
            camera,
        }
    }
}
