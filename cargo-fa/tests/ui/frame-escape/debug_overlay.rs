//! Debug drawing through globals: what a quick hack in an engine looks like.
use framealloc::{AllocConfig, FrameBox, SmartAlloc as Memory, frame_format, megabytes};
use std::cell::{Cell, RefCell};
use std::sync::LazyLock;
use std::sync::Mutex;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

static MEMORY: LazyLock<Memory> = LazyLock::new(|| Memory::new(AllocConfig::default().with_frame_size(megabytes(1))));
static LAST_LINE: AtomicPtr<Line> = AtomicPtr::new(std::ptr::null_mut());
static LINES: AtomicUsize = AtomicUsize::new(0);
static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[derive(Clone, Copy, Debug)]
struct Line {
    from: [f32; 3],
    to: [f32; 3],
}

thread_local! {
    static QUEUE: RefCell<Vec<FrameBox<'static, Line>>> = const { RefCell::new(Vec::new()) };
    static COPIES: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
    static SELECTED: Cell<Option<FrameBox<'static, Line>>> = const { Cell::new(None) };
}

fn line(from: [f32; 3], to: [f32; 3]) {
    let line = MEMORY.frame_box(Line { from, to });
    COPIES.with_borrow_mut(|copies| copies.push(*line));
    LINES.fetch_add(1, Ordering::Relaxed);
    QUEUE.with(|queue| queue.borrow_mut().push(line)); //~ FA601
}

fn remember(from: [f32; 3]) {
    let mut line = MEMORY.frame_box(Line { from, to: [0.0; 3] });
    LAST_LINE.store(&mut *line, Ordering::Release); //~ FA601
}

fn select(from: [f32; 3]) {
    SELECTED.set(Some(MEMORY.frame_box(Line { from, to: from }))); //~ FA601
}

fn note(what: &str) {
    let text = frame_format!(MEMORY, "{what}: {} lines", LINES.load(Ordering::Relaxed));
    LOG.lock().unwrap().push(text.as_str().to_owned());
}

fn main() {
    for frame in 0..3u8 {
        MEMORY.begin_frame();
        line([0.0; 3], [f32::from(frame); 3]);
        remember([1.0; 3]);
        select([2.0; 3]);
        note("overlay");
        MEMORY.end_frame();
    }
    COPIES.with_borrow(|copies| println!("{:?}", copies.first().map(|line| (line.from, line.to))));
}
