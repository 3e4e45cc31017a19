//! FA701.

use crate::flow::body::{BodyId, Function, LocalId, OpId, OpKind, Place, Value};
use crate::flow::{Flow, Liveness, OriginId, OriginKind, Point, Program};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::{Known, Ty};

declare_lint! {
    /// A frame value, or a guard of a frame, is alive while a future waits.
    ///
    /// ## Why
    ///
    /// At an `.await` the executor runs something else, perhaps the rest of the frame, and may go on with the future on
    /// another thread. By then the frame may be over: what it made is parked until the future is done with it, and no
    /// frame starts where the last one did. Frame values are not `Send`, so that the future is not either.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// # async fn flush() {}
    /// async fn save(alloc: &SmartAlloc) -> usize {
    ///     let names = alloc.frame_vec::<u32>();
    ///     flush().await;
    ///     names.len()
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// Finish with the frame before waiting, or keep what has to last in a pool:
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// # async fn flush() {}
    /// async fn save(alloc: &SmartAlloc) -> usize {
    ///     let count = {
    ///         let names = alloc.frame_vec::<u32>();
    ///         names.len()
    ///     };
    ///     flush().await;
    ///     count
    /// }
    /// ```
    ///
    /// A guard from `frame()` that is alive at an `.await` is found here, and not as `frame-open-across-await` as well: that
    /// is about `begin_frame` and `end_frame`.
    ///
    /// ## What it cannot see
    ///
    /// Values that other crates return or hold, and what a macro hides.
    pub FRAME_VALUE_ACROSS_AWAIT = "FA701", "frame-value-across-await", Async, Deny, "a frame value or guard is alive across an `.await`";
    check = check;
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    for (function, id, body) in program.bodies() {
        if !body.ops().any(|(_, op)| matches!(op.kind, OpKind::Await)) {
            continue;
        }
        let liveness = program.liveness(function, id);
        let flow = program.flow(function);
        program.walk(function, id, |point| {
            if !matches!(point.op.kind, OpKind::Await) {
                return;
            }
            let awaited = awaited(function, id, point.at);
            let mut across: Vec<(LocalId, OriginId)> = Vec::new();
            for (place, held) in point.before.places() {
                let Some(local) = place.as_local() else { continue };
                if Some(local) == awaited || function.local(local).body != id {
                    continue;
                }
                let tied = held.keys().copied().find(|&origin| is_tied(program, flow, origin));
                if let Some(origin) = tied
                    && is_alive(function, &liveness, id, point, local)
                {
                    across.push((local, origin));
                }
            }
            // A named variable tells more than a temporary.
            across.sort_by_key(|&(local, _)| (function.local(local).name.is_none(), local));
            if let Some(&(local, origin)) = across.first() {
                findings.push(finding(program, function, point, local, origin));
            }
        });
    }
}

/// The variable that holds the future: it is what waits.
fn awaited(function: &Function, id: BodyId, at: OpId) -> Option<LocalId> {
    let block = function.body(id).block(at.block);
    match &block.ops.get(at.index as usize + 1)?.kind {
        OpKind::Assign(_, Value::Await(operand)) => operand.place().and_then(Place::whole_local),
        _ => None,
    }
}

fn is_tied(program: &Program, flow: &Flow, origin: OriginId) -> bool {
    let origin = flow.origin(origin);
    match origin.kind {
        OriginKind::Frame | OriginKind::Guard(_) => true,
        OriginKind::Param(_) => {
            let guard = origin.ty.unwrapped().as_known().is_some_and(Known::is_guard);
            guard || program.index.names_frame_value(&origin.ty)
        }
        _ => false,
    }
}

