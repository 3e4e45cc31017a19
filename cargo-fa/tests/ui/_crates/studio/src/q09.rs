//! Culling stages, and who keeps what they gathered.

use std::cell::RefCell;

use framealloc::{FrameBox, SmartAlloc};

type Picked<'a> = FrameBox<'a, [u32]>;

thread_local! {
    static LAST: RefCell<Option<Picked<'static>>> = const { RefCell::new(None) };
}

pub trait Stage {
    fn lowest(&self) -> u32;

    fn gather<'a>(&self, alloc: &'a SmartAlloc, ids: &[u32]) -> Picked<'a> {
        let count = ids.iter().filter(|id| **id >= self.lowest()).count();
        let mut chosen = ids.iter().copied().filter(|id| *id >= self.lowest());
        alloc.frame_slice_from_fn(count, |_| chosen.next().unwrap_or(0))
    }
}

pub struct Near;

impl Stage for Near {
    fn lowest(&self) -> u32 {
        8
    }
}

pub fn publish(alloc: &'static SmartAlloc, ids: &[u32]) {
    alloc.begin_frame();
    let picked = Near.gather(alloc, ids);
    if picked.len() > 1 {
        LAST.with(|slot| { slot.borrow_mut().replace(picked); }); //~ FA601
    }
    alloc.end_frame();
}

pub fn selected<'a>(stage: &Near, alloc: &'a SmartAlloc, ids: &[u32]) -> Option<Picked<'a>> {
    alloc.begin_frame();
    let ids = stage.gather(alloc, ids);
    let wanted = ids.first().is_some_and(|id| *id != 0);
    let found = if wanted { Some(ids) } else { None };
    alloc.end_frame();
    found //~ FA601
}

pub fn replay(alloc: &SmartAlloc, turns: &[Vec<u32>]) -> usize {
    let mut history = Vec::with_capacity(turns.len());
    let mut turn = 0;
    for ids in turns {
        alloc.begin_frame();
        let kept = Near.gather(alloc, ids);
        if let Some(first) = kept.first() && first % 2 == 0 {
            history.push(kept); //~ FA601
        }
        turn += 1;
        alloc.end_frame();
    }
    turn
}

/// Nobody but this function sees the list, and it ends with the frame.
pub fn overlap(alloc: &SmartAlloc, ids: &[u32]) -> usize {
    alloc.begin_frame();
    let mut lists = alloc.frame_vec();
    lists.push(Near.gather(alloc, ids));
    let longest = lists.iter().map(|list| list.len()).max().unwrap_or(0);
    drop(lists);
    alloc.end_frame();
    longest
}
