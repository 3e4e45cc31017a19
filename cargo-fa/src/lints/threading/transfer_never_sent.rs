//! FA203.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::body::{Aggregate, Base, BodyId, Callee, DropWhy, Function, OpKind, Operand, Place, Value};
use crate::flow::{OriginId, OriginKind, Point, Program, is_refused, may_own};
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
                leaving(program, function, id, point, &mut |place| {
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
fn leaving(
    program: &Program,
    function: &Function,
    id: BodyId,
    point: Point<'_>,
    each: &mut dyn FnMut(&Place),
) {
    let body = function.body(id);
    match &point.op.kind {
        OpKind::Drop(place, DropWhy::Explicit) => each(place),
        OpKind::Drop(..) | OpKind::Empty(_) | OpKind::Declare(_) | OpKind::Await | OpKind::Leave(_) => {}
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
                Value::Aggregate(Aggregate::Wrap | Aggregate::Tuple | Aggregate::Array, fields) if stays => {
                    fields.iter().for_each(|(_, operand)| lent(program, function, operand, each));
                }
                Value::Aggregate(_, fields) => {
                    fields.iter().for_each(|(_, operand)| taken(operand));
                    fields.iter().for_each(|(_, operand)| lent(program, function, operand, each));
                }
                Value::Call(call) if matches!(call.callee, Callee::Method(_)) => {
                    let stores = passing(&call.name) == Passing::Stores;
                    let receiver = call.args.first().and_then(Operand::place);
                    let kept = receiver.map(|place| function.referred(place)).is_some_and(|home| {
                        is_here(function, id, &home) && is_collection(program, function, &home)
                    });
                    for (position, operand) in call.args.iter().enumerate() {
                        let puts = stores && position > 0;
                        let gone = match operand {
                            Operand::Move(_) | Operand::Copy(_) => !(puts && kept),
                            // `all.append(&mut these)`
                            Operand::Ref(..) => puts && !kept,
                            Operand::Const(_) => false,
                        };
                        let place = operand.place().filter(|place| !is_borrow(function, place));
                        if let Some(place) = place.filter(|_| gone)
                            && (puts || !(stays && arrived(function, point, place, into)))
                        {
                            each(place);
                        }
                    }
                }
                Value::Call(call) => {
                    call.args.iter().for_each(&mut taken);
                    // These move what they are lent from one to the other.
                    let moves = matches!(&call.callee, Callee::Path(path) if path.contains("mem::"));
                    let elsewhere = |operand: &Operand| {
                        operand.place().is_some_and(|place| !is_here(function, id, &function.referred(place)))
                    };
                    if !moves || call.args.iter().any(elsewhere) {
                        call.args.iter().for_each(|operand| lent(program, function, operand, each));
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

/// Whether all that a place held is in another after an operation.
fn arrived(function: &Function, point: Point<'_>, from: &Place, to: &Place) -> bool {
    let after = point.after().held(&function.referred(to));
    let held = point.before.held(&function.referred(from));
    held.keys().all(|origin| after.contains_key(origin))
}

/// A collection that somebody may change may be emptied by them.
fn lent(program: &Program, function: &Function, operand: &Operand, each: &mut dyn FnMut(&Place)) {
    let Some(place) = operand.place() else { return };
    let changes = match operand {
        Operand::Ref(_, changes) => *changes,
        _ => matches!(program.ty_of(function, place), Ty::Ref(true, _)),
    };
    let home = function.referred(place);
    if changes && is_collection(program, function, &home) {
        each(&home);
    }
}

/// Whether a place is a variable that this body has made.
fn is_here(function: &Function, id: BodyId, place: &Place) -> bool {
    place.whole_local().is_some_and(|local| {
        let local = function.local(local);
        local.body == id && local.param.is_none()
    })
}

fn is_collection(program: &Program, function: &Function, place: &Place) -> bool {
    let known = program.ty_of(function, place).as_known();
    known.is_some_and(|known| known.is_collection() || known == Known::Option)
}

/// Whether a place only refers to what it holds.
fn is_borrow(function: &Function, place: &Place) -> bool {
    place.whole_local().is_some_and(|local| {
        let local = function.local(local);
        match local.ty {
            Ty::Unknown => local.alias.as_ref().is_some_and(|alias| alias.same),
            _ => !may_own(&local.ty, false),
        }
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
    fn a_collection_of_handles_is_no_place_to_send_them_to() {
        check(
            &TRANSFER_NEVER_SENT,
            r#"
use framealloc::{SmartAlloc, TransferHandle};
use std::sync::mpsc::Sender;
fn pushed(alloc: &SmartAlloc) -> usize {
    let mut list = Vec::new();
    list.push(alloc.frame_box_for_transfer(1)); //~ FA203
    list.len()
}
fn array(alloc: &SmartAlloc) { let _pair = [alloc.frame_box_for_transfer(1)]; } //~ FA203
fn listed(alloc: &SmartAlloc) {
    let list = vec![alloc.frame_box_for_transfer(1)]; //~ FA203
    for handle in &list { println!("{}", size_of_val(handle)); }
}
fn collected(alloc: &SmartAlloc) {
    let made: Vec<_> = (0..3).map(|n| alloc.frame_box_for_transfer(n)).collect(); //~ FA203
    println!("{}", made.len());
}
fn slot(alloc: &SmartAlloc) {
    let mut slot = None;
    println!("{}", slot.is_none());
    slot.replace(alloc.frame_box_for_transfer(1)); //~ FA203
}
fn from_one_to_another(alloc: &SmartAlloc) {
    let mut first = vec![alloc.frame_box_for_transfer(1)]; //~ FA203
    let mut second = Vec::new();
    second.append(&mut first);
    std::mem::swap(&mut first, &mut second);
}
fn lent(alloc: &SmartAlloc, out: &Sender<TransferHandle<u32>>) {
    let mut list = vec![alloc.frame_box_for_transfer(1)];
    flush(&mut list, out);
    let mut other = vec![alloc.frame_box_for_transfer(2)];
    let all = &mut other;
    flush(all, out);
}
fn flush(list: &mut Vec<TransferHandle<u32>>, out: &Sender<TransferHandle<u32>>) {
    for handle in list.drain(..) { let _ = out.send(handle); }
}
fn drained(alloc: &SmartAlloc, out: &Sender<TransferHandle<u32>>) {
    let mut list = Vec::new();
    for n in 0..9 {
        list.push(alloc.frame_box_for_transfer(n));
        if list.len() > 3 { list.drain(..).for_each(|handle| drop(out.send(handle))); }
    }
}
fn popped(alloc: &SmartAlloc) -> u32 {
    let mut list = vec![alloc.frame_box_for_transfer(1)];
    let mut sum = 0;
    while let Some(handle) = list.pop() { sum += *handle.receive(); }
    sum
}
fn received(alloc: &SmartAlloc) -> Vec<u32> {
    let made: Vec<_> = (0..3).map(|n| alloc.frame_box_for_transfer(n)).collect();
    made.into_iter().map(|handle| handle.into_inner()).collect()
}
struct Outbox { queued: Vec<TransferHandle<u32>> }
impl Outbox {
    fn fill(&mut self, alloc: &SmartAlloc) {
        let mut batch = vec![alloc.frame_box_for_transfer(1)];
        self.queued.append(&mut batch);
        let mut more = vec![alloc.frame_box_for_transfer(2)];
        std::mem::swap(&mut self.queued, &mut more);
        let rest = vec![alloc.frame_box_for_transfer(3)];
        self.queued.extend(rest);
        let last = vec![alloc.frame_box_for_transfer(4)];
        self.queued = last;
    }
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
