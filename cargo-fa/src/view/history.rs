//! What has been read of a folder: each file once, and kept for a while when its program has removed it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use framealloc_snapshot::SnapshotFileName;

use super::folder::{Entry, Folder, State, Trouble};

/// As many as the page keeps of a run.
const MOST: usize = 300;
const MOST_BYTES: usize = 256 << 20;

/// The folder, and what is known of it.
#[derive(Debug)]
pub(super) struct History {
    folder: Folder,
    kept: Mutex<BTreeMap<SnapshotFileName, (State, Arc<Entry>)>>,
}

impl History {
    /// Nothing is read yet.
    #[must_use]
    pub(super) fn new(folder: Folder) -> Self {
        Self { folder, kept: Mutex::default() }
    }

    /// The folder.
    #[must_use]
    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// What can be read, the oldest first.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read although it is there.
    pub(super) fn names(&self) -> io::Result<BTreeSet<SnapshotFileName>> {
        let mut names = self.folder.names()?;
        names.extend(self.kept.lock().unwrap_or_else(PoisonError::into_inner).keys());
        Ok(names)
    }

    /// One of them; `None` when it is gone, and too old to have been kept.
    #[must_use]
    pub(super) fn read(&self, name: SnapshotFileName) -> Option<Result<Arc<Entry>, Trouble>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.folder.state(name);
        if let Some((state, entry)) = kept.get(&name)
            // A file of the same name may be another run's, in a folder that somebody has emptied.
            && now.as_ref().is_none_or(|now| now == state)
        {
            return Some(Ok(entry.clone()));
        }
        let entry = match self.folder.read(name)? {
            Ok(entry) => Arc::new(entry),
            Err(trouble) => return Some(Err(trouble)),
        };
        kept.insert(name, (now?, entry.clone()));
        let mut bytes: usize = kept.values().map(|(_, entry)| entry.size()).sum();
        while kept.len() > MOST || bytes > MOST_BYTES {
            let Some((_, (_, oldest))) = kept.pop_first() else { break };
            bytes -= oldest.size();
        }
        Some(Ok(entry))
    }
}

#[cfg(test)]
mod tests {
    use super::{History, MOST};
    use crate::view::folder::Folder;
    use framealloc_snapshot::{Snapshot, SnapshotFileName};

    fn name(sequence: u64) -> SnapshotFileName {
        SnapshotFileName { sequence, writer: 0xa1 }
    }

    #[test]
    fn what_was_read_outlives_its_file_but_not_another_of_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name(1).to_string());
        let history = History::new(Folder::new(folder.path().to_owned()));
        let frame = || history.read(name(1)).map(|entry| entry.unwrap().frame());
        assert_eq!(frame(), None);
        std::fs::write(&path, Snapshot::new(7).to_json()).unwrap();
        assert_eq!(frame(), Some(7));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(frame(), Some(7));
        assert!(history.names().unwrap().contains(&name(1)));
        std::fs::write(&path, Snapshot::new(1234).to_json()).unwrap();
        assert_eq!(frame(), Some(1234));
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let history = History::new(Folder::new(folder.path().to_owned()));
        let all = 0..MOST as u64 + 5;
        for sequence in all.clone().rev() {
            let path = folder.path().join(name(sequence).to_string());
            std::fs::write(&path, Snapshot::new(sequence).to_json()).unwrap();
            history.read(name(sequence)).unwrap().unwrap();
            std::fs::remove_file(path).unwrap();
        }
        let there: Vec<_> = all.filter(|&sequence| history.read(name(sequence)).is_some()).collect();
        assert_eq!(there, (5..MOST as u64 + 5).collect::<Vec<_>>());
    }
}
