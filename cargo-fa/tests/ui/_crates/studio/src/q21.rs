//! Loops that look endless: each has a bound, a frame of its own, or a budget.

use std::io::BufRead;
use std::sync::mpsc::Receiver;

use framealloc::{SmartAlloc, frame_format, kilobytes};

pub struct Stream {
    alloc: SmartAlloc,
    packets: Receiver<Vec<u8>>,
}

impl Stream {
    pub fn first_packets(&self) -> usize {
        let (mut taken, mut bytes) = (0, 0);
        loop {
            let Ok(packet) = self.packets.recv() else { break bytes };
            let copy = self.alloc.frame_slice_copy(&packet);
            bytes += copy.len();
            taken += 1;
            if taken >= 64 {
                break bytes;
            }
        }
    }

    /// A whole frame for each packet.
    pub fn serve(&self) -> u64 {
        let mut sum = 0;
        while let Ok(packet) = self.packets.recv() {
            self.alloc.begin_frame();
            let copy = self.alloc.frame_slice_copy(&packet);
            sum += copy.iter().map(|byte| u64::from(*byte)).sum::<u64>();
            self.alloc.end_frame();
        }
        sum
    }

    pub fn guarded(&self) -> usize {
        let mut longest = 0;
        for packet in self.packets.iter() {
            let frame = self.alloc.frame();
            let mut words = frame.vec();
            words.extend(packet.split(|byte| *byte == b' ').map(<[u8]>::len));
            longest = longest.max(words.iter().copied().max().unwrap_or(0));
        }
        longest
    }

    /// The tag has a budget.
    pub fn ingest(&self) -> usize {
        self.alloc.set_tag_budget("streaming", kilobytes(512));
        let mut total = 0;
        while let Ok(packet) = self.packets.recv() {
            total += self.alloc.with_tag("streaming", |a| a.frame_slice_copy(&packet).len());
        }
        total
    }

    pub fn ring(&self, seed: u32) -> u32 {
        let mut state = seed;
        let mut history = self.alloc.frame_vec();
        while history.len() < 32 {
            let entry = self.alloc.with_tag("particles", |a| a.frame_box(state));
            state = state.wrapping_mul(1_664_525).wrapping_add(*entry);
            history.push(entry);
        }
        history.iter().map(|entry| **entry & 1).sum()
    }
}

pub fn header(alloc: &SmartAlloc, input: impl BufRead) -> usize {
    let mut width = 0;
    for line in input.lines().take(256) {
        let Ok(line) = line else { break };
        let text = frame_format!(alloc, "{line:>80}");
        width = width.max(text.len());
    }
    width
}
