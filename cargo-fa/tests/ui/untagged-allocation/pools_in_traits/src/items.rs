use framealloc::{HeapBox, PoolBox, SmartAlloc};

pub struct Bag<'a> {
    alloc: &'a SmartAlloc,
    items: Vec<PoolBox<u32>>,
    big: Option<HeapBox<[u8; 256]>>,
}

pub trait Fill {
    fn fill(&mut self, count: u32);
}

impl Fill for Bag<'_> {
    fn fill(&mut self, count: u32) {
        for item in 0..count {
            self.items.push(self.alloc.pool_box(item)); //~ FA803
        }
        let alloc = self.alloc;
        self.big = Some(alloc.with_tag("items", |a| a.heap_alloc()));
        for item in 0..count {
            let _tag = alloc.tag("items/small");
            self.items.push(alloc.pool_box(item));
        }
    }
}

impl<'a> Bag<'a> {
    pub fn new(alloc: &'a SmartAlloc) -> Self {
        Self { alloc, items: Vec::new(), big: None }
    }

    pub fn weight(&self) -> u32 {
        let sorted = self.alloc.frame_slice_from_fn(self.items.len(), |i| *self.items[i]); //~ FA803
        sorted.iter().sum::<u32>() + u32::from(self.big.is_some())
    }
}
