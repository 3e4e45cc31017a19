//! The documents exist, and what they point to exists: files, folders, headings.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::Tree;

/// What the root must have.
const REQUIRED: &[&str] = &[
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
];

/// Endings by which a name in code quotes is known to be a file.
const ENDINGS: [&str; 6] = [".rs", ".md", ".toml", ".json", ".yml", ".stderr"];
/// Folders that exist only after a run.
const GENERATED: [&str; 1] = ["target/"];
/// Files of those who use what is here.
const THEIRS: [&str; 1] = [".fa.toml"];
/// Speaks of files that are gone, too.
const HISTORY: &str = "CHANGELOG.md";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let missing = REQUIRED.iter().filter(|path| tree.text(path).is_none());
    let mut findings: Vec<Finding> = missing.map(|path| Finding::new(path, 0, "does not exist")).collect();

    let places = places(tree);
    for (path, text) in tree.texts().filter(|(path, _)| path.ends_with(".md")) {
        for (number, line) in prose(text) {
            for target in links(line) {
                if let Some(message) = broken(tree, &places, path, target) {
                    findings.push(Finding::new(path, number, message));
                }
            }
            for name in quoted_paths(line).filter(|_| path != HISTORY) {
                if !GENERATED.iter().any(|folder| name.starts_with(folder))
                    && !THEIRS.contains(&name)
                    && !exists_somewhere(&places, name)
                {
                    findings.push(Finding::new(path, number, format!("there is no `{name}`")));
                }
            }
        }
    }
    findings
}

/// Every file, and every folder with a `/` at its end.
fn places(tree: &Tree) -> BTreeSet<&str> {
    let mut places = BTreeSet::new();
    for path in tree.paths() {
        places.insert(path);
        places.extend(path.match_indices('/').map(|(at, _)| &path[..=at]));
    }
    places
}

/// The lines outside of fenced code, counted from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        (!fenced && !fence).then_some((index + 1, line))
    })
}

/// The targets of `[text](target)` and `[name]: target`.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let inline = line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let reference = line
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]:"))
        .and_then(|(_, target)| target.split_whitespace().next());
    inline.chain(reference)
}

fn broken(tree: &Tree, places: &BTreeSet<&str>, from: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, heading) =
        target.split_once('#').map_or((target, None), |(file, heading)| (file, Some(heading)));
    let Some(path) = (if file.is_empty() { Some(from.to_owned()) } else { resolve(from, file) }) else {
        return Some(format!("`{target}` leads out of the repository"));
    };
    if !path.is_empty() && !places.contains(path.as_str()) && !places.contains(format!("{path}/").as_str()) {
        return Some(format!("`{target}` does not exist"));
    }
    let text = tree.text(&path).filter(|_| path.ends_with(".md"))?;
    let heading = heading?;
    let known = prose(text).filter_map(|(_, line)| line.strip_prefix('#')).any(|line| slug(line) == heading);
    (!known).then(|| format!("`{path}` has no heading `#{heading}`"))
}

/// The path from the root of what `from` calls `target`.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The name that a renderer gives to a heading.
fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// What stands in code quotes and looks like a file or a folder.
fn quoted_paths(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2).filter(|name| {
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
        let is_folder = name.ends_with('/') && name.len() > 1;
        plain && !name.starts_with('/') && (is_folder || ENDINGS.iter().any(|ending| is_file(name, ending)))
    })
}

/// `.rs` alone is a kind of file, not one.
fn is_file(name: &str, ending: &str) -> bool {
    name.strip_suffix(ending).is_some_and(|stem| !stem.is_empty() && !stem.ends_with('/'))
}

/// A name in prose may leave out the folders that the sentence is about.
fn exists_somewhere(places: &BTreeSet<&str>, name: &str) -> bool {
    let name = name.trim_start_matches("./");
    places.contains(name) || places.iter().any(|place| place.ends_with(&format!("/{name}")))
}

#[cfg(test)]
mod tests {
    use super::{REQUIRED, check, slug};
    use crate::tidy::tree::Tree;

    /// The messages for a README beside a small library.
    fn messages(readme: &str) -> Vec<String> {
        let mut files = vec![("a/src/lib.rs", ""), ("a/src/x/y.rs", ""), ("clippy.toml", "")];
        files.extend(
            REQUIRED.iter().filter(|path| **path != "README.md").map(|path| (*path, "# One thing\n")),
        );
        files.push(("README.md", readme));
        check(&Tree::sample(&files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_exists_may_be_named() {
        for text in [
            "[a](a/src/lib.rs), [b](./a/src/x/), [c](https://example.org/x), [d](SECURITY.md#one-thing)",
            "# Two\n[a](#two)\n[e]: a/src/lib.rs",
            "`clippy.toml`, `x/y.rs`, `src/`, `a/src/x/y.rs`, `.rs`, `x.y()`, `a / b`, `target/asan/`",
            "```\n`gone.rs` [a](gone.rs)\n```",
        ] {
            assert_eq!(messages(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn what_does_not_exist_is_found() {
        for text in [
            "[a](a/src/gone.rs)",
            "[a](../README.md)",
            "[a]: gone.md",
            "[a](#gone)",
            "[a](SECURITY.md#gone)",
            "see `gone.rs`",
            "see `a/src/gone/`",
        ] {
            assert_eq!(messages(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn a_missing_document_is_found() {
        assert_eq!(check(&Tree::sample(&[])).len(), REQUIRED.len());
    }

    #[test]
    fn headings_are_named_as_renderers_do() {
        assert_eq!(slug("## What it *is*, and isn't"), "what-it-is-and-isnt");
    }
}
