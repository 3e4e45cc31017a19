// Raw pointers into frame memory in a wrapper that claims `Send`, moved into threads.
use framealloc::{AllocConfig, SmartAlloc, megabytes};
use std::thread;

#[derive(Clone, Copy)]
struct SendPtr<T>(*const T);
// SAFETY: claimed, not true.
unsafe impl<T> Send for SendPtr<T> {}

impl<T> SendPtr<T> {
    fn get(&self) -> *const T {
        self.0
    }
}

struct Simulation {
    alloc: SmartAlloc,
    positions: Vec<[f32; 3]>,
}

impl Simulation {
    fn broad_phase(&self) -> f32 {
        self.alloc.begin_frame();
        let mins = self.alloc.frame_slice_from_fn(self.positions.len(), |i| self.positions[i][0]);
        let data = SendPtr(mins.as_ptr());
        let worker = thread::spawn(move || { //~ FA201
            // SAFETY: none; the frame may end before.
            unsafe { *data.get() }
        });
        let first = worker.join().unwrap();
        drop(mins);
        self.alloc.end_frame();
        first
    }

    fn narrow_phase(&self) -> usize {
        self.alloc.begin_frame();
        let count = self.alloc.frame_box(self.positions.len());
        let pairs = *count / 2;
        let positions = self.positions.clone();
        let worker = thread::spawn(move || positions.iter().take(pairs).count());
        let result = worker.join().unwrap();
        drop(count);
        self.alloc.end_frame();
        result
    }

    fn named(&self) -> usize {
        self.alloc.begin_frame();
        let keys = self.alloc.frame_slice_copy(&[3u64, 1, 2]);
        let address = keys.as_ptr() as usize;
        let worker = thread::Builder::new().name("sorter".into()).spawn(move || { //~ FA201
            // SAFETY: none.
            unsafe { *(address as *const u64) as usize }
        });
        let smallest = worker.map(|worker| worker.join().unwrap()).unwrap_or(0);
        drop(keys);
        self.alloc.end_frame();
        smallest
    }
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(1)));
    let simulation = Simulation { alloc, positions: vec![[1.0, 2.0, 3.0]; 8] };
    println!("{} {} {}", simulation.broad_phase(), simulation.narrow_phase(), simulation.named());
}
