//! The slow paths of taking and giving back: no room in the current span, or a block from outside of it.

use std::ptr::NonNull;

use super::arena::{Arena, Cold, flag};
use super::backing::{FrameBacking, Refused};
use super::chunk::{Chunk, OVERHEAD};
use super::level::{Level, LevelRef};
use crate::memory::{address, poison, tally, tracking};

/// A chunk that continues another is at least this large: so that whatever is not worth a chunk of its own fits.
const LEAST_GROWTH: usize = 4 << 10;
/// The first side chunk of a level.
const FIRST_SIDE_CHUNK: usize = 16 << 10;
/// Side chunks double up to this.
const LARGEST_SIDE_CHUNK: usize = 1 << 20;

impl Arena {
    /// A block for the top level when the fast path found no room.
    #[cold]
    #[inline(never)]
    pub(crate) fn refill(&self, size: usize, align: usize) -> Result<NonNull<u8>, Refused> {
        self.fill();
        let block = self.refill_filled(size, align);
        self.hollow();
        block
    }

    fn refill_filled(&self, size: usize, align: usize) -> Result<NonNull<u8>, Refused> {
        debug_assert!(size.is_multiple_of(address::UNIT) && size != 0);
        self.note_peak();
        let need = size.checked_add(align.saturating_sub(address::UNIT)).ok_or(Refused::Overflow)?;
        if need > isize::MAX as usize - (2 * OVERHEAD) {
            return Err(Refused::Overflow);
        }
        if self.has(flag::RETIRED) {
            return self.own_block(size, need, align);
        }
        let mut rewound = false;
        loop {
            let left = self.cap.get().saturating_sub(self.held() + self.side_bytes.get());
            if size <= left {
                let ptr = self.ptr.get().addr().get();
                let room = self.chunk.get().map_or(0, Chunk::limit).min(ptr.saturating_add(left));
                if let Some(block) = self.take(room, size, align) {
                    self.apply_limit();
                    return Ok(block);
                }
            }
            // Nothing alive and no scope open: what lies before the pointer is all dead, so begin again at the
            // front instead of growing. Once: a request that does not fit an empty chunk has to grow.
            if !rewound && self.top.get() == self.base && self.nothing_alive() && self.held() != 0 {
                self.rewind_to(&self.base);
                self.apply_limit();
                rewound = true;
                continue;
            }
            if size > left {
                return Err(Refused::Cap { left });
            }
            break;
        }
        self.shed_interlude();
        let growth = self.next_chunk_size();
        if need > growth / 2 && (self.chunk.get().is_some() || need > growth - OVERHEAD) {
            return self.own_block(size, need, align);
        }
        self.next_chunk(growth, need)?;
        let limit = self.chunk.get().map_or(0, Chunk::limit);
        let block = self.take(limit, size, align).ok_or(Refused::Overflow);
        self.apply_limit();
        block
    }

    /// Between frames nothing tells when what is dead may be used again. So when most of what is held is dead, what is
    /// alive is parked, and the chunks go with the last of it.
    fn shed_interlude(&self) {
        let between = !self.has(flag::IN_FRAME) && self.top.get() == self.base;
        if between && self.dead() > self.held() / 2 {
            let taken = self.taken();
            if self.park() {
                self.gone.set(self.made.get());
                let origin = 0usize.wrapping_sub(self.ptr.get().addr().get());
                self.held_base.set(origin);
                self.keep_taken(taken);
                self.set_dead(0);
                self.apply_limit();
            }
        }
    }

    /// Whether no handle's block of the base level is alive; only meaningful when it is the top level.
    pub(super) fn nothing_alive(&self) -> bool {
        self.made.get() == self.gone.get().wrapping_add(self.live_base.get())
    }

    /// Recomputes how far the top level may bump: the chunk's end, or where the cap on held bytes would be passed.
    pub(crate) fn apply_limit(&self) {
        self.fill();
        let ptr = self.ptr.get().addr().get();
        let chunk = self.chunk.get().map_or(0, Chunk::limit);
        let left = self.cap.get().saturating_sub(self.held() + self.side_bytes.get());
        let limit =
            if self.has(flag::RETIRED | flag::RECORDED) { 0 } else { chunk.min(ptr.saturating_add(left)) };
        self.limit.set(limit);
        self.top.get().limit.set(limit);
    }

