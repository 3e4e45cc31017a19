//! What is kept between runs. An answer that was kept needs no cargo, so a run that finds none on its path tells whether it
//! was taken; what it says is held against a run that keeps nothing.

use std::fs;
use std::path::PathBuf;

use crate::support::{ESCAPE, Run, STALE, Workspace, manifest};

const QUIET: &str = "fn main() {}\n";

/// What is done to a workspace.
type Change<'a> = &'a dyn Fn(&Workspace);

/// The last run's answer is there and is taken.
fn is_kept(workspace: &Workspace, words: &[&str]) -> bool {
    let mut command = workspace.command(words);
    let output = command.env_remove("CARGO").env("PATH", "").output().unwrap();
    let failed = String::from_utf8_lossy(&output.stderr).contains("cargo cannot read the workspace");
    assert_eq!(failed, output.status.code() == Some(2), "{output:?}");
    !failed
}

fn run(workspace: &Workspace, words: &[&str]) -> Run {
    let output = workspace.command(words).env_remove("CARGO").output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs as it is, with what may have been kept and without, and then with what certainly was.
#[track_caller]
fn same_as_fresh(workspace: &Workspace, words: &[&str]) -> String {
    let words = [words, &["--format", "compact"]].concat();
    let fresh = run(workspace, &[&words[..], &["--no-cache"]].concat());
    for turn in ["first", "kept"] {
        let again = run(workspace, &words);
        assert_eq!((again.status, &again.stdout), (fresh.status, &fresh.stdout), "{turn}");
    }
    assert!(is_kept(workspace, &words));
    fresh.stdout
}

fn entries(workspace: &Workspace) -> Vec<PathBuf> {
    let folder = fs::read_dir(workspace.root().join("target/cargo-fa")).into_iter().flatten();
    folder.map(|entry| entry.unwrap().path()).collect()
}

/// Makes a change, and asserts that what was kept is not taken and that the answer is as it must be.
#[track_caller]
fn must_not_take(
    workspace: &Workspace,
    words: &[&str],
    what: &str,
    change: impl FnOnce(&Workspace),
) -> String {
    same_as_fresh(workspace, words);
    change(workspace);
    assert!(!is_kept(workspace, &[words, &["--format", "compact"]].concat()), "{what}");
    same_as_fresh(workspace, words)
}

fn remove(workspace: &Workspace, path: &str) {
    let path = workspace.root().join(path);
    if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
}

#[test]
fn the_second_run_reads_and_analyses_nothing_and_says_the_same() {
    for text in [QUIET, STALE, ESCAPE, "mod gone;\nfn main( {"] {
        let workspace = Workspace::new(text);
        for format in ["human", "json", "sarif", "junit", "github", "checkstyle", "compact"] {
            let words = ["--format", format];
            let fresh = run(&workspace, &[&words[..], &["--no-cache"]].concat());
            let first = run(&workspace, &words);
            assert!(is_kept(&workspace, &words));
            let kept = run(&workspace, &words);
            for (turn, run) in [("first", first), ("kept", kept)] {
                assert_eq!((run.status, &run.stdout), (fresh.status, &fresh.stdout), "{turn} {format}");
            }
        }
        // What is done with what is found is no other question.
        assert_eq!(entries(&workspace).len(), 1);
        assert!(
            is_kept(&workspace, &["--exit-zero", "--diff"]) && is_kept(&workspace, &["show", "src/main.rs"])
        );
    }
}

#[test]
fn a_text_that_is_another_is_analysed() {
    let workspace = Workspace::new("mod a;\nmod late;\nfn main() {}\n");
    workspace.write("src/a.rs", "fn f() {}\n");
    let steps: [(&str, Change<'_>); 6] = [
        ("changed", &|it| it.write("src/a.rs", "fn f() {} // fa: allow(FA001)\n")),
        ("changed, and as long as before", &|it| it.write("src/a.rs", "fn f() {} // fa: alloe(FA001)\n")),
        ("looked for in vain, and now there", &|it| it.write("src/late/mod.rs", "fn g( {")),
        ("looked for before the one that was found", &|it| it.write("src/late.rs", "fn g() {}\n")),
        ("gone", &|it| remove(it, "src/late.rs")),
        ("the root of them", &|it| it.write("src/main.rs", STALE)),
    ];
    for (what, change) in steps {
        must_not_take(&workspace, &[], what, change);
    }
}

#[test]
fn what_cannot_be_read_is_not_kept() {
    let workspace = Workspace::new("mod a;\nfn main() {}\n");
    workspace.write("src/a.rs", "");
    same_as_fresh(&workspace, &[]);
    remove(&workspace, "src/a.rs");
    fs::create_dir(workspace.root().join("src/a.rs")).unwrap();
    run(&workspace, &[]).ends(1).reports(&["src/a.rs", "cannot be read"]);
    assert!(!is_kept(&workspace, &[]));
    remove(&workspace, "src/a.rs");
    fs::write(workspace.root().join("src/a.rs"), b"// \xff\n").unwrap();
    run(&workspace, &[]).ends(1).reports(&["src/a.rs", "UTF-8"]);
    assert!(!is_kept(&workspace, &[]));
}

#[test]
fn another_configuration_is_another_answer() {
    let workspace = Workspace::new("");
    workspace.write("Cargo.toml", "[workspace]\nmembers = [\"a\"]\nresolver = \"3\"\n");
    workspace.write("a/Cargo.toml", &manifest("a"));
    workspace.write("a/src/main.rs", STALE);
    let level = |level: &str| format!("[lints.FA001]\nlevel = \"{level}\"\n");
    let (deny, allow) = (level("deny"), level("allow"));
    let steps: [(&str, Change<'_>, &str); 5] = [
        ("there is one", &|it| it.write(".fa.toml", &deny), "error"),
        ("it says something else", &|it| it.write(".fa.toml", &allow), ""),
        ("there is a nearer one", &|it| it.write("a/.fa.toml", &deny), "error"),
        (
            "the nearer one leaves files out",
            &|it| it.write("a/.fa.toml", "[global]\nexclude = [\"src\"]\n"),
            "",
        ),
        (
            "there is none",
            &|it| [".fa.toml", "a/.fa.toml"].iter().for_each(|path| remove(it, path)),
            "warning",
        ),
    ];
    for (what, change, found) in steps {
        let said = must_not_take(&workspace, &[], what, change);
        assert!(said.contains(found) && said.is_empty() == found.is_empty(), "{what}: {said}");
    }
    workspace.write("other.toml", &deny);
    let named = ["--config", "other.toml"];
    must_not_take(&workspace, &named, "the one that is named", |it| it.write("other.toml", &allow));
    // A mistake in it is told each time.
    workspace.write(".fa.toml", "[lint]\n");
    for _ in 0..2 {
        run(&workspace, &[]).ends(2).says(&["unknown key `lint`"]);
    }
}

#[test]
fn another_question_is_another_answer() {
    let workspace = Workspace::new(STALE);
    workspace.write("tests/it.rs", "fn f( {\n");
    workspace.write(".fa.toml", "[lints.FA001]\nlevel = \"deny\"\n");
    let questions: [&[&str]; 10] = [
        &[],
        &["--tests"],
        &["--isolated"],
        &["-A", "FA001"],
        &["-W", "FA001"],
        &["-W", "FA001", "-A", "all"],
        &["-A", "all", "-W", "FA001"],
        &["--only", "FA6"],
        &["--pedantic"],
        &["--manifest-path", "./Cargo.toml"],
    ];
    for words in questions {
        assert!(!is_kept(&workspace, words), "{words:?}");
        same_as_fresh(&workspace, words);
    }
    assert_eq!(entries(&workspace).len(), questions.len());
    // From another folder, a relative path is another file, and cargo may be configured otherwise.
    let inside = |words: &[&str]| {
        let mut command = workspace.command(words);
        command.env_remove("CARGO").current_dir(workspace.root().join("src"));
        command.output().unwrap().status.code()
    };
    assert_eq!((inside(&[]), inside(&["--manifest-path", "./Cargo.toml"])), (Some(1), Some(2)));
    assert_eq!(inside(&["--manifest-path", "../Cargo.toml"]), Some(1));
}

#[test]
fn whatever_cargo_goes_by_may_change_the_answer() {
    let workspace = Workspace::new("");
    let members = |list: &str| format!("[workspace]\nmembers = [{list}]\nresolver = \"3\"\n");
    workspace.write("Cargo.toml", &members("\"crates/*\""));
    workspace.write("crates/a/Cargo.toml", &manifest("a"));
    workspace.write("crates/a/src/main.rs", "use framealloc::SmartAlloc;\nfn main() {}\n");
    workspace.write("crates/README.md", "no member");
    let without = manifest("a").replace("framealloc = \"0.1\"", "");
    let renamed =
        manifest("a").replace("framealloc = \"0.1\"", "fa = { package = \"framealloc\", version = \"0.1\" }");
    let own = "\n[[bin]]\nname = \"own\"\npath = \"own/start.rs\"\n";
    let steps: [(&str, Change<'_>); 9] = [
        ("a program appears", &|it| it.write("crates/a/src/bin/tool.rs", STALE)),
        ("a program in a folder appears", &|it| it.write("crates/a/src/bin/other/main.rs", STALE)),
        ("an example appears", &|it| it.write("crates/a/examples/show/main.rs", STALE)),
        ("a library appears", &|it| it.write("crates/a/src/lib.rs", STALE)),
        ("a member appears", &|it| {
            it.write("crates/b/src/main.rs", STALE);
            it.write("crates/b/Cargo.toml", &manifest("b"));
        }),
        ("a target is declared", &|it| {
            it.write("crates/a/own/start.rs", ESCAPE);
            it.write("crates/a/Cargo.toml", &format!("{}{own}", manifest("a")));
        }),
        ("the library has another name", &|it| it.write("crates/a/Cargo.toml", &renamed)),
        ("the library is not used", &|it| it.write("crates/a/Cargo.toml", &without)),
        ("there are fewer members", &|it| it.write("Cargo.toml", &members("\"crates/b\""))),
    ];
    for (what, change) in steps {
        must_not_take(&workspace, &["--workspace"], what, change);
    }
    let inner = ["--manifest-path", "crates/b/Cargo.toml"];
    let b = workspace.read("crates/b/Cargo.toml");
    must_not_take(&workspace, &inner, "it is a workspace of its own", |it| {
        it.write("Cargo.toml", &members(""));
        it.write("crates/b/Cargo.toml", &format!("{b}[workspace]\n"));
    });
}

#[test]
fn it_is_kept_where_cargo_builds() {
    let workspace = Workspace::new(STALE);
    must_not_take(&workspace, &[], "another folder", |it| {
        it.write(".cargo/config.toml", "[build]\ntarget-dir = \"build/out\"\n");
    });
    assert_eq!(entries(&workspace).len(), 1);
    assert!(workspace.has("build/out/cargo-fa") && workspace.has("build/out/CACHEDIR.TAG"));
    let elsewhere = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let mut command = workspace.command(&["-A", "all"]);
        assert!(command.env("CARGO_TARGET_DIR", elsewhere.path()).status().unwrap().success());
    }
    assert!(elsewhere.path().join("cargo-fa").exists());
}

#[test]
fn what_is_damaged_is_made_again() {
    let workspace = Workspace::new(STALE);
    same_as_fresh(&workspace, &[]);
    let [entry] = &entries(&workspace)[..] else { panic!() };
    let whole = fs::read(entry).unwrap();
    let other_hash: Vec<u8> = [b"0".repeat(64), whole[64..].to_vec()].concat();
    let nothing_seen =
        br#"{"seen":{},"root":"/","target":"/","any":true,"covered":[],"files":0,"findings":[],"shown":[]}"#;
    let damages: [&[u8]; 6] =
        [b"", &whole[..whole.len() / 2], &whole[1..], &other_hash, b"\xff\xfe", nothing_seen];
    for damage in damages {
        fs::write(entry, damage).unwrap();
        assert!(!is_kept(&workspace, &["--format", "compact"]));
        same_as_fresh(&workspace, &[]);
        assert_eq!(fs::read(entry).unwrap(), whole);
    }
    // Not even to be replaced.
    fs::remove_file(entry).unwrap();
    fs::create_dir_all(entry.join("inside")).unwrap();
    assert_eq!(run(&workspace, &[]).ends(0).stderr, "");
}

#[test]
fn where_nothing_can_be_kept_nothing_is_said() {
    let workspace = Workspace::new(STALE);
    workspace.write("target", "a file\n");
    assert_eq!(run(&workspace, &[]).ends(0).reports(&["FA001"]).stderr, "");
    assert_eq!(workspace.read("target"), "a file\n");
}

#[test]
fn another_program_does_not_take_it() {
    let workspace = Workspace::new(STALE);
    same_as_fresh(&workspace, &[]);
    let program = workspace.root().join("cargo-fa-other");
    fs::copy(env!("CARGO_BIN_EXE_cargo-fa"), &program).unwrap();
    let mut command = std::process::Command::new(&program);
    command.args(["--format", "compact"]).current_dir(workspace.root()).env_remove("CARGO").env("PATH", "");
    assert_eq!(command.output().unwrap().status.code(), Some(2));
}

#[test]
fn none_is_kept_on_request_nor_in_the_way_of_corrections() {
    let workspace = Workspace::new(STALE);
    run(&workspace, &["--no-cache"]).ends(0);
    assert!(!workspace.has("target"));
    workspace.commit();
    run(&workspace, &[]).ends(0);
    assert!(workspace.has("target/cargo-fa"));
    // Which would be refused if git saw anything new.
    run(&workspace, &["--fix"]).ends(0);
    assert!(!workspace.read("src/main.rs").contains("fa: allow"));
    assert!(is_kept(&workspace, &[]), "what the corrections led to was analysed, and kept");
}

#[test]
fn of_many_answers_the_newest_are_kept() {
    let workspace = Workspace::new(QUIET);
    for number in 0..40 {
        let codes = vec!["FA001"; number + 1].join(",");
        run(&workspace, &["-A", &codes]).ends(0);
    }
    let count = entries(&workspace).len();
    assert!((1..40).contains(&count), "{count}");
    assert!(is_kept(&workspace, &["-A", &vec!["FA001"; 40].join(",")]));
}
