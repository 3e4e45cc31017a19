//! `.fa.toml`: which one counts, and what it does.

use crate::support::{STALE, Workspace, manifest};

#[test]
fn levels_are_set_by_the_file_and_outweighed_by_the_command_line() {
    let workspace = Workspace::new(STALE);
    workspace.write(".fa.toml", "[lints.FA001]\nlevel = \"deny\"\n");
    workspace.run(&[]).ends(1).reports(&["error[FA001]"]);
    workspace.run(&["--isolated"]).ends(0).reports(&["warning[FA001]"]);
    workspace.run(&["-W", "FA001"]).ends(0);
    workspace.write("other.toml", "[lints.FA001]\nlevel = \"allow\"\n");
    assert_eq!(workspace.run(&["--config", "other.toml"]).ends(0).stdout, "");
}

#[test]
fn the_nearest_file_counts_for_each_package() {
    let workspace = Workspace::new("");
    workspace.write("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"3\"\n");
    for name in ["a", "b"] {
        workspace.write(&format!("{name}/Cargo.toml"), &manifest(name));
        workspace.write(&format!("{name}/src/main.rs"), STALE);
    }
    workspace.write(".fa.toml", "[lints.FA001]\nlevel = \"deny\"\n");
    workspace.write("b/.fa.toml", "[lints.FA001]\nlevel = \"allow\"\n");
    let run = workspace.run(&["--workspace", "--format", "compact"]).ends(1);
    assert!(run.stdout.starts_with("a/src/main.rs") && !run.stdout.contains("b/src"), "{}", run.stdout);
}

#[test]
fn files_are_left_out() {
    let workspace = Workspace::new(&format!("mod generated;\n{STALE}"));
    workspace.write("src/generated.rs", "mod bindings;\n// fa: allow(FA001)\nfn f() {}\n");
    workspace.write("src/generated/bindings.rs", "fn f( {");
    workspace.write(".fa.toml", "[global]\nexclude = [\"src/generated\", \"src/gen*.rs\"]\n");
    let run = workspace.run(&["--format", "compact"]).ends(0);
    assert!(run.stdout.starts_with("src/main.rs:3:5") && run.stdout.lines().count() == 1, "{}", run.stdout);
}

#[test]
fn a_mistake_in_it_stops_the_run_and_has_a_place() {
    let workspace = Workspace::new(STALE);
    workspace.write(".fa.toml", "[lints.FA001]\nlevl = \"deny\"\n\n[tag]\n");
    let run = workspace.run(&[]).ends(2);
    assert_eq!(run.stdout, "");
    run.says(&[
        "unknown key `levl`",
        "--> .fa.toml:2:1",
        "did you mean `level`?",
        "unknown key `tag`",
        ".fa.toml:4:2",
    ]);
    workspace.run(&["--isolated"]).ends(0);
    workspace.run(&["--config", "gone.toml"]).ends(2).says(&["gone.toml", "--isolated"]);
    workspace.run(&["--config", "a", "--isolated"]).ends(2);
}

#[test]
fn init_writes_one_that_holds_the_tags_of_the_code() {
    let text = "mod names;\nuse framealloc::SmartAlloc;\nfn main() {}\n\
        fn update(alloc: &SmartAlloc) {\n    alloc.with_tag(names::PHYSICS, |a| contacts(a));\n}\n\
        fn contacts(alloc: &SmartAlloc) {\n    alloc.with_tag(\"contacts\", |_| ());\n}\n\
        struct Other;\nimpl Other { fn tag(&self, _: &str) {} }\nfn other() { Other.tag(\"no\"); }\n";
    let workspace = Workspace::new(text);
    workspace.write("src/names.rs", "pub const PHYSICS: &str = \"physics\";\n");
    workspace.run(&["init"]).ends(0).says(&["wrote", ".fa.toml"]);
    let written = workspace.read(".fa.toml");
    assert!(written.contains("known = [\n    \"physics\",\n    \"physics/contacts\",\n]"), "{written}");
    workspace.run(&[]).ends(0);
    workspace.write(".fa.toml", "# mine\n");
    workspace.run(&["init"]).ends(2).says(&["there is a", "--force"]);
    assert_eq!(workspace.read(".fa.toml"), "# mine\n");
    workspace.run(&["init", "--force"]).ends(0);
    assert_eq!(workspace.read(".fa.toml"), written);
}

#[test]
fn init_needs_a_workspace() {
    let workspace = Workspace::new("");
    workspace.run(&["init", "--manifest-path", "gone/Cargo.toml"]).ends(2);
    assert!(!workspace.has(".fa.toml"));
}
