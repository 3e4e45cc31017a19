//! Where a program's snapshots are.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::source::{self, Disk};
use crate::view::folder::Folder;

/// The folder that was named, or the one that snapshots are written to unless somebody says otherwise.
///
/// # Errors
///
/// When none was named and there is no workspace here.
pub fn folder(manifest: Option<&Path>, named: Option<PathBuf>) -> Result<Folder, Failure> {
    let path = match named {
        Some(path) => path,
        None => {
            let metadata = source::metadata(manifest, &Disk::default())?;
            metadata.target_directory.into_std_path_buf().join("framealloc")
        }
    };
    // So that it stays the same, and can be watched from above.
    Ok(Folder::new(std::path::absolute(&path).unwrap_or(path)))
}
