//~ E0505: cannot move out of `scope`

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scope = alloc.scope();
    let mut vec = scope.vec();
    vec.push(1);
    drop(scope);
    vec.push(2);
}
