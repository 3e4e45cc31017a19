// Sent, stored, captured, leaked on purpose, passed to an owner: none dies where it was made.
use framealloc::{HeapBox, PoolBox, SmartAlloc};
use std::collections::HashMap;
use std::sync::mpsc::{Sender, channel};

struct Sound {
    samples: [i16; 32],
}

struct Mixer {
    queued: HashMap<u32, PoolBox<Sound>>,
    current: Option<HeapBox<Sound>>,
}

impl Mixer {
    fn queue(&mut self, id: u32, sound: PoolBox<Sound>) {
        self.queued.insert(id, sound);
    }
}

fn audio_frame(alloc: &SmartAlloc, mixer: &mut Mixer, out: &Sender<PoolBox<Sound>>, id: u32) {
    alloc.begin_frame();
    let played = alloc.pool_box(Sound { samples: [id as i16; 32] });
    out.send(played).unwrap();
    let queued = alloc.pool_box(Sound { samples: [0; 32] });
    mixer.queue(id, queued);
    mixer.current = Some(alloc.heap_box(Sound { samples: [1; 32] }));
    let captured = alloc.pool_box([id; 4]);
    let worker = std::thread::spawn(move || captured[0]);
    alloc.end_frame();
    println!("{}", worker.join().unwrap());
}

fn swap(alloc: &SmartAlloc, slot: &mut PoolBox<Sound>) -> i16 {
    let _frame = alloc.frame();
    let fresh = alloc.pool_box(Sound { samples: [5; 32] });
    let old = std::mem::replace(slot, fresh);
    old.samples[0]
}

fn outside(alloc: &SmartAlloc) -> i16 {
    let sound = alloc.pool_box(Sound { samples: [2; 32] });
    alloc.begin_frame();
    let copy = alloc.frame_slice_copy(&sound.samples);
    let first = copy[0];
    drop(copy);
    alloc.end_frame();
    first
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut mixer = Mixer { queued: HashMap::new(), current: None };
    let (send, receive) = channel();
    let mut slot = alloc.pool_box(Sound { samples: [9; 32] });
    for id in 0..3 {
        audio_frame(&alloc, &mut mixer, &send, id);
    }
    println!("{} {}", swap(&alloc, &mut slot), outside(&alloc));
    println!("{}", receive.try_iter().count());
}
