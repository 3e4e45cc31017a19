//! `cargo fa report`: the live view's page with the snapshots in it, in one file.

use std::path::Path;

use super::failure::Failure;
use super::output;
use crate::exit::Exit;
use crate::view::folder::Folder;
use crate::view::page::{Feed, html};

/// Of a page that nobody serves, so that it keeps out nothing but what is not part of it.
const NONCE: &str = "report";

/// Writes the page.
///
/// # Errors
///
/// When there is no snapshot, or the file cannot be written.
pub fn run(folder: &Folder, file: &Path) -> Result<Exit, Failure> {
    let shown = folder.path().display();
    let names = folder.names().map_err(|error| {
        Failure::usage(
            format!("cannot read `{shown}`: {error}"),
            "name the folder that snapshots are written to",
        )
    })?;
    let (mut entries, mut troubles) = (Vec::new(), Vec::new());
    for read in names.into_iter().filter_map(|name| folder.read(name)) {
        match read {
            Ok(entry) => entries.push(entry),
            Err(trouble) => troubles.push(trouble),
        }
    }
    if entries.is_empty() && troubles.is_empty() {
        let help =
            "let the program write some with a `SnapshotEmitter`, or name the folder that it writes to";
        return Err(Failure::usage(format!("there is no snapshot in `{shown}`"), help));
    }
    output::write(&html(&Feed::Report { entries: &entries, troubles: &troubles }, NONCE), Some(file))?;
    let unread = match troubles.len() {
        0 => String::new(),
        count => format!("; {count} could not be read"),
    };
    output::to_stderr(&format!("wrote {} with {} snapshots{unread}\n", file.display(), entries.len()));
    Ok(Exit::Clean)
}
