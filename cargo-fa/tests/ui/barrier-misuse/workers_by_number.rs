// How many take part, by constants, loops and lists; and turns that are begun early or left.
use framealloc::{AllocConfig, FrameBarrier, SmartAlloc};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

const WORKERS: usize = 4;

fn turn(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    alloc.begin_frame();
    println!("{}", alloc.frame_slice::<u8>(4).len());
    alloc.end_frame();
    barrier.signal_frame_complete();
    barrier.wait_all();
}

fn too_many_seats(alloc: &Arc<SmartAlloc>) -> Vec<JoinHandle<()>> {
    let barrier = Arc::new(FrameBarrier::new(6)); //~ FA202
    (0..4)
        .map(|_| {
            let (alloc, barrier) = (Arc::clone(alloc), Arc::clone(&barrier));
            thread::spawn(move || turn(&alloc, &barrier))
        })
        .collect()
}

fn as_many_as_workers(alloc: &Arc<SmartAlloc>) {
    let barrier = Arc::new(FrameBarrier::new(WORKERS));
    for _ in 0..WORKERS {
        let (alloc, barrier) = (alloc.clone(), barrier.clone());
        thread::spawn(move || turn(&alloc, &barrier));
    }
}

fn main_takes_part(alloc: &Arc<SmartAlloc>) {
    let barrier = Arc::new(FrameBarrier::new(3));
    let (a, b) = (alloc.clone(), barrier.clone());
    let first = thread::spawn(move || turn(&a, &b));
    let (a, b) = (alloc.clone(), barrier.clone());
    let second = thread::spawn(move || turn(&a, &b));
    turn(alloc, &barrier);
    first.join().and(second.join()).unwrap();
}

fn main_does_not(alloc: &Arc<SmartAlloc>) {
    let barrier = Arc::new(FrameBarrier::new(3)); //~ FA202
    let (a, b) = (alloc.clone(), barrier.clone());
    let first = thread::spawn(move || turn(&a, &b));
    let (a, b) = (alloc.clone(), barrier.clone());
    let second = thread::spawn(move || turn(&a, &b));
    first.join().and(second.join()).unwrap();
}

fn skips_the_signal(alloc: &SmartAlloc, barrier: &FrameBarrier, inputs: &[Option<u32>]) {
    for input in inputs {
        alloc.begin_frame();
        let Some(input) = input else {
            alloc.end_frame();
            barrier.wait_all(); //~ FA202
            continue;
        };
        println!("{}", alloc.frame_box(*input));
        alloc.end_frame();
        barrier.signal_frame_complete();
        barrier.wait_all();
    }
}

fn waits_first(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    for _ in 0..8 {
        alloc.begin_frame();
        barrier.wait_all(); //~ FA202
        println!("{}", alloc.frame_slice::<u8>(4).len());
        alloc.end_frame();
        barrier.signal_frame_complete();
    }
}

fn signals_before(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    loop {
        barrier.signal_frame_complete();
        barrier.wait_all();
        alloc.begin_frame();
        let done = alloc.frame_slice::<u8>(4).len() > 4;
        alloc.end_frame();
        if done {
            break;
        }
    }
}

fn once(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    alloc.begin_frame();
    println!("{}", alloc.frame_slice::<u8>(4).len());
    signal(barrier); //~ FA202
    alloc.end_frame();
    barrier.wait_all();
}

fn signal(barrier: &FrameBarrier) {
    barrier.signal_frame_complete();
}

fn main() {
    let alloc = Arc::new(SmartAlloc::new(AllocConfig::default()));
    let barrier = FrameBarrier::new(1);
    too_many_seats(&alloc);
    as_many_as_workers(&alloc);
    main_takes_part(&alloc);
    main_does_not(&alloc);
    skips_the_signal(&alloc, &barrier, &[]);
    waits_first(&alloc, &barrier);
    signals_before(&alloc, &barrier);
    once(&alloc, &barrier);
}
