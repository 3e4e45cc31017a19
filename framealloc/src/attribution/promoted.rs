//! What became of the values that were retained under one name.

use crate::config::RetentionPolicy;
use crate::memory::counter::Counter;

/// Counts over the session. Each value is made, later promoted, and in the end taken or dropped unread.
#[derive(Debug, Default)]
pub(crate) struct Promoted {
    pub(crate) made: Counter,
    pub(crate) to_pool: Counter,
    pub(crate) to_heap: Counter,
    pub(crate) leaked: Counter,
    /// Bytes of those that were promoted.
    pub(crate) bytes: Counter,
    pub(crate) taken: Counter,
    pub(crate) unread: Counter,
}

impl Promoted {
    /// A value of `size` bytes got its promotion.
    pub(crate) fn note(&self, policy: RetentionPolicy, size: usize) {
        match policy {
            RetentionPolicy::PromoteToPool => self.to_pool.add(1),
            RetentionPolicy::PromoteToHeap => self.to_heap.add(1),
            RetentionPolicy::Leak => self.leaked.add(1),
        }
        self.bytes.add(size as u64);
    }
}
