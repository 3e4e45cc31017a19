//! What one program leaves to the next, so that an edit costs the functions that it touches.
//!
//! A function is taken as it was read if its text and its place are the same, and so is all that is known of names and types.
//! What flows through it is taken if, besides, each function that it calls means what it meant. Otherwise everything is done
//! as if there were no past.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::analysis::Flow;
use super::body::Function;
use super::look::Look;
use super::summary::Summary;
use crate::model::{FnId, Index};
use crate::source::tree::Fn;
use crate::source::{Crate, are_alike};

/// The functions of the last program, for whoever builds the next one after an edit.
///
/// # Examples
///
/// ```
/// use cargo_fa::flow::{Past, Program};
/// use cargo_fa::source::Memory;
///
/// let (mut memory, mut past) = (Memory::default(), Past::default());
/// let mut build = |number: u8| {
///     let text = format!("fn f(a: &framealloc::SmartAlloc) {{ a.end_frame() }}\nfn g(a: &framealloc::SmartAlloc) {{ f(a); {number}; }}");
///     Program::build_after(memory.load_files(&[("lib.rs", &text)], false), &mut past);
///     (past.built(), past.run())
/// };
/// assert_eq!(build(1), (2, 2));
/// assert_eq!(build(2), (1, 1));
/// assert_eq!(build(2), (0, 0));
/// ```
#[derive(Debug, Default)]
pub struct Past {
    /// Whether there will be another program.
    ends: bool,
    crates: Vec<Crate>,
    kept: BTreeMap<FnId, Kept>,
    /// What flowed through the functions of the last program.
    flows: BTreeMap<FnId, Arc<Flow>>,
    /// Those that were read for the program that is under way, or for the last one.
    built: BTreeSet<FnId>,
    run: usize,
}

/// A function, and what a look at it says.
pub(super) type Built = (Arc<Function>, Arc<Look>);

/// A function as it was read.
#[derive(Debug)]
pub(super) struct Kept {
    syntax: Arc<Fn>,
    pub(super) function: Arc<Function>,
    pub(super) look: Arc<Look>,
}

impl Past {
    /// For a program without past and future.
    #[must_use]
    pub fn none() -> Self {
        Self { ends: true, ..Self::default() }
    }

    /// How many functions had to be read for the last program.
    #[must_use]
    pub fn built(&self) -> usize {
        self.built.len()
    }

    /// For how many of them it had to be found out what flows through them.
    #[must_use]
    pub fn run(&self) -> usize {
        self.run
    }

    /// Forgets what is not true of the program that begins.
    pub(super) fn begin(&mut self, crates: &[Crate], index: &Index) {
        if self.ends {
            return;
        }
        if are_alike(&self.crates, crates) {
            self.kept.retain(|&id, kept| {
                let now = &index.function(id).syntax;
                let is_same = Arc::ptr_eq(&kept.syntax, now) || kept.syntax.is_as(now);
                let handed = &kept.function.handed;
                is_same && handed.iter().all(|(id, it)| it.text() == index.function(*id).syntax.text())
            });
        } else {
            self.kept.clear();
            self.flows.clear();
        }
        self.crates = crates.to_vec();
        self.built.clear();
    }

    /// A function that is as it was.
    pub(super) fn get(&self, id: FnId) -> Option<&Kept> {
        self.kept.get(&id)
    }

    /// What flowed through it then.
    pub(super) fn flow(&self, id: FnId) -> Option<&Arc<Flow>> {
        self.flows.get(&id).filter(|_| self.kept.contains_key(&id) && !self.built.contains(&id))
    }

    /// What a call of a function meant, whether it is as it was or not.
    pub(super) fn summary(&self, id: FnId) -> Option<&Summary> {
        self.flows.get(&id)?.summaries.first()
    }

    pub(super) fn add(&mut self, index: &Index, built: &[(FnId, Built)]) {
        if self.ends {
            return;
        }
        for (id, (function, look)) in built {
            let (function, look) = (function.clone(), look.clone());
            let syntax = index.function(*id).syntax.clone();
            self.kept.insert(*id, Kept { syntax, function, look });
            self.built.insert(*id);
        }
    }

    /// Keeps what is known of the program that is complete now.
    pub(super) fn end(&mut self, flows: &BTreeMap<FnId, Arc<Flow>>, run: usize) {
        if !self.ends {
            self.flows = flows.clone();
            self.run = run;
        }
    }
}
