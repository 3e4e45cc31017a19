// Tags that the configuration does not know: misspelt, made up, in a guard, under a tag that is known.
use framealloc::{SmartAlloc, frame_format};

struct Engine {
    alloc: SmartAlloc,
    bodies: Vec<[f32; 3]>,
}

impl Engine {
    fn physics(&self) -> usize {
        let forces = self.alloc.with_tag("physics", |a| a.frame_slice::<f32>(self.bodies.len()));
        let pairs = self.alloc.with_tag("phsyics", |a| a.frame_slice::<[u32; 2]>(8)); //~ FA802
        let solved = self.alloc.with_tag("physics", |a| {
            let rows = a.with_tag("contacts", |a| a.frame_slice::<f32>(16).len());
            rows + a.with_tag("islands", |a| a.frame_slice::<u8>(4).len()) //~ FA802
        });
        forces.len() + pairs.len() + solved
    }

    fn render(&self) -> usize {
        let _tag = self.alloc.tag("render");
        let quads = self.alloc.frame_slice::<[f32; 4]>(self.bodies.len());
        quads.len()
    }

    fn debug(&self) -> usize {
        let _tag = self.alloc.tag("debug"); //~ FA802
        let line = frame_format!(self.alloc, "{} bodies", self.bodies.len());
        line.len()
    }

    fn audio(&self) -> usize {
        self.alloc.begin_phase("mixing");
        let bus = self.alloc.with_tag("audio", |a| a.frame_slice::<f32>(64));
        self.alloc.end_phase();
        bus.len()
    }
}

fn main() {
    let engine = Engine { alloc: SmartAlloc::with_defaults(), bodies: vec![[0.0; 3]; 4] };
    let _frame = engine.alloc.frame();
    println!("{} {} {} {}", engine.physics(), engine.render(), engine.debug(), engine.audio());
}
