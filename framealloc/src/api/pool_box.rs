//! `PoolBox`: a value that outlives its frame, in a block of its thread's pool.

use std::alloc::Layout;
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::pin::Pin;
use std::ptr::NonNull;

use super::frame_alloc::or_panic;
use super::owner::owner_impls;
use super::smart_alloc::SmartAlloc;
use crate::attribution::{Origin, OriginOf};
use crate::error::{AllocError, refuse};
use crate::memory::size_class;
use crate::pool::transfers::Ledger;
use crate::pool::{Page, PoolHeap};
use crate::thread::{current, deferred};
use crate::zeroable::Zeroable;

/// A value in pool memory, dropped and given back with this handle.
///
/// One word, `'static`, `Send` if `T` is. It may be dropped on any thread, and may outlive the thread that made it
/// and the allocator itself. A type too large for a page of the pool lies on the heap behind the same handle.
///
/// # Examples
///
/// ```
/// let alloc = framealloc::SmartAlloc::with_defaults();
/// let entity = alloc.pool_box(String::from("player"));
/// drop(alloc);
/// std::thread::spawn(move || assert_eq!(*entity, "player")).join().unwrap();
/// ```
pub struct PoolBox<T> {
    value: NonNull<T>,
    _owns: PhantomData<T>,
}

// SAFETY: the box owns its value, and its block may be given back from any thread.
unsafe impl<T: Send> Send for PoolBox<T> {}
// SAFETY: a shared reference to the box gives a shared reference to the value and nothing else.
unsafe impl<T: Sync> Sync for PoolBox<T> {}

/// Where values of a type lie; decided while the program is compiled.
enum Place {
    /// The type has no size.
    Nowhere,
    /// In a block of this class.
    Class(usize),
    /// In a block of its own, behind a pointer to its heap.
    Big,
}

/// Layouts that follow from a type.
struct Of<T>(PhantomData<T>);

impl<T> Of<T> {
    const PLACE: Place = if size_of::<T>() == 0 {
        Place::Nowhere
    } else {
        match size_class::class_of(Layout::new::<T>()) {
            Some(class) => Place::Class(class),
            None => Place::Big,
        }
    };

    /// Bytes before a value with a block of its own; the pointer to its heap lies in the last of them.
    const HEADER: usize = if align_of::<T>() > 16 { align_of::<T>() } else { 16 };
}

/// The layout of a block of its own for `value` and what lies before it.
fn big_layout<T>() -> Option<Layout> {
    let size = Of::<T>::HEADER.checked_add(size_of::<T>())?;
    Layout::from_size_align(size, Of::<T>::HEADER).ok()
}

/// Where the pointer to the heap of a value with a block of its own lies.
///
/// # Safety
///
/// `value` lies in such a block.
unsafe fn big_heap<T>(value: NonNull<T>) -> NonNull<NonNull<PoolHeap>> {
    // SAFETY: the header before the value has room for it.
    unsafe { value.cast::<NonNull<PoolHeap>>().sub(1) }
}

/// Memory for a `T` from the calling thread's pool.
#[inline(always)]
#[track_caller]
fn place<T>(alloc: &SmartAlloc, origin: &'static Origin) -> Result<NonNull<T>, AllocError> {
    match Of::<T>::PLACE {
        Place::Nowhere => Ok(NonNull::dangling()),
        Place::Class(class) => match alloc.heap_fast().and_then(|heap| heap.take(class)) {
            Some(block) => Ok(block.cast()),
            None => Ok(alloc.state()?.refill_pool(class, origin)?.cast()),
        },
        Place::Big => place_big(alloc, false, origin),
    }
}

#[cold]
#[track_caller]
fn place_big<T>(alloc: &SmartAlloc, zeroed: bool, origin: &'static Origin) -> Result<NonNull<T>, AllocError> {
    let layout = big_layout::<T>().ok_or_else(AllocError::overflow)?;
    let (block, heap) = alloc.state()?.allocate_big(layout, zeroed, origin)?;
    // SAFETY: the header's size is within the block, and the value behind it is aligned as the block is.
    unsafe {
        let value = block.add(Of::<T>::HEADER).cast::<T>();
        big_heap(value).write(heap);
        Ok(value)
    }
}

