// Islands for solver threads: one batch is counted and lost, one is split over two threads, one kept for later.
use framealloc::{SmartAlloc as Memory, TransferHandle as Parcel};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::thread;

type Island = [[f32; 2]; 16];

struct Solver {
    memory: Rc<Memory>,
    later: BTreeMap<u32, Parcel<Island>>,
    lost: usize,
}

impl Solver {
    fn island(&self, seed: f32) -> Parcel<Island> {
        self.memory.frame_box_for_transfer([[seed; 2]; 16])
    }

    fn both(&self) -> f32 {
        let (left, right) = (self.island(1.0), self.island(2.0));
        let a = thread::spawn(move || left.receive()[0][0]);
        let b = thread::spawn(move || right.receive()[15][1]);
        a.join().unwrap_or(0.0) + b.join().unwrap_or(0.0)
    }

    fn sleeping(&mut self, ids: &[u32]) {
        for id in ids {
            let parcel = self.memory.frame_box_for_transfer([[*id as f32; 2]; 16]); //~ FA203
            self.lost += size_of_val(&parcel);
        }
    }

    fn keep(&mut self, id: u32) {
        let parcel = self.island(id as f32);
        self.later.entry(id).or_insert(parcel);
    }

    fn reserve(&mut self) -> bool {
        match self.memory.try_frame_box_for_transfer([[0.0f32; 2]; 16]) { //~ FA203
            Ok(parcel) => {
                self.lost += size_of_val(&parcel);
                true
            }
            Err(error) => {
                println!("{error}");
                false
            }
        }
    }
}

fn main() {
    let mut solver = Solver { memory: Rc::new(Memory::with_defaults()), later: BTreeMap::new(), lost: 0 };
    solver.sleeping(&[1, 2]);
    solver.keep(4);
    println!("{} {} {}", solver.both(), solver.reserve(), solver.lost);
    println!("{}", solver.later.into_values().map(|parcel| parcel.into_inner()[0][0]).sum::<f32>());
}
