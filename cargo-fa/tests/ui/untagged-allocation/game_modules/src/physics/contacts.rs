use framealloc::SmartAlloc;

pub fn find(alloc: &SmartAlloc) -> usize {
    alloc.frame_slice::<u32>(8).len()
}

pub fn solve(alloc: &SmartAlloc) -> usize {
    alloc.frame_vec_with_capacity::<u32>(8).capacity() //~ FA803
}
