//! Parcels that are put into lists which nobody empties.
use framealloc::{SmartAlloc, TransferHandle};
use std::collections::{HashMap, VecDeque};
use std::sync::mpsc::{Sender, channel};

fn pushed(alloc: &SmartAlloc, meshes: &[u32]) -> usize {
    let mut parcels = Vec::new();
    for mesh in meshes {
        parcels.push(alloc.frame_box_for_transfer(*mesh)); //~ FA203
    }
    parcels.len()
}

fn queued(alloc: &SmartAlloc) -> bool {
    let mut queue = VecDeque::with_capacity(2);
    queue.push_back(alloc.frame_box_for_transfer(1u32)); //~ FA203
    queue.is_empty()
}

fn by_name(alloc: &SmartAlloc, names: &[&'static str]) -> usize {
    let mut parcels: HashMap<&str, TransferHandle<usize>> = HashMap::new();
    for name in names {
        parcels.insert(name, alloc.frame_box_for_transfer(name.len())); //~ FA203
    }
    parcels.keys().map(|name| name.len()).sum()
}

fn collected(alloc: &SmartAlloc, count: u32) -> usize {
    let parcels: Vec<TransferHandle<u32>> =
        (0..count).map(|number| alloc.frame_box_for_transfer(number)).collect(); //~ FA203
    parcels.len()
}

/// Emptied when it is full, and at the end.
fn sent(alloc: &SmartAlloc, out: &Sender<Vec<TransferHandle<u32>>>, count: u32) {
    let mut batch = Vec::new();
    for number in 0..count {
        batch.push(alloc.frame_box_for_transfer(number));
        if batch.len() == 8 {
            let _ = out.send(std::mem::take(&mut batch));
        }
    }
    let _ = out.send(batch);
}

struct Outbox<'o> {
    out: &'o Sender<Vec<TransferHandle<u32>>>,
    batch: Vec<TransferHandle<u32>>,
}

impl Drop for Outbox<'_> {
    fn drop(&mut self) {
        let _ = self.out.send(std::mem::take(&mut self.batch));
    }
}

fn on_drop(alloc: &SmartAlloc, out: &Sender<Vec<TransferHandle<u32>>>) {
    let mut outbox = Outbox { out, batch: Vec::new() };
    outbox.batch.push(alloc.frame_box_for_transfer(1));
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    println!("{} {} {}", pushed(&alloc, &[1]), queued(&alloc), by_name(&alloc, &["a"]));
    println!("{}", collected(&alloc, 3));
    let (out, batches) = channel();
    sent(&alloc, &out, 9);
    on_drop(&alloc, &out);
    drop(out);
    let parcels = batches.into_iter().flatten();
    println!("{}", parcels.map(|parcel| parcel.into_inner()).sum::<u32>());
}
