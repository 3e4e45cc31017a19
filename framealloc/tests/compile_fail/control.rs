// Compiles: so that the others fail for the reason they name and not for want of the library.

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scope = alloc.scope();
    *scope.alloc(1) += 1;
    *scope.boxed(String::new()) += "text";
    std::thread::scope(|s| {
        s.spawn(|| drop(alloc.frame_box(1)));
    });
}
