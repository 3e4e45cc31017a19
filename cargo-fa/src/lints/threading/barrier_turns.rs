//! For `barrier-misuse`: what each thread has said to a barrier, step by step.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::Program;
use crate::flow::body::{BlockId, BodyId, Call, Callee, Function, OpId, OpKind, Operand, Place, Value};
use crate::flow::threads::{self, Job, Threads};
use crate::model::api::Kind;
use crate::model::{FnId, Known};
use crate::source::Span;

/// Rounds over the program after which what is known of its functions is used as it is.
const MOST_ROUNDS: usize = 8;

/// A function's body or a closure's.
pub(super) type Unit = (FnId, BodyId);

/// What a thread may have done last, as a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said(u8);

impl Said {
    /// Whatever the caller did.
    pub(super) const CALLERS: Self = Self(1);
    /// It waited, or has done nothing.
    pub(super) const NOTHING: Self = Self(2);
    /// It signalled.
    pub(super) const SIGNALLED: Self = Self(4);
    /// It signalled, and a wait ran out of time.
    pub(super) const TIMED_OUT: Self = Self(8);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// After a call that leaves this, for a caller that had said `before`.
    fn after(self, before: Self) -> Self {
        let own = Self(self.0 & !Self::CALLERS.0);
        if self.has(Self::CALLERS) { own.or(before) } else { own }
    }
}

/// What is known at a point.
#[derive(Clone, Debug, PartialEq)]
struct State {
    /// Of barriers that are not in the list.
    others: Said,
    barriers: BTreeMap<Place, Said>,
    /// Signals after which nobody has waited.
    pending: BTreeSet<OpId>,
}

impl State {
    fn of(&self, barrier: &Place) -> Said {
        self.barriers.get(barrier).copied().unwrap_or(self.others)
    }

    /// Of whichever barrier it is: those that are known by name, if there are any.
    fn any(&self) -> Said {
        if self.barriers.is_empty() {
            return self.others;
        }
        self.barriers.values().fold(Said(0), |all, said| all.or(*said))
    }

    fn join(&mut self, other: &Self) -> bool {
        let before = self.clone();
        let keys: BTreeSet<Place> = self.barriers.keys().chain(other.barriers.keys()).cloned().collect();
        for key in keys {
            let said = self.of(&key).or(other.of(&key));
            self.barriers.insert(key, said);
        }
        self.others = self.others.or(other.others);
        self.pending.extend(&other.pending);
        *self != before
    }
}

/// What a call of a unit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Effect {
    /// It waits, and what its caller has said decides whether that is right.
    waits: bool,
    leaves: Said,
}

/// A wait, or a call of a unit that waits.
pub(super) struct Wait {
    pub(super) unit: Unit,
    pub(super) span: Span,
    pub(super) at: OpId,
    /// The barrier is in an `Option`: whoever has none neither signals nor waits.
    pub(super) optional: bool,
    pub(super) said: Said,
    /// The units that may be called; none for a wait itself.
    pub(super) called: Vec<Unit>,
}

/// A signal that is not as it should be.
pub(super) struct Early {
    pub(super) unit: Unit,
    pub(super) signal: OpId,
}

/// What threads say to barriers.
pub(super) struct Turns<'a> {
    threads: &'a Threads,
    effects: BTreeMap<Unit, Effect>,
    pub(super) waits: Vec<Wait>,
    /// Signals in loops whose next turn begins without a wait.
    pub(super) unwaited: Vec<Early>,
    /// For each call that ends a frame, the signals before it without a wait or a new frame in between.
    pub(super) before_ends: Vec<(Early, OpId)>,
}

impl<'a> Turns<'a> {
    pub(super) fn of(program: &Program, threads: &'a Threads) -> Self {
        let mut turns = Self {
            threads,
            effects: BTreeMap::new(),
            waits: Vec::new(),
            unwaited: Vec::new(),
            before_ends: Vec::new(),
        };
        let units: Vec<(&Function, BodyId)> = program
            .bodies()
            .filter(|(_, _, body)| body.calls().any(|(_, _, call)| concerns(program, call)))
            .map(|(function, id, _)| (function, id))
            .collect();
        for _ in 0..MOST_ROUNDS {
            let before = turns.effects.clone();
            (turns.waits, turns.unwaited, turns.before_ends) = Default::default();
            for &(function, id) in &units {
                turns.unit(program, function, id);
            }
            if turns.effects == before {
                break;
            }
        }
        turns
    }

