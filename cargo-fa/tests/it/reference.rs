//! What the program tells about itself.

use crate::support::Workspace;

#[test]
fn a_lint_is_explained_by_code_and_name() {
    let workspace = Workspace::new("");
    let page =
        workspace.run(&["explain", "FA001"]).ends(0).reports(&["# FA001 unused-suppression", "cannot see"]);
    assert!(!page.stdout.contains("rust,fires"), "{}", page.stdout);
    assert_eq!(page.stdout, workspace.run(&["explain", "unused-suppression"]).ends(0).stdout);
    let page = workspace.run(&["explain", "FA601"]).ends(0).stdout;
    assert!(page.contains("```rust\n") && !page.contains("\n# use "), "{page}");
    workspace.run(&["explain", "FA100"]).ends(2).says(&["no lint `FA100`", "did you mean `FA001`?"]);
}

#[test]
fn lints_are_listed() {
    let workspace = Workspace::new("");
    workspace.run(&["list"]).ends(0).reports(&["FA000  analyser", "FA001  analyser"]);
    let json = workspace.run(&["list", "--format", "json"]).ends(0).stdout;
    let list: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(list[1]["code"], "FA001");
    assert_eq!(list[1]["level"], "warn");
    let lifetime = workspace.run(&["list", "--category", "lifetime"]).ends(0).reports(&["FA601"]).stdout;
    assert!(!lifetime.contains("FA0"), "{lifetime}");
    workspace.run(&["list", "--category", "lifetme"]).ends(2).says(&["did you mean `lifetime`?"]);
}

#[test]
fn shells_and_man_are_served() {
    let workspace = Workspace::new("");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        workspace.run(&["completions", shell]).ends(0).reports(&["write-baseline", "cargo-fa"]);
    }
    workspace.run(&["man"]).ends(0).reports(&[".TH", "write\\-baseline"]);
}

#[test]
fn help_and_version_are_no_failures() {
    let workspace = Workspace::new("");
    workspace.run(&["--help"]).ends(0).reports(&["Usage: cargo fa", "Exit status: 0", "--dirtymem"]);
    workspace.run(&["fa", "--version"]).ends(0).reports(&[env!("CARGO_PKG_VERSION")]);
}
