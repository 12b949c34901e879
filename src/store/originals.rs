//! Originals: pictures and result files, each once, under its SHA-256, never changed.
//!
//! `originals/ab/abcdef…` holds the bytes whose hash is `abcdef…`. They are written to a temporary
//! name, flushed to disk and renamed, so that a name never stands for half a file. What a program
//! that was killed left behind is cleared away by [`super::sessions`].

use std::fs::File;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};

use sha2::Digest as _;
use tempfile::NamedTempFile;

use super::StoreError;
use crate::case::Sha256;

/// The folder of originals. Cheap to copy, and may be used by any thread.
#[derive(Clone, Debug)]
pub struct Originals {
    folder: PathBuf,
    /// The session that temporary names carry. `None` for reading only.
    session: Option<String>,
}

impl Originals {
    pub(super) fn new(folder: PathBuf, session: Option<String>) -> Self {
        Self { folder, session }
    }

    /// Stores `bytes`, on disk when this returns. The same bytes twice are one file.
    ///
    /// # Errors
    ///
    /// [`StoreError::File`] if the disk refuses; nothing is left behind then.
    /// [`StoreError::ReadOnly`] if the store was opened for reading.
    pub fn put(&self, bytes: &[u8]) -> Result<Sha256, StoreError> {
        let sha256 = Sha256::of(bytes);
        if self.holds(&sha256, bytes.len() as u64) {
            return Ok(sha256);
        }
        let mut file = self.temporary()?;
        let path = self.path(&sha256);
        file.write_all(bytes)
            .map_err(|source| file_error(&path, source))?;
        self.keep(file, &sha256)?;
        Ok(sha256)
    }

    /// Stores what `reader` gives to its end, however long, and says its hash and length.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unreadable`] if `reader` fails, else as [`Self::put`].
    pub fn put_reader(&self, mut reader: impl Read) -> Result<(Sha256, u64), StoreError> {
        let mut file = self.temporary()?;
        let mut hasher = sha2::Sha256::new();
        let mut buffer = vec![0; 1 << 18];
        let mut n_bytes = 0;
        loop {
            let n = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(StoreError::Unreadable(error)),
            };
            let part = buffer.get(..n).unwrap_or_default();
            hasher.update(part);
            file.write_all(part)
                .map_err(|source| file_error(&self.folder, source))?;
            n_bytes += n as u64;
        }
        let sha256 = Sha256(hasher.finalize().into());
        if !self.holds(&sha256, n_bytes) {
            self.keep(file, &sha256)?;
        }
        Ok((sha256, n_bytes))
    }

    /// The original's bytes, checked against its hash.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoOriginal`] if it is missing, [`StoreError::Unintelligible`] if its bytes are
    /// not those that were stored, [`StoreError::File`] if the disk refuses.
    pub fn read(&self, sha256: &Sha256) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::new();
        self.open(sha256)?
            .read_to_end(&mut bytes)
            .map_err(|source| StoreError::File {
                doing: "reading an original",
                path: self.path(sha256),
                source,
            })?;
        if Sha256::of(&bytes) != *sha256 {
            return Err(StoreError::Unintelligible {
                what: format!("the original {sha256}"),
                reason: "its bytes have changed".to_owned(),
            });
        }
        Ok(bytes)
    }

    /// The original, to be read as a stream; the caller checks the hash if it matters.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoOriginal`] if it is missing, [`StoreError::File`] if the disk refuses.
    pub fn open(&self, sha256: &Sha256) -> Result<File, StoreError> {
        let path = self.path(sha256);
        File::open(&path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => StoreError::NoOriginal(*sha256),
            _ => StoreError::File {
                doing: "reading an original",
                path,
                source,
            },
        })
    }

    /// Where the original is, or would be.
    #[must_use]
    pub fn path(&self, sha256: &Sha256) -> PathBuf {
        let name = sha256.to_hex();
        self.folder.join(&name[..2]).join(name)
    }

    /// A file with the right name and length is there. A shorter one, as a failing disk may leave
    /// it, is written anew.
    fn holds(&self, sha256: &Sha256, n_bytes: u64) -> bool {
        std::fs::metadata(self.path(sha256)).is_ok_and(|found| found.len() == n_bytes)
    }

    fn temporary(&self) -> Result<NamedTempFile, StoreError> {
        let session = self.session.as_deref().ok_or(StoreError::ReadOnly)?;
        tempfile::Builder::new()
            .prefix(&temporary_prefix(session))
            .rand_bytes(12)
            .tempfile_in(&self.folder)
            .map_err(|source| file_error(&self.folder, source))
    }

    /// Flushes the file, gives it its name and flushes the folders that hold the name.
    fn keep(&self, file: NamedTempFile, sha256: &Sha256) -> Result<(), StoreError> {
        let path = self.path(sha256);
        let put = || -> std::io::Result<()> {
            let mut rights = file.as_file().metadata()?.permissions();
            rights.set_readonly(true);
            file.as_file().set_permissions(rights)?;
            file.as_file().sync_all()?;
            let shelf = path.parent().unwrap_or(&self.folder);
            if !shelf.is_dir() {
                std::fs::create_dir_all(shelf)?;
                sync_folder(&self.folder)?;
            }
            file.persist(&path)?;
            sync_folder(shelf)
        };
        put().map_err(|source| file_error(&path, source))
    }
}

/// What the temporary names of a session begin with.
pub(super) fn temporary_prefix(session: &str) -> String {
    format!("incoming-{session}-")
}

/// Makes the names in a folder as lasting as the files they name.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows writes names through and cannot open a folder as a file.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

fn file_error(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::File {
        doing: "storing an original",
        path: path.to_owned(),
        source,
    }
}
