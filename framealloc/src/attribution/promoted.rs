//! What became of the values that were retained under one name.

use crate::config::RetentionPolicy;
use crate::memory::counter::Counter;

/// Counts over the session. Each value is made, and in the end taken or dropped unread.
#[derive(Debug, Default)]
pub(crate) struct Promoted {
    to: [Counter; 3],
    pub(crate) bytes: Counter,
    pub(crate) taken: Counter,
    pub(crate) unread: Counter,
}

impl Promoted {
    /// A value of `size` bytes was made.
    #[inline(always)]
    pub(crate) fn note(&self, policy: RetentionPolicy, size: usize) {
        self.to[policy as usize].add(1);
        self.bytes.add(size as u64);
    }

    /// How many values of this policy were made.
    pub(crate) fn to(&self, policy: RetentionPolicy) -> u64 {
        self.to[policy as usize].get()
    }
}
