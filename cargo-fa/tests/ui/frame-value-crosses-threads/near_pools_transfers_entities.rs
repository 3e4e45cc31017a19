// Pool boxes and transfers cross threads; a `spawn` of entities and a `send` of an own type are no threads.
use framealloc::{AllocConfig, PoolBox, Promoted, RetentionPolicy, SmartAlloc};
use std::sync::mpsc::channel;
use std::thread;

#[derive(Default)]
struct World {
    names: Vec<String>,
    positions: Vec<[f32; 2]>,
}

impl World {
    fn spawn(&mut self, name: &str, position: [f32; 2]) -> usize {
        self.names.push(name.to_owned());
        self.positions.push(position);
        self.names.len()
    }
}

struct Bus {
    sent: usize,
}

impl Bus {
    fn send(&mut self, bytes: &[u8]) {
        self.sent += bytes.len();
    }
}

fn spawn_wave(alloc: &SmartAlloc, world: &mut World, bus: &mut Bus, wave: u32) {
    let _frame = alloc.frame();
    let name = framealloc::frame_format!(alloc, "orc of wave {wave}");
    let at = alloc.frame_box([wave as f32, 0.0]);
    world.spawn(&name, *at);
    bus.send(name.as_bytes());
    let packet = alloc.frame_slice_copy(name.as_bytes());
    bus.send(&packet);
}

fn background(alloc: &'static SmartAlloc) -> usize {
    let (send, receive) = channel::<PoolBox<[u8; 64]>>();
    let handle = alloc.frame_box_for_transfer([1u8; 32]);
    let cached = alloc.frame_retained_value([2u8; 16], RetentionPolicy::PromoteToPool).into_promoted();
    let worker = thread::spawn(move || {
        let first = handle.receive();
        let kept = if let Promoted::Pool(kept) = cached { kept[0] } else { 0 };
        let frame = alloc.frame();
        let sorted = frame.alloc_slice_copy(&*first);
        sorted.sort_unstable();
        receive.recv().map_or(0, |block| block.len()) + sorted.len() + usize::from(kept)
    });
    send.send(alloc.pool_box([0; 64])).unwrap();
    worker.join().unwrap()
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let (mut world, mut bus) = (World::default(), Bus { sent: 0 });
    for wave in 0..3 {
        spawn_wave(alloc, &mut world, &mut bus, wave);
    }
    println!("{} {}", bus.sent, background(alloc));
    println!("{}", alloc.take_promotions().len());
}
