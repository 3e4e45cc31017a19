//~ E0382: use of moved value: `handle`

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let handle = alloc.frame_box_for_transfer(1);
    let first = handle.receive();
    let second = handle.receive();
    drop((first, second));
}
