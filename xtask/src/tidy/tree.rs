//! The files of the repository, read once for all rules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Finding;
use super::source::Source;

/// Folders that hold nothing of ours: what is built, what is installed, and what git keeps.
const LEFT_OUT: [&str; 5] = ["target", "node_modules", "dist", "out", ".git"];
/// Files in other people's words.
const OTHERS: [&str; 4] = ["LICENSE-MIT", "LICENSE-APACHE", "Cargo.lock", "package-lock.json"];

/// Each text file under its path from the root, with `/` between the parts.
pub(super) struct Tree {
    texts: BTreeMap<String, String>,
    /// Pictures and the like, of which only the path is known.
    others: BTreeSet<String>,
    sources: BTreeMap<String, Result<Source, String>>,
}

impl Tree {
    /// Reads what is below `root`.
    pub(super) fn read(root: &Path) -> Result<Self, String> {
        let (mut texts, mut others) = (BTreeMap::new(), BTreeSet::new());
        collect(root, "", &mut texts, &mut others)?;
        Ok(Self { others, ..Self::of(texts) })
    }

    fn of(texts: BTreeMap<String, String>) -> Self {
        let rust = texts.iter().filter(|(path, _)| path.ends_with(".rs"));
        let sources = rust.map(|(path, text)| (path.clone(), Source::parse(text))).collect();
        Self { texts, others: BTreeSet::new(), sources }
    }

    /// A small tree for a rule's own tests.
    #[cfg(test)]
    pub(super) fn sample(files: &[(&str, &str)]) -> Self {
        Self::of(files.iter().map(|&(path, text)| (path.to_owned(), text.to_owned())).collect())
    }

    /// All text files, but licences and lock files.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts
            .iter()
            .filter(|(path, _)| !OTHERS.contains(&name(path)))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// All paths of files.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().chain(&self.others).map(String::as_str)
    }

    /// The Rust files below `folder` (`""` is everywhere).
    pub(super) fn sources<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a Source)> {
        self.sources
            .iter()
            .filter(move |(path, _)| path.starts_with(folder))
            .filter_map(|(path, source)| Some((path.as_str(), source.as_ref().ok()?)))
    }

    /// Rust files in which the rules see nothing, which must not pass for clean.
    pub(super) fn unreadable(&self) -> Vec<Finding> {
        self.sources
            .iter()
            .filter_map(|(path, source)| Some(Finding::new(path, 0, source.as_ref().err()?)))
            .collect()
    }
}

fn collect(
    folder: &Path,
    prefix: &str,
    texts: &mut BTreeMap<String, String>,
    others: &mut BTreeSet<String>,
) -> Result<(), String> {
    let problem = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(problem)? {
        let entry = entry.map_err(problem)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(problem)?;
        if kind.is_dir() && !LEFT_OUT.contains(&name.as_str()) {
            collect(&entry.path(), &format!("{prefix}{name}/"), texts, others)?;
        } else if kind.is_file() {
            let path = format!("{prefix}{name}");
            match std::fs::read_to_string(entry.path()) {
                Ok(text) => drop(texts.insert(path, text)),
                Err(_) => drop(others.insert(path)),
            }
        }
    }
    Ok(())
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn a_file_that_cannot_be_read_as_rust_is_a_finding() {
        let tree = Tree::sample(&[("a.rs", "fn f() { \"open }"), ("b.rs", "fn f() {}")]);
        let findings = tree.unreadable();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].path, "a.rs");
    }
}
