// Tags in inline modules, in trait methods with a default, in closures passed on; each list entry is used.
use framealloc::{AllocConfig, SmartAlloc, frame_format};

mod sim {
    use framealloc::SmartAlloc;

    pub trait Agent {
        fn weight(&self) -> u32;

        fn think(&self, alloc: &SmartAlloc) -> usize {
            alloc.with_tag("sim/agents", |a| a.frame_slice_from_fn(4, |i| i as u32 * self.weight()).len())
        }

        fn dream(&self, alloc: &SmartAlloc) -> usize {
            alloc.with_tag("sim/agent", |a| a.frame_slice_from_fn(2, |i| i as u32 + self.weight()).len()) //~ FA802
        }
    }

    pub struct Wolf;

    impl Agent for Wolf {
        fn weight(&self) -> u32 {
            40
        }
    }

    pub fn step(alloc: &SmartAlloc, agent: &impl Agent) -> usize {
        let _tag = alloc.tag("sim");
        let order = alloc.frame_slice_from_fn(4, |i| i as u32);
        order.len() + agent.weight() as usize
    }
}

mod draw {
    use super::*;

    fn within<R>(alloc: &SmartAlloc, work: impl FnOnce(&SmartAlloc) -> R) -> R {
        work(alloc)
    }

    pub fn all(alloc: &SmartAlloc, count: usize) -> usize {
        let quads = alloc.with_tag("draw", |a| a.frame_slice_from_fn(count, |i| i as f32));
        let text = within(alloc, |a| a.with_tag("draw/text", |a| frame_format!(a, "{count}").len()));
        let icons = within(alloc, |a| a.with_tag("draw/icons", |a| a.frame_slice::<u8>(4).len())); //~ FA802
        quads.len() + text + icons
    }
}

fn main() {
    use sim::Agent;
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    for count in 1..4 {
        alloc.begin_frame();
        let thought = sim::Wolf.think(alloc) + sim::Wolf.dream(alloc) + sim::step(alloc, &sim::Wolf);
        println!("{thought} {}", draw::all(alloc, count));
        alloc.end_frame();
    }
}
