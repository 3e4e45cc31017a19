// One spawn for each chunk, one in an arm; scoped and owned variants of the same beside them.
use framealloc as fa;
use std::thread;

struct Shared<T: ?Sized>(*const T);
// SAFETY: claimed, not true.
unsafe impl<T: ?Sized> Send for Shared<T> {}

impl<T: ?Sized> Shared<T> {
    /// # Safety
    /// The memory is still there.
    unsafe fn read(&self) -> &T {
        unsafe { &*self.0 }
    }
}

enum Mode {
    Detached,
    Scoped,
    Owned,
}

fn erode(alloc: &fa::SmartAlloc, heights: &[f32], mode: &Mode) -> f32 {
    let _frame = alloc.frame();
    let copy = alloc.frame_slice_copy(heights);
    match mode {
        Mode::Detached => {
            let pointer: *const [f32] = &*copy;
            let shared = Shared(pointer);
            let worker = thread::spawn(move || unsafe { shared.read().iter().sum::<f32>() }); //~ FA201
            worker.join().unwrap_or(0.0)
        }
        Mode::Scoped => {
            let slice = &copy[..];
            thread::scope(|scope| scope.spawn(move || slice.iter().sum::<f32>()).join().unwrap_or(0.0))
        }
        Mode::Owned => {
            let owned = copy.to_vec();
            thread::spawn(move || owned.iter().sum::<f32>()).join().unwrap_or(0.0)
        }
    }
}

fn split(alloc: &fa::SmartAlloc, heights: &[f32]) -> f32 {
    alloc.begin_frame();
    let copy = alloc.frame_slice_copy(heights);
    let mut workers = Vec::new();
    for chunk in copy.chunks(4) {
        let shared = Shared(chunk as *const [f32]);
        workers.push(thread::spawn(move || unsafe { shared.read().len() as f32 })); //~ FA201
    }
    let sum = workers.into_iter().map(|worker| worker.join().unwrap_or(0.0)).sum();
    drop(copy);
    alloc.end_frame();
    sum
}

fn main() {
    let alloc = fa::SmartAlloc::with_defaults();
    let heights = [1.0, 2.0, 3.0, 4.0, 5.0];
    for mode in [Mode::Detached, Mode::Scoped, Mode::Owned] {
        println!("{} {}", erode(&alloc, &heights, &mode), split(&alloc, &heights));
    }
}
