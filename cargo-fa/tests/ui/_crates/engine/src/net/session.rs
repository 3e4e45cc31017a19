//! A connection.

use std::io::BufRead;
use std::sync::mpsc::{Receiver, TryRecvError};

use framealloc::{PoolBox, SmartAlloc};

use super::{Packet, PacketError, decode};
use crate::memory::Alloc;

pub struct Session {
    alloc: &'static Alloc,
    received: u64,
    bad: u64,
    pub last: Option<Packet>,
}

pub struct Inbox {
    letters: Vec<PoolBox<Packet>>,
}

impl Session {
    pub fn new(alloc: &'static Alloc) -> Self {
        Self { alloc, received: 0, bad: 0, last: None }
    }

    /// Reads until the other side closes.
    pub fn pump(&mut self, input: impl BufRead) -> std::io::Result<u64> {
        for line in input.lines() {
            let line = line?;
            let bytes = self.alloc.frame_slice_copy(line.as_bytes()); //~ FA301
            self.received += bytes.iter().filter(|byte| **byte != b' ').count() as u64;
        }
        Ok(self.received)
    }

    /// The same with a frame for each line.
    pub fn pump_framed(&mut self, input: impl BufRead) -> std::io::Result<u64> {
        for line in input.lines() {
            let line = line?;
            let frame = self.alloc.frame();
            let bytes = frame.alloc_slice_copy(line.as_bytes());
            self.received += bytes.len() as u64;
        }
        Ok(self.received)
    }

    /// Takes what has come, a frame for each packet.
    pub fn poll(&mut self, wire: &Receiver<Vec<u8>>) -> Result<(), PacketError> {
        loop {
            match wire.try_recv() {
                Ok(bytes) => {
                    self.alloc.begin_frame();
                    let packet = decode(self.alloc, &bytes);
                    self.alloc.end_frame();
                    self.last = Some(packet?);
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return Ok(()),
            }
        }
    }

    /// The same, and counts the bad ones.
    pub fn poll_counting(&mut self, wire: &Receiver<Vec<u8>>) -> u64 {
        while let Ok(bytes) = wire.try_recv() {
            self.alloc.begin_frame();
            let Ok(packet) = decode(self.alloc, &bytes) else {
                self.bad += 1;
                continue; //~ FA603
            };
            self.received += 1;
            self.last = Some(packet);
            self.alloc.end_frame();
        }
        self.bad
    }

    /// Greets: a few lines at most.
    pub fn greet(&mut self, alloc: &SmartAlloc) -> usize {
        let mut said = 0;
        let mut line = 0;
        while line < 3 {
            let text = framealloc::frame_format!(alloc, "hello {line}");
            said += text.len();
            line += 1;
        }
        said
    }
}

impl Inbox {
    pub fn new() -> Self {
        Self { letters: Vec::new() }
    }

    /// Keeps all that comes, for ever.
    pub fn collect(&mut self, alloc: &SmartAlloc, wire: &Receiver<Packet>) {
        while let Ok(packet) = wire.recv() {
            let letter = alloc.pool_box(packet); //~ FA301
            self.letters.push(letter);
        }
    }

    /// Keeps what it has room for.
    pub fn collect_some(&mut self, alloc: &SmartAlloc, wire: &Receiver<Packet>, room: usize) {
        while self.letters.len() < room {
            let Ok(packet) = wire.recv() else { return };
            self.letters.push(alloc.pool_box(packet));
        }
    }

    pub fn len(&self) -> usize {
        self.letters.len()
    }

    pub fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }
}

impl Default for Inbox {
    fn default() -> Self {
        Self::new()
    }
}
