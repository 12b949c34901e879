//! Puts the pinned ONNX Runtime into the program's data folder, by way of `pip`.
//!
//! The library comes out of the `onnxruntime` wheel, the one build of it that exists for every
//! platform under one name. `pip` fetches it, so that a proxy or a mirror that a person set up for
//! `pip` serves here too, and refuses any file whose hash is not the one written below. Of Python
//! only `pip` and `zipfile` are used, and nothing of it is needed afterwards.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::super::places::{Places, library_name};
use crate::case::Sha256;

/// The version of ONNX Runtime that is installed and tested with.
pub const VERSION: &str = "1.31.1";

/// How often the growing download is looked at.
const POLL: Duration = Duration::from_millis(100);

/// One build of the pinned version.
#[derive(Debug)]
struct Wheel {
    /// `std::env::consts::{OS, ARCH}` of the computers that it serves.
    serves: (&'static str, &'static str),
    /// The platform's name for `pip`.
    platform: &'static str,
    /// The wheel's hash.
    sha256: &'static str,
    /// The wheel's length in bytes, for the progress shown.
    n_bytes: u64,
    /// The library inside it.
    library: &'static str,
}

/// The wheels for Python 3.11; which Python does not matter, the library inside is the same.
const WHEELS: [Wheel; 4] = [
    Wheel {
        serves: ("linux", "x86_64"),
        platform: "manylinux_2_28_x86_64",
        sha256: "5752bd508126ae7c49894d3b9d2e83f0c3d487319246d04c444b393308d7ad7f",
        n_bytes: 23_753_652,
        library: "libonnxruntime.so.1.31.1",
    },
    Wheel {
        serves: ("linux", "aarch64"),
        platform: "manylinux_2_28_aarch64",
        sha256: "da05378364c44d4407e463982d2bf8d5e4cfea873283757e48beeb41df97b7f3",
        n_bytes: 21_413_526,
        library: "libonnxruntime.so.1.31.1",
    },
    Wheel {
        serves: ("macos", "aarch64"),
        platform: "macosx_14_0_arm64",
        sha256: "60b6b69bfe580eab576cacc5d132a0e9cf2a37fcfd18d46dd191042b1d1ed0d7",
        n_bytes: 20_871_676,
        library: "libonnxruntime.1.31.1.dylib",
    },
    Wheel {
        serves: ("windows", "x86_64"),
        platform: "win_amd64",
        sha256: "c3d91b5de31e2fc82d71bd65b2b22bddee8b49057a3a36338e9a868e0ea90c05",
        n_bytes: 14_885_761,
        library: "onnxruntime.dll",
    },
];

/// Files that are kept beside the library, as its licence asks.
const NOTICES: [&str; 3] = ["LICENSE", "ThirdPartyNotices.txt", "Privacy.md"];

/// How far an installation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Looking for a Python with `pip`.
    Preparing,
    /// `pip` is fetching the wheel.
    Downloading {
        /// Bytes fetched so far.
        n_bytes: u64,
        /// Bytes in all.
        n_bytes_total: u64,
    },
    /// The hash is checked and the library taken out of the wheel.
    Unpacking,
    /// The files are put in place.
    Placing,
}

/// What an installation put where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The library.
    pub library: PathBuf,
    /// Its version.
    pub version: &'static str,
    /// Whether it was there before, so that nothing was fetched.
    pub was_there: bool,
}

