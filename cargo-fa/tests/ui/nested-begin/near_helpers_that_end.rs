// The frame was ended by a helper, a closure or a paired method before the next begin.
use framealloc::SmartAlloc;

struct Clock {
    alloc: SmartAlloc,
    frames: u64,
}

impl Clock {
    fn advance(&mut self) {
        self.alloc.end_frame();
        self.frames += 1;
    }

    fn two(&mut self) -> u64 {
        self.alloc.begin_frame();
        let a = *self.alloc.frame_box(self.frames);
        self.advance();
        self.alloc.begin_frame();
        let b = *self.alloc.frame_box(self.frames);
        self.advance();
        a + b
    }

    fn promoted(&mut self) -> usize {
        self.alloc.begin_frame();
        let first = self.alloc.end_frame_with_promotions().len();
        self.alloc.begin_frame();
        let second = self.alloc.end_frame_with_promotions().len();
        first + second
    }
}

fn either(alloc: &SmartAlloc, fast: bool) -> usize {
    alloc.begin_frame();
    let bytes = alloc.frame_slice::<u8>(8).len();
    if fast {
        alloc.end_frame();
        return bytes;
    }
    alloc.end_frame();
    alloc.begin_frame();
    let more = alloc.frame_slice::<u8>(16).len();
    alloc.end_frame();
    bytes + more
}

fn closures(alloc: &SmartAlloc) -> usize {
    let run = |bytes: usize| {
        alloc.begin_frame();
        let len = alloc.frame_slice::<u8>(bytes).len();
        alloc.end_frame();
        len
    };
    let first = run(4);
    alloc.begin_frame();
    let own = alloc.frame_slice::<u8>(2).len();
    alloc.end_frame();
    first + own + run(8)
}

fn main() {
    let mut clock = Clock { alloc: SmartAlloc::with_defaults(), frames: 0 };
    println!("{} {}", clock.two(), clock.promoted());
    println!("{} {}", either(&clock.alloc, true), closures(&clock.alloc));
}
