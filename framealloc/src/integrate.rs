//! Other people's profilers and logs: what they are told, in their own terms.
//!
//! Names and numbers, and nothing of allocators: the layers above call down with what they know, and nobody has to be
//! registered. Whatever is called here may run user code: a subscriber of `tracing`, a clock or a reporter of puffin's.

#![forbid(unsafe_code)]

#[cfg(any(feature = "puffin", feature = "tracy"))]
mod profilers;
#[cfg(feature = "puffin")]
mod puffin;
#[cfg(feature = "tracing")]
mod tracing;
#[cfg(feature = "tracy")]
mod tracy;

#[cfg(any(feature = "puffin", feature = "tracy"))]
pub(crate) use profilers::{Frame, FrameReport, Label, Thread, Zone, are_wanted};
#[cfg(feature = "tracing")]
pub(crate) use tracing::{Exceeded, Misuse, budget_exceeded, misused};
