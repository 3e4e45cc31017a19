//! The derive macro behind `#[derive(framealloc::Zeroable)]`. Use it through `framealloc`, which re-exports it
//! beside the trait.
//!
//! It is not `bytemuck_derive`: that one names `::bytemuck` in what it emits, which a crate depending on
//! `framealloc` alone does not have.
//!
//! Every unsafe claim that this macro makes for its user is made in `expand`; which enum variant all zeroes means
//! is decided in `zero_variant`; the helper attribute is read in `options`.

mod expand;
mod options;
mod zero_variant;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Implements `framealloc::Zeroable` (which is `bytemuck::Zeroable`) for a type whose fields all are.
///
/// - **Structs** of every form: each field's type must be `Zeroable`.
/// - **Enums** with `#[repr(u8)]` (or another integer, or `C`): one variant must have the discriminant 0, and that
///   variant's fields must be `Zeroable`. A discriminant that is not an integer literal is never taken for 0.
/// - **Unions**: each field's type must be `Zeroable`. This is stricter than bytemuck's derive, which takes any union.
///
/// Generic types implement it where their fields do: `Pair<T>` is `Zeroable` if `T` is, `Id<T>(u32,
/// PhantomData<T>)` always is.
///
/// The macro works under `#![forbid(unsafe_code)]`: what it emits rests on checks that are compiled beside it, not on
/// a promise of yours.
///
/// ```
/// # mod framealloc { pub use bytemuck::*; pub use framealloc_derive::Zeroable; }
/// use framealloc::Zeroable;
///
/// #[derive(Zeroable)]
/// # #[zeroable(crate = "framealloc")]
/// struct Particle {
///     position: [f32; 3],
///     age: u32,
///     kind: Kind,
/// }
///
/// #[derive(Zeroable)]
/// # #[zeroable(crate = "framealloc")]
/// #[repr(u8)]
/// enum Kind {
///     Smoke,
///     Spark { heat: f32 },
/// }
///
/// let particle = Particle::zeroed();
/// assert_eq!(particle.position, [0.0; 3]);
/// assert_eq!(particle.age, 0);
/// assert!(matches!(particle.kind, Kind::Smoke));
/// # if let Kind::Spark { heat } = (Kind::Spark { heat: 1.0 }) { assert_eq!(heat, 1.0) }
/// ```
///
/// # A renamed or re-exported `framealloc`
///
/// The emitted code names `::framealloc`. Where the crate is known by another path, say so:
///
/// ```
/// mod engine {
///     pub mod memory {
///         pub use bytemuck::*; // stands for `pub use framealloc::*;`
/// #       pub use framealloc_derive::Zeroable;
///     }
/// }
/// use engine::memory::Zeroable;
///
/// #[derive(Zeroable)]
/// #[zeroable(crate = "crate::engine::memory")]
/// struct Handle(u32);
///
/// # fn main() {
/// assert_eq!(Handle::zeroed().0, 0);
/// # }
/// ```
///
/// # Errors
///
/// A type of which all zeroes is no value does not compile; the error points at the field:
///
/// ```compile_fail,E0277
/// # mod framealloc { pub use bytemuck::*; pub use framealloc_derive::Zeroable; }
/// #[derive(framealloc::Zeroable)]
/// # #[zeroable(crate = "framealloc")]
/// struct Node {
///     next: core::ptr::NonNull<u8>, // not `Zeroable`; `*mut u8` or `Option<NonNull<u8>>` is
/// }
/// ```
#[proc_macro_derive(Zeroable, attributes(zeroable))]
pub fn derive_zeroable(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    expand::zeroable(item).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// What the compiler refuses by itself, in its own words, which change between its releases: so these are not among the
/// recorded messages in `tests/compile_fail/`.
///
/// The zero variant's fields:
///
/// ```compile_fail,E0277
/// # mod framealloc { pub use bytemuck::*; pub use framealloc_derive::Zeroable; }
/// #[derive(framealloc::Zeroable)]
/// #[zeroable(crate = "framealloc")]
/// #[repr(u8)]
/// enum Message {
///     Text(String),
///     Number(u32),
/// }
/// ```
///
/// A union's fields:
///
/// ```compile_fail,E0277
/// # mod framealloc { pub use bytemuck::*; pub use framealloc_derive::Zeroable; }
/// #[derive(framealloc::Zeroable)]
/// #[zeroable(crate = "framealloc")]
/// union Bits {
///     number: u32,
///     never_zero: core::num::NonZeroU32,
/// }
/// ```
///
/// A generic type whose parameter is not `Zeroable`:
///
/// ```compile_fail,E0277
/// # mod framealloc { pub use bytemuck::*; pub use framealloc_derive::Zeroable; }
/// #[derive(framealloc::Zeroable)]
/// #[zeroable(crate = "framealloc")]
/// struct Pair<T>(T, T);
///
/// let _ = <Pair<&u8> as framealloc::Zeroable>::zeroed();
/// ```
#[cfg(doctest)]
struct RefusedByTheCompiler;
