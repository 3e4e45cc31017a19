//! Files and what stands in them: loading, parsing, and the tree that the analysis works on.

mod alike;
mod cfg;
mod change;
mod disk;
mod features;
mod file;
mod load;
mod lower;
mod manifests;
mod memory;
mod modules;
mod parse;
mod reparse;
mod span;
pub mod tree;
mod workspace;

pub use alike::are_alike;
pub use change::Change;
pub use disk::{Disk, Overlay, Seen};
pub use features::Chosen;
pub use file::{Files, Problem, SourceFile};
pub use load::{Crate, Loaded, Selection, load, load_files};
pub use manifests::configurations;
pub use memory::Memory;
pub use modules::{Module, ModuleId};
pub(crate) use parse::on_deep_stack;
pub use parse::parse;
pub use span::{FileId, Span};
pub use workspace::metadata;
