// The frame's driver ends in a method of its own, the retained values are made by systems in another module.
use framealloc::SmartAlloc;

mod systems {
    use framealloc::{FrameRetained, RetentionPolicy, SmartAlloc};

    #[derive(Default)]
    pub struct Replay {
        pub inputs: Vec<u8>,
    }

    pub trait Record {
        fn record<'a>(&self, alloc: &'a SmartAlloc) -> FrameRetained<'a, Replay>;
    }

    pub struct Pad(pub u8);

    impl Record for Pad {
        fn record<'a>(&self, alloc: &'a SmartAlloc) -> FrameRetained<'a, Replay> {
            let mut replay = alloc.frame_retained::<Replay>(RetentionPolicy::PromoteToHeap); //~ FA604
            replay.inputs.push(self.0);
            replay
        }
    }

    pub fn marker(alloc: &SmartAlloc, frame: u64) -> u64 {
        let marker = alloc.frame_retained_value(frame, RetentionPolicy::PromoteToPool); //~ FA604
        *marker
    }
}

struct Driver {
    alloc: SmartAlloc,
    frame: u64,
}

impl Driver {
    fn start(&mut self) {
        self.frame += 1;
        self.alloc.begin_frame();
    }

    fn finish(&mut self) {
        self.alloc.end_frame();
    }
}

fn main() {
    use systems::Record;
    let mut driver = Driver { alloc: SmartAlloc::with_defaults(), frame: 0 };
    for _ in 0..5 {
        driver.start();
        let replay = systems::Pad(3).record(&driver.alloc);
        let frame = systems::marker(&driver.alloc, driver.frame);
        println!("{} {}", replay.inputs.len(), frame);
        drop(replay);
        driver.finish();
    }
}
