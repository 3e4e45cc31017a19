//! `ScratchAllocator`: memory for one job at a time, apart from any thread's frames.

use std::fmt;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::Arc;

use super::frame_alloc::or_panic;
use super::marker::{Anchor, ScratchServesOneThreadAtATime};
use super::scratch_scope::ScratchScope;
use super::smart_alloc::SmartAlloc;
use crate::error::{AllocError, refuse};
use crate::frame::{Refused, Scratch, ScratchReading};
use crate::thread::Shared;

/// What a scratch allocator is made from; see [`SmartAlloc::create_scratch_allocator_with`].
///
/// # Examples
///
/// ```
/// use framealloc::{ScratchConfig, SmartAlloc, kilobytes};
///
/// let alloc = SmartAlloc::with_defaults();
/// let config = ScratchConfig::new(kilobytes(64)).with_name("pathfinding").fixed();
/// let scratch = alloc.create_scratch_allocator_with(config);
/// scratch.with_scope(|s| {
///     assert!(s.try_alloc_slice::<u8>(kilobytes(64)).is_ok());
///     assert!(s.try_alloc_value(1).is_err());
/// });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ScratchConfig {
    capacity: usize,
    name: Arc<str>,
    fixed: bool,
}

impl ScratchConfig {
    /// An allocator of so many bytes, rounded up to a multiple of 64, that has no name and grows.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, name: Arc::default(), fixed: false }
    }

    /// The name under which [`SmartAlloc::scratch_stats`] and messages of errors show it.
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into().into();
        self
    }

    /// Never takes memory for values from the system again: what does not fit is refused.
    pub fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }
}

/// The numbers of a scratch allocator.
///
/// Its own thread's view through [`ScratchAllocator::stats`] is exact. In [`SmartAlloc::scratch_stats`] they are as of
/// the last scope that was opened or closed, or growth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScratchStats {
    /// The name it was given, or nothing.
    pub name: String,
    /// The bytes it was made with.
    pub capacity: usize,
    /// Whether it refuses what goes beyond them.
    pub fixed: bool,
    /// Bytes of the system's memory that it holds, used or not, bookkeeping included.
    pub reserved_bytes: usize,
    /// Bytes held by open scopes, padding and side chunks included.
    pub used_bytes: u64,
    /// The most of them at any time, as seen when scopes close and when it grows; or more, since the highest of side
    /// chunks is added whenever it was.
    pub peak_bytes: u64,
    /// How often values went beyond the chunk that it had: into a larger one, or beside it because they were large or
    /// asked of a scope that was not the innermost one.
    pub growths: u64,
}

impl ScratchStats {
    fn of(reading: &ScratchReading) -> Self {
        Self {
            name: (*reading.name).to_owned(),
            capacity: reading.capacity,
            fixed: reading.fixed,
            reserved_bytes: reading.reserved,
            used_bytes: reading.used,
            peak_bytes: reading.peak,
            growths: reading.growths,
        }
    }
}

/// Memory for jobs that need a lot of it for a short time: pathfinding, mesh building, a search.
///
/// Made by [`SmartAlloc::create_scratch_allocator`]. Its memory is apart from any frame's, so it may be used across
/// frames or without any. Values are made within [scopes](ScratchAllocator::with_scope), which nest, and are given
/// back at once when the scope ends.
///
/// `Send`, so a job may take it to any thread, but not `Sync`. It may outlive the allocator that made it.
///
/// A growing one (the default) that was outgrown goes on with one chunk that holds all of the most it ever needed; see
/// [`ScratchAllocator::shrink`].
///
/// # Examples
///
/// ```
/// use framealloc::{SmartAlloc, megabytes};
///
/// let alloc = SmartAlloc::with_defaults();
/// let scratch = alloc.create_scratch_allocator(megabytes(2));
/// let shortest = scratch.with_scope(|s| {
///     let distances = s.alloc_slice_from_fn(100, |i| (i as u32 * 7) % 100 + 1);
///     let mut open = s.vec();
///     open.extend(distances.iter().copied().filter(|distance| distance % 2 == 0));
///     open.into_iter().min()
/// });
/// assert_eq!(shortest, Some(2));
/// assert_eq!(scratch.stats().used_bytes, 0);
/// ```
///
/// ```compile_fail
/// let alloc = framealloc::SmartAlloc::with_defaults();
/// let scratch = alloc.create_scratch_allocator(1024);
/// let escaped = scratch.with_scope(|s| s.alloc_value(1));
/// ```
pub struct ScratchAllocator {
    scratch: Anchor<NonNull<Scratch>>,
    /// Its memory, with the list of scratch allocators in it; whether the allocator is still used is another matter.
    shared: Anchor<Arc<Shared>>,
    _one_thread: PhantomData<ScratchServesOneThreadAtATime>,
}

impl SmartAlloc {
    /// A scratch allocator that has `bytes` at once and grows when they do not suffice.
    ///
    /// # Panics
    ///
    /// When the system has no memory for it; [`SmartAlloc::try_create_scratch_allocator`] returns an error instead.
    ///
    /// # Examples
    ///
    /// ```
    /// # let alloc = framealloc::SmartAlloc::with_defaults();
    /// let scratch = alloc.create_scratch_allocator(framealloc::megabytes(2));
    /// scratch.with_scope(|s| {
    ///     let temp = s.alloc::<[f32; 1024]>();
    ///     temp[0] = 1.0;
    /// });
    /// ```
    #[must_use]
    #[track_caller]
    pub fn create_scratch_allocator(&self, bytes: usize) -> ScratchAllocator {
        or_panic!(self.try_create_scratch_allocator(bytes))
    }

