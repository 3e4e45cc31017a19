//! `Zeroable`: the trait, and the derive macro of the same name.

// The glob brings the trait and, where some crate of the program has enabled it, bytemuck's derive macro of the same
// name, which the explicit import then shadows: a plain import of both would collide.
pub use bytemuck::*;
#[cfg(feature = "derive")]
pub use framealloc_derive::Zeroable;
