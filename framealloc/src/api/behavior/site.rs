//! What one thread has allocated at one call site.

use std::collections::HashMap;
use std::fmt;

use super::report::{CallSite, path};
use crate::attribution::Purpose;
use crate::thread::behavior::Site;

/// A call site with what it has allocated.
#[derive(Debug)]
pub(crate) struct AllocatingSite {
    pub(crate) location: CallSite,
    pub(crate) type_name: Option<&'static str>,
    pub(crate) tag: Option<String>,
    pub(crate) phase: Option<String>,
    purpose: Purpose,
    pub(crate) is_on_heap: bool,
    pub(crate) count: u64,
    pub(crate) bytes: u64,
    /// In how many frames it has allocated, and in which first and last.
    pub(crate) frames: u64,
    pub(crate) first_frame: u64,
    pub(crate) last_frame: u64,
    /// Count and bytes are estimated from samples.
    pub(crate) is_estimate: bool,
}

/// The sites of several threads together; those with the most bytes first.
pub(super) fn together(sites: impl Iterator<Item = AllocatingSite>) -> Vec<AllocatingSite> {
    let mut all: Vec<AllocatingSite> = Vec::new();
    let mut places: HashMap<(CallSite, Option<String>), Vec<usize>> = HashMap::new();
    for site in sites {
        let alike = places.entry((site.location.clone(), site.tag.clone())).or_default();
        match alike.iter().find(|&&place| all[place].is(&site)) {
            Some(&place) => all[place].add(&site),
            None => {
                alike.push(all.len());
                all.push(site);
            }
        }
    }
    all.sort_by(|one, other| (other.bytes, &one.location).cmp(&(one.bytes, &other.location)));
    all
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
            frames: site.frames,
            first_frame: site.first,
            last_frame: if site.frames == 0 { 0 } else { site.last },
            #[cfg(feature = "call-sites")]
            is_estimate: site.caller.origin.purpose == Purpose::Global && site.samples < site.count,
            #[cfg(not(feature = "call-sites"))]
            is_estimate: false,
        }
    }

    /// The same site on another thread.
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.bytes += other.bytes;
        self.is_on_heap |= other.is_on_heap;
        self.is_estimate |= other.is_estimate;
        if other.frames != 0 {
            let is_first = self.frames == 0;
            self.first_frame =
                if is_first { other.first_frame } else { self.first_frame.min(other.first_frame) };
            self.last_frame = self.last_frame.max(other.last_frame);
            self.frames = self.frames.max(other.frames);
        }
    }

    /// From which memory it takes.
    pub(crate) fn kind(&self) -> &'static str {
        match self.purpose {
            Purpose::Frame | Purpose::Growth | Purpose::Scope => "frame",
            Purpose::Pool | Purpose::Retained | Purpose::Transfer if !self.is_on_heap => "pool",
            #[cfg(feature = "call-sites")]
            Purpose::Global => "global",
            _ => "heap",
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
