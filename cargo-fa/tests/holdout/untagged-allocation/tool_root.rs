// A tool whose only file is mapped: maps, strings, transfers and pools with and without the tag.
use framealloc::{FrameMap, SmartAlloc, TransferHandle};
use std::sync::mpsc::{Sender, channel};
use std::thread;

struct Tool {
    memory: SmartAlloc,
    out: Sender<TransferHandle<[u8; 16]>>,
}

impl Tool {
    fn words<'t>(&'t self, text: &'t str) -> FrameMap<'t, &'t str, u32> {
        let mut words = self.memory.frame_map(); //~ FA803
        for word in text.split(' ') {
            *words.entry(word).or_insert(0) += 1;
        }
        words
    }

    fn convert(&self, text: &str) -> usize {
        let _tag = self.memory.tag("convert");
        let upper = self.memory.frame_slice_from_fn(text.len(), |i| text.as_bytes()[i].to_ascii_uppercase());
        let mut block = [0u8; 16];
        for (slot, byte) in block.iter_mut().zip(upper.iter()) {
            *slot = *byte;
        }
        let handle = self.memory.frame_box_for_transfer(block);
        usize::from(self.out.send(handle).is_ok())
    }

    fn shortest(&self, text: &str) -> usize {
        let lengths = |m: &SmartAlloc| m.frame_slice_from_fn(4, |i| i + text.len()).len(); //~ FA803
        let direct = lengths(&self.memory);
        direct.min(text.len())
    }
}

fn main() {
    let (out, blocks) = channel();
    let reader = thread::spawn(move || blocks.iter().count());
    let tool = Tool { memory: SmartAlloc::with_defaults(), out };
    let frame = tool.memory.frame();
    println!("{} {} {}", tool.words("a b a").len(), tool.convert("abc"), tool.shortest("de"));
    drop(frame);
    drop(tool);
    println!("{:?}", reader.join().ok());
}
