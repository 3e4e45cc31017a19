//! Ingest of live data: packets, log lines, a feed of entities.

use std::io::BufRead;
use std::sync::mpsc::Receiver;

use framealloc::{PoolBox, SmartAlloc, frame_format};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open,
    Closed,
}

pub trait Feed {
    fn poll(&mut self) -> State;
}

pub struct Node {
    id: u64,
}

pub struct Ingest {
    alloc: SmartAlloc,
    packets: Receiver<Vec<u8>>,
    nodes: Vec<PoolBox<Node>>,
}

impl Ingest {
    pub fn checksum(&self) -> u64 {
        let mut sum = 0;
        while let Ok(packet) = self.packets.recv() {
            let copy = self.alloc.frame_slice_copy(&packet); //~ FA301
            sum += copy.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        }
        sum
    }

    pub fn follow<F: Feed>(&mut self, feed: &mut F) {
        for id in 0.. {
            let node = self.alloc.pool_box(Node { id }); //~ FA301
            self.nodes.push(node);
            if feed.poll() == State::Closed {
                break;
            }
        }
    }
}

pub fn longest_key(alloc: &SmartAlloc, input: impl BufRead) -> usize {
    let mut longest = 0;
    for line in input.lines() {
        let Ok(line) = line else { break };
        let Some((key, value)) = line.split_once('=') else { continue };
        let text = frame_format!(alloc, "{key}::{value}"); //~ FA301
        longest = longest.max(text.len());
    }
    longest
}
