//! FA203.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::body::{
    Aggregate, Base, Body, BodyId, Callee, DropWhy, Function, OpKind, Operand, Place, Value,
};
use crate::flow::{OriginId, OriginKind, Point, Program, is_refused};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::library::{Passing, passing};
use crate::model::{Known, Ty};

declare_lint! {
    /// A transfer handle is made and goes nowhere: it is neither sent, stored, returned, moved on nor received.
    ///
    /// ## Why
    ///
    /// A transfer is a pool block that waits for another thread. One that nobody receives costs the block and the copy,
    /// and what was to be handed over is dropped where it was made.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// fn publish(alloc: &SmartAlloc, tile: [u8; 64]) {
    ///     let handle = alloc.frame_box_for_transfer(tile);
    ///     println!("{} bytes", size_of_val(&handle));
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// ```rust,silent
    /// # use framealloc::{SmartAlloc, TransferHandle};
    /// # use std::sync::mpsc::Sender;
    /// fn publish(alloc: &SmartAlloc, out: &Sender<TransferHandle<[u8; 64]>>, tile: [u8; 64]) {
    ///     let handle = alloc.frame_box_for_transfer(tile);
    ///     let _ = out.send(handle);
    /// }
    /// ```
    ///
    /// `drop(handle)` says that it is meant; so does `// fa: allow(FA203) -- why`, where `let _ =` does not.
    ///
    /// ## What it cannot see
    ///
    /// Whether what a handle is moved into passes it on: a handle that is sent on one path, or stored, counts as sent.
    pub TRANSFER_NEVER_SENT = "FA203", "transfer-never-sent", Threading, Warn, "a transfer handle is made and goes nowhere";
    check = check;
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    for function in program.functions() {
        let flow = program.flow(function);
        if !flow.origins.iter().any(|origin| origin.kind == OriginKind::Transfer) {
            continue;
        }
        let mut made: BTreeSet<OriginId> = BTreeSet::new();
        let mut gone: BTreeSet<OriginId> = BTreeSet::new();
        let mut whole: BTreeMap<OriginId, BTreeSet<OriginId>> = BTreeMap::new();
        for (number, body) in function.bodies.iter().enumerate() {
            let id = BodyId(number as u32);
            program.walk(function, id, |point| {
                let mut new = BTreeSet::new();
                let after = is_call(point).then(|| point.after());
                for (_, held) in after.into_iter().flat_map(|after| after.places()) {
                    new.extend(held.keys().copied().filter(|&origin| {
                        let origin = flow.origin(origin);
                        origin.kind == OriginKind::Transfer
                            && origin.op == Some(point.at)
                            && holds(&origin.ty)
                    }));
                }
                if let OpKind::Assign(to, _) = &point.op.kind
                    && !is_refused(body, to)
                {
                    for &origin in &new {
                        made.insert(origin);
                        whole.entry(origin).or_default().extend(new.iter().copied());
                    }
                }
                leaving(function, body, point, &mut |place| {
                    gone.extend(point.before.held(&function.referred(place)).into_keys());
                });
            });
        }
        let mut told = BTreeSet::new();
        for &origin in made.difference(&gone) {
            let data = flow.origin(origin);
            // A function of the program may hand out several at once.
            let siblings = whole.get(&origin).is_some_and(|all| all.iter().any(|other| gone.contains(other)));
            if !siblings && told.insert(data.span) {
                findings.push(Finding {
                    lint: &TRANSFER_NEVER_SENT,
                    confidence: if data.guessed { Confidence::Possible } else { Confidence::Certain },
                    message: "a transfer handle is made here and goes nowhere".to_owned(),
                    primary: Label {
                        span: data.span,
                        text: "nothing sends, stores or receives it".to_owned(),
                    },
                    labels: Vec::new(),
                    help:
                        "send the handle, or make the value with `frame_box` or `pool_box` if it stays here"
                            .to_owned(),
                    fix: None,
                    item: program.path(function).to_owned(),
                });
            }
        }
    }
}

