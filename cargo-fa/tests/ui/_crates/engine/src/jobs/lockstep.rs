//! Threads that end their frames together.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use framealloc::FrameBarrier;

use crate::memory::{Alloc, SharedAlloc};

pub struct Lockstep {
    alloc: SharedAlloc,
    barrier: Arc<FrameBarrier>,
    running: AtomicBool,
    turns: AtomicU32,
}

impl Lockstep {
    pub fn new(alloc: SharedAlloc, barrier: Arc<FrameBarrier>) -> Self {
        Self { alloc, barrier, running: AtomicBool::new(true), turns: AtomicU32::new(0) }
    }

    fn simulate(&self, turn: u32) {
        let work = self.alloc.frame_slice_from_fn(64, |i| i as u32 + turn);
        self.turns.fetch_add(work[0], Ordering::Relaxed);
    }

    pub fn stop(&self) {
        self.running.store(false, Ordering::Relaxed);
    }

    /// In the right order.
    pub fn run(&self) {
        let mut turn = 0;
        while self.running.load(Ordering::Relaxed) {
            self.alloc.begin_frame();
            self.simulate(turn);
            self.alloc.end_frame();
            self.barrier.signal_frame_complete();
            self.rest();
            turn += 1;
        }
    }

    /// The end of a turn, after the signal.
    fn rest(&self) {
        self.barrier.wait_all();
    }

    /// Follows the others, but tells them nothing.
    pub fn follow(&self) {
        while self.running.load(Ordering::Relaxed) {
            self.alloc.begin_frame();
            self.simulate(1);
            self.alloc.end_frame();
            self.barrier.wait_all(); //~ FA202
        }
    }

    /// Tells the others too early.
    pub fn run_eager(&self) {
        while self.running.load(Ordering::Relaxed) {
            self.alloc.begin_frame();
            self.simulate(2);
            self.barrier.signal_frame_complete(); //~ FA202
            self.alloc.end_frame();
            self.barrier.wait_all();
        }
    }

    /// Tells them, and never waits for them.
    pub fn run_alone(&self, turns: u32) {
        for turn in 0..turns {
            self.alloc.begin_frame();
            self.simulate(turn);
            self.alloc.end_frame();
            self.barrier.signal_frame_complete(); //~ FA202
        }
    }
}

/// Four helpers and the caller.
pub fn run_fan(alloc: &SharedAlloc) {
    let barrier = Arc::new(FrameBarrier::new(5));
    let mut threads = Vec::new();
    for part in 0..4u32 {
        let (alloc, barrier) = (Arc::clone(alloc), Arc::clone(&barrier));
        threads.push(thread::spawn(move || turn_of(&alloc, &barrier, part)));
    }
    turn_of(alloc, &barrier, 4);
    for thread in threads {
        let _ = thread.join();
    }
}

/// Two helpers; the caller only waits for their end.
pub fn run_pairs(alloc: &SharedAlloc) {
    let barrier = Arc::new(FrameBarrier::new(4)); //~ FA202
    let mut threads = Vec::new();
    for part in 0..2u32 {
        let (alloc, barrier) = (Arc::clone(alloc), Arc::clone(&barrier));
        threads.push(thread::spawn(move || turn_of(&alloc, &barrier, part)));
    }
    for thread in threads {
        let _ = thread.join();
    }
}

fn turn_of(alloc: &Alloc, barrier: &FrameBarrier, part: u32) {
    alloc.begin_frame();
    let mut numbers = alloc.frame_slice_from_fn(16, |i| i as u32 * part);
    numbers.reverse();
    drop(numbers);
    alloc.end_frame();
    barrier.signal_frame_complete();
    barrier.wait_all();
}
