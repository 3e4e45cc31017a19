//! What is known at a point of a body: which places hold which values, and which frames are open.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::body::{LocalId, OpId, Place};
use crate::model::api::Method;
use crate::model::{Known, Ty};
use crate::source::Span;

/// Where a value comes from, by its number in the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OriginId(pub u32);

/// Where a value comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The source that makes it.
    pub span: Span,
    /// What it is.
    pub kind: OriginKind,
    /// The allocator that made it, as the function knows it.
    pub alloc: Option<Place>,
    /// Its type.
    pub ty: Ty,
    /// The method that makes it, when that is written here.
    pub method: Option<&'static Method>,
    /// The call that makes it; parameters have none.
    pub op: Option<OpId>,
    /// Made by a guard, so that the compiler keeps it within that.
    pub guarded: bool,
    /// The receiver's type was not known.
    pub guessed: bool,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OriginKind {
    /// Of a frame.
    Frame,
    /// A guard of this kind: `Frame`, `Scope`, `SharedFrame`, or a type of the program that ends a frame when dropped.
    Guard(Option<Known>),
    /// Of a pool.
    Pool,
    /// Of the heap, by way of the allocator.
    Heap,
    /// On its way to another thread.
    Transfer,
    /// Of a frame, but kept.
    Retained,
    /// The promotions of a frame.
    Promotions,
    /// Of a scratch allocator.
    Scratch,
    /// A guard of a tag.
    Tag,
    /// A guard of a phase.
    Phase,
    /// What a parameter holds, by its place.
    Param(usize),
}

impl OriginKind {
    /// Whether it is tied to a frame: a value of one, or a guard.
    #[must_use]
    pub fn is_of_frame(self) -> bool {
        matches!(self, Self::Frame | Self::Guard(_))
    }
}

/// Whether the frame of a value is over: on some paths, on all, on none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Status {
    /// On some path, its frame goes on.
    pub alive: bool,
    /// On some path, its frame ended: where.
    pub ended: Option<OpId>,
}

impl Status {
    /// Its frame goes on.
    pub const ALIVE: Self = Self { alive: true, ended: None };

    /// Its frame is over on every path.
    #[must_use]
    pub fn is_over(self) -> bool {
        !self.alive && self.ended.is_some()
    }

    fn join(self, other: Self) -> Self {
        Self { alive: self.alive || other.alive, ended: self.ended.or(other.ended) }
    }
}

/// What is known of the frame of an allocator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FrameState {
    /// This function neither began nor ended it.
    Outside,
    /// It was begun here, and a statement left the function or a loop since.
    Open {
        /// Where it was begun.
        at: OpId,
        /// The first statement that left.
        left: Option<OpId>,
    },
    /// It was ended here.
    Ended {
        /// Where.
        at: OpId,
    },
}

/// What is known at a point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// What places hold.
    held: BTreeMap<Place, BTreeMap<OriginId, Status>>,
    /// What is known of frames, by their allocator. Those that are not here are outside.
    frames: BTreeMap<Place, BTreeSet<FrameState>>,
}

impl State {
    /// What a place holds: itself, its parts, and what it is a part of.
    #[must_use]
    pub fn held(&self, place: &Place) -> BTreeMap<OriginId, Status> {
        let mut all = BTreeMap::new();
        for (known, held) in self.of_base(place) {
            if known.covers(place) || place.covers(known) {
                merge(&mut all, held);
            }
        }
        all
    }

    fn of_base(&self, place: &Place) -> impl Iterator<Item = (&Place, &BTreeMap<OriginId, Status>)> {
        let base = place.base;
        let start = Place { base, fields: Vec::new() };
        self.held.range(start..).take_while(move |(known, _)| known.base == base)
    }

    /// All places that hold something.
    pub fn places(&self) -> impl Iterator<Item = (&Place, &BTreeMap<OriginId, Status>)> {
        self.held.iter()
    }

    /// The variables that hold something.
    #[must_use]
    pub fn locals(&self) -> BTreeSet<LocalId> {
        self.held.keys().filter_map(Place::as_local).collect()
    }

    /// A place holds nothing any longer; `removed` is what it held.
    pub(super) fn remove(&mut self, place: &Place) -> BTreeMap<OriginId, Status> {
        let covered: Vec<Place> = self
            .of_base(place)
            .map(|(known, _)| known)
            .filter(|known| place.covers(known))
            .cloned()
            .collect();
        let mut removed = BTreeMap::new();
        for known in covered {
            if let Some(held) = self.held.remove(&known) {
                merge(&mut removed, &held);
            }
        }
        removed
    }

