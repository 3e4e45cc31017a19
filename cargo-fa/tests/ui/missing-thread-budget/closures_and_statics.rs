// A budget set within a closure of `with_tag`, in `main` through a static; a worker by function name without one.
use framealloc::{SmartAlloc, frame_format, megabytes};
use std::sync::OnceLock;
use std::thread;

static MEMORY: OnceLock<SmartAlloc> = OnceLock::new();

fn memory() -> &'static SmartAlloc {
    MEMORY.get_or_init(SmartAlloc::with_defaults)
}

fn format_names() -> usize {
    let _frame = memory().frame();
    frame_format!(memory(), "thread {}", 4).len()
}

fn index_files() -> usize {
    memory().with_tag("index", |m| m.set_thread_frame_budget(megabytes(2)));
    let frame = memory().frame();
    frame.alloc_slice_copy(&[1u32, 2, 3]).len()
}

fn count_cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn main() {
    memory().set_thread_frame_budget(megabytes(1));
    let names = thread::spawn(format_names); //~ FA302
    let files = thread::spawn(index_files);
    let cores = thread::spawn(count_cores);
    let pools = thread::spawn(|| memory().pool_box([0u8; 64]).len()); //~ FA302
    println!("{:?} {:?}", names.join().ok(), files.join().ok());
    println!("{:?} {:?}", cores.join().ok(), pools.join().ok());
}
