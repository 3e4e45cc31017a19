// Methods of engine types in mapped modules: nested tags, guards, pools, an allocator in a field.
use framealloc::{AllocConfig, SmartAlloc};
use std::sync::Arc;

mod ai;
mod net;

fn main() {
    let memory = Arc::new(SmartAlloc::new(AllocConfig::default()));
    let mut brain = ai::Brain::new(Arc::clone(&memory));
    let mut link = net::Link { memory: &memory, bytes: 0 };
    for turn in 0..3 {
        memory.begin_frame();
        brain.think(turn);
        brain.remember(turn);
        link.send(turn);
        link.receive(turn);
        memory.end_frame();
    }
    println!("{} {}", brain.thoughts, link.bytes);
}
