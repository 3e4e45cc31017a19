//! What an analysis came to, kept for the next run that asks the same of the same texts.
//!
//! An entry is found by what was asked, and counts if everything that was looked at when it was made looks the same now:
//! the content of files, the names in folders, and what was not there. No clock decides that. Whatever is not as
//! expected is a miss, and a miss costs the analysis; what cannot be written is not kept.

mod entry;
mod key;
mod place;

use super::analysis::Analysis;
use super::failure::Failure;
use super::session::Session;
use super::settings::Question;
use crate::source::{Disk, Seen};
use entry::Entry;

/// Asks for an analysis, which may be one that was kept.
///
/// # Errors
///
/// When the workspace or its configuration is not as it should be.
pub fn analyse(question: &Question, session: &mut Session) -> Result<Analysis, Failure> {
    let Some(key) = key::of(question) else { return session.analyse(question, &Disk::default()) };
    if let Some(analysis) = find(question, &key) {
        return Ok(analysis);
    }
    let disk = Disk::default();
    let analysis = session.analyse(question, &disk)?;
    if let Some(seen) = disk.seen() {
        keep(&analysis, seen, &key);
    }
    Ok(analysis)
}

fn find(question: &Question, key: &str) -> Option<Analysis> {
    let folders = place::targets(question.selection.manifest_path.as_deref())?;
    let written = folders.iter().find_map(|folder| place::read(folder, key))?;
    Entry::parse(&written)?.analysis()
}

/// There is no harm in its not being kept.
fn keep(analysis: &Analysis, seen: Seen, key: &str) {
    if let Some(text) = Entry::of(analysis, seen).render() {
        let _ = place::write(&analysis.target, key, &text);
    }
}
