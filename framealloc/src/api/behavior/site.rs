//! What one thread has allocated at one call site.

use std::fmt;

use super::report::{CallSite, path};
use crate::attribution::Purpose;
use crate::thread::behavior::Site;

/// A call site with what it has allocated.
#[derive(Debug)]
pub(crate) struct AllocatingSite {
    location: CallSite,
    type_name: Option<&'static str>,
    tag: Option<String>,
    phase: Option<String>,
    purpose: Purpose,
    pub(crate) is_on_heap: bool,
    pub(crate) count: u64,
    pub(crate) bytes: u64,
}

impl AllocatingSite {
    pub(super) fn of(site: &Site) -> Self {
        let caller = &site.caller;
        Self {
            location: CallSite::of(caller),
            type_name: caller.origin.type_name(),
            tag: path(caller.tag),
            phase: path(caller.phase),
            purpose: caller.origin.purpose,
            is_on_heap: site.large != 0,
            count: site.count,
            bytes: site.bytes,
        }
    }

    /// Whether it takes memory of the frame.
    pub(crate) fn is_in_frame(&self) -> bool {
        matches!(self.purpose, Purpose::Frame | Purpose::Growth | Purpose::Scope)
    }

    /// Whether both are one site.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.location == other.location
            && self.type_name == other.type_name
            && self.tag == other.tag
            && self.phase == other.phase
            && self.purpose == other.purpose
    }
}

impl fmt::Display for AllocatingSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} times, {} bytes", self.location, self.count, self.bytes)?;
        if let Some(type_name) = self.type_name {
            write!(f, ", `{type_name}`")?;
        }
        if let Some(tag) = &self.tag {
            write!(f, ", tag `{tag}`")?;
        }
        Ok(())
    }
}