    /// Sets what the bytes held by an interval must not pass.
    pub(crate) fn set_cap(&self, cap: usize) {
        self.cap.set(cap.min(tally::MAX_LIVE_BYTES));
        self.apply_limit();
        self.hollow();
    }

    /// Takes a first chunk now. Not having one is no error yet: whoever needs it asks again.
    #[cold]
    pub(crate) fn warm_up(&self) {
        self.fill();
        if self.chunk.get().is_none() && !self.has(flag::RETIRED) {
            let growth = self.next_chunk_size();
            if self.next_chunk(growth, 0).is_ok() {
                self.apply_limit();
            }
        }
    }

    /// The size of the chunk that continues this frame: as much again as the frame has, and never less than a
    /// first chunk. Blocks of their own do not count, so a large request leaves growth as it was.
    fn next_chunk_size(&self) -> usize {
        let first = self.cold.borrow().backing().first_chunk;
        let mut total = 0usize;
        let mut chunk = self.chunk.get();
        while let Some(part) = chunk {
            total += part.size();
            chunk = if self.base.chunk.get() == Some(part) { None } else { part.header().prev.get() };
        }
        first.max(total).max(LEAST_GROWTH)
    }

    /// Goes on in another chunk that has room for `need` bytes.
    pub(super) fn next_chunk(&self, growth: usize, need: usize) -> Result<(), Refused> {
        let least = need + OVERHEAD;
        let chunk = {
            let mut cold = self.cold.borrow_mut();
            match cold.take_largest_spare(least) {
                Some(chunk) => chunk,
                None => match self.acquire(&mut cold, growth) {
                    Err(Refused::Limit { .. } | Refused::OutOfMemory) => self.acquire(&mut cold, least)?,
                    other => other?,
                },
            }
        };
        let held = self.held();
        let taken = self.taken();
        let previous = self.chunk.get();
        if let Some(previous) = previous {
            self.refills.set(self.refills.get() + 1);
            previous.header().used_end.set(self.ptr.get().addr().get());
            self.set(flag::UNTIDY);
            self.top.get().touched.set(true);
        }
        let header = chunk.header();
        header.prev.set(previous);
        header.depth.set(self.top.get().depth.get());
        header.in_frame.set(true);
        self.enter(chunk, chunk.data());
        self.held_base.set(held.wrapping_sub(self.ptr.get().addr().get()));
        self.keep_taken(taken);
        if self.base.chunk.get().is_none() {
            self.adopt_as_base(chunk);
        }
        Ok(())
    }

    /// The chunk of this interval that `position` lies in, if it is a chunk that was bumped.
    pub(super) fn chunk_with(&self, position: usize) -> Option<Chunk> {
        let mut chunk = self.chunk.get();
        while let Some(part) = chunk.filter(|part| !part.contains(position)) {
            chunk = if self.base.chunk.get() == Some(part) { None } else { part.header().prev.get() };
        }
        chunk
    }

    /// Makes `chunk` the current one, with the pointer at `ptr`.
    pub(super) fn enter(&self, chunk: Chunk, ptr: NonNull<u8>) {
        let position = ptr.addr().get();
        self.chunk.set(Some(chunk));
        self.ptr.set(ptr);
        self.start.set(position);
        self.span.set(chunk.limit() - position.min(chunk.limit()));
    }

    /// The frame begins at the front of this chunk, its first.
    fn adopt_as_base(&self, chunk: Chunk) {
        self.base.chunk.set(Some(chunk));
        self.base.mark.set(chunk.data());
        self.base.start.set(chunk.data().addr().get());
        self.origin.set(chunk.data());
        chunk.header().prev.set(None);
        chunk.header().depth.set(0);
        // Levels opened before there was a chunk begin here too.
        let mut level = self.top.get();
        while level != self.base {
            if level.chunk.get().is_none() {
                level.chunk.set(Some(chunk));
                level.mark.set(chunk.data());
                level.start.set(chunk.data().addr().get());
                level.touched.set(true);
            }
            match level.below.get() {
                Some(below) => level = below,
                None => break,
            }
        }
    }

