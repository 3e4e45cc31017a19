//~ E0597: does not live long enough

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let boxed;
    {
        let local = String::from("gone");
        boxed = alloc.pool_box(local.as_str());
    }
    drop(boxed);
}