    /// A place holds this as well.
    pub(super) fn add(&mut self, place: &Place, values: &BTreeMap<OriginId, Status>) {
        if !values.is_empty() {
            merge(self.held.entry(place.clone()).or_default(), values);
        }
    }

    /// The parts of a place with what each holds, by the fields that lead to them.
    pub(super) fn parts(
        &self,
        place: &Place,
    ) -> Vec<(Vec<crate::source::tree::Name>, BTreeMap<OriginId, Status>)> {
        let mut parts = Vec::new();
        for (known, held) in self.of_base(place) {
            if place.covers(known) {
                parts.push((known.fields[place.fields.len()..].to_vec(), held.clone()));
            } else if known.covers(place) {
                parts.push((Vec::new(), held.clone()));
            }
        }
        parts
    }

    /// What is known of the frame of an allocator.
    #[must_use]
    pub fn frame(&self, alloc: &Place) -> BTreeSet<FrameState> {
        self.frames.get(alloc).cloned().unwrap_or_else(|| BTreeSet::from([FrameState::Outside]))
    }

    /// The allocators of which something is known, with what is.
    pub fn frames(&self) -> impl Iterator<Item = (&Place, &BTreeSet<FrameState>)> {
        self.frames.iter()
    }

    /// Where frames may be open that were begun here.
    #[must_use]
    pub fn open_frames(&self) -> Vec<(Place, OpId)> {
        let mut open = Vec::new();
        for (alloc, states) in &self.frames {
            for state in states {
                if let FrameState::Open { at, .. } = state {
                    open.push((alloc.clone(), *at));
                }
            }
        }
        open
    }

    /// Where a frame was begun here that is open on every path.
    #[must_use]
    pub fn certainly_open(&self, alloc: &Place) -> Option<OpId> {
        let states = self.frames.get(alloc)?;
        let mut found = None;
        for state in states {
            match state {
                FrameState::Open { at, .. } => found = Some(*at),
                _ => return None,
            }
        }
        found
    }

    pub(super) fn set_frame(&mut self, alloc: &Place, states: BTreeSet<FrameState>) {
        self.frames.insert(alloc.clone(), states);
    }

    /// Nothing is known of the frames of allocators in a variable.
    pub(super) fn forget_frames(&mut self, local: LocalId) {
        self.frames.retain(|alloc, _| alloc.as_local() != Some(local));
    }

    /// All values for which `of` holds are of a frame that is over.
    pub(super) fn end_values(&mut self, at: OpId, certainly: bool, of: impl Fn(OriginId) -> bool) {
        for held in self.held.values_mut() {
            for (origin, status) in held.iter_mut() {
                if of(*origin) {
                    status.ended = status.ended.or(Some(at));
                    if certainly {
                        status.alive = false;
                    }
                }
            }
        }
    }

    /// Notes the statement that leaves, for all frames that were begun in what it leaves.
    pub(super) fn leave(&mut self, at: OpId, leaves: impl Fn(OpId) -> bool) {
        for states in self.frames.values_mut() {
            let changed = states.iter().map(|state| match *state {
                FrameState::Open { at: begun, left: None } if leaves(begun) => {
                    FrameState::Open { at: begun, left: Some(at) }
                }
                other => other,
            });
            *states = changed.collect();
        }
    }

    /// Takes in what is known on another path; says whether that is news.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        let mut news = false;
        for (place, held) in &other.held {
            match self.held.get_mut(place) {
                Some(known) => news |= merge(known, held),
                None => {
                    self.held.insert(place.clone(), held.clone());
                    news = true;
                }
            }
        }
        for (alloc, states) in &other.frames {
            let known = self.frames.entry(alloc.clone()).or_insert_with(|| {
                news = true;
                BTreeSet::from([FrameState::Outside])
            });
            for state in states {
                news |= known.insert(*state);
            }
        }
        for (alloc, states) in &mut self.frames {
            if !other.frames.contains_key(alloc) {
                news |= states.insert(FrameState::Outside);
            }
        }
        news
    }
}

/// Takes in what another path or place holds; says whether that is news.
pub(super) fn merge(into: &mut BTreeMap<OriginId, Status>, from: &BTreeMap<OriginId, Status>) -> bool {
    let mut news = false;
    for (origin, status) in from {
        match into.entry(*origin) {
            Entry::Occupied(mut known) => {
                let joined = known.get().join(*status);
                news |= joined != *known.get();
                known.insert(joined);
            }
            Entry::Vacant(free) => {
                free.insert(*status);
                news = true;
            }
        }
    }
    news
}
