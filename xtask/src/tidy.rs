//! The repository's own rules, which neither the compiler nor clippy knows. One rule, one file; each begins with the
//! tables that say what is allowed.

mod layers;
mod links;
mod sizes;
mod source;
mod tree;
mod unsafe_code;
mod words;

use std::fmt;
use std::path::Path;

use tree::Tree;

/// A place that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    /// Counted from 1; 0 means the file as a whole.
    line: usize,
    message: String,
}

impl Finding {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// Every rule over every file below `root`.
pub(crate) fn check(root: &Path) -> Result<Vec<Finding>, String> {
    let tree = Tree::read(root)?;
    let rules = [layers::check, links::check, sizes::check, unsafe_code::check, words::check];
    let mut findings = tree.unreadable();
    findings.extend(rules.iter().flat_map(|rule| rule(&tree)));
    findings.sort();
    Ok(findings)
}
