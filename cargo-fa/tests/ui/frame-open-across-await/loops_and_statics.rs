// A `loop` whose frame spans the await, awaits in conditions and arguments, an allocator in a static.
use framealloc::{SmartAlloc, frame_format};
use std::future::{Future, ready};
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

static MEMORY: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

#[derive(Default)]
struct Vsync {
    ticks: u32,
}

impl Vsync {
    async fn next(&mut self) -> u32 {
        self.ticks += 1;
        ready(self.ticks).await
    }

    async fn ready(&self) -> bool {
        ready(self.ticks > 2).await
    }
}

async fn present(vsync: &mut Vsync) -> usize {
    let mut bytes = 0;
    loop {
        MEMORY.begin_frame();
        bytes += frame_format!(MEMORY, "tick {}", vsync.ticks).len();
        let tick = vsync.next().await; //~ FA702
        MEMORY.end_frame();
        if tick > 3 {
            return bytes;
        }
    }
}

async fn present_well(vsync: &mut Vsync) -> usize {
    let mut bytes = 0;
    while !vsync.ready().await {
        MEMORY.begin_frame();
        bytes += frame_format!(MEMORY, "tick {}", vsync.ticks).len();
        MEMORY.end_frame();
        vsync.next().await;
    }
    bytes
}

async fn conditional(vsync: &mut Vsync) -> u32 {
    MEMORY.begin_frame();
    let value = *MEMORY.frame_box(vsync.ticks);
    if vsync.ready().await { //~ FA702
        println!("ready");
    }
    MEMORY.end_frame();
    let twin = MEMORY.clone();
    twin.begin_frame();
    let next = *twin.frame_box(value);
    MEMORY.end_frame();
    next + vsync.next().await
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
    let mut vsync = Vsync::default();
    println!("{}", block_on(present(&mut vsync)));
    println!("{} {}", block_on(present_well(&mut vsync)), block_on(conditional(&mut vsync)));
}
