//! Which files are analysed, and as what.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cargo_metadata::Metadata;

use super::disk::Disk;
use super::features::{Chosen, Known};
use super::file::{Files, Problem};
use super::memory::Memory;
use super::modules::{Module, Store};
use super::parse::on_deep_stack;
use super::tree::Name;
use super::workspace::{self, Target};

/// What to analyse.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The `Cargo.toml`; if none, that of the current folder or one above it.
    pub manifest_path: Option<PathBuf>,
    /// These packages; if none, the default members.
    pub packages: Vec<String>,
    /// All packages of the workspace.
    pub workspace: bool,
    /// But not these.
    pub exclude: Vec<String>,
    /// Also code under `#[cfg(test)]`, `tests/` and `benches/`.
    pub tests: bool,
    /// The features that code is read with; if none are chosen, it is read whatever features it needs.
    pub features: Option<Chosen>,
}

/// A target of a package: a library, a program, an example.
#[derive(Clone, Debug)]
pub struct Crate {
    /// Its name in paths.
    pub name: Name,
    /// The package it belongs to.
    pub package: String,
    /// The names under which framealloc is known in it.
    pub framealloc: Vec<Name>,
    /// The other crates of the analysis that it may name, by their place in [`Loaded::crates`].
    pub externs: Vec<(Name, usize)>,
    /// Its modules; the first is the root.
    pub modules: Vec<Module>,
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The files.
    pub files: Files,
    /// The crates.
    pub crates: Vec<Crate>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Reads the crates of a workspace that depend on framealloc. The others are not even opened.
///
/// # Errors
///
/// When Cargo cannot say what the workspace is, or a package of that name is not in it.
pub fn load(selection: &Selection) -> Result<Loaded, Problem> {
    let disk = Disk::default();
    let metadata = workspace::metadata(selection.manifest_path.as_deref(), &disk)?;
    Memory::default().load(selection, &metadata, &disk)
}

/// Takes texts as the files of one crate, which knows framealloc by its own name. The first is the root; the others are
/// found by the modules that it declares.
///
/// # Examples
///
/// ```
/// use cargo_fa::source::load_files;
///
/// let loaded = load_files(&[("src/lib.rs", "mod a;"), ("src/a.rs", "fn f() {}")], false);
/// assert_eq!(loaded.crates[0].modules.len(), 2);
/// assert!(loaded.problems.is_empty());
/// ```
#[must_use]
pub fn load_files(files: &[(&str, &str)], tests: bool) -> Loaded {
    Memory::default().load_files(files, tests)
}

impl Memory {
    /// Like [`load`], of a workspace that cargo described, but what was read before and is the same is not read again.
    ///
    /// # Errors
    ///
    /// When a package of that name is not in it.
    pub fn load(
        &mut self,
        selection: &Selection,
        metadata: &Metadata,
        disk: &Disk,
    ) -> Result<Loaded, Problem> {
        let targets = workspace::targets(metadata, selection)?;
        let root = metadata.workspace_root.clone().into();
        let read = |path: &Path| disk.read(path);
        let store = Store::new(self, root, selection.tests, &read);
        Ok(on_deep_stack(|| store.load(&targets)))
    }

    /// Like [`load_files`], but what was read before and is the same is not read again.
    #[must_use]
    pub fn load_files(&mut self, files: &[(&str, &str)], tests: bool) -> Loaded {
        let texts: HashMap<PathBuf, Arc<str>> =
            files.iter().map(|&(path, text)| (PathBuf::from(path), Arc::from(text))).collect();
        let read = |path: &Path| {
            texts.get(path).cloned().ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound))
        };
        let target = |&(root, _): &(&str, &str)| Target {
            name: "crate".into(),
            package: "crate".to_owned(),
            is_library: true,
            root: root.into(),
            framealloc: vec!["framealloc".into()],
            externs: Vec::new(),
            features: None,
        };
        let targets: Vec<Target> = files.first().map(target).into_iter().collect();
        let store = Store::new(self, PathBuf::new(), tests, &read);
        on_deep_stack(|| store.load(&targets))
    }
}

impl Store<'_> {
    fn load(mut self, targets: &[Target]) -> Loaded {
        let roots: Vec<(&Path, Known)> =
            targets.iter().map(|target| (&*target.root, target.features.clone())).collect();
        let modules = self.modules(&roots);
        let crates = targets.iter().zip(modules).map(|(target, modules)| {
            let externs = target.externs.iter().filter_map(|(name, package)| {
                let library = |other: &Target| other.is_library && other.package == *package;
                Some((name.clone(), targets.iter().position(library)?))
            });
            Crate {
                name: target.name.clone(),
                package: target.package.clone(),
                framealloc: target.framealloc.clone(),
                externs: externs.collect(),
                modules,
            }
        });
        let crates = crates.collect();
        let (files, problems) = self.finish();
        Loaded { files, crates, problems }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(loaded: &Loaded) -> Vec<(&str, &str)> {
        let modules = loaded.crates[0].modules.iter();
        modules.map(|module| (&*module.name, &*loaded.files.get(module.file).display)).collect()
    }

    #[test]
    fn modules_are_found_where_rustc_finds_them() {
        let loaded = load_files(
            &[
                (
                    "src/main.rs",
                    "mod a; mod b; #[path = \"odd/c.rs\"] mod c; mod inline { mod d; } #[cfg(test)] mod t;",
                ),
                ("src/a.rs", "mod x;"),
                ("src/a/x.rs", ""),
                ("src/b/mod.rs", "mod y;"),
                ("src/b/y.rs", ""),
                ("src/odd/c.rs", "mod z;"),
                ("src/odd/z.rs", ""),
                ("src/inline/d.rs", ""),
            ],
            false,
        );
        assert_eq!(loaded.problems, []);
        let mut found = names(&loaded);
        found.sort_unstable();
        let expected = [
            ("a", "src/a.rs"),
            ("b", "src/b/mod.rs"),
            ("c", "src/odd/c.rs"),
            ("crate", "src/main.rs"),
            ("d", "src/inline/d.rs"),
            ("inline", "src/main.rs"),
            ("x", "src/a/x.rs"),
            ("y", "src/b/y.rs"),
            ("z", "src/odd/z.rs"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_file_that_does_not_parse_is_a_problem_and_the_rest_goes_on() {
        let loaded = load_files(
            &[
                ("src/lib.rs", "mod bad; mod gone; mod good;"),
                ("src/bad.rs", "fn f( {"),
                ("src/good.rs", "fn f() {}"),
            ],
            false,
        );
        let messages: Vec<_> = loaded.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(messages.len(), 2, "{messages:?}");
        assert!(messages[0].starts_with("the file is not valid Rust"), "{messages:?}");
        assert!(messages[1].contains("src/gone.rs"), "{messages:?}");
        assert_eq!(loaded.crates[0].modules[3].items.len(), 1);
    }
}
