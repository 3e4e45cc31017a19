//! What an allocation is for, as its call site knows it while the program is compiled.

#![forbid(unsafe_code)]

use std::any::type_name;
use std::marker::PhantomData;

/// Which kind of call allocates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A handle of the frame.
    Frame,
    /// The growth of a collection, whose call site is not known.
    Growth,
    /// A value of a scope, which has no handle.
    Scope,
    /// A pool box.
    Pool,
    /// A heap box.
    Heap,
    /// A value that is kept beyond its frame.
    Retained,
    /// A value that goes to another thread.
    Transfer,
    /// What the program asks of its global allocator itself.
    #[cfg(feature = "call-sites")]
    Global,
}

/// What an allocation is for; there is one for each type and purpose.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) purpose: Purpose,
    type_name: Option<fn() -> &'static str>,
}

impl Origin {
    /// The growth of a collection.
    pub(crate) const GROWTH: &'static Self = &Self { purpose: Purpose::Growth, type_name: None };

    /// What the program asks of its global allocator itself.
    #[cfg(feature = "call-sites")]
    pub(crate) const GLOBAL: &'static Self = &Self { purpose: Purpose::Global, type_name: None };

    /// The name of the type, where that is known.
    pub(crate) fn type_name(&self) -> Option<&'static str> {
        self.type_name.map(|name| name())
    }

    /// Whether both are the same, wherever the compiler has put them.
    pub(crate) fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || (self.purpose == other.purpose && self.type_name() == other.type_name())
    }
}

/// The origins of values of one type.
pub(crate) struct OriginOf<T: ?Sized>(PhantomData<T>);

impl<T: ?Sized> OriginOf<T> {
    pub(crate) const FRAME: &'static Origin = &Self::of(Purpose::Frame);
    pub(crate) const SCOPE: &'static Origin = &Self::of(Purpose::Scope);
    pub(crate) const POOL: &'static Origin = &Self::of(Purpose::Pool);
    pub(crate) const HEAP: &'static Origin = &Self::of(Purpose::Heap);
    pub(crate) const RETAINED: &'static Origin = &Self::of(Purpose::Retained);
    pub(crate) const TRANSFER: &'static Origin = &Self::of(Purpose::Transfer);

    const fn of(purpose: Purpose) -> Origin {
        Origin { purpose, type_name: Some(type_name::<T>) }
    }
}
