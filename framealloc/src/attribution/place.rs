//! Where in a program's source memory is asked for.

#![forbid(unsafe_code)]

use std::panic::Location;

/// A place in the source.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// Not known, as for the growth of a collection.
    Unknown,
    /// As `#[track_caller]` hands it down.
    Caller(&'static Location<'static>),
    /// As the stack tells.
    #[cfg(feature = "call-sites")]
    Found(&'static FoundPlace),
}

/// A place that was found on a stack. There is one for each.
#[cfg(feature = "call-sites")]
#[derive(Debug)]
pub(crate) struct FoundPlace {
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// What of the standard library it calls.
    pub(crate) calls: Called,
}

/// What of the standard library asks for memory on a program's behalf.
#[cfg(feature = "call-sites")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Called {
    Vec,
    String,
    Box,
    Map,
    Other,
}

impl Place {
    /// File, line and column, if they are known.
    pub(crate) fn parts(self) -> Option<(&'static str, u32, u32)> {
        match self {
            Self::Unknown => None,
            Self::Caller(at) => Some((at.file(), at.line(), at.column())),
            #[cfg(feature = "call-sites")]
            Self::Found(at) => Some((at.file, at.line, at.column)),
        }
    }

    /// Line and column in one; zero when they are not known.
    pub(crate) fn line_and_column(self) -> u64 {
        self.parts().map_or(0, |(_, line, column)| (u64::from(line) << 32) | u64::from(column))
    }

    /// Tells copies of places apart; zero when the place is not known.
    #[inline(always)]
    pub(crate) fn key(self) -> usize {
        match self {
            Self::Unknown => 0,
            Self::Caller(at) => std::ptr::from_ref(at).addr(),
            #[cfg(feature = "call-sites")]
            Self::Found(at) => std::ptr::from_ref(at).addr(),
        }
    }

    /// Whether both are the same: the compiler may keep several copies of a location.
    pub(crate) fn is(self, other: Self) -> bool {
        self.key() == other.key() || self.parts() == other.parts()
    }
}
