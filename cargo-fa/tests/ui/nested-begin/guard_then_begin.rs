// A begin while a guard of this function has the frame open; guards within frames are scopes and fine.
use framealloc::{AllocConfig, SmartAlloc as Heap};

struct Ui {
    heap: &'static Heap,
    widgets: Vec<[f32; 4]>,
}

impl Ui {
    fn layout(&self) -> f32 {
        let _frame = self.heap.frame();
        let widths = self.heap.frame_slice_from_fn(self.widgets.len(), |i| self.widgets[i][2]);
        let total = widths.iter().sum::<f32>();
        drop(widths);
        self.heap.begin_frame(); //~ FA605
        let heights = self.heap.frame_slice_from_fn(self.widgets.len(), |i| self.widgets[i][3]);
        let tall = heights.iter().sum::<f32>();
        drop(heights);
        self.heap.end_frame();
        total + tall
    }

    fn paint(&self) -> usize {
        self.heap.begin_frame();
        let quads = self.heap.frame_slice_copy(&self.widgets);
        let inner = {
            let frame = self.heap.frame();
            frame.alloc_slice_copy(&[0u8; 16]).len()
        };
        let scope = self.heap.scope();
        let text = scope.alloc_str("ok").len();
        let drawn = quads.len() + inner + text;
        drop(scope);
        drop(quads);
        self.heap.end_frame();
        drawn
    }

    fn dropped_first(&self) -> usize {
        let frame = self.heap.frame();
        let a = frame.alloc_str("first").len();
        drop(frame);
        self.heap.begin_frame();
        let b = self.heap.frame_str("second").len();
        self.heap.end_frame();
        a + b
    }
}

fn main() {
    let ui = Ui { heap: Heap::leaked(AllocConfig::default()), widgets: vec![[1.0; 4]; 3] };
    println!("{} {} {}", ui.layout(), ui.paint(), ui.dropped_first());
}