    fn unit(&mut self, program: &Program, function: &Function, id: BodyId) {
        let body = function.body(id);
        let unit = (function.id, id);
        let start = State { others: Said::CALLERS, barriers: BTreeMap::new(), pending: BTreeSet::new() };
        let mut entries: Vec<Option<State>> = vec![None; body.blocks.len()];
        entries[0] = Some(start);
        let mut work = BTreeSet::from([BlockId(0)]);
        while let Some(block) = work.pop_first() {
            let Some(mut state) = entries[block.0 as usize].clone() else { continue };
            for (index, op) in body.block(block).ops.iter().enumerate() {
                let at = OpId { block, index: index as u32 };
                self.op(program, function, unit, at, &op.kind, &mut state, false);
            }
            for &next in &body.block(block).next {
                let news = match &mut entries[next.0 as usize] {
                    Some(known) => known.join(&state),
                    empty => {
                        *empty = Some(state.clone());
                        true
                    }
                };
                if news {
                    work.insert(next);
                }
            }
        }
        // Once more, with what is known now, to tell.
        let mut told = BTreeSet::new();
        for (number, block) in body.blocks.iter().enumerate() {
            let Some(mut state) = entries[number].clone() else { continue };
            let block_id = BlockId(number as u32);
            for a_loop in function.loops.iter().filter(|it| it.body == id && it.head == block_id) {
                let inside = |at: &OpId| function.is_within(body.op(*at).context, a_loop.context);
                for &signal in state.pending.iter().filter(|at| inside(at)) {
                    if told.insert(signal) {
                        self.unwaited.push(Early { unit, signal });
                    }
                }
            }
            for (index, op) in block.ops.iter().enumerate() {
                let at = OpId { block: block_id, index: index as u32 };
                self.op(program, function, unit, at, &op.kind, &mut state, true);
            }
        }
        let exit = entries[body.exit.0 as usize].as_ref().map_or(Said::CALLERS, State::any);
        let waits = self.waits.iter().any(|wait| wait.unit == unit && wait.said.has(Said::CALLERS));
        self.effects.insert(unit, Effect { waits, leaves: exit });
    }

