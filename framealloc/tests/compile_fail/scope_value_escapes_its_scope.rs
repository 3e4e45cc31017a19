//~ E0597: does not live long enough

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let value;
    {
        let scope = alloc.scope();
        value = scope.alloc(1);
    }
    *value += 1;
}
