// Awaits before the frame, after it, in the game loop between two frames; frames in called functions.
use framealloc::{SmartAlloc, frame_format};
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

struct Timer;

impl Timer {
    async fn sleep(&self, how_long: Duration) -> Duration {
        ready(how_long).await
    }
}

struct Game {
    alloc: SmartAlloc,
    timer: Timer,
    frames: u32,
}

impl Game {
    fn frame(&mut self) -> usize {
        self.alloc.begin_frame();
        self.frames += 1;
        let title = frame_format!(self.alloc, "frame {}", self.frames);
        let len = title.len();
        drop(title);
        self.alloc.end_frame();
        len
    }

    async fn run(&mut self, until: u32) -> usize {
        let mut bytes = 0;
        loop {
            bytes += self.frame();
            self.timer.sleep(Duration::from_millis(16)).await;
            if self.frames == until {
                return bytes;
            }
        }
    }

    async fn run_inline(&mut self, until: u32) -> usize {
        let mut bytes = 0;
        while self.frames < until {
            self.alloc.begin_frame();
            self.frames += 1;
            bytes += self.alloc.frame_slice::<u8>(16).len();
            self.alloc.end_frame();
            self.timer.sleep(Duration::from_millis(16)).await;
        }
        bytes
    }

    async fn promotions(&mut self) -> usize {
        self.alloc.begin_frame();
        let count = self.alloc.end_frame_with_promotions().into_iter().count();
        self.timer.sleep(Duration::from_millis(1)).await;
        count
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

fn main() {
    let mut game = Game { alloc: SmartAlloc::with_defaults(), timer: Timer, frames: 0 };
    let first = block_on(game.run(3));
    let second = block_on(game.run_inline(6));
    let third = block_on(game.promotions());
    println!("{first} {second} {third}");
}
