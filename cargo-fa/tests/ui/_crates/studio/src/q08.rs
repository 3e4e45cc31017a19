//! A sprite batcher that remembers more than it may.

use framealloc::{FrameVec, SmartAlloc};

#[derive(Clone, Copy)]
pub struct Quad {
    x: f32,
    w: f32,
}

pub struct Sprite {
    at: f32,
    width: f32,
    visible: bool,
}

impl Sprite {
    fn quad(&self) -> Quad {
        Quad { x: self.at, w: self.width }
    }
}

pub struct Renderer {
    alloc: &'static SmartAlloc,
    last: Option<FrameVec<'static, Quad>>,
    first: Option<*const Quad>,
    widest: Option<Quad>,
    drawn: usize,
}

impl Renderer {
    fn batch(&self, sprites: &[Sprite]) -> (FrameVec<'static, Quad>, usize) {
        let mut quads = self.alloc.frame_vec_with_capacity(sprites.len());
        quads.extend(sprites.iter().filter(|sprite| sprite.visible).map(Sprite::quad));
        let hidden = sprites.len() - quads.len();
        (quads, hidden)
    }

    pub fn draw(&mut self, sprites: &[Sprite]) {
        self.alloc.begin_frame();
        let (quads, hidden) = self.batch(sprites);
        self.drawn += quads.len();
        if hidden == 0 {
            self.last = Some(quads); //~ FA601
        }
        self.alloc.end_frame();
    }

    pub fn draw_and_measure(&mut self, sprites: &[Sprite]) -> f32 {
        self.alloc.begin_frame();
        let (quads, _) = self.batch(sprites);
        let widest = quads.iter().max_by(|one, other| one.w.total_cmp(&other.w));
        self.alloc.end_frame();
        widest.map_or(0.0, |quad| quad.w) //~ FA601
    }

    pub fn remember(&mut self, sprites: &[Sprite]) {
        self.alloc.begin_frame();
        let quads = self.batch(sprites).0;
        let start = quads.as_ptr();
        self.first = (!quads.is_empty()).then_some(start); //~ FA601
        self.alloc.end_frame();
    }

    /// A copy of one quad may stay.
    pub fn keep_copy(&mut self, sprites: &[Sprite]) {
        self.alloc.begin_frame();
        let (quads, _) = self.batch(sprites);
        self.widest = quads.iter().max_by(|one, other| one.w.total_cmp(&other.w)).copied();
        self.alloc.end_frame();
    }
}
