//! What the behaviour filter reports: call sites, and what is the matter with some of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

#[cfg(feature = "call-sites")]
use crate::attribution::{Called, Place};
use crate::attribution::{NodeRef, Purpose};
use crate::thread::behavior::{Caller, Events, Excess, Records, Site};

/// A place in a program that allocates.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CallSite {
    /// The path of its file as the compiler was given it; empty where the call site is not known, as for the growth of a
    /// collection.
    pub file: &'static str,
    /// Its line, from 1; zero where it is not known.
    pub line: u32,
    /// Its column, from 1; zero where it is not known.
    pub column: u32,
}

impl CallSite {
    pub(super) fn of(caller: &Caller) -> Self {
        let (file, line, column) = caller.place.parts().unwrap_or(("", 0, 0));
        Self { file, line, column }
    }

    /// Whether it is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.file.is_empty()
    }
}

impl fmt::Display for CallSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_known() {
            write!(f, "{}:{}:{}", self.file, self.line, self.column)
        } else {
            f.write_str("the growth of a collection")
        }
    }
}

/// Something that a program does again and again and would better not; see
/// [`SmartAlloc::enable_behavior_filter`](crate::SmartAlloc::enable_behavior_filter).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct BehaviorIssue {
    /// `BF001` to `BF004`.
    pub code: &'static str,
    /// What is the matter, with its numbers.
    pub message: String,
    /// Where.
    pub location: CallSite,
    /// The type that is allocated; `None` for the growth of a collection.
    pub type_name: Option<&'static str>,
    /// The path of the tag that was open.
    pub tag: Option<String>,
    /// The path of the phase that was open.
    pub phase: Option<String>,
    /// How many allocations it is about.
    pub count: u64,
    /// Their bytes, which is what the suggestion would save.
    pub bytes: u64,
    /// The first frame in which one of them was made; the frames of each thread are counted from zero.
    pub first_frame: u64,
    /// The last one.
    pub last_frame: u64,
    /// What to call instead.
    pub suggestion: &'static str,
}

/// What the behaviour filter has found; see [`SmartAlloc::behavior_report`](crate::SmartAlloc::behavior_report).
///
/// Displayed, it reads like the output of a compiler.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct BehaviorReport {
    /// What is the matter, that which would save the most bytes first.
    pub issues: Vec<BehaviorIssue>,
    /// Frames that have ended while they were watched, over all threads.
    pub frames: u64,
    /// Threads, and states kept of threads that have ended, of which something is known.
    pub threads: u64,
    /// Call sites that have allocated, each with its type, tag and phase.
    pub sites: u64,
    /// Allocations that could not be noted, because there were too many call sites or blocks, or no memory.
    pub missed: u64,
}

/// What may be the matter with a call site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Old,
    Young,
    Promoted,
    Hot,
    /// On the program's own global heap.
    #[cfg(feature = "call-sites")]
    Plain(Called),
}

impl Fault {
    /// The fault of a site of these records, if it has one.
    fn of(site: &Site, records: &Records) -> Option<Self> {
        let (events, config) = (&site.faults, &records.config);
        let seen = records.frames.saturating_sub(site.since.min(records.frames)).max(1);
        let recurs = |percent| {
            events.frames >= config.recurring_frames && percent_of(events.frames, seen) >= u128::from(percent)
        };
        let is_young = percent_of(events.count, site.count) >= u128::from(config.young_percent);
        if events.count == 0 {
            return None;
        }
        match site.caller.origin.purpose {
            Purpose::Frame | Purpose::Growth => Some(Self::Old),
            Purpose::Pool => (is_young && recurs(config.recurring_percent)).then_some(Self::Young),
            Purpose::Retained => recurs(config.recurring_percent).then_some(Self::Promoted),
            Purpose::Heap => recurs(config.hot_percent).then_some(Self::Hot),
            #[cfg(feature = "call-sites")]
            Purpose::Global => {
                let Place::Found(place) = site.caller.place else { return None };
                let is_hot = events.frames >= config.recurring_frames
                    && is_in_most_frames(site, seen, config.hot_percent);
                is_hot.then_some(Self::Plain(place.calls))
            }
            Purpose::Scope | Purpose::Transfer => None,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Old => "BF001",
            Self::Young => "BF002",
            Self::Promoted => "BF003",
            Self::Hot => "BF004",
            #[cfg(feature = "call-sites")]
            Self::Plain(_) => "BF004",
        }
    }

