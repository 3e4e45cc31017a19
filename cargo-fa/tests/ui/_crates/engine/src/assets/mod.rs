//! What comes from files.

mod cache;
mod error;
mod loader;
mod parse;

pub use cache::{AssetCache, Handle};
pub use error::AssetError;
pub use loader::{Loader, Manifest};
pub use parse::{Header, Mesh, parse_header, parse_mesh};
