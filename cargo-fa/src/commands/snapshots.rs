//! Where a program's snapshots are.

use std::path::PathBuf;

use super::analysis::metadata;
use super::failure::Failure;
use super::settings::Settings;
use crate::view::folder::Folder;

/// The folder that was named, or the one that snapshots are written to unless somebody says otherwise.
///
/// # Errors
///
/// When none was named and there is no workspace here.
pub fn folder(settings: &Settings, named: Option<PathBuf>) -> Result<Folder, Failure> {
    let path = match named {
        Some(path) => path,
        None => metadata(settings)?.target_directory.into_std_path_buf().join("framealloc"),
    };
    // So that it stays the same, and can be watched from above.
    Ok(Folder::new(std::path::absolute(&path).unwrap_or(path)))
}
