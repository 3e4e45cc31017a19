//! Lockstep networking: peers are simulated by threads that meet each turn.
use framealloc::{FrameBarrier as Meeting, SmartAlloc};
use std::sync::Arc;
use std::thread;

const TURNS: u32 = 50;

struct Peer {
    id: u32,
    alloc: SmartAlloc,
    meeting: Arc<Meeting>,
}

enum Order {
    Move(u32),
    Skip,
    Leave,
}

impl Peer {
    fn order(&self, turn: u32) -> Order {
        match (turn + self.id) % 7 {
            0 => Order::Skip,
            _ if turn > 40 => Order::Leave,
            other => Order::Move(other),
        }
    }

    fn turns(&self) {
        for turn in 0..TURNS {
            let order = self.order(turn);
            if let Order::Leave = order {
                break;
            }
            self.alloc.begin_frame();
            let sum = match order {
                Order::Move(by) => *self.alloc.frame_box(by + turn),
                Order::Skip | Order::Leave => 0,
            };
            println!("{} {sum}", self.id);
            self.alloc.end_frame();
            self.meeting.signal_frame_complete();
            self.meeting.wait_all();
        }
    }

    fn hasty_turns(&self) {
        let meeting = &self.meeting;
        for turn in 0..TURNS {
            self.alloc.begin_frame();
            let state = self.alloc.frame_box(turn);
            meeting.signal_frame_complete(); //~ FA202
            println!("{state}");
            drop(state);
            self.alloc.end_frame();
            meeting.wait_all();
        }
    }

    fn observe(self) {
        thread::spawn(move || {
            for turn in 0..TURNS {
                println!("{} sees {turn}", self.id);
                self.meeting.wait_all(); //~ FA202
            }
        });
    }

    fn once(&self) {
        self.meeting.signal_frame_complete();
        self.meeting.wait_all();
    }
}

fn start(alloc: &SmartAlloc) {
    let meeting = Arc::new(Meeting::new(2)); //~ FA202
    for id in 0..3 {
        let peer = Peer { id, alloc: alloc.clone(), meeting: meeting.clone() };
        thread::spawn(move || peer.turns());
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    start(&alloc);
    let meeting = Arc::new(Meeting::new(1));
    let peer = Peer { id: 9, alloc: alloc.clone(), meeting: meeting.clone() };
    peer.once();
    peer.hasty_turns();
    peer.observe();
}
