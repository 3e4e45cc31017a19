//! Texts that are nearly programs: nothing panics, overflows or hangs, whatever stands in a file. The fuzz target
//! `analyser` goes on from here, with whatever leads to code that was not reached before.

mod analyse;
pub(crate) mod mutate;

use std::path::{Path, PathBuf};

use analyse::analyse;
use mutate::mutate;

/// Longer than any program, shorter than what takes long.
const MOST: usize = 1 << 14;

pub(crate) fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn nearly_programs_are_analysed() {
    let mut paths = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui"), &mut paths);
    paths.sort();
    let (mut found, mut same) = (0, 0);
    for (seed, path) in paths.iter().enumerate() {
        let text = std::fs::read_to_string(path).unwrap();
        let mutated = mutate(&text, seed as u64, MOST);
        let outcome = std::panic::catch_unwind(|| analyse(&mutated, seed % 2 == 0));
        found += outcome.unwrap_or_else(|_| panic!("{} with the seed {seed}:\n{mutated}", path.display()));
        same += usize::from(mutated == text);
    }
    // Else the texts were no longer near enough to programs, or not far enough from them.
    assert!(found > paths.len() && same < paths.len() / 5, "{found} {same}");
}
