//! Workers that meet at the end of each frame; not all of them know how.
use framealloc::{AllocConfig, FrameBarrier, SmartAlloc, megabytes};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

struct Shared {
    alloc: SmartAlloc,
    barrier: FrameBarrier,
    running: AtomicBool,
}

fn physics(shared: &Shared) {
    while shared.running.load(Ordering::Relaxed) {
        shared.alloc.begin_frame();
        let contacts = shared.alloc.frame_slice::<u32>(128);
        println!("{} contacts", contacts.len());
        drop(contacts);
        shared.alloc.end_frame();
        shared.barrier.wait_all(); //~ FA202
    }
}

fn audio(shared: &Shared) {
    while shared.running.load(Ordering::Relaxed) {
        shared.alloc.begin_frame();
        let block = shared.alloc.frame_slice::<f32>(256);
        println!("{} samples", block.len());
        drop(block);
        shared.barrier.signal_frame_complete(); //~ FA202
        shared.alloc.end_frame();
        shared.barrier.wait_all();
    }
}

fn render(shared: &Shared) {
    while shared.running.load(Ordering::Relaxed) {
        shared.alloc.begin_frame();
        let commands = shared.alloc.frame_slice::<u64>(64);
        println!("{} commands", commands.len());
        drop(commands);
        shared.alloc.end_frame();
        shared.barrier.signal_frame_complete();
        println!("what needs nobody else");
        shared.barrier.wait_all();
    }
}

fn animation(shared: Arc<Shared>) {
    loop {
        shared.alloc.begin_frame();
        let poses = shared.alloc.frame_slice::<[f32; 16]>(8);
        println!("{} poses", poses.len());
        drop(poses);
        shared.alloc.end_frame();
        shared.barrier.signal_frame_complete(); //~ FA202
        if !shared.running.load(Ordering::Relaxed) {
            break;
        }
    }
}

/// Waits only when it may, and signals only when it must.
fn culling(shared: &Shared, every: u64) {
    let mut frame = 0u64;
    while shared.running.load(Ordering::Relaxed) {
        frame += 1;
        {
            let guard = shared.alloc.frame();
            println!("{}", guard.alloc(frame));
        }
        if frame % every == 0 {
            shared.barrier.signal_frame_complete();
        }
        shared.barrier.wait_all(); //~ FA202
    }
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(2)));
    let shared = Arc::new(Shared { alloc, barrier: FrameBarrier::new(5), running: AtomicBool::new(true) });
    let mut threads = Vec::new();
    for work in [physics, audio, render] {
        let shared = Arc::clone(&shared);
        threads.push(thread::spawn(move || work(&shared)));
    }
    let other = shared.clone();
    threads.push(thread::spawn(move || animation(other)));
    let other = shared.clone();
    threads.push(thread::spawn(move || culling(&other, 2)));
    shared.running.store(false, Ordering::Relaxed);
    for thread in threads {
        let _ = thread.join();
    }
}