/// Why ONNX Runtime could not be installed, and the way out.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// There is no build for this computer.
    #[error(
        "there is no ONNX Runtime {VERSION} build for {os} on {arch}; the embedded runtime serves \
         here, or set ORT_DYLIB_PATH to a library of your own"
    )]
    NoBuild {
        /// The operating system.
        os: &'static str,
        /// The processor.
        arch: &'static str,
    },
    /// The platform has no folder for the program's data.
    #[error("this computer has no folder for the program's data; set SECONDLOOK_DATA to one")]
    NoDataFolder,
    /// No Python was found.
    #[error(
        "Python was not found; it is needed once, to fetch the library with pip. Install Python 3 \
         with pip (on Debian and Ubuntu: apt install python3-pip), or set ORT_DYLIB_PATH to an \
         ONNX Runtime of your own. The embedded runtime serves until then"
    )]
    NoPython,
    /// Python has no `pip`.
    #[error(
        "`{python}` has no pip ({said}). Install it (on Debian and Ubuntu: apt install python3-pip; \
         elsewhere: {python} -m ensurepip), or set ORT_DYLIB_PATH to an ONNX Runtime of your own. \
         The embedded runtime serves until then"
    )]
    NoPip {
        /// The command that was tried.
        python: String,
        /// The last line that it said.
        said: String,
    },
    /// `pip` could not fetch the wheel.
    #[error("pip could not fetch onnxruntime {VERSION}:\n{said}")]
    Download {
        /// The last lines that `pip` said.
        said: String,
    },
    /// The wheel is another one than the one that was pinned.
    #[error(
        "the wheel that came is not the pinned one: its SHA-256 is {found}, expected {expected}"
    )]
    WrongHash {
        /// The hash of what came.
        found: Sha256,
        /// The pinned hash.
        expected: &'static str,
    },
    /// The wheel could not be unpacked.
    #[error("the wheel could not be unpacked: {said}")]
    Unpack {
        /// What was said, or is missing.
        said: String,
    },
    /// A file could not be read or written.
    #[error("{doing} {}: {source}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The caller asked to stop; nothing was put in place.
    #[error("stopped; nothing was put in place")]
    Stopped,
}

/// Puts the pinned ONNX Runtime into the data folder, unless it is there. `progress` is told how
/// far it has come and may break it off; until the last step nothing is visible in the folder.
///
/// # Errors
///
/// [`InstallError`], each with the way out.
pub fn install(
    places: &Places,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Installed, InstallError> {
    let folder = places.runtime_folder().ok_or(InstallError::NoDataFolder)?;
    let library = folder.join(library_name());
    if library.is_file() {
        return Ok(Installed {
            library,
            version: VERSION,
            was_there: true,
        });
    }
    let wheel = wheel_for(std::env::consts::OS, std::env::consts::ARCH)?;
    let mut step = |at| match progress(at) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(InstallError::Stopped),
    };

    step(Progress::Preparing)?;
    let python = python_with_pip(if cfg!(windows) {
        &["python", "py", "python3"]
    } else {
        &["python3", "python"]
    })?;
    let parent = folder.parent().unwrap_or(&folder).to_path_buf();
    fs::create_dir_all(&parent).map_err(io_error("making", &parent))?;
    // Beside its destination, so that the last step is a rename; removed when a step fails.
    let work = tempfile::Builder::new()
        .prefix(".install-")
        .tempdir_in(&parent);
    let work = work.map_err(io_error("making a folder in", &parent))?;

    let file = download(&python, wheel, work.path(), &mut step)?;
    step(Progress::Unpacking)?;
    check_hash(&file, wheel)?;
    let ready = unpack(&python, &file, wheel, work.path())?;
    step(Progress::Placing)?;
    place(&ready, &folder)?;
    Ok(Installed {
        library,
        version: VERSION,
        was_there: false,
    })
}

fn wheel_for(os: &'static str, arch: &'static str) -> Result<&'static Wheel, InstallError> {
    let served = WHEELS.iter().find(|wheel| wheel.serves == (os, arch));
    served.ok_or(InstallError::NoBuild { os, arch })
}

/// The first of `names` that runs and has `pip`.
fn python_with_pip(names: &[&str]) -> Result<String, InstallError> {
    let mut refused = InstallError::NoPython;
    for &name in names {
        let mut command = Command::new(name);
        command
            .args(["-m", "pip", "--version"])
            .stdin(Stdio::null());
        match command.output() {
            Ok(output) if output.status.success() => return Ok(name.to_owned()),
            Ok(output) => {
                let said = last_lines(&output.stderr, 1);
                if matches!(refused, InstallError::NoPython) {
                    refused = InstallError::NoPip {
                        python: name.to_owned(),
                        said,
                    };
                }
            }
            Err(_absent) => {}
        }
    }
    Err(refused)
}

