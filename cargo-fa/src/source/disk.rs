//! Files and folders as an analysis sees them: with the texts of an editor in their places, and with a list of all that
//! was looked at, so that somebody else can tell later whether he would see the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Texts that are open in an editor and may not be on disk yet, by absolute path.
pub type Overlay = HashMap<PathBuf, Arc<str>>;

/// The coarsest steps in which file systems count time.
const STEP: Duration = Duration::from_secs(2);

/// What was found at a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Sight {
    /// Nothing.
    Nothing,
    /// A file with a content of this hash.
    File(String),
    /// A folder with names of this hash.
    Folder(String),
}

/// All that was looked at, and what was there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen(BTreeMap<PathBuf, Sight>);

/// What is on disk.
#[derive(Debug)]
pub struct Disk {
    overlay: Overlay,
    /// Before anybody read anything.
    begun: SystemTime,
    notes: Mutex<Notes>,
}

#[derive(Debug, Default)]
struct Notes {
    seen: BTreeMap<PathBuf, Sight>,
    /// Something was not to be read, or changed meanwhile: what was seen proves nothing.
    doubtful: bool,
    /// Something that another has read may have changed between his look and ours.
    unsettled: bool,
}

impl Default for Disk {
    fn default() -> Self {
        Self::under(Overlay::new())
    }
}

impl Disk {
    /// With these texts instead of what is there.
    #[must_use]
    pub fn under(overlay: Overlay) -> Self {
        Self { overlay, begun: SystemTime::now(), notes: Mutex::default() }
    }

    /// The text of a file.
    ///
    /// # Errors
    ///
    /// When there is none, or it is not UTF-8.
    pub fn read(&self, path: &Path) -> io::Result<Arc<str>> {
        if let Some(text) = self.overlay.get(path) {
            self.doubt();
            return Ok(text.clone());
        }
        let read = std::fs::read(path);
        self.note(path, sight(&read));
        let text = String::from_utf8(read?).map_err(|error| {
            self.doubt();
            io::Error::new(ErrorKind::InvalidData, error.utf8_error())
        });
        text.map(Arc::from)
    }

    /// Whether there is a file.
    pub fn has(&self, path: &Path) -> bool {
        if self.overlay.contains_key(path) {
            self.doubt();
            return true;
        }
        let sight = sight(&std::fs::read(path));
        let has = matches!(sight, Some(Sight::File(_)));
        // A folder of that name is no file, and not worth telling apart from what cannot be read.
        self.note(path, sight);
        has
    }

    /// Notes a file that somebody else has read since this began.
    pub(super) fn was_read(&self, path: &Path) {
        self.note(path, sight(&std::fs::read(path)));
        self.settle(path);
    }

    /// Notes a folder that somebody else has listed since this began, and lists it.
    pub(super) fn was_listed(&self, path: &Path) -> BTreeSet<String> {
        let names = names(path);
        let list = names.as_ref().ok().cloned().unwrap_or_default();
        self.note(path, sight_of(&names, |names| Sight::Folder(hash_of(names))));
        self.settle(path);
        list
    }

    /// Takes what was seen before for seen here; nothing, if that proves nothing.
    pub fn adopt(&self, seen: Option<&Seen>) {
        match seen {
            Some(seen) => seen.0.iter().for_each(|(path, sight)| self.note(path, Some(sight.clone()))),
            None => self.doubt(),
        }
    }

    /// What was seen proves nothing.
    pub(super) fn doubt(&self) {
        self.notes(|notes| notes.doubtful = true);
    }

    /// Whether something that another has read may have changed before it was noted.
    pub(super) fn is_unsettled(&self) -> bool {
        self.notes(|notes| notes.unsettled)
    }

    /// All that was looked at, unless it proves nothing.
    #[must_use]
    pub fn seen(&self) -> Option<Seen> {
        self.notes(|notes| (!notes.doubtful).then(|| Seen(notes.seen.clone())))
    }

