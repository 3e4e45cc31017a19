// The same allocator by a field chain, a destructured field, an accessor and a `let`; different ones by index.
use framealloc::SmartAlloc;
use std::sync::Arc;

struct Inner {
    memory: Arc<SmartAlloc>,
}

struct App {
    inner: Inner,
    views: [SmartAlloc; 2],
    frames: u32,
}

impl App {
    fn memory(&self) -> &SmartAlloc {
        &self.inner.memory
    }

    fn update(&mut self) -> usize {
        self.inner.memory.begin_frame();
        let first = self.memory().frame_slice::<u8>(8).len();
        let Inner { memory } = &self.inner;
        memory.begin_frame(); //~ FA605
        let second = memory.frame_slice::<u8>(8).len();
        memory.end_frame();
        first + second
    }

    fn render(&mut self) -> usize {
        self.memory().begin_frame();
        self.frames += 1;
        if self.frames > 1 {
            self.memory().begin_frame(); //~ FA605
        }
        let len = self.memory().frame_slice::<u8>(4).len();
        self.memory().end_frame();
        len
    }

    fn views(&self) -> usize {
        let [left, right] = &self.views;
        left.begin_frame();
        right.begin_frame();
        let seen = left.frame_slice::<u8>(4).len() + right.frame_slice::<u8>(4).len();
        right.end_frame();
        left.end_frame();
        seen
    }

    fn one_after_another(&self) -> usize {
        let mut seen = 0;
        for view in &self.views {
            view.begin_frame();
            seen += view.frame_slice::<u8>(4).len();
            view.end_frame();
        }
        seen
    }
}

fn main() {
    let inner = Inner { memory: Arc::default() };
    let mut app = App { inner, views: [SmartAlloc::with_defaults(), SmartAlloc::with_defaults()], frames: 0 };
    println!("{} {}", app.update(), app.render());
    println!("{} {}", app.views(), app.one_after_another());
}
