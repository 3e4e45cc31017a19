//! How much memory a thread keeps between frames.
//!
//! A frame that outgrew its chunk settles on one that holds all of it. What was needed within the last
//! `shrink_after` frames is kept, so that whatever recurs within them asks the system for nothing; beyond the
//! larger of the first chunk's size and twice the most that any of those frames needed, memory is given back. Side
//! chunks come on top, as many as any of those frames had at once.

use std::collections::VecDeque;

use super::arena::{Arena, Cold, flag};
use super::chunk::{Chunk, OVERHEAD};

/// The most that any of the last frames needed.
///
/// Keeps only the marks that are higher than every later one, so the first is the highest.
#[derive(Debug, Default)]
pub(super) struct Window {
    frame: u64,
    marks: VecDeque<(u64, usize)>,
}

impl Window {
    /// Notes what a frame needed; the most that any of the last `span` frames did.
    fn note(&mut self, mark: usize, span: u64) -> usize {
        self.frame += 1;
        while self.marks.back().is_some_and(|&(_, lower)| lower <= mark) {
            self.marks.pop_back();
        }
        if self.marks.len() < self.marks.capacity() || self.marks.try_reserve(1).is_ok() {
            self.marks.push_back((self.frame, mark));
        } else if let Some(last) = self.marks.back_mut() {
            // No memory for one more: let the higher one stand in its place.
            last.0 = self.frame;
        }
        while self.marks.front().is_some_and(|&(frame, _)| frame + span <= self.frame) {
            self.marks.pop_front();
        }
        self.marks.front().map_or(mark, |&(_, highest)| highest)
    }
}

impl Arena {
    /// Settles on one chunk and gives back what is too much. Runs at the end of an interval whose pointer is back
    /// at the origin or behind a parked region; `needed` is the most that the interval held.
    pub(super) fn settle(&self, needed: usize) {
        let mut cold = self.cold.borrow_mut();
        let (first, span) = (cold.backing().first_chunk, cold.backing().shrink_after);
        // A parked region keeps the whole of the chunks that it lies in.
        let pinned = |chunk: &&Chunk| chunk.header().regions.get() != 0 && self.chunk.get() != Some(**chunk);
        let parked: usize = cold.all.iter().filter(pinned).map(|chunk| chunk.size()).sum();
        let mark = cold.window.note(needed + parked, span);
        let side = cold.side_window.note(self.side_peak.get(), span);
        let allowed = first.max(mark.saturating_mul(2)).saturating_add(side);
        let snug = |bytes: usize| {
            let roomy = bytes.saturating_add(bytes / 8).saturating_add(OVERHEAD);
            roomy.max(first).min(first.max(mark.saturating_mul(2)))
        };
        match self.own_chunk() {
            Some(chunk) if chunk.capacity() < needed => {
                self.replace_chunk(&mut cold, Some(chunk), snug(needed));
            }
            // The last one was parked; one of the first size would not hold another frame like it.
            None if self.chunk.get().is_none() && first - OVERHEAD < needed && !self.has(flag::RETIRED) => {
                self.replace_chunk(&mut cold, None, snug(needed));
            }
            _ => {}
        }
        // The largest goes first, but before it those that would not do as a first chunk.
        cold.spares
            .sort_unstable_by_key(|chunk| if chunk.size() < first { usize::MAX } else { chunk.size() });
        while self.reserved.get() > allowed {
            let Some(spare) = cold.spares.pop() else { break };
            self.release(&mut cold, spare);
        }
        if self.reserved.get() > allowed
            && let Some(chunk) = self.own_chunk()
            && snug(mark) < chunk.size()
            && self.replace_chunk(&mut cold, Some(chunk), snug(mark))
            && let Some(spare) = cold.spares.pop()
        {
            self.release(&mut cold, spare);
        }
    }

    /// The current chunk, if the frame alone has memory in it.
    fn own_chunk(&self) -> Option<Chunk> {
        self.chunk.get().filter(|chunk| chunk.header().regions.get() == 0)
    }

    /// Lets the frame begin in a chunk of `size` bytes; `old` becomes the last of the spares.
    pub(super) fn replace_chunk(&self, cold: &mut Cold, old: Option<Chunk>, size: usize) -> bool {
        let fits = |chunk: &Chunk| chunk.size() >= size && chunk.size() / 2 <= size;
        let chunk = match cold.spares.iter().position(fits) {
            Some(index) => cold.spares.swap_remove(index),
            None => match self.acquire(cold, size) {
                Ok(chunk) => chunk,
                Err(_) => return false,
            },
        };
        if let Some(old) = old {
            old.header().in_frame.set(false);
            self.spare(cold, old);
        }
        chunk.header().in_frame.set(true);
        chunk.header().prev.set(None);
        chunk.header().depth.set(0);
        self.begin_at(chunk, chunk.data(), chunk.data_end());
        true
    }

    /// Gives back all but what a thread that is to come would start with.
    pub(super) fn shed(&self) {
        let mut cold = self.cold.borrow_mut();
        while let Some(spare) = cold.spares.pop() {
            self.release(&mut cold, spare);
        }
        cold.window = Window::default();
        cold.side_window = Window::default();
        let first = cold.backing().first_chunk;
        if let Some(chunk) = self.own_chunk()
            && chunk.size() > first
            && self.top.get() == self.base
            && self.nothing_alive()
        {
            chunk.header().in_frame.set(false);
            self.forget_chunk();
            self.release(&mut cold, chunk);
            drop(cold);
            self.begin_interval();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn window_is_the_highest_of_its_span() {
        let mut window = Window::default();
        let marks = [5, 3, 9, 1, 1, 1, 1, 2, 8, 0, 0, 0, 0, 0];
        for (frame, &mark) in marks.iter().enumerate() {
            let expected = marks[frame.saturating_sub(3)..=frame].iter().max().copied();
            assert_eq!(Some(window.note(mark, 4)), expected, "frame {frame}");
        }
    }
}
