//! Loading of assets: pools and heap in loops, but no frame anywhere near.
use framealloc::{AllocError, HeapBox, PoolBox, SmartAlloc, Zeroable};
use std::collections::BTreeMap;
use std::mem::{self, ManuallyDrop};

#[derive(Clone, Copy, Zeroable)]
struct Texel {
    rgba: [u8; 4],
}

struct Asset {
    name: String,
    texels: HeapBox<[Texel]>,
}

struct Library {
    alloc: SmartAlloc,
    assets: BTreeMap<u32, PoolBox<Asset>>,
    pinned: Vec<&'static mut u32>,
}

impl Library {
    fn load(&mut self, names: &[&str], side: u16) -> Result<(), AllocError> {
        for (id, name) in (0..).zip(names) {
            let probe = self.alloc.try_heap_box([0u32; 64])?;
            let texels = self.alloc.try_heap_slice(usize::from(side) * usize::from(side))?;
            let asset = Asset { name: (*name).to_owned(), texels };
            if probe[0] == 0 {
                self.assets.insert(id, self.alloc.pool_box(asset));
            }
        }
        Ok(())
    }

    fn pin(&mut self, value: u32) {
        // For the program's whole life, and meant so.
        self.pinned.push(self.alloc.pool_box(value).leak());
    }

    fn unload(&mut self, id: u32) -> Option<String> {
        let asset = self.assets.remove(&id)?;
        let name = asset.name.clone();
        self.alloc.pool_free(asset);
        Some(name)
    }

    fn release(self) -> usize {
        let this = ManuallyDrop::new(self);
        this.assets.len()
    }
}

fn checksum(alloc: &SmartAlloc, library: &Library) -> u32 {
    let mut sum = 0;
    for asset in library.assets.values() {
        let table = alloc.pool_box([1u32; 16]);
        sum += table.iter().sum::<u32>() + asset.texels.iter().map(|texel| u32::from(texel.rgba[3])).sum::<u32>();
    }
    sum
}

fn main() -> Result<(), AllocError> {
    let alloc = SmartAlloc::with_defaults();
    let mut library = Library { alloc: alloc.clone(), assets: BTreeMap::new(), pinned: Vec::new() };
    library.load(&["a.png", "b.png"], 32)?;
    library.pin(4);
    println!("{} {:?}", checksum(&alloc, &library), library.unload(0));
    let names = vec![String::from("gone")];
    mem::forget(names);
    println!("{} {}", library.pinned.len(), library.release());
    Ok(())
}
