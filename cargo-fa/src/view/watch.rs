//! Tells when something has happened in a folder, also in one that does not exist yet or that is removed and made again.

use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::watch;

/// Counts up whenever the folder may have changed, until nobody listens any more.
///
/// # Errors
///
/// When the system does not tell.
pub(super) fn changes(folder: &Path) -> notify::Result<watch::Receiver<u64>> {
    let (happened, happenings) = channel();
    let folder = folder.to_owned();
    let itself = folder.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // What is read here must not count as a change, or each change would be followed by another.
        let Ok(event) = event else { return };
        if !event.kind.is_access() {
            // Of the folder itself, or one above it, and not only of a file in it.
            let _ = happened.send(event.paths.iter().any(|path| itself.starts_with(path)));
        }
    })?;
    let mut watched = nearest(&folder);
    watcher.watch(&watched, RecursiveMode::NonRecursive)?;
    let (changed, changes) = watch::channel(0);
    std::thread::spawn(move || {
        while let Ok(mut moved) = happenings.recv()
            && !changed.is_closed()
        {
            // Many at once count as one.
            while let Ok(another) = happenings.try_recv() {
                moved |= another;
            }
            if moved {
                watched = again(&mut watcher, &folder, &watched);
            }
            changed.send_modify(|count| *count += 1);
        }
    });
    Ok(changes)
}

/// Watches the folder anew, or the nearest one above it that exists. One of the same name may be another.
fn again(watcher: &mut RecommendedWatcher, folder: &Path, watched: &Path) -> PathBuf {
    loop {
        let now = nearest(folder);
        // It may be gone, and its watch with it.
        let _ = watcher.unwatch(watched);
        // What was made since the look is not told of by the watch that follows it: look again.
        if watcher.watch(&now, RecursiveMode::NonRecursive).is_ok() && nearest(folder) == now {
            return now;
        }
        let _ = watcher.unwatch(&now);
    }
}

fn nearest(folder: &Path) -> PathBuf {
    folder.ancestors().find(|above| above.is_dir()).unwrap_or(folder).to_owned()
}

#[cfg(test)]
mod tests {
    use super::changes;
    use std::time::Duration;
    use tokio::sync::watch;

    const QUIET: Duration = Duration::from_millis(200);
    /// What a test that fails takes, not what one that passes does.
    const PATIENCE: Duration = Duration::from_secs(30);

    fn told_within(time: Duration, changes: &mut watch::Receiver<u64>) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime
            .block_on(async { tokio::time::timeout(time, changes.changed()).await })
            .is_ok_and(|told| told.is_ok())
    }

    #[test]
    fn a_folder_that_comes_later_goes_and_comes_again() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let folder = root.join("target/framealloc");
        let mut changes = changes(&folder).unwrap();
        for _ in 0..3 {
            std::fs::create_dir_all(&folder).unwrap();
            assert!(told_within(PATIENCE, &mut changes));
            while told_within(QUIET, &mut changes) {}
            // Of nothing but the folder itself is it told now.
            std::fs::write(folder.join("snapshot"), "").unwrap();
            assert!(told_within(PATIENCE, &mut changes));
            std::fs::remove_dir_all(root.join("target")).unwrap();
            assert!(told_within(PATIENCE, &mut changes));
        }
    }
}
