// Handles that go on through iterators, maps, closures, `Option::insert` and a function pointer.
use framealloc::{SmartAlloc, TransferHandle};
use std::collections::HashMap;
use std::sync::mpsc::channel;

#[derive(Default)]
struct Outbox {
    by_id: HashMap<u32, TransferHandle<u64>>,
    urgent: Option<TransferHandle<u64>>,
    order: Vec<u32>,
}

impl Outbox {
    fn post(&mut self, alloc: &SmartAlloc, id: u32) {
        let handle = alloc.frame_box_for_transfer(u64::from(id) * 3);
        if let Some(old) = self.by_id.insert(id, handle) {
            println!("{} was not read", old.into_inner());
        }
        self.order.push(id);
    }

    fn shout(&mut self, alloc: &SmartAlloc, value: u64) {
        let handle = alloc.frame_box_for_transfer(value);
        self.urgent.get_or_insert(handle);
    }

    fn send(&mut self, each: impl Fn(TransferHandle<u64>) -> u64) -> u64 {
        let urgent = self.urgent.take().map_or(0, &each);
        let by_id = &mut self.by_id;
        urgent + self.order.drain(..).filter_map(|id| by_id.remove(&id)).map(each).sum::<u64>()
    }
}

fn read(handle: TransferHandle<u64>) -> u64 {
    *handle.receive()
}

fn batch(alloc: &SmartAlloc, values: &[u64]) -> Vec<TransferHandle<u64>> {
    values.iter().map(|value| alloc.frame_box_for_transfer(*value)).collect()
}

fn either(alloc: &SmartAlloc, left: bool) -> u64 {
    let (send, receive) = channel();
    let handle = alloc.frame_box_for_transfer(8u64);
    match left {
        true => send.send(handle).unwrap_or(()),
        false => println!("kept back"),
    }
    receive.try_iter().map(read).sum()
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut outbox = Outbox::default();
    outbox.post(&alloc, 1);
    outbox.post(&alloc, 2);
    outbox.shout(&alloc, 9);
    println!("{} {}", outbox.send(read), either(&alloc, true));
    println!("{}", batch(&alloc, &[1, 2]).into_iter().map(read).sum::<u64>());
}
