// No list of tags: none can be unused.
use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let _frame = alloc.frame();
    let cells = alloc.with_tag("cells", |a| a.frame_slice::<u32>(8));
    println!("{}", cells.len());
}
