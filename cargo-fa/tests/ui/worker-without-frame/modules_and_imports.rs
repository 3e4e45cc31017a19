// Workers in a module of their own, spawned by an imported `spawn`; a loader that has a scope, a hasher that has nothing.
use framealloc::SmartAlloc;
use std::sync::Arc;

mod workers {
    use framealloc::{FrameVec, SmartAlloc};
    use std::sync::Arc;
    use std::thread::{JoinHandle, spawn};

    fn split<'m>(memory: &'m SmartAlloc, text: &'m str) -> FrameVec<'m, &'m str> {
        let mut words = memory.frame_vec(); //~ FA204
        words.extend(text.split(' '));
        words
    }

    pub fn words(memory: &Arc<SmartAlloc>, text: &'static str) -> JoinHandle<usize> {
        let memory = Arc::clone(memory);
        spawn(move || split(&memory, text).len())
    }

    pub fn longest(memory: &Arc<SmartAlloc>, text: &'static str) -> JoinHandle<usize> {
        let memory = Arc::clone(memory);
        spawn(move || {
            let scope = memory.scope();
            let lengths = scope.alloc_slice_from_fn(text.len(), |i| i);
            lengths.len()
        })
    }

    pub fn hash(text: &'static str) -> JoinHandle<u64> {
        spawn(move || text.bytes().fold(7, |hash: u64, byte| hash.rotate_left(5) ^ u64::from(byte)))
    }

    pub fn copies(memory: &Arc<SmartAlloc>, text: &'static str) -> JoinHandle<usize> {
        let memory = Arc::clone(memory);
        let copy = move || {
            let boxed = memory.frame_str(text); //~ FA204
            boxed.len()
        };
        spawn(copy)
    }
}

fn main() {
    let memory = Arc::new(SmartAlloc::with_defaults());
    let text = "the quick brown fox";
    let (words, longest) = (workers::words(&memory, text), workers::longest(&memory, text));
    let (hash, copies) = (workers::hash(text), workers::copies(&memory, text));
    println!("{:?} {:?}", words.join().ok(), longest.join().ok());
    println!("{:?} {:?}", hash.join().ok(), copies.join().ok());
}
