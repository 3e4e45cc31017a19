//! The allocator itself: how it is made, and the way from it to the calling thread's state.

use std::fmt;
use std::num::NonZeroU64;
use std::ptr::NonNull;
use std::sync::Arc;

use crate::config::{AllocConfig, ConfigError};
use crate::error::{AllocError, refuse};
use crate::pool::PoolHeap;
use crate::thread::{Shared, ThreadState, current};

/// A frame allocator; see the [crate documentation](crate).
///
/// `Send` and `Sync`. Clones share everything; two allocators made apart share nothing, also when one thread uses
/// both. Each thread that uses it gets a frame arena and a pool of its own, which later threads inherit.
///
/// # Examples
///
/// ```
/// use framealloc::{AllocConfig, SmartAlloc};
///
/// let alloc = SmartAlloc::new(AllocConfig::default());
/// for _ in 0..3 {
///     alloc.begin_frame();
///     let mut scratch = alloc.frame_alloc::<[f32; 1024]>();
///     scratch[0] = 1.0;
///     drop(scratch);
///     alloc.end_frame();
/// }
/// assert_eq!(alloc.stats().frames, 3);
/// ```
pub struct SmartAlloc {
    /// Beside the pointer and not behind it, so that finding the thread's state takes one load less.
    id: NonZeroU64,
    shared: Arc<Shared>,
}

impl SmartAlloc {
    /// Makes an allocator.
    ///
    /// # Panics
    ///
    /// When a setting is invalid, with a message that names it; [`SmartAlloc::try_new`] returns an error instead.
    #[must_use]
    #[track_caller]
    pub fn new(config: AllocConfig) -> Self {
        match Self::try_new(config) {
            Ok(alloc) => alloc,
            Err(error) => panic!("{error}"),
        }
    }

    /// Makes an allocator.
    ///
    /// # Errors
    ///
    /// When a setting is invalid, or the system does not have the memory that is to be reserved. For the few hundred
    /// bytes of the allocator itself there is no error: without them the program aborts, as with any `Arc`.
    pub fn try_new(config: AllocConfig) -> Result<Self, ConfigError> {
        let prefault = config.prefault;
        let shared = Arc::new(Shared::new(config)?);
        let alloc = Self { id: shared.id, shared };
        if prefault {
            // The first chunk of the thread that asks is touched with the rest.
            alloc.state().map_err(|_| ConfigError::no_memory("frame_size"))?;
        }
        Ok(alloc)
    }

    /// Makes an allocator with the default settings.
    #[must_use]
    pub fn with_defaults() -> Self {
        Self::new(AllocConfig::default())
    }

    /// Makes an allocator that lives as long as the program, for engines that keep it in a struct: what is borrowed
    /// from a copy of the reference borrows nothing of the struct.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::new`].
    ///
    /// # Examples
    ///
    /// ```
    /// use framealloc::{AllocConfig, SmartAlloc};
    ///
    /// struct Engine { alloc: &'static SmartAlloc, ticks: u32 }
    ///
    /// impl Engine {
    ///     fn update(&mut self) {
    ///         let alloc = self.alloc;
    ///         let mut seen = alloc.frame_vec::<u32>();
    ///         self.ticks += 1;
    ///         seen.push(self.ticks);
    ///     }
    /// }
    ///
    /// let mut engine = Engine { alloc: SmartAlloc::leaked(AllocConfig::default()), ticks: 0 };
    /// engine.update();
    /// ```
    #[must_use]
    #[track_caller]
    pub fn leaked(config: AllocConfig) -> &'static Self {
        Box::leak(Box::new(Self::new(config)))
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// The same, to keep its memory.
    pub(crate) fn shared_arc(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// The calling thread's state of this allocator.
    #[inline(always)]
    pub(crate) fn state(&self) -> Result<&ThreadState, AllocError> {
        let state = match current::state_fast(self.id) {
            Some(state) => state,
            None => current::state_slow(&self.shared)?,
        };
        // SAFETY: the calling thread's own (T1), and alive while the allocator is borrowed (T2).
        Ok(unsafe { &*state.as_ptr() })
    }

    /// The calling thread's state, for calls that have no `try_` twin.
    ///
    /// # Panics
    ///
    /// When the thread has none yet and the system has no memory for it.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn state_or_panic(&self) -> &ThreadState {
        match self.state() {
            Ok(state) => state,
            Err(error) => refuse(&error),
        }
    }

    /// The calling thread's pool, if it used this allocator last.
    #[inline(always)]
    pub(crate) fn heap_fast(&self) -> Option<&PoolHeap> {
        // SAFETY: the calling thread owns it, and it lives at least as long as that is so.
        current::heap_fast(self.id).map(|heap: NonNull<PoolHeap>| unsafe { &*heap.as_ptr() })
    }
}

impl Clone for SmartAlloc {
    /// Another handle on the same allocator.
    fn clone(&self) -> Self {
        self.shared.join();
        Self { id: self.id, shared: Arc::clone(&self.shared) }
    }
}

impl Drop for SmartAlloc {
    fn drop(&mut self) {
        if self.shared.part() {
            // Other threads find out when they look, or end.
            current::forget(self.id);
        }
    }
}

impl Default for SmartAlloc {
    fn default() -> Self {
        Self::with_defaults()
    }
}

impl fmt::Debug for SmartAlloc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmartAlloc").field("id", &self.id).finish_non_exhaustive()
    }
}

// SAFETY: what is shared is atomic, under locks, or reached only by the thread it belongs to (T1, H3).
unsafe impl Send for SmartAlloc {}
// SAFETY: as above; every call through a shared reference finds the calling thread's own state.
unsafe impl Sync for SmartAlloc {}
