//! The whole program, as lints read it.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::analysis::{Analysis, Flow};
use super::body::{
    Base, BlockId, Body, BodyId, Call, Callee, Const, Function, Leave, Op, OpId, OpKind, Operand, Place,
    Value,
};
use super::build::build;
use super::liveness::Liveness;
use super::look::Look;
use super::order::Order;
use super::past::Past;
use super::point::Point;
use super::relevant::{self, Relevant, relevant};
use super::state::{OriginId, State, Status};
use super::summary::{Summaries, Summary};
use super::tags::Tags;
use super::threads::Threads;
use super::uses::operands;
use super::within::FrameCalls;
use crate::model::library::{Passing, passing};
use crate::model::{CrateId, FnId, Index, ItemShape, Ty};
use crate::source::tree::Name;
use crate::source::{Files, Loaded, Problem, Span};

/// Rounds over the program after which what is known of recursive functions is used as it is.
const MOST_ROUNDS: usize = 8;

/// A program and what is known of it.
#[derive(Debug, Default)]
pub struct Program {
    /// Its files.
    pub files: Files,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Its items.
    pub index: Arc<Index>,
    functions: BTreeMap<FnId, Arc<Function>>,
    flows: BTreeMap<FnId, Arc<Flow>>,
    summaries: Summaries,
    frame_calls: OnceLock<FrameCalls>,
    tags: OnceLock<Tags>,
    tests: OnceLock<BTreeMap<FnId, BTreeSet<FnId>>>,
    texts: OnceLock<BTreeSet<Name>>,
    threads: OnceLock<Threads>,
    ending: OnceLock<BTreeSet<CrateId>>,
}

/// A function, and what flows through it.
pub type Known = (Arc<Function>, Arc<Flow>);

impl Program {
    /// Analyses what was loaded.
    #[must_use]
    pub fn build(loaded: Loaded) -> Self {
        Self::build_after(loaded, &mut Past::none())
    }

    /// The same, but what is as it was in the last program is taken from there.
    #[must_use]
    pub fn build_after(loaded: Loaded, past: &mut Past) -> Self {
        crate::source::on_deep_stack(|| Self::build_here(loaded, past, relevant))
    }

    /// Analyses all functions, as tests of what has nothing to do with framealloc need it.
    #[cfg(test)]
    pub(super) fn whole(loaded: Loaded) -> Self {
        let past = &mut Past::none();
        crate::source::on_deep_stack(|| Self::build_here(loaded, past, relevant::all))
    }

    fn build_here(loaded: Loaded, past: &mut Past, relevant: relevant::Find) -> Self {
        let (index, words) = rayon::join(|| Index::build(&loaded), || relevant::words(&loaded));
        past.begin(&loaded.crates, &index);
        let Relevant { functions, looks } = relevant(&index, words, past);
        let Loaded { files, problems, crates } = loaded;
        // The syntax that nothing refers to any more; nobody waits until it has gone.
        rayon::spawn(move || drop(crates));
        let index = Arc::new(index);
        let mut program = Self { files, problems, index, functions, ..Self::default() };
        let run = program.settle(&looks, past);
        past.end(&program.flows, run);
        program
    }

    /// Some of its functions as a program of their own; what is known of all of it is known there.
    #[must_use]
    pub fn part(&self, functions: &[FnId]) -> Self {
        let mut part = Self {
            files: self.files.clone(),
            index: self.index.clone(),
            ending: self.ending().clone().into(),
            ..Self::default()
        };
        for (&id, (function, flow)) in functions.iter().zip(self.known(functions)) {
            part.functions.insert(id, function);
            part.learn(id, flow);
        }
        part
    }

    /// What is known of some functions.
    #[must_use]
    pub fn known(&self, functions: &[FnId]) -> Vec<Known> {
        functions.iter().map(|id| (self.functions[id].clone(), self.flows[id].clone())).collect()
    }

