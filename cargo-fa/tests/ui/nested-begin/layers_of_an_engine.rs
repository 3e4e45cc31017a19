// Layers of an engine that each think the frame is theirs.
use framealloc::{AllocConfig, SmartAlloc};
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

static FRAMES: LazyLock<SmartAlloc> = LazyLock::new(|| SmartAlloc::new(AllocConfig::default()));

struct Render {
    alloc: Rc<SmartAlloc>,
    passes: Vec<&'static str>,
}

impl Render {
    fn frame(&self) {
        self.alloc.begin_frame();
        for pass in &self.passes {
            self.alloc.begin_frame(); //~ FA605
            println!("{}", self.alloc.frame_slice_copy(pass.as_bytes()).len());
            self.alloc.end_frame();
        }
    }

    fn begin(&self) {
        self.alloc.begin_frame();
    }

    fn end(&self) {
        self.alloc.end_frame();
    }

    fn twice(&self) {
        self.begin();
        println!("{}", self.alloc.frame_box(1));
        self.begin(); //~ FA605
        self.end();
    }

    fn one_after_the_other(&self) {
        self.begin();
        self.end();
        self.begin();
        self.end();
    }

    fn draw(&self) {
        self.alloc.begin_frame();
        self.shadows();
        self.alloc.end_frame();
    }

    fn shadows(&self) {
        let scope = self.alloc.scope();
        println!("{}", scope.alloc_slice_copy(&[1u8, 2]).len());
    }
}

fn conditional(alloc: &SmartAlloc, restart: bool) {
    alloc.begin_frame();
    println!("{}", alloc.frame_box(1));
    if restart {
        alloc.begin_frame(); //~ FA605
    }
    alloc.end_frame();
}

fn conditional_end(alloc: &SmartAlloc, restart: bool) {
    alloc.begin_frame();
    println!("{}", alloc.frame_box(1));
    if restart {
        alloc.end_frame();
        alloc.begin_frame();
    }
    alloc.end_frame();
}

fn closure(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let restart = || alloc.begin_frame();
    alloc.end_frame();
    restart();
    alloc.end_frame();
}

fn matched(alloc: &SmartAlloc, mode: Option<u8>) {
    match mode {
        Some(0) => alloc.begin_frame(),
        Some(_) | None => {
            alloc.begin_frame();
            println!("{}", alloc.frame_box(2));
        }
    }
    alloc.end_frame();
}

fn retried(alloc: &SmartAlloc, mut ok: impl FnMut() -> bool) {
    alloc.begin_frame();
    while !ok() {
        println!("again");
        alloc.begin_frame(); //~ FA605
    }
    alloc.end_frame();
}

fn statics() {
    FRAMES.begin_frame();
    let twin = FRAMES.clone();
    twin.begin_frame(); //~ FA605
    FRAMES.end_frame();
}

fn tagged(alloc: &Arc<SmartAlloc>) {
    alloc.begin_frame();
    alloc.with_tag("ui", |a| {
        a.begin_frame(); //~ FA605
        println!("{}", a.frame_box(3));
    });
    alloc.end_frame();
}

fn two(physics: &SmartAlloc, render: &SmartAlloc) {
    physics.begin_frame();
    render.begin_frame();
    println!("{}", physics.frame_box(*render.frame_box(3)));
    render.end_frame();
    physics.end_frame();
}

fn start(alloc: &SmartAlloc) {
    alloc.begin_frame();
}

fn helper(alloc: &SmartAlloc) {
    alloc.begin_frame();
    println!("{}", alloc.frame_box(3));
    start(alloc); //~ FA605
    alloc.end_frame();
}

fn own_thread(alloc: &SmartAlloc) {
    alloc.begin_frame();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            alloc.begin_frame();
            println!("{}", alloc.frame_box(3));
            alloc.end_frame();
        });
    });
    alloc.end_frame();
}

fn guard_in_frame(alloc: &SmartAlloc) {
    alloc.begin_frame();
    {
        let inner = alloc.frame();
        println!("{}", inner.boxed(3));
    }
    alloc.end_frame();
}

fn begin_in_guard(alloc: &SmartAlloc) {
    let frame = alloc.frame();
    println!("{}", frame.boxed(3));
    alloc.begin_frame(); //~ FA605
    alloc.end_frame();
}

fn main() {
    let render = Render { alloc: Rc::new(SmartAlloc::with_defaults()), passes: vec!["a"] };
    render.frame();
    render.twice();
    render.one_after_the_other();
    render.draw();
    let alloc = Arc::new(SmartAlloc::with_defaults());
    conditional(&alloc, true);
    conditional_end(&alloc, true);
    closure(&alloc);
    matched(&alloc, None);
    retried(&alloc, || true);
    statics();
    tagged(&alloc);
    two(&alloc, &render.alloc);
    helper(&alloc);
    own_thread(&alloc);
    guard_in_frame(&alloc);
    begin_in_guard(&alloc);
}
