//! What one analysis leaves behind that the next can use: what cargo said, and what was found out about the program.

use std::collections::BTreeSet;

use cargo_metadata::Metadata;

use super::analysis::{self, Analysis, Before};
use super::failure::Failure;
use super::settings::Question;
use crate::source::{self, Disk, Seen};

/// Analyses again and again.
#[derive(Debug, Default)]
pub struct Session {
    before: Before,
    cargo: Option<Cargo>,
}

/// What cargo said, and what it looked at before it did.
#[derive(Debug)]
struct Cargo {
    metadata: Metadata,
    seen: Option<Seen>,
}

impl Session {
    /// Analyses once, and keeps nothing for a next time.
    pub fn once() -> Self {
        Self { before: Before::none(), ..Self::default() }
    }

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
        let analysis = analysis::run(question, &cargo.metadata, &mut self.before, disk);
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

    /// What the last analysis has left behind, which says how much of it was new.
    pub fn before(&self) -> &Before {
        &self.before
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
            (session.before().files.parsed(), analysis.report.diagnostics.len(), analysis.any)
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

    #[test]
    fn an_edit_costs_the_functions_that_it_touches() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let manifest = root.join("Cargo.toml");
        fs::create_dir(root.join("src")).unwrap();
        let package = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nframealloc = \"0.1\"\n";
        fs::write(&manifest, package).unwrap();
        let declared: String = (0..20).map(|number| format!("mod m{number};\n")).collect();
        fs::write(root.join("src/main.rs"), format!("{declared}fn main() {{}}\n")).unwrap();
        for number in 2..20 {
            let text = "pub fn f(a: &framealloc::SmartAlloc) { a.begin_frame(); a.end_frame(); }\n";
            fs::write(root.join(format!("src/m{number}.rs")), text).unwrap();
        }
        let helpers = "use framealloc::SmartAlloc;
pub fn close(a: &SmartAlloc) { a.end_frame(); }
pub fn other(a: &SmartAlloc) { a.begin_frame(); a.end_frame(); }\n";
        let caller = "use framealloc::{FrameBox, SmartAlloc};
pub fn g(a: &SmartAlloc) -> FrameBox<'_, u8> { a.begin_frame(); let b = a.frame_box(1); crate::m0::close(a); b }\n";
        fs::write(root.join("src/m0.rs"), helpers).unwrap();
        fs::write(root.join("src/m1.rs"), caller).unwrap();

        let selection = Selection { manifest_path: Some(manifest), ..Selection::default() };
        let question = Question { selection, ..Question::default() };
        let mut session = Session::default();
        let mut analyse = |text: &str| {
            let overlay: Overlay = [(root.join("src/m0.rs"), text.into())].into();
            let found = session.analyse(&question, &Disk::under(overlay)).unwrap().report.diagnostics.len();
            let before = session.before();
            ((before.functions.built(), before.functions.run(), before.found.checked()), found)
        };
        assert_eq!(analyse(helpers), ((21, 21, 21), 1));
        assert_eq!(analyse(helpers), ((0, 0, 0), 1));
        // One function, for which nobody asks another.
        let typed = helpers.replacen("a.end_frame();", "a.end_frame(); let b = 1;", 1);
        let last = helpers.rfind("a.end_frame").unwrap();
        let last = format!("{}let b = 1; {}", &helpers[..last], &helpers[last..]);
        assert_eq!(analyse(&last), ((1, 1, 1), 1));
        // One that another calls, and that means what it meant; what is behind it has moved.
        assert_eq!(analyse(&typed), ((2, 2, 3), 1));
        // Now it means something else to its caller, which is read no more for that.
        let opened = typed.replacen("a.end_frame();", "", 1);
        let (cost, found) = analyse(&opened);
        assert_eq!((cost, found == 1), ((2, 3, 3), false));
        // What names and types say has changed: everything is new.
        let renamed = opened.replace("pub fn other", "pub fn another");
        let (cost, found) = analyse(&renamed);
        assert_eq!(cost, (21, 21, 21));
        // What is not Rust costs nothing: what was there before counts, until it is.
        assert_eq!(analyse("fn f( {"), ((0, 0, 0), found + 1));
        assert_eq!(analyse(&renamed), ((0, 0, 0), found));
    }
}
