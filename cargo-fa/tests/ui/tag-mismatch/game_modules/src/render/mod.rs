use framealloc::{SmartAlloc, frame_format};

pub const TAG: &str = "render";

pub struct Renderer<'m> {
    pub alloc: &'m SmartAlloc,
}

impl Renderer<'_> {
    pub fn draw(&self) -> usize {
        let _tag = self.alloc.tag(TAG);
        let text = self.alloc.with_tag("text", |a| frame_format!(a, "score").len());
        text + self.shadows()
    }

    fn shadows(&self) -> usize {
        self.alloc.with_tag("shadows", |a| a.frame_slice::<u8>(4).len())
    }

    pub fn overlay(&self) -> usize {
        let label = self.alloc.with_tag("ui", |a| a.frame_slice::<u8>(4).len()); //~ FA801
        label + self.alloc.with_tag("renderer", |a| a.frame_slice::<u8>(4).len()) //~ FA801
    }
}
