// The phases of an update loop, with a retry that forgets to end and a reverse imbalance in a branch.
use framealloc::{AllocConfig, SmartAlloc};

struct Update {
    alloc: &'static SmartAlloc,
    retries: u32,
}

impl Update {
    fn simulate(&mut self, steps: u32) -> u32 {
        let mut done = 0;
        while done < steps {
            self.alloc.begin_phase("simulate");
            done += 1;
            if done % 3 == 0 {
                self.retries += 1;
                continue; //~ FA805
            }
            self.alloc.end_phase();
        }
        done
    }

    fn present(&self, ready: bool) -> bool {
        let shown = ready && self.retries < 10;
        if shown {
            self.alloc.end_phase(); //~ FA805
        }
        shown
    }

    fn collect(&self, values: &[u32]) -> u32 {
        let phase = self.alloc.phase("collect");
        let sum = self.alloc.frame_slice_copy(values).iter().sum();
        drop(phase);
        self.alloc.begin_phase("log");
        println!("{sum}");
        self.alloc.end_phase();
        sum
    }
}

fn main() {
    let mut update = Update { alloc: SmartAlloc::leaked(AllocConfig::default()), retries: 0 };
    for _ in 0..2 {
        let _frame = update.alloc.frame();
        println!("{} {} {}", update.simulate(4), update.collect(&[1, 2]), update.present(true));
    }
}
