//! Where things live on this computer, and who sits at it.

use std::path::PathBuf;

use crate::case::Actor;

/// A folder with one database, its originals and its policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// The folder; made when the workspace is first opened.
    pub root: PathBuf,
}

impl Workspace {
    /// A workspace at `root`.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The one asked for, or this user's own.
    ///
    /// # Errors
    ///
    /// [`NoHome`] if none was asked for and this user has no home folder.
    pub fn find(asked_for: Option<PathBuf>) -> Result<Self, NoHome> {
        match asked_for {
            Some(root) => Ok(Self { root }),
            None => Ok(Self {
                root: data_dir()?.join("workspace"),
            }),
        }
    }

    /// The SQLite file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.root.join("secondlook.db")
    }

    /// The folder of originals, by their hash.
    #[must_use]
    pub fn originals(&self) -> PathBuf {
        self.root.join("originals")
    }

    /// The folder where each running program holds a lock.
    #[must_use]
    pub fn sessions(&self) -> PathBuf {
        self.root.join("sessions")
    }

    /// How the window was left, as JSON.
    #[must_use]
    pub fn layout(&self) -> PathBuf {
        self.root.join("window.json")
    }

    /// The keys that somebody chose, as JSON.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys.json")
    }

    /// The searches that are kept under a name, as JSON.
    #[must_use]
    pub fn searches(&self) -> PathBuf {
        self.root.join("searches.json")
    }

    /// The folder of pictures that others are compared with; a person puts them there.
    #[must_use]
    pub fn references(&self) -> PathBuf {
        self.root.join("references")
    }

    /// The policy in force, as JSON for a person to edit.
    #[must_use]
    pub fn policy(&self) -> PathBuf {
        self.root.join("policy.json")
    }
}

/// This user has no home folder.
#[derive(Debug, thiserror::Error)]
#[error("no home folder was found for this user: name a workspace with --workspace DIR")]
pub struct NoHome;

/// This program's data folder: `SECONDLOOK_DATA`, or the platform's place for it.
///
/// # Errors
///
/// [`NoHome`] if the variable is not set and this user has no home folder.
pub fn data_dir() -> Result<PathBuf, NoHome> {
    if let Some(dir) = std::env::var_os("SECONDLOOK_DATA") {
        return Ok(PathBuf::from(dir));
    }
    let dirs = directories::ProjectDirs::from("", "", "secondlook").ok_or(NoHome)?;
    Ok(dirs.data_dir().to_owned())
}

/// The name of the system's user, or `reviewer` where the system does not say.
#[must_use]
pub fn system_user() -> Actor {
    let name = ["USER", "USERNAME", "LOGNAME"]
        .into_iter()
        .find_map(|key| std::env::var(key).ok());
    Actor(
        name.filter(|name| !name.is_empty())
            .unwrap_or_else(|| "reviewer".to_owned()),
    )
}
