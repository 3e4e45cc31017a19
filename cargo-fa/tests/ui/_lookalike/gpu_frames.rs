//! A swap chain: frames of a GPU, not of memory.
use std::collections::VecDeque;
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

trait FrameSource {
    fn begin_frame(&mut self) -> u32;
    fn end_frame(&mut self);
    fn frame_alloc<T: Default>(&mut self) -> T;
}

#[derive(Default)]
struct SwapChain {
    images: VecDeque<u32>,
    presented: u32,
}

impl FrameSource for SwapChain {
    fn begin_frame(&mut self) -> u32 {
        self.images.pop_front().unwrap_or(0)
    }

    fn end_frame(&mut self) {
        self.presented += 1;
    }

    fn frame_alloc<T: Default>(&mut self) -> T {
        T::default()
    }
}

struct Renderer<S> {
    source: S,
    commands: Vec<String>,
}

impl<S: FrameSource> Renderer<S> {
    async fn render(&mut self) -> Option<u32> {
        let image = self.source.begin_frame();
        let mut text: String = self.source.frame_alloc();
        ready(()).await;
        text.push_str("clear");
        self.commands.push(text);
        if image == 0 {
            return None;
        }
        ready(image).await;
        self.source.end_frame();
        Some(image)
    }

    fn endless(&mut self) -> usize {
        loop {
            let command: Vec<u8> = self.source.frame_alloc();
            if self.commands.pop().is_none() {
                return command.len();
            }
        }
    }
}

fn main() {
    let source = SwapChain { images: VecDeque::from([3, 0]), presented: 0 };
    let mut renderer = Renderer { source, commands: Vec::new() };
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..2 {
        if let Poll::Ready(image) = pin!(renderer.render()).poll(&mut context) {
            println!("{image:?}");
        }
    }
    println!("{} {}", renderer.endless(), renderer.source.presented);
}
