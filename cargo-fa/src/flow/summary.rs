//! What a call of a function means to its caller.

use std::collections::{BTreeMap, BTreeSet};

use super::body::{Base, Call, Function, Place};
use super::state::OriginKind;
use crate::model::FnId;
use crate::source::Span;
use crate::source::tree::Name;

/// A place as both sides of a call know it: of a parameter, or a static.
pub type Shared = Place;

/// What a function does, as far as its callers see it. Places begin with a parameter of the function (as its variable)
/// or a static.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// What it returns that it made.
    pub makes: BTreeSet<Made>,
    /// The parameters whose values are in what it returns.
    pub returns: BTreeSet<usize>,
    /// What it does to frames.
    pub frames: BTreeMap<Shared, FrameEffect>,
    /// Parameters that it puts into others, or into statics.
    pub stores: BTreeSet<Stored>,
    /// Where it first allocates of each kind, itself or in what it calls.
    pub allocates: BTreeMap<Memory, Span>,
    /// The budgets it sets for its thread.
    pub budgets: BTreeSet<Budget>,
    /// It takes promotions.
    pub takes_promotions: bool,
    /// It signals a barrier.
    pub signals: bool,
    /// It waits at a barrier.
    pub waits: bool,
    /// It begins a frame, or opens a guard, at all.
    pub begins_frame: bool,
    /// It ends a frame by a call at all.
    pub ends_frame: bool,
    /// The parameters that it calls, itself or through what it gives them to.
    pub runs: BTreeSet<usize>,
    /// What it calls in the program.
    pub calls: BTreeSet<FnId>,
}

/// A value that a function made and returns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Made {
    /// What it is.
    pub kind: OriginKind,
    /// The allocator.
    pub alloc: Option<Shared>,
    /// Where it is made.
    pub span: Span,
    /// In which part of the result.
    pub fields: Vec<Name>,
}

/// What a function does to a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FrameEffect {
    /// On some path, it leaves a frame open that it began.
    pub may_open: bool,
    /// On some path, it ends the frame.
    pub may_end: bool,
    /// On some path, it leaves all as it was.
    pub may_leave: bool,
}

impl FrameEffect {
    /// On every path, it leaves a frame open.
    #[must_use]
    pub fn opens(self) -> bool {
        self.may_open && !self.may_end && !self.may_leave
    }

    /// On every path, the frame is over.
    #[must_use]
    pub fn ends(self) -> bool {
        self.may_end && !self.may_open && !self.may_leave
    }
}

/// A parameter that ends up in a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stored {
    /// The parameter.
    pub from: usize,
    /// The place.
    pub into: Shared,
    /// Where it is put there.
    pub span: Span,
}

/// A place of a called function as its caller knows it: its parameters are what the caller gives.
#[must_use]
pub fn seen_by_caller(callee: Option<&Function>, place: &Place, call: &Call) -> Option<Place> {
    let Base::Local(local) = place.base else { return Some(place.clone()) };
    let position = callee?.params.iter().position(|&param| param == local)?;
    let mut mapped = call.args.get(position)?.place()?.clone();
    mapped.fields.extend(place.fields.iter().cloned());
    Some(mapped)
}

/// A kind of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Memory {
    /// Of a frame.
    Frame,
    /// Of a pool.
    Pool,
    /// Of the heap.
    Heap,
}

/// A budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Budget {
    /// For this thread's frames.
    Frame,
    /// For this thread's pools.
    Pool,
    /// For this thread's heap.
    Heap,
}

/// What is known of functions so far. Of those that were not looked at, nothing is.
#[derive(Debug, Default)]
pub(super) struct Summaries {
    known: BTreeMap<FnId, Summary>,
    nothing: Summary,
}

impl Summaries {
    pub(super) fn of(&self, id: FnId) -> &Summary {
        self.known.get(&id).unwrap_or(&self.nothing)
    }

    pub(super) fn set(&mut self, id: FnId, summary: Summary) {
        self.known.insert(id, summary);
    }
}
