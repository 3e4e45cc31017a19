//! What a lint is, what it finds, and what becomes of a finding before it is reported. No lint is here: they are in
//! `lints`, one file each.

pub mod analyser;
pub mod declare;
pub mod finding;
pub mod fingerprint;
pub mod level;
pub mod nearest;
pub mod options;
pub mod page;
pub mod registry;
pub mod sink;
pub mod suppression;
