//! Tools that bake.
mod bake;

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let paths: Vec<String> = std::env::args().skip(1).collect();
    println!("{}", bake::all(&alloc, &paths));
}
