//! What the names of a program mean: its items, its types, and the interface of framealloc.

pub mod api;
mod index;
pub mod library;
mod members;
mod mentions;
mod names;
mod ty;
mod types;
mod words;

pub use index::{CrateId, FnData, FnId, Index, ItemData, ItemId, ItemShape, ModuleIx, Signature};
pub use members::Step;
pub use names::{Meaning, Space};
pub use ty::{Def, Known, Ty};
pub use types::TypeScope;
pub use words::Words;
