//! Results of simulation steps that go to whoever wants them.
use framealloc::{SmartAlloc, TransferHandle as Parcel};
use std::collections::VecDeque;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

#[derive(Clone, Copy, Default)]
struct Snapshot {
    tick: u64,
    energy: f32,
}

type Queue = Arc<Mutex<VecDeque<Parcel<Snapshot>>>>;

fn pack(alloc: &SmartAlloc, tick: u64) -> Parcel<Snapshot> {
    alloc.frame_box_for_transfer(Snapshot { tick, energy: tick as f32 })
}

fn enqueue(alloc: &SmartAlloc, queue: &Queue, tick: u64) {
    let parcel = pack(alloc, tick);
    queue.lock().unwrap().push_back(parcel);
}

fn weigh(parcel: &Parcel<Snapshot>) -> usize {
    size_of_val(parcel)
}

fn measure(alloc: &SmartAlloc, snapshot: Snapshot) -> usize {
    let parcel = alloc.frame_box_for_transfer(snapshot); //~ FA203
    weigh(&parcel)
}

fn publish(alloc: &SmartAlloc, senders: &[SyncSender<Parcel<Snapshot>>], snapshot: Snapshot) -> usize {
    let mut sent = 0;
    for sender in senders {
        let parcel = alloc.frame_box_for_transfer(Snapshot { tick: sent, ..snapshot });
        if sender.try_send(parcel).is_ok() {
            sent += 1;
        }
    }
    for tick in sent..3 {
        let late = alloc.frame_box_for_transfer(Snapshot { tick, ..snapshot }); //~ FA203
        println!("{} bytes nobody wants", weigh(&late));
    }
    sent as usize
}

fn background(alloc: &SmartAlloc) -> f32 {
    let parcel = alloc.frame_box_for_transfer(Snapshot { tick: 1, energy: 3.0 });
    let worker = thread::spawn(move || parcel.receive().energy);
    worker.join().unwrap_or(0.0)
}

fn pair(alloc: &SmartAlloc) -> (Parcel<Snapshot>, u64) {
    let kept = alloc.frame_box_for_transfer(Snapshot::default());
    let _other = alloc.frame_box_for_transfer(Snapshot { tick: 2, energy: 0.0 }); //~ FA203
    (kept, 2)
}

fn guess(alloc: &SmartAlloc, snapshot: Option<Snapshot>) -> bool {
    if let Some(snapshot) = snapshot {
        let parcel = alloc.frame_box_for_transfer(snapshot); //~ FA203
        return weigh(&parcel) > 8;
    }
    false
}

fn local(alloc: &SmartAlloc) -> f32 {
    alloc.frame_box_for_transfer(Snapshot { tick: 0, energy: 1.0 }).into_inner().energy
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let queue = Queue::default();
    let (sender, receiver) = sync_channel(4);
    enqueue(&alloc, &queue, 4);
    println!("{} {}", measure(&alloc, Snapshot::default()), background(&alloc));
    println!("{} {}", publish(&alloc, &[sender], Snapshot::default()), local(&alloc));
    let (kept, _) = pair(&alloc);
    queue.lock().unwrap().push_back(kept);
    println!("{} {}", guess(&alloc, None), receiver.try_recv().map_or(0, |parcel| parcel.receive().tick));
    while let Some(parcel) = queue.lock().unwrap().pop_front() {
        println!("{}", parcel.receive().tick);
    }
}