/// Gives the memory of a value back.
///
/// # Safety
///
/// `value` came from [`place`] and nobody uses it any more.
#[inline(always)]
unsafe fn give_back<T>(value: NonNull<T>) {
    match Of::<T>::PLACE {
        Place::Nowhere => {}
        Place::Class(class) => {
            let block = value.cast::<u8>();
            // SAFETY: a living block of this class: its page has a heap, which exists while the block is alive.
            unsafe {
                let heap = Page::of(block).heap();
                if heap.as_ref().is_owned_by(current::token()) {
                    heap.as_ref().put(class, block);
                } else {
                    deferred::free_elsewhere(class, block);
                }
            }
        }
        // SAFETY: the caller's promise.
        Place::Big => unsafe { give_back_big(value) },
    }
}

#[cold]
unsafe fn give_back_big<T>(value: NonNull<T>) {
    // The layout was one when the block was taken.
    let Some(layout) = big_layout::<T>() else { return };
    // SAFETY: written by `place_big`, which took the block from this heap with this layout.
    unsafe {
        let (heap, token) = (big_heap(value).read(), current::token());
        let block = value.cast::<u8>().sub(Of::<T>::HEADER);
        if heap.as_ref().is_recorded_by(token) {
            heap.as_ref().note_gone(block);
        }
        PoolHeap::free_big(heap, token, block, layout);
    }
}

/// Where the pool that a block came from counts what it makes for other threads; valid while the block is alive.
///
/// # Safety
///
/// The block came from [`place`] for a `T`, or, if that has no size, for any type that fits in a page; it was not
/// given back.
#[inline(always)]
pub(super) unsafe fn ledger_of<T>(block: NonNull<u8>) -> NonNull<Ledger> {
    match Of::<T>::PLACE {
        // SAFETY: written by `place_big`; the heap exists while its block is alive (H3).
        Place::Big => unsafe { NonNull::from(big_heap(block.cast::<T>()).read().as_ref().ledger()) },
        // SAFETY: a living block of a page.
        Place::Nowhere | Place::Class(_) => unsafe { Page::of(block).ledger() },
    }
}

impl SmartAlloc {
    /// A value of the pool that is all zeroes, made in place and never on the stack.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_pool_alloc`] returns an error instead.
    #[inline]
    #[track_caller]
    pub fn pool_alloc<T: Zeroable>(&self) -> PoolBox<T> {
        or_panic!(self.try_pool_alloc())
    }

    /// Like [`SmartAlloc::pool_alloc`].
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline]
    #[track_caller]
    pub fn try_pool_alloc<T: Zeroable>(&self) -> Result<PoolBox<T>, AllocError> {
        let value = if matches!(Of::<T>::PLACE, Place::Big) {
            place_big::<T>(self, true, OriginOf::<T>::POOL)?
        } else {
            let value = place::<T>(self, OriginOf::<T>::POOL)?;
            // SAFETY: fresh memory for a `T`.
            unsafe { value.write_bytes(0, 1) };
            value
        };
        // SAFETY: `T` is valid as all zeroes; the block is the box's.
        Ok(unsafe { PoolBox::from_value(value) })
    }

    /// Moves `value` into the calling thread's pool.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_pool_box`] returns an error instead.
    #[inline(always)]
    #[track_caller]
    pub fn pool_box<T>(&self, value: T) -> PoolBox<T> {
        or_panic!(self.try_pool_box(value))
    }

    /// Like [`SmartAlloc::pool_box`]; `value` is dropped when there is no memory for it.
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline(always)]
    #[track_caller]
    pub fn try_pool_box<T>(&self, value: T) -> Result<PoolBox<T>, AllocError> {
        // Not by way of `pool_box_for`: one move less of a value that may be large, where nothing is optimised.
        let place = place::<T>(self, OriginOf::<T>::POOL)?;
        // SAFETY: fresh memory for a `T`; the block is the box's.
        unsafe {
            place.write(value);
            Ok(PoolBox::from_value(place))
        }
    }

    /// Like [`SmartAlloc::try_pool_box`], for a purpose of its own.
    #[inline(always)]
    #[track_caller]
    pub(super) fn pool_box_for<T>(
        &self,
        value: T,
        origin: &'static Origin,
    ) -> Result<PoolBox<T>, AllocError> {
        let place = place::<T>(self, origin)?;
        // SAFETY: fresh memory for a `T`; the block is the box's.
        unsafe {
            place.write(value);
            Ok(PoolBox::from_value(place))
        }
    }

    /// Drops a pool box; the same as letting it go.
    #[inline]
    pub fn pool_free<T>(&self, boxed: PoolBox<T>) {
        drop(boxed);
    }

    /// Drops a pool box, if that can be done at once.
    ///
    /// # Errors
    ///
    /// The box, if it was made on another thread, the policy is [`QueueFullPolicy::Fail`](crate::QueueFullPolicy::Fail)
    /// and as many blocks wait for that thread as the bound allows. Threads that drop at the same moment may pass the
    /// bound together; that is counted.
    #[inline]
    pub fn try_pool_free<T>(&self, boxed: PoolBox<T>) -> Result<(), PoolBox<T>> {
        if matches!(Of::<T>::PLACE, Place::Class(_)) {
            // SAFETY: a living block of a page.
            if !unsafe { deferred::has_room(boxed.value.cast()) } {
                return Err(boxed);
            }
        }
        drop(boxed);
        Ok(())
    }
}

