// Packets from a socket: one field was checked, the other was not.
use framealloc::{FrameVec, SmartAlloc};
use std::io;
use std::net::UdpSocket;

const MAX_ENTITIES: u32 = 1024;

#[derive(Clone, Copy)]
struct Snapshot {
    tick: u32,
    entities: u32,
    events: u32,
}

fn parse(raw: &[u8]) -> Option<Snapshot> {
    let word = |at: usize| Some(u32::from_le_bytes(raw.get(at..at + 4)?.try_into().ok()?));
    Some(Snapshot { tick: word(0)?, entities: word(4)?, events: word(8)? })
}

struct Client {
    memory: SmartAlloc,
    socket: UdpSocket,
    ticks: u32,
}

impl Client {
    fn receive(&mut self) -> io::Result<usize> {
        let mut raw = [0u8; 1200];
        let read = self.socket.recv(&mut raw)?;
        let Some(snapshot) = parse(&raw[..read]) else { return Ok(0) };
        if snapshot.entities > MAX_ENTITIES {
            return Ok(0);
        }
        self.ticks = self.ticks.max(snapshot.tick);
        let entities = self.memory.frame_vec_with_capacity::<u32>(snapshot.entities as usize);
        let events = self.memory.frame_vec_with_capacity::<u8>(snapshot.events as usize); //~ FA303
        let copy = self.memory.frame_slice_copy(&raw[..read]);
        Ok(entities.capacity() + events.capacity() + copy.len())
    }
}

fn levels<'a>(memory: &'a SmartAlloc, text: &str) -> Vec<FrameVec<'a, u8>> {
    let mut levels = Vec::new();
    for line in text.lines() {
        let rows = match line.strip_prefix("rows ") {
            Some(number) => number.parse::<usize>().unwrap_or_default(),
            None => line.len(),
        };
        levels.push(memory.frame_vec_with_capacity(rows)); //~ FA303
    }
    levels
}

fn saturating(memory: &SmartAlloc, text: &str) -> usize {
    let wanted = text.parse::<usize>().unwrap_or(usize::MAX);
    if wanted > 64 {
        return 0;
    }
    memory.frame_slice::<u8>(wanted).len()
}

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_nonblocking(true)?;
    let mut client = Client { memory: SmartAlloc::with_defaults(), socket, ticks: 0 };
    println!("{} {}", levels(&client.memory, "rows 9\n..").len(), saturating(&client.memory, "3"));
    println!("{:?} {}", client.receive().ok(), client.ticks);
    Ok(())
}
