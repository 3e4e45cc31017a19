//! Imports point down only: a module may use those of the lower layers and its own, not one beside or above it.

use super::Finding;
use super::source::{Kind, Source, Token};
use super::tree::Tree;

/// A crate whose folders are layers.
struct Layered {
    folder: &'static str,
    /// What names every module, being the list of them, or what the crate is for those outside.
    roots: &'static [&'static str],
    /// The top modules from the bottom up. Those in one row do not know each other.
    layers: &'static [&'static [&'static str]],
}

const CRATES: &[Layered] = &[
    Layered {
        folder: "framealloc/src/",
        roots: &["lib.rs"],
        layers: &[
            &["error", "sync", "zeroable"],
            &["memory"],
            &["config", "integrate"],
            &["frame", "pool"],
            &["attribution"],
            &["thread"],
            &["api"],
            &["observe"],
            &["bevy"],
            &["testing"],
        ],
    },
    Layered {
        folder: "cargo-fa/src/",
        roots: &["lib.rs", "main.rs"],
        layers: &[
            &["source", "exit"],
            &["model"],
            &["flow"],
            &["lint"],
            &["lints", "report", "config", "view"],
            &["commands"],
        ],
    },
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    CRATES.iter().flat_map(|layered| check_crate(tree, layered)).collect()
}

fn check_crate(tree: &Tree, layered: &Layered) -> Vec<Finding> {
    let mut findings = Vec::new();
    let layer = |module: &str| layered.layers.iter().position(|row| row.contains(&module));
    for (path, source) in tree.sources(layered.folder) {
        let inside = path.trim_start_matches(layered.folder);
        if layered.roots.contains(&inside) {
            continue;
        }
        let module = Module::of(inside);
        let Some(own) = layer(module.top) else {
            findings.push(Finding::new(path, 0, format!("`{}` is in no layer of xtask's table", module.top)));
            continue;
        };
        for (line, target) in imports(source, module.depth) {
            let message = match layer(target) {
                _ if target == module.top => continue,
                Some(its) if its < own => continue,
                Some(its) if its == own => format!("`{target}` is in the same layer as `{}`", module.top),
                Some(_) => format!("`{target}` is in a layer above `{}`", module.top),
                None => {
                    format!("`crate::{target}`: import from the module that defines it, not from the root")
                }
            };
            findings.push(Finding::new(path, line, message));
        }
    }
    findings
}

struct Module<'a> {
    /// The top module that the file belongs to.
    top: &'a str,
    /// How many `super` lead from it to the root.
    depth: usize,
}

impl<'a> Module<'a> {
    /// Of a path from the crate's sources.
    fn of(path: &'a str) -> Self {
        let inside = path.trim_end_matches(".rs").trim_end_matches("/mod");
        let mut parts = inside.split('/');
        Self { top: parts.next().unwrap_or(inside), depth: 1 + parts.count() }
    }
}

/// The top modules that a file names, by `crate::` or by enough `super::`.
fn imports(source: &Source, depth: usize) -> Vec<(usize, &str)> {
    let tokens = &source.code;
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        // `$crate` in a macro is the same crate seen from outside: only the root's names are reachable there.
        let is_root = tokens[at].is_word("crate") && (at == 0 || tokens[at - 1].kind != Kind::Sign('$'));
        let supers = supers(&tokens[at..]);
        let step = if is_root { 1 } else { 2 * supers };
        if step == 0 {
            at += 1;
            continue;
        }
        // After `crate` stands a separator; a row of `super::` ends with one.
        let after = if is_root { at + 2 } else { at + step };
        let is_path = !is_root || tokens.get(at + 1).is_some_and(|token| token.kind == Kind::PathSeparator);
        if is_path && (is_root || supers >= depth) {
            found.extend(heads(tokens.get(after..).unwrap_or_default()));
        }
        at += step;
    }
    found
}

/// How many `super::` `tokens` begin with.
fn supers(tokens: &[Token]) -> usize {
    tokens
        .chunks(2)
        .take_while(
            |pair| matches!(pair, [word, sign] if word.is_word("super") && sign.kind == Kind::PathSeparator),
        )
        .count()
}

