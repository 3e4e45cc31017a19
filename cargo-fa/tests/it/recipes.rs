//! The recipes for continuous integration in the README, as far as they can be run without such a server: they are read as
//! their servers read them, their commands are run, and the files that they hand over are what they say.

use std::collections::BTreeSet;

use yaml_rust2::{Yaml, YamlLoader};

use crate::support::{Run, STALE, Workspace};

const README: &str = include_str!("../../README.md");

/// The blocks of code in a language.
fn blocks(language: &str) -> Vec<String> {
    let start = format!("```{language}\n");
    README.split(&start).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

fn yaml(text: &str) -> Yaml {
    YamlLoader::load_from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}")).remove(0)
}

fn texts<'y>(list: &'y Yaml, key: &str) -> Vec<&'y str> {
    list.as_vec().into_iter().flatten().filter_map(|step| step[key].as_str()).collect()
}

/// Runs a command line of a recipe, on a package with one warning.
fn run(workspace: &Workspace, line: &str) -> Run {
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[..2], ["cargo", "fa"], "{line}");
    workspace.run(&words[1..])
}

/// What a file that was handed over has to be.
fn is_sound(workspace: &Workspace, file: &str) {
    let text = workspace.read(file);
    match file.rsplit('.').next() {
        Some("sarif") => {
            let sarif: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "FA001", "{file}");
        }
        _ => {
            let tree = roxmltree::Document::parse(&text).unwrap();
            let root = tree.root_element().tag_name().name();
            assert!(["testsuites", "checkstyle"].contains(&root) && text.contains("FA001"), "{file}: {text}");
        }
    }
}

#[test]
fn github_actions() {
    let mut uploads = 0;
    let all = blocks("yaml");
    let recipes = all.iter().map(|block| yaml(block)).filter(|recipe| recipe["fa"].is_badvalue());
    for recipe in recipes {
        let steps = if recipe.is_array() { &recipe } else { &recipe["steps"] };
        let workspace = Workspace::new(STALE);
        let commands = texts(steps, "run");
        assert_eq!(commands.len(), 1, "{recipe:?}");
        let ended = run(&workspace, commands[0]);
        let upload = steps.as_vec().unwrap().iter().find(|step| !step["with"].is_badvalue());
        match upload {
            // A step that fails keeps the next one from running.
            Some(upload) => {
                ended.ends(0);
                is_sound(&workspace, upload["with"]["sarif_file"].as_str().unwrap());
                assert_eq!(recipe["permissions"]["security-events"].as_str(), Some("write"));
                uploads += 1;
            }
            None => drop(ended.ends(1).reports(&["::error file=src/main.rs,line=2"])),
        }
        let used: BTreeSet<&str> = texts(steps, "uses").into_iter().collect();
        assert!(used.iter().all(|action| action.contains("@v")), "{used:?}");
    }
    assert_eq!(uploads, 1);
}

#[test]
fn gitlab() {
    let recipe = blocks("yaml").iter().map(|block| yaml(block)).find(|recipe| !recipe["fa"].is_badvalue());
    let job = &recipe.unwrap()["fa"];
    let workspace = Workspace::new(STALE);
    let [script] = &job["script"].as_vec().unwrap()[..] else { panic!("{job:?}") };
    run(&workspace, script.as_str().unwrap()).ends(1);
    // The job has failed, and its report is wanted all the same.
    assert_eq!(job["artifacts"]["when"].as_str(), Some("always"));
    is_sound(&workspace, job["artifacts"]["reports"]["junit"].as_str().unwrap());
}

#[test]
fn jenkins() {
    let mut files = 0;
    for block in blocks("groovy") {
        let workspace = Workspace::new(STALE);
        let quoted = |line: &str, before: &str| {
            let (_, rest) = line.split_once(&format!("{before}'"))?;
            Some(rest.split('\'').next()?.to_owned())
        };
        for command in block.lines().filter_map(|line| quoted(line, "sh ")) {
            run(&workspace, &command).ends(0);
        }
        for file in block.lines().filter_map(|line| quoted(line, "junit ").or(quoted(line, "pattern: "))) {
            is_sound(&workspace, &file);
            files += 1;
        }
        let opened = |c: char| block.matches(c).count();
        assert_eq!((opened('{'), opened('(')), (opened('}'), opened(')')), "{block}");
    }
    assert_eq!(files, 2);
}
