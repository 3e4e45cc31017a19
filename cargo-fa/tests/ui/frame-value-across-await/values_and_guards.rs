// Values and guards that are alive over an `.await`, with the right ways beside them.
use framealloc::SmartAlloc;
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

async fn fetch(id: u32) -> Vec<u8> {
    ready(vec![id as u8; 4]).await
}

async fn tiles(alloc: &SmartAlloc, ids: &[u32]) -> usize {
    let mut seen = alloc.frame_vec::<u32>();
    seen.extend_from_slice(ids);
    let data = fetch(ids.len() as u32).await; //~ FA701
    seen.len() + data.len()
}

async fn tiles_dropped(alloc: &SmartAlloc, ids: &[u32]) -> usize {
    let mut seen = alloc.frame_vec::<u32>();
    seen.extend_from_slice(ids);
    let count = seen.len();
    drop(seen);
    let data = fetch(ids.len() as u32).await;
    count + data.len()
}

async fn scoped(alloc: &SmartAlloc) -> usize {
    let scope = alloc.scope();
    let number = *scope.alloc(7u32);
    fetch(number).await.len() //~ FA701
}

async fn scoped_block(alloc: &SmartAlloc) -> usize {
    let number = {
        let scope = alloc.scope();
        *scope.alloc(7u32)
    };
    fetch(number).await.len()
}

async fn unused_later(alloc: &SmartAlloc) -> usize {
    let label = alloc.frame_str("loading");
    println!("{}", &*label);
    let data = fetch(3).await; //~ FA701
    data.len()
}

async fn made_after(alloc: &SmartAlloc) -> usize {
    let data = fetch(3).await;
    let copy = alloc.frame_slice_copy(&data);
    copy.len()
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
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    println!("{} {}", block_on(tiles(&alloc, &[1, 2])), block_on(tiles_dropped(&alloc, &[3])));
    println!("{} {}", block_on(scoped(&alloc)), block_on(scoped_block(&alloc)));
    println!("{} {}", block_on(unused_later(&alloc)), block_on(made_after(&alloc)));
    alloc.end_frame();
}