    /// A chunk for one block that is too large for the current one.
    fn own_block(&self, size: usize, need: usize, align: usize) -> Result<NonNull<u8>, Refused> {
        let left = self.cap.get().saturating_sub(self.held() + self.side_bytes.get());
        if size > left {
            return Err(Refused::Cap { left });
        }
        let least = need.checked_add(OVERHEAD).ok_or(Refused::Overflow)?;
        let chunk = {
            let mut cold = self.cold.borrow_mut();
            let chunk = match cold.take_spare_for_block(least) {
                Some(chunk) => chunk,
                None => self.acquire(&mut cold, least)?,
            };
            cold.blocks.push(chunk);
            chunk
        };
        self.refills.set(self.refills.get() + 1);
        self.set(flag::UNTIDY);
        self.top.get().touched.set(true);
        chunk.header().depth.set(self.top.get().depth.get());
        chunk.header().in_frame.set(true);
        let front = chunk.data().addr().get();
        let block = address::place(front, chunk.limit(), size, align).ok_or(Refused::Overflow)?;
        chunk.header().used_end.set(block + size);
        self.held_base.set(self.held_base.get().wrapping_add(block + size - front));
        self.shift((block + size - front) as u64);
        self.note_peak();
        self.apply_limit();
        let block = chunk.at(block);
        // SAFETY: free memory of the chunk.
        unsafe { poison::show(block, size) };
        Ok(block)
    }

    /// A fresh chunk. When there is none to be had, the spares are given back and it is tried once more.
    pub(super) fn acquire(&self, cold: &mut Cold, size: usize) -> Result<Chunk, Refused> {
        cold.make_room()?;
        let chunk = match Chunk::acquire(cold.backing(), size) {
            Err(Refused::Limit { .. } | Refused::OutOfMemory) if !cold.spares.is_empty() => {
                while let Some(spare) = cold.spares.pop() {
                    self.release(cold, spare);
                }
                Chunk::acquire(cold.backing(), size)?
            }
            other => other?,
        };
        cold.all.push(chunk);
        self.reserved.set(self.reserved.get() + chunk.size());
        if self.reserved.get() > cold.backing().first_chunk {
            self.set(flag::UNTIDY);
        }
        Ok(chunk)
    }

    /// Gives a chunk that nothing uses, and that is on no other list, back to the system.
    pub(super) fn release(&self, cold: &mut Cold, chunk: Chunk) {
        self.reserved.set(self.reserved.get() - chunk.size());
        cold.all.retain(|&other| other != chunk);
        let backing = cold.backing;
        // SAFETY: off the list (C1); the caller says that nothing uses it; the backing outlives the arena.
        unsafe { chunk.release(backing.as_ref()) };
    }

    /// Room for a value of a scope that is not the top level, or whose frame has ended.
    #[cold]
    #[inline(never)]
    pub(crate) fn take_aside(
        &self,
        level: LevelRef,
        size: usize,
        align: usize,
    ) -> Result<NonNull<u8>, Refused> {
        self.fill();
        let block = self.take_aside_filled(level, size, align);
        self.hollow();
        block
    }