    fn suggestion(self) -> &'static str {
        match self {
            Self::Old => "make what outlives its frame with `pool_box`, or drop it before `end_frame`",
            Self::Young => "make what dies with its frame with `frame_box`",
            Self::Promoted => {
                "use `frame_box` for what the frame alone needs, `pool_box` for what is to stay"
            }
            Self::Hot => {
                "use `frame_box` or `frame_slice` in the frame, `pool_box` beyond it, or keep one and reuse it"
            }
            #[cfg(feature = "call-sites")]
            Self::Plain(called) => match called {
                Called::Vec => "use `frame_vec` or `frame_slice` in the frame, or keep one and clear it",
                Called::String => {
                    "use `frame_string` or `frame_format!` in the frame, or keep one and clear it"
                }
                Called::Box => "use `frame_box` in the frame, `pool_box` beyond it",
                Called::Map => "use `frame_map` or `frame_set` in the frame, or keep one and clear it",
                Called::Other => "use `frame_allocator` in the frame, or keep it and reuse it",
            },
        }
    }
}

/// Whether a site of sampled calls allocates in so many of a hundred of the frames that were seen.
///
/// Where each call is looked at, that is counted. Where one in so many is, the site is seen in fewer frames than it
/// allocates in: then in as many at least as if its calls were spread evenly over that many frames. One that makes as many
/// calls in fewer frames is seen several times in the same.
#[cfg(feature = "call-sites")]
fn is_in_most_frames(site: &Site, seen: u64, percent: u64) -> bool {
    let frames = seen as f64 * percent as f64 / 100.0;
    let calls_a_frame = site.faults.count as f64 / frames;
    let looked_at = site.samples as f64 / site.faults.count as f64;
    let expected = frames * (1.0 - (1.0 - looked_at).powf(calls_a_frame));
    site.faults.frames as f64 >= expected
}

fn percent_of(part: u64, whole: u64) -> u128 {
    (u128::from(part) * 100).checked_div(u128::from(whole)).unwrap_or(0)
}

/// What tells an issue from others.
type Key = (Fault, CallSite, Option<&'static str>, Option<String>, Option<String>);

/// What is known of an issue, over all threads.
#[derive(Debug, Default)]
struct Found {
    made: u64,
    events: Events,
    oldest: u64,
    /// Only some of the calls were looked at.
    #[cfg(feature = "call-sites")]
    is_estimate: bool,
}

/// Puts a report together from what is known of each thread.
#[derive(Debug, Default)]
pub(super) struct Builder {
    report: BehaviorReport,
    found: BTreeMap<Key, Found>,
    excess: Excess,
}

pub(super) fn path(node: NodeRef) -> Option<String> {
    Some(node.path()).filter(|path| !path.is_empty()).map(str::to_owned)
}

impl BehaviorReport {
    /// Whether nothing is the matter.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.issues.is_empty()
    }
}

