//! A game that has lost a subsystem or two.
use framealloc::{FrameVec, SmartAlloc};

const RENDER: &str = "render";

struct Game {
    alloc: SmartAlloc,
    bodies: usize,
}

impl Game {
    fn physics(&self) -> usize {
        let _tag = self.alloc.tag("physics");
        let mut pairs: FrameVec<'_, (usize, usize)> = self.alloc.frame_vec();
        pairs.extend((1..self.bodies).map(|body| (body - 1, body)));
        self.alloc.with_tag("contacts", |a| a.frame_slice_copy(&pairs).len())
    }

    fn render(&self) -> usize {
        self.alloc.with_tag(RENDER, |a| a.frame_slice::<u32>(self.bodies).len())
    }

    fn joints(&self) -> usize {
        // A phase of that name, and no tag.
        let _phase = self.alloc.phase("cinematics");
        self.bodies
    }

    fn think(&self) -> usize {
        let work = |a: &SmartAlloc| a.frame_slice::<u8>(4).len();
        self.alloc.with_tag("ai", work)
    }
}

fn main() {
    let game = Game { alloc: SmartAlloc::with_defaults(), bodies: 9 };
    game.alloc.begin_frame();
    println!("{} {} {} {}", game.physics(), game.render(), game.joints(), game.think());
    game.alloc.end_frame();
}
