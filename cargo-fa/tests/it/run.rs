//! What a run reports, and how it ends.

use crate::support::{ESCAPE, STALE, Workspace, manifest};

#[test]
fn a_clean_run_says_nothing() {
    let run = Workspace::new("fn main() {}\n").run(&[]).ends(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
}

#[test]
fn a_warning_does_not_fail_until_it_is_made_an_error() {
    let workspace = Workspace::new(STALE);
    let found = "warning[FA001]: this comment silences nothing";
    workspace.run(&[]).ends(0).reports(&[found, "--> src/main.rs:2:5", "1 warning in 1 file"]);
    workspace.run(&["-D", "warnings"]).ends(1).reports(&["error[FA001]"]);
    workspace.run(&["--deny", "unused-suppression"]).ends(1);
    workspace.run(&["-D", "warnings", "--exit-zero"]).ends(0).reports(&["error[FA001]"]);
    assert_eq!(workspace.run(&["-A", "FA001"]).ends(0).stdout, "");
    assert_eq!(workspace.run(&["--min-severity", "error"]).ends(0).stdout, "");
    workspace.run(&["--min-severity", "error", "-D", "FA0"]).ends(1);
}

#[test]
fn a_mistake_fails_the_run_until_it_is_silenced() {
    let workspace = Workspace::new(ESCAPE);
    workspace.run(&[]).ends(1).reports(&["error[FA601]", "--> src/main.rs:9:5"]);
    workspace.run(&["--dirtymem"]).ends(1);
    assert_eq!(workspace.run(&["--threading"]).ends(0).stdout, "");
    workspace.run(&["-W", "lifetime"]).ends(0).reports(&["warning[FA601]"]);
    let line = "    world.kept";
    let silenced = ESCAPE.replace(line, &format!("    // fa: allow(frame-escape) -- for the test\n{line}"));
    workspace.write("src/main.rs", &silenced);
    assert_eq!(workspace.run(&["-D", "warnings"]).ends(0).stdout, "");
    // The lint did not run, so its comment is not missed.
    assert_eq!(workspace.run(&["-D", "warnings", "-A", "FA601"]).ends(0).stdout, "");
}

#[test]
fn a_file_that_does_not_parse_is_reported_and_the_rest_is_analysed() {
    let workspace = Workspace::new(&format!("mod broken;\nmod gone;\n{STALE}"));
    workspace.write("src/broken.rs", "fn f( {\n");
    workspace.run(&[]).ends(1).reports(&[
        "error[FA000]",
        "--> src/broken.rs:1:",
        "gone.rs",
        "warning[FA001]",
    ]);
}

#[test]
fn as_cargo_runs_it() {
    let workspace = Workspace::new(STALE);
    let direct = workspace.run(&["--format", "compact"]).ends(0).stdout;
    assert_eq!(direct, workspace.run(&["fa", "--format", "compact"]).ends(0).stdout);
    assert_eq!(direct, workspace.run(&["fa", "check", "--format", "compact"]).ends(0).stdout);
    assert!(direct.starts_with("src/main.rs:2:5: warning[FA001]: "), "{direct}");
}

#[test]
fn each_format_is_written() {
    let workspace = Workspace::new(STALE);
    for (format, part) in [
        ("human", "warning[FA001]"),
        ("json", "\"code\": \"FA001\""),
        ("sarif", "\"ruleId\": \"FA001\""),
        ("junit", "<failure"),
        ("github", "::warning file=src/main.rs,line=2"),
        ("checkstyle", "source=\"cargo-fa.FA001\""),
        ("compact", "src/main.rs:2:5"),
    ] {
        workspace.run(&["--format", format]).ends(0).reports(&[part]);
    }
}

#[test]
fn a_report_goes_to_a_file() {
    let workspace = Workspace::new(STALE);
    assert_eq!(workspace.run(&["--format", "json", "--output", "report.json"]).ends(0).stdout, "");
    assert!(workspace.read("report.json").contains("FA001"));
    workspace
        .run(&["--output", "no/such/folder.json"])
        .ends(2)
        .says(&["cannot write to no/such/folder.json", "help"]);
}

/// A device that is always full, and files that lead to themselves, are there on this system.
#[cfg(target_os = "linux")]
#[test]
fn what_the_system_refuses_is_told() {
    let workspace = Workspace::new(&format!("mod round;\n{STALE}"));
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    for words in [&["--output", "/dev/full"][..], &["--write-baseline", "/dev/full"]] {
        workspace.run(words).ends(2).says(&["cannot write to /dev/full: ", "os error 28", "help"]);
    }
    let output = workspace.command(&[]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write to standard output: "));
    std::os::unix::fs::symlink("round.rs", workspace.root().join("src/round.rs")).unwrap();
    let run = workspace.run(&["--format", "compact"]).ends(1);
    run.reports(&[
        "src/round.rs:1:1: error[FA000]: the file cannot be read",
        "src/main.rs:3:5: warning[FA001]",
    ]);
}

#[test]
fn colours_are_for_terminals_unless_asked_for() {
    let workspace = Workspace::new(STALE);
    assert!(!workspace.run(&[]).stdout.contains('\u{1b}'));
    assert!(workspace.run(&["--color", "always"]).stdout.contains('\u{1b}'));
    assert!(!workspace.run(&["--color", "never"]).stdout.contains('\u{1b}'));
}

#[test]
fn one_file_is_shown_alone() {
    let workspace = Workspace::new(&format!("mod other;\n{STALE}"));
    workspace.write("src/other.rs", "// fa: allow(FA001)\npub fn f() {}\n");
    let other = workspace.run(&["show", "src/other.rs", "--format", "compact"]).ends(0).stdout;
    assert!(other.starts_with("src/other.rs:1:1") && !other.contains("main.rs"), "{other}");
    workspace.run(&["show", "src/othr.rs"]).ends(2).says(&["src/othr.rs", "did you mean `src/other.rs`?"]);
    workspace.write("src/loose.rs", "");
    workspace.run(&["show", "src/loose.rs"]).ends(2).says(&["not part of what is analysed"]);
}

#[test]
fn packages_are_selected() {
    let workspace = Workspace::new("");
    workspace.write("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"3\"\n");
    for name in ["a", "b"] {
        workspace.write(&format!("{name}/Cargo.toml"), &manifest(name));
        workspace.write(&format!("{name}/src/main.rs"), STALE);
    }
    let files = |words: &[&str]| {
        let all = [words, &["--format", "compact"]].concat();
        let stdout = workspace.run(&all).ends(0).stdout;
        stdout.lines().map(|line| line.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(files(&["--workspace"]), ["a/src/main.rs", "b/src/main.rs"]);
    assert_eq!(files(&["-p", "b"]), ["b/src/main.rs"]);
    assert_eq!(files(&["--workspace", "--exclude", "b"]), ["a/src/main.rs"]);
    assert_eq!(files(&["--manifest-path", "a/Cargo.toml"]), ["a/src/main.rs"]);
    workspace.run(&["-p", "c"]).ends(2).says(&["no package `c`", "`a`, `b`"]);
}

#[test]
fn tests_are_read_on_request() {
    let workspace = Workspace::new("fn main() {}\n");
    workspace.write("tests/it.rs", "fn f() {\n    // fa: allow(FA001)\n    g();\n}\n");
    assert_eq!(workspace.run(&[]).ends(0).stdout, "");
    workspace.run(&["--tests"]).ends(0).reports(&["tests/it.rs:2:5"]);
}

#[test]
fn what_is_typed_wrong_names_what_is_nearest() {
    let workspace = Workspace::new("fn main() {}\n");
    workspace.run(&["--only", "FA010"]).ends(2).says(&["no lint or group `FA010`", "did you mean `FA001`?"]);
    workspace.run(&["-D", "unused-supression"]).ends(2).says(&["did you mean `unused-suppression`?"]);
    workspace
        .run(&["--features", "fancie"])
        .ends(2)
        .says(&["no package here has a feature `fancie`", "`fancy`"]);
    workspace.run(&["--features", "fancy"]).ends(0);
    workspace.run(&["--manifest-path", "gone/Cargo.toml"]).ends(2).says(&["--manifest-path"]);
    workspace.run(&["--frmat", "json"]).ends(2).says(&["--format"]);
}

#[test]
fn without_the_library_there_is_nothing_to_do() {
    let workspace = Workspace::new(STALE);
    workspace.write("Cargo.toml", "[package]\nname = \"game\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    let run = workspace.run(&[]).ends(0).says(&["no package that was selected depends on framealloc"]);
    assert_eq!(run.stdout, "");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let workspace = Workspace::new(STALE);
    for words in [&["list", "--format", "json"][..], &["--format", "sarif"], &["explain", "FA001"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = workspace.command(words).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{words:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{words:?}");
    }
}
