//! Why an allocation was refused.

use std::fmt;

/// What stood in the way of an allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AllocErrorKind {
    /// The budget set by [`set_thread_frame_budget`](crate::SmartAlloc::set_thread_frame_budget).
    ThreadFrameBudget,
    /// The budget set by [`set_thread_pool_budget`](crate::SmartAlloc::set_thread_pool_budget).
    ThreadPoolBudget,
    /// The budget set by [`set_thread_heap_budget`](crate::SmartAlloc::set_thread_heap_budget).
    ThreadHeapBudget,
    /// The budget set by [`set_tag_budget`](crate::SmartAlloc::set_tag_budget).
    TagBudget,
    /// The ceiling set by [`with_frame_limit`](crate::AllocConfig::with_frame_limit).
    FrameLimit,
    /// The ceiling set by [`with_pool_limit`](crate::AllocConfig::with_pool_limit).
    PoolLimit,
    /// The ceiling set by [`with_heap_limit`](crate::AllocConfig::with_heap_limit).
    HeapLimit,
    /// The capacity of a scratch allocator that does not grow.
    ScratchCapacity,
    /// The system has no memory.
    OutOfMemory,
    /// The size is beyond what can be addressed.
    SizeOverflow,
}

impl AllocErrorKind {
    /// Whether a budget refused, rather than a ceiling or the system.
    #[must_use]
    pub const fn is_budget(self) -> bool {
        matches!(
            self,
            Self::ThreadFrameBudget | Self::ThreadPoolBudget | Self::ThreadHeapBudget | Self::TagBudget
        )
    }
}

/// An allocation was refused.
///
/// Says what refused it, under which tag, how many bytes were asked for and how many were left. Every allocating
/// call `x` has a twin `try_x` that returns this; `x` panics with the same message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllocError {
    kind: AllocErrorKind,
    requested: usize,
    left: usize,
    /// The path of a tag, or the name of a scratch allocator.
    tag: Option<String>,
}

impl AllocError {
    pub(crate) fn new(kind: AllocErrorKind, requested: usize, left: usize, tag: &str) -> Self {
        // The memory for the tag's text may be what is missing; then the message goes without.
        let mut text = String::new();
        let tag = (!tag.is_empty() && text.try_reserve_exact(tag.len()).is_ok()).then(|| {
            text.push_str(tag);
            text
        });
        Self { kind, requested, left, tag }
    }

    pub(crate) fn overflow() -> Self {
        Self::new(AllocErrorKind::SizeOverflow, usize::MAX, 0, "")
    }

    pub(crate) fn out_of_memory(requested: usize) -> Self {
        Self::new(AllocErrorKind::OutOfMemory, requested, 0, "")
    }

    pub(crate) fn scratch_full(requested: usize, left: usize, name: &str) -> Self {
        Self::new(AllocErrorKind::ScratchCapacity, requested, left, name)
    }

    /// What refused.
    #[must_use]
    pub fn kind(&self) -> AllocErrorKind {
        self.kind
    }

    /// The bytes asked for.
    #[must_use]
    pub fn requested(&self) -> usize {
        self.requested
    }

    /// The bytes that were left of the budget or below the ceiling.
    #[must_use]
    pub fn left(&self) -> usize {
        self.left
    }

    /// The path of the tag that was open, or whose budget it is.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref().filter(|_| self.kind != AllocErrorKind::ScratchCapacity)
    }
}

impl fmt::Display for AllocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            AllocErrorKind::ThreadFrameBudget => "this thread's frame budget is exceeded",
            AllocErrorKind::ThreadPoolBudget => "this thread's pool budget is exceeded",
            AllocErrorKind::ThreadHeapBudget => "this thread's heap budget is exceeded",
            AllocErrorKind::TagBudget => "the tag's frame budget is exceeded",
            AllocErrorKind::FrameLimit => "the allocator's frame limit is reached",
            AllocErrorKind::PoolLimit => "the allocator's pool limit is reached",
            AllocErrorKind::HeapLimit => "the allocator's heap limit is reached",
            AllocErrorKind::ScratchCapacity => "the scratch allocator is full",
            AllocErrorKind::OutOfMemory => "the system is out of memory",
            AllocErrorKind::SizeOverflow => {
                return f.write_str("the allocation's size overflows the address space");
            }
        };
        write!(f, "{what}: {} bytes asked for", self.requested)?;
        match &self.tag {
            Some(name) if self.kind == AllocErrorKind::ScratchCapacity => write!(f, " of `{name}`")?,
            Some(tag) => write!(f, " under tag `{tag}`")?,
            None => {}
        }
        if self.kind != AllocErrorKind::OutOfMemory {
            write!(f, ", {} bytes left", self.left)?;
        }
        Ok(())
    }
}

impl std::error::Error for AllocError {}

/// Panics with the message of `error`, which the calls without `try_` do.
#[cold]
#[inline(never)]
#[track_caller]
pub(crate) fn refuse(error: &AllocError) -> ! {
    panic!("{error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_names_budget_tag_and_both_sizes() {
        let error = AllocError::new(AllocErrorKind::TagBudget, 4096, 100, "physics/contacts");
        assert_eq!(
            error.to_string(),
            "the tag's frame budget is exceeded: 4096 bytes asked for under tag `physics/contacts`, 100 bytes left"
        );
        let error = AllocError::out_of_memory(64);
        assert_eq!(error.to_string(), "the system is out of memory: 64 bytes asked for");
    }
}
