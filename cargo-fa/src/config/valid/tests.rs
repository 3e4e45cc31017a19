use std::path::Path;

use super::Config;
use crate::config::problem::ConfigError;
use crate::lint::analyser::{UNREADABLE, UNUSED_SUPPRESSION};
use crate::lint::declare::declare_lint;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::options::{LintOptions, SMALL_LOOP};
use crate::lint::registry::Registry;
use crate::source::{Disk, FileId, Files};

fn nothing(_: &crate::flow::Program, _: &LintOptions, _: &mut Vec<Finding>) {}

declare_lint! {
    /// Page.
    LOOP = "FA602", "hot-loop-allocation", Lifetime, Warn, "two";
    check = nothing;
}

const REGISTRY: Registry = Registry(&[&UNREADABLE, &UNUSED_SUPPRESSION, &LOOP]);

const RIGHT: &str = r#"
[global]
exclude = ["src/generated", "**/*_bindings.rs"]

[lints.FA602]
level = "deny"
small-loop = 1_6

[lints.unused-suppression]
level = "allow"

[tags]
known = ["physics", "physics/contacts"]

[tags.modules]
"src/physics/**" = "physics"
"src/**" = "game"
"#;

#[test]
fn everything_that_can_be_said_is_understood() {
    let mut config = Config::parse(RIGHT, REGISTRY).unwrap();
    assert_eq!(config.levels, [("FA602", Level::Deny), ("FA001", Level::Allow)]);
    config.path = Some("/game/crates/a/.fa.toml".into());
    let workspace = Path::new("/game");
    for (file, excluded) in [
        ("crates/a/src/generated/x/y.rs", true),
        ("crates/a/src/gl_bindings.rs", true),
        ("crates/a/src/main.rs", false),
        ("src/generated/x.rs", false),
    ] {
        assert_eq!(config.excludes(&workspace.join(file), workspace), excluded, "{file}");
    }
    let mut files = Files::default();
    let options = config.options(workspace, &mut files);
    assert_eq!(options.threshold(SMALL_LOOP), 16);
    let known = options.known_tags.as_ref().unwrap();
    let span = known[1].span.unwrap();
    assert_eq!(known[1].name, "physics/contacts");
    assert_eq!(files.get(FileId(0)).slice(span), "\"physics/contacts\"");
    assert_eq!(files.get(FileId(0)).display, "crates/a/.fa.toml");
    let tag = |file| options.modules_of(file).map(|modules| modules.tag.as_str());
    assert_eq!(tag("crates/a/src/physics/mod.rs"), Some("physics"));
    assert_eq!(tag("crates/a/src/physics.rs"), Some("game"));
    assert_eq!(tag("src/physics/mod.rs"), None);
}

#[test]
fn nothing_is_a_configuration_too() {
    let config = Config::parse("# nothing\n", REGISTRY).unwrap();
    assert!(config.options(Path::new("/game"), &mut Files::default()).known_tags.is_none());
}

#[test]
fn a_file_from_elsewhere_speaks_of_the_workspace() {
    let mut config = Config::parse(RIGHT, REGISTRY).unwrap();
    config.path = Some("/etc/fa.toml".into());
    assert!(config.excludes(Path::new("/game/src/generated/x.rs"), Path::new("/game")));
}

#[test]
fn all_that_is_wrong_is_told_at_once_with_place_and_remedy() {
    let text = r#"
[golbal]
[global]
exclude = "src"
exlude = ["["]

[lints.FA620]
level = "deny"

[lints.FA602]
level = "dney"
small-loop = "8"
big-loop = 1

[lints]
FA001 = "allow"

[tags]
known = ["physics", "physics", "a//b", 7]
colour = "red"

[tags.modules]
"src/[" = "physics"
"src/**" = ""
"#;
    let problems = Config::parse(text, REGISTRY).unwrap_err();
    let error = ConfigError { path: ".fa.toml".to_owned(), text: text.to_owned(), problems };
    insta::assert_snapshot!(error.render(false));
}

#[test]
fn what_is_not_toml_is_told_with_its_place() {
    let text = "[tags\nknown = [\"a\"]\n[lints.FA1]\n";
    let problems = Config::parse(text, REGISTRY).unwrap_err();
    assert!(problems[0].message.starts_with("this is not TOML: "), "{problems:?}");
    assert_eq!(problems[0].range.start, 5);
}

#[test]
fn a_file_that_cannot_be_read_is_a_problem_too() {
    let path = "nowhere/.fa.toml";
    let error = Config::read(Path::new(path), path, REGISTRY, &Disk::default()).unwrap_err();
    assert!(error.render(false).contains("cannot read the configuration"));
}
