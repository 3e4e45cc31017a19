//! Which code is there with which features.

use crate::support::{Workspace, manifest};

/// A comment that silences nothing, in code that needs a feature, and one that is left out with its code.
fn needs(condition: &str, name: &str) -> String {
    format!("#[cfg({condition})]\nfn {name}() {{\n    // fa: allow(FA001) -- {name}\n    run();\n}}\n")
}

/// The names of the functions with a finding.
fn found(workspace: &Workspace, words: &[&str]) -> Vec<String> {
    let all = [words, &["--format", "json"]].concat();
    let report: serde_json::Value = serde_json::from_str(&workspace.run(&all).ends(0).stdout).unwrap();
    let line = |found: &serde_json::Value| {
        let text = workspace.read(found["file"].as_str().unwrap());
        let line = text.lines().nth(found["line"].as_u64().unwrap() as usize - 1).unwrap().to_owned();
        line.split("-- ").nth(1).unwrap().to_owned()
    };
    report["diagnostics"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn all_code_is_read_until_features_are_chosen() {
    let parts = [
        needs("feature = \"base\"", "base"),
        needs("feature = \"fancy\"", "fancy"),
        needs("feature = \"fast\"", "fast"),
        needs("not(feature = \"fancy\")", "plain"),
    ];
    let workspace = Workspace::new(&format!("fn main() {{}}\nfn run() {{}}\n{}", parts.concat()));
    let features = "fancy = []\nbase = []\ndefault = [\"base\"]\nfast = [\"fancy\"]";
    workspace.write("Cargo.toml", &manifest("game").replace("fancy = []", features));
    let with = |words: &[&str]| found(&workspace, words);
    assert_eq!(with(&[]), ["base", "fancy", "fast", "plain"]);
    assert_eq!(with(&["--features", "fancy"]), ["base", "fancy"]);
    assert_eq!(with(&["-F", "fast"]), ["base", "fancy", "fast"]);
    assert_eq!(with(&["-F", "game/fancy", "--no-default-features"]), ["fancy"]);
    assert_eq!(with(&["--no-default-features"]), ["plain"]);
    assert_eq!(with(&["--all-features"]), ["base", "fancy", "fast"]);
    assert_eq!(with(&["--features", "base"]), ["base", "plain"]);
}

#[test]
fn modules_that_are_not_there_are_not_looked_for() {
    let text =
        "#[cfg(feature = \"fancy\")]\nmod gone;\nfn main() {\n    #[cfg(feature = \"fancy\")]\n    f();\n}\n";
    let workspace = Workspace::new(text);
    workspace.run(&[]).ends(1).reports(&["gone.rs"]);
    assert_eq!(workspace.run(&["--no-default-features"]).ends(0).stdout, "");
    workspace.run(&["--features", "fancy"]).ends(1).reports(&["gone.rs"]);
}

#[test]
fn packages_turn_on_features_of_each_other() {
    let workspace = Workspace::new("");
    workspace.write("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"3\"\n");
    let b = needs("feature = \"fancy\"", "fancy") + &needs("feature = \"on\"", "on");
    workspace.write("b/src/lib.rs", &format!("fn run() {{}}\n{b}"));
    workspace.write(
        "b/Cargo.toml",
        &manifest("b").replace("fancy = []", "fancy = []\non = []\ndefault = [\"on\"]"),
    );
    workspace.write("a/src/main.rs", "fn main() {}\n");
    let depends = |how: &str, features: &str| {
        let dependency = format!("[dependencies]\nb = {{ path = \"../b\"{how} }}\n");
        let manifest = manifest("a").replace("[dependencies]\n", &dependency);
        workspace.write("a/Cargo.toml", &manifest.replace("fancy = []", features));
    };
    let with = |words: &[&str]| found(&workspace, &[words, &["--workspace"]].concat());
    depends(", features = [\"fancy\"]", "fancy = []");
    assert_eq!(with(&["--no-default-features"]), ["fancy", "on"]);
    depends(", default-features = false", "fancy = []");
    assert_eq!(with(&["--no-default-features"]), [""; 0]);
    depends(", default-features = false", "more = [\"b/fancy\"]");
    assert_eq!(with(&["--no-default-features", "--features", "more"]), ["fancy"]);
    depends(", default-features = false, optional = true", "more = [\"b?/fancy\"]\nuse = [\"dep:b\"]");
    assert_eq!(with(&["--no-default-features", "--features", "more"]), [""; 0]);
    assert_eq!(with(&["--no-default-features", "--features", "more,use"]), ["fancy"]);
}
