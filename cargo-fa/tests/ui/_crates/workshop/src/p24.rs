//! The network module, mapped to the tag `net`, whose memory has a budget that is set where the session starts.

use std::sync::mpsc::Receiver;

use framealloc::{PoolBox, SmartAlloc, kilobytes};

#[derive(Clone, Copy)]
pub struct Message {
    from: u32,
    kind: u8,
    body: [u8; 24],
}

pub struct Session {
    alloc: SmartAlloc,
    incoming: Receiver<Message>,
    history: Vec<PoolBox<Message>>,
}

fn limit_memory(alloc: &SmartAlloc) {
    alloc.set_tag_budget("net", kilobytes(512));
    alloc.set_tag_budget("net/replication", kilobytes(128));
}

impl Session {
    pub fn start(incoming: Receiver<Message>) -> Self {
        let alloc = SmartAlloc::with_defaults();
        limit_memory(&alloc);
        Self { alloc, incoming, history: Vec::new() }
    }

    pub fn pump(&mut self) -> usize {
        let _tag = self.alloc.tag("net");
        while let Ok(message) = self.incoming.recv() {
            if message.kind == 0 {
                continue;
            }
            self.history.push(self.alloc.pool_box(message));
        }
        self.history.len()
    }

    pub fn gather(&self) -> u32 {
        self.alloc.with_tag("net/replication", |a| {
            let mut senders = Vec::new();
            loop {
                let Ok(message) = self.incoming.recv() else { break };
                senders.push(a.frame_box(message.from));
            }
            senders.iter().map(|sender| **sender).max().unwrap_or(0)
        })
    }

    /// Phases are no tags.
    pub fn summarize(&self) -> [u32; 4] {
        let frame = self.alloc.frame();
        let _phase = self.alloc.phase("terrain");
        let _tag = self.alloc.tag("net");
        let kinds = frame.alloc_slice_from_fn(self.history.len(), |i| self.history[i].kind);
        let mut counts = [0; 4];
        for kind in kinds.iter() {
            counts[usize::from(*kind) % 4] += 1;
        }
        counts
    }

    pub fn largest(&self) -> u8 {
        self.alloc.begin_frame();
        let largest = self.alloc.with_tag("net", |a| {
            let bodies = a.frame_slice_from_fn(self.history.len(), |i| self.history[i].body);
            bodies.iter().flatten().copied().max().unwrap_or(0)
        });
        self.alloc.end_frame();
        largest
    }
}
