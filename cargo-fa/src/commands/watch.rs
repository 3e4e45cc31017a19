//! `--watch`: analyses again whenever a source file changes.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::{Event, RecursiveMode, Watcher};

use super::failure::Failure;
use super::output;
use super::settings::Settings;
use crate::exit::Exit;

/// An editor writes a file in several steps, and several files at once.
const PAUSE: Duration = Duration::from_millis(100);

/// Runs `once` and goes on until the process is ended.
///
/// # Errors
///
/// When the first run fails, or nothing can be watched. Later failures are shown and waited out.
pub fn run(
    settings: &Settings,
    mut once: impl FnMut() -> Result<(Exit, PathBuf), Failure>,
) -> Result<Exit, Failure> {
    let (_, root) = once()?;
    let root = if root.as_os_str().is_empty() { PathBuf::from(".") } else { root };
    let failed = |error: notify::Error| {
        Failure::usage(format!("cannot watch `{}`: {error}", root.display()), "run it without `--watch`")
    };
    let (changed, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| matters(&event)) {
            // Nobody listens when the program ends.
            let _ = changed.send(());
        }
    })
    .map_err(failed)?;
    watcher.watch(&root, RecursiveMode::Recursive).map_err(failed)?;
    let color = super::settings::color(super::args::Color::Auto, output::Stream::Stderr);
    loop {
        output::to_stderr("waiting for changes; end with Ctrl-C\n");
        if !wait(&changes) {
            return Ok(Exit::Clean);
        }
        if settings.output.is_none() {
            output::to_stderr("\n");
        }
        if let Err(failure) = once() {
            output::to_stderr(&failure.render(color));
        }
    }
}

/// Waits for a change and for the quiet after it.
fn wait(changes: &Receiver<()>) -> bool {
    if changes.recv().is_err() {
        return false;
    }
    while changes.recv_timeout(PAUSE).is_ok() {}
    true
}

/// Whether an event may change what is found: not when a file is only read, and not in what cargo builds.
fn matters(event: &Event) -> bool {
    let source = |path: &Path| {
        let extension = path.extension().is_some_and(|extension| extension == "rs" || extension == "toml");
        let built = path.components().any(|part| part.as_os_str() == "target" || part.as_os_str() == ".git");
        extension && !built
    };
    !event.kind.is_access() && event.paths.iter().any(|path| source(path))
}

#[cfg(test)]
mod tests {
    use super::matters;
    use notify::event::{AccessKind, ModifyKind};
    use notify::{Event, EventKind};

    #[test]
    fn only_sources_matter_and_only_when_they_change() {
        let event = |kind, path: &str| Event::new(kind).add_path(path.into());
        let modify = EventKind::Modify(ModifyKind::Any);
        assert!(matters(&event(modify, "game/src/main.rs")));
        assert!(matters(&event(modify, "game/.fa.toml")));
        assert!(!matters(&event(modify, "game/target/debug/build/x.rs")));
        assert!(!matters(&event(modify, "game/src/main.rs.swp")));
        assert!(!matters(&event(EventKind::Access(AccessKind::Any), "game/src/main.rs")));
    }
}
