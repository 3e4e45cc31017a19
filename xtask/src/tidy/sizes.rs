//! A file that grows past what can be read at one sitting is two files.

use super::Finding;
use super::tree::Tree;

/// Lines of code, without blank lines, comments and tests.
const LIMIT: usize = 500;

/// Files above the limit, with the lines they have. The numbers only shrink.
const EXCEPTIONS: &[(&str, usize)] = &[("fuzz/src/frames/model.rs", 564)];

/// An exception may exceed the file by this much, so that not each edit touches the table.
const SLACK: usize = 25;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    check_with(tree, EXCEPTIONS)
}

fn check_with(tree: &Tree, exceptions: &[(&str, usize)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, source) in tree.sources("").filter(|(path, _)| !is_test(path)) {
        let lines = source.code_lines();
        let exception = exceptions.iter().find(|(name, _)| *name == path).map(|&(_, limit)| limit);
        let message = match exception {
            None if lines > LIMIT => format!("{lines} lines of code, {LIMIT} are the limit: split the file"),
            Some(limit) if lines > limit => format!("{lines} lines of code, but its exception says {limit}"),
            Some(_) if lines <= LIMIT => "no longer above the limit: remove its exception".to_owned(),
            Some(limit) if lines + SLACK < limit => {
                format!("{lines} lines of code: lower its exception from {limit}")
            }
            _ => continue,
        };
        findings.push(Finding::new(path, 0, message));
    }
    for (path, _) in exceptions.iter().filter(|(path, _)| tree.text(path).is_none()) {
        findings.push(Finding::new(path, 0, "does not exist: remove its exception"));
    }
    findings
}

/// Test suites are as long as there are cases.
fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, SLACK, check_with};
    use crate::tidy::tree::Tree;

    fn file(lines: usize) -> String {
        "fn f() {}\n".repeat(lines)
    }

    #[test]
    fn only_code_counts() {
        let text = format!("{}\n// comment\n\n#[cfg(test)]\nmod tests {{\n{}}}\n", file(LIMIT), file(100));
        assert!(check_with(&Tree::sample(&[("a/src/x.rs", &text)]), &[]).is_empty());
    }

    #[test]
    fn a_long_file_is_found_unless_it_is_a_test() {
        let text = file(LIMIT + 1);
        let tree =
            Tree::sample(&[("a/src/x.rs", &text), ("a/tests/it/x.rs", &text), ("a/src/x/tests.rs", &text)]);
        let findings = check_with(&tree, &[]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].path, "a/src/x.rs");
    }

    #[test]
    fn an_exception_only_shrinks() {
        let text = file(600);
        let tree = Tree::sample(&[("a/src/x.rs", &text)]);
        let found = |limit| check_with(&tree, &[("a/src/x.rs", limit)]).len();
        assert_eq!(found(600), 0);
        assert_eq!(found(600 + SLACK), 0);
        assert_eq!(found(601 + SLACK), 1);
        assert_eq!(found(599), 1);
    }

    #[test]
    fn an_exception_that_is_not_needed_is_found() {
        let text = file(10);
        let tree = Tree::sample(&[("a/src/x.rs", &text)]);
        assert_eq!(check_with(&tree, &[("a/src/x.rs", 600)]).len(), 1);
        assert_eq!(check_with(&tree, &[("a/src/gone.rs", 600)]).len(), 1);
    }
}
