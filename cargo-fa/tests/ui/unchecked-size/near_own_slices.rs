// Own types whose methods are called so, and std's `with_capacity`.
use framealloc::SmartAlloc;

#[derive(Default)]
struct Ring {
    data: Vec<u8>,
}

impl Ring {
    fn frame_slice(&mut self, len: usize) -> &mut [u8] {
        self.data.resize(len, 0);
        &mut self.data
    }

    fn frame_vec_with_capacity(&self, len: usize) -> Vec<u8> {
        Vec::with_capacity(len + self.data.len())
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut ring = Ring::default();
    let count = std::env::args().nth(1).and_then(|arg| arg.parse::<usize>().ok()).unwrap_or(3);
    let grown = ring.frame_slice(count).len();
    let room = ring.frame_vec_with_capacity(count).capacity();
    let list: Vec<u64> = Vec::with_capacity(count);
    let _frame = alloc.frame();
    let copy = alloc.frame_slice_copy(&ring.data);
    let boxed = alloc.frame_box(count);
    let zeroes = alloc.frame_slice::<u32>(copy.len());
    println!("{grown} {room} {} {} {}", list.capacity(), *boxed, zeroes.len());
}
