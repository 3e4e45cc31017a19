//! Feeds under tags, of which some have a budget.

use std::sync::mpsc::Receiver;

use framealloc::SmartAlloc;

const UPLOADS: &str = "uploads";

struct Feeds {
    alloc: SmartAlloc,
    inbox: Receiver<[u8; 64]>,
}

impl Feeds {
    fn new(inbox: Receiver<[u8; 64]>) -> Self {
        let alloc = SmartAlloc::with_defaults();
        alloc.set_tag_budget("streaming", 1 << 20);
        alloc.set_tag_budget(UPLOADS, 1 << 20);
        Self { alloc, inbox }
    }

    fn streamed(&self) -> u32 {
        let _tag = self.alloc.tag("streaming");
        let mut sum = 0;
        while let Ok(packet) = self.inbox.recv() {
            sum += u32::from(self.alloc.frame_box(packet)[0]);
        }
        sum
    }

    fn within(&self) {
        self.alloc.with_tag("streaming", |alloc| {
            alloc.with_tag("tiles", |alloc| {
                while let Ok(packet) = self.inbox.recv() {
                    drop(alloc.frame_box(packet));
                }
            });
        });
    }

    fn uploaded(&self) {
        let _tag = self.alloc.tag(UPLOADS);
        self.all();
    }

    /// Only called under the tag.
    fn all(&self) {
        for packet in self.inbox.iter() {
            drop(self.alloc.frame_box(packet));
        }
    }

    fn chosen(&self, tag: &'static str) {
        let _tag = self.alloc.tag(tag);
        for packet in self.inbox.iter() {
            drop(self.alloc.frame_box(packet));
        }
    }

    fn other_tag(&self) {
        let _tag = self.alloc.tag("streaming2");
        for packet in self.inbox.iter() {
            drop(self.alloc.frame_box(packet)); //~ FA301
        }
    }

    fn no_tag(&self) {
        for packet in self.inbox.iter() {
            drop(self.alloc.frame_box(packet)); //~ FA301
        }
    }

    /// The guard is gone before the loop.
    fn ended(&self) {
        drop(self.alloc.tag("streaming"));
        for packet in self.inbox.iter() {
            drop(self.alloc.frame_box(packet)); //~ FA301
        }
    }
}

fn main() {}
