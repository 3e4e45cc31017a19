//! Menus that nest, drawn in one frame each.
use framealloc::{FrameVec, SmartAlloc};

struct Menu {
    name: &'static str,
    entries: Vec<Menu>,
}

struct Screen<'s> {
    alloc: &'s SmartAlloc,
    depth: usize,
}

impl<'s> Screen<'s> {
    fn names(&self, menu: &Menu) -> FrameVec<'s, &'static str> {
        let mut names = self.alloc.frame_vec_with_capacity(menu.entries.len());
        names.extend(menu.entries.iter().map(|entry| entry.name));
        names
    }

    fn draw(&mut self, menu: &Menu) -> usize {
        let alloc = self.alloc;
        alloc.begin_frame();
        let mut shown = self.names(menu).len();
        if menu.entries.is_empty() {
            alloc.end_frame();
            alloc.begin_frame();
        } else if self.depth > 3 {
            self.alloc.begin_frame(); //~ FA605
            shown = 0;
        }
        alloc.end_frame();
        self.depth += 1;
        shown
    }

    fn fade(&self, steps: &[f32]) -> f32 {
        let mut sum = 0.0;
        self.alloc.begin_frame();
        for step in steps {
            let values = self.alloc.frame_slice_from_fn(4, |index| index as f32 * step);
            sum += values.iter().sum::<f32>();
            drop(values);
            self.alloc.end_frame();
            self.alloc.begin_frame();
        }
        self.alloc.end_frame();
        sum
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let menu = Menu { name: "main", entries: vec![Menu { name: "quit", entries: Vec::new() }] };
    let mut screen = Screen { alloc: &alloc, depth: 0 };
    println!("{} {} {}", menu.name, screen.draw(&menu), screen.fade(&[0.1, 0.2]));
}
