// Two mapped folders; a helper is called under a tag once and once without; a guard ends too soon.
use framealloc::{AllocConfig, SmartAlloc};

mod net;
mod ui;

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let _frame = alloc.frame();
    println!("{} {}", net::packet(alloc, &[1, 2, 3]), ui::Panel { width: 4 }.layout(alloc));
}
