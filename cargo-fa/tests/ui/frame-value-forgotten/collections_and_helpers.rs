// `Vec::leak` of a frame vector, a value forgotten after it came from a helper, `Box::leak` around one.
use framealloc::{FrameBox, FrameMap, FrameVec, SmartAlloc};

#[derive(Clone, Copy)]
struct Glyph {
    code: u32,
    x: f32,
}

struct Text<'a> {
    alloc: &'a SmartAlloc,
    glyphs: usize,
}

impl<'a> Text<'a> {
    fn shape(&mut self, text: &str) -> FrameVec<'a, Glyph> {
        let mut glyphs = self.alloc.frame_vec_with_capacity(text.len());
        for (index, code) in text.chars().enumerate() {
            glyphs.push(Glyph { code: code as u32, x: index as f32 * 8.0 });
        }
        self.glyphs += glyphs.len();
        glyphs
    }

    fn draw(&mut self, text: &str) -> f32 {
        let glyphs = self.shape(text);
        let run: &mut [Glyph] = FrameVec::leak(glyphs); //~ FA607
        run.iter().map(|glyph| glyph.x + glyph.code as f32).sum()
    }

    fn measure(&mut self, text: &str) -> f32 {
        let glyphs = self.shape(text);
        glyphs.last().map_or(0.0, |glyph| glyph.x)
    }

    fn kerning(&self, pairs: &[(u8, u8)]) -> usize {
        let mut table: FrameMap<'_, (u8, u8), f32> = self.alloc.frame_map();
        for pair in pairs {
            table.insert(*pair, 0.5);
        }
        let entries = table.len();
        std::mem::forget(table); //~ FA607
        entries
    }

    fn cursor(&self) -> &'a mut FrameBox<'a, [f32; 2]> {
        let cursor = Box::new(self.alloc.frame_box([0.0, 1.0]));
        Box::leak(cursor) //~ FA607
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut text = Text { alloc: &alloc, glyphs: 0 };
    alloc.begin_frame();
    println!("{} {}", text.draw("hello"), text.measure("hi"));
    println!("{} {}", text.kerning(&[(1, 2)]), text.cursor()[1]);
    alloc.end_frame();
}