/// Whether a type is, or visibly holds, a handle.
fn holds(ty: &Ty) -> bool {
    match ty {
        Ty::Adt(_, args) => ty.as_known() == Some(Known::TransferHandle) || args.iter().any(holds),
        Ty::Tuple(types) => types.iter().any(holds),
        Ty::Slice(of) | Ty::Array(of) => holds(of),
        _ => false,
    }
}

fn is_call(point: Point<'_>) -> bool {
    matches!(&point.op.kind, OpKind::Assign(_, Value::Call(_)))
}

/// Calls `each` with the places whose values leave for somewhere with an operation.
fn leaving(function: &Function, body: &Body, point: Point<'_>, each: &mut dyn FnMut(&Place)) {
    match &point.op.kind {
        OpKind::Drop(place, DropWhy::Explicit) => each(place),
        OpKind::Drop(..) | OpKind::Declare(_) | OpKind::Await | OpKind::Leave(_) => {}
        OpKind::Return(place) => each(place),
        OpKind::Assign(into, value) => {
            // A variable of this body is still here.
            let stays = matches!(into.base, Base::Local(local)
                if function.local(local).param.is_none()
                    && into.fields.is_empty()
                    && local != body.result
                    && function.local(local).alias.as_ref().is_none_or(|alias| !alias.same));
            let mut taken = |operand: &Operand| {
                if let Operand::Move(place) | Operand::Copy(place) = operand
                    && !is_borrow(function, place)
                {
                    each(place);
                }
            };
            match value {
                Value::Use(operand) | Value::Cast(operand) if !stays => taken(operand),
                Value::Use(_) | Value::Look(_) | Value::Cast(_) | Value::Compare(_) | Value::Compute(_) => {}
                Value::Await(operand) => taken(operand),
                Value::Aggregate(Aggregate::Wrap | Aggregate::Tuple, _) if stays => {}
                Value::Aggregate(_, fields) => fields.iter().for_each(|(_, operand)| taken(operand)),
                Value::Call(call) => {
                    let hands_back = matches!(call.callee, Callee::Method(_))
                        && matches!(passing(&call.name), Passing::Passes | Passing::Removes);
                    for (position, operand) in call.args.iter().enumerate() {
                        if !(hands_back && position == 0 && stays) {
                            taken(operand);
                        }
                    }
                }
                Value::Closure(child) => {
                    for capture in function.body(*child).captures.iter().filter(|capture| capture.by_move) {
                        each(&Place::local(capture.local));
                    }
                }
                // Whatever a macro that cannot be read does with it.
                Value::Opaque(operands) => operands.iter().for_each(taken),
            }
        }
    }
}

/// Whether a place is only another name of what it refers to.
fn is_borrow(function: &Function, place: &Place) -> bool {
    place.whole_local().is_some_and(|local| {
        let local = function.local(local);
        matches!(local.ty, Ty::Ref(..)) || local.alias.as_ref().is_some_and(|alias| alias.same)
    })
}

#[cfg(test)]
mod tests {
    use super::TRANSFER_NEVER_SENT;
    use crate::lints::testing::check;

    #[test]
    fn handles_that_go_nowhere() {
        check(
            &TRANSFER_NEVER_SENT,
            r#"
use framealloc::{AllocError, SmartAlloc, TransferHandle};
fn bound(alloc: &SmartAlloc) { let handle = alloc.frame_box_for_transfer(1); } //~ FA203
fn ignored(alloc: &SmartAlloc) { let _ = alloc.frame_box_for_transfer(1); } //~ FA203
fn statement(alloc: &SmartAlloc) { alloc.frame_box_for_transfer(1); } //~ FA203
fn borrowed(alloc: &SmartAlloc) -> usize {
    let handle = alloc.frame_box_for_transfer(1); //~ FA203
    let view = &handle;
    size_of_val(view)
}
fn tried(alloc: &SmartAlloc) -> Result<(), AllocError> {
    let handle = alloc.try_frame_box_for_transfer(1)?; //~ FA203
    println!("{}", size_of_val(&handle));
    Ok(())
}
fn unwrapped(alloc: &SmartAlloc) {
    let handle = alloc.try_frame_box_for_transfer(1).unwrap(); //~ FA203
    let Ok(other) = alloc.try_frame_box_for_transfer(2) else { return }; //~ FA203
}
fn make(alloc: &SmartAlloc) -> TransferHandle<u32> { alloc.frame_box_for_transfer(1) }
fn from_helper(alloc: &SmartAlloc) {
    let handle = make(alloc); //~ FA203
    println!("{}", size_of_val(&handle));
}
fn closure(alloc: &SmartAlloc) {
    let work = || { let handle = alloc.frame_box_for_transfer(1); size_of_val(&handle) }; //~ FA203
    work();
}
fn pair(alloc: &SmartAlloc) -> u32 {
    let (handle, n) = (alloc.frame_box_for_transfer(1), 2); //~ FA203
    n
}
"#,
        );
    }