/// The first name of the path that `tokens` begin with, or of each path in its braces.
fn heads(tokens: &[Token]) -> Vec<(usize, &str)> {
    match tokens.first().map(|token| &token.kind) {
        Some(Kind::Word(word)) => vec![(tokens[0].line, word.as_str())],
        Some(Kind::Sign('*')) => vec![(tokens[0].line, "*")],
        Some(Kind::Open('{')) => {
            let mut depth = 0_usize;
            let mut found = Vec::new();
            let mut expects = false;
            for token in tokens {
                match &token.kind {
                    Kind::Open(_) => {
                        depth += 1;
                        expects |= depth == 1;
                    }
                    Kind::Close(_) => {
                        depth -= 1;
                        if depth == 0 {
                            break;
                        }
                    }
                    Kind::Sign(',') if depth == 1 => expects = true,
                    Kind::Word(word) if expects => {
                        found.push((token.line, word.as_str()));
                        expects = false;
                    }
                    _ => {}
                }
            }
            found
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::tree::Tree;

    /// The messages for one file of the library.
    fn messages(path: &str, text: &str) -> Vec<String> {
        let path = format!("framealloc/src/{path}");
        check(&Tree::sample(&[(&path, text)])).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn down_and_within_is_fine() {
        assert_eq!(
            messages("api/frame.rs", "use crate::{error::E, memory::{address, thread}, config};"),
            [""; 0]
        );
        assert_eq!(messages("frame/arena.rs", "use super::chunk::C; use crate::frame::x;"), [""; 0]);
        assert_eq!(messages("lib.rs", "use crate::api;"), [""; 0]);
    }

    #[test]
    fn up_is_found_in_every_form() {
        for text in [
            "use crate::thread::State;",
            "use crate::{memory::a, thread::State};",
            "fn f() { crate::thread::x() }",
            "use super::super::thread::State;",
            "use super::super::{thread, memory};",
        ] {
            let found = messages("frame/arena.rs", text);
            assert_eq!(
                found,
                ["framealloc/src/frame/arena.rs:1: `thread` is in a layer above `frame`"],
                "{text}"
            );
        }
        assert_eq!(messages("memory.rs", "use super::api;").len(), 1);
        assert_eq!(messages("memory/mod.rs", "use super::api;").len(), 1);
    }

    #[test]
    fn neighbours_do_not_know_each_other() {
        assert_eq!(messages("pool/page.rs", "use crate::frame::Arena;").len(), 1);
    }

    #[test]
    fn the_root_is_above_all() {
        assert_eq!(messages("frame/arena.rs", "use crate::FrameBox;").len(), 1);
        assert_eq!(messages("frame/arena.rs", "use crate::*;").len(), 1);
    }

    #[test]
    fn a_module_without_a_layer_is_found() {
        assert_eq!(messages("helpers.rs", "").len(), 1);
    }

    #[test]
    fn each_crate_has_its_own_layers() {
        let found = |path: &str, text: &str| check(&Tree::sample(&[(path, text)])).len();
        assert_eq!(found("cargo-fa/src/report/json.rs", "use crate::lint::level::Level;"), 0);
        assert_eq!(found("cargo-fa/src/lint/sink.rs", "use crate::report::Report;"), 1);
        assert_eq!(found("cargo-fa/src/main.rs", "use crate::commands::run;"), 0);
        assert_eq!(found("cargo-fa/src/memory.rs", ""), 1);
    }

    #[test]
    fn tests_and_macros_may_reach_up() {
        assert_eq!(messages("frame/a.rs", "#[cfg(test)] mod tests { use crate::api::X; }"), [""; 0]);
        assert_eq!(messages("frame/a.rs", "macro_rules! m { () => { $crate::FrameBox } }"), [""; 0]);
        assert_eq!(messages("frame/a.rs", "pub(crate) fn f() {}"), [""; 0]);
    }
}
