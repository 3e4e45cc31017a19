//! The snapshots that a program has written into a folder.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use framealloc_snapshot::{ReadError, Snapshot, SnapshotFileName};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::digest::Digest;

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
    /// What was written: what this program does not know, the page may.
    snapshot: Box<RawValue>,
    #[serde(skip)]
    digest: Digest,
}

/// By which a file is known again.
pub type State = (SystemTime, u64);

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
        let understood = Snapshot::from_json(&text).and_then(|snapshot| {
            // In one line, however it was written.
            let value: Value = serde_json::from_slice(&text).map_err(ReadError::Json)?;
            Ok((Digest::of(&snapshot), to_raw_value(&value).map_err(ReadError::Json)?))
        });
        Some(match understood {
            Ok((digest, snapshot)) => Ok(Entry {
                source: self.source.clone(),
                writer: format!("{:012x}", name.writer),
                sequence: name.sequence,
                snapshot,
                digest,
            }),
            Err(error) => Err(self.trouble(file, error.to_string())),
        })
    }

    /// What a file is now; `None` when it is not there.
    #[must_use]
    pub fn state(&self, name: SnapshotFileName) -> Option<State> {
        let data = std::fs::metadata(self.path.join(name.to_string())).ok()?;
        Some((data.modified().ok()?, data.len()))
    }

    /// Its name on the page.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
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

impl Entry {
    /// What the page draws of it while nobody looks at it: `Point` of `fa-insight/shared/protocol.ts`.
    #[must_use]
    pub fn point(&self, before: Option<&Self>) -> Value {
        let Self { source, writer, sequence, digest, .. } = self;
        let digest = digest.print(before.map(|before| &before.digest));
        json!({ "source": source, "writer": writer, "sequence": sequence, "digest": digest })
    }

    /// Roughly the bytes that it takes in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        self.snapshot.get().len()
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Folder};
    use framealloc_snapshot::{Snapshot, SnapshotFileName};

    impl Entry {
        pub(in crate::view) fn frame(&self) -> u64 {
            self.value()["frame"].as_u64().unwrap()
        }

        fn value(&self) -> serde_json::Value {
            serde_json::from_str(self.snapshot.get()).unwrap()
        }
    }

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
        assert_eq!(entry.value()["moon"], "full");
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