    #[expect(clippy::too_many_arguments, reason = "a step is told where it is")]
    fn op(
        &mut self,
        program: &Program,
        function: &Function,
        unit: Unit,
        at: OpId,
        op: &OpKind,
        state: &mut State,
        tell: bool,
    ) {
        match op {
            OpKind::Assign(place, Value::Call(call)) => {
                self.step(program, function, unit, at, call, state, tell);
                // Nobody has said anything to a new one.
                if &*call.name == "new" && call.result.as_known() == Some(Known::FrameBarrier) {
                    state.barriers.insert(function.root(place), Said::NOTHING);
                }
            }
            // A new one gets its name.
            OpKind::Assign(to, Value::Use(Operand::Move(from))) => {
                if let Some(said) = state.barriers.get(from).copied() {
                    state.barriers.insert(to.clone(), said);
                }
            }
            // A value may signal when it is dropped.
            OpKind::Drop(place, _) => {
                let Some(drop) = program.index.drop_of(&program.ty_of(function, place)) else { return };
                let Some(effect) = self.effects.get(&(drop, BodyId(0))).copied() else { return };
                state.others = effect.leaves.after(state.others);
                for said in state.barriers.values_mut() {
                    *said = effect.leaves.after(*said);
                }
                if program.summary(drop).waits {
                    state.pending.clear();
                }
            }
            _ => {}
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a step is told where it is")]
    fn step(
        &mut self,
        program: &Program,
        function: &Function,
        unit: Unit,
        at: OpId,
        call: &Call,
        state: &mut State,
        tell: bool,
    ) {
        self.closures(program, function, call, state);
        match &call.callee {
            Callee::Api { method, .. } => {
                // Of several in a collection it is not known which.
                let place = call.args.first().and_then(Operand::place);
                let place = place.filter(|place| function.element(place).is_none());
                let place = place.map(|place| function.root(place));
                match (method.kind, place) {
                    (Kind::Signal, Some(barrier)) => {
                        state.barriers.insert(barrier, Said::SIGNALLED);
                        state.pending.insert(at);
                    }
                    (Kind::Wait, Some(barrier)) => {
                        if tell {
                            let said = state.of(&barrier);
                            let (span, called) = (call.name_span, Vec::new());
                            let optional = program.ty_of(function, &barrier);
                            let optional = optional.peeled().as_known() == Some(Known::Option);
                            self.waits.push(Wait { unit, span, at, optional, said, called });
                        }
                        // One that ran out of time may be repeated.
                        let timed = call.name.contains("timeout");
                        let said = if timed { Said::TIMED_OUT } else { Said::NOTHING };
                        state.barriers.insert(barrier, said);
                        state.pending.clear();
                    }
                    (Kind::EndFrame | Kind::EndFrameWithPromotions, _) if tell => {
                        let early = state.pending.iter().map(|&signal| (Early { unit, signal }, at));
                        self.before_ends.extend(early);
                    }
                    _ => {}
                }
            }
            Callee::Own(callees) => {
                let called: Vec<Unit> = callees.iter().map(|&callee| (callee, BodyId(0))).collect();
                self.called((unit, at), call, called, state, tell);
                let any = |test: fn(&crate::flow::Summary) -> bool| {
                    callees.iter().any(|&callee| test(program.summary(callee)))
                };
                if any(|summary| summary.waits) {
                    state.pending.clear();
                } else if any(|summary| summary.signals) {
                    state.pending.insert(at);
                }
            }
            Callee::Variable(place) => {
                if let Some(Job::Body(body)) =
                    threads::job(function, &Operand::Ref(function.root(place), false))
                {
                    self.called((unit, at), call, vec![(function.id, body)], state, tell);
                    let summary = program.body_summary(function, body);
                    if summary.waits {
                        state.pending.clear();
                    } else if summary.signals {
                        state.pending.insert(at);
                    }
                }
            }
            _ => {}
        }
    }

    /// Closures that a call is given may run in it. Those that signal or wait are taken to do so in order.
    fn closures(&self, program: &Program, function: &Function, call: &Call, state: &mut State) {
        let handed = self.threads.handed(program, function, call);
        for (position, operand) in call.args.iter().enumerate() {
            let elsewhere = handed.iter().any(|handed| handed.position == position);
            let Some(Job::Body(body)) = threads::job(function, operand).filter(|_| !elsewhere) else {
                continue;
            };
            let summary = program.body_summary(function, body);
            if summary.signals || summary.waits {
                state.others = Said::SIGNALLED;
                state.barriers.values_mut().for_each(|said| *said = Said::SIGNALLED);
            }
            if summary.waits {
                state.pending.clear();
            }
        }
    }

    fn called(
        &mut self,
        (unit, at): (Unit, OpId),
        call: &Call,
        called: Vec<Unit>,
        state: &mut State,
        tell: bool,
    ) {
        let effects: Vec<Effect> =
            called.iter().filter_map(|callee| self.effects.get(callee)).copied().collect();
        if effects.is_empty() {
            return;
        }
        if tell && effects.iter().any(|effect| effect.waits) {
            let (span, said) = (call.name_span, state.any());
            self.waits.push(Wait { unit, span, at, optional: false, said, called });
        }
        let leaves = effects.iter().fold(Said(0), |all, effect| all.or(effect.leaves));
        state.others = leaves.after(state.others);
        for said in state.barriers.values_mut() {
            *said = leaves.after(*said);
        }
    }

    /// For each unit that waits for what its callers said: whether some have signalled, and whether some have not.
    pub(super) fn callers(&self, program: &Program) -> BTreeMap<Unit, (bool, bool)> {
        let mut known: BTreeMap<Unit, (bool, bool)> = BTreeMap::new();
        let mut called: BTreeSet<Unit> = BTreeSet::new();
        for (function, _, body) in program.bodies() {
            for (_, _, call) in body.calls() {
                if let Callee::Own(callees) = &call.callee {
                    called.extend(callees.iter().map(|&callee| (callee, BodyId(0))));
                }
                // Whoever runs on another thread begins with nothing.
                for handed in self.threads.handed(program, function, call) {
                    let unit = match handed.job {
                        Some(Job::Body(id)) => (function.id, id),
                        Some(Job::Fn(id)) => (id, BodyId(0)),
                        None => continue,
                    };
                    known.entry(unit).or_default().1 = true;
                }
            }
        }
        for &unit in self.effects.keys() {
            if unit.1 == BodyId(0) && !called.contains(&unit) {
                known.entry(unit).or_default().1 = true;
            }
        }
        loop {
            let before = known.clone();
            for wait in &self.waits {
                // Who may have signalled is taken to have.
                let mut good = wait.said.has(Said::SIGNALLED) || wait.said.has(Said::TIMED_OUT);
                let mut bad = wait.said.has(Said::NOTHING) && !good;
                if wait.said.has(Said::CALLERS) {
                    let of_callers = known.get(&wait.unit).copied().unwrap_or_default();
                    good |= of_callers.0;
                    bad |= of_callers.1;
                }
                for &unit in &wait.called {
                    let entry = known.entry(unit).or_default();
                    *entry = (entry.0 || good, entry.1 || bad);
                }
            }
            if known == before {
                return known;
            }
        }
    }
}

/// Whether a turn, of the innermost loop or of the whole body, may go by without an operation, statements that leave it
/// aside.
pub(super) fn is_conditional(function: &Function, id: BodyId, at: OpId) -> bool {
    let body = function.body(id);
    let innermost = function.loops_around(body.op(at).context).first().map(|&it| function.a_loop(it));
    let (start, end) = innermost.map_or((BlockId(0), body.exit), |it| (it.head, it.head));
    let leaves = |block: BlockId| {
        let ops = &body.block(block).ops;
        ops.iter().any(|op| matches!(op.kind, OpKind::Leave(_)))
    };
    if start == at.block {
        return false;
    }
    let mut seen = BTreeSet::new();
    let mut left = vec![start];
    while let Some(block) = left.pop() {
        for &next in &body.block(block).next {
            let out = innermost.is_some_and(|it| next == it.after);
            if next == end && !leaves(block) {
                return true;
            }
            if next != at.block && !out && !leaves(block) && seen.insert(next) {
                left.push(next);
            }
        }
    }
    false
}

/// Whether a call may have to do with a barrier.
fn concerns(program: &Program, call: &Call) -> bool {
    match &call.callee {
        Callee::Api { method, .. } => matches!(method.kind, Kind::Signal | Kind::Wait),
        Callee::Own(callees) => callees.iter().any(|&callee| {
            let summary = program.summary(callee);
            summary.signals || summary.waits
        }),
        Callee::Variable(_) => true,
        _ => false,
    }
}
