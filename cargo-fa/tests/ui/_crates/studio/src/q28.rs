//! The chat of a game: what is made on the global heap stays there, and what is forgotten is not the frame's.

use std::collections::BTreeMap;
use std::mem::{self, ManuallyDrop};
use std::sync::mpsc::Sender;

use framealloc::{SmartAlloc, frame_format};

struct Lock<'l>(&'l mut bool);

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        *self.0 = false;
    }
}

pub struct Chat {
    alloc: SmartAlloc,
    lines: Vec<String>,
    scratch: Vec<usize>,
    authors: BTreeMap<u32, String>,
    wire: Sender<Vec<u8>>,
    locked: bool,
}

impl Chat {
    /// Start-up: nothing runs within a frame.
    pub fn new(alloc: &SmartAlloc, wire: Sender<Vec<u8>>) -> Self {
        let greeting = format!("{} bytes parked", alloc.stats().parked_bytes);
        Self {
            alloc: alloc.clone(),
            lines: vec![greeting],
            scratch: Vec::with_capacity(64),
            authors: BTreeMap::new(),
            wire,
            locked: false,
        }
    }

    pub fn say(&mut self, author: u32, text: &str) -> bool {
        self.alloc.begin_frame();
        let shout = frame_format!(self.alloc, "{author}: {text}!");
        self.lines.push(shout.to_string());
        self.authors.entry(author).or_insert_with(|| format!("player {author}"));
        let sent = self.wire.send(shout.bytes().collect()).is_ok();
        self.alloc.end_frame();
        sent
    }

    pub fn widths(&mut self) -> usize {
        let _frame = self.alloc.frame();
        self.scratch.clear();
        self.scratch.extend(self.lines.iter().map(String::len));
        self.scratch.iter().copied().max().unwrap_or(0)
    }

    /// The caller gets it, and the frame is over by then.
    pub fn export(&self) -> Vec<String> {
        let _frame = self.alloc.frame();
        let bar = self.alloc.frame_str("----");
        let mut all = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            all.push(format!("{}{line}", &*bar));
        }
        all
    }

    /// Forgets a lock, which has nothing to do with frames.
    pub fn mute(&mut self) -> usize {
        let lock = Lock(&mut self.locked);
        mem::forget(lock);
        let kept = ManuallyDrop::new(mem::take(&mut self.scratch));
        let length = kept.len();
        self.scratch = ManuallyDrop::into_inner(kept);
        length
    }
}
