//! Pictures of a kind of document that those of cases are compared with. They stand beside a case and are never
//! kept with one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::camera::Camera;
use super::look::{Beside, Subject};
use super::textures::{PictureId, Pyramid};
use super::{App, Quiet};
use crate::case::{Quad, Sha256, Side};
use crate::intake::{self, Limits, Problem, find};
use crate::words::words;

impl App {
    /// Looks again at what lies in the workspace's folder of references.
    pub(super) fn list_references(&mut self) {
        let folder = self.options.workspace.references();
        self.quiet.start(words!("job-references"), move |_context| {
            Quiet::References(find::pictures(&folder))
        });
    }

    /// Has a picture read that is to stand beside those of cases.
    pub(super) fn compare(&mut self, path: PathBuf) {
        let Some(decoder) = &self.decoder else {
            return;
        };
        self.quiet
            .give(decoder, words!("job-reference"), move |(), _context| {
                let read = intake::load_file(&path, Side::Front, &Limits::default());
                let decoded = read.map(|(picture, _)| {
                    let sha256 = picture.record.sha256;
                    (sha256, Arc::new(Pyramid::build(picture.pixels)))
                });
                let decoded = decoded.map_err(|error| {
                    Problem::new(file_name(&path), error.to_string(), error.way_out())
                });
                Quiet::Reference(path, decoded)
            });
    }

    /// Shows a reference that was read, or says why not.
    pub(super) fn take_reference(
        &mut self,
        path: PathBuf,
        read: Result<(Sha256, Arc<Pyramid>), Problem>,
    ) {
        let (sha256, picture) = match read {
            Ok(read) => read,
            Err(problem) => return self.fail(problem.to_string()),
        };
        let [width, height] = picture.size_px();
        let subject = Subject {
            sha256,
            side: Side::Front,
            // All of it is the document, so that it lies as a straightened one does.
            quad: Some(Quad::whole(width, height)),
            portrait: None,
            title: words!("picture-reference-named", name = file_name(&path)),
            file: Some(path),
        };
        self.undecodable.remove(&sha256);
        self.textures.put_picture(PictureId::plain(sha256), picture);
        self.look.beside = Beside::Pinned(Box::new(subject), Camera::default());
    }
}

/// A file's name for a person.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}
