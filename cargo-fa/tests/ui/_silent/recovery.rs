//! A tool that recovers from what goes wrong within a frame.
use framealloc::{AllocError, SmartAlloc};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

enum Step {
    Copy(Vec<u8>),
    Size(usize),
    Broken,
}

struct Frames<'a> {
    alloc: &'a SmartAlloc,
    failures: Vec<String>,
}

fn checked(text: &str) -> Option<usize> {
    let size: usize = text.trim().parse().ok()?;
    match size {
        0 => None,
        size if size > 1 << 16 => None,
        size => Some(size),
    }
}

impl Frames<'_> {
    fn step(&self, step: &Step) -> Result<usize, AllocError> {
        match step {
            Step::Copy(bytes) => Ok(self.alloc.try_frame_slice_copy(bytes)?.len()),
            Step::Size(size) => Ok(self.alloc.try_frame_slice::<u8>(*size.min(&4096))?.len()),
            Step::Broken => panic!("broken"),
        }
    }

    fn run(&mut self, steps: &[Step]) -> usize {
        let mut done = 0;
        for step in steps {
            self.alloc.begin_frame();
            let outcome = catch_unwind(AssertUnwindSafe(|| self.step(step)));
            self.alloc.end_frame();
            match outcome {
                Ok(Ok(size)) => done += size,
                Ok(Err(error)) => self.failures.push(error.to_string()),
                Err(_) => {
                    self.failures.push(String::from("it panicked"));
                    break;
                }
            }
        }
        done
    }

    fn file(&mut self, path: &str) -> Option<usize> {
        let text = fs::read_to_string(path).ok()?;
        let size = checked(&text)?;
        self.alloc.begin_frame();
        let len = match self.alloc.try_frame_vec_with_capacity::<u32>(size) {
            Ok(table) => table.capacity(),
            Err(error) => {
                self.failures.push(error.to_string());
                0
            }
        };
        self.alloc.end_frame();
        (len > 0).then_some(len)
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut frames = Frames { alloc: &alloc, failures: Vec::new() };
    println!("{}", frames.run(&[Step::Copy(vec![1; 10]), Step::Size(100), Step::Broken]));
    println!("{:?} {:?}", frames.file("size.txt"), frames.failures);
}