    /// Like [`SmartAlloc::create_scratch_allocator`].
    ///
    /// # Errors
    ///
    /// When the system has no memory for it.
    pub fn try_create_scratch_allocator(&self, bytes: usize) -> Result<ScratchAllocator, AllocError> {
        self.try_create_scratch_allocator_with(ScratchConfig::new(bytes))
    }

    /// A scratch allocator with a name, or of a fixed capacity.
    ///
    /// # Panics
    ///
    /// When the system has no memory for it; [`SmartAlloc::try_create_scratch_allocator_with`] returns an error
    /// instead.
    #[must_use]
    #[track_caller]
    pub fn create_scratch_allocator_with(&self, config: ScratchConfig) -> ScratchAllocator {
        or_panic!(self.try_create_scratch_allocator_with(config))
    }

    /// Like [`SmartAlloc::create_scratch_allocator_with`].
    ///
    /// # Errors
    ///
    /// When the system has no memory for it.
    pub fn try_create_scratch_allocator_with(
        &self,
        config: ScratchConfig,
    ) -> Result<ScratchAllocator, AllocError> {
        let ScratchConfig { capacity, name, fixed } = config;
        let shared = self.shared_arc();
        let scratch =
            Scratch::allocate(name, capacity, fixed, shared.backing.prefault).map_err(|refused| {
                if refused == Refused::Overflow {
                    AllocError::overflow()
                } else {
                    AllocError::out_of_memory(capacity)
                }
            })?;
        // SAFETY: the handle made next, or the line that follows where there is none, sees to it.
        if !unsafe { shared.scratches.add(scratch) } {
            // SAFETY: made above and known to nobody else.
            unsafe { Scratch::release(scratch) };
            return Err(AllocError::out_of_memory(capacity));
        }
        let (scratch, shared) = (Anchor::new(scratch), Anchor::new(shared));
        Ok(ScratchAllocator { scratch, shared, _one_thread: PhantomData })
    }

    /// The numbers of every scratch allocator that was made from this allocator and is still there, in the order in
    /// which they were made. May be called from any thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use framealloc::{ScratchConfig, SmartAlloc, kilobytes};
    ///
    /// let alloc = SmartAlloc::with_defaults();
    /// let scratch = alloc.create_scratch_allocator_with(ScratchConfig::new(kilobytes(4)).with_name("audio"));
    /// scratch.with_scope(|s| s.alloc_slice::<f32>(256).fill(1.0));
    /// let stats = alloc.scratch_stats();
    /// assert_eq!((stats[0].name.as_str(), stats[0].peak_bytes), ("audio", 1024));
    /// drop(scratch);
    /// assert!(alloc.scratch_stats().is_empty());
    /// ```
    #[must_use]
    pub fn scratch_stats(&self) -> Vec<ScratchStats> {
        self.shared().scratches.read().iter().map(ScratchStats::of).collect()
    }
}

impl ScratchAllocator {
    fn scratch(&self) -> &Scratch {
        // SAFETY: alive until this handle is dropped.
        unsafe { self.scratch.as_ref() }
    }

    /// Runs `run` with a scope of this allocator, whose memory is given back when `run` returns or panics.
    ///
    /// Scopes nest, also through [`ScratchScope::with_scope`]. An outer scope may be used while an inner one is open:
    /// what it makes then stays until the outer one ends.
    ///
    /// # Panics
    ///
    /// When `run` panics, or the system has no memory to note one more open scope;
    /// [`ScratchAllocator::try_with_scope`] returns an error for the latter.
    #[inline(always)]
    #[track_caller]
    pub fn with_scope<R>(&self, run: impl FnOnce(&ScratchScope<'_>) -> R) -> R {
        or_panic!(self.try_with_scope(run))
    }

    /// Like [`ScratchAllocator::with_scope`].
    ///
    /// # Errors
    ///
    /// When the system has no memory to note one more open scope; then `run` is not called.
    #[inline(always)]
    pub fn try_with_scope<R>(&self, run: impl FnOnce(&ScratchScope<'_>) -> R) -> Result<R, AllocError> {
        // Lent and not given, so that it can be neither forgotten nor kept.
        Ok(run(&ScratchScope::open(self.scratch())?))
    }

    /// The numbers of this allocator, as of now.
    #[must_use]
    pub fn stats(&self) -> ScratchStats {
        self.scratch().publish();
        ScratchStats::of(&self.scratch().read())
    }

    /// The name it was given, or nothing.
    #[must_use]
    pub fn name(&self) -> &str {
        self.scratch().name()
    }

    /// Gives back what it holds beyond the capacity that it was made with, as after a rare large job.
    pub fn shrink(&mut self) {
        self.scratch().shrink();
    }
}

impl Drop for ScratchAllocator {
    fn drop(&mut self) {
        self.shared.scratches.remove(*self.scratch);
        // SAFETY: no scope is open, since each borrows the handle that goes; off the list, nobody else reads it.
        unsafe { Scratch::release(*self.scratch) };
    }
}

impl fmt::Debug for ScratchAllocator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScratchAllocator").field("name", &self.name()).finish_non_exhaustive()
    }
}