    fn notes<R>(&self, work: impl FnOnce(&mut Notes) -> R) -> R {
        work(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, path: &Path, sight: Option<Sight>) {
        self.notes(|notes| {
            let before = sight.and_then(|sight| match notes.seen.insert(path.to_owned(), sight.clone()) {
                Some(before) => (before == sight).then_some(()),
                None => Some(()),
            });
            notes.doubtful |= before.is_none();
        });
    }

    /// What changed before this began is what the other has read, too.
    fn settle(&self, path: &Path) {
        let changed = std::fs::metadata(path).and_then(|data| data.modified());
        if changed.is_ok_and(|changed| changed + STEP > self.begun) {
            self.notes(|notes| notes.unsettled = true);
        }
    }
}

impl Seen {
    /// Looks again. If everything is as it was, the contents of those files that are asked for.
    #[must_use]
    pub fn again(&self, wanted: &BTreeSet<PathBuf>) -> Option<BTreeMap<PathBuf, Arc<str>>> {
        let look = |(path, before): (&PathBuf, &Sight)| {
            if let Sight::Folder(_) = before {
                let now = sight_of(&names(path), |names| Sight::Folder(hash_of(names)));
                return (now.as_ref() == Some(before)).then_some(None);
            }
            let read = std::fs::read(path);
            if sight(&read).as_ref() != Some(before) {
                return None;
            }
            match read {
                Ok(bytes) if wanted.contains(path) => {
                    Some(Some((path.clone(), Arc::from(String::from_utf8(bytes).ok()?))))
                }
                _ => Some(None),
            }
        };
        let texts: Option<Vec<_>> = self.0.par_iter().map(look).collect();
        Some(texts?.into_iter().flatten().collect())
    }
}

fn sight(read: &io::Result<Vec<u8>>) -> Option<Sight> {
    sight_of(read, |bytes| Sight::File(blake3::hash(bytes).to_hex().to_string()))
}

/// What it was, if it was something or nothing; what cannot be read may be anything.
fn sight_of<T>(result: &io::Result<T>, seen: impl FnOnce(&T) -> Sight) -> Option<Sight> {
    match result {
        Ok(found) => Some(seen(found)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Some(Sight::Nothing)
        }
        Err(_) => None,
    }
}

fn names(path: &Path) -> io::Result<BTreeSet<String>> {
    let name = |entry: io::Result<std::fs::DirEntry>| {
        let name = entry?.file_name().into_string();
        name.map_err(|_| io::Error::from(ErrorKind::InvalidData))
    };
    std::fs::read_dir(path)?.map(name).collect()
}

fn hash_of(names: &BTreeSet<String>) -> String {
    let mut hasher = blake3::Hasher::new();
    for name in names {
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::{Disk, STEP};
    use std::collections::BTreeSet;
    use std::fs;
    use std::time::SystemTime;

    #[test]
    fn what_changes_meanwhile_proves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.rs");
        for (before, after) in [(None, "x"), (Some("x"), "y")] {
            let _ = fs::remove_file(&path);
            before.iter().for_each(|text| fs::write(&path, text).unwrap());
            let disk = Disk::default();
            assert_eq!(disk.has(&path), before.is_some());
            assert!(disk.seen().unwrap().again(&BTreeSet::new()).is_some());
            fs::write(&path, after).unwrap();
            assert!(disk.seen().unwrap().again(&BTreeSet::new()).is_none());
            assert_eq!(&*disk.read(&path).unwrap(), after);
            assert_eq!(disk.seen(), None);
        }
    }

    #[test]
    fn what_an_editor_holds_proves_nothing() {
        let path = std::path::absolute("a.rs").unwrap();
        let disk = Disk::under([(path.clone(), "x".into())].into());
        assert!(disk.seen().is_some());
        assert_eq!(&*disk.read(&path).unwrap(), "x");
        assert_eq!(disk.seen(), None);
    }

    #[test]
    fn what_another_has_read_may_have_changed_since_if_it_is_new() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Cargo.toml");
        fs::write(&path, "").unwrap();
        let disk = Disk::default();
        disk.was_read(&path);
        assert!(disk.is_unsettled());
        let long_ago = SystemTime::now() - 2 * STEP;
        fs::File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
        let disk = Disk::default();
        disk.was_read(&path);
        assert!(!disk.is_unsettled() && disk.seen().is_some());
    }

    #[test]
    fn names_that_change_places_are_other_names() {
        let folder = tempfile::tempdir().unwrap();
        let hash = |names: [&str; 2]| super::hash_of(&names.map(str::to_owned).into());
        assert_ne!(hash(["ab", "c"]), hash(["a", "bc"]));
        fs::write(folder.path().join("a"), "").unwrap();
        let disk = Disk::default();
        assert_eq!(disk.was_listed(folder.path()).len(), 1);
        let seen = disk.seen().unwrap();
        assert!(seen.again(&BTreeSet::new()).is_some());
        fs::rename(folder.path().join("a"), folder.path().join("b")).unwrap();
        assert!(seen.again(&BTreeSet::new()).is_none());
    }
}
