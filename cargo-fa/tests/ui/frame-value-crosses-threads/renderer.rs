//! A renderer with a thread of its own and a pool of tasks.
use framealloc::{AllocConfig, FrameVec, SmartAlloc, megabytes};
use rayon::prelude::*;
use std::mem::transmute;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

#[derive(Clone, Copy)]
struct Draw {
    mesh: u32,
    depth: f32,
}

struct List<'a> {
    draws: FrameVec<'a, Draw>,
}

unsafe impl Send for List<'_> {}

struct Renderer {
    alloc: &'static SmartAlloc,
    lists: Sender<List<'static>>,
    owned: Sender<Vec<Draw>>,
}

fn visible(alloc: &'static SmartAlloc, draws: &[Draw]) -> List<'static> {
    let mut list = List { draws: alloc.frame_vec_with_capacity(draws.len()) };
    list.draws.extend(draws.iter().copied().filter(|draw| draw.depth > 0.0));
    list
}

impl Renderer {
    fn submit(&self, draws: &[Draw]) {
        let list = visible(self.alloc, draws);
        let _ = self.lists.send(list); //~ FA201
    }

    fn submit_owned(&self, draws: &[Draw]) {
        let list = visible(self.alloc, draws);
        let _ = self.owned.send(list.draws.to_vec());
    }

    fn sort(&self, draws: &[Draw]) -> f32 {
        let keys = self.alloc.frame_slice_from_fn(draws.len(), |index| draws[index].depth);
        let nearest = keys.par_iter().copied().reduce(|| f32::MAX, f32::min);
        let mut parts = [0.0f32; 2];
        let (left, right) = parts.split_at_mut(1);
        let keys: &[f32] = &keys;
        rayon::scope(|scope| {
            scope.spawn(|_| left[0] = keys.iter().sum());
            scope.spawn(|_| right[0] = keys.iter().copied().fold(0.0, f32::max));
        });
        nearest + parts[0] - parts[1]
    }

    fn prefetch(&self, draws: &[Draw]) {
        let meshes = self.alloc.frame_slice_from_fn(draws.len(), |index| draws[index].mesh);
        let view: &'static [u32] = unsafe { transmute::<&[u32], &'static [u32]>(&meshes) };
        rayon::spawn(move || println!("{} meshes", view.len())); //~ FA201
    }

    fn shade(&self, draws: &[Draw]) {
        let list = visible(self.alloc, draws);
        thread::spawn(move || { //~ FA201
            let list = list;
            println!("{}", list.draws.iter().map(|draw| draw.mesh).sum::<u32>());
        });
    }
}

fn present(lists: Receiver<List<'static>>) {
    for list in lists {
        println!("{} draws", list.draws.len());
    }
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default().with_frame_size(megabytes(4)));
    let (lists, received) = channel();
    let (owned, copies) = channel();
    let presenting = thread::spawn(move || present(received));
    let renderer = Renderer { alloc, lists, owned };
    let draws = [Draw { mesh: 1, depth: 0.5 }; 8];
    alloc.begin_frame();
    renderer.submit(&draws);
    renderer.submit_owned(&draws);
    renderer.prefetch(&draws);
    renderer.shade(&draws);
    println!("{}", renderer.sort(&draws));
    alloc.end_frame();
    drop(renderer);
    println!("{}", copies.into_iter().map(|list| list.len()).sum::<usize>());
    let _ = presenting.join();
}
