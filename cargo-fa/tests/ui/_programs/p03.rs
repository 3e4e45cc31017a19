//! Replication of entities over a lossy link: snapshots are parsed, compared with a baseline and acknowledged.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::mpsc::{self, Receiver, Sender};

use framealloc::{FrameBox, SmartAlloc, TransferHandle};

#[derive(Debug)]
enum NetError {
    Short,
    BadKind(u8),
}

impl fmt::Display for NetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short => f.write_str("packet is short"),
            Self::BadKind(kind) => write!(f, "no packet kind {kind}"),
        }
    }
}

struct Reader<'p> {
    bytes: &'p [u8],
}

impl<'p> Reader<'p> {
    fn u8(&mut self) -> Result<u8, NetError> {
        let (&first, rest) = self.bytes.split_first().ok_or(NetError::Short)?;
        self.bytes = rest;
        Ok(first)
    }

    fn u16(&mut self) -> Result<u16, NetError> {
        Ok(u16::from_be_bytes([self.u8()?, self.u8()?]))
    }

    fn u32(&mut self) -> Result<u32, NetError> {
        Ok(u32::from(self.u16()?) << 16 | u32::from(self.u16()?))
    }
}

#[derive(Clone, Copy, Default)]
struct Delta {
    entity: u32,
    field: u16,
    value: u32,
}

struct Ack {
    sequence: u16,
}

struct Replicator {
    alloc: SmartAlloc,
    entities: BTreeMap<(u32, u16), u32>,
    acks: Sender<TransferHandle<Ack>>,
    last_sequence: u16,
    dropped: u32,
}

impl Replicator {
    fn deltas(&self, reader: &mut Reader<'_>) -> Result<FrameBox<'_, [Delta]>, NetError> {
        let count = reader.u32()? as usize;
        let mut deltas = self.alloc.frame_slice_from_fn(count, |_| Delta::default()); //~ FA303
        for delta in deltas.iter_mut() {
            *delta = Delta { entity: reader.u32()?, field: reader.u16()?, value: reader.u32()? };
        }
        Ok(deltas)
    }

    fn acknowledge(&self, sequence: u16, urgent: bool) {
        let ack = self.alloc.frame_box_for_transfer(Ack { sequence });
        if urgent {
            // The other end may be gone.
            let _ = self.acks.send(ack);
        }
    }

    /// One packet, in a frame of its own.
    fn on_packet(&mut self, packet: &[u8]) -> Result<usize, NetError> {
        let mut reader = Reader { bytes: packet };
        self.alloc.begin_frame();
        let sequence = reader.u16()?; //~ FA603
        let applied = match reader.u8() {
            Ok(1) => {
                let mut applied = std::mem::take(&mut self.entities);
                let outcome = self.deltas(&mut reader).map(|deltas| {
                    for delta in deltas.iter() {
                        applied.insert((delta.entity, delta.field), delta.value);
                    }
                    deltas.len()
                });
                self.entities = applied;
                outcome
            }
            Ok(2) => Ok(0),
            Ok(kind) => return Err(NetError::BadKind(kind)), //~ FA603
            Err(error) => Err(error),
        };
        self.last_sequence = sequence;
        self.acknowledge(sequence, applied.is_ok());
        self.alloc.end_frame();
        applied
    }

    fn say_goodbye(&self) {
        let bye = self.alloc.frame_box_for_transfer(Ack { sequence: u16::MAX }); //~ FA203
        println!("closing after {}: {bye:?}", self.last_sequence);
    }

    /// Everything that came in since the last tick, in the tick's frame.
    fn drain(&mut self, inbox: &Receiver<Vec<u8>>) {
        self.alloc.begin_frame();
        while let Ok(packet) = inbox.recv() {
            let copy = self.alloc.frame_slice_copy(&packet); //~ FA301
            if copy.first() == Some(&0xff) {
                self.dropped += 1;
            }
        }
        self.alloc.end_frame();
    }
}

fn main() {
    let (acks, acked) = mpsc::channel();
    let (out, inbox) = mpsc::channel();
    let alloc = SmartAlloc::with_defaults();
    let mut replicator =
        Replicator { alloc, entities: BTreeMap::new(), acks, last_sequence: 0, dropped: 0 };
    for packet in [&[0u8, 1, 2][..], &[0, 2, 1, 0, 0, 0, 0], &[0, 3, 9]] {
        match replicator.on_packet(packet) {
            Ok(applied) => println!("{applied} applied"),
            Err(error) => println!("{error}"),
        }
        out.send(packet.to_vec()).expect("the inbox is here");
    }
    drop(out);
    replicator.drain(&inbox);
    replicator.say_goodbye();
    for ack in acked.try_iter() {
        println!("acknowledged {}", ack.into_inner().sequence);
    }
    println!("{} dropped", replicator.dropped);
}
