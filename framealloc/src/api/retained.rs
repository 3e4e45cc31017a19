//! Retained values: `FrameRetained`, its id, and what it becomes.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

use super::frame_alloc::or_panic;
use super::heap_box::HeapBox;
use super::marker::RetainedValueStaysOnItsThread;
use super::owner::owner_impls;
use super::pool_box::PoolBox;
use super::smart_alloc::SmartAlloc;
use crate::attribution::OriginOf;
use crate::config::RetentionPolicy;
use crate::error::{AllocError, refuse};
use crate::pool::PoolHeap;
use crate::thread::promotion::{Held, Kind, Value};

/// A value that is used within its frame and kept beyond it; see [`SmartAlloc::frame_retained`].
///
/// Two words. Dropping it leaves the value to its promotion. When that has gone before, the value is dropped, unless its
/// policy is [`RetentionPolicy::Leak`]. A handle that is forgotten keeps its value for ever.
///
/// Not `Send`; `Sync` if `T` is.
pub struct FrameRetained<'a, T: 'static> {
    _thread: PhantomData<RetainedValueStaysOnItsThread>,
    value: NonNull<T>,
    held: ManuallyDrop<Held>,
    _owns: PhantomData<(&'a SmartAlloc, T)>,
    /// Invariant in `T`, unlike a box: the promotion knows the value as what it was made as, so nothing else may be
    /// written into it, a function for fewer lifetimes for instance.
    _exact: PhantomData<RetainedId<T>>,
}

// SAFETY: a shared reference to the handle gives a shared reference to the value and a number that never changes.
unsafe impl<T: Sync> Sync for FrameRetained<'_, T> {}

/// The number of a retained value, by which [`Promotions::take`](crate::Promotions::take) finds it with its type.
///
/// No other value has it, in any allocator and at any time. May be copied and sent whatever `T` is.
pub struct RetainedId<T> {
    number: u64,
    _type: PhantomData<fn(T) -> T>,
}

/// A retained value in its destination, owned.
///
/// `Send` if `T` is.
#[derive(Debug)]
pub enum Promoted<T: 'static> {
    /// [`RetentionPolicy::PromoteToPool`].
    Pool(PoolBox<T>),
    /// [`RetentionPolicy::PromoteToHeap`].
    Heap(HeapBox<T>),
    /// [`RetentionPolicy::Leak`].
    Leaked(&'static mut T),
}

/// What is known of `T` in the record of a value.
pub(super) struct Of<T>(PhantomData<T>);

impl<T: 'static> Of<T> {
    // SAFETY: `discard` is that of the same type.
    pub(super) const KIND: &'static Kind = &unsafe { Kind::of::<T>(discard::<T>) };
}

/// # Safety
///
/// The parts of a [`Value`] of kind `Of<T>::KIND`, which is used no more.
unsafe fn discard<T>(place: NonNull<()>, heap: NonNull<PoolHeap>, policy: RetentionPolicy) {
    // SAFETY: made in `in_pool` or `on_heap`, as the policy has it.
    unsafe {
        match policy {
            RetentionPolicy::PromoteToPool => drop(PoolBox::<T>::from_value(place.cast())),
            RetentionPolicy::PromoteToHeap | RetentionPolicy::Leak => {
                drop(HeapBox::<T>::from_parts(place.cast(), heap));
            }
        }
    }
}