    /// Finds out what flows through all functions, those that are called first, and those that call themselves until nothing
    /// changes. Returns how many those were that had changed, or that call what means something else than before.
    fn settle(&mut self, looks: &BTreeMap<FnId, Arc<Look>>, past: &Past) -> usize {
        let mut count = 0;
        let mut changed: BTreeSet<FnId> = BTreeSet::new();
        for wave in &Order::of(looks).waves {
            let (mut functions, mut recursive) = (Vec::new(), Vec::new());
            for circle in &wave.circles {
                let known = |id: &FnId| {
                    let same = !looks[id].calls.iter().any(|callee| changed.contains(callee));
                    past.flow(*id).filter(|_| same).map(|flow| (*id, flow.clone()))
                };
                let Some(flows) = circle.functions.iter().map(known).collect::<Option<Vec<_>>>() else {
                    functions.extend(&circle.functions);
                    recursive.extend(&circle.recursive);
                    continue;
                };
                for (id, flow) in flows {
                    self.learn(id, flow);
                }
            }
            count += functions.len();
            self.run(&functions);
            for _ in 1..MOST_ROUNDS {
                if recursive.is_empty() || !self.run(&recursive) {
                    break;
                }
            }
            changed.extend(functions.iter().filter(|&&id| past.summary(id) != Some(self.summaries.of(id))));
        }
        count
    }

    /// Takes in what flows through a function; says whether it means something else now.
    fn learn(&mut self, id: FnId, flow: Arc<Flow>) -> bool {
        let summary = flow.summaries.first().cloned().unwrap_or_default();
        let changed = summary != *self.summaries.of(id);
        self.summaries.set(id, summary);
        self.flows.insert(id, flow);
        changed
    }

    /// Runs functions beside each other; says whether any means something else now.
    fn run(&mut self, ids: &[FnId]) -> bool {
        let run = |&id: &FnId| {
            let function = self.functions.get(&id)?;
            let analysis =
                Analysis::new(&self.index, function, &self.functions, &self.summaries, Flow::default());
            Some((id, analysis.run()))
        };
        let flows: Vec<(FnId, Flow)> = ids.par_iter().with_max_len(1).filter_map(run).collect();
        let mut changed = false;
        for (id, flow) in flows {
            changed |= self.learn(id, Arc::new(flow));
        }
        changed
    }

