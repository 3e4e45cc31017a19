//! A stress tool that begins frames and forgets about them.
use framealloc::{SmartAlloc, kilobytes, AllocConfig};
use std::time::{Duration, Instant};

struct Report {
    rounds: u32,
    longest: Duration,
}

fn work(alloc: &SmartAlloc, round: u32) -> u32 {
    let numbers = alloc.frame_slice_from_fn(1000, |index| index as u32 ^ round);
    numbers.iter().copied().fold(0, u32::wrapping_add)
}

fn measure(alloc: &SmartAlloc, rounds: u32) -> Report {
    let mut longest = Duration::ZERO;
    for round in 0..rounds {
        let start = Instant::now();
        alloc.begin_frame(); //~ FA603
        std::hint::black_box(work(alloc, round));
        longest = longest.max(start.elapsed());
    }
    Report { rounds, longest }
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64)));
    let report = measure(&alloc, 1000);
    println!("{} rounds, at most {:?}", report.rounds, report.longest);
}
