// A known list names the sub-tags that are used: one is missing, one is written the other way round.
use framealloc::{FrameVec, PoolBox, SmartAlloc};
use std::sync::Arc;

struct Session {
    memory: Arc<SmartAlloc>,
    kept: Vec<PoolBox<[u8; 16]>>,
}

fn parse<'a>(memory: &'a SmartAlloc, packet: &[u8]) -> FrameVec<'a, u8> {
    memory.with_tag("net/in", |m| {
        let mut bytes = m.frame_vec_with_capacity(packet.len());
        bytes.extend_from_slice(packet);
        bytes
    })
}

impl Session {
    fn receive(&mut self, packet: &[u8]) -> usize {
        let bytes = parse(&self.memory, packet);
        let kept = self.memory.with_tag("net", |m| m.pool_box([bytes.len() as u8; 16]));
        self.kept.push(kept);
        bytes.len()
    }

    fn send(&mut self, packet: &[u8]) -> usize {
        self.memory.with_tag("net/out", |m| m.frame_slice_copy(packet).len()) //~ FA802
    }

    fn plan(&self, turns: u8) -> usize {
        let memory = &self.memory;
        let goals = memory.with_tag("ai", |m| m.frame_slice_from_fn(4, |i| i as u8 + turns));
        let routes = memory.with_tag("ai/net", |m| m.frame_slice_copy(&goals)); //~ FA802
        goals.len() + routes.len()
    }
}

fn main() {
    let mut session = Session { memory: Arc::new(SmartAlloc::with_defaults()), kept: Vec::new() };
    let memory = Arc::clone(&session.memory);
    memory.begin_frame();
    println!("{} {} {}", session.receive(&[1, 2]), session.send(&[3]), session.plan(2));
    memory.end_frame();
}
