//~ E0505: cannot move out of `scope`

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scope = alloc.scope();
    let slice = scope.alloc_slice_copy(&[1, 2, 3]);
    drop(scope);
    slice[0] += 1;
}
