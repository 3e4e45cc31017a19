//! Why a run did not happen.

use annotate_snippets::{Group, Level, Renderer};

use crate::config::problem::ConfigError;
use crate::exit::Exit;
use crate::source::Problem;

/// Names the place and the remedy.
#[derive(Debug)]
pub enum Failure {
    /// Something typed, or something it led to.
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
    },
    /// The configuration.
    Config(ConfigError),
    /// A mistake of the analyser's own.
    Internal(String),
}

impl Failure {
    /// Something typed, or something it led to.
    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), help: help.into() }
    }

    /// A mistake of the analyser's own.
    pub fn internal(message: String) -> Self {
        Self::Internal(message)
    }

    /// How the program ends by it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage { .. } | Self::Config(_) => Exit::Usage,
            Self::Internal(_) => Exit::Internal,
        }
    }

    /// The text for people.
    pub fn render(&self, color: bool) -> String {
        let (message, help) = match self {
            Self::Config(error) => return error.render(color),
            Self::Usage { message, help } => (message.as_str(), help.as_str()),
            Self::Internal(message) => {
                (message.as_str(), "please report it with the message above and the code it stopped at")
            }
        };
        let renderer = if color { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
        let mut groups = vec![Group::with_title(Level::ERROR.primary_title(message))];
        if !help.is_empty() {
            groups.push(Group::with_title(Level::HELP.secondary_title(help)));
        }
        format!("{}\n", renderer.render(&groups))
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let message = match problem.file.is_empty() {
            true => problem.message,
            false => format!("{}: {}", problem.file, problem.message),
        };
        Self::usage(message, problem.help)
    }
}