impl Builder {
    /// Adds what is known of one thread, which is in this frame.
    pub(super) fn add(&mut self, records: &Records, frame: u64) {
        let report = &mut self.report;
        report.threads += 1;
        report.frames += records.frames;
        report.missed += records.missed;
        report.sites += records.sites.len() as u64;
        self.excess.add(records.excess);
        for site in &records.sites_at(frame) {
            let Some(fault) = Fault::of(site, records) else { continue };
            let caller = &site.caller;
            let key = (
                fault,
                CallSite::of(caller),
                caller.origin.type_name(),
                path(caller.tag),
                path(caller.phase),
            );
            let found = self.found.entry(key).or_default();
            found.made += site.count;
            found.events.add(&site.faults);
            found.oldest = found.oldest.max(site.oldest);
            #[cfg(feature = "call-sites")]
            {
                found.is_estimate |=
                    site.caller.origin.purpose == Purpose::Global && site.samples < site.count;
            }
        }
    }

    pub(super) fn finish(self) -> BehaviorReport {
        let Self { mut report, found, excess } = self;
        // In the order of faults and places, which is kept among those that would save the same.
        report.issues = found.into_iter().map(|(key, found)| issue(key, &found, excess)).collect();
        report.issues.sort_by_key(|issue| Reverse((issue.bytes, issue.count)));
        report
    }
}

fn issue((fault, location, type_name, tag, phase): Key, found: &Found, excess: Excess) -> BehaviorIssue {
    let Events { count, bytes, frames, first, last } = found.events;
    let values = if count == 1 { "allocation" } else { "allocations" };
    let message = match fault {
        Fault::Old => {
            let oldest = found.oldest;
            format!(
                "frame memory outlives its frame: {count} {values} of {bytes} bytes, by up to {oldest} frames"
            )
        }
        Fault::Young => {
            let made = found.made;
            format!(
                "pool memory is freed in the frame that made it: {count} of {made} {values} in {frames} frames, \
                 {bytes} bytes"
            )
        }
        Fault::Promoted => {
            let percent = percent_of(excess.promoted, excess.allocations);
            format!(
                "{percent} % of what frames allocate is promoted: {count} {values} here in {frames} frames, \
                 {bytes} bytes"
            )
        }
        Fault::Hot => {
            format!("heap memory in a hot path: {count} {values} in {frames} frames, {bytes} bytes")
        }
        #[cfg(feature = "call-sites")]
        Fault::Plain(_) if found.is_estimate => {
            format!(
                "global heap memory in a hot path: about {count} {values}, {bytes} bytes, by samples from {frames} frames"
            )
        }
        #[cfg(feature = "call-sites")]
        Fault::Plain(_) => {
            format!("global heap memory in a hot path: {count} {values} in {frames} frames, {bytes} bytes")
        }
    };
    BehaviorIssue {
        code: fault.code(),
        message,
        location,
        type_name,
        tag,
        phase,
        count,
        bytes,
        first_frame: first,
        last_frame: last,
        suggestion: fault.suggestion(),
    }
}

impl fmt::Display for BehaviorIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "warning[{}]: {}", self.code, self.message)?;
        writeln!(f, "  --> {}", self.location)?;
        if let Some(type_name) = self.type_name {
            writeln!(f, "   = type: {type_name}")?;
        }
        if let Some(tag) = &self.tag {
            writeln!(f, "   = tag: {tag}")?;
        }
        if let Some(phase) = &self.phase {
            writeln!(f, "   = phase: {phase}")?;
        }
        writeln!(f, "   = frames: {} to {}", self.first_frame, self.last_frame)?;
        write!(f, "   = help: {}", self.suggestion)
    }
}

impl fmt::Display for BehaviorReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for issue in &self.issues {
            writeln!(f, "{issue}\n")?;
        }
        let plural = |count: u64| if count == 1 { "" } else { "s" };
        let (issues, frames) = (self.issues.len() as u64, self.frames);
        match issues {
            0 => f.write_str("behaviour filter: nothing is the matter")?,
            _ => write!(f, "behaviour filter: {issues} warning{}", plural(issues))?,
        }
        write!(f, " in {frames} frame{}", plural(frames))?;
        if self.missed != 0 {
            write!(f, "; {} allocation{} could not be noted", self.missed, plural(self.missed))?;
        }
        Ok(())
    }
}
