// Endless loops around whole frames, begun by a guard, a pair, a helper; and unbounded loops that grow only a `Vec`.
use framealloc::{PoolBox, SmartAlloc};
use std::sync::mpsc::{Receiver, channel};

struct Loop {
    alloc: SmartAlloc,
    frames: u64,
    reused: Option<PoolBox<[u8; 16]>>,
}

impl Loop {
    fn open(&mut self) {
        self.frames += 1;
        self.alloc.begin_frame();
    }

    fn close(&self) {
        self.alloc.end_frame();
    }

    fn run(&mut self, input: &Receiver<u8>) {
        loop {
            self.open();
            let quit = {
                let keys = self.alloc.frame_vec::<u8>();
                keys.is_empty() && input.try_recv().is_err()
            };
            self.close();
            if quit {
                break;
            }
        }
    }

    fn guarded(&mut self, input: &Receiver<u8>) {
        for key in input.iter() {
            let _frame = self.alloc.frame();
            let echo = self.alloc.frame_slice_from_fn(4, |_| key);
            self.frames += echo.len() as u64;
        }
    }

    fn replaced(&mut self, input: &Receiver<u8>) -> Vec<u8> {
        let mut keys = Vec::new();
        let mut seen = self.alloc.frame_vec::<u8>();
        while let Ok(key) = input.recv() {
            keys.push(key);
            seen.push(key);
            let block = self.alloc.pool_box([key; 16]);
            drop(block);
        }
        self.reused = Some(self.alloc.pool_box([seen.len() as u8; 16]));
        keys
    }
}

fn main() {
    let (send, input) = channel();
    send.send(7).unwrap();
    drop(send);
    let mut game = Loop { alloc: SmartAlloc::with_defaults(), frames: 0, reused: None };
    game.guarded(&input);
    game.run(&input);
    println!("{} {} {}", game.replaced(&input).len(), game.frames, game.reused.is_some());
}
