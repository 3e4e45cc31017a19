//! Baking of light probes, in the foreground and on helper threads.

use std::thread;

use framealloc::{FrameBox, SmartAlloc};

#[derive(Clone, Copy)]
pub struct Probe {
    pub position: [f32; 3],
    pub weight: f32,
}

struct Shipped(*const Probe, usize);

unsafe impl Send for Shipped {}

impl Shipped {
    fn of(probes: &FrameBox<'_, [Probe]>) -> Self {
        Self(probes.as_ptr(), probes.len())
    }

    fn sum(&self) -> f32 {
        (0..self.1).map(|i| unsafe { (*self.0.add(i)).weight }).sum()
    }
}

pub struct Baker<'e> {
    alloc: &'e SmartAlloc,
    last: f32,
}

impl<'e> Baker<'e> {
    pub fn new(alloc: &'e SmartAlloc) -> Self {
        Self { alloc, last: 0.0 }
    }

    fn visible(&self, all: &[Probe]) -> FrameBox<'e, [Probe]> {
        self.alloc.frame_slice_copy(all)
    }

    pub fn bake_in_background(&mut self, all: &[Probe]) {
        self.alloc.begin_frame();
        let probes = self.visible(all);
        let view: &'static [Probe] = unsafe { std::slice::from_raw_parts(probes.as_ptr(), probes.len()) };
        let worker = thread::spawn(move || view.iter().map(|p| p.weight).sum::<f32>()); //~ FA201
        self.last = worker.join().unwrap_or(0.0);
        self.alloc.end_frame();
    }

    pub fn bake_named(&mut self, name: String, all: &[Probe]) -> std::io::Result<f32> {
        let _frame = self.alloc.frame();
        let probes = self.visible(all);
        let shipped = Shipped::of(&probes);
        let builder = thread::Builder::new().name(name);
        let worker = builder.spawn(move || shipped.sum())?; //~ FA201
        Ok(worker.join().unwrap_or(0.0))
    }

    /// Scoped threads only read; nothing leaves the frame.
    pub fn bake_scoped(&self, all: &[Probe]) -> f32 {
        let _frame = self.alloc.frame();
        let probes = self.visible(all);
        let (front, back) = probes.split_at(probes.len() / 2);
        thread::scope(|s| {
            let front = s.spawn(|| front.iter().map(|p| p.weight).sum::<f32>());
            let back = s.spawn(|| back.iter().map(|p| p.weight).sum::<f32>());
            front.join().unwrap_or(0.0) + back.join().unwrap_or(0.0)
        })
    }
}
