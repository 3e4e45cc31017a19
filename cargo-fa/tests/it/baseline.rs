//! Findings that are accounted for.

use crate::support::{STALE, Workspace};

#[test]
fn what_is_accounted_for_is_not_reported_and_what_is_new_is() {
    let workspace = Workspace::new(STALE);
    let write = workspace.run(&["-D", "warnings", "--write-baseline", "known.json"]).ends(0);
    assert!(write.stderr.contains("wrote 1 finding to known.json"), "{}", write.stderr);
    let known = ["-D", "warnings", "--baseline", "known.json"];
    assert_eq!(workspace.run(&known).ends(0).stdout, "");
    // Lines move, and one more mistake is made.
    workspace.write("src/main.rs", &format!("\n\n{STALE}\n// fa: allow(FA001) -- another\nfn f() {{}}\n"));
    let run = workspace.run(&[&known[..], &["--format", "compact"]].concat()).ends(1);
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
    run.reports(&["src/main.rs:10:1"]);
}

#[test]
fn what_is_gone_is_told() {
    let workspace = Workspace::new(STALE);
    workspace.run(&["--write-baseline", "known.json"]).ends(0);
    workspace.write("src/main.rs", "fn main() {}\n");
    let run = workspace.run(&["--baseline", "known.json"]).ends(0);
    run.reports(&["the baseline has a `FA001` in src/main.rs that is gone", "--write-baseline"]);
    workspace.run(&["--baseline", "known.json", "--format", "json"]).reports(&["\"stale\": [\n      {"]);
    let off = workspace.run(&["--baseline", "known.json", "-A", "FA001"]).ends(0);
    assert_eq!(off.stdout, "");
}

#[test]
fn what_was_not_looked_for_is_not_missed() {
    let workspace = Workspace::new(&format!("mod other;\n{STALE}"));
    workspace.write("src/other.rs", STALE);
    workspace.run(&["--write-baseline", "known.json"]).ends(0);
    let quiet = |words: &[&str]| {
        let run = workspace.run(&[words, &["--baseline", "known.json"]].concat()).ends(0);
        assert_eq!(run.stdout, "", "{words:?}");
    };
    quiet(&["show", "src/other.rs"]);
    quiet(&["--min-severity", "error"]);
    workspace.write("src/main.rs", STALE);
    // Not a module any more, but there.
    quiet(&[]);
    std::fs::remove_file(workspace.root().join("src/other.rs")).unwrap();
    workspace.run(&["--baseline", "known.json"]).ends(0).reports(&["`FA001` in src/other.rs that is gone"]);
}

#[test]
fn what_is_no_baseline_is_refused() {
    let workspace = Workspace::new("fn main() {}\n");
    workspace
        .run(&["--baseline", "known.json"])
        .ends(2)
        .says(&["cannot read the baseline", "--write-baseline"]);
    workspace.write("known.json", "{ \"version\": 1,\n  \"findings\": 7 }");
    workspace.run(&["--baseline", "known.json"]).ends(2).says(&["is not a baseline", "line 2"]);
    workspace.write("known.json", "{ \"version\": 9, \"findings\": [] }");
    workspace.run(&["--baseline", "known.json"]).ends(2).says(&["version 9, not 1"]);
}
