//! Where nothing is to be found: in the library's own examples and tests, and in crates that know nothing of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_fa::flow::Program;
use cargo_fa::lint::options::LintOptions;
use cargo_fa::lints::LINTS;
use cargo_fa::source::load_files;

/// The library tests what the lints warn of; there it says so, and why.
#[test]
fn the_library_with_its_tests_is_clean() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../framealloc/Cargo.toml");
    let mut run = Command::new(env!("CARGO_BIN_EXE_cargo-fa"));
    run.arg("fa").arg("--manifest-path").arg(manifest).args(["--tests", "-D", "warnings"]);
    let output = run.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The crates that `tests/registry` names have frames, pools, tags, barriers and phases of their own.
#[test]
fn crates_with_methods_of_the_same_names_are_silent() {
    let mut found = Vec::new();
    let mut functions = 0;
    for (name, folder) in crates() {
        let mut texts = Vec::new();
        read(&folder.join("src"), &folder, &mut texts);
        let root = texts.iter().position(|(path, _)| path == "src/lib.rs").unwrap();
        texts.swap(0, root);
        let files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (&**path, &**text)).collect();
        // Read as if it used the library: otherwise none of it would be looked at.
        let program = Program::build(load_files(&files, true));
        functions += program.index.functions().count();
        let mut findings = Vec::new();
        for lint in LINTS {
            (lint.check)(&program, &LintOptions::default(), &mut findings);
        }
        for finding in findings {
            let file = program.files.get(finding.primary.span.file);
            let line = file.line_column(finding.primary.span.start).0;
            found.push(format!("{name}/{}:{line}: {} {}", file.display, finding.lint.code, finding.message));
        }
    }
    assert!(functions > 5_000, "only {functions} functions were read");
    assert_eq!(found, Vec::<String>::new());
}

/// The crates and where their sources are, once they have been fetched.
fn crates() -> Vec<(String, PathBuf)> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/registry/Cargo.toml");
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(&manifest)
        .other_options(["--locked".to_owned(), "--filter-platform=x86_64-unknown-linux-gnu".to_owned()])
        .exec()
        .unwrap();
    let root = metadata.root_package().unwrap();
    let named = |name: &str| root.dependencies.iter().any(|dependency| dependency.name == name);
    let wanted = metadata.packages.iter().filter(|package| named(&package.name));
    let found: Vec<(String, PathBuf)> = wanted
        .map(|package| {
            let folder = package.manifest_path.parent().unwrap();
            (package.name.to_string(), folder.as_std_path().to_owned())
        })
        .collect();
    assert_eq!(found.len(), root.dependencies.len());
    found
}

fn read(folder: &Path, base: &Path, texts: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, base, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let inside = path.strip_prefix(base).unwrap().to_string_lossy().replace('\\', "/");
            texts.push((inside, std::fs::read_to_string(&path).unwrap()));
        }
    }
}
