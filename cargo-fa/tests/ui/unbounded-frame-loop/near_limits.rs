// An allocator with a frame limit: the loop runs into an error, not into the machine's memory.
use framealloc::{AllocConfig, SmartAlloc, frame_format, megabytes};
use std::io::{self, BufRead};

struct Console {
    alloc: SmartAlloc,
    bytes: usize,
}

impl Console {
    fn run(&mut self, input: impl BufRead) -> io::Result<()> {
        for line in input.lines() {
            let line = line?;
            let reply = frame_format!(self.alloc, "ok: {line}");
            self.bytes += reply.len();
        }
        Ok(())
    }
}

fn main() -> io::Result<()> {
    let config = AllocConfig::default().with_frame_size(megabytes(1)).with_frame_limit(megabytes(8));
    let mut console = Console { alloc: SmartAlloc::new(config), bytes: 0 };
    console.run(io::stdin().lock())?;
    println!("{}", console.bytes);
    Ok(())
}
