// Under a tag, with `try_` twins, on an allocator that the thread itself makes.
use framealloc::{AllocConfig, SmartAlloc};
use std::thread;

struct Voice {
    gain: f32,
}

fn mixer(voices: &'static [Voice], alloc: &'static SmartAlloc) -> thread::JoinHandle<f32> {
    thread::spawn(move || {
        alloc.with_tag("audio", |a| {
            let Ok(bus) = a.try_frame_slice::<f32>(256) else { return 0.0 }; //~ FA204
            bus[0] + voices.iter().map(|voice| voice.gain).sum::<f32>()
        })
    })
}

fn own() -> thread::JoinHandle<usize> {
    thread::spawn(|| {
        let local = SmartAlloc::with_defaults();
        let mut map = local.frame_map::<u32, &str>(); //~ FA204
        map.insert(1, "one");
        map.len()
    })
}

fn own_with_frames() -> thread::JoinHandle<usize> {
    thread::spawn(|| {
        let local = SmartAlloc::with_defaults();
        let mut sizes = 0;
        for number in 0..10u32 {
            local.begin_frame();
            let mut map = local.frame_map::<u32, u32>();
            map.insert(number, 1);
            sizes += map.len();
            drop(map);
            local.end_frame();
        }
        sizes
    })
}

fn pool_only(alloc: &'static SmartAlloc) -> thread::JoinHandle<f32> {
    thread::spawn(move || {
        let voice = alloc.pool_box(Voice { gain: 0.5 });
        let table = alloc.heap_slice::<f32>(64);
        let scratch = alloc.create_scratch_allocator(4096);
        let sum = scratch.with_scope(|s| s.alloc_slice_copy(&table).iter().sum::<f32>());
        sum + voice.gain
    })
}

fn main() {
    static VOICES: [Voice; 2] = [Voice { gain: 0.2 }, Voice { gain: 0.4 }];
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    println!("{:?} {:?}", mixer(&VOICES, alloc).join().ok(), pool_only(alloc).join().ok());
    println!("{:?} {:?}", own().join().ok(), own_with_frames().join().ok());
}
