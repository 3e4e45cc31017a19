// A simulation and a renderer meet at the end of each frame, in all the ways that do not work, and in those that do.
use framealloc::{FrameBarrier as Meeting, SmartAlloc};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

#[derive(Clone)]
struct Engine {
    alloc: Arc<SmartAlloc>,
    meeting: Arc<Meeting>,
    running: Arc<AtomicBool>,
}

impl Engine {
    fn simulate(&self) {
        while self.running.load(Ordering::Relaxed) {
            self.alloc.begin_frame();
            let contacts = self.alloc.frame_slice::<u32>(16);
            println!("{}", contacts.len());
            drop(contacts);
            self.meeting.signal_frame_complete(); //~ FA202
            self.alloc.end_frame();
            self.meeting.wait_all();
        }
    }

    fn render(&self) {
        while self.running.load(Ordering::Relaxed) {
            self.alloc.begin_frame();
            println!("{}", self.alloc.frame_slice::<u32>(8).len());
            self.alloc.end_frame();
            self.meeting.signal_frame_complete(); //~ FA202
        }
    }

    fn stream(&self, packets: &[&str]) {
        for packet in packets {
            {
                let _frame = self.alloc.frame();
                println!("{}", self.alloc.frame_slice_copy(packet.as_bytes()).len());
            }
            if packet.is_empty() {
                self.meeting.signal_frame_complete();
            }
            self.meeting.wait_all(); //~ FA202
        }
    }

    fn audio(&self) {
        loop {
            {
                let frame = self.alloc.frame();
                println!("{}", frame.alloc_slice_from_fn(64, |i| i).len());
            }
            self.meeting.signal_frame_complete();
            if self.meeting.wait_all_timeout(Duration::from_millis(8)).is_err() {
                break;
            }
        }
    }

    fn network(&self) {
        let mut turns = 0;
        while turns < 3 {
            let frame = self.alloc.frame();
            println!("{}", frame.vec::<u8>().len());
            drop(frame);
            self.finish();
            turns += 1;
        }
    }

    fn finish(&self) {
        self.meeting.signal_frame_complete();
        self.meeting.wait_all();
    }

    fn particles(&self) {
        for turn in 0..3u32 {
            let frame = self.alloc.frame();
            println!("{}", frame.boxed(turn));
            self.meeting.signal_frame_complete(); //~ FA202
            drop(frame);
            self.meeting.wait_all();
        }
    }
}

fn idle() {
    let meeting = Meeting::new(1);
    meeting.wait_all(); //~ FA202
}

fn start(alloc: &Arc<SmartAlloc>) {
    let meeting = Arc::new(Meeting::new(2)); //~ FA202
    let running = Arc::new(AtomicBool::new(false));
    let engine = Engine { alloc: alloc.clone(), meeting, running };
    let (a, b, c) = (engine.clone(), engine.clone(), engine.clone());
    let workers = [
        thread::spawn(move || a.audio()),
        thread::spawn(move || b.network()),
        thread::spawn(move || c.particles()),
    ];
    for worker in workers {
        worker.join().unwrap();
    }
    engine.simulate();
}

fn start_all(engine: &Engine) {
    let meeting = Arc::new(Meeting::new(3));
    thread::scope(|scope| {
        for _ in 0..2 {
            let (alloc, meeting) = (engine.alloc.clone(), meeting.clone());
            scope.spawn(move || {
                alloc.begin_frame();
                println!("{}", alloc.frame_vec::<u8>().len());
                alloc.end_frame();
                meeting.signal_frame_complete();
                meeting.wait_all();
            });
        }
        meeting.signal_frame_complete();
        meeting.wait_all();
    });
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    start(&alloc);
    let meeting = Arc::new(Meeting::new(1));
    let engine = Engine { alloc, meeting, running: Arc::new(AtomicBool::new(false)) };
    start_all(&engine);
    engine.render();
    engine.stream(&[]);
    idle();
}