    /// All functions that have a body and to do with framealloc: they use it, lead to such, or are called from there.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.functions.values().map(|function| &**function)
    }

    /// All bodies of all functions.
    pub fn bodies(&self) -> impl Iterator<Item = (&Function, BodyId, &Body)> {
        self.functions().flat_map(|function| {
            function
                .bodies
                .iter()
                .enumerate()
                .map(move |(number, body)| (function, BodyId(number as u32), body))
        })
    }

    /// A function, if it has a body and to do with framealloc.
    #[must_use]
    pub fn function(&self, id: FnId) -> Option<&Function> {
        self.functions.get(&id).map(|function| &**function)
    }

    /// The data flow of a function.
    #[must_use]
    pub fn flow(&self, function: &Function) -> &Flow {
        &self.flows[&function.id]
    }

    /// What a call of a function means.
    #[must_use]
    pub fn summary(&self, id: FnId) -> &Summary {
        self.summaries.of(id)
    }

    /// What running a body means: that of the function, of a closure, or of an async block.
    #[must_use]
    pub fn body_summary(&self, function: &Function, body: BodyId) -> &Summary {
        &self.flow(function).summaries[body.0 as usize]
    }

    /// The state where a body ends, or `None` if it never does.
    #[must_use]
    pub fn at_exit(&self, function: &Function, body: BodyId) -> Option<&State> {
        let exit = function.body(body).exit.0 as usize;
        self.flow(function).entries.get(body.0 as usize)?.get(exit)?.as_ref()
    }

    /// The state where a body panics, or `None` if it never does by itself.
    #[must_use]
    pub fn at_panic(&self, function: &Function, body: BodyId) -> Option<&State> {
        let panic = function.body(body).panic.0 as usize;
        self.flow(function).entries.get(body.0 as usize)?.get(panic)?.as_ref()
    }

    /// Visits all operations of a body that are reached, with what is known there.
    pub fn walk(&self, function: &Function, body: BodyId, mut each: impl FnMut(Point<'_>)) {
        let flow = self.flow(function);
        let Some(entries) = flow.entries.get(body.0 as usize) else { return };
        let known = flow.without_states();
        let analysis = Analysis::new(&self.index, function, &self.functions, &self.summaries, known);
        let analysis = RefCell::new(analysis.within(body));
        for (number, block) in function.body(body).blocks.iter().enumerate() {
            let Some(mut state) = entries.get(number).cloned().flatten() else { continue };
            for (index, op) in block.ops.iter().enumerate() {
                let at = OpId { block: BlockId(number as u32), index: index as u32 };
                let after = OnceCell::new();
                let later = || {
                    after.get_or_init(|| {
                        let mut after = state.clone();
                        analysis.borrow_mut().step(&mut after, at, op);
                        after
                    })
                };
                each(Point { at, op, before: &state, later: &later });
                match after.into_inner() {
                    Some(after) => state = after,
                    None => analysis.borrow_mut().step(&mut state, at, op),
                }
            }
        }
    }

    /// What an operation puts into the place that it assigns to, or into the receiver of a method like `push`, and where
    /// that is. References are followed.
    #[must_use]
    pub fn stored(
        &self,
        function: &Function,
        point: Point<'_>,
    ) -> Option<(Place, BTreeMap<OriginId, Status>)> {
        let OpKind::Assign(place, value) = &point.op.kind else { return None };
        let mut given = BTreeMap::new();
        let into = match value {
            Value::Call(call) => {
                let puts = match &call.callee {
                    Callee::Method(_) => passing(&call.name) == Passing::Stores,
                    Callee::Path(path) => ["mem::replace", "mem::swap", "ptr::write"]
                        .iter()
                        .any(|function| path.ends_with(function)),
                    _ => false,
                };
                let (mut receiver, mut rest) = call.args.split_first()?;
                // What is swapped goes out of this function rather than around in it.
                let inner = |operand: &Operand| {
                    let place = operand.place().map(|place| function.referred(place));
                    place
                        .and_then(|place| place.as_local())
                        .is_some_and(|it| function.local(it).param.is_none())
                };
                if let [other] = rest
                    && &*call.name == "swap"
                    && inner(receiver)
                    && !inner(other)
                {
                    (receiver, rest) = (other, std::slice::from_ref(receiver));
                }
                if !puts {
                    return None;
                }
                for operand in rest {
                    self.add_held(function, point.before, operand, &mut given);
                }
                function.referred(receiver.place()?)
            }
            _ => {
                operands(value, &mut |operand| self.add_held(function, point.before, operand, &mut given));
                function.referred(place)
            }
        };
        if given.is_empty() {
            return None;
        }
        // What did not arrive was a copy, or of a type that cannot hold it.
        let arrived = point.after().held(&into);
        given.retain(|origin, _| arrived.contains_key(origin));
        (!given.is_empty()).then_some((into, given))
    }

    fn add_held(
        &self,
        function: &Function,
        state: &State,
        operand: &Operand,
        into: &mut BTreeMap<OriginId, Status>,
    ) {
        if let Some(place) = operand.place() {
            into.extend(state.held(&function.referred(place)));
        }
    }

    /// The type of a place.
    #[must_use]
    pub fn ty_of(&self, function: &Function, place: &Place) -> Ty {
        let mut ty = match place.base {
            Base::Local(local) => function.local(local).ty.clone(),
            Base::Static(item) => match &self.index.item(item).shape {
                ItemShape::Value { ty, .. } => ty.clone(),
                _ => Ty::Unknown,
            },
            Base::Result(id) => self.index.signature(id).result.clone(),
        };
        for field in place.flat().fields {
            ty = self.index.field(&ty, &field).map_or(Ty::Unknown, |(ty, _)| ty);
        }
        ty
    }

    /// All functions that running a body may call, directly or through others.
    #[must_use]
    pub fn reached_from(&self, function: &Function, body: BodyId) -> BTreeSet<FnId> {
        let mut reached = BTreeSet::new();
        let mut next: Vec<FnId> = self.body_summary(function, body).calls.iter().copied().collect();
        while let Some(id) = next.pop() {
            if reached.insert(id) {
                next.extend(&self.summary(id).calls);
            }
        }
        reached
    }

    /// The tests that run a function, if nothing but tests does. Each test is a program of its own.
    #[must_use]
    pub fn tests_of(&self, id: FnId) -> Option<&BTreeSet<FnId>> {
        self.tests.get_or_init(|| self.find_tests()).get(&id)
    }

    /// Whether an operation fails a test: after it, nothing that is left open matters.
    #[must_use]
    pub fn fails_test(&self, function: &Function, op: &Op) -> bool {
        matches!(op.kind, OpKind::Leave(Leave::Panic)) && self.tests_of(function.id).is_some()
    }

    fn find_tests(&self) -> BTreeMap<FnId, BTreeSet<FnId>> {
        let mut tests: BTreeMap<FnId, BTreeSet<FnId>> = BTreeMap::new();
        for function in self.functions().filter(|function| self.index.function(function.id).is_test) {
            tests.entry(function.id).or_default().insert(function.id);
            for body in 0..function.bodies.len() {
                for reached in self.reached_from(function, BodyId(body as u32)) {
                    tests.entry(reached).or_default().insert(function.id);
                }
            }
        }
        let others: Vec<&Function> =
            self.functions().filter(|function| !tests.contains_key(&function.id)).collect();
        for function in others {
            for body in 0..function.bodies.len() {
                for reached in self.reached_from(function, BodyId(body as u32)) {
                    tests.remove(&reached);
                }
            }
        }
        tests
    }

    /// All texts in functions, whatever they have to do with framealloc.
    pub fn texts(&self) -> &BTreeSet<Name> {
        self.texts.get_or_init(|| crate::source::on_deep_stack(|| self.find_texts()))
    }

    fn find_texts(&self) -> BTreeSet<Name> {
        let mut texts = BTreeSet::new();
        self.functions().for_each(|function| texts_of(function, &mut texts));
        let others = self
            .index
            .functions()
            .filter(|(id, data)| !self.functions.contains_key(id) && data.syntax.text().contains('"'));
        let others: Vec<FnId> = others.map(|(id, _)| id).collect();
        let of = |&id: &FnId| {
            let mut texts = BTreeSet::new();
            if let Some(function) = build(&self.index, id) {
                texts_of(&function, &mut texts);
            }
            texts
        };
        texts.extend(others.par_iter().flat_map_iter(of).collect::<Vec<_>>());
        texts
    }

    /// The text that an operand is: a literal, a constant, or a variable that is set to one of these once.
    #[must_use]
    pub fn text_of(&self, function: &Function, operand: &Operand) -> Option<Name> {
        match operand {
            Operand::Const(Const::Str(text)) => Some(text.clone()),
            Operand::Const(Const::Item(item)) => match &self.index.item(*item).shape {
                ItemShape::Value { text, .. } => text.clone(),
                _ => None,
            },
            Operand::Const(_) => None,
            Operand::Move(place) | Operand::Copy(place) | Operand::Ref(place, _) => {
                let local = function.root(place).whole_local()?;
                let body = function.body(function.local(local).body);
                let mut values = body.ops().filter_map(|(_, op)| match &op.kind {
                    OpKind::Assign(to, value) if *to == Place::local(local) => Some(value),
                    _ => None,
                });
                match (values.next(), values.next()) {
                    (Some(Value::Use(operand @ Operand::Const(_))), None) => self.text_of(function, operand),
                    _ => None,
                }
            }
        }
    }

    /// Which variables of a body are read later.
    #[must_use]
    pub fn liveness(&self, function: &Function, body: BodyId) -> Liveness {
        Liveness::of(function, body)
    }

    /// Whether all of it could be read, so that what is nowhere in it is nowhere.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let is_draft = |span: Span| self.files.read_as(span.file) != span.file;
        self.problems.iter().all(|problem| problem.span.is_some_and(is_draft))
    }

    /// The crates in which a function ends a frame.
    #[must_use]
    pub fn ending(&self) -> &BTreeSet<CrateId> {
        self.ending.get_or_init(|| {
            let ends = |flow: &Flow| flow.summaries.iter().any(|summary| summary.ends_frame);
            let found = self.flows.iter().filter(|(_, flow)| ends(flow));
            found.map(|(&id, _)| self.index.crate_of_function(id)).collect()
        })
    }

    /// Whether a call of functions of the program ends a frame.
    #[must_use]
    pub fn ends_frame_by(&self, call: &Call) -> bool {
        match &call.callee {
            Callee::Own(callees) => callees.iter().any(|&callee| self.summary(callee).ends_frame),
            _ => false,
        }
    }

    /// Which bodies are called within frames.
    #[must_use]
    pub fn frame_calls(&self) -> &FrameCalls {
        self.frame_calls.get_or_init(|| FrameCalls::of(self))
    }

    /// Which functions hand their parameters to other threads.
    #[must_use]
    pub fn threads(&self) -> &Threads {
        self.threads.get_or_init(|| Threads::of(self))
    }

    /// Which tags are open where.
    #[must_use]
    pub fn tags(&self) -> &Tags {
        self.tags.get_or_init(|| Tags::of(self))
    }

    /// The path of a function for readers.
    #[must_use]
    pub fn path(&self, function: &Function) -> &str {
        &self.index.function(function.id).path
    }
}

fn texts_of(function: &Function, texts: &mut BTreeSet<Name>) {
    for (_, op) in function.bodies.iter().flat_map(Body::ops) {
        let OpKind::Assign(_, value) = &op.kind else { continue };
        operands(value, &mut |operand| {
            if let Operand::Const(Const::Str(text)) = operand {
                texts.insert(text.clone());
            }
        });
    }
}
