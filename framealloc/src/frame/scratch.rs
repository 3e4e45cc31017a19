//! The memory of one scratch allocator: an arena whose scopes close in the reverse of the order they were opened in.
//!
//! A scope is a level, as a frame's scope is: opening one sets the limit of the level below to zero, so that whatever
//! an outer scope asks for meanwhile lies aside. That a scratch scope is lent by a call and closed by it makes the rest
//! simpler: no handle is counted, nothing is parked, and closing gives everything back whatever has become of its values.
//!
//! An allocator either grows, as frames do, or is *fixed*: it never leaves its one chunk, and what an outer scope asks
//! for while an inner one is open is cut from the chunk's end, which closing the outer scope gives back.
//!
//! Invariants:
//!
//! - **S1** When a scope closes, nobody uses a block of it again. Scopes close innermost first; only a program that
//!   switches stacks can close one out of turn, which then waits for those above.
//! - **S2** Every block is asked of a level and named together with it when it is given back. The top level's lie
//!   between its mark and the pointer, in chunks that it took, or aside; those of the others below the marks of the
//!   levels above, or aside. Aside is a side chunk, or `[end, ..)` of a fixed chunk, beyond `bound`.
//! - **S3** One thread at a time uses the arena. Others read counters and what never changes.

use std::ptr::NonNull;
use std::sync::Arc;

use super::arena::{Arena, LARGE_ENOUGH_FOR_PEAK};
use super::backing::{FrameBacking, Refused};
use super::chunk::{Chunk, LINE, OVERHEAD};
use super::level::{LevelRef, Status};
use crate::memory::counter::Counter;
use crate::memory::{address, poison, source, tally};

/// One scratch allocator's memory and numbers.
#[derive(Debug)]
pub(crate) struct Scratch {
    arena: Arena,
    /// Bytes held as of the last scope or growth.
    used: Counter,
    /// Bytes held in side chunks, and the most of them.
    aside: Counter,
    most_aside: Counter,
    growths: Counter,
    /// The most bytes held before the memory was last shrunk.
    earlier_peak: Counter,
    name: Arc<str>,
    capacity: usize,
    fixed: bool,
    /// Goes after the arena, whose chunks it counts.
    backing: Backing,
}

/// What can be read of a scratch allocator at any time and from any thread.
#[derive(Debug)]
pub(crate) struct ScratchReading {
    pub(crate) name: Arc<str>,
    pub(crate) capacity: usize,
    pub(crate) fixed: bool,
    pub(crate) reserved: usize,
    pub(crate) used: u64,
    pub(crate) peak: u64,
    pub(crate) growths: u64,
}

/// A [`FrameBacking`] that stays where it is while the arena moves into its place.
#[derive(Debug)]
struct Backing(NonNull<FrameBacking>);

impl Backing {
    fn get(&self) -> &FrameBacking {
        // SAFETY: made by `source::boxed`, and given back only by the drop below.
        unsafe { self.0.as_ref() }
    }
}

impl Drop for Backing {
    fn drop(&mut self) {
        // SAFETY: made by `source::boxed`; the arena has gone already.
        unsafe { source::unbox(self.0) };
    }
}

impl Scratch {
    /// Memory of `capacity` bytes, rounded up to whole cache lines, taken from the system now. It is given back by
    /// [`Scratch::release`].
    pub(crate) fn allocate(
        name: Arc<str>,
        capacity: usize,
        fixed: bool,
        prefault: bool,
    ) -> Result<NonNull<Self>, Refused> {
        if capacity > tally::MAX_LIVE_BYTES / 2 {
            return Err(Refused::Overflow);
        }
        let capacity = address::round_up(capacity.max(1), LINE);
        let backing = FrameBacking::new(capacity + OVERHEAD, usize::MAX, prefault, u64::MAX);
        let backing = Backing(source::boxed(backing).ok_or(Refused::OutOfMemory)?);
        // SAFETY: the backing is dropped after the arena, being the later field.
        let arena = unsafe { Arena::new(backing.0) }.ok_or(Refused::OutOfMemory)?;
        arena.next_chunk(capacity + OVERHEAD, capacity)?;
        arena.apply_limit();
        let scratch = Self {
            arena,
            used: Counter::new(0),
            aside: Counter::new(0),
            most_aside: Counter::new(0),
            growths: Counter::new(0),
            earlier_peak: Counter::new(0),
            name,
            capacity,
            fixed,
            backing,
        };
        source::boxed(scratch).ok_or(Refused::OutOfMemory)
    }

