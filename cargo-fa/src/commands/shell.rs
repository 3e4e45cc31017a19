//! What a shell or `man` reads about the program.

use super::args::definition;
use super::failure::Failure;
use super::output;
use crate::exit::Exit;

/// Prints completions for the program `cargo-fa`, which is what a shell can complete.
///
/// # Errors
///
/// When they cannot be printed.
pub fn completions(shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut definition(), "cargo-fa", &mut text);
    output::write(&String::from_utf8_lossy(&text), None)?;
    Ok(Exit::Clean)
}

/// Prints the manual page.
///
/// # Errors
///
/// When it cannot be printed.
pub fn man() -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(definition().name("cargo-fa"))
        .render(&mut text)
        .map_err(|error| Failure::internal(error.to_string()))?;
    output::write(&String::from_utf8_lossy(&text), None)?;
    Ok(Exit::Clean)
}
