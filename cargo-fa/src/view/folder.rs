//! The snapshots that a program has written into a folder.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use framealloc_snapshot::{ReadError, Snapshot, SnapshotFileName};
use serde::Serialize;

/// A folder that a program writes snapshots into, whether it exists yet or not.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    /// As the page names it.
    source: String,
}

/// A snapshot and where it was: `Entry` of `fa-insight/shared/protocol.ts`.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    source: String,
    writer: String,
    sequence: u64,
    /// As it was written: what this program does not know, the page may.
    snapshot: serde_json::Value,
}

/// A file that has the name of a snapshot and is none: `Trouble` of `fa-insight/shared/protocol.ts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trouble {
    source: String,
    file: String,
    message: String,
}

impl Folder {
    /// The folder at this path.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        let source = path.display().to_string();
        Self { path, source }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The snapshots that are there now, the oldest first. A folder that is not there holds none. Files with other
    /// names are somebody else's.
    ///
    /// # Errors
    ///
    /// When it cannot be read although it is there.
    pub fn names(&self) -> io::Result<BTreeSet<SnapshotFileName>> {
        let files = match std::fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            files => files?,
        };
        let mut names = BTreeSet::new();
        for file in files {
            names.extend(file?.file_name().to_str().and_then(SnapshotFileName::parse));
        }
        Ok(names)
    }

    /// Reads a snapshot; `None` when the program has removed it since, to make room for newer ones.
    #[must_use]
    pub fn read(&self, name: SnapshotFileName) -> Option<Result<Entry, Trouble>> {
        let file = name.to_string();
        let text = match std::fs::read(self.path.join(&file)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => return Some(Err(self.trouble(file, error.to_string()))),
            Ok(text) => text,
        };
        let checked = Snapshot::from_json(&text);
        let entry = checked.and_then(|_| serde_json::from_slice(&text).map_err(ReadError::Json));
        Some(match entry {
            Ok(snapshot) => Ok(Entry {
                source: self.source.clone(),
                writer: format!("{:012x}", name.writer),
                sequence: name.sequence,
                snapshot,
            }),
            Err(error) => Err(self.trouble(file, error.to_string())),
        })
    }

    /// What is told when the folder itself cannot be read.
    #[must_use]
    pub fn unreadable(&self, error: &io::Error) -> Trouble {
        self.trouble(String::new(), format!("the folder cannot be read: {error}"))
    }

    fn trouble(&self, file: String, message: String) -> Trouble {
        Trouble { source: self.source.clone(), file, message }
    }
}

#[cfg(test)]
mod tests {
    use super::Folder;
    use framealloc_snapshot::{Snapshot, SnapshotFileName};

    fn name(sequence: u64) -> SnapshotFileName {
        SnapshotFileName { sequence, writer: 0xa1 }
    }

    #[test]
    fn only_snapshots_are_read_and_the_rest_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| std::fs::write(folder.path().join(file), text).unwrap();
        let json = Snapshot::new(7).to_json();
        write(&name(2).to_string(), &json.replacen('{', r#"{ "moon": "full","#, 1));
        write(&name(10).to_string(), &json[..json.len() / 2]);
        write(&name(11).to_string(), r#"{ "version": 9 }"#);
        write("latest.json", &json);
        write("notes.json", "mine");
        let folder = Folder::new(folder.path().to_owned());
        let names: Vec<_> = folder.names().unwrap().into_iter().collect();
        assert_eq!(names, [name(2), name(10), name(11)]);

        let entry = folder.read(names[0]).unwrap().unwrap();
        assert_eq!((entry.writer.as_str(), entry.sequence), ("0000000000a1", 2));
        assert_eq!(entry.snapshot["moon"], "full");
        let half = folder.read(names[1]).unwrap().unwrap_err();
        assert!(half.message.starts_with("not a snapshot"), "{half:?}");
        let newer = folder.read(names[2]).unwrap().unwrap_err();
        assert!(newer.message.contains("version 9"), "{newer:?}");
    }

    #[test]
    fn what_is_gone_is_no_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let inside = Folder::new(folder.path().join("later"));
        assert!(inside.names().unwrap().is_empty());
        assert!(inside.read(name(1)).is_none());
    }

    #[test]
    fn a_folder_that_is_a_file_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(Folder::new(file.path().to_owned()).names().is_err());
    }
}