/// Has `pip` fetch the wheel into `work`.
fn download(
    python: &str,
    wheel: &Wheel,
    work: &Path,
    step: &mut dyn FnMut(Progress) -> Result<(), InstallError>,
) -> Result<PathBuf, InstallError> {
    let wanted = work.join("wanted.txt");
    let line = format!("onnxruntime=={VERSION} --hash=sha256:{}\n", wheel.sha256);
    fs::write(&wanted, line).map_err(io_error("writing", &wanted))?;
    let said = work.join("said.txt");
    let said_file = File::create(&said).map_err(io_error("writing", &said))?;
    // `pip` fetches into the folder for temporary files; its own one shows how much has come.
    let (fetched, growing) = (work.join("fetched"), work.join("growing"));
    fs::create_dir_all(&growing).map_err(io_error("making", &growing))?;
    let mut child = Command::new(python)
        .args([
            "-m",
            "pip",
            "--disable-pip-version-check",
            "--no-input",
            "download",
            "--quiet",
        ])
        .args(["--no-deps", "--only-binary=:all:", "--require-hashes"])
        .args([
            "--implementation",
            "cp",
            "--python-version",
            "3.11",
            "--abi",
            "cp311",
        ])
        .args(["--platform", wheel.platform, "--requirement"])
        .arg(&wanted)
        .arg("--dest")
        .arg(&fetched)
        .envs([("TMPDIR", &growing), ("TEMP", &growing), ("TMP", &growing)])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(said_file)
        .spawn()
        .map_err(io_error("starting", Path::new(python)))?;
    let mut n_bytes = 0;
    let status = loop {
        let ended = child
            .try_wait()
            .map_err(io_error("waiting for", Path::new(python)))?;
        if let Some(status) = ended {
            break status;
        }
        // It moves the file away when it is whole: what has come stays come.
        n_bytes = size_of_folder(&growing).min(wheel.n_bytes).max(n_bytes);
        if let Err(stopped) = step(Progress::Downloading {
            n_bytes,
            n_bytes_total: wheel.n_bytes,
        }) {
            // It may have ended by itself in the meantime.
            child.kill().ok();
            child
                .wait()
                .map_err(io_error("waiting for", Path::new(python)))?;
            return Err(stopped);
        }
        std::thread::sleep(POLL);
    };
    if !status.success() {
        // Ctrl-C in a terminal ends `pip` as well: that is no failed download.
        step(Progress::Downloading {
            n_bytes,
            n_bytes_total: wheel.n_bytes,
        })?;
        let said = last_lines(&fs::read(&said).unwrap_or_default(), 4);
        return Err(InstallError::Download { said });
    }
    let files = fs::read_dir(&fetched).map_err(io_error("reading", &fetched))?;
    let mut wheels = files.filter_map(Result::ok).map(|entry| entry.path());
    let said = || InstallError::Download {
        said: "it ended well and fetched nothing".to_owned(),
    };
    wheels
        .find(|path| path.extension().is_some_and(|end| end == "whl"))
        .ok_or_else(said)
}

/// Checks the hash once more: `pip` can be set up to be lenient, this program cannot.
fn check_hash(file: &Path, wheel: &Wheel) -> Result<(), InstallError> {
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|mut file| file.read_to_end(&mut bytes));
    read.map_err(io_error("reading", file))?;
    let found = Sha256::of(&bytes);
    if found.to_hex() == wheel.sha256 {
        Ok(())
    } else {
        Err(InstallError::WrongHash {
            found,
            expected: wheel.sha256,
        })
    }
}

/// Takes the library and its notices out of the wheel, into a folder that can be moved whole.
fn unpack(python: &str, file: &Path, wheel: &Wheel, work: &Path) -> Result<PathBuf, InstallError> {
    let all = work.join("all");
    let mut command = Command::new(python);
    let output = command
        .args(["-m", "zipfile", "-e"])
        .arg(file)
        .arg(&all)
        .output();
    let output = output.map_err(io_error("starting", Path::new(python)))?;
    if !output.status.success() {
        return Err(InstallError::Unpack {
            said: last_lines(&output.stderr, 2),
        });
    }
    let ready = work.join("ready");
    fs::create_dir_all(&ready).map_err(io_error("making", &ready))?;
    let package = all.join("onnxruntime");
    let library = package.join("capi").join(wheel.library);
    if !library.is_file() {
        return Err(InstallError::Unpack {
            said: format!("it holds no {}", wheel.library),
        });
    }
    let mut moves = vec![(library, ready.join(library_name()))];
    moves.extend(
        NOTICES
            .iter()
            .map(|name| (package.join(name), ready.join(name))),
    );
    for (from, to) in moves {
        if from.is_file() {
            fs::rename(&from, &to).map_err(io_error("moving", &from))?;
        }
    }
    Ok(ready)
}