impl<T: 'static> Promoted<T> {
    /// The value as its record keeps it, and where it lies.
    #[inline(always)]
    fn forget_type(self, policy: RetentionPolicy) -> (NonNull<T>, Value) {
        let (place, heap) = match self {
            Self::Pool(boxed) => (boxed.into_value(), NonNull::dangling()),
            Self::Heap(boxed) => boxed.into_parts(),
            Self::Leaked(_) => unreachable!("values are leaked when they are promoted"),
        };
        // SAFETY: the parts of a box of `T`, which is given up.
        (place, unsafe { Value::new(place.cast(), heap, Of::<T>::KIND, policy) })
    }

    /// # Safety
    ///
    /// The value was made with the kind `Of<T>::KIND`.
    #[inline]
    pub(super) unsafe fn of(value: Value) -> Self {
        let (place, heap, _, policy) = value.into_parts();
        // SAFETY: made in `forget_type`, where the policy says of which box.
        unsafe {
            match policy {
                RetentionPolicy::PromoteToPool => Self::Pool(PoolBox::from_value(place.cast())),
                RetentionPolicy::PromoteToHeap => Self::Heap(HeapBox::from_parts(place.cast(), heap)),
                RetentionPolicy::Leak => Self::Leaked(HeapBox::<T>::from_parts(place.cast(), heap).leak()),
            }
        }
    }

    /// The policy that the value was retained with.
    #[must_use]
    pub fn policy(&self) -> RetentionPolicy {
        match self {
            Self::Pool(_) => RetentionPolicy::PromoteToPool,
            Self::Heap(_) => RetentionPolicy::PromoteToHeap,
            Self::Leaked(_) => RetentionPolicy::Leak,
        }
    }
}

impl<T: 'static> Deref for Promoted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Pool(boxed) => boxed,
            Self::Heap(boxed) => boxed,
            Self::Leaked(value) => value,
        }
    }
}

impl<T: 'static> DerefMut for Promoted<T> {
    fn deref_mut(&mut self) -> &mut T {
        match self {
            Self::Pool(boxed) => boxed,
            Self::Heap(boxed) => boxed,
            Self::Leaked(value) => value,
        }
    }
}

impl SmartAlloc {
    /// A default value that is kept beyond its frame: made at once where `policy` says, and listed when the frame ends.
    ///
    /// [`end_frame_with_promotions`](SmartAlloc::end_frame_with_promotions) returns what the frame has retained.
    /// After a plain [`end_frame`](SmartAlloc::end_frame),
    /// [`take_promotions`](SmartAlloc::take_promotions) does, until the end of the next frame, when what nobody has
    /// asked for is dropped.
    ///
    /// A value made outside any frame belongs to the frame that is ended next, also when that was never begun. In the
    /// destructor of a thread-local variable that runs after the library's own, no frame is to come: there the value
    /// goes with its handle.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_frame_retained`] returns an error instead.
    ///
    /// # Examples
    ///
    /// ```
    /// use framealloc::{Promoted, RetentionPolicy, SmartAlloc};
    ///
    /// #[derive(Default)]
    /// struct NavMesh { corners: Vec<[f32; 2]> }
    ///
    /// let alloc = SmartAlloc::with_defaults();
    /// alloc.begin_frame();
    /// let mut mesh = alloc.frame_retained::<NavMesh>(RetentionPolicy::PromoteToPool);
    /// mesh.corners.push([1.0, 2.0]);
    /// let id = mesh.id();
    /// drop(mesh);
    /// let mut promotions = alloc.end_frame_with_promotions();
    /// let Some(Promoted::Pool(mesh)) = promotions.take(id) else { unreachable!() };
    /// assert_eq!(mesh.corners.len(), 1);
    /// ```
    #[inline]
    #[track_caller]
    pub fn frame_retained<T: Default + 'static>(&self, policy: RetentionPolicy) -> FrameRetained<'_, T> {
        or_panic!(self.try_frame_retained(policy))
    }

