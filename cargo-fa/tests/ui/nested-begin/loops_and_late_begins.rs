// Begins in loops whose frame is still open, in both arms after one, and behind a match that may have ended it.
use framealloc::{AllocConfig, SmartAlloc, frame_format};

#[derive(Clone, Copy)]
enum Pace {
    Slow,
    Fast,
}

struct Loop {
    alloc: &'static SmartAlloc,
    bytes: usize,
}

impl Loop {
    fn eyes(&mut self) {
        self.alloc.begin_frame();
        for eye in 0..2 {
            self.alloc.begin_frame(); //~ FA605
            self.bytes += frame_format!(self.alloc, "eye {eye}").len();
        }
        self.alloc.end_frame();
    }

    fn paced(&mut self, pace: Pace) {
        self.alloc.begin_frame();
        self.bytes += self.alloc.frame_slice::<u8>(8).len();
        match pace {
            Pace::Slow => {
                self.alloc.end_frame();
                println!("slow");
            }
            Pace::Fast => println!("fast"),
        }
        self.alloc.begin_frame(); //~ FA605
        self.bytes += self.alloc.frame_slice::<u8>(8).len();
        self.alloc.end_frame();
    }

    fn paced_well(&mut self, pace: Pace) {
        self.alloc.begin_frame();
        self.bytes += self.alloc.frame_slice::<u8>(8).len();
        match pace {
            Pace::Slow => {
                self.alloc.end_frame();
                self.alloc.begin_frame();
                println!("slow");
            }
            Pace::Fast => println!("fast"),
        }
        self.bytes += self.alloc.frame_slice::<u8>(8).len();
        self.alloc.end_frame();
    }

    fn tried(&mut self, text: &str) -> usize {
        self.alloc.begin_frame();
        let number = text.parse::<usize>().unwrap_or(0);
        if number > 3 {
            self.alloc.begin_frame(); //~ FA605
            self.bytes += number;
        }
        self.alloc.end_frame();
        number
    }
}

fn main() {
    let mut turns = Loop { alloc: SmartAlloc::leaked(AllocConfig::default()), bytes: 0 };
    turns.eyes();
    for pace in [Pace::Slow, Pace::Fast] {
        turns.paced(pace);
        turns.paced_well(pace);
    }
    println!("{} {}", turns.tried("4"), turns.bytes);
}
