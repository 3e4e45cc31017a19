// Nothing in the crate ends a frame of the library's: what is called `end_frame` here belongs to a window.
use framealloc::SmartAlloc;

mod window {
    #[derive(Default)]
    pub struct Window {
        pub presented: u32,
    }

    impl Window {
        pub fn begin_frame(&mut self) -> bool {
            self.presented < 3
        }

        pub fn end_frame(&mut self) {
            self.presented += 1;
        }
    }
}

mod game {
    use super::window::Window;
    use framealloc::SmartAlloc;

    pub fn turn(alloc: &SmartAlloc, window: &mut Window, entities: &[u32]) -> u32 {
        if !window.begin_frame() {
            return 0;
        }
        alloc.begin_frame(); //~ FA603
        let sorted = alloc.frame_slice_copy(entities);
        let sum = sorted.iter().sum();
        drop(sorted);
        window.end_frame();
        sum
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut window = window::Window::default();
    for _ in 0..4 {
        println!("{}", game::turn(&alloc, &mut window, &[3, 1, 2]));
    }
}
