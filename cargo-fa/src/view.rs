//! The live view of a running program's memory: the snapshots of a folder, and the page that shows them in a browser.
//!
//! The page is built from `fa-insight/webview`, where the same view is a panel of the editor.

mod digest;
pub mod folder;
mod history;
mod message;
pub mod page;
pub mod server;
mod watch;
