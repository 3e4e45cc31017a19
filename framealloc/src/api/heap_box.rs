//! `HeapBox`: a value or slice on the heap, counted and bounded by the allocator.

use std::alloc::Layout;
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::pin::Pin;
use std::ptr::NonNull;

use super::frame_alloc::or_panic;
use super::owner::{owner_impls, owner_slice_impls};
use super::smart_alloc::SmartAlloc;
use crate::attribution::{Origin, OriginOf};
use crate::error::{AllocError, refuse};
use crate::pool::PoolHeap;
use crate::thread::current;
use crate::zeroable::Zeroable;

/// A value on the heap, dropped and given back with this handle.
///
/// Straight from the program's global allocator, and counted by the thread that made it. `'static`, `Send` if `T`
/// is; may be dropped on any thread and may outlive the allocator.
///
/// # Examples
///
/// ```
/// let alloc = framealloc::SmartAlloc::with_defaults();
/// // 16 MiB that never touch the stack.
/// let mut level = alloc.heap_alloc::<[u32; 4 << 20]>();
/// level[12_345] = 7;
/// assert!(alloc.stats().heap_bytes >= 16 << 20);
/// ```
pub struct HeapBox<T: ?Sized> {
    value: NonNull<T>,
    /// The heap that counts the block; not looked at for a value without size.
    heap: NonNull<PoolHeap>,
    _owns: PhantomData<T>,
}

// SAFETY: the box owns its value, and its block may be given back from any thread.
unsafe impl<T: ?Sized + Send> Send for HeapBox<T> {}
// SAFETY: a shared reference to the box gives a shared reference to the value and nothing else.
unsafe impl<T: ?Sized + Sync> Sync for HeapBox<T> {}

/// Memory of `layout`, and the heap that counts it.
#[inline]
#[track_caller]
fn place(
    alloc: &SmartAlloc,
    layout: Layout,
    zeroed: bool,
    origin: &'static Origin,
) -> Result<(NonNull<u8>, NonNull<PoolHeap>), AllocError> {
    if layout.size() == 0 {
        let nothing = std::ptr::without_provenance_mut(layout.align());
        // SAFETY: an alignment is not zero.
        return Ok((unsafe { NonNull::new_unchecked(nothing) }, NonNull::dangling()));
    }
    if let Some(heap) = alloc.heap_fast()
        && let Some(block) = heap.allocate_big_fast(layout, zeroed)
    {
        return Ok((block, heap.pointer()));
    }
    alloc.state()?.allocate_big(layout, zeroed, origin)
}

fn slice_layout<T>(len: usize) -> Result<Layout, AllocError> {
    Layout::array::<T>(len).map_err(|_| AllocError::overflow())
}

/// Gives the block of `value` back.
///
/// # Safety
///
/// `value` lies in a block of `heap` from [`place`], its metadata is its own, and nobody uses it any more.
#[inline]
unsafe fn give_back<T: ?Sized>(value: NonNull<T>, heap: NonNull<PoolHeap>) {
    // SAFETY: the pointer's metadata is that of a value that was alive a moment ago.
    let layout = Layout::for_value(unsafe { value.as_ref() });
    if layout.size() != 0 {
        // SAFETY: the caller's promise.
        unsafe { PoolHeap::free_big(heap, current::token(), value.cast(), layout) };
    }
}

impl SmartAlloc {
    /// A value on the heap that is all zeroes, made in place and never on the stack.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_heap_alloc`] returns an error instead.
    #[inline]
    #[track_caller]
    pub fn heap_alloc<T: Zeroable>(&self) -> HeapBox<T> {
        or_panic!(self.try_heap_alloc())
    }

