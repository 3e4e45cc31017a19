//! The page of a lint: its doc comment, as `explain` shows it and as tests read it.

use super::declare::Lint;

/// The mark of an example in which the lint must find something.
pub const FIRES: &str = "rust,fires";
/// The mark of an example in which it must not.
pub const SILENT: &str = "rust,silent";

/// The Markdown of a lint's page, without the blanks that doc comments begin their lines with.
pub fn text(lint: &Lint) -> String {
    let mut text = String::new();
    for line in lint.page.lines() {
        text.push_str(line.strip_prefix(' ').unwrap_or(line));
        text.push('\n');
    }
    text.trim().to_owned()
}

/// The page as people and other programs read it: its blocks are Rust, without the lines that only make them compile.
pub fn markdown(lint: &Lint) -> String {
    let mut shown = String::new();
    let mut in_block = false;
    for line in text(lint).lines() {
        let fence = line.starts_with("```");
        in_block ^= fence;
        if in_block && !fence && (line == "#" || line.starts_with("# ")) {
            continue;
        }
        let marked = line == format!("```{FIRES}") || line == format!("```{SILENT}");
        shown.push_str(if marked { "```rust" } else { line });
        shown.push('\n');
    }
    shown.trim_end().to_owned()
}

/// The examples with this mark, whole.
pub fn examples(lint: &Lint, mark: &str) -> Vec<String> {
    let text = text(lint);
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if info.trim() == mark {
            found.push(body.join("\n"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{FIRES, SILENT, examples, markdown};
    use crate::flow::Program;
    use crate::lint::declare::declare_lint;
    use crate::lint::finding::Finding;
    use crate::lint::options::LintOptions;

    fn nothing(_: &Program, _: &LintOptions, _: &mut Vec<Finding>) {}

    declare_lint! {
        /// What.
        ///
        /// # Wrong
        ///
        /// ```rust,fires
        /// # use framealloc::SmartAlloc;
        /// #[inline]
        /// fn f() {}
        /// ```
        PAGE = "FA601", "frame-escape", Lifetime, Deny, "one";
        check = nothing;
    }

    #[test]
    fn readers_are_spared_what_only_the_compiler_needs() {
        assert_eq!(markdown(&PAGE), "What.\n\n# Wrong\n\n```rust\n#[inline]\nfn f() {}\n```");
        assert_eq!(examples(&PAGE, FIRES), ["# use framealloc::SmartAlloc;\n#[inline]\nfn f() {}"]);
        assert_eq!(examples(&PAGE, SILENT), [""; 0]);
    }
}
