//! A workspace in a folder of its own, and runs of the program in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A text with a comment that silences nothing, which is a warning and can be corrected.
pub(crate) const STALE: &str =
    "fn main() {\n    // fa: allow(FA001) -- no reason\n    run();\n}\n\nfn run() {}\n";

/// A frame value that is kept, which is an error.
pub(crate) const ESCAPE: &str = "use framealloc::{FrameBox, SmartAlloc};\n\nstruct World<'a> {\n    kept: \
Option<FrameBox<'a, u32>>,\n}\n\nfn update<'a>(world: &mut World<'a>, alloc: &'a SmartAlloc) {\n    \
alloc.begin_frame();\n    world.kept = Some(alloc.frame_box(7));\n    alloc.end_frame();\n}\n\nfn main() {}\n";

pub(crate) struct Workspace {
    folder: TempDir,
}

pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workspace {
    /// One package that depends on framealloc.
    pub(crate) fn new(main: &str) -> Self {
        let workspace = Self { folder: tempfile::tempdir().unwrap() };
        // As `cargo new` does.
        workspace.write(".gitignore", "/target\n");
        workspace.write("Cargo.toml", &manifest("game"));
        workspace.write("src/main.rs", main);
        workspace
    }

    pub(crate) fn root(&self) -> PathBuf {
        // Where the folder for such things is a link, cargo says where it leads to.
        self.folder.path().canonicalize().unwrap()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(path)).unwrap()
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.folder.path().join(path).exists()
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-fa"));
        command.args(words).current_dir(self.root()).stdin(Stdio::null());
        command.env_remove("NO_COLOR").env("GIT_CEILING_DIRECTORIES", self.root().parent().unwrap());
        command
    }

    /// Runs `cargo fa` with these words.
    pub(crate) fn run(&self, words: &[&str]) -> Run {
        let output = self.command(words).output().unwrap();
        Run {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Puts all that is there under version control.
    pub(crate) fn commit(&self) {
        let git = |words: &[&str]| git(&self.root(), words);
        git(&["init", "--quiet"]);
        git(&["add", "--all"]);
        git(&[
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b.c",
            "commit",
            "--quiet",
            "--no-verify",
            "--message",
            "a",
        ]);
    }
}

fn git(folder: &Path, words: &[&str]) {
    let status = Command::new("git").args(words).current_dir(folder).status().unwrap();
    assert!(status.success(), "git {words:?}");
}

pub(crate) fn manifest(name: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[features]\nfancy = []\n\n\
         [dependencies]\nframealloc = \"0.1\"\n"
    )
}

impl Run {
    /// Asserts the exit status, and shows everything if it is another.
    #[track_caller]
    pub(crate) fn ends(self, status: i32) -> Self {
        assert_eq!(self.status, status, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Asserts that each of these is said on standard error.
    #[track_caller]
    pub(crate) fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stderr.contains(part), "`{part}` is not in:\n{}", self.stderr);
        }
        self
    }

    /// Asserts that each of these is in the report.
    #[track_caller]
    pub(crate) fn reports(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stdout.contains(part), "`{part}` is not in:\n{}", self.stdout);
        }
        self
    }
}