impl<T> PoolBox<T> {
    /// # Safety
    ///
    /// `value` is valid and in memory from [`place`] that nobody else has.
    #[inline(always)]
    pub(super) unsafe fn from_value(value: NonNull<T>) -> Self {
        Self { value, _owns: PhantomData }
    }

    /// The value's place; nothing is dropped or given back.
    #[inline(always)]
    pub(super) fn into_value(self) -> NonNull<T> {
        ManuallyDrop::new(self).value
    }

    /// Moves the value out and gives the memory back.
    #[inline]
    #[must_use]
    pub fn into_inner(self) -> T {
        let value = self.into_value();
        // SAFETY: read once; the handle is gone and the block given back.
        unsafe {
            let inner = value.read();
            give_back(value);
            inner
        }
    }

    /// Pins the value, which never moves while the box lives.
    ///
    /// A forgotten box keeps its memory for ever, as [`Pin`] promises.
    #[must_use]
    pub fn into_pin(self) -> Pin<Self> {
        // SAFETY: the value lies where it lies until it is dropped, and its block is not given back before: the
        // pool's pages stay while a block in them is alive.
        unsafe { Pin::new_unchecked(self) }
    }

    /// Gives up the handle: the value is never dropped and its memory never given back.
    #[must_use]
    pub fn leak<'l>(self) -> &'l mut T
    where
        T: 'l,
    {
        let mut value = self.into_value();
        // SAFETY: valid, and nobody else's from here on; the block stays alive for ever.
        unsafe { value.as_mut() }
    }

    /// Makes a copy of the value in the calling thread's pool of `alloc`.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses.
    #[must_use]
    #[track_caller]
    pub fn clone_in(&self, alloc: &SmartAlloc) -> Self
    where
        T: Clone,
    {
        alloc.pool_box(T::clone(self))
    }
}

impl<T> PoolBox<MaybeUninit<T>> {
    /// Writes the value that the place was for.
    #[inline]
    #[must_use]
    pub fn write(self, value: T) -> PoolBox<T> {
        let place = self.into_value().cast::<T>();
        // SAFETY: the place is ours and for a `T`, which has the same layout; the block goes to the new handle.
        unsafe {
            place.write(value);
            PoolBox::from_value(place)
        }
    }
}

impl<T> Drop for PoolBox<T> {
    #[inline(always)]
    fn drop(&mut self) {
        /// Gives the block back also when the value's destructor panics.
        struct GiveBack<T>(NonNull<T>);
        impl<T> Drop for GiveBack<T> {
            #[inline(always)]
            fn drop(&mut self) {
                // SAFETY: the value has been dropped, or has given up; the block was never given back before. The
                // value may have been the last that held the allocator: the block keeps its heap.
                unsafe { give_back(self.0) };
            }
        }
        let block = GiveBack(self.value);
        // SAFETY: the handle owns the value and goes.
        unsafe { block.0.drop_in_place() };
    }
}

owner_impls!(PoolBox, Sized);
