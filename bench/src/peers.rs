//! The peers behind one face each, written as thin as the language allows, so that what is compared is the
//! allocators and not their wrappers.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::{Cell, UnsafeCell};
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

use allocator_api2::alloc::{AllocError, Allocator};
use blink_alloc::BlinkAlloc;

use crate::ours::{self, SmartAlloc};

/// A program has one global allocator, so that the others are called through their type: what `Box` compiles to,
/// without the shim between `Box` and the registered allocator.
pub struct BoxOn<T, A: Fixed> {
    value: NonNull<T>,
    owns: PhantomData<(T, A)>,
}

// SAFETY: the box owns its value, and global allocators take memory back on any thread.
unsafe impl<T: Send, A: Fixed> Send for BoxOn<T, A> {}

/// A global allocator that needs no value to be called.
pub trait Fixed {
    type Global: GlobalAlloc;
    const GLOBAL: Self::Global;
}

pub struct System;
pub struct Mimalloc;
pub struct Snmalloc;
pub struct Jemalloc;

impl Fixed for System {
    type Global = std::alloc::System;
    const GLOBAL: Self::Global = std::alloc::System;
}

impl Fixed for Mimalloc {
    type Global = mimalloc::MiMalloc;
    const GLOBAL: Self::Global = mimalloc::MiMalloc;
}

impl Fixed for Snmalloc {
    type Global = snmalloc_rs::SnMalloc;
    const GLOBAL: Self::Global = snmalloc_rs::SnMalloc;
}

impl Fixed for Jemalloc {
    type Global = tikv_jemallocator::Jemalloc;
    const GLOBAL: Self::Global = tikv_jemallocator::Jemalloc;
}

impl<T, A: Fixed> BoxOn<T, A> {
    #[inline]
    pub fn new(value: T) -> Self {
        const { assert!(size_of::<T>() != 0) };
        let layout = Layout::new::<T>();
        // SAFETY: the layout is not of size zero.
        let raw = unsafe { A::GLOBAL.alloc(layout) }.cast::<T>();
        let Some(block) = NonNull::new(raw) else { std::alloc::handle_alloc_error(layout) };
        // SAFETY: the block was just allocated with the layout of T.
        unsafe { block.write(value) };
        Self { value: block, owns: PhantomData }
    }
}

impl<T, A: Fixed> Drop for BoxOn<T, A> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the value was written by `new` and is dropped once.
        unsafe { self.value.drop_in_place() };
        // SAFETY: allocated by `new` with the same layout.
        unsafe { A::GLOBAL.dealloc(self.value.as_ptr().cast(), Layout::new::<T>()) };
    }
}

impl<T, A: Fixed> Deref for BoxOn<T, A> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the box owns a written value.
        unsafe { self.value.as_ref() }
    }
}

impl<T, A: Fixed> DerefMut for BoxOn<T, A> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the box owns a written value and is borrowed alone.
        unsafe { self.value.as_mut() }
    }
}

/// Makes boxes of one type, so that a loop is written once for every allocator.
pub trait Maker<T>: 'static {
    type Handle<'a>: DerefMut<Target = T>;
    fn new() -> Self;
    fn make(&self, value: T) -> Self::Handle<'_>;
}

/// `pool_box` of the library.
pub struct Pool(SmartAlloc);

impl<T: 'static> Maker<T> for Pool {
    type Handle<'a> = framealloc::PoolBox<T>;
    fn new() -> Self {
        Self(ours::allocator())
    }
    #[inline]
    fn make(&self, value: T) -> Self::Handle<'_> {
        self.0.pool_box(value)
    }
}

/// `pool_box` of an allocator that several threads use.
pub struct SharedPool(SmartAlloc);

impl<T: 'static> Maker<T> for SharedPool {
    type Handle<'a> = framealloc::PoolBox<T>;
    fn new() -> Self {
        Self(ours::shared())
    }
    #[inline]
    fn make(&self, value: T) -> Self::Handle<'_> {
        self.0.pool_box(value)
    }
}

/// `heap_box` of the library.
pub struct Heap(SmartAlloc);

impl<T: 'static> Maker<T> for Heap {
    type Handle<'a> = framealloc::HeapBox<T>;
    fn new() -> Self {
        Self(ours::allocator())
    }
    #[inline]
    fn make(&self, value: T) -> Self::Handle<'_> {
        self.0.heap_box(value)
    }
}

/// `Box` on this program's own global allocator.
pub struct StdBox;

impl<T: 'static> Maker<T> for StdBox {
    type Handle<'a> = Box<T>;
    fn new() -> Self {
        Self
    }
    #[inline]
    fn make(&self, value: T) -> Self::Handle<'_> {
        Box::new(value)
    }
}

/// `Box` on another global allocator.
pub struct On<A>(PhantomData<A>);

impl<T: 'static, A: Fixed + 'static> Maker<T> for On<A> {
    type Handle<'a> = BoxOn<T, A>;
    fn new() -> Self {
        Self(PhantomData)
    }
    #[inline]
    fn make(&self, value: T) -> Self::Handle<'_> {
        BoxOn::new(value)
    }
}

/// A block of a free list: either a value or the link to the next free block.
union Node<T> {
    next: Option<NonNull<Node<T>>>,
    value: ManuallyDrop<T>,
}

/// The floor: the free list that one writes by hand for one type and one thread, whose boxes borrow it.
pub struct FreeList<T> {
    head: Cell<Option<NonNull<Node<T>>>>,
    blocks: Cell<Vec<NonNull<[Node<T>]>>>,
}

