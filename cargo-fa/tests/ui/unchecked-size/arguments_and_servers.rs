// Arguments of the program, requests over a channel of messages, a size that was multiplied, one that was checked in a helper.
use framealloc::{AllocError, HeapBox, SmartAlloc};
use std::env;
use std::sync::mpsc::{Receiver, channel};

enum Request {
    Resize { width: usize, height: usize },
    Clear(usize),
    Fill(Vec<u8>),
}

struct Canvas<'m> {
    memory: &'m SmartAlloc,
    pixels: HeapBox<[u8]>,
}

fn allowed(size: usize) -> Option<usize> {
    (size <= 1 << 16).then_some(size)
}

impl Canvas<'_> {
    fn serve(&mut self, requests: &Receiver<Request>) -> Result<(), AllocError> {
        match requests.recv() {
            Ok(Request::Resize { width, height }) => {
                self.pixels = self.memory.try_heap_slice(width.saturating_mul(height))?; //~ FA303
            }
            Ok(Request::Clear(count)) => {
                let zeroes = self.memory.frame_slice::<u8>(count.min(self.pixels.len()));
                self.pixels[..zeroes.len()].copy_from_slice(&zeroes);
            }
            Ok(Request::Fill(bytes)) => {
                let copy = self.memory.frame_slice_copy(&bytes);
                let padded = self.memory.frame_slice::<u8>(copy.len() * 2);
                println!("{}", padded.len());
            }
            Err(_) => {}
        }
        Ok(())
    }

    fn from_arguments(&self) -> usize {
        let mut args = env::args().skip(1);
        let rows = args.next().map_or(Ok(4), |arg| arg.parse::<usize>());
        match rows {
            Ok(rows) => self.memory.frame_vec_with_capacity::<u64>(rows).capacity(), //~ FA303
            Err(_) => 0,
        }
    }

    fn from_environment(&self) -> usize {
        let size = env::var("CANVAS").ok().and_then(|text| text.parse().ok()).and_then(allowed);
        size.map_or(0, |size| self.memory.frame_slice::<u8>(size).len())
    }
}

fn main() -> Result<(), AllocError> {
    let memory = SmartAlloc::with_defaults();
    let mut canvas = Canvas { memory: &memory, pixels: memory.heap_slice(16) };
    let (send, requests) = channel();
    for request in [Request::Resize { width: 4, height: 4 }, Request::Clear(8), Request::Fill(vec![1])] {
        let _ = send.send(request);
        canvas.serve(&requests)?;
    }
    println!("{} {}", canvas.from_arguments(), canvas.from_environment());
    Ok(())
}
