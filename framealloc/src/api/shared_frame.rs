//! `SharedFrame`: one frame for threads that somebody else owns, such as those of a task pool.

use std::fmt;
use std::marker::PhantomData;
use std::mem::needs_drop;
use std::ptr::NonNull;

use super::frame_alloc::or_panic;
use super::marker::{Anchor, FrameMemoryStaysOnItsThread};
use super::smart_alloc::SmartAlloc;
use crate::error::{AllocError, refuse};
use crate::memory::address;
use crate::thread::clock::ClockRef;
use crate::thread::lane::{Lane, next_serial};
use crate::thread::{ThreadState, current};

/// A frame in which any thread allocates, and whose values stay until it is dropped; see
/// [`SmartAlloc::shared_frame`].
pub struct SharedFrame<'a> {
    alloc: &'a SmartAlloc,
    serial: u64,
    clock: ClockRef,
}

/// One thread's part of a [`SharedFrame`], for inner loops; see [`SharedFrame::local`].
///
/// What it allocates stays as long as the shared frame, and may be handed to other threads.
pub struct LocalFrame<'f> {
    state: Anchor<&'f ThreadState>,
    lane: Anchor<&'f Lane>,
    _thread: PhantomData<(FrameMemoryStaysOnItsThread, &'f SharedFrame<'f>)>,
}

impl SmartAlloc {
    /// Begins a frame that any thread may allocate in, each in memory of its own: for pools of threads whose loop one
    /// does not own. All of it stays readable, by any thread, until the shared frame is dropped.
    ///
    /// A thread that took part gives its memory back at its next use of the allocator, when it sees that the frame is
    /// over; one that ends earlier leaves it where it is. Shared frames may overlap and nest, and are apart from the
    /// threads' own frames and scopes. One that is forgotten keeps its memory as long as the allocator lives.
    ///
    /// Each part of a shared frame begins with a chunk of [`frame_size`](crate::AllocConfig::with_frame_size), and is
    /// bounded by the thread's frame budget on its own; budgets of tags do not bind it. What is allocated is booked
    /// under the tags and phases that are open on the thread that does it.
    ///
    /// # Panics
    ///
    /// When the system has no memory to note one more shared frame; [`SmartAlloc::try_shared_frame`] returns an error
    /// instead.
    ///
    /// # Examples
    ///
    /// ```
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// for _ in 0..3 {
    ///     let shared = alloc.shared_frame();
    ///     let parts: Vec<&mut [u32]> = std::thread::scope(|scope| {
    ///         let workers: Vec<_> = (0..4u32)
    ///             .map(|worker| {
    ///                 let shared = &shared;
    ///                 scope.spawn(move || shared.alloc_slice_from_fn(100, |i| worker + i as u32))
    ///             })
    ///             .collect();
    ///         workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    ///     });
    ///     assert_eq!(parts[3][99], 102);
    /// } // here all of it may be used again
    /// ```
    ///
    /// ```compile_fail
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// let shared = alloc.shared_frame();
    /// let value = shared.alloc(1);
    /// drop(shared);
    /// *value += 1;
    /// ```
    #[inline]
    #[track_caller]
    pub fn shared_frame(&self) -> SharedFrame<'_> {
        or_panic!(self.try_shared_frame())
    }

    /// Like [`SmartAlloc::shared_frame`].
    ///
    /// # Errors
    ///
    /// When the system has no memory to note one more shared frame.
    pub fn try_shared_frame(&self) -> Result<SharedFrame<'_>, AllocError> {
        let serial = next_serial();
        let Some(clock) = self.shared().clocks.start(serial) else {
            return Err(AllocError::out_of_memory(size_of::<ClockRef>()));
        };
        Ok(SharedFrame { alloc: self, serial, clock })
    }
}

/// The refusal of values with a destructor, while the program is built.
struct NoDestructor<T>(PhantomData<T>);

impl<T> NoDestructor<T> {
    const CHECK: () = assert!(
        !needs_drop::<T>(),
        "this type has a destructor, which a shared frame would never run: use `pool_box`, or a vector of the thread's \
         own frame"
    );
}

