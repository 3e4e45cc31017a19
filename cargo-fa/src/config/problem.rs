//! What is wrong with a `.fa.toml`, with the place in it.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// Its bytes.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub help: String,
}

/// All mistakes of one file.
#[derive(Clone, Debug)]
pub struct ConfigError {
    /// The path, as it is shown.
    pub path: String,
    /// What is in it.
    pub text: String,
    /// In the order of the file.
    pub problems: Vec<ConfigProblem>,
}

impl ConfigError {
    /// All of them, as the compiler shows its own.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
        let mut text = String::new();
        for problem in &self.problems {
            let end = self.text.len();
            let range = problem.range.start.min(end)..problem.range.end.min(end);
            let snippet = Snippet::source(self.text.as_str())
                .path(self.path.as_str())
                .annotation(AnnotationKind::Primary.span(range));
            let mut group =
                Group::with_title(Level::ERROR.primary_title(problem.message.as_str())).element(snippet);
            if !problem.help.is_empty() {
                group = group.element(Level::HELP.message(problem.help.as_str()));
            }
            text.push_str(&renderer.render(&[group]));
            text.push_str("\n\n");
        }
        text
    }
}
