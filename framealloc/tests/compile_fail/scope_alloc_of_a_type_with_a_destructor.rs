//~ E0080: this type has a destructor, which a scope would never run: use `boxed`, `vec` or `string` of the scope

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scope = alloc.scope();
    let _ = scope.alloc(String::new());
}