/// The calls that allocate, the same for the shared frame and for a thread's part of it.
macro_rules! allocating_calls {
    ($owner:literal, ($($life:lifetime)?), $self:ident, $($receiver:tt)+) => {
        #[doc = concat!("Moves `value` into the calling thread's part of the frame.")]
        ///
        /// A type with a destructor is refused while the program is built; [`SmartAlloc::pool_box`] takes it.
        ///
        /// # Panics
        ///
        /// When a budget, a ceiling or the system refuses;
        #[doc = concat!("[`", $owner, "::try_alloc`] returns an error instead.")]
        #[inline(always)]
        #[track_caller]
        pub fn alloc<$($life,)? T: Send>($($receiver)+, value: T) -> &'f mut T {
            or_panic!($self.try_alloc(value))
        }

        #[doc = concat!("Like [`", $owner, "::alloc`].")]
        ///
        /// # Errors
        ///
        /// When a budget, a ceiling or the system refuses.
        #[inline(always)]
        pub fn try_alloc<$($life,)? T: Send>($($receiver)+, value: T) -> Result<&'f mut T, AllocError> {
            const { NoDestructor::<T>::CHECK }
            let (size, align) = (size_of::<T>(), align_of::<T>());
            let place = if size == 0 {
                NonNull::<T>::dangling()
            } else {
                $self.take(address::round_up(size, address::UNIT), align, address::fits_small(size, align))?.cast()
            };
            // SAFETY: fresh memory for a `T` that nobody else has, and that stays while the shared frame is borrowed
            // (N2).
            unsafe {
                place.write(value);
                Ok(&mut *place.as_ptr())
            }
        }

        /// A copy of `source` in the calling thread's part of the frame.
        ///
        /// # Panics
        ///
        /// When a budget, a ceiling or the system refuses;
        #[doc = concat!("[`", $owner, "::try_alloc_slice_copy`] returns an error instead.")]
        #[inline]
        #[track_caller]
        pub fn alloc_slice_copy<$($life,)? T: Copy + Send>($($receiver)+, source: &[T]) -> &'f mut [T] {
            or_panic!($self.try_alloc_slice_copy(source))
        }

        #[doc = concat!("Like [`", $owner, "::alloc_slice_copy`].")]
        ///
        /// # Errors
        ///
        /// When a budget, a ceiling or the system refuses.
        #[inline]
        pub fn try_alloc_slice_copy<$($life,)? T: Copy + Send>(
            $($receiver)+,
            source: &[T],
        ) -> Result<&'f mut [T], AllocError> {
            let place = $self.take_slice::<T>(source.len())?;
            // SAFETY: fresh memory for as many, which `source` cannot overlap, and that stays while the shared frame
            // is borrowed (N2).
            unsafe {
                std::ptr::copy_nonoverlapping(source.as_ptr(), place.as_ptr(), source.len());
                Ok(std::slice::from_raw_parts_mut(place.as_ptr(), source.len()))
            }
        }

        /// A slice in the calling thread's part of the frame whose elements `make` makes, from the first to the last.
        ///
        /// # Panics
        ///
        /// When a budget, a ceiling or the system refuses;
        #[doc = concat!("[`", $owner, "::try_alloc_slice_from_fn`] returns an error instead.")]
        #[inline]
        #[track_caller]
        pub fn alloc_slice_from_fn<$($life,)? T: Send>(
            $($receiver)+,
            len: usize,
            make: impl FnMut(usize) -> T,
        ) -> &'f mut [T] {
            or_panic!($self.try_alloc_slice_from_fn(len, make))
        }

        #[doc = concat!("Like [`", $owner, "::alloc_slice_from_fn`]; `make` is not called when there is no memory.")]
        ///
        /// # Errors
        ///
        /// When a budget, a ceiling or the system refuses, or the slice's size overflows.
        #[inline]
        pub fn try_alloc_slice_from_fn<$($life,)? T: Send>(
            $($receiver)+,
            len: usize,
            mut make: impl FnMut(usize) -> T,
        ) -> Result<&'f mut [T], AllocError> {
            const { NoDestructor::<T>::CHECK }
            let place = $self.take_slice::<T>(len)?;
            for index in 0..len {
                // SAFETY: within the fresh memory, which nobody else has; without destructors a panic of `make`
                // leaves nothing to do.
                unsafe { place.add(index).write(make(index)) };
            }
            // SAFETY: all of them have been written; the memory stays while the shared frame is borrowed (N2).
            Ok(unsafe { std::slice::from_raw_parts_mut(place.as_ptr(), len) })
        }

        /// A copy of `source` in the calling thread's part of the frame.
        ///
        /// # Panics
        ///
        /// When a budget, a ceiling or the system refuses;
        #[doc = concat!("[`", $owner, "::try_alloc_str`] returns an error instead.")]
        #[inline]
        #[track_caller]
        pub fn alloc_str$(<$life>)?($($receiver)+, source: &str) -> &'f mut str {
            or_panic!($self.try_alloc_str(source))
        }

        #[doc = concat!("Like [`", $owner, "::alloc_str`].")]
        ///
        /// # Errors
        ///
        /// When a budget, a ceiling or the system refuses.
        #[inline]
        pub fn try_alloc_str$(<$life>)?($($receiver)+, source: &str) -> Result<&'f mut str, AllocError> {
            let bytes = $self.try_alloc_slice_copy(source.as_bytes())?;
            // SAFETY: copied from a `str`.
            Ok(unsafe { std::str::from_utf8_unchecked_mut(bytes) })
        }

        /// Memory for `len` values.
        #[inline(always)]
        fn take_slice<T>(&self, len: usize) -> Result<NonNull<T>, AllocError> {
            let bytes = len.checked_mul(size_of::<T>()).filter(|&bytes| bytes <= isize::MAX as usize);
            let Some(rounded) = bytes.and_then(|bytes| address::checked_round_up(bytes, address::UNIT)) else {
                return Err(AllocError::overflow());
            };
            if rounded == 0 {
                return Ok(NonNull::dangling());
            }
            Ok(self.take(rounded, align_of::<T>(), false)?.cast())
        }
    };
}

