// Per-item vectors and strings in the loops of a frame, closures and chains; what leaves the call is kept.
use framealloc::SmartAlloc;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

struct Quad {
    layer: u8,
    x: f32,
}

struct Batcher {
    memory: Rc<SmartAlloc>,
    cached: HashMap<u8, Vec<f32>>,
    drawn: usize,
    title: String,
}

impl Batcher {
    fn batch(&mut self, quads: &[Quad]) -> usize {
        self.memory.begin_frame();
        let mut batches = 0;
        for layer in 0..4u8 {
            let mut in_layer = Vec::new(); //~ FA608
            in_layer.extend(quads.iter().filter(|quad| quad.layer == layer).map(|quad| quad.x));
            batches += usize::from(!in_layer.is_empty());
        }
        let layers = quads.iter().map(|quad| quad.layer).collect::<BTreeSet<_>>(); //~ FA608
        batches += layers.len();
        self.drawn += batches;
        self.memory.end_frame();
        batches
    }

    fn cache(&mut self, quads: &[Quad]) {
        let _frame = self.memory.frame();
        for quad in quads {
            let mut line = Vec::with_capacity(4);
            line.push(quad.x);
            self.cached.insert(quad.layer, line);
        }
        self.title = format!("{} layers", self.cached.len());
    }

    fn label(&self, quads: &[Quad]) -> usize {
        let _frame = self.memory.frame();
        let longest = |prefix: &str| {
            let text = format!("{prefix}{}", quads.len()); //~ FA608
            text.len()
        };
        longest("quads: ").max(longest("q"))
    }

    fn extent(&self, quads: &[Quad]) -> Option<Box<[f32]>> {
        let _frame = self.memory.frame();
        let mut xs: Vec<f32> = quads.iter().map(|quad| quad.x).collect();
        xs.sort_by(f32::total_cmp);
        if xs.is_empty() {
            return None;
        }
        Some(xs.into_boxed_slice())
    }
}

fn main() {
    let memory = Rc::new(SmartAlloc::with_defaults());
    let mut batcher = Batcher { memory, cached: HashMap::new(), drawn: 0, title: String::new() };
    let quads = [Quad { layer: 1, x: 0.5 }, Quad { layer: 3, x: 0.1 }];
    for _ in 0..3 {
        batcher.cache(&quads);
        println!("{} {} {}", batcher.batch(&quads), batcher.label(&quads), batcher.title);
    }
    println!("{:?} {}", batcher.extent(&quads), batcher.drawn);
}