/// Moves the finished folder into place: it is there whole or not at all.
fn place(ready: &Path, folder: &Path) -> Result<(), InstallError> {
    let library = ready.join(library_name());
    let flushed = File::options()
        .append(true)
        .open(&library)
        .and_then(|mut file| {
            file.flush()?;
            file.sync_all()
        });
    flushed.map_err(io_error("writing", &library))?;
    if folder.exists() {
        // What is left of an installation that somebody took apart.
        fs::remove_dir_all(folder).map_err(io_error("removing", folder))?;
    }
    fs::rename(ready, folder).map_err(io_error("moving the library to", folder))
}

fn io_error(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> InstallError {
    let path = path.to_path_buf();
    move |source| InstallError::Io {
        doing,
        path,
        source,
    }
}

/// The bytes of all files under `folder`. What cannot be read counts as nothing: the number is
/// only shown.
fn size_of_folder(folder: &Path) -> u64 {
    let files = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok);
    files
        .filter_map(|entry| entry.metadata().ok())
        .filter(|about| about.is_file())
        .map(|about| about.len())
        .sum()
}

/// The last `n_lines` lines that are not empty.
fn last_lines(said: &[u8], n_lines: usize) -> String {
    let said = String::from_utf8_lossy(said);
    let lines: Vec<&str> = said
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(n_lines)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wheel_is_pinned_to_the_version_and_a_hash() {
        for wheel in &WHEELS {
            assert!(wheel.sha256.parse::<Sha256>().is_ok(), "{wheel:?}");
            assert!(wheel.library == "onnxruntime.dll" || wheel.library.contains(VERSION));
            assert!(wheel_for(wheel.serves.0, wheel.serves.1).is_ok());
        }
        assert!(matches!(
            wheel_for("plan9", "mips"),
            Err(InstallError::NoBuild { .. })
        ));
    }

    #[test]
    fn a_missing_python_and_a_missing_pip_are_told_apart() {
        let nowhere = python_with_pip(&["no-such-python-here"]).unwrap_err();
        assert!(matches!(nowhere, InstallError::NoPython), "{nowhere}");
        assert!(nowhere.to_string().contains("apt install python3-pip"));
        if cfg!(unix) {
            let no_pip = python_with_pip(&["no-such-python-here", "false"]).unwrap_err();
            assert!(matches!(&no_pip, InstallError::NoPip { python, .. } if python == "false"));
        }
    }

    #[test]
    fn another_file_than_the_pinned_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("onnxruntime.whl");
        fs::write(&file, b"something else").unwrap();
        let refused = check_hash(&file, &WHEELS[0]).unwrap_err();
        assert!(refused.to_string().contains(WHEELS[0].sha256), "{refused}");
    }

    #[test]
    fn a_library_that_is_there_is_not_fetched_again() {
        let data = tempfile::tempdir().unwrap();
        let places = Places {
            data: Some(data.path().to_path_buf()),
            ..Places::default()
        };
        let folder = places.runtime_folder().unwrap();
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(library_name()), b"library").unwrap();
        let installed = install(&places, &mut |_| ControlFlow::Break(())).unwrap();
        assert!(installed.was_there);
    }

    #[test]
    fn a_finished_folder_replaces_what_is_left_of_another() {
        let data = tempfile::tempdir().unwrap();
        let (ready, folder) = (data.path().join("ready"), data.path().join("runtime"));
        fs::create_dir_all(&ready).unwrap();
        fs::create_dir_all(&folder).unwrap();
        fs::write(ready.join(library_name()), b"library").unwrap();
        fs::write(folder.join("left over"), b"").unwrap();
        place(&ready, &folder).unwrap();
        assert_eq!(fs::read(folder.join(library_name())).unwrap(), b"library");
        assert!(!folder.join("left over").exists() && !ready.exists());
    }

    #[test]
    fn the_last_lines_are_those_that_say_something() {
        assert_eq!(last_lines(b"a\n\n b \nc\n\n", 2), "b\nc");
        assert_eq!(last_lines(b"", 2), "");
    }
}
