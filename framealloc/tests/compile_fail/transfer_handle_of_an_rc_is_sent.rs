//~ E0277: `Rc<i32>` cannot be sent between threads safely

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let handle = alloc.frame_box_for_transfer(std::rc::Rc::new(1));
    std::thread::spawn(move || drop(handle));
}
