//! What a thread holds that has made one frame box and nothing else: resident bytes of the process before and
//! after some threads do so.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;

use super::{again, output};
use crate::case::Fact;
use crate::ours;

const THREADS: usize = 16;
const LIMIT: u64 = 64 * 1024;
/// The box lies in one page of the chunk.
const TOUCHED: u64 = 4096;

pub fn fact() -> Fact {
    let what = "memory of a thread that has done nothing but one frame box".to_owned();
    let must_reach = format!("≤ {} KiB resident beyond its chunk's touched page", LIMIT / 1024);
    let found = output(again().args(["child", "memory"]))
        .and_then(|printed| printed.trim().parse::<u64>().map_err(|error| error.to_string()));
    match found {
        Ok(bytes) => {
            let beyond = bytes.saturating_sub(TOUCHED);
            let measured = format!("{:.1} KiB (mean of {THREADS} threads)", beyond as f64 / 1024.0);
            Fact { what, must_reach, measured, reached: Some(beyond <= LIMIT) }
        }
        Err(why) => Fact { what, must_reach, measured: format!("not measured: {why}"), reached: None },
    }
}

/// The child's side: resident bytes per thread.
pub fn child() -> Result<String, String> {
    let alloc = ours::allocator();
    // What is made once for the allocator is not the threads'.
    drop(alloc.frame_box(1_u64));
    resident()?;
    let stage = Barrier::new(THREADS + 1);
    let (before, after) = thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                // A thread has a stack and a corner of the heap anyway.
                black_box([1_u8; 64 * 1024]);
                drop(black_box(Box::new(1_u64)));
                stage.wait();
                stage.wait();
                alloc.begin_frame();
                drop(black_box(alloc.frame_box(1_u64)));
                alloc.end_frame();
                stage.wait();
                stage.wait();
            });
        }
        stage.wait();
        let before = resident();
        stage.wait();
        stage.wait();
        let after = resident();
        stage.wait();
        (before, after)
    });
    Ok((after?.saturating_sub(before?) / THREADS as u64).to_string())
}

/// Exact, unlike the kernel's running totals, which each thread keeps back in part.
fn resident() -> Result<u64, String> {
    let smaps = std::fs::read_to_string("/proc/self/smaps_rollup").map_err(|error| error.to_string())?;
    let kilobytes = smaps
        .lines()
        .find_map(|line| line.strip_prefix("Rss:"))
        .and_then(|rest| rest.trim().strip_suffix("kB"))
        .and_then(|number| number.trim().parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| "smaps_rollup names no Rss".to_owned())
}
