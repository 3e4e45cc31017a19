//! What was read before, so that an edit costs the file that it is in and not the program.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::features::Known;
use super::file::{Problem, SourceFile};
use super::span::FileId;
use super::tree::Item;

/// The items of a file, or why there are none.
pub(super) type Tree = Result<Arc<[Item]>, Problem>;

/// A file that could be read, with its items.
pub(super) type Good = (Arc<SourceFile>, Arc<[Item]>);

/// A file as it was read last.
#[derive(Debug)]
struct Kept {
    file: Arc<SourceFile>,
    tree: Tree,
    /// The last version that was Rust, while somebody types what is not.
    good: Option<Good>,
}

/// The files that were loaded last, for whoever loads again after an edit.
///
/// Those whose text is the same are taken as they were read, so what comes out is what a first load would give; but a file
/// that is not Rust, as it is most of the time while somebody types, stands as it last was. A file keeps its number as long
/// as it is among those that are loaded.
///
/// # Examples
///
/// ```
/// use cargo_fa::source::Memory;
///
/// let mut memory = Memory::default();
/// memory.load_files(&[("lib.rs", "mod a;"), ("a.rs", "fn f() {}")], false);
/// assert_eq!(memory.parsed(), 2);
/// memory.load_files(&[("lib.rs", "mod a;"), ("a.rs", "fn g() {}")], false);
/// assert_eq!(memory.parsed(), 1);
/// ```
#[derive(Debug, Default)]
pub struct Memory {
    kept: HashMap<PathBuf, Kept>,
    /// The number for the next file that is new.
    next: u32,
    /// The files of the load that is under way, or of the last one.
    seen: HashSet<FileId>,
    parsed: usize,
    /// The features of each crate with which they were read.
    features: Vec<Known>,
}

impl Memory {
    /// How many files the last load had to parse.
    #[must_use]
    pub fn parsed(&self) -> usize {
        self.parsed
    }

    /// Forgets everything if it was read with other features.
    pub(super) fn begin(&mut self, features: &[Known]) {
        if self.features != features {
            self.kept.clear();
            self.features = features.to_vec();
        }
        self.seen.clear();
        self.parsed = 0;
    }

    /// The file at a path, if it is known with this text; else the number that it is to have.
    pub(super) fn look_up(
        &mut self,
        path: &Path,
        display: &str,
        text: &str,
    ) -> Result<(Arc<SourceFile>, Tree), FileId> {
        let known = self.kept.get(path);
        let id = known.map_or(FileId(self.next), |known| known.file.id);
        self.seen.insert(id);
        match known {
            Some(Kept { file, tree, .. }) if *file.text == *text && file.display == display => {
                Ok((file.clone(), tree.clone()))
            }
            Some(_) => Err(id),
            None => {
                self.next += 1;
                Err(id)
            }
        }
    }

    pub(super) fn keep(&mut self, file: Arc<SourceFile>, tree: Tree) {
        self.parsed += 1;
        let good = match &tree {
            Ok(_) => None,
            Err(_) => self.good(&file.path),
        };
        self.kept.insert(file.path.clone(), Kept { file, tree, good });
    }

    /// What was read of the file at a path when it could be read last.
    pub(super) fn good(&self, path: &Path) -> Option<Good> {
        let kept = self.kept.get(path)?;
        match &kept.tree {
            Ok(items) => Some((kept.file.clone(), items.clone())),
            Err(_) => kept.good.clone(),
        }
    }

    /// Forgets what this load did not meet.
    pub(super) fn end(&mut self) {
        let seen = &self.seen;
        self.kept.retain(|_, kept| seen.contains(&kept.file.id));
    }
}

#[cfg(test)]
mod tests {
    use super::Memory;
    use crate::source::Loaded;

    fn shown(loaded: &Loaded) -> String {
        let files: Vec<_> = loaded.files.iter().map(|file| (&file.display, &file.text)).collect();
        let modules: Vec<_> =
            loaded.crates[0].modules.iter().map(|module| (&module.name, &module.items)).collect();
        format!("{files:?} {modules:?} {:?}", loaded.problems)
    }

    #[test]
    fn an_edit_costs_one_file_and_changes_nothing_else() {
        let mut memory = Memory::default();
        let load = |memory: &mut Memory, b: &str| {
            memory.load_files(&[("lib.rs", "mod a; mod b;"), ("a.rs", "fn f() {}"), ("b.rs", b)], false)
        };
        for text in ["fn g() {}", "fn g() { 1 }", "fn g( {", "fn g() {", "fn g() {}"] {
            let again = load(&mut memory, text);
            let mut other = Memory::default();
            if !again.problems.is_empty() {
                // The last one that was Rust is all that counts of what was before.
                let _ = load(&mut other, "fn g() { 1 }");
            }
            assert_eq!(shown(&again), shown(&load(&mut other, text)));
            let _ = load(&mut memory, text);
            assert_eq!(memory.parsed(), 0, "{text}");
        }
        load(&mut memory, "fn h() {}");
        assert_eq!(memory.parsed(), 1);
    }

    #[test]
    fn files_come_and_go_without_the_others_being_read_again() {
        let mut memory = Memory::default();
        let load = |memory: &mut Memory, root: &str| {
            let loaded =
                memory.load_files(&[("lib.rs", root), ("a.rs", "fn f() {}"), ("b.rs", "fn g( {")], false);
            (loaded.files.iter().map(|file| file.display.clone()).collect::<Vec<_>>(), loaded.problems.len())
        };
        assert_eq!(load(&mut memory, "mod b;"), (vec!["lib.rs".to_owned(), "b.rs".to_owned()], 1));
        let (files, problems) = load(&mut memory, "mod a; mod b;");
        assert_eq!((files.len(), problems, memory.parsed()), (3, 1, 2));
        assert_eq!(load(&mut memory, "mod a;").0, ["lib.rs", "a.rs"]);
        assert_eq!(memory.parsed(), 1);
        load(&mut memory, "mod a; mod b;");
        assert_eq!(memory.parsed(), 2, "what was gone is new");
    }
}
