// Two parameters are two allocators; one parameter twice is one; a shadowed name is another.
use framealloc::SmartAlloc;

fn mirrored(left: &SmartAlloc, right: &SmartAlloc, bytes: &[u8]) -> usize {
    left.begin_frame();
    right.begin_frame();
    let sum = left.frame_slice_copy(bytes).len() + right.frame_slice_copy(bytes).len();
    right.end_frame();
    left.end_frame();
    sum
}

fn doubled(eye: &SmartAlloc, bytes: &[u8]) -> usize {
    let same = eye;
    eye.begin_frame();
    let left = eye.frame_slice_copy(bytes).len();
    same.begin_frame(); //~ FA605
    let right = same.frame_slice_copy(bytes).len();
    same.end_frame();
    left + right
}

fn shadowed(alloc: &SmartAlloc, bytes: &[u8]) -> usize {
    alloc.begin_frame();
    let outer = alloc.frame_slice_copy(bytes).len();
    let inner = {
        let alloc = SmartAlloc::with_defaults();
        alloc.begin_frame();
        let len = alloc.frame_slice_copy(bytes).len();
        alloc.end_frame();
        len
    };
    alloc.end_frame();
    outer + inner
}

fn per_player(allocs: &[SmartAlloc], bytes: &[u8]) -> usize {
    let mut sum = 0;
    for alloc in allocs {
        alloc.begin_frame();
        sum += alloc.frame_slice_copy(bytes).len();
        alloc.end_frame();
    }
    sum
}

fn main() {
    let (a, b) = (SmartAlloc::with_defaults(), SmartAlloc::with_defaults());
    println!("{} {}", mirrored(&a, &b, &[1]), doubled(&a, &[2, 3]));
    println!("{} {}", shadowed(&a, &[4]), per_player(&[a.clone(), b.clone()], &[5]));
}
