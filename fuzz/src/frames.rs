//! Random programs on frames, scopes, collections, tags and budgets of two allocators, through the public interface
//! that is safe, against a model.
//!
//! Checked all along: nothing that is alive overlaps, alignment, contents (whoever writes to another's memory is
//! seen), destructors run once; with all handles gone nothing is parked and everything that was taken is given back.

#![no_main]

mod frames {
    pub(crate) mod model;
    pub(crate) mod program;
    pub(crate) mod value;
}

use frames::model::Model;
use frames::program::Program;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|program: Program| Model::run(&program));