    /// Like [`SmartAlloc::frame_retained`].
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline]
    #[track_caller]
    pub fn try_frame_retained<T: Default + 'static>(
        &self,
        policy: RetentionPolicy,
    ) -> Result<FrameRetained<'_, T>, AllocError> {
        // The place first, so that a budget refuses before the value is made.
        let made = match policy {
            RetentionPolicy::PromoteToPool => {
                let place = self.pool_box_for(MaybeUninit::<T>::uninit(), OriginOf::<T>::RETAINED)?;
                Promoted::Pool(place.write(T::default()))
            }
            RetentionPolicy::PromoteToHeap | RetentionPolicy::Leak => {
                let place = self.heap_box_for(MaybeUninit::<T>::uninit(), OriginOf::<T>::RETAINED)?;
                Promoted::Heap(place.write(T::default()))
            }
        };
        self.retain(made, policy)
    }

    /// Like [`SmartAlloc::frame_retained`], for a value that is moved to where it will stay.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_frame_retained_value`] returns an error
    /// instead.
    #[inline(always)]
    #[track_caller]
    pub fn frame_retained_value<T: 'static>(
        &self,
        value: T,
        policy: RetentionPolicy,
    ) -> FrameRetained<'_, T> {
        or_panic!(self.try_frame_retained_value(value, policy))
    }

    /// Like [`SmartAlloc::frame_retained_value`]; `value` is dropped when there is no memory for it.
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline(always)]
    #[track_caller]
    pub fn try_frame_retained_value<T: 'static>(
        &self,
        value: T,
        policy: RetentionPolicy,
    ) -> Result<FrameRetained<'_, T>, AllocError> {
        let made = match policy {
            RetentionPolicy::PromoteToPool => {
                Promoted::Pool(self.pool_box_for(value, OriginOf::<T>::RETAINED)?)
            }
            RetentionPolicy::PromoteToHeap | RetentionPolicy::Leak => {
                Promoted::Heap(self.heap_box_for(value, OriginOf::<T>::RETAINED)?)
            }
        };
        self.retain(made, policy)
    }

    #[inline(always)]
    fn retain<T: 'static>(
        &self,
        made: Promoted<T>,
        policy: RetentionPolicy,
    ) -> Result<FrameRetained<'_, T>, AllocError> {
        // Only now: what came before may have run user code.
        let state = self.state()?;
        let (value, erased) = made.forget_type(policy);
        let held = ManuallyDrop::new(state.retain(erased)?);
        Ok(FrameRetained { _thread: PhantomData, value, held, _owns: PhantomData, _exact: PhantomData })
    }
}

impl<T: 'static> FrameRetained<'_, T> {
    /// The number by which the value's promotion is found.
    #[inline]
    #[must_use]
    pub fn id(&self) -> RetainedId<T> {
        RetainedId { number: self.held.id(), _type: PhantomData }
    }

    /// The policy that the value was retained with.
    #[must_use]
    pub fn policy(&self) -> RetentionPolicy {
        self.held.policy()
    }

    /// Takes the value now, wherever its promotion is: that is listed no more, and is empty if it is already in the
    /// program's hands.
    #[must_use = "the value is dropped with what it became"]
    pub fn into_promoted(self) -> Promoted<T> {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: taken once, since the handle itself is not dropped. Made in `retain` with the kind of `T`.
        unsafe { Promoted::of(ManuallyDrop::take(&mut this.held).into_value()) }
    }
}

impl<T: 'static> Drop for FrameRetained<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: once; the handle goes.
        unsafe { ManuallyDrop::drop(&mut self.held) };
    }
}

owner_impls!(FrameRetained<'a>, 'static + Sized);

impl<T> RetainedId<T> {
    pub(super) fn number(self) -> u64 {
        self.number
    }
}

impl<T> Clone for RetainedId<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RetainedId<T> {}

impl<T> PartialEq for RetainedId<T> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl<T> Eq for RetainedId<T> {}

impl<T> PartialOrd for RetainedId<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for RetainedId<T> {
    /// As they were made, where one thread made both.
    fn cmp(&self, other: &Self) -> Ordering {
        self.number.cmp(&other.number)
    }
}

impl<T> Hash for RetainedId<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

impl<T> fmt::Debug for RetainedId<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RetainedId").field(&self.number).finish()
    }
}
