// Plugins below one pattern, their host in a file of its own.
use framealloc::SmartAlloc;

mod host;
mod plugins;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let host = host::Host { alloc: &alloc };
    println!("{}", host.run(3));
}
