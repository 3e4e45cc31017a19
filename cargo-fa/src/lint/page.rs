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

/// The page as other programs show it: with blocks that they know to be Rust.
pub fn markdown(lint: &Lint) -> String {
    text(lint).replace(&format!("```{FIRES}"), "```rust").replace(&format!("```{SILENT}"), "```rust")
}

/// The examples with this mark, and the line of the page after which each begins.
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
