//! A mixer of which only half is written.
use framealloc::{FrameBox, SmartAlloc};

trait Source {
    fn fill<'a>(&mut self, alloc: &'a SmartAlloc, size: usize) -> FrameBox<'a, [f32]>;
}

struct Music {
    phase: f32,
}

impl Source for Music {
    fn fill<'a>(&mut self, alloc: &'a SmartAlloc, size: usize) -> FrameBox<'a, [f32]> {
        self.phase += 0.1;
        let _tag = alloc.tag("music");
        alloc.frame_slice_from_fn(size, |index| (index as f32 * self.phase).sin())
    }
}

/// A voice, effects and a stream are to come.
fn mix(alloc: &SmartAlloc, sources: &mut [Box<dyn Source>]) -> f32 {
    let mut out = alloc.with_tag("audio", |a| a.frame_slice::<f32>(128));
    for source in sources {
        let block = source.fill(alloc, out.len());
        out.iter_mut().zip(block.iter()).for_each(|(sum, sample)| *sum += sample);
    }
    out.iter().copied().fold(0.0, f32::max)
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut sources: Vec<Box<dyn Source>> = vec![Box::new(Music { phase: 0.0 })];
    alloc.begin_frame();
    println!("{}", mix(&alloc, &mut sources));
    alloc.end_frame();
}
