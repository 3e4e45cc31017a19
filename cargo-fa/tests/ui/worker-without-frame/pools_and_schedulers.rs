// Threads of an engine: a mixer, a loader, a scheduler with jobs behind a trait, scopes and builders.
use framealloc::{AllocConfig, SmartAlloc};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;

static GLOBAL: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

trait Job: Send {
    fn run(&mut self, alloc: &SmartAlloc) -> usize;
}

struct Skinning {
    bones: Vec<f32>,
}

impl Job for Skinning {
    fn run(&mut self, alloc: &SmartAlloc) -> usize {
        let palette = alloc.frame_slice_copy(&self.bones); //~ FA204
        palette.len()
    }
}

struct Culling(u32);

impl Job for Culling {
    fn run(&mut self, alloc: &SmartAlloc) -> usize {
        let _frame = alloc.frame();
        alloc.frame_slice::<u32>(self.0 as usize).len()
    }
}

fn run_one<J: Job + 'static>(alloc: &Arc<SmartAlloc>, mut job: J) -> thread::JoinHandle<usize> {
    let alloc = Arc::clone(alloc);
    thread::spawn(move || job.run(&alloc))
}

struct Audio {
    alloc: Arc<SmartAlloc>,
    running: Arc<AtomicBool>,
}

impl Audio {
    fn start(self) -> std::io::Result<thread::JoinHandle<()>> {
        thread::Builder::new().name("audio".into()).spawn(move || self.run())
    }

    fn run(&self) {
        while self.running.load(Ordering::Acquire) {
            self.mix(64);
        }
    }

    fn mix(&self, samples: usize) {
        let mut block = self.alloc.frame_slice::<f32>(samples.min(256)); //~ FA204 FA301
        block.fill(0.0);
    }
}

struct Decoder {
    alloc: SmartAlloc,
}

impl Decoder {
    fn start(alloc: &SmartAlloc) -> thread::JoinHandle<usize> {
        let decoder = Self { alloc: alloc.clone() };
        thread::spawn(move || decoder.decode_all(&[1, 2, 3]))
    }

    fn decode_all(&self, bytes: &[u8]) -> usize {
        self.alloc.begin_frame();
        let decoded = self.alloc.frame_slice_copy(bytes).len();
        self.alloc.end_frame();
        decoded
    }
}

fn scoped(alloc: &SmartAlloc, rows: &[u32]) -> usize {
    thread::scope(|scope| {
        let left = scope.spawn(|| alloc.frame_slice_copy(&rows[..1]).len()); //~ FA204
        let right = scope.spawn(|| {
            let frame = alloc.frame();
            frame.alloc_slice_copy(&rows[1..]).len()
        });
        left.join().unwrap() + right.join().unwrap()
    })
}

fn through_static() {
    thread::spawn(|| {
        let names = GLOBAL.frame_vec_with_capacity::<u32>(8); //~ FA204
        println!("{}", names.capacity());
    });
    thread::spawn(|| {
        let kept = GLOBAL.pool_box(7u32);
        println!("{kept}");
    });
}

fn named(alloc: SmartAlloc) {
    fn body(alloc: &SmartAlloc) -> usize {
        alloc.with_tag("loader", |a| a.frame_string().len()) //~ FA204
    }
    let worker = move || body(&alloc);
    let handle = thread::spawn(worker);
    println!("{:?}", handle.join().ok());
}

fn worker_main(alloc: Arc<SmartAlloc>) {
    let mut turns = 3;
    while turns > 0 {
        if let Ok(block) = alloc.try_frame_slice::<u8>(16) { //~ FA204
            println!("{}", block.len());
        }
        turns -= 1;
    }
}

fn many(alloc: &Arc<SmartAlloc>) {
    let handles: Vec<_> = (0..2)
        .map(|index| {
            let alloc = alloc.clone();
            thread::spawn(move || {
                let seeds = alloc.frame_slice_from_fn(4, |i| i + index); //~ FA204
                seeds.iter().sum::<usize>()
            })
        })
        .collect();
    for handle in handles {
        handle.join().ok();
    }
}

fn begins_late(alloc: &Arc<SmartAlloc>) {
    let alloc = alloc.clone();
    thread::spawn(move || {
        let warm = alloc.pool_box([0u8; 64]);
        for _ in 0..2 {
            alloc.begin_frame();
            println!("{}", alloc.frame_slice_copy(&warm[..]).len());
            alloc.end_frame();
        }
    });
}

fn main() {
    let alloc = Arc::new(SmartAlloc::new(AllocConfig::default()));
    let skinned = run_one(&alloc, Skinning { bones: vec![1.0] });
    let culled = run_one(&alloc, Culling(8));
    let audio = Audio { alloc: alloc.clone(), running: Arc::new(AtomicBool::new(false)) };
    println!("{}", audio.start().is_ok());
    println!("{:?} {:?}", skinned.join().ok(), culled.join().ok());
    println!("{:?} {}", Decoder::start(&alloc).join().ok(), scoped(&alloc, &[1, 2]));
    through_static();
    named((*alloc).clone());
    let twin = Arc::clone(&alloc);
    thread::spawn(|| worker_main(twin));
    many(&alloc);
    begins_late(&alloc);
}