    /// Gives everything back.
    ///
    /// # Safety
    ///
    /// `scratch` came from [`Scratch::allocate`]; no scope of it is open, and nobody reads it any more.
    pub(crate) unsafe fn release(scratch: NonNull<Self>) {
        // SAFETY: the caller's promise.
        unsafe { source::unbox(scratch) };
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// For the fast paths of allocating.
    #[inline(always)]
    pub(crate) fn arena(&self) -> &Arena {
        &self.arena
    }

    /// What other threads may know (S3).
    pub(crate) fn read(&self) -> ScratchReading {
        ScratchReading {
            name: Arc::clone(&self.name),
            capacity: self.capacity,
            fixed: self.fixed,
            reserved: self.backing.get().reserved(),
            used: self.used.get() + self.aside.get(),
            peak: self.earlier_peak.get().max(self.arena.published_peak() + self.most_aside.get()),
            growths: self.growths.get(),
        }
    }

    /// Publishes what [`Scratch::read`] reads.
    pub(crate) fn publish(&self) {
        let arena = &self.arena;
        arena.note_peak();
        self.used.set(arena.held() as u64);
        self.aside.set(arena.side_bytes.get() as u64);
        self.most_aside.set(arena.side_peak.get() as u64);
        self.growths.set(arena.refills());
    }

    /// Opens a scope in the one that was opened last. `None` when the system has no memory to note one more.
    #[inline(always)]
    pub(crate) fn open(&self) -> Option<LevelRef> {
        let arena = &self.arena;
        let top = arena.top.get();
        let level = match top.above.get() {
            Some(level) => level,
            None => arena.add_level()?,
        };
        let mark = arena.ptr.get();
        let held = arena.held_at(mark);
        level.limit.set(top.limit.replace(0));
        level.mark.set(mark);
        level.held.set(held);
        self.used.set(held as u64);
        arena.top.set(level);
        Some(level)
    }

    /// Closes a scope and gives back all that it held.
    ///
    /// # Safety
    ///
    /// `level` was opened and not closed, and nobody uses a block of it again (S1).
    #[inline(always)]
    pub(crate) unsafe fn close(&self, level: LevelRef) {
        let arena = &self.arena;
        if !arena.is_top(level) || level.touched.get() {
            // SAFETY: the caller's promise.
            return unsafe { self.close_slow(level) };
        }
        debug_assert!(level.below.get().is_some());
        // SAFETY: a level that was opened stands above another; only the ends of frames take levels off otherwise.
        let below = unsafe { level.below.get().unwrap_unchecked() };
        arena.note_peak();
        let mark = level.mark.get();
        let held = arena.held_at(mark);
        // SAFETY: the level's blocks lie between its mark and the pointer, and nobody uses them (S1, S2).
        unsafe { poison::hide(mark, arena.ptr.get().addr().get() - mark.addr().get()) };
        arena.ptr.set(mark);
        below.limit.set(level.limit.get());
        self.used.set(held as u64);
        arena.top.set(below);
    }

    /// # Safety
    ///
    /// As [`Scratch::close`].
    #[cold]
    #[inline(never)]
    unsafe fn close_slow(&self, level: LevelRef) {
        let arena = &self.arena;
        level.status.set(Status::Closed);
        if !arena.is_top(level)
            && let Some(above) = level.above.get()
        {
            above.touched.set(true);
        }
        self.publish();
        while arena.has_open_scope() && arena.top.get().status.get() == Status::Closed {
            self.pop(arena.top.get());
        }
        arena.apply_limit();
        self.publish();
    }

    /// Takes the top level off, whose scope is closed.
    fn pop(&self, level: LevelRef) {
        let arena = &self.arena;
        let Some(below) = level.below.get() else { return };
        level.status.set(Status::Open);
        level.touched.set(false);
        arena.drop_side(&mut arena.cold.borrow_mut(), &level);
        level.chunk.set(arena.chunk_with(level.mark.get().addr().get()));
        arena.rewind_to(&level);
        level.end.set(0);
        arena.top.set(below);
        if self.fixed {
            self.restore_end();
        } else if below == arena.base {
            self.consolidate();
        }
    }

    /// A block for `level` when the fast path found no room below its limit.
    ///
    /// `size` is a multiple of the unit and not zero.
    #[cold]
    #[inline(never)]
    pub(crate) fn refill(&self, level: LevelRef, size: usize, align: usize) -> Result<NonNull<u8>, Refused> {
        let arena = &self.arena;
        let block = match (self.fixed, arena.is_top(level)) {
            (false, true) => arena.refill(size, align),
            (false, false) => arena.take_aside(level, size, align),
            (true, true) => Err(self.room_left(align)),
            (true, false) => self.take_from_end(level, size, align),
        };
        self.publish();
        block
    }

    /// What is left of a fixed chunk for a block at `align`.
    fn room_left(&self, align: usize) -> Refused {
        let limit = self.arena.chunk.get().map_or(0, Chunk::limit);
        let position = address::checked_round_up(self.arena.ptr.get().addr().get(), align);
        Refused::Cap { left: position.map_or(0, |position| limit.saturating_sub(position)) }
    }

    /// A block from the end of a fixed chunk, where closing the scopes above does not reach it.
    fn take_from_end(&self, level: LevelRef, size: usize, align: usize) -> Result<NonNull<u8>, Refused> {
        let arena = &self.arena;
        let Some(chunk) = arena.chunk.get() else { return Err(self.room_left(align)) };
        let (position, bound) = (arena.ptr.get().addr().get(), chunk.limit());
        let block = bound
            .checked_sub(size)
            .map(|block| block & !(align.max(address::UNIT) - 1))
            .filter(|&block| block >= position)
            .ok_or_else(|| self.room_left(align))?;
        chunk.set_bound(block);
        level.end.set(block);
        level.touched.set(true);
        arena.held_base.set(arena.held_base.get().wrapping_add(bound - block));
        arena.apply_limit();
        let start = chunk.at(block);
        // SAFETY: free memory of the chunk, between the pointer and the bound.
        unsafe { poison::show(start, size) };
        Ok(start)
    }

    /// Gives the end of a fixed chunk back, down to the blocks that the scopes still open have there.
    fn restore_end(&self) {
        let arena = &self.arena;
        let Some(chunk) = arena.chunk.get() else { return };
        let mut end = chunk.data_end();
        let mut level = Some(arena.top.get());
        while let Some(open) = level {
            if open.end.get() != 0 {
                end = end.min(open.end.get());
            }
            level = open.below.get();
        }
        let bound = chunk.limit();
        // SAFETY: the blocks there were of the scope that has closed (S1).
        unsafe { poison::hide(chunk.at(bound), end - bound) };
        chunk.set_bound(end);
        let aside = chunk.data_end() - end;
        arena.held_base.set(aside.wrapping_sub(chunk.data().addr().get()));
    }

    /// No scope is open: goes on with one chunk that would have held all of it, and with the side chunks.
    fn consolidate(&self) {
        let arena = &self.arena;
        let needed = arena.published_peak() as usize;
        let mut cold = arena.cold.borrow_mut();
        if let Some(chunk) = arena.chunk.get().filter(|chunk| chunk.capacity() < needed) {
            let roomy = needed.saturating_add(needed / 8).saturating_add(OVERHEAD);
            if !arena.replace_chunk(&mut cold, Some(chunk), roomy) {
                return;
            }
            arena.held_base.set(0usize.wrapping_sub(arena.ptr.get().addr().get()));
        }
        let allowed = arena.chunk.get().map_or(0, Chunk::size) + arena.side_peak.get();
        cold.spares.sort_unstable_by_key(|chunk| chunk.size());
        while arena.reserved_bytes() > allowed {
            let Some(spare) = cold.spares.pop() else { break };
            arena.release(&mut cold, spare);
        }
    }

    /// Gives back what goes beyond the capacity that the allocator was made with, unless a scope is open.
    pub(crate) fn shrink(&self) {
        let arena = &self.arena;
        if arena.has_open_scope() {
            return;
        }
        self.publish();
        self.earlier_peak.raise(arena.peak());
        arena.peak.set(0);
        arena.side_peak.set(0);
        let first = self.capacity + OVERHEAD;
        let mut cold = arena.cold.borrow_mut();
        while let Some(spare) = cold.spares.pop() {
            arena.release(&mut cold, spare);
        }
        if let Some(chunk) = arena.chunk.get().filter(|chunk| chunk.size() > first)
            && arena.replace_chunk(&mut cold, Some(chunk), first)
            && let Some(old) = cold.spares.pop()
        {
            arena.held_base.set(0usize.wrapping_sub(arena.ptr.get().addr().get()));
            arena.release(&mut cold, old);
        }
        drop(cold);
        arena.apply_limit();
        self.publish();
    }

    /// Gives a block back, at once if it is the last one of the innermost scope, else when its scope closes.
    ///
    /// # Safety
    ///
    /// `block` of `size` bytes, a multiple of the unit and not zero, was taken for `level`, whose scope is open, and
    /// nobody uses it any more.
    #[inline(always)]
    pub(crate) unsafe fn give_back(&self, level: LevelRef, block: NonNull<u8>, size: usize) {
        let arena = &self.arena;
        let ptr = arena.ptr.get();
        // A level's block does not end at the pointer unless it lies before it: neighbouring chunks are kept apart (C3), what lies at
        // the end of a fixed chunk ends above the pointer, and the levels below have theirs below the mark.
        if block.addr().get() + size == ptr.addr().get() && arena.is_top(level) {
            if size >= LARGE_ENOUGH_FOR_PEAK {
                arena.note_peak();
            }
            // SAFETY: so the block is the last one of the top level, in the pointer's chunk (S2).
            arena.ptr.set(unsafe { ptr.sub(size) });
        }
        // SAFETY: the caller gives the block up.
        unsafe { poison::hide(block, size) };
    }

    /// Grows a block in place, if it is the last one of the innermost scope and there is room.
    ///
    /// # Safety
    ///
    /// `block` of `old` bytes was taken for `level`, whose scope is open, and is the caller's; `old < new`, both
    /// multiples of the unit, `old` not zero.
    #[inline(always)]
    pub(crate) unsafe fn grow_in_place(
        &self,
        level: LevelRef,
        block: NonNull<u8>,
        old: usize,
        new: usize,
    ) -> bool {
        let arena = &self.arena;
        let position = block.addr().get();
        let ptr = arena.ptr.get();
        // A level that is not the top one has a limit of zero.
        if position + old != ptr.addr().get() || position.saturating_add(new) > level.limit.get() {
            return false;
        }
        // SAFETY: as in `give_back`, it is the last block of the top level; from its end to the limit is free (A1).
        unsafe {
            poison::show(ptr, new - old);
            arena.ptr.set(ptr.add(new - old));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(scratch: &Scratch, level: LevelRef, size: usize) -> NonNull<u8> {
        let block = match scratch.arena.take(level.limit.get(), size, 8) {
            Some(block) => block,
            None => scratch.refill(level, size, 8).expect("memory"),
        };
        // SAFETY: fresh memory of so many bytes.
        unsafe { block.write_bytes(7, size) };
        block
    }

    #[test]
    fn a_scope_closed_out_of_turn_waits_for_those_above() {
        for fixed in [false, true] {
            let scratch = Scratch::allocate(Arc::default(), 4096, fixed, false).expect("memory");
            // SAFETY: alive until the end; blocks are used only before their levels close.
            unsafe {
                let memory = scratch.as_ref();
                let outer = memory.open().expect("memory");
                let middle = memory.open().expect("memory");
                block(memory, middle, 64);
                let inner = memory.open().expect("memory");
                let kept = block(memory, inner, 64);
                block(memory, middle, 64);
                memory.close(outer);
                memory.close(middle);
                assert_eq!((kept.add(63).read(), memory.read().used > 0), (7, true));
                // Another scope meanwhile.
                let more = memory.open().expect("memory");
                block(memory, more, 64);
                memory.close(more);
                assert_eq!(kept.add(63).read(), 7);
                memory.close(inner);
                memory.publish();
                assert_eq!((memory.read().used, memory.arena.has_open_scope()), (0, false));
                let again = memory.open().expect("memory");
                block(memory, again, 4096);
                memory.close(again);
                Scratch::release(scratch);
            }
        }
    }

    #[test]
    fn names_and_numbers_are_read_from_the_list() {
        let list = super::super::Scratches::default();
        let scratch = Scratch::allocate("name".into(), 100, true, true).expect("memory");
        // SAFETY: taken off the list before it is released.
        unsafe {
            assert!(list.add(scratch));
            let [seen] = &*list.read() else { panic!("there is one") };
            assert_eq!((&*seen.name, seen.capacity, seen.reserved), ("name", 128, 128 + OVERHEAD));
            list.remove(scratch);
            Scratch::release(scratch);
        }
        assert!(list.read().is_empty());
    }
}
