//! What must not be written: lints silenced without a reason, notes to oneself, the paths of somebody's machine, two
//! versions of one thing.

use super::Finding;
use super::source::{Kind, Source};
use super::tree::Tree;

// In pieces, so that this file passes its own rule.

/// Work that is left belongs where it is planned, not where it is found by accident.
const NOTES: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];
const UNWRITTEN: [&str; 2] = [concat!("to", "do"), concat!("unimple", "mented")];
/// The beginnings of paths that exist on one machine.
const MACHINE: [&str; 6] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!("/t", "mp/"),
    concat!("C:", "\\"),
];

/// The beginnings of lines between which git asks somebody to choose. A compiler would notice them in code.
const CONFLICT: [&str; 2] = ["<<<<<<< ", ">>>>>>> "];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        for (index, line) in text.lines().enumerate() {
            for note in NOTES.iter().filter(|note| has_word(line, note)) {
                findings.push(Finding::new(
                    path,
                    index + 1,
                    format!("`{note}`: do it, or plan it elsewhere"),
                ));
            }
            if CONFLICT.iter().any(|start| line.starts_with(start)) {
                findings.push(Finding::new(path, index + 1, "a conflict that nobody has resolved"));
            }
            for start in MACHINE.iter().filter(|start| has_path(line, start)) {
                findings.push(Finding::new(
                    path,
                    index + 1,
                    format!("`{start}` begins a path of one machine"),
                ));
            }
        }
    }
    findings.extend(tree.sources("").flat_map(|(path, source)| check_tokens(path, source)));
    findings
}

fn check_tokens(path: &str, source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let kind = |index: usize| source.all.get(index).map(|token| &token.kind);
    for (index, token) in source.all.iter().enumerate() {
        if token.kind == Kind::Sign('#') {
            let open = index + 1 + usize::from(kind(index + 1) == Some(&Kind::Sign('!')));
            let is_allow = source.all.get(open + 1).is_some_and(|word| word.is_word("allow"));
            if kind(open) == Some(&Kind::Open('[')) && is_allow {
                findings.push(Finding::new(
                    path,
                    token.line,
                    "write `#[expect(.., reason = \"..\")]`, not `allow`",
                ));
            }
        }
        let is_call = kind(index + 1) == Some(&Kind::Sign('!'));
        for name in UNWRITTEN.iter().filter(|name| is_call && token.is_word(name)) {
            findings.push(Finding::new(path, token.line, format!("`{name}!` is not finished code")));
        }
    }
    findings
}

fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].chars().next_back().is_some_and(is_part)
            && !line[at + word.len()..].chars().next().is_some_and(is_part)
    })
}

/// Whether an absolute path begins with `start`, which inside of a relative one means nothing.
fn has_path(line: &str, start: &str) -> bool {
    let is_inside = |c: char| c.is_alphanumeric() || "._-*}".contains(c);
    line.match_indices(start).any(|(at, _)| !line[..at].chars().next_back().is_some_and(is_inside))
}

#[cfg(test)]
mod tests {
    use super::{CONFLICT, MACHINE, NOTES, UNWRITTEN, check};
    use crate::tidy::tree::Tree;

    fn count(path: &str, text: &str) -> usize {
        check(&Tree::sample(&[(path, text)])).len()
    }

    #[test]
    fn notes_are_found_as_words() {
        for note in NOTES {
            assert_eq!(count("a.rs", &format!("// {note}: later")), 1);
            assert_eq!(count("a.md", &format!("({note})")), 1);
            assert_eq!(count("a.rs", &format!("const MY_{note}S: u8 = 0;")), 0);
        }
    }

    #[test]
    fn paths_of_a_machine_are_found() {
        for start in MACHINE {
            assert_eq!(count("a.toml", &format!("path = \"{start}x\"")), 1);
            assert_eq!(count("a.toml", &format!("path = \"a{start}x\"")), 0);
        }
    }

    #[test]
    fn what_git_asks_about_is_found() {
        for start in CONFLICT {
            assert_eq!(count("a.md", &format!("{start}main\n")), 1);
            assert_eq!(count("a.md", &format!("In a text, {start}main\n")), 0);
        }
    }

    #[test]
    fn a_bare_allow_is_found_in_code_only() {
        assert_eq!(count("a.rs", "#[allow(dead_code)] fn f() {}"), 1);
        assert_eq!(count("a.rs", "#![allow(dead_code)]"), 1);
        assert_eq!(count("a.rs", "#[cfg(test)] mod t { #[allow(x)] fn f() {} }"), 1);
        assert_eq!(count("a.rs", "// #[allow(x)]\nconst A: &str = \"#[allow(x)]\";"), 0);
        assert_eq!(count("a.rs", "#[expect(dead_code, reason = \"r\")] fn f() {}"), 0);
    }

    #[test]
    fn unwritten_code_is_found() {
        for name in UNWRITTEN {
            assert_eq!(count("a.rs", &format!("fn f() {{ {name}!() }}")), 1);
            assert_eq!(count("a.rs", &format!("fn f() {{ {name}() }}")), 0);
        }
    }
}
