//! `cargo fa`: finds misuse of framealloc in a program's source, before it runs.
//!
//! The modules are layers, and each uses only those before it.

#![forbid(unsafe_code)]

pub mod source;

pub mod model;

pub mod flow;

pub mod lint;

pub mod lints;

pub mod report;

pub mod config;

pub mod exit;

pub mod view;

pub mod commands;