    fn take_aside_filled(&self, level: LevelRef, size: usize, align: usize) -> Result<NonNull<u8>, Refused> {
        let need = size.checked_add(align.saturating_sub(address::UNIT)).ok_or(Refused::Overflow)?;
        let limit = level.side.get().map_or(0, Chunk::limit);
        let place = address::place(level.side_ptr.get(), limit, size, align);
        let (chunk, block) = match (level.side.get(), place) {
            (Some(chunk), Some(block)) => (chunk, block),
            (previous, _) => {
                let doubled =
                    previous.map_or(FIRST_SIDE_CHUNK, |chunk| (chunk.size() * 2).min(LARGEST_SIDE_CHUNK));
                let least = need.checked_add(OVERHEAD).ok_or(Refused::Overflow)?.max(doubled);
                let left = self.cap.get().saturating_sub(self.held() + self.side_bytes.get());
                if need > left {
                    return Err(Refused::Cap { left });
                }
                let chunk = {
                    let mut cold = self.cold.borrow_mut();
                    match cold.take_spare_for_block(least) {
                        Some(chunk) => chunk,
                        None => self.acquire(&mut cold, least)?,
                    }
                };
                self.refills.set(self.refills.get() + 1);
                self.set(flag::UNTIDY);
                level.touched.set(true);
                self.side_bytes.set(self.side_bytes.get() + chunk.size());
                self.side_peak.set(self.side_peak.get().max(self.side_bytes.get()));
                chunk.header().prev.set(previous);
                chunk.header().in_frame.set(true);
                level.side.set(Some(chunk));
                let front = chunk.data().addr().get();
                let block = address::place(front, chunk.limit(), size, align).ok_or(Refused::Overflow)?;
                (chunk, block)
            }
        };
        level.side_ptr.set(block + size);
        self.shift(size as u64);
        let block = chunk.at(block);
        // SAFETY: free memory of the chunk.
        unsafe { poison::show(block, size) };
        Ok(block)
    }

    /// Gives back a handle's block that lies outside the top level's current span: below an open scope's mark, in
    /// an earlier chunk of the frame, in a chunk of its own, or in a parked region.
    ///
    /// With `kept`, only the end of the block is given back and its first `kept` bytes stay alive.
    ///
    /// # Safety
    ///
    /// `block` of `size` bytes was taken from this arena and counted; nobody uses what is given back any more.
    #[cold]
    #[inline(never)]
    pub(crate) unsafe fn free_elsewhere(&self, block: NonNull<u8>, size: usize, kept: usize) {
        self.fill();
        // SAFETY: the caller's promise.
        unsafe { self.free_elsewhere_filled(block, size, kept) };
        self.hollow();
    }

    /// # Safety
    ///
    /// As for [`Arena::free_elsewhere`].
    unsafe fn free_elsewhere_filled(&self, block: NonNull<u8>, size: usize, kept: usize) {
        let position = block.addr().get();
        let freed = size - kept;
        let word = if kept == 0 { tally::block(size) } else { tally::grown(freed) };
        // SAFETY: the caller gives these bytes up; they lie in its block.
        unsafe { poison::hide(block.add(kept), freed) };
        if let Some(level) = self.level_of(position) {
            self.book(level, word, freed);
            return;
        }
        let mut cold = self.cold.borrow_mut();
        if let Some(index) = cold.blocks.iter().position(|chunk| chunk.contains(position)) {
            let chunk = cold.blocks[index];
            let depth = chunk.header().depth.get();
            if kept == 0 {
                cold.blocks.swap_remove(index);
                self.note_peak();
                let whole = chunk.header().used_end.get() - chunk.data().addr().get();
                self.held_base.set(self.held_base.get().wrapping_sub(whole));
                chunk.header().in_frame.set(false);
                self.spare(&mut cold, chunk);
            }
            drop(cold);
            let level = self.level_at(depth);
            self.book(level, word, freed);
            if kept == 0 && level == self.top.get() {
                // The chunk can be used again, so these bytes do not wait for the frame's end.
                self.set_dead(self.dead().wrapping_sub(freed));
            }
            self.apply_limit();
            return;
        }
        if let Some(region) = cold.parked.region_of(position)
            && cold.parked.book(region, word)
        {
            self.release_region(&mut cold, region);
        }
    }

    /// Books `word` as gone at its level (A2, L2).
    fn book(&self, level: LevelRef, word: u64, bytes: usize) {
        if level == self.top.get() {
            self.gone.set(self.gone.get().wrapping_add(word));
            self.die(bytes);
        } else {
            level.later.set(level.later.get().wrapping_add(word));
            // It is booked for good when the level above closes.
            if let Some(above) = level.above.get() {
                above.touched.set(true);
            }
        }
    }

