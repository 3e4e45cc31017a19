//! `alloc.heap_box(value)`: accounted for, yet as fast as `Box` on the allocator below.

use std::hint::black_box;

use super::value::{FirstWritten, Value, Written};
use crate::case::{Against, Case, Contender, Target, Work};
use crate::peers::{Heap, Maker, StdBox};

const BATCH: u64 = 100;
const BOX: &str = "Box on the same allocator";

pub fn cases() -> Vec<Case> {
    vec![
        of::<FirstWritten<128>>("1 KiB"),
        of::<FirstWritten<512>>("4 KiB"),
        of::<FirstWritten<8192>>("64 KiB"),
        of::<Written<128>>("1 KiB"),
        of::<Written<512>>("4 KiB"),
        of::<Written<8192>>("64 KiB"),
    ]
}

fn of<V: Value>(size: &str) -> Case {
    let contenders = vec![Contender::ours(work::<Heap, V>), Contender::peer(BOX, work::<StdBox, V>)];
    Case::new("heap_box", V::named(size), contenders)
        .batch(BATCH)
        .target(Target::TimeRatio(1.1, Against::Named(BOX)))
}

fn work<M: Maker<V>, V: Value>() -> Work {
    let maker = M::new();
    Box::new(move |units| {
        for _ in 0..units {
            for i in 0..BATCH {
                black_box(&mut *maker.make(V::new(i)));
            }
        }
    })
}