    /// Like [`SmartAlloc::heap_alloc`].
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline]
    #[track_caller]
    pub fn try_heap_alloc<T: Zeroable>(&self) -> Result<HeapBox<T>, AllocError> {
        let (block, heap) = place(self, Layout::new::<T>(), true, OriginOf::<T>::HEAP)?;
        // SAFETY: zeroed memory for a `T`, which is valid so; the block is the box's.
        Ok(unsafe { HeapBox::from_parts(block.cast(), heap) })
    }

    /// Moves `value` to the heap.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_heap_box`] returns an error instead.
    #[inline]
    #[track_caller]
    pub fn heap_box<T>(&self, value: T) -> HeapBox<T> {
        or_panic!(self.try_heap_box(value))
    }

    /// Like [`SmartAlloc::heap_box`]; `value` is dropped when there is no memory for it.
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline]
    #[track_caller]
    pub fn try_heap_box<T>(&self, value: T) -> Result<HeapBox<T>, AllocError> {
        // Not by way of `heap_box_for`: one move less of a value that may be large, where nothing is optimised.
        let (block, heap) = place(self, Layout::new::<T>(), false, OriginOf::<T>::HEAP)?;
        let place = block.cast::<T>();
        // SAFETY: fresh memory for a `T`; the block is the box's.
        unsafe {
            place.write(value);
            Ok(HeapBox::from_parts(place, heap))
        }
    }

    /// Like [`SmartAlloc::try_heap_box`], for a purpose of its own.
    #[inline(always)]
    #[track_caller]
    pub(super) fn heap_box_for<T>(
        &self,
        value: T,
        origin: &'static Origin,
    ) -> Result<HeapBox<T>, AllocError> {
        let (block, heap) = place(self, Layout::new::<T>(), false, origin)?;
        let place = block.cast::<T>();
        // SAFETY: fresh memory for a `T`; the block is the box's.
        unsafe {
            place.write(value);
            Ok(HeapBox::from_parts(place, heap))
        }
    }

    /// A slice on the heap that is all zeroes.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_heap_slice`] returns an error instead.
    #[inline]
    #[track_caller]
    pub fn heap_slice<T: Zeroable>(&self, len: usize) -> HeapBox<[T]> {
        or_panic!(self.try_heap_slice(len))
    }

    /// Like [`SmartAlloc::heap_slice`].
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses, or the slice's size overflows.
    #[inline]
    #[track_caller]
    pub fn try_heap_slice<T: Zeroable>(&self, len: usize) -> Result<HeapBox<[T]>, AllocError> {
        let (block, heap) = place(self, slice_layout::<T>(len)?, true, OriginOf::<[T]>::HEAP)?;
        // SAFETY: zeroed memory for as many, which are valid so; the block is the box's.
        Ok(unsafe { HeapBox::from_parts(NonNull::slice_from_raw_parts(block.cast(), len), heap) })
    }

    /// Drops a heap box; the same as letting it go.
    #[inline]
    pub fn heap_free<T: ?Sized>(&self, boxed: HeapBox<T>) {
        drop(boxed);
    }
}

impl<T: ?Sized> HeapBox<T> {
    /// # Safety
    ///
    /// `value` is valid and in memory from [`place`], counted by `heap`, that nobody else has.
    pub(super) unsafe fn from_parts(value: NonNull<T>, heap: NonNull<PoolHeap>) -> Self {
        Self { value, heap, _owns: PhantomData }
    }

    /// The value's place and who counts it; nothing is dropped or given back.
    pub(super) fn into_parts(self) -> (NonNull<T>, NonNull<PoolHeap>) {
        let this = ManuallyDrop::new(self);
        (this.value, this.heap)
    }

    /// Pins the value, which never moves while the box lives.
    ///
    /// A forgotten box keeps its memory for ever, as [`Pin`] promises.
    #[must_use]
    pub fn into_pin(self) -> Pin<Self> {
        // SAFETY: the value lies where it lies until it is dropped, and its block is not given back before.
        unsafe { Pin::new_unchecked(self) }
    }

    /// Gives up the handle: the value is never dropped and its memory never given back.
    #[must_use]
    pub fn leak<'l>(self) -> &'l mut T
    where
        T: 'l,
    {
        let (mut value, _) = self.into_parts();
        // SAFETY: valid, and nobody else's from here on; the block stays alive for ever.
        unsafe { value.as_mut() }
    }
}

impl<T> HeapBox<T> {
    /// Moves the value out and gives the memory back.
    #[inline]
    #[must_use]
    pub fn into_inner(self) -> T {
        let (value, heap) = self.into_parts();
        // SAFETY: read once; the handle is gone and the block given back.
        unsafe {
            let inner = value.read();
            give_back(value, heap);
            inner
        }
    }

    /// Makes a copy of the value on the heap, counted by the calling thread's part of `alloc`.
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
        alloc.heap_box(T::clone(self))
    }
}

impl<T> HeapBox<MaybeUninit<T>> {
    /// Writes the value that the place was for.
    #[inline]
    #[must_use]
    pub fn write(self, value: T) -> HeapBox<T> {
        let (place, heap) = self.into_parts();
        // SAFETY: the place is ours and for a `T`; the block goes to the new handle.
        unsafe {
            place.cast::<T>().write(value);
            HeapBox::from_parts(place.cast(), heap)
        }
    }
}

impl<T, const N: usize> From<HeapBox<[T; N]>> for HeapBox<[T]> {
    fn from(array: HeapBox<[T; N]>) -> Self {
        let (array, heap) = array.into_parts();
        // SAFETY: the same block, size and elements.
        unsafe { Self::from_parts(NonNull::slice_from_raw_parts(array.cast(), N), heap) }
    }
}

impl<T: ?Sized> Drop for HeapBox<T> {
    #[inline]
    fn drop(&mut self) {
        /// Gives the block back also when the value's destructor panics.
        struct GiveBack<T: ?Sized>(NonNull<T>, NonNull<PoolHeap>);
        impl<T: ?Sized> Drop for GiveBack<T> {
            fn drop(&mut self) {
                // SAFETY: the value has been dropped, or has given up; the block was never given back before.
                unsafe { give_back(self.0, self.1) };
            }
        }
        let block = GiveBack(self.value, self.heap);
        // SAFETY: the handle owns the value and goes.
        unsafe { block.0.drop_in_place() };
    }
}

owner_impls!(HeapBox, ?Sized);
owner_slice_impls!(HeapBox);
