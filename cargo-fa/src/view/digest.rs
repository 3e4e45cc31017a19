//! What the page draws of a snapshot that nobody looks at: `Digest` of `fa-insight/shared/digest.ts`.

use framealloc_snapshot::{DeferredFrees, Promotions, Snapshot, Summary, Transfers, Window};
use serde::Serialize;
use serde_json::Value;

/// Where there are many tags and threads, a small part of the snapshot.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Digest {
    frame: u64,
    summary: Summary,
    window: Option<Window>,
    promotions: Promotions,
    transfers: Transfers,
    deferred: DeferredFrees,
    scratch_bytes: u64,
    held_bytes: u64,
    worst_bytes: u64,
    worst_thread: Option<String>,
    budget_bytes: Option<u64>,
    threads: Threads,
    tags: Tags,
}

#[derive(Clone, Debug, Default, Serialize)]
struct Threads {
    ids: Vec<u64>,
    names: Vec<String>,
    frame_bytes: Vec<u64>,
    refills: Vec<u64>,
    budgets_exceeded: Vec<u64>,
}

/// In the order of the paths, each once.
#[derive(Clone, Debug, Serialize)]
struct Tags {
    paths: Vec<String>,
    bytes: Vec<u64>,
}

impl Digest {
    /// That of this snapshot.
    #[must_use]
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut threads = Threads::default();
        for thread in &snapshot.threads {
            threads.ids.push(thread.id);
            threads.names.push(thread.name.clone());
            threads.frame_bytes.push(thread.frame_bytes);
            threads.refills.push(thread.refills);
            threads.budgets_exceeded.push(thread.budgets_exceeded);
        }
        let mut tags: Vec<_> = snapshot.tags.iter().map(|tag| (tag.path.clone(), tag.bytes)).collect();
        // The page orders texts as JavaScript does.
        tags.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
        tags.dedup_by(|later, first| later.0 == first.0);
        let (paths, bytes) = tags.into_iter().unzip();
        let (worst_bytes, worst_thread) = worst_frame(snapshot);
        Self {
            frame: snapshot.frame,
            summary: snapshot.summary.clone(),
            window: snapshot.window.clone(),
            promotions: snapshot.promotions.clone(),
            transfers: snapshot.transfers.clone(),
            deferred: snapshot.deferred.clone(),
            scratch_bytes: snapshot.scratch.iter().map(|scratch| scratch.reserved_bytes).sum(),
            held_bytes: snapshot.threads.iter().map(|thread| thread.frame_bytes.min(thread.peak_bytes)).sum(),
            worst_bytes,
            worst_thread,
            budget_bytes: budget(snapshot),
            threads,
            tags: Tags { paths, bytes },
        }
    }

    /// As it is sent behind another: names that are the same are left out.
    #[must_use]
    pub(super) fn print(&self, before: Option<&Self>) -> Value {
        let mut printed = serde_json::to_value(self).unwrap_or_default();
        let mut leave_out = |table: &str, column: &str| {
            if let Some(columns) = printed[table].as_object_mut() {
                columns.remove(column);
            }
        };
        if let Some(before) = before {
            if self.threads.ids == before.threads.ids && self.threads.names == before.threads.names {
                leave_out("threads", "ids");
                leave_out("threads", "names");
            }
            if self.tags.paths == before.tags.paths {
                leave_out("tags", "paths");
            }
        }
        printed
    }
}

/// The window knows one frame of one thread; the other threads are taken as they were last.
fn worst_frame(Snapshot { summary, threads, window, .. }: &Snapshot) -> (u64, Option<String>) {
    let Some(window) = window else { return (summary.frame_bytes, None) };
    let thread = threads.iter().find(|thread| Some(thread.id) == window.worst_thread);
    let others = thread.map_or(0, |thread| summary.frame_bytes.saturating_sub(thread.frame_bytes));
    let name = thread.map(|thread| thread.name.clone()).filter(|name| !name.is_empty());
    (summary.frame_bytes.max(others + window.worst_bytes), name)
}

fn budget(snapshot: &Snapshot) -> Option<u64> {
    let mut busy = snapshot.threads.iter().filter(|thread| thread.frame_bytes > 0).peekable();
    busy.peek()?;
    busy.map(|thread| thread.frame_budget).sum()
}

#[cfg(test)]
mod tests {
    use super::Digest;
    use framealloc_snapshot::{Snapshot, TagSnapshot, ThreadSnapshot};

    #[test]
    fn names_are_sent_once() {
        let snapshot = |tag: &str| {
            Snapshot::new(1).with_tag(TagSnapshot::new(tag)).with_thread(ThreadSnapshot::new(1, "main"))
        };
        let first = Digest::of(&snapshot("ai"));
        assert_eq!(first.print(None)["tags"]["paths"][0], "ai");
        let again = Digest::of(&snapshot("ai")).print(Some(&first));
        assert!(again["tags"].get("paths").is_none() && again["threads"].get("names").is_none(), "{again}");
        assert_eq!(again["tags"]["bytes"][0], 0);
        let other = Digest::of(&snapshot("ui")).print(Some(&first));
        assert_eq!(other["tags"]["paths"][0], "ui");
    }

    #[test]
    fn each_path_is_there_once_and_in_order() {
        let paths = ["b", "a/b", "\u{1f3ae}", "\u{ff5e}", "a", "b"];
        let snapshot = paths.iter().fold(Snapshot::new(1), |all, path| all.with_tag(TagSnapshot::new(*path)));
        let printed = Digest::of(&snapshot).print(None);
        assert_eq!(printed["tags"]["paths"], serde_json::json!(["a", "a/b", "b", "\u{1f3ae}", "\u{ff5e}"]));
    }
}
