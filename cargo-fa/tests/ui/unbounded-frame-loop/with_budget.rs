//! The same kind of loop under a budget: it is the budget that bounds it.
use framealloc::{AllocError, SmartAlloc, kilobytes};
use std::sync::mpsc::{Receiver, channel};

struct Intake {
    alloc: SmartAlloc,
    refused: usize,
}

impl Intake {
    fn new() -> Self {
        let alloc = SmartAlloc::with_defaults();
        alloc.set_thread_frame_budget(kilobytes(64));
        Self { alloc, refused: 0 }
    }

    fn run(&mut self, blobs: &Receiver<Vec<u8>>) -> Result<usize, AllocError> {
        let mut bytes = 0;
        while let Ok(blob) = blobs.recv() {
            match self.alloc.try_frame_slice_copy(&blob) {
                Ok(copy) => bytes += copy.len(),
                Err(error) if error.kind().is_budget() => self.refused += 1,
                Err(error) => return Err(error),
            }
        }
        Ok(bytes)
    }
}

fn main() -> Result<(), AllocError> {
    let (sender, blobs) = channel();
    let _ = sender.send(vec![1; 100]);
    drop(sender);
    let mut intake = Intake::new();
    println!("{} {}", intake.run(&blobs)?, intake.refused);
    Ok(())
}
