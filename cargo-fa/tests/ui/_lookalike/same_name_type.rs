// A type of the program's own that is called `SmartAlloc` too, in a module beside the library's.
use framealloc::frame_format;

mod legacy {
    use std::cell::Cell;

    #[derive(Default)]
    pub struct SmartAlloc {
        frames: Cell<u32>,
    }

    impl SmartAlloc {
        pub fn begin_frame(&self) {
            self.frames.set(self.frames.get() + 1);
        }

        pub fn end_frame(&self) -> u32 {
            self.frames.get()
        }

        pub fn frame_vec<T>(&self) -> Vec<T> {
            Vec::new()
        }

        pub fn frame_box<T>(&self, value: T) -> Box<T> {
            Box::new(value)
        }

        pub fn frame_slice(&self, len: usize) -> Vec<u8> {
            vec![0; len]
        }

        pub fn end_frame_with_promotions(&self) -> usize {
            0
        }
    }
}

use legacy::SmartAlloc;

struct Old {
    alloc: SmartAlloc,
    kept: Vec<Vec<u32>>,
    last: Option<Box<[u8; 4]>>,
}

impl Old {
    fn run(&mut self, text: &str) -> Option<u32> {
        self.alloc.begin_frame();
        let number = text.parse::<u32>().ok()?;
        let mut list = self.alloc.frame_vec();
        list.push(number);
        self.kept.push(list);
        self.last = Some(self.alloc.frame_box([0; 4]));
        self.alloc.begin_frame();
        let len = self.alloc.frame_slice(number as usize).len() as u32;
        self.alloc.end_frame_with_promotions();
        Some(len + self.alloc.end_frame())
    }
}

fn new_way(alloc: &framealloc::SmartAlloc, number: u32) -> usize {
    alloc.begin_frame();
    let text = frame_format!(alloc, "number {number}");
    let len = text.len();
    drop(text);
    alloc.end_frame();
    len
}

fn main() {
    let mut old = Old { alloc: SmartAlloc::default(), kept: Vec::new(), last: None };
    let alloc = framealloc::SmartAlloc::with_defaults();
    println!("{:?} {} {}", old.run("4"), new_way(&alloc, 4), old.kept.len());
}
