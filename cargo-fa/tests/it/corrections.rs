//! `--fix` and `--diff`.

use crate::support::{STALE, Workspace};

const FIXED: &str = "fn main() {\n    run();\n}\n\nfn run() {}\n";

#[test]
fn corrections_are_made_in_a_clean_tree() {
    let workspace = Workspace::new(STALE);
    workspace.commit();
    workspace.run(&["-D", "warnings", "--fix"]).ends(0).says(&["1 correction in 1 file"]);
    assert_eq!(workspace.read("src/main.rs"), FIXED);
}

#[test]
fn what_could_not_be_taken_back_is_not_done_unasked() {
    let workspace = Workspace::new(STALE);
    workspace.run(&["--fix"]).ends(2).says(&["not under version control", "--allow-no-vcs"]);
    workspace.commit();
    workspace.write("src/new.rs", "");
    workspace.run(&["--fix"]).ends(2).says(&["not committed: src/new.rs", "--allow-dirty"]);
    assert_eq!(workspace.read("src/main.rs"), STALE);
    workspace.run(&["--fix", "--allow-dirty"]).ends(0);
    assert_eq!(workspace.read("src/main.rs"), FIXED);
}

#[test]
fn without_version_control_it_is_done_on_request() {
    let workspace = Workspace::new(STALE);
    workspace.run(&["--fix", "--allow-no-vcs"]).ends(0);
    assert_eq!(workspace.read("src/main.rs"), FIXED);
}

#[test]
fn corrections_that_meet_are_made_one_after_the_other() {
    let workspace = Workspace::new("fn main() {\n    run(); // fa: allow(FA001, FA000)\n}\nfn run() {}\n");
    workspace.run(&["--fix", "--allow-no-vcs"]).ends(0);
    assert_eq!(workspace.read("src/main.rs"), "fn main() {\n    run();\n}\nfn run() {}\n");
}

#[test]
fn the_difference_changes_nothing() {
    let workspace = Workspace::new(STALE);
    let run = workspace.run(&["--diff"]).ends(0);
    assert_eq!(
        run.stdout,
        "--- a/src/main.rs\n+++ b/src/main.rs\n@@ -1,5 +1,4 @@\n fn main() {\n-    // fa: allow(FA001) -- no reason\n     \
         run();\n }\n \n"
    );
    assert_eq!(workspace.read("src/main.rs"), STALE);
    workspace.run(&["--diff", "-D", "warnings"]).ends(1);
}
