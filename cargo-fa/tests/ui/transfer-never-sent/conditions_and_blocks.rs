// Handles made for a condition, in a block that ends, and again under the same name.
use framealloc::{AllocConfig, SmartAlloc, TransferHandle};
use std::sync::mpsc::{Sender, channel};

#[derive(Clone, Copy)]
struct Patch {
    from: u32,
    to: u32,
}

struct Sync<'a> {
    alloc: &'a SmartAlloc,
    out: Sender<TransferHandle<Patch>>,
    sent: u32,
}

impl Sync<'_> {
    fn publish(&mut self, from: u32, to: u32) {
        if from == to {
            let same = self.alloc.frame_box_for_transfer(Patch { from, to }); //~ FA203
            println!("{} bytes for nothing", size_of_val(&same));
            return;
        }
        let patch = self.alloc.frame_box_for_transfer(Patch { from, to });
        self.sent += u32::from(self.out.send(patch).is_ok());
    }

    fn shadowed(&mut self, from: u32) {
        let patch = self.alloc.frame_box_for_transfer(Patch { from, to: from + 1 }); //~ FA203
        self.sent += size_of_val(&patch) as u32;
        let patch = self.alloc.frame_box_for_transfer(Patch { from, to: from + 2 });
        if self.out.send(patch).is_err() {
            self.sent = 0;
        }
    }

    fn all(&mut self, upto: u32) -> Vec<TransferHandle<Patch>> {
        let mut patches = Vec::new();
        for from in 0..upto {
            let patch = {
                let alloc = self.alloc;
                alloc.frame_box_for_transfer(Patch { from, to: upto })
            };
            patches.push(patch);
        }
        patches
    }
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default());
    let (out, patches) = channel();
    let mut sync = Sync { alloc: &alloc, out, sent: 0 };
    sync.publish(1, 1);
    sync.publish(1, 2);
    sync.shadowed(3);
    let all = sync.all(3).into_iter().map(|patch| patch.into_inner().to).sum::<u32>();
    println!("{} {all} {}", sync.sent, patches.try_iter().map(|patch| patch.receive().from).sum::<u32>());
}
