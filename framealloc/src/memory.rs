//! Layer 0: addresses and blocks of memory. Knows no frame, no pool, no thread.

pub(crate) mod address;
pub(crate) mod address_table;
pub(crate) mod apart;
pub(crate) mod copied;
pub(crate) mod counter;
pub(crate) mod poison;
#[cfg(feature = "call-sites")]
pub(crate) mod sampling;
pub(crate) mod size_class;
pub(crate) mod source;
#[cfg(feature = "call-sites")]
pub(crate) mod stack;
pub(crate) mod tally;
pub(crate) mod tracking;