/// A block of `lane` if there is room; `small` says that size and alignment are known to be so.
#[inline(always)]
fn take_from(lane: &Lane, size: usize, align: usize, small: bool) -> Option<NonNull<u8>> {
    if small { lane.arena.take_small(size, align) } else { lane.arena.take(lane.arena.limit(), size, align) }
}

#[expect(clippy::mut_from_ref, reason = "each call hands out memory of its own")]
impl SharedFrame<'_> {
    allocating_calls!("SharedFrame", ('f), self, &'f self);

    /// The calling thread's part of the frame, as a handle that need not be looked up for each value.
    ///
    /// # Panics
    ///
    /// When the system has no memory for the thread's part; [`SharedFrame::try_local`] returns an error instead.
    ///
    /// # Examples
    ///
    /// ```
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// let shared = alloc.shared_frame();
    /// let local = shared.local();
    /// let mut sum = 0u64;
    /// for number in 0..1000u64 {
    ///     sum += *local.alloc(number);
    /// }
    /// assert_eq!(sum, 499_500);
    /// ```
    #[inline]
    #[track_caller]
    pub fn local(&self) -> LocalFrame<'_> {
        or_panic!(self.try_local())
    }

    /// Like [`SharedFrame::local`].
    ///
    /// # Errors
    ///
    /// When the system has no memory for the thread's part.
    pub fn try_local(&self) -> Result<LocalFrame<'_>, AllocError> {
        let state = self.alloc.state()?;
        state.pin();
        match state.lane(self.serial, self.clock) {
            Ok(lane) => {
                Ok(LocalFrame { state: Anchor::new(state), lane: Anchor::new(lane), _thread: PhantomData })
            }
            Err(error) => {
                state.unpin();
                Err(error)
            }
        }
    }

    #[inline(always)]
    fn take(&self, size: usize, align: usize, small: bool) -> Result<NonNull<u8>, AllocError> {
        if let Some(lane) = current::lane_fast(self.serial) {
            // SAFETY: the calling thread's (N1), which forgets it before it gives its state up; and alive, since the
            // allocator is borrowed (N3, T2).
            let lane = unsafe { lane.as_ref() };
            if let Some(block) = take_from(lane, size, align, small) {
                return Ok(block);
            }
        }
        self.take_slow(size, align)
    }

    #[cold]
    #[inline(never)]
    fn take_slow(&self, size: usize, align: usize) -> Result<NonNull<u8>, AllocError> {
        let state = self.alloc.state()?;
        let block = state.allocate_shared(self.serial, self.clock, size, align);
        state.done();
        block
    }
}

impl<'f> LocalFrame<'f> {
    allocating_calls!("LocalFrame", (), self, &self);

    #[inline(always)]
    fn take(&self, size: usize, align: usize, small: bool) -> Result<NonNull<u8>, AllocError> {
        match take_from(&self.lane, size, align, small) {
            Some(block) => Ok(block),
            None => self.state.refill_lane(&self.lane, size, align),
        }
    }
}

impl Drop for LocalFrame<'_> {
    fn drop(&mut self) {
        self.state.unpin();
    }
}

impl Drop for SharedFrame<'_> {
    fn drop(&mut self) {
        self.alloc.shared().clocks.stop(self.clock);
    }
}

impl fmt::Debug for SharedFrame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedFrame").field("serial", &self.serial).finish_non_exhaustive()
    }
}

impl fmt::Debug for LocalFrame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalFrame").finish_non_exhaustive()
    }
}
