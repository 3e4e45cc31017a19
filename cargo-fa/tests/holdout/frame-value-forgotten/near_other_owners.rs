// Forgotten, leaked and kept undropped: strings, files, pool boxes, transfer handles, a `MaybeUninit` and a copy.
use framealloc::{AllocConfig, PoolBox, SmartAlloc, frame_format};
use std::mem::{ManuallyDrop, MaybeUninit, forget};

struct Interner {
    alloc: SmartAlloc,
    names: Vec<&'static str>,
    blocks: Vec<ManuallyDrop<PoolBox<[u8; 16]>>>,
}

impl Interner {
    fn intern(&mut self, id: u32) -> &'static str {
        let text = frame_format!(self.alloc, "name {id}");
        let owned = text.to_string();
        drop(text);
        let name: &'static str = owned.leak();
        self.names.push(name);
        name
    }

    fn block(&mut self, byte: u8) -> usize {
        self.blocks.push(ManuallyDrop::new(self.alloc.pool_box([byte; 16])));
        let handle = self.alloc.frame_box_for_transfer(byte);
        let received = handle.receive();
        let value: &'static mut u8 = received.leak();
        usize::from(*value)
    }

    fn copy(&self, values: &[u32]) -> u32 {
        let slice = self.alloc.frame_slice_copy(values);
        let array: [u32; 2] = [slice[0], slice[1]];
        forget(array);
        let mut list: Vec<u32> = slice.iter().copied().collect();
        list.push(1);
        forget(list);
        slice.iter().sum()
    }

    fn uninit(&self) -> u8 {
        let mut place = self.alloc.frame_uninit::<[u8; 8]>();
        let written: &mut [u8; 8] = MaybeUninit::write(&mut place, [3; 8]);
        let first = written[0];
        let boxed: &'static mut [u8] = Box::leak(vec![first; 4].into_boxed_slice());
        boxed[0]
    }
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default());
    let mut interner = Interner { alloc: alloc.clone(), names: Vec::new(), blocks: Vec::new() };
    for id in 0..3 {
        alloc.begin_frame();
        println!("{} {}", interner.intern(id), interner.copy(&[id, 2]));
        println!("{}", interner.uninit());
        alloc.end_frame();
        println!("{}", interner.block(id as u8));
    }
}
