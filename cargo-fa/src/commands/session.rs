//! What one analysis leaves behind that the next can use: what cargo said, and the files as they were read.

use std::collections::BTreeSet;

use cargo_metadata::Metadata;

use super::analysis::{self, Analysis};
use super::failure::Failure;
use super::settings::Question;
use crate::source::{self, Disk, Memory, Seen};

/// Analyses again and again.
#[derive(Debug, Default)]
pub struct Session {
    memory: Memory,
    cargo: Option<Cargo>,
}

/// What cargo said, and what it looked at before it did.
#[derive(Debug)]
struct Cargo {
    metadata: Metadata,
    seen: Option<Seen>,
}

impl Session {
    /// Analyses what is asked for, as it is on this disk.
    ///
    /// # Errors
    ///
    /// When the workspace or its configuration is not as it should be.
    pub fn analyse(&mut self, question: &Question, disk: &Disk) -> Result<Analysis, Failure> {
        let cargo = match self.cargo.take() {
            Some(cargo) => cargo,
            None => Cargo::ask(question)?,
        };
        disk.adopt(cargo.seen.as_ref());
        let analysis = analysis::run(question, &cargo.metadata, &mut self.memory, disk);
        self.cargo = Some(cargo);
        analysis
    }

    /// Manifests may have changed: cargo is asked again if what it looked at has.
    pub fn doubt_manifests(&mut self) {
        self.cargo = self
            .cargo
            .take()
            .filter(|cargo| cargo.seen.as_ref().is_some_and(|seen| seen.again(&BTreeSet::new()).is_some()));
    }

    /// How many files the last analysis had to parse.
    pub fn parsed(&self) -> usize {
        self.memory.parsed()
    }
}

impl Cargo {
    fn ask(question: &Question) -> Result<Self, Failure> {
        // Not the one of the analysis: what an editor has open, cargo does not see.
        let disk = Disk::default();
        let metadata = source::metadata(question.selection.manifest_path.as_deref(), &disk)?;
        Ok(Self { metadata, seen: disk.seen() })
    }
}

#[cfg(test)]
mod tests {
    use super::Session;
    use crate::commands::settings::Question;
    use crate::source::{Disk, Overlay, Selection};
    use std::fs;

    #[test]
    fn an_edit_costs_the_file_that_it_is_in() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            path
        };
        let package = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
        let with = format!("{package}[dependencies]\nframealloc = \"0.1\"\n");
        let manifest = write("Cargo.toml", &with);
        let declared: String = (0..20).map(|number| format!("mod m{number};\n")).collect();
        let main = write("src/main.rs", &format!("{declared}fn main() {{}}\n"));
        let modules: Vec<_> =
            (0..20).map(|number| write(&format!("src/m{number}.rs"), "fn f() {}\n")).collect();

        let selection = Selection { manifest_path: Some(manifest.clone()), ..Selection::default() };
        let question = Question { selection, ..Question::default() };
        let mut session = Session::default();
        let mut analyse = |texts: &[(&std::path::PathBuf, &str)], trusted: bool| {
            let overlay: Overlay = texts.iter().map(|&(path, text)| (path.clone(), text.into())).collect();
            if !trusted {
                session.doubt_manifests();
            }
            let analysis = session.analyse(&question, &Disk::under(overlay)).unwrap();
            (session.parsed(), analysis.report.diagnostics.len(), analysis.any)
        };
        assert_eq!(analyse(&[], true), (21, 0, true));
        assert_eq!(analyse(&[], true), (0, 0, true));
        let stale = "fn f() {} // fa: allow(FA001)\n";
        assert_eq!(analyse(&[(&modules[3], stale)], true), (1, 1, true));
        assert_eq!(analyse(&[(&modules[3], stale)], true), (0, 1, true));
        assert_eq!(analyse(&[(&modules[3], stale), (&modules[4], "fn f( {")], true), (1, 2, true));
        // Closed without being saved.
        assert_eq!(analyse(&[], true), (2, 0, true));
        assert_eq!(analyse(&[(&main, "mod m1;\nfn main() {}\n")], true), (1, 0, true));
        // What is not in the program any more is not kept for ever.
        assert_eq!(analyse(&[], true), (20, 0, true));
        // The manifest counts when somebody says that something was saved.
        fs::write(&manifest, package).unwrap();
        assert_eq!(analyse(&[], true), (0, 0, true));
        assert_eq!(analyse(&[], false), (0, 0, false));
        fs::write(&manifest, &with).unwrap();
        assert_eq!(analyse(&[], false), (21, 0, true));
        assert_eq!(analyse(&[], false), (0, 0, true));
    }
}
