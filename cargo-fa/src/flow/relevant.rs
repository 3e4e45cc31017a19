//! Which functions have to do with framealloc: those that use it, those that lead to them, and those that these call.
//!
//! The others are not even read. Names say who may be one of them; the graph of a function, which is built for those
//! only, says who is. So a program pays for the part of it that uses the library.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::body::Function;
use super::build::build;
use super::look::Look;
use super::past::{Built, Past};
use crate::model::{Def, FnId, Index, ItemId, Words};
use crate::source::Loaded;
use crate::source::tree::Name;

/// A method that gives functions to Bevy.
const ADDS_SYSTEMS: &str = "add_systems";
/// A method that calls `from_str` of the type it is to give.
const PARSES: &str = "parse";

/// The functions that matter, with what a look at them says.
#[derive(Default)]
pub(super) struct Relevant {
    pub(super) functions: BTreeMap<FnId, Arc<Function>>,
    pub(super) looks: BTreeMap<FnId, Arc<Look>>,
}

/// How they are found, in a program with these [`words`].
pub(super) type Find = fn(&Index, Option<Words>, &mut Past) -> Relevant;

/// The names by which they are found; none if the program never names the library.
pub(super) fn words(loaded: &Loaded) -> Option<Words> {
    Words::of(loaded, &[ADDS_SYSTEMS, PARSES])
}

/// Finds the functions that matter.
pub(super) fn relevant(index: &Index, words: Option<Words>, past: &mut Past) -> Relevant {
    let Some(words) = words else { return Relevant::default() };
    let mut search = Search::new(index, words.find_in(index), past);
    let first = search.words.of_library();
    let mut found = search.leading_to_users(first);
    if !found.is_empty() {
        search.read(search.words.mentioning(ADDS_SYSTEMS));
        found.extend(search.built.iter().filter(|(_, (_, look))| look.adds_systems).map(|(&id, _)| id));
    }
    search.add_callees(&mut found);
    search.add_sharers(&mut found);
    search.add_callees(&mut found);
    search.built.retain(|id, _| found.contains(id));
    search.finish()
}

/// All functions, whether they matter or not.
#[cfg(test)]
pub(super) fn all(index: &Index, _: Option<Words>, past: &mut Past) -> Relevant {
    let mut search = Search::new(index, Words::default(), past);
    search.read(index.functions().map(|(id, _)| id).collect());
    search.finish()
}

struct Search<'a> {
    index: &'a Index,
    words: Words,
    past: &'a mut Past,
    built: BTreeMap<FnId, Built>,
    callers: BTreeMap<FnId, Vec<FnId>>,
}

impl<'a> Search<'a> {
    fn new(index: &'a Index, words: Words, past: &'a mut Past) -> Self {
        Self { index, words, past, built: BTreeMap::new(), callers: BTreeMap::new() }
    }

    /// Builds the graphs of those that have none yet; returns these.
    fn read(&mut self, mut ids: Vec<FnId>) -> Vec<FnId> {
        ids.retain(|id| !self.built.contains_key(id) && self.index.function(*id).syntax.body.is_some());
        ids.sort_unstable();
        ids.dedup();
        let index = self.index;
        let build = |&id: &FnId| {
            let function = build(index, id)?;
            let look = Look::at(index, &function);
            Some((id, (Arc::new(function), Arc::new(look))))
        };
        let (known, new): (Vec<FnId>, Vec<FnId>) =
            ids.iter().copied().partition(|&id| self.past.get(id).is_some());
        let mut built: Vec<_> = new.par_iter().with_max_len(1).filter_map(build).collect();
        self.past.add(index, &built);
        let known = known.into_iter().filter_map(|id| Some((id, self.past.get(id)?)));
        built.extend(known.map(|(id, kept)| (id, (kept.function.clone(), kept.look.clone()))));
        for (id, (_, look)) in &built {
            for &callee in &look.calls {
                self.callers.entry(callee).or_default().push(*id);
            }
        }
        self.built.extend(built);
        ids
    }

    fn look(&self, id: FnId) -> Option<&Look> {
        self.built.get(&id).map(|(_, look)| &**look)
    }

    /// The functions among these that use the library, and all that lead to them.
    fn leading_to_users(&mut self, candidates: Vec<FnId>) -> BTreeSet<FnId> {
        let mut found = BTreeSet::new();
        let mut next = candidates;
        while !next.is_empty() {
            let mut fresh = self.read(next);
            fresh.retain(|&id| {
                self.look(id).is_some_and(|look| {
                    look.uses_library || look.calls.iter().any(|callee| found.contains(callee))
                })
            });
            fresh.retain(|&id| found.insert(id));
            self.add_callers(fresh, &mut found);
            // A `Drop` is called by whoever has a value of the type, however it came by it.
            let dropped = found.iter().flat_map(|&id| self.index.dropped_by(id));
            let dropped: Vec<Name> = dropped.filter_map(|def| self.name_of(def)).collect();
            next = self.words.leading(dropped);
        }
        found
    }

    fn add_callers(&mut self, mut fresh: Vec<FnId>, found: &mut BTreeSet<FnId>) {
        while !fresh.is_empty() {
            let names: BTreeSet<&Name> = fresh.iter().map(|&id| &self.index.function(id).name).collect();
            let mut named: Vec<FnId> = names.iter().flat_map(|name| self.words.mentioning(name)).collect();
            if names.iter().any(|name| ***name == *"from_str") {
                named.extend(self.words.mentioning(PARSES));
            }
            self.read(named);
            let callers = fresh.iter().filter_map(|id| self.callers.get(id)).flatten();
            fresh = callers.copied().filter(|&id| found.insert(id)).collect();
        }
    }

    fn name_of(&self, def: &Def) -> Option<Name> {
        match def {
            Def::Item(id) => Some(self.index.item(*id).name.clone()),
            Def::Known(_) | Def::Foreign(_) => None,
        }
    }

    /// Adds those that are called from there.
    fn add_callees(&mut self, found: &mut BTreeSet<FnId>) {
        let mut next: Vec<FnId> = found.iter().copied().collect();
        while !next.is_empty() {
            let callees =
                next.iter().filter_map(|&id| self.look(id)).flat_map(|look| look.calls.iter().copied());
            let callees: Vec<FnId> = callees.filter(|&id| found.insert(id)).collect();
            self.read(callees.clone());
            next = callees;
        }
    }

    /// Adds those that share statics with them.
    fn add_sharers(&mut self, found: &mut BTreeSet<FnId>) {
        let shared =
            found.iter().filter_map(|&id| self.look(id)).flat_map(|look| look.statics.iter().copied());
        let shared: HashSet<ItemId> = shared.collect();
        let names: BTreeSet<&Name> = shared.iter().map(|&id| &self.index.item(id).name).collect();
        self.read(names.into_iter().flat_map(|name| self.words.mentioning(name)).collect());
        let shares = |look: &Look| look.statics.iter().any(|id| shared.contains(id));
        found.extend(self.built.iter().filter(|(_, (_, look))| shares(look)).map(|(&id, _)| id));
    }

    fn finish(self) -> Relevant {
        let mut relevant = Relevant::default();
        for (id, (function, look)) in self.built {
            relevant.functions.insert(id, function);
            relevant.looks.insert(id, look);
        }
        relevant
    }
}

#[cfg(test)]
mod tests;
