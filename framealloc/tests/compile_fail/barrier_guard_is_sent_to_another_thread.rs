//~ E0277: BarrierGuardStaysOnItsThread

use framealloc::FrameBarrier;

fn main() {
    let barrier = FrameBarrier::new(2);
    let guard = barrier.join();
    std::thread::spawn(move || drop(guard));
}
