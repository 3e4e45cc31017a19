// A static's frame begun again under a tag, a leaked allocator by two names, and frames that only follow each other.
use framealloc::{AllocConfig, SmartAlloc};
use std::sync::LazyLock;

static TOOLS: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

struct Server {
    memory: &'static SmartAlloc,
    ticks: u32,
}

fn report(lines: &[&str]) -> usize {
    TOOLS.begin_frame();
    let mut longest = 0;
    for line in lines {
        longest = longest.max(line.len());
    }
    TOOLS.with_tag("report", |tools| {
        tools.begin_frame(); //~ FA605
        longest += tools.frame_slice::<u8>(4).len();
    });
    TOOLS.end_frame();
    longest
}

impl Server {
    fn tick(&mut self, inputs: &[u8]) -> usize {
        let memory = self.memory;
        memory.begin_frame();
        self.ticks += 1;
        let copy = memory.frame_slice_copy(inputs).len();
        if copy > 2 {
            self.memory.begin_frame(); //~ FA605
        }
        memory.end_frame();
        copy
    }

    fn two_ticks(&mut self, inputs: &[u8]) -> usize {
        let memory = self.memory;
        memory.begin_frame();
        let first = memory.frame_slice_copy(inputs).len();
        self.memory.end_frame();
        self.memory.begin_frame();
        TOOLS.begin_frame();
        let second = TOOLS.frame_slice_copy(inputs).len();
        TOOLS.end_frame();
        memory.end_frame();
        first + second
    }
}

fn main() {
    let mut server = Server { memory: SmartAlloc::leaked(AllocConfig::default()), ticks: 0 };
    println!("{} {}", server.tick(&[1, 2, 3]), server.two_ticks(&[4]));
    println!("{} {}", report(&["a", "bc"]), server.ticks);
}
