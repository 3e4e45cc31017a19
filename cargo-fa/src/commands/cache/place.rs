//! Where entries are: in a folder of cargo's `target`, which `cargo clean` empties.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::source::configurations;

const FOLDER: &str = "cargo-fa";

/// How many are kept: a handful of ways to ask, on a handful of branches' options.
const MOST: usize = 32;

/// The folders that `target` may be. Cargo itself is not asked, since that takes longer than all the rest; a wrong guess
/// is a miss.
pub(super) fn targets(manifest: Option<&Path>) -> Option<Vec<PathBuf>> {
    let here = std::env::current_dir().ok()?;
    let variable = ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"].into_iter().find_map(std::env::var_os);
    if let Some(set) = variable {
        return Some(vec![here.join(set)]);
    }
    if let Some(set) = configurations(&here).find_map(|file| configured(&file)) {
        return Some(vec![set]);
    }
    let first = manifest.map_or_else(|| here.clone(), |manifest| here.join(manifest));
    Some(first.ancestors().map(|folder| folder.join("target")).collect())
}

/// What a file with cargo's configuration sets, counted from the folder around the one that it is in.
fn configured(file: &Path) -> Option<PathBuf> {
    let table: toml::Table = fs::read_to_string(file).ok()?.parse().ok()?;
    let set = table.get("build")?.get("target-dir")?.as_str()?;
    Some(file.parent()?.parent()?.join(set))
}

/// The entry of this name.
pub(super) fn read(target: &Path, key: &str) -> Option<String> {
    fs::read_to_string(target.join(FOLDER).join(key)).ok()
}

/// Writes an entry whole or not at all, and takes away the oldest.
pub(super) fn write(target: &Path, key: &str, text: &str) -> io::Result<()> {
    if !target.exists() {
        fs::create_dir_all(target)?;
        // As cargo does: what is in it can be made again.
        fs::write(target.join("CACHEDIR.TAG"), "Signature: 8a477f597d28d172789f06886806bc55\n")?;
    }
    let folder = target.join(FOLDER);
    fs::create_dir_all(&folder)?;
    let temporary = folder.join(format!("{key}.{}", std::process::id()));
    fs::write(&temporary, text)?;
    fs::rename(&temporary, folder.join(key)).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })?;
    forget(&folder)
}

/// Takes away all but the newest.
fn forget(folder: &Path) -> io::Result<()> {
    let age = |entry: fs::DirEntry| {
        let written = entry.metadata().and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        (written, entry.path())
    };
    let mut entries: Vec<_> = fs::read_dir(folder)?.flatten().map(age).collect();
    entries.sort();
    let many = entries.len().saturating_sub(MOST);
    entries.iter().take(many).try_for_each(|(_, path)| fs::remove_file(path))
}

#[cfg(test)]
mod tests {
    use super::{FOLDER, MOST, read, write};

    #[test]
    fn what_is_written_is_read_and_the_oldest_goes() {
        let target = tempfile::tempdir().unwrap();
        let old = std::time::SystemTime::UNIX_EPOCH;
        for number in 0..MOST + 3 {
            let key = format!("key{number}");
            write(target.path(), &key, &format!("text {number}")).unwrap();
            let file =
                std::fs::File::options().write(true).open(target.path().join(FOLDER).join(key)).unwrap();
            file.set_modified(old + std::time::Duration::from_secs(number as u64)).unwrap();
        }
        assert_eq!(read(target.path(), "key0"), None);
        assert_eq!(read(target.path(), &format!("key{}", MOST + 2)).unwrap(), format!("text {}", MOST + 2));
        let left = std::fs::read_dir(target.path().join(FOLDER)).unwrap().count();
        assert!(left == MOST, "{left}");
    }
}
