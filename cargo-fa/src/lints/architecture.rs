//! Tags and phases: whether memory is booked where the project says.

pub mod phase_imbalance;
pub mod tag_mismatch;
pub mod unknown_tag;
pub mod untagged_allocation;
pub mod unused_tag;

use crate::flow::Stack;
use crate::source::tree::Name;

/// The path of tags, `physics/contacts`, if all of them are known.
fn path_of(stack: &Stack, tag: &Name) -> Option<String> {
    let mut path = String::new();
    for outer in stack {
        path.push_str(outer.as_ref()?);
        path.push('/');
    }
    path.push_str(tag);
    Some(path)
}

#[cfg(test)]
mod testing;
