// Queues emptied with `while let`, an allocator passed along as a generic reference and a helper's loop.
use framealloc::{FrameString, SmartAlloc as Arena};
use std::collections::VecDeque;

enum Event {
    Spawn(u32),
    Kill(u32),
    Chat(String),
}

struct Session<'s> {
    arena: &'s Arena,
    events: VecDeque<Event>,
    alive: Vec<u32>,
    log: Vec<u8>,
}

impl Session<'_> {
    fn drain(&mut self) {
        while let Some(event) = self.events.pop_front() {
            let mut line = self.arena.frame_string(); //~ FA602
            match event {
                Event::Spawn(id) => {
                    self.alive.push(id);
                    line.push_str("spawned");
                }
                Event::Kill(id) => self.alive.retain(|other| *other != id),
                Event::Chat(text) => line.push_str(&text),
            }
            self.log.extend_from_slice(line.as_bytes());
        }
    }

    fn announce(&mut self) {
        for id in &self.alive {
            let seen = visibility(self.arena, *id);
            self.log.push(seen);
        }
    }
}

fn visibility(arena: &Arena, id: u32) -> u8 {
    let mut best = 0;
    for sector in 0..id.min(100) {
        let bits = arena.pool_box([sector as u8; 32]); //~ FA602
        best = best.max(bits[(id % 32) as usize]);
    }
    best
}

fn joined<'a>(arena: &'a Arena, log: &[u8]) -> FrameString<'a> {
    let mut text = arena.frame_string();
    for byte in log {
        text.push(char::from(*byte));
    }
    text
}

fn main() {
    let arena = Arena::with_defaults();
    let events = VecDeque::from([Event::Spawn(40), Event::Chat("hi".into()), Event::Kill(3)]);
    let mut session = Session { arena: &arena, events, alive: vec![3], log: Vec::new() };
    for _ in 0..3 {
        let _frame = arena.frame();
        session.drain();
        session.announce();
        println!("{}", joined(&arena, &session.log));
    }
}
