//! Promotions: what frames have retained, in the hands of the program.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use super::marker::RetainedValueStaysOnItsThread;
use super::retained::{Of, Promoted, RetainedId};
use super::smart_alloc::SmartAlloc;
use crate::config::RetentionPolicy;
use crate::thread::promotion::{Chain, Listed};

/// A retained value whose frame has ended, without its type.
///
/// Owns the value together with the handle, if that is still alive: whoever goes last drops it, unless its policy is
/// [`RetentionPolicy::Leak`]. Not `Send`, since the value may not be.
#[non_exhaustive]
pub struct Promotion {
    _thread: PhantomData<RetainedValueStaysOnItsThread>,
    /// Where the value is.
    pub policy: RetentionPolicy,
    /// Its type, for people to read.
    pub type_name: &'static str,
    /// Its size in bytes.
    pub size: usize,
    /// The path of the tag it was made under.
    pub tag: Option<&'static str>,
    listed: Listed,
}

/// What frames have retained, in the order in which it was made; see [`SmartAlloc::end_frame_with_promotions`].
///
/// What is still in it when it is dropped is dropped too. May be kept as long as one likes, also beyond the allocator.
/// Not `Send`, since its values may not be.
#[must_use = "the retained values are dropped with it"]
#[derive(Default)]
pub struct Promotions {
    _thread: PhantomData<RetainedValueStaysOnItsThread>,
    chain: Chain,
}

/// Iterates over [`Promotions`].
pub struct IntoPromotions(Promotions);

impl SmartAlloc {
    /// Ends the calling thread's frame, as [`end_frame`](SmartAlloc::end_frame) does, and returns what it has retained,
    /// with what was retained outside any frame since the last one ended.
    ///
    /// Promotions of earlier frames that nobody has asked for are dropped, as at the end of every frame. Without an
    /// open frame this returns what was retained outside, and drops nothing.
    ///
    /// # Panics
    ///
    /// When the thread uses the allocator for the first time and the system has no memory for it, and when the
    /// destructor of a value that is dropped panics; the frame has ended by then.
    ///
    /// # Examples
    ///
    /// ```
    /// use framealloc::{RetentionPolicy, SmartAlloc};
    ///
    /// let alloc = SmartAlloc::with_defaults();
    /// alloc.begin_frame();
    /// drop(alloc.frame_retained_value(String::from("boss"), RetentionPolicy::PromoteToHeap));
    /// for promotion in alloc.end_frame_with_promotions() {
    ///     let name = promotion.downcast::<String>().unwrap();
    ///     assert_eq!(*name, "boss");
    /// }
    /// ```
    #[inline]
    #[track_caller]
    pub fn end_frame_with_promotions(&self) -> Promotions {
        Promotions { _thread: PhantomData, chain: self.state_or_panic().end_frame_with_promotions() }
    }

    /// What the calling thread's last frame has retained, if that ended in the plain way: by
    /// [`end_frame`](SmartAlloc::end_frame), a [`Frame`](crate::Frame), or a `begin_frame` within it.
    ///
    /// # Panics
    ///
    /// When the thread uses the allocator for the first time and the system has no memory for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use framealloc::{RetentionPolicy, SmartAlloc};
    ///
    /// let alloc = SmartAlloc::with_defaults();
    /// {
    ///     let _frame = alloc.frame();
    ///     drop(alloc.frame_retained_value(7u32, RetentionPolicy::PromoteToPool));
    /// }
    /// assert_eq!(alloc.take_promotions().len(), 1);
    /// assert!(alloc.take_promotions().is_empty());
    /// ```
    #[inline]
    #[track_caller]
    pub fn take_promotions(&self) -> Promotions {
        Promotions { _thread: PhantomData, chain: self.state_or_panic().take_promotions() }
    }
}

impl Promotion {
    #[inline]
    fn new(listed: Listed) -> Self {
        Self {
            _thread: PhantomData,
            policy: listed.policy(),
            type_name: listed.type_name(),
            size: listed.size(),
            tag: listed.tag(),
            listed,
        }
    }

    /// Takes the value, if it is a `T`.
    ///
    /// # Errors
    ///
    /// The promotion: when the value is none, while its handle is alive, and when the handle has
    /// [taken it along](crate::FrameRetained::into_promoted).
    #[inline]
    pub fn downcast<T: 'static>(self) -> Result<Promoted<T>, Self> {
        let Self { _thread, policy, type_name, size, tag, listed } = self;
        take(listed).map_err(|listed| Self { _thread, policy, type_name, size, tag, listed })
    }

    /// Whether the value is a `T`.
    #[must_use]
    pub fn is<T: 'static>(&self) -> bool {
        self.listed.is(Of::<T>::KIND)
    }

    /// Whether this is the value with that id.
    #[must_use]
    pub fn has_id<T>(&self, id: RetainedId<T>) -> bool {
        self.listed.id() == id.number()
    }

    /// Whether the value's handle is alive; until that is gone, nobody else gets the value.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.listed.is_held()
    }

    /// Whether the value has gone along with its handle; see
    /// [`into_promoted`](crate::FrameRetained::into_promoted).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }
}

/// Takes the value of a listing if it is a `T` and can be had.
#[inline]
fn take<T: 'static>(listed: Listed) -> Result<Promoted<T>, Listed> {
    if !listed.is(Of::<T>::KIND) {
        return Err(listed);
    }
    // SAFETY: the value is a `T`, so its record was made with the kind of that.
    listed.into_value().map(|value| unsafe { Promoted::of(value) })
}

impl Promotions {
    /// Takes the value with this id. `None` when it is not here, and while its handle is alive; then it stays.
    #[must_use = "the value is dropped with what it became"]
    pub fn take<T: 'static>(&mut self, id: RetainedId<T>) -> Option<Promoted<T>> {
        let listed = self.chain.find(id.number(), |listed| {
            listed.is(Of::<T>::KIND) && !listed.is_held() && !listed.is_empty()
        })?;
        take(listed).ok()
    }

    /// How many there are, those that have gone along with their handles left out. Counts them one by one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chain.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl IntoIterator for Promotions {
    type Item = Promotion;
    type IntoIter = IntoPromotions;

    fn into_iter(self) -> IntoPromotions {
        IntoPromotions(self)
    }
}

impl Iterator for IntoPromotions {
    type Item = Promotion;

    #[inline]
    fn next(&mut self) -> Option<Promotion> {
        loop {
            let listed = self.0.chain.pop()?;
            if !listed.is_empty() {
                return Some(Promotion::new(listed));
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // The handles of those that are here may still take their values along.
        (0, Some(self.0.len()))
    }
}

impl FusedIterator for IntoPromotions {}

impl fmt::Debug for Promotion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Promotion")
            .field("policy", &self.policy)
            .field("type_name", &self.type_name)
            .field("size", &self.size)
            .field("tag", &self.tag)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Promotions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Promotions").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for IntoPromotions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IntoPromotions").field(&self.0).finish()
    }
}
