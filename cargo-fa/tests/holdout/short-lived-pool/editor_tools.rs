// Undo entries that are kept, previews that die in the frame, and a preview the caller gets.
use framealloc::{HeapBox, PoolBox, SmartAlloc};
use std::rc::Rc;

#[derive(Clone, Copy)]
struct Brush {
    radius: f32,
    strength: f32,
}

struct Editor {
    memory: Rc<SmartAlloc>,
    undo: Vec<PoolBox<Brush>>,
    last: f32,
}

impl Editor {
    fn stroke(&mut self, brush: Brush, commit: bool) {
        let frame = self.memory.frame();
        let points = frame.alloc_slice_from_fn(8, |i| brush.radius * i as f32);
        let entry = self.memory.pool_box(brush);
        if commit {
            self.undo.push(entry);
        }
        self.last = points[7];
    }

    fn preview(&mut self, brush: &Brush) {
        self.memory.begin_frame();
        let ghost = self.memory.pool_box(*brush); //~ FA606
        let ring = self.memory.frame_slice_from_fn(16, |i| ghost.radius * i as f32);
        self.last = ring.iter().sum::<f32>() * ghost.strength;
        drop(ring);
        drop(ghost);
        self.memory.end_frame();
    }

    fn pressure(&self, samples: &[f32]) -> f32 {
        let smooth = self.memory.heap_box([samples.len() as f32; 8]); //~ FA606
        smooth.iter().zip(samples).map(|(a, b)| a * b).sum()
    }

    fn update(&mut self, samples: &[f32]) -> HeapBox<[f32; 4]> {
        self.memory.begin_frame();
        self.last = self.pressure(samples);
        let result = self.memory.heap_box([self.last; 4]);
        self.memory.end_frame();
        result
    }
}

fn main() {
    let mut editor = Editor { memory: Rc::new(SmartAlloc::with_defaults()), undo: Vec::new(), last: 0.0 };
    let brush = Brush { radius: 2.0, strength: 0.5 };
    editor.stroke(brush, true);
    editor.preview(&brush);
    println!("{} {}", editor.update(&[0.1, 0.9])[0], editor.undo.len());
}
