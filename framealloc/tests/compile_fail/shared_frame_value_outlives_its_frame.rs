//~ E0505: cannot move out of `shared` because it is borrowed

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let shared = alloc.shared_frame();
    let value = std::thread::scope(|s| s.spawn(|| shared.alloc(1)).join().unwrap());
    drop(shared);
    *value += 1;
}
