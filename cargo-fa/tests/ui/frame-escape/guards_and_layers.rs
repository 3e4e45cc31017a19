// Guards that end early, layers that hand values down, and structs that live as long as the frame.
use framealloc::{Frame, FrameBox, FrameVec, SmartAlloc};
use std::sync::Mutex;

struct Sprite<'f> {
    uv: FrameBox<'f, [f32; 4]>,
    depth: f32,
}

struct Batch<'f> {
    sprites: FrameVec<'f, Sprite<'f>>,
}

impl<'f> Batch<'f> {
    fn new(alloc: &'f SmartAlloc) -> Self {
        Self { sprites: alloc.frame_vec() }
    }

    fn add(&mut self, alloc: &'f SmartAlloc, depth: f32) {
        self.sprites.push(Sprite { uv: alloc.frame_box([0.0; 4]), depth });
    }

    fn farthest(&self) -> f32 {
        self.sprites.iter().map(|sprite| sprite.depth + sprite.uv[0]).fold(0.0, f32::max)
    }
}

struct Renderer {
    alloc: &'static SmartAlloc,
    overlay: Option<Sprite<'static>>,
    lines: Vec<&'static [u8]>,
    widths: Vec<usize>,
}

static SHARED: Mutex<Vec<usize>> = Mutex::new(Vec::new());

impl Renderer {
    fn draw(&mut self) -> f32 {
        let alloc = self.alloc;
        let frame = alloc.frame();
        let mut batch = Batch::new(alloc);
        batch.add(alloc, 2.0);
        let farthest = batch.farthest();
        drop(batch);
        drop(frame);
        farthest
    }

    fn draw_overlay(&mut self) {
        let alloc = self.alloc;
        alloc.begin_frame();
        let sprite = Sprite { uv: alloc.frame_box([1.0; 4]), depth: 0.0 };
        if sprite.depth < 1.0 {
            self.overlay = Some(sprite); //~ FA601
        }
        alloc.end_frame();
    }

    fn text(&mut self, text: &str) {
        let alloc = self.alloc;
        let frame = alloc.frame();
        let line = alloc.frame_slice_copy(text.as_bytes());
        // SAFETY: none, the line is the frame's.
        let forever: &'static [u8] = unsafe { std::slice::from_raw_parts(line.as_ptr(), line.len()) };
        self.lines.push(forever); //~ FA601
        self.widths.push(line.len());
        drop(line);
        drop(frame);
    }

    fn after_the_guard(&self) -> usize {
        let alloc = self.alloc;
        let frame = alloc.frame();
        let names = alloc.frame_slice::<u8>(8);
        drop(frame);
        names.len() //~ FA601
    }

    fn before_the_guard(&self) -> usize {
        let alloc = self.alloc;
        let frame = alloc.frame();
        let names = alloc.frame_slice::<u8>(8);
        let len = names.len();
        drop(frame);
        len
    }

    fn block(&self) -> u32 {
        let alloc = self.alloc;
        let total = {
            let _frame = alloc.frame();
            let parts = alloc.frame_slice_copy(&[1u32, 2, 3]);
            parts.iter().sum::<u32>()
        };
        let kept = {
            let _frame = alloc.frame();
            alloc.frame_box(total) //~ FA601
        };
        *kept + total
    }

    fn maybe(&self, fast: bool) -> u32 {
        let alloc = self.alloc;
        alloc.begin_frame();
        let value = alloc.frame_box(1u32);
        if fast {
            alloc.end_frame();
            return 0;
        }
        let read = *value;
        alloc.end_frame();
        read
    }

    fn both(&self, fast: bool) -> u32 {
        let alloc = self.alloc;
        alloc.begin_frame();
        let value = alloc.frame_box(1u32);
        if fast {
            alloc.end_frame();
        } else {
            println!("slow");
            alloc.end_frame();
        }
        *value //~ FA601
    }
}

fn share(frame: &Frame<'_>) {
    let numbers = frame.alloc_slice_from_fn(4, |i| i);
    SHARED.lock().unwrap().push(numbers.len());
}

fn run_frame<R>(alloc: &SmartAlloc, body: impl FnOnce(&SmartAlloc) -> R) -> R {
    alloc.begin_frame();
    let result = body(alloc);
    alloc.end_frame();
    result
}

fn through_a_runner(alloc: &SmartAlloc) -> usize {
    let mut widths = Vec::new();
    run_frame(alloc, |a| widths.push(a.frame_slice::<u8>(3).len()));
    widths.iter().sum::<usize>() + run_frame(alloc, |a| *a.frame_box(4usize))
}

fn pair<'a>(alloc: &'a SmartAlloc) -> (FrameBox<'a, u32>, usize) {
    alloc.begin_frame();
    let first = alloc.frame_box(1u32);
    let second = alloc.frame_box(2usize);
    let pair = (first, *second);
    drop(second);
    alloc.end_frame();
    pair //~ FA601
}

fn early<'a>(alloc: &'a SmartAlloc, skip: bool) -> Result<FrameBox<'a, u32>, String> {
    let _frame = alloc.frame();
    let value = alloc.frame_box(1u32);
    if skip {
        return Ok(value); //~ FA601
    }
    Err(format!("{value}"))
}

fn main() {
    let alloc = SmartAlloc::leaked(framealloc::AllocConfig::default());
    let mut renderer = Renderer { alloc, overlay: None, lines: Vec::new(), widths: Vec::new() };
    println!("{}", renderer.draw());
    renderer.draw_overlay();
    renderer.text("a");
    println!("{} {}", renderer.after_the_guard(), renderer.before_the_guard());
    println!("{} {} {}", renderer.block(), renderer.maybe(true), renderer.both(true));
    println!("{} {}", renderer.lines.len(), renderer.overlay.is_some());
    let frame = alloc.frame();
    share(&frame);
    drop(frame);
    println!("{} {:?}", through_a_runner(alloc), pair(alloc));
    println!("{:?}", early(alloc, true).is_ok());
}
