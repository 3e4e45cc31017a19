//! `cargo fa explain CODE`.

use super::failure::Failure;
use super::output;
use crate::exit::Exit;
use crate::lint::nearest::did_you_mean;
use crate::lint::page;
use crate::lints::REGISTRY;

/// Prints the page of a lint.
///
/// # Errors
///
/// When there is no such lint.
pub fn run(word: &str) -> Result<Exit, Failure> {
    let lint = REGISTRY.lint(word).ok_or_else(|| {
        let hint = did_you_mean(word, REGISTRY.names());
        let help = if hint.is_empty() { "`cargo fa list` has all of them".to_owned() } else { hint };
        Failure::usage(format!("there is no lint `{word}`"), help)
    })?;
    let text = format!(
        "# {} {}\n\n{} ({}, {} by default)\n\n{}\n",
        lint.code,
        lint.name,
        lint.summary,
        lint.group,
        lint.level.name(),
        page::markdown(lint)
    );
    output::write(&text, None)?;
    Ok(Exit::Clean)
}
