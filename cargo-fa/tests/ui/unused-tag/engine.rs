// A list with tags that were given up: a top-level one and a sub-tag.
use framealloc::SmartAlloc;

struct Engine {
    alloc: SmartAlloc,
    bodies: usize,
}

impl Engine {
    fn step(&self) -> usize {
        self.alloc.with_tag("physics", |a| {
            let forces = a.frame_slice::<f32>(self.bodies);
            let pairs = a.with_tag("contacts", |a| a.frame_slice::<[u32; 2]>(self.bodies));
            forces.len() + pairs.len()
        })
    }

    fn draw(&self) -> usize {
        let _tag = self.alloc.tag("render");
        self.alloc.frame_slice::<[f32; 4]>(self.bodies).len()
    }

    fn navigation(&self) -> usize {
        self.alloc.begin_phase("navigation");
        let nodes = self.bodies * 2;
        self.alloc.end_phase();
        nodes
    }
}

fn main() {
    let engine = Engine { alloc: SmartAlloc::with_defaults(), bodies: 4 };
    let _frame = engine.alloc.frame();
    println!("{} {} {}", engine.step(), engine.draw(), engine.navigation());
}
