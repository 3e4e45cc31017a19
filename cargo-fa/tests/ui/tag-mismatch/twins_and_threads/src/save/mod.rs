use framealloc::{PoolBox, SmartAlloc};

pub enum Kind {
    Quick,
    Full,
}

pub struct Slot {
    alloc: SmartAlloc,
    kept: Vec<PoolBox<[u8; 32]>>,
    pub copies: usize,
}

impl Slot {
    pub fn new(alloc: SmartAlloc) -> Self {
        Self { alloc, kept: Vec::new(), copies: 0 }
    }

    pub fn write(&mut self, bytes: &[u8], kind: Kind) -> usize {
        let _frame = self.alloc.frame();
        self.copies += 1;
        match kind {
            Kind::Quick => self.alloc.with_tag("save/quick", |a| a.frame_slice_copy(bytes).len()),
            Kind::Full => {
                let kept = self.alloc.with_tag("saves", |a| a.pool_box([bytes.len() as u8; 32])); //~ FA801
                self.kept.push(kept);
                self.kept.len()
            }
        }
    }
}
