//! Forward data flow over facts of a lint's own.

use std::collections::BTreeSet;

use super::body::{BlockId, Body, Op, OpId};

/// Visits of one block beyond this are cut off: the facts of a lint should be few.
const MOST_VISITS: usize = 256;

/// Carries facts through a body, from its beginning along all paths, until nothing new is learned. Returns what is known
/// at the beginning of each block; `None` for those that are not reached.
///
/// `join` takes in what is known on another path and says whether that is news; `step` changes the facts by an operation.
///
/// # Examples
///
/// How many phases may be open, at most, where a body ends:
///
/// ```
/// use cargo_fa::flow::{Program, forward, state_before};
/// use cargo_fa::flow::body::{BodyId, Callee, Op, OpId, OpKind, Value};
/// use cargo_fa::model::api::Kind;
/// use cargo_fa::source::load_files;
///
/// let source = "fn f(alloc: &framealloc::SmartAlloc, c: bool) {
///     alloc.begin_phase(\"a\");
///     if c { return; }
///     alloc.end_phase();
/// }";
/// let program = Program::build(load_files(&[("src/lib.rs", source)], false));
/// let function = program.functions().next().unwrap();
/// let body = function.body(BodyId(0));
/// let step = |open: &mut u32, _: OpId, op: &Op| {
///     if let OpKind::Assign(_, Value::Call(call)) = &op.kind
///         && let Callee::Api { method, .. } = &call.callee
///     {
///         match method.kind {
///             Kind::BeginPhase => *open += 1,
///             Kind::EndPhase => *open = open.saturating_sub(1),
///             _ => {}
///         }
///     }
/// };
/// let join = |known: &mut u32, other: &u32| {
///     let news = *other > *known;
///     *known = (*known).max(*other);
///     news
/// };
/// let entries = forward(body, 0, join, step);
/// assert_eq!(entries[body.exit.0 as usize], Some(1), "the early return leaves one open");
/// ```
pub fn forward<T: Clone>(
    body: &Body,
    start: T,
    mut join: impl FnMut(&mut T, &T) -> bool,
    mut step: impl FnMut(&mut T, OpId, &Op),
) -> Vec<Option<T>> {
    let mut entries: Vec<Option<T>> = vec![None; body.blocks.len()];
    entries[0] = Some(start);
    let mut visits = vec![0usize; body.blocks.len()];
    let mut work = BTreeSet::from([BlockId(0)]);
    while let Some(block) = work.pop_first() {
        let number = block.0 as usize;
        visits[number] += 1;
        if visits[number] > MOST_VISITS {
            continue;
        }
        let Some(mut facts) = entries[number].clone() else { continue };
        for (index, op) in body.blocks[number].ops.iter().enumerate() {
            step(&mut facts, OpId { block, index: index as u32 }, op);
        }
        for &next in &body.blocks[number].next {
            let news = match &mut entries[next.0 as usize] {
                Some(known) => join(known, &facts),
                empty => {
                    *empty = Some(facts.clone());
                    true
                }
            };
            if news {
                work.insert(next);
            }
        }
    }
    entries
}

/// What is known before an operation, from what [`forward`] returned and the same `step`.
pub fn state_before<T: Clone>(
    body: &Body,
    entries: &[Option<T>],
    at: OpId,
    mut step: impl FnMut(&mut T, OpId, &Op),
) -> Option<T> {
    let mut facts = entries.get(at.block.0 as usize)?.clone()?;
    for (index, op) in body.block(at.block).ops.iter().take(at.index as usize).enumerate() {
        step(&mut facts, OpId { block: at.block, index: index as u32 }, op);
    }
    Some(facts)
}
