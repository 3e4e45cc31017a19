// Endless loops of tools: stdin, timers, a peer's answers; methods, tags and twins.
use framealloc::{AllocError, FrameVec, SmartAlloc};
use std::io::{self, BufRead, Read, Write};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

static MEMORY: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);
static STOP: AtomicBool = AtomicBool::new(false);

struct Repl<R> {
    input: R,
    bytes: usize,
}

impl<R: BufRead> Repl<R> {
    fn run(&mut self, out: &mut impl Write) -> io::Result<()> {
        let mut line = String::new();
        loop {
            line.clear();
            self.input.read_line(&mut line)?;
            let mut words: FrameVec<'_, &str> = MEMORY.frame_vec(); //~ FA301
            words.extend(line.split_whitespace());
            match words.first() {
                Some(&"quit") | None => return Ok(()),
                Some(word) => {
                    writeln!(out, "{word}?")?;
                    self.bytes += word.len();
                }
            }
        }
    }

    fn split(&mut self) -> Result<usize, AllocError> {
        let mut parts = 0;
        for part in self.input.by_ref().lines() {
            let Ok(part) = part else { break };
            let copy = MEMORY.with_tag("split", |m| m.try_frame_slice_copy(part.as_bytes()))?; //~ FA301
            parts += copy.len();
        }
        Ok(parts)
    }
}

fn spin() -> u64 {
    let mut turns = 0u64;
    while !STOP.load(Ordering::Relaxed) {
        STOP.store(turns % 7 == 6, Ordering::Relaxed);
        let state = MEMORY.frame_alloc::<[u64; 4]>(); //~ FA301
        turns += 1 + state[0];
    }
    turns
}

fn spin_in_frames(for_how_long: Duration) -> u64 {
    let started = Instant::now();
    let mut turns = 0u64;
    while started.elapsed() < for_how_long {
        let frame = MEMORY.frame();
        turns += 1 + frame.alloc([0u64; 4])[0];
    }
    turns
}

fn bytes(mut input: impl Read) -> io::Result<usize> {
    let mut all = Vec::new();
    input.read_to_end(&mut all)?;
    let mut sum = 0;
    for chunk in all.chunks(64) {
        sum += MEMORY.frame_slice_copy(chunk).len();
    }
    Ok(sum)
}

fn main() -> io::Result<()> {
    let mut repl = Repl { input: io::stdin().lock(), bytes: 0 };
    repl.run(&mut io::stdout())?;
    println!("{:?} {}", repl.split().ok(), repl.bytes);
    println!("{} {}", spin(), spin_in_frames(Duration::from_millis(1)));
    println!("{}", bytes(&[1u8; 100][..])?);
    Ok(())
}
