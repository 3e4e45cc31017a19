//! Every program of the corpus compiles against the library: a label on code that no compiler accepts says nothing.
//!
//! All of them become the binaries of one generated package, which `cargo check` then reads.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The crate roots below `dir`: single files, and `src/main.rs` of the cases that are whole packages.
fn roots(dir: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let package = path.join("src").join("main.rs");
        if package.is_file() {
            found.push(package);
        } else if path.is_dir() {
            roots(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// A name for the binary, from the case's place in the corpus.
fn name(tests: &Path, root: &Path) -> String {
    let place = root.strip_prefix(tests).unwrap().with_extension("").display().to_string();
    place.replace("/src/main", "").replace(['/', '\\'], "-").trim_matches('_').replace("-_", "-")
}

#[test]
fn every_case_compiles() {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests = crate_dir.join("tests");
    let library = crate_dir.join("../framealloc").canonicalize().unwrap();
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate_dir.join("../target"), PathBuf::from);
    let package = target.join("fixtures");
    fs::create_dir_all(&package).unwrap();

    let mut manifest = format!(
        "[package]\nname = \"fixtures\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[features]\nbevy = \
         [\"framealloc/bevy\", \"dep:bevy_app\", \"dep:bevy_ecs\"]\n[dependencies]\nframealloc = {{ path = {library:?} \
         }}\nrayon = \"1.12\"\nasync-channel = \"2\"\nasync-executor = \"1\"\nfutures-lite = \"2\"\nbevy_app = {{ version = \"0.20.1\", default-features = false, features = [\"std\"], \
         optional = true }}\nbevy_ecs = {{ version = \"0.20.1\", default-features = false, features = [\"std\", \
         \"multi_threaded\"], optional = true }}\n"
    );
    let mut found = Vec::new();
    roots(&tests.join("ui"), &mut found);
    roots(&tests.join("holdout"), &mut found);
    assert!(!found.is_empty(), "the corpus is empty");
    for root in &found {
        let name = name(&tests, root);
        write!(manifest, "[[bin]]\nname = {name:?}\npath = {root:?}\n").unwrap();
        if name.contains("bevy") {
            manifest.push_str("required-features = [\"bevy\"]\n");
        }
    }
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    // The versions that the workspace has.
    fs::copy(crate_dir.join("../Cargo.lock"), package.join("Cargo.lock")).unwrap();

    let mut check = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    check.current_dir(&package).args(["check", "--quiet", "--bins", "--keep-going"]);
    check.env("RUSTFLAGS", "--cap-lints warn -Awarnings");
    if env::var_os("FIXTURES_BEVY").is_some() {
        check.args(["--features", "bevy"]);
    }
    assert!(check.status().unwrap().success(), "a case does not compile");
}

/// The folder of each lint, and its code.
const LINTS: [(&str, &str); 23] = [
    ("frame-value-crosses-threads", "FA201"),
    ("barrier-misuse", "FA202"),
    ("transfer-never-sent", "FA203"),
    ("worker-without-frame", "FA204"),
    ("unbounded-frame-loop", "FA301"),
    ("missing-thread-budget", "FA302"),
    ("unchecked-size", "FA303"),
    ("frame-escape", "FA601"),
    ("hot-loop-allocation", "FA602"),
    ("frame-not-ended", "FA603"),
    ("promotion-ignored", "FA604"),
    ("nested-begin", "FA605"),
    ("short-lived-pool", "FA606"),
    ("frame-value-forgotten", "FA607"),
    ("heap-in-frame", "FA608"),
    ("frame-value-across-await", "FA701"),
    ("frame-open-across-await", "FA702"),
    ("frame-value-in-task", "FA703"),
    ("tag-mismatch", "FA801"),
    ("unknown-tag", "FA802"),
    ("untagged-allocation", "FA803"),
    ("unused-tag", "FA804"),
    ("phase-imbalance", "FA805"),
];

/// The codes of all marks below `dir`.
fn marks(dir: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            marks(&path, found);
            continue;
        }
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let Some((_, codes)) = line.split_once("//~ ").or_else(|| line.split_once("#~ ")) else {
                assert!(!line.contains("//~") && !line.contains("#~"), "{}:{}", path.display(), number + 1);
                continue;
            };
            for code in codes.split(' ') {
                let known = LINTS.iter().any(|(_, known)| *known == code);
                assert!(known, "{}:{}: {code:?}", path.display(), number + 1);
                found.push(code.to_string());
            }
        }
    }
}

#[test]
fn every_lint_has_cases() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for (lint, code) in LINTS {
        for (part, least) in [("ui", 8), ("holdout", 3)] {
            let mut found = Vec::new();
            marks(&tests.join(part).join(lint), &mut found);
            let count = found.iter().filter(|found| *found == code).count();
            assert!(
                count >= least,
                "{part}/{lint} has {count} marks of {code}, and is to have {least} at least"
            );
        }
    }
    for quiet in ["ui/_silent", "ui/_lookalike", "holdout/_silent", "holdout/_lookalike"] {
        let mut found = Vec::new();
        marks(&tests.join(quiet), &mut found);
        assert!(found.is_empty(), "{quiet} has marks");
    }
}