pub struct FreeListBox<'a, T> {
    node: NonNull<Node<T>>,
    list: &'a FreeList<T>,
}

impl<T> FreeList<T> {
    const BLOCK: usize = 64;

    /// A chain of free nodes for a list that has none.
    #[cold]
    #[inline(never)]
    fn refill(&self) -> NonNull<Node<T>> {
        let nodes: Box<[Node<T>]> = (0..Self::BLOCK).map(|_| Node { next: None }).collect();
        let block = NonNull::from(Box::leak(nodes));
        let mut blocks = self.blocks.take();
        blocks.push(block);
        self.blocks.set(blocks);
        let mut next = None;
        for index in (0..Self::BLOCK).rev() {
            // SAFETY: the index is inside the block, which lives as long as the list.
            let node = unsafe { block.cast::<Node<T>>().add(index) };
            // SAFETY: no handle points into a block that was just made.
            unsafe { (*node.as_ptr()).next = next };
            next = Some(node);
        }
        next.expect("a block is not empty")
    }
}

impl<T> Drop for FreeList<T> {
    fn drop(&mut self) {
        for block in self.blocks.take() {
            // SAFETY: leaked by `refill`; every handle borrowed the list and is gone.
            drop(unsafe { Box::from_raw(block.as_ptr()) });
        }
    }
}

impl<T: 'static> Maker<T> for FreeList<T> {
    type Handle<'a> = FreeListBox<'a, T>;
    fn new() -> Self {
        Self { head: Cell::new(None), blocks: Cell::new(Vec::new()) }
    }
    #[inline]
    fn make(&self, value: T) -> Self::Handle<'_> {
        let node = self.head.get().unwrap_or_else(|| self.refill());
        // SAFETY: a node in the list is free, and what it holds is its link.
        self.head.set(unsafe { (*node.as_ptr()).next });
        // SAFETY: the node left the list, so that it is the caller's alone.
        unsafe { (*node.as_ptr()).value = ManuallyDrop::new(value) };
        FreeListBox { node, list: self }
    }
}

impl<T> Drop for FreeListBox<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the handle owns a written value and drops it once.
        unsafe { ManuallyDrop::drop(&mut (*self.node.as_ptr()).value) };
        // SAFETY: the value is gone, the node is the list's again.
        unsafe { (*self.node.as_ptr()).next = self.list.head.get() };
        self.list.head.set(Some(self.node));
    }
}

impl<T> Deref for FreeListBox<'_, T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the handle owns a written value.
        unsafe { &(*self.node.as_ptr()).value }
    }
}

impl<T> DerefMut for FreeListBox<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the handle owns a written value and is borrowed alone.
        unsafe { &mut (*self.node.as_ptr()).value }
    }
}

/// No allocator at all: as many places as a loop holds values, used in a circle. What a loop costs by itself.
pub struct Places<T, const N: usize> {
    places: Box<[UnsafeCell<MaybeUninit<T>>]>,
    next: Cell<usize>,
}

/// Values in places have no destructor to run: the loops hold plain numbers.
pub struct Place<'a, T> {
    value: &'a UnsafeCell<MaybeUninit<T>>,
}

impl<T: Copy + 'static, const N: usize> Maker<T> for Places<T, N> {
    type Handle<'a> = Place<'a, T>;
    fn new() -> Self {
        const { assert!(N.is_power_of_two()) };
        let places = (0..N).map(|_| UnsafeCell::new(MaybeUninit::uninit())).collect();
        Self { places, next: Cell::new(0) }
    }
    #[inline]
    fn make(&self, value: T) -> Self::Handle<'_> {
        let place = &self.places[self.next.get()];
        self.next.set((self.next.get() + 1) % N);
        // SAFETY: fewer than N handles live at once, so that the one that used this place is gone.
        unsafe { (*place.get()).write(value) };
        Place { value: place }
    }
}

impl<T> Deref for Place<'_, T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: written when the handle was made.
        unsafe { (*self.value.get()).assume_init_ref() }
    }
}

impl<T> DerefMut for Place<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: written when the handle was made, and its alone as long as it lives.
        unsafe { (*self.value.get()).assume_init_mut() }
    }
}

/// blink-alloc implements the trait of a later allocator-api2; this is the same allocator behind ours.
#[derive(Clone, Copy)]
pub struct BlinkRef<'a>(pub &'a BlinkAlloc);

// SAFETY: every call is handed to blink-alloc's own implementation of the same contract; copies share one arena.
unsafe impl Allocator for BlinkRef<'_> {
    #[inline(always)]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        self.0.allocate(layout).map_err(|_| AllocError)
    }

    #[inline(always)]
    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        // SAFETY: the caller's promise, passed on.
        unsafe { self.0.deallocate(block, layout.size()) };
    }

    #[inline(always)]
    unsafe fn grow(&self, block: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, AllocError> {
        // SAFETY: the caller's promise, passed on.
        unsafe { self.0.resize(block, old, new) }.map_err(|_| AllocError)
    }

    #[inline(always)]
    unsafe fn shrink(
        &self,
        block: NonNull<u8>,
        old: Layout,
        new: Layout,
    ) -> Result<NonNull<[u8]>, AllocError> {
        // SAFETY: the caller's promise, passed on.
        unsafe { self.0.resize(block, old, new) }.map_err(|_| AllocError)
    }
}
