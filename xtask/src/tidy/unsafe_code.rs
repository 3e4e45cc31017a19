//! Unsafe code lives where it is expected, and says above each block and implementation why it is sound.
//!
//! Clippy asks for the comments too, but not inside macros.

use super::Finding;
use super::source::{Kind, Source};
use super::tree::Tree;

/// What is searched. Tests and measurements may do what they need.
const FOLDERS: &[&str] = &[
    "framealloc/src/",
    "framealloc/examples/",
    "framealloc-derive/src/",
    "framealloc-snapshot/src/",
    "xtask/src/",
];

/// Where unsafe code may be: files, or folders that end in `/`. The list should only shrink.
const ALLOWED: &[&str] = &[
    // What the derive emits, not what it does.
    "framealloc-derive/src/expand.rs",
    // A global allocator that counts, and getrusage.
    "framealloc/examples/game_loop/heap_count.rs",
    "framealloc/examples/game_loop/measure.rs",
    "framealloc/src/api/",
    "framealloc/src/attribution/node.rs",
    "framealloc/src/attribution/tree.rs",
    "framealloc/src/frame/",
    "framealloc/src/memory/",
    // States of other threads, of which it reads what they publish.
    "framealloc/src/observe/fill.rs",
    "framealloc/src/pool/",
    "framealloc/src/thread/",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = check_files(tree);
    for entry in unused(tree, ALLOWED) {
        findings.push(Finding::new(entry, 0, "has no unsafe code: remove it from xtask's table"));
    }
    findings
}

fn check_files(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, source) in FOLDERS.iter().flat_map(|folder| tree.sources(folder)) {
        findings.extend(check_file(path, source, ALLOWED.iter().any(|entry| covers(entry, path))));
    }
    findings
}

fn covers(entry: &str, path: &str) -> bool {
    if entry.ends_with('/') { path.starts_with(entry) } else { path == entry }
}

/// Entries of the list under which no unsafe code is.
fn unused<'a>(tree: &Tree, entries: &[&'a str]) -> Vec<&'a str> {
    let is_used = |entry: &str| {
        tree.sources("").any(|(path, source)| {
            covers(entry, path) && source.code.iter().any(|token| token.is_word("unsafe"))
        })
    };
    entries.iter().copied().filter(|entry| !is_used(entry)).collect()
}

fn check_file(path: &str, source: &Source, allowed: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, token) in source.code.iter().enumerate().filter(|(_, token)| token.is_word("unsafe")) {
        if !allowed {
            findings.push(Finding::new(
                path,
                token.line,
                "unsafe code outside of the files listed in xtask's table",
            ));
        }
        let claims = source
            .code
            .get(index + 1)
            .is_some_and(|next| next.kind == Kind::Open('{') || next.is_word("impl"));
        if claims && !is_explained(&source.lines, token.line) {
            findings.push(Finding::new(path, token.line, "no `SAFETY:` comment above"));
        }
    }
    findings
}

/// Whether a comment with `SAFETY:` stands above the statement that reaches `line`.
fn is_explained(lines: &[String], line: usize) -> bool {
    for text in lines[..line - 1].iter().rev().map(|text| text.trim()) {
        if text.starts_with("//") {
            if text.contains("SAFETY:") {
                return true;
            }
        } else if text.is_empty() || text.ends_with([';', '}', '{']) {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{check_files, unused};
    use crate::tidy::tree::Tree;

    fn messages(path: &str, text: &str) -> Vec<String> {
        check_files(&Tree::sample(&[(path, text)])).iter().map(ToString::to_string).collect()
    }

    const INSIDE: &str = "framealloc/src/memory/address.rs";

    #[test]
    fn a_block_and_an_implementation_need_a_comment() {
        for text in [
            "fn f() {\n    unsafe { g() }\n}",
            "unsafe impl Send for X {}",
            "fn f() {\n  // Fast.\n  unsafe {}\n}",
        ] {
            assert_eq!(messages(INSIDE, text).len(), 1, "{text}");
        }
    }

    #[test]
    fn the_comment_may_stand_above_the_whole_statement() {
        for text in [
            "// SAFETY: X owns it.\nunsafe impl Send for X {}",
            "fn f() {\n    // SAFETY: asked above,\n    // twice.\n    let x =\n        g(unsafe { h() });\n}",
            "// SAFETY: all.\n#[cfg(unix)]\nunsafe impl Send for X {}",
        ] {
            assert_eq!(messages(INSIDE, text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_comment_of_the_statement_before_does_not_count() {
        let text = "fn f() {\n    // SAFETY: asked above.\n    unsafe { g() };\n    unsafe { h() };\n}";
        assert_eq!(messages(INSIDE, text), [format!("{INSIDE}:4: no `SAFETY:` comment above")]);
    }

    #[test]
    fn a_function_needs_no_such_comment() {
        assert_eq!(messages(INSIDE, "/// # Safety\npub unsafe fn f() {}"), [""; 0]);
    }

    #[test]
    fn elsewhere_it_is_refused() {
        let text = "// SAFETY: none.\nunsafe fn f() {}";
        assert_eq!(messages("xtask/src/main.rs", text).len(), 1);
        assert_eq!(messages("framealloc/src/config.rs", text).len(), 1);
        assert_eq!(messages("framealloc/tests/it.rs", text), [""; 0]);
    }

    #[test]
    fn an_entry_that_is_not_needed_is_found() {
        let tree = Tree::sample(&[("a/x.rs", "unsafe fn f() {}"), ("b/y.rs", "fn f() {} // unsafe")]);
        assert_eq!(unused(&tree, &["a/", "a/x.rs", "b/", "b/y.rs", "c/"]), ["b/", "b/y.rs", "c/"]);
    }
}
