// A value returned from `with_tag`, a `try_` twin, a shared frame, an allocator behind `Arc` and in a static.
use framealloc::{AllocError, SmartAlloc};
use std::future::{Future, ready};
use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Waker};

static MEMORY: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

async fn next_tick() {
    ready(()).await;
}

async fn contacts(alloc: Arc<SmartAlloc>) -> usize {
    let pairs = alloc.with_tag("physics", |a| a.frame_slice::<[u32; 2]>(16));
    next_tick().await; //~ FA701
    pairs.len()
}

async fn contacts_in_tag(alloc: Arc<SmartAlloc>) -> usize {
    let count = alloc.with_tag("physics", |a| a.frame_slice::<[u32; 2]>(16).len());
    next_tick().await;
    count
}

async fn budgeted() -> Result<usize, AllocError> {
    let map = {
        let mut map = MEMORY.frame_map::<u32, u32>();
        map.insert(1, 2);
        map
    };
    let block = MEMORY.try_frame_slice::<u8>(32);
    let bytes = block?.len();
    next_tick().await; //~ FA701
    Ok(map.len() + bytes)
}

async fn shared() -> u32 {
    let shared = MEMORY.shared_frame();
    let first = *shared.alloc(4u32);
    next_tick().await; //~ FA701
    first + *shared.alloc(5u32)
}

async fn pools() -> usize {
    let bytes = MEMORY.pool_box([0u8; 16]);
    let table = MEMORY.heap_slice::<u16>(8);
    let handle = MEMORY.frame_box_for_transfer(3usize);
    next_tick().await;
    bytes.len() + table.len() + handle.into_inner()
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
    let alloc = Arc::new(SmartAlloc::with_defaults());
    println!("{} {}", block_on(contacts(alloc.clone())), block_on(contacts_in_tag(alloc)));
    println!("{:?} {} {}", block_on(budgeted()).ok(), block_on(shared()), block_on(pools()));
}
