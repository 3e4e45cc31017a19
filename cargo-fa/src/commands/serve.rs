//! `cargo fa serve`: the live view of a running program's memory, as a page in a browser.

use super::failure::Failure;
use super::output;
use crate::exit::Exit;
use crate::view::folder::Folder;
use crate::view::server::Server;

/// Serves until the process is ended.
///
/// # Errors
///
/// When the port is taken, or the folder cannot be watched.
pub fn run(folder: Folder, port: u16, open: bool) -> Result<Exit, Failure> {
    let shown = folder.path().display().to_string();
    let server = Server::bind(folder, port).map_err(|error| {
        let help = "name another port with `--port`, or none for any that is free";
        Failure::usage(format!("cannot serve `{shown}`: {error}"), help)
    })?;
    let link = server.link();
    // Before anything else, and alone in its line, so that a program that starts this one can read it.
    output::write(&format!("{link}\n"), None)?;
    output::to_stderr(&format!("shows the snapshots in {shown} as they come; end with Ctrl-C\n"));
    if open && let Err(error) = opener::open_browser(&link) {
        output::to_stderr(&format!("no browser could be opened ({error}): open the link above\n"));
    }
    server.run().map_err(|error| Failure::usage(format!("cannot serve `{shown}`: {error}"), ""))?;
    Ok(Exit::Clean)
}
