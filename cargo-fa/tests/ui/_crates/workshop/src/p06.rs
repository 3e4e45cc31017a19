//! What comes in from the network and from scripts, as long as it comes.

use std::io::{self, BufRead};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;

use framealloc::{PoolBox, SmartAlloc};

#[derive(Clone, Copy)]
pub struct Packet {
    id: u32,
    position: [f32; 2],
}

pub struct Entity {
    id: u32,
    trail: [[f32; 2]; 8],
}

pub struct Command {
    verb: u8,
    length: u32,
}

pub struct Ingest {
    alloc: SmartAlloc,
    packets: Receiver<Packet>,
    entities: Vec<PoolBox<Entity>>,
    stop: AtomicBool,
}

fn parse(line: &str) -> Command {
    Command { verb: line.bytes().next().unwrap_or(b' '), length: line.len() as u32 }
}

fn measure(tick: u64) -> [f32; 4] {
    let phase = tick as f32 * 0.01;
    [phase.sin(), phase.cos(), phase, 1.0]
}

impl Ingest {
    pub fn new(packets: Receiver<Packet>) -> Self {
        let alloc = SmartAlloc::with_defaults();
        Self { alloc, packets, entities: Vec::new(), stop: AtomicBool::new(false) }
    }

    pub fn drain(&mut self) -> usize {
        while let Ok(packet) = self.packets.recv() {
            let entity = Entity { id: packet.id, trail: [packet.position; 8] };
            self.entities.push(self.alloc.pool_box(entity)); //~ FA301
        }
        self.entities.len()
    }

    pub fn run_script(&self, script: impl BufRead) -> io::Result<u32> {
        let mut commands = Vec::new();
        for line in script.lines() {
            let line = line?;
            if line.starts_with('#') {
                continue;
            }
            commands.push(self.alloc.frame_box(parse(&line))); //~ FA301
        }
        Ok(commands.iter().map(|command| command.length).sum())
    }

    pub fn record(&self) -> f32 {
        let mut samples = Vec::new();
        for tick in 0.. {
            samples.push(self.alloc.frame_box(measure(tick))); //~ FA301
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
        }
        samples.iter().map(|sample| sample[0]).sum()
    }
}