    #[test]
    fn handles_on_their_way_are_silent() {
        check(
            &TRANSFER_NEVER_SENT,
            r#"
use framealloc::{SmartAlloc, TransferHandle};
use std::sync::mpsc::Sender;
struct Keeper { last: Option<TransferHandle<u32>>, all: Vec<TransferHandle<u32>> }
enum Message { Mesh(TransferHandle<u32>), Stop }
fn sent(alloc: &SmartAlloc, out: &Sender<TransferHandle<u32>>, urgent: bool) {
    let handle = alloc.frame_box_for_transfer(1);
    if urgent { out.send(handle).unwrap(); }
}
fn message(alloc: &SmartAlloc, out: &Sender<Message>) {
    let message = Message::Mesh(alloc.frame_box_for_transfer(1));
    let _ = out.send(message);
}
fn stored(alloc: &SmartAlloc, keeper: &mut Keeper) {
    keeper.last = Some(alloc.frame_box_for_transfer(1));
    keeper.all.push(alloc.frame_box_for_transfer(2));
    let slot = &mut keeper.last;
    *slot = Some(alloc.frame_box_for_transfer(1));
}
fn received(alloc: &SmartAlloc) -> u32 { let h = alloc.frame_box_for_transfer(1); *h.receive() }
fn matched(alloc: &SmartAlloc) -> u32 {
    match alloc.try_frame_box_for_transfer(1) { Ok(h) => h.into_inner(), Err(_) => 0 }
}
fn dropped(alloc: &SmartAlloc) { let h = alloc.frame_box_for_transfer(1); drop(h); }
fn returned(alloc: &SmartAlloc) -> Option<TransferHandle<u32>> { let h = alloc.frame_box_for_transfer(1); Some(h) }
fn early(alloc: &SmartAlloc, now: bool) -> Option<TransferHandle<u32>> {
    let h = alloc.frame_box_for_transfer(1);
    if now { return Some(h); }
    None
}
fn captured(alloc: &SmartAlloc) { let h = alloc.frame_box_for_transfer(1); std::thread::spawn(move || h.receive()); }
fn block(alloc: &SmartAlloc, all: &mut Vec<TransferHandle<u32>>) {
    let h = { let inner = alloc.frame_box_for_transfer(1); inner };
    all.push(h);
}
fn listed(alloc: &SmartAlloc, out: &Sender<TransferHandle<u32>>) {
    let list = vec![alloc.frame_box_for_transfer(1), alloc.frame_box_for_transfer(2)];
    for h in list { let _ = out.send(h); }
}
fn number(alloc: &SmartAlloc) -> Result<u32, framealloc::AllocError> {
    let h = alloc.try_frame_box_for_transfer(7u32)?;
    Ok(h.into_inner())
}
fn checked(alloc: &SmartAlloc) { println!("{} {}", number(alloc).is_ok(), number(alloc).ok().unwrap_or(0)); }
fn moved(alloc: &SmartAlloc) { consume(alloc.frame_box_for_transfer(1)); }
fn consume(h: TransferHandle<u32>) { h.receive(); }
struct Other; impl Other { fn frame_box_for_transfer(&self, n: u32) -> u32 { n } }
fn look_alike(o: &Other) { let h = o.frame_box_for_transfer(1); }
"#,
        );
    }
}
