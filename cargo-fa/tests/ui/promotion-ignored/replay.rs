//! A recorder of replays: each frame's end is handled in a way of its own.
use framealloc::{RetentionPolicy, SmartAlloc};

#[derive(Default, Debug, Clone)]
struct Input {
    frame: u64,
    buttons: u32,
}

trait EndOfFrame {
    fn end(&mut self, alloc: &SmartAlloc);
}

struct Counting(usize);
struct Ignoring;
struct Collecting(Vec<u64>);

impl EndOfFrame for Counting {
    fn end(&mut self, alloc: &SmartAlloc) {
        self.0 += alloc.end_frame_with_promotions().into_iter().filter(|promotion| promotion.is::<Input>()).count();
    }
}

impl EndOfFrame for Ignoring {
    fn end(&mut self, alloc: &SmartAlloc) {
        let _ = alloc.end_frame_with_promotions(); //~ FA604
    }
}

impl EndOfFrame for Collecting {
    fn end(&mut self, alloc: &SmartAlloc) {
        alloc.end_frame();
        for promotion in alloc.take_promotions() {
            if let Ok(input) = promotion.downcast::<Input>() {
                self.0.push(input.frame);
            }
        }
    }
}

fn record(alloc: &SmartAlloc, end: &mut dyn EndOfFrame, frame: u64) -> u32 {
    alloc.begin_frame();
    let mut input = alloc.frame_retained::<Input>(RetentionPolicy::PromoteToPool);
    input.frame = frame;
    input.buttons = frame as u32 & 3;
    let buttons = input.buttons;
    drop(input);
    end.end(alloc);
    buttons
}

fn abort(alloc: &SmartAlloc, why: &str) {
    if why.len() > 3 {
        alloc.begin_frame();
        println!("aborted: {}", alloc.frame_str(why).len());
        alloc.end_frame_with_promotions(); //~ FA604
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let (mut counting, mut collecting) = (Counting(0), Collecting(Vec::new()));
    let mut pressed = 0;
    for frame in 0..30 {
        pressed += record(&alloc, &mut counting, frame);
        pressed += record(&alloc, &mut Ignoring, frame);
        pressed += record(&alloc, &mut collecting, frame);
    }
    abort(&alloc, "the disk is full");
    println!("{pressed} {} {}", counting.0, collecting.0.len());
}
