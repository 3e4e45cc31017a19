// The order that is asked for, in many spellings; a barrier of std; a logger that takes no part.
use framealloc::{FrameBarrier, SmartAlloc};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

struct Crew {
    alloc: SmartAlloc,
    barrier: Arc<FrameBarrier>,
}

impl Crew {
    fn turn(&self, number: u32) -> u32 {
        let sum = {
            let _frame = self.alloc.frame();
            *self.alloc.frame_box(number * 2)
        };
        self.barrier.signal_frame_complete();
        self.barrier.wait_all();
        sum
    }

    fn patient(&self, frames: u32) -> u32 {
        let mut late = 0;
        for number in 0..frames {
            let frame = self.alloc.frame();
            late += *frame.alloc(number);
            drop(frame);
            self.barrier.signal_frame_complete();
            if self.barrier.wait_all_timeout(Duration::from_millis(20)).is_err() {
                late += 1;
                self.barrier.wait_all();
            }
        }
        late
    }

    fn once(&self) {
        self.alloc.begin_frame();
        let value = *self.alloc.frame_box(3);
        self.alloc.end_frame();
        self.barrier.signal_frame_complete();
        println!("{value}");
        self.barrier.wait_all();
    }
}

fn std_barrier(count: usize) {
    let barrier = Barrier::new(count);
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| barrier.wait());
        }
    });
}

fn main() {
    let barrier = Arc::new(FrameBarrier::new(2));
    let alloc = SmartAlloc::with_defaults();
    let (log, lines) = channel::<String>();
    let logger = thread::spawn(move || lines.iter().map(|line| line.len()).sum::<usize>());
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let crew = Crew { alloc: alloc.clone(), barrier: barrier.clone() };
            thread::spawn(move || {
                crew.once();
                (0..4).map(|number| crew.turn(number)).sum::<u32>() + crew.patient(4)
            })
        })
        .collect();
    for worker in workers {
        let _ = log.send(format!("{:?}", worker.join().ok()));
    }
    drop(log);
    std_barrier(3);
    println!("{:?}", logger.join().ok());
}
