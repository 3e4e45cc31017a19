//! A dispatcher of work to threads by kind.
use framealloc::{AllocError, SmartAlloc, TransferHandle};
use std::sync::mpsc::{Sender, channel};

#[derive(Debug)]
struct Work {
    kind: u8,
    cost: u32,
}

struct Slot {
    parcel: TransferHandle<Work>,
    at: u32,
}

struct Dispatcher<'d> {
    alloc: &'d SmartAlloc,
    fast: Sender<TransferHandle<Work>>,
    slow: Sender<Vec<TransferHandle<Work>>>,
}

impl Dispatcher<'_> {
    fn slot(&self, at: u32) -> Slot {
        let parcel = self.alloc.frame_box_for_transfer(Work { kind: 0, cost: at });
        Slot { parcel, at }
    }

    fn batch(&self, costs: &[u32]) -> usize {
        let parcels: Vec<_> = costs
            .iter()
            .map(|cost| self.alloc.frame_box_for_transfer(Work { kind: 1, cost: *cost }))
            .collect();
        let count = parcels.len();
        let _ = self.slow.send(parcels);
        count
    }

    fn probe(&self) -> Result<u32, AllocError> {
        let work = Work { kind: 2, cost: 4 };
        let cost = work.cost;
        let parcel = self.alloc.try_frame_box_for_transfer(work)?; //~ FA203
        if cost > 3 {
            println!("costly: {}", align_of_val(&parcel));
        }
        Ok(cost)
    }

    fn choose(&self, work: Work) {
        let kind = work.kind;
        let parcel = self.alloc.frame_box_for_transfer(work);
        let sender = match kind {
            0 | 1 => &self.fast,
            2 => {
                let unused = self.alloc.frame_box_for_transfer(kind); //~ FA203
                println!("{}", size_of_val(&unused));
                &self.fast
            }
            _ => return,
        };
        let _ = sender.send(parcel);
    }

    fn tagged(&self) -> u32 {
        self.alloc.with_tag("dispatch", |a| {
            let parcel = a.frame_box_for_transfer(Work { kind: 3, cost: 1 }); //~ FA203
            println!("{}", size_of_val(&parcel));
            1
        })
    }
}

fn main() -> Result<(), AllocError> {
    let alloc = SmartAlloc::with_defaults();
    let (fast, quick) = channel();
    let (slow, heavy) = channel();
    let dispatcher = Dispatcher { alloc: &alloc, fast, slow };
    println!("{} {} {}", dispatcher.batch(&[1, 2]), dispatcher.probe()?, dispatcher.tagged());
    dispatcher.choose(Work { kind: 1, cost: 1 });
    let Slot { parcel, at } = dispatcher.slot(7);
    let _ = dispatcher.fast.send(parcel);
    drop(dispatcher);
    for parcel in quick.into_iter().chain(heavy.into_iter().flatten()) {
        println!("{:?} {at}", parcel.receive());
    }
    Ok(())
}