    /// The level whose memory `position` lies in, when that is in a bump chunk of the frame.
    fn level_of(&self, position: usize) -> Option<LevelRef> {
        let base = self.base.chunk.get()?;
        let chunk = self.chunk_with(position)?;
        if chunk == base && !(self.base.start.get()..chunk.limit()).contains(&position) {
            // In the same chunk, but of a parked region.
            return None;
        }
        let taken_at = chunk.header().depth.get();
        let mut level = self.top.get();
        loop {
            let owns = if level.chunk.get() == Some(chunk) {
                position >= level.start.get()
            } else {
                taken_at >= level.depth.get()
            };
            if owns {
                return Some(level);
            }
            level = level.below.get()?;
        }
    }

    /// The open level at `depth`, or the top one where scopes have closed since.
    fn level_at(&self, depth: u32) -> LevelRef {
        let mut level = self.top.get();
        while level.depth.get() > depth {
            match level.below.get() {
                Some(below) => level = below,
                None => break,
            }
        }
        level
    }

    /// Puts a chunk that nothing uses aside for the next need.
    pub(super) fn spare(&self, cold: &mut Cold, chunk: Chunk) {
        debug_assert!(chunk.header().regions.get() == 0 && !chunk.header().in_frame.get());
        chunk.set_bound(chunk.data_end());
        if self.has(flag::RETIRED) {
            self.release(cold, chunk);
        } else {
            // SAFETY: nothing in the chunk is used any more.
            unsafe { poison::hide(chunk.data(), chunk.capacity()) };
            cold.spares.push(chunk);
        }
    }

    /// Puts a level's side chunks aside.
    pub(super) fn drop_side(&self, cold: &mut Cold, level: &Level) {
        while let Some(chunk) = level.side.get() {
            level.side.set(chunk.header().prev.get());
            self.side_bytes.set(self.side_bytes.get() - chunk.size());
            chunk.header().in_frame.set(false);
            self.spare(cold, chunk);
        }
        level.side_ptr.set(0);
    }

    /// The next free level above the top one, open.
    #[cold]
    #[inline(never)]
    pub(super) fn add_level(&self) -> Option<LevelRef> {
        self.fill();
        if let Some(level) = self.top.get().above.get() {
            // It was hidden. What is opened here is closed in the slow way, or the arena would stay filled.
            level.touched.set(true);
            return Some(level);
        }
        let level = tracking::uncounted(|| self.new_level())?;
        level.touched.set(self.is_recorded());
        Some(level)
    }

    fn new_level(&self) -> Option<LevelRef> {
        let mut cold = self.cold.borrow_mut();
        cold.levels.try_reserve(1).ok()?;
        let level = LevelRef::allocate()?;
        cold.levels.push(level);
        let top = self.top.get();
        level.below.set(Some(top));
        level.depth.set(top.depth.get() + 1);
        top.above.set(Some(level));
        Some(level)
    }
}

impl Cold {
    pub(super) fn backing(&self) -> &FrameBacking {
        // SAFETY: `Arena::new` was promised that the backing outlives the arena.
        unsafe { self.backing.as_ref() }
    }

    /// Makes sure that one more chunk can be put on any list without asking for memory.
    fn make_room(&mut self) -> Result<(), Refused> {
        let chunks = self.all.len() + 1;
        let lists = [&mut self.all, &mut self.spares, &mut self.blocks];
        for list in lists {
            list.try_reserve(chunks - list.len().min(chunks)).map_err(|_| Refused::OutOfMemory)?;
        }
        Ok(())
    }

    fn take_largest_spare(&mut self, least: usize) -> Option<Chunk> {
        let (index, chunk) = self.spares.iter().copied().enumerate().max_by_key(|(_, chunk)| chunk.size())?;
        (chunk.size() >= least).then(|| self.spares.swap_remove(index))
    }

    /// The smallest spare that holds `least` bytes and is not out of proportion.
    fn take_spare_for_block(&mut self, least: usize) -> Option<Chunk> {
        let fits = |chunk: &Chunk| chunk.size() >= least && chunk.size() / 4 <= least;
        let (index, _) = self
            .spares
            .iter()
            .enumerate()
            .filter(|(_, chunk)| fits(chunk))
            .min_by_key(|(_, chunk)| chunk.size())?;
        Some(self.spares.swap_remove(index))
    }
}
