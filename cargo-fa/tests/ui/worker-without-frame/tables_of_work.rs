//! Workers that get their work from a table of functions.
use framealloc::SmartAlloc;
use std::sync::Arc;
use std::thread;

type Work = fn(&SmartAlloc) -> usize;

fn physics(alloc: &SmartAlloc) -> usize {
    let contacts = alloc.frame_slice::<u32>(16); //~ FA204
    contacts.len()
}

fn audio(alloc: &SmartAlloc) -> usize {
    let frame = alloc.frame();
    frame.alloc_slice_copy(&[1u8, 2]).len()
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    let mut threads = Vec::new();
    for work in [physics as Work, audio] {
        let alloc = Arc::clone(&alloc);
        threads.push(thread::spawn(move || work(&alloc)));
    }
    let other = alloc.clone();
    let hold = move || {
        let mut names = other.frame_vec::<u32>(); //~ FA204
        names.push(1);
        names.len()
    };
    threads.push(thread::spawn(hold));
    println!("{}", threads.into_iter().filter_map(|thread| thread.join().ok()).sum::<usize>());
}
