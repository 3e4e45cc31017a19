//! A renderer with tags, some of them misspelt.
use framealloc::{SmartAlloc, kilobytes};

const SHADOWS: &str = "shadows";
const PHYSICS: &str = "phisics";

struct Renderer {
    alloc: SmartAlloc,
    lights: Vec<u32>,
}

impl Renderer {
    fn draw(&self) -> usize {
        self.alloc.with_tag("render", |a| {
            let lights = a.frame_slice_copy(&self.lights);
            let shadows = a.with_tag(SHADOWS, |a| a.frame_slice::<u32>(lights.len()));
            lights.len() + shadows.len()
        })
    }

    fn debug(&self) -> usize {
        self.alloc.with_tag("rendr", |a| a.frame_slice_copy(&self.lights).len()) //~ FA802
    }

    fn step(&self) -> usize {
        let _tag = self.alloc.tag(PHYSICS); //~ FA802
        self.alloc.frame_slice::<f32>(8).len()
    }

    fn sound(&self) -> usize {
        let _tag = self.alloc.tag("audio");
        let inner = self.alloc.with_tag("reverb", |a| a.frame_slice::<f32>(16)); //~ FA802
        inner.len()
    }

    fn phases(&self) -> usize {
        let _phase = self.alloc.phase("present");
        self.alloc.begin_phase("swap");
        let len = self.alloc.with_tag("physics", |a| a.frame_slice::<u8>(4).len());
        self.alloc.end_phase();
        len
    }
}

fn main() {
    let renderer = Renderer { alloc: SmartAlloc::with_defaults(), lights: vec![1, 2] };
    renderer.alloc.begin_frame();
    println!("{} {} {}", renderer.draw(), renderer.debug(), renderer.step());
    println!("{} {} {}", renderer.sound(), renderer.phases(), kilobytes(1));
    renderer.alloc.end_frame();
}
