//! The directory that an emitter writes to: whole files only, so many at most, and nobody else's.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use framealloc_snapshot::{LATEST, SnapshotFileName};

/// Names of files that are being written; readers leave alone what begins with a dot.
const TEMPORARY_PREFIX: &str = ".snapshot-";
const TEMPORARY_SUFFIX: &str = ".tmp";
/// A temporary file this old was left behind by a program that was killed.
const STALE: Duration = Duration::from_secs(60);
/// What each snapshot begins with.
const BEGINNING: &[u8] = b"{\"version\":";

/// Why a snapshot was not written.
#[derive(Debug)]
#[non_exhaustive]
pub struct EmitError {
    attempt: &'static str,
    path: PathBuf,
    source: io::Error,
}

/// What was attempted, and what came in the way.
pub(super) type Reason = (&'static str, io::ErrorKind);

impl EmitError {
    pub(super) fn new(attempt: &'static str, path: &Path, source: io::Error) -> Self {
        Self { attempt, path: path.to_owned(), source }
    }

    /// The file or directory that it is about.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }

    /// What two failures that are told once have in common.
    pub(super) fn reason(&self) -> Reason {
        (self.attempt, self.kind())
    }
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} `{}`: {}", self.attempt, self.path.display(), self.source)
    }
}

impl std::error::Error for EmitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// A directory of snapshots.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    /// How many files there may be, beside the one that is always the latest.
    most: usize,
    writer: u64,
    prepared: bool,
}

/// Tells the emitters of one program apart.
static EMITTERS: AtomicU64 = AtomicU64::new(1);

impl Directory {
    /// Does not touch the disk yet.
    pub(super) fn new(path: PathBuf, most: usize) -> Self {
        let emitter = EMITTERS.fetch_add(1, Ordering::Relaxed) & 0xFFFF;
        let writer = u64::from(std::process::id()) << 16 | emitter;
        Self { path, most, writer, prepared: false }
    }

    /// Writes a snapshot's text to a file of its own, of which the path is returned, and to the latest one.
    pub(super) fn write(&mut self, text: &[u8]) -> Result<PathBuf, EmitError> {
        self.prepare()?;
        let latest = self.path.join(LATEST);
        let written = if self.most == 0 {
            latest.clone()
        } else {
            let temporary = self.write_temporary(text)?;
            let path = self.make_room().map(|name| self.path.join(name.to_string()));
            path.and_then(|path| Self::publish(&temporary, path)).inspect_err(|_| discard(&temporary))?
        };
        self.check_latest(&latest)?;
        let temporary = self.write_temporary(text)?;
        Self::publish(&temporary, latest).inspect_err(|_| discard(&temporary))?;
        Ok(written)
    }

    /// Makes the directory when it is first needed, and again when it was removed meanwhile and that was reported.
    fn prepare(&mut self) -> Result<(), EmitError> {
        if !self.prepared {
            let made = fs::create_dir_all(&self.path);
            made.map_err(|error| EmitError::new("make the directory", &self.path, error))?;
            self.remove_stale();
            self.prepared = true;
        }
        Ok(())
    }

    /// Removes what programs that were killed have left half written. What cannot be removed does no harm.
    fn remove_stale(&self) {
        let Ok(entries) = fs::read_dir(&self.path) else { return };
        for entry in entries.flatten().filter(|entry| is_temporary(&entry.file_name().to_string_lossy())) {
            let age =
                entry.metadata().ok().filter(fs::Metadata::is_file).and_then(|data| data.modified().ok());
            if age.and_then(|time| time.elapsed().ok()).is_some_and(|age| age > STALE) {
                discard(&entry.path());
            }
        }
    }

    fn write_temporary(&mut self, text: &[u8]) -> Result<PathBuf, EmitError> {
        let name = format!("{TEMPORARY_PREFIX}{:012x}{TEMPORARY_SUFFIX}", self.writer);
        let path = self.path.join(name);
        // Left over from an attempt that failed; and a link that somebody has put there is not followed.
        discard(&path);
        let opened = OpenOptions::new().write(true).create_new(true).open(&path);
        let written = opened.and_then(|mut file| file.write_all(text));
        written.map(|()| path.clone()).map_err(|error| {
            discard(&path);
            self.prepared &= error.kind() != io::ErrorKind::NotFound;
            EmitError::new("write", &path, error)
        })
    }

    /// Removes the oldest files until there is room for one more: its name.
    fn make_room(&self) -> Result<SnapshotFileName, EmitError> {
        let failed = |error| EmitError::new("list", &self.path, error);
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_str().and_then(SnapshotFileName::parse);
            // The type is that of the entry itself: a link or a directory of such a name is not ours.
            if let Some(name) = name
                && entry.file_type().is_ok_and(|kind| kind.is_file())
            {
                names.push(name);
            }
        }
        names.sort_unstable();
        let excess = (names.len() + 1).saturating_sub(self.most);
        for name in &names[..excess] {
            let path = self.path.join(name.to_string());
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(EmitError::new("remove", &path, error));
                }
                _ => {}
            }
        }
        let sequence = names.last().map_or(0, |last| last.sequence.saturating_add(1));
        Ok(SnapshotFileName { sequence, writer: self.writer })
    }

    /// Whether the latest file, if there is one, is a snapshot.
    fn check_latest(&self, path: &Path) -> Result<(), EmitError> {
        let failed = |error| EmitError::new("replace", path, error);
        let is_file = match fs::symlink_metadata(path) {
            Ok(data) => data.is_file(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        let mut beginning = Vec::new();
        if is_file {
            let file = fs::File::open(path).map_err(failed)?;
            file.take(BEGINNING.len() as u64).read_to_end(&mut beginning).map_err(failed)?;
        }
        // An empty one may be what a crash of the whole system has left.
        if is_file && (beginning.is_empty() || beginning == BEGINNING) {
            return Ok(());
        }
        Err(failed(io::Error::new(io::ErrorKind::AlreadyExists, "what is there is not a snapshot")))
    }

    /// Gives a finished file its name, at once.
    fn publish(temporary: &Path, path: PathBuf) -> Result<PathBuf, EmitError> {
        match fs::rename(temporary, &path) {
            Ok(()) => Ok(path),
            Err(error) => Err(EmitError::new("rename a file to", &path, error)),
        }
    }
}

fn is_temporary(name: &str) -> bool {
    let writer = name.strip_prefix(TEMPORARY_PREFIX).and_then(|rest| rest.strip_suffix(TEMPORARY_SUFFIX));
    writer.is_some_and(|writer| {
        writer.len() == 12 && writer.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
    })
}

/// Removes a file of ours that nobody needs; if that fails, the next attempt finds it.
fn discard(path: &Path) {
    let _ = fs::remove_file(path);
}