/// Used later, or dropped later because it owns something.
fn is_alive(function: &Function, liveness: &Liveness, id: BodyId, point: Point<'_>, local: LocalId) -> bool {
    let owns = |ty: &Ty| match ty.as_known() {
        Some(Known::Option | Known::Result | Known::Vec | Known::Box) => {
            ty.arg(0).as_known().is_some_and(owner)
        }
        Some(known) => owner(known),
        None => ty.as_item().is_some(),
    };
    owns(&function.local(local).ty) || liveness.after(function, function.body(id), point.at).contains(&local)
}

fn owner(known: Known) -> bool {
    known.is_frame_value() || known.is_guard()
}

fn finding(
    program: &Program,
    function: &Function,
    point: Point<'_>,
    local: LocalId,
    origin: OriginId,
) -> Finding {
    let origin = program.flow(function).origin(origin);
    let what = match origin.kind {
        OriginKind::Guard(_) => "a guard of a frame",
        _ => "a frame value",
    };
    let name = function.local(local).name.as_ref();
    let message = match name {
        Some(name) => format!("`{name}`, {what}, is alive across this `.await`"),
        None => format!("{what} is alive across this `.await`"),
    };
    Finding {
        lint: &FRAME_VALUE_ACROSS_AWAIT,
        confidence: if origin.guessed { Confidence::Possible } else { Confidence::Certain },
        message,
        primary: Label {
            span: point.op.span,
            text: "the future waits here, and the frame may end".to_owned(),
        },
        labels: vec![Label { span: origin.span, text: format!("{what} is made here") }],
        help: "drop it or let its block end before the `.await`; what has to last belongs in `pool_box`"
            .to_owned(),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::FRAME_VALUE_ACROSS_AWAIT;
    use crate::lints::testing::{MANY_WAYS, check};

    #[test]
    fn values_and_guards_that_live_across() {
        check(
            &FRAME_VALUE_ACROSS_AWAIT,
            r#"
use framealloc::{Frame, FrameBox, SmartAlloc};
use std::sync::Arc;
async fn tick() {}
async fn used(alloc: &SmartAlloc) { let v = alloc.frame_vec::<u8>(); tick().await; println!("{v:?}"); } //~ FA701
async fn dropped_later(alloc: Arc<SmartAlloc>) {
    let _boxed = alloc.frame_box(1);
    tick().await; //~ FA701
}
async fn guard(alloc: &SmartAlloc) {
    let frame = alloc.frame();
    tick().await; //~ FA701
    drop(frame);
}
async fn param(b: FrameBox<'_, u32>) {
    tick().await; //~ FA701
}
struct Game { alloc: SmartAlloc }
impl Game {
    async fn run(&self) {
        loop {
            let scratch = self.scratch();
            tick().await; //~ FA701
            if scratch.is_empty() { break; }
        }
    }
    fn scratch(&self) -> framealloc::FrameVec<'_, u32> { self.alloc.frame_vec() }
}
fn spawned(alloc: SmartAlloc) {
    spawn(async move {
        let s = alloc.frame_string();
        tick().await; //~ FA701
        println!("{}", s);
    });
}
async fn reference(alloc: &SmartAlloc) -> u32 {
    let scope = alloc.scope();
    let n: &mut u32 = scope.alloc(1);
    tick().await; //~ FA701
    *n
}
"#,
        );
    }

    #[test]
    fn what_ends_before_is_silent() {
        check(
            &FRAME_VALUE_ACROSS_AWAIT,
            r#"
use framealloc::SmartAlloc;
async fn tick() {}
async fn take(v: framealloc::FrameVec<'_, u8>) -> usize { v.len() }
async fn explicit(alloc: &SmartAlloc) { let v = alloc.frame_vec::<u8>(); drop(v); tick().await; }
async fn moved(alloc: &SmartAlloc) { let v = alloc.frame_vec::<u8>(); take(v).await; tick().await; }
async fn block(alloc: &SmartAlloc) {
    { let v = alloc.frame_vec::<u8>(); println!("{}", v.len()); }
    tick().await;
}
async fn copied(alloc: &SmartAlloc) -> Vec<u8> {
    let owned = alloc.frame_slice_copy(&[1u8]).to_vec();
    tick().await;
    owned
}
async fn number(alloc: &SmartAlloc) -> usize {
    let n = alloc.frame_vec::<u8>().len();
    tick().await;
    n
}
async fn branch(alloc: &SmartAlloc, fast: bool) {
    let v = alloc.frame_vec::<u8>();
    if fast { println!("{}", v.len()); return; }
    drop(v);
    tick().await;
}
struct Look; impl Look { fn frame_vec(&self) -> Vec<u8> { Vec::new() } }
async fn other(alloc: &Look) { let v = alloc.frame_vec(); tick().await; println!("{v:?}"); }
async fn pool(alloc: &SmartAlloc) { let v = alloc.pool_box(1); tick().await; println!("{v:?}"); }
"#,
        );
    }

    #[test]
    fn where_there_is_no_value_none_is_alive() {
        check(
            &FRAME_VALUE_ACROSS_AWAIT,
            r#"
use framealloc::{Frame, FrameBox, FrameVec, SmartAlloc};
async fn tick() {}
async fn arms(alloc: &SmartAlloc) -> u32 {
    match alloc.try_frame_box(1u32) { Ok(b) => *b, Err(_) => { tick().await; 0 } }
}
async fn other_arms(alloc: &SmartAlloc) -> u32 {
    match alloc.try_frame_box(1u32) { Ok(b) => { tick().await; *b } _ => { tick().await; 0 } } //~ FA701
}
async fn guarded(alloc: &SmartAlloc, on: bool) {
    match alloc.try_frame_box(1u32) { Ok(_) if on => {} _ => tick().await } //~ FA701
}
async fn otherwise(alloc: &SmartAlloc) -> usize {
    let Ok(list) = alloc.try_frame_slice::<u8>(4) else { tick().await; return 0 };
    list.len()
}
async fn branch(alloc: &SmartAlloc) {
    if let Ok(b) = alloc.try_frame_box(1u32) { println!("{b:?}"); } else { tick().await; }
}
async fn asked(alloc: &SmartAlloc) {
    let b = alloc.try_frame_box(1u32);
    if b.is_err() { tick().await; return; }
    if b.is_ok() { tick().await; } //~ FA701
    if !b.is_ok() { tick().await; }
}
async fn slots(mut slot: Option<FrameBox<'_, u32>>) {
    if slot.is_none() { tick().await; }
    match &slot { None => tick().await, Some(b) => println!("{b:?}") }
    match slot { Some(ref b) if **b > 3 => println!("x"), None => tick().await, Some(_) => {} }
    match &slot { None | Some(_) => tick().await } //~ FA701
    slot.take();
    tick().await;
}
enum Cache<'f> { Empty, Full(FrameVec<'f, u8>) }
async fn variants(alloc: &SmartAlloc, on: bool) {
    let cache = if on { Cache::Full(alloc.frame_vec()) } else { Cache::Empty };
    match &cache { Cache::Empty => tick().await, Cache::Full(list) => println!("{}", list.len()) }
    if let Cache::Full(_) = &cache { tick().await; } //~ FA701
}
async fn perhaps(alloc: &SmartAlloc, on: bool) {
    let guard: Option<Frame<'_>> = if on { Some(alloc.frame()) } else { None };
    if guard.is_none() { tick().await; }
    if let Some(_) = &guard { tick().await; } //~ FA701
}
async fn given_back<'a>(alloc: &'a SmartAlloc) {
    if let Err(b) = offer(alloc.frame_box(1)) { tick().await; drop(b); } //~ FA701
}
fn offer<'a>(b: FrameBox<'a, u32>) -> Result<(), FrameBox<'a, u32>> { Err(b) }
"#,
        );
    }

    #[test]
    fn many_ways_to_wait() {
        check(&FRAME_VALUE_ACROSS_AWAIT, MANY_WAYS);
    }
}
