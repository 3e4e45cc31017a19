//! Loops, and how many turns they have.

use std::sync::Arc;

use super::call::Args;
use super::control::{compares, is_reading};
use super::{Builder, Target, TargetKind};
use crate::flow::body::{Bound, Callee, Const, ContextKind, INDEX, Loop, LoopId, LoopKind, Operand, Place};
use crate::model::library::item_of;
use crate::model::{Def, Known, Ty};
use crate::source::Span;
use crate::source::tree::{Binary, Block, Expr, ExprKind, Lit, Name, Pat, Unary};

impl Builder<'_> {
    /// Opens a loop: its context, its place to come back to, and what `break` and `continue` mean in it.
    pub(super) fn open_loop(
        &mut self,
        kind: LoopKind,
        bound: Bound,
        label: Option<&Name>,
        span: Span,
    ) -> (LoopId, super::ContextId, super::LocalId) {
        let id = LoopId(self.function.loops.len() as u32);
        let parent = self.function.loops_around(self.context).first().copied();
        let around = self.open_context(ContextKind::Loop(id), span);
        let (head, after) = (self.new_block(), self.new_block());
        let (body, context) = (self.body, self.context);
        self.function.loops.push(Loop {
            body,
            span,
            context,
            parent,
            head,
            after,
            kind,
            bound,
            has_exit: false,
        });
        self.goto(head);
        let result = self.temporary(span, Ty::unit());
        let depth = self.scopes.len();
        let target = TargetKind::Loop(id, head, self.conditions.len());
        self.targets.push(Target { kind: target, label: label.cloned(), depth, break_to: after, result });
        (id, around, result)
    }

    pub(super) fn close_loop(&mut self, id: LoopId, around: super::ContextId) {
        let (head, after) = (self.function.a_loop(id).head, self.function.a_loop(id).after);
        self.edge(self.block, head);
        self.block = after;
        self.targets.pop();
        self.context = around;
    }

    pub(super) fn endless(&mut self, label: Option<&Name>, body: &Block, span: Span) -> (Operand, Ty) {
        let (id, around, result) =
            self.open_loop(LoopKind::Loop, Bound::Unbounded("a loop without an end"), label, span);
        self.function.locals[result.0 as usize].ty = Ty::Unknown;
        let (value, ty) = self.block(body);
        self.discard(value, ty, body.span);
        self.close_loop(id, around);
        let ty = self.ty(result);
        (self.read(Place::local(result), &ty), ty)
    }

    pub(super) fn conditional(
        &mut self,
        label: Option<&Name>,
        cond: &Expr,
        body: &Block,
        span: Span,
    ) -> (Operand, Ty) {
        let kind = if matches!(cond.kind, ExprKind::Let(..)) { LoopKind::WhileLet } else { LoopKind::While };
        let (id, around, _) = self.open_loop(kind, bound_of_condition(cond), label, span);
        let (yes, after) = (self.new_block(), self.function.a_loop(id).after);
        self.open_statement();
        self.open_scope();
        self.condition(cond, yes, after);
        self.block = yes;
        let (value, ty) = self.block(body);
        self.discard(value, ty, body.span);
        self.close_scope(body.span);
        self.close_statement(body.span);
        self.close_loop(id, around);
        (Operand::Const(Const::Other), Ty::unit())
    }

    pub(super) fn each(
        &mut self,
        label: Option<&Name>,
        pat: &Pat,
        iter: &Expr,
        body: &Block,
        span: Span,
    ) -> (Operand, Ty) {
        let (operand, ty) = self.expr(iter);
        let source = self.stored(operand, ty.clone(), iter.span);
        let bound = self.bound_of_iterator(iter, &ty);
        let (id, around, _) = self.open_loop(LoopKind::For, bound, label, span);
        let (turn, after) = (self.new_block(), self.function.a_loop(id).after);
        self.edge(self.block, turn);
        self.edge(self.block, after);
        self.block = turn;
        self.open_scope();
        let (item, of) = self.turn_of(source, &ty, iter.span);
        self.bind(pat, item, of, false);
        let (value, ty) = self.block(body);
        self.discard(value, ty, body.span);
        self.close_scope(body.span);
        self.close_loop(id, around);
        (Operand::Const(Const::Other), Ty::unit())
    }

    /// What a turn of a `for` gets: an element, or what the program's own iterator returns.
    fn turn_of(&mut self, source: Place, ty: &Ty, span: Span) -> (Place, Ty) {
        let next: Name = "next".into();
        let own = match ty.peeled().as_item() {
            Some(_) => self.index.associated(ty.peeled(), &next),
            None => Vec::new(),
        };
        if own.is_empty() {
            return (source.then(INDEX), item_of(self.index, ty));
        }
        let args = Args::of(Operand::Ref(source, true), ty.clone(), span);
        let result = self.result_of(&own, Some(ty), &args.types, &[]);
        let item = item_of(self.index, &result);
        let (turn, ty) = self.emit_call(Callee::Own(own), args, true, (next, span), Vec::new(), result, span);
        (self.stored(turn, ty, span), item)
    }

    /// How many turns a `for` over this has.
    pub(super) fn bound_of_iterator(&self, iter: &Expr, ty: &Ty) -> Bound {
        match &iter.kind {
            ExprKind::Range(Some(_), None, _) => Bound::Unbounded("a range without an end"),
            ExprKind::Range(start, Some(end), closed) => {
                let number = |expr: &Expr| match &expr.kind {
                    ExprKind::Lit(Lit::Int(number, _)) => *number,
                    _ => None,
                };
                let from = start.as_ref().map_or(Some(0), |start| number(start));
                match (from, number(end)) {
                    (Some(from), Some(to)) => Bound::Literal((to + u128::from(*closed)).saturating_sub(from)),
                    _ => Bound::Bounded,
                }
            }
            ExprKind::Array(parts) => Bound::Literal(parts.len() as u128),
            ExprKind::Ref(_, inner) => self.bound_of_iterator(inner, ty.peeled()),
            ExprKind::MethodCall(call) => match &*call.name {
                "take" | "chunks" | "chunks_exact" | "windows" | "drain" | "keys" | "values"
                | "values_mut" | "zip" | "to_vec" => Bound::Bounded,
                "lines" | "incoming" | "bytes" if !self.is_text(&call.receiver) => {
                    Bound::Unbounded("input from outside")
                }
                "try_iter" | "recv" => Bound::Unbounded("what a channel receives"),
                "cycle" => Bound::Unbounded("an iterator that starts again"),
                "iter" | "into_iter" | "iter_mut" => {
                    let receiver = self.syntactic_type(&call.receiver);
                    if self.is_receiver(&receiver) {
                        Bound::Unbounded("what a channel receives")
                    } else {
                        Bound::Bounded
                    }
                }
                _ => self.bound_of_iterator(&call.receiver, ty),
            },
            ExprKind::Call(function, _) => match &function.kind {
                ExprKind::Path(path) => match path.last() {
                    "repeat" | "repeat_with" | "from_fn" | "successors" => {
                        Bound::Unbounded("an iterator without an end")
                    }
                    "once" | "empty" => Bound::Literal(1),
                    _ => self.bound_of_type(ty),
                },
                _ => Bound::Unknown,
            },
            _ => self.bound_of_type(ty),
        }
    }

    fn bound_of_type(&self, ty: &Ty) -> Bound {
        if self.is_receiver(ty) {
            return Bound::Unbounded("what a channel receives");
        }
        let counted = self.index.chain(ty).iter().any(|ty| match ty {
            Ty::Slice(_) | Ty::Array(_) => true,
            Ty::Adt(Def::Known(known), _) => known.is_collection() || *known == Known::Option,
            _ => false,
        });
        if counted { Bound::Bounded } else { Bound::Unknown }
    }

    fn is_receiver(&self, ty: &Ty) -> bool {
        matches!(ty.peeled().as_known(), Some(Known::Receiver | Known::UnboundedReceiver))
    }

    fn is_text(&self, expr: &Expr) -> bool {
        matches!(expr.kind, ExprKind::Lit(_))
            || self.index.chain(&self.syntactic_type(expr)).iter().any(|ty| matches!(ty, Ty::Str))
    }

    /// The type of a variable or field path, without reading it.
    fn syntactic_type(&self, expr: &Expr) -> Ty {
        match &expr.kind {
            ExprKind::Path(path) => match path.single().and_then(|name| self.variable(name)) {
                Some(local) => self.ty(local),
                None => Ty::Unknown,
            },
            ExprKind::Field(base, name) => {
                self.index.field(&self.syntactic_type(base), name).map_or(Ty::Unknown, |(ty, _)| ty)
            }
            ExprKind::Ref(_, inner) => Ty::Ref(false, Arc::new(self.syntactic_type(inner))),
            _ => Ty::Unknown,
        }
    }
}

fn bound_of_condition(cond: &Expr) -> Bound {
    if compares(cond) {
        return Bound::Bounded;
    }
    match &cond.kind {
        ExprKind::Let(_, value) => bound_of_source(value),
        ExprKind::Binary(Binary::And, left, right) => {
            match (bound_of_condition(left), bound_of_condition(right)) {
                (Bound::Unbounded(why), Bound::Unbounded(_)) => Bound::Unbounded(why),
                (Bound::Bounded, _) | (_, Bound::Bounded) => Bound::Bounded,
                _ => Bound::Unknown,
            }
        }
        ExprKind::Binary(Binary::Compare, left, right) if is_reading(left) || is_reading(right) => {
            Bound::Unbounded("input from outside")
        }
        ExprKind::Lit(Lit::Bool(true)) => Bound::Unbounded("a loop without an end"),
        ExprKind::Unary(Unary::Not, inner) => bound_of_condition(inner),
        ExprKind::Path(_) | ExprKind::Field(..) => Bound::Unbounded("a flag that something else clears"),
        ExprKind::MethodCall(call) => match &*call.name {
            "load" => Bound::Unbounded("a flag that something else clears"),
            "recv" | "read_line" | "is_ok" | "is_open" | "is_running" => {
                Bound::Unbounded("input from outside")
            }
            _ => Bound::Unbounded("a condition that bounds nothing"),
        },
        _ => Bound::Unknown,
    }
}

/// Whether a value is taken out of what has fewer with each turn: where there is none, the loop is over.
pub(super) fn shrinks(value: &Expr) -> bool {
    let steps =
        matches!(&value.kind, ExprKind::MethodCall(call) if matches!(&*call.name, "next" | "next_back"));
    steps || bound_of_source(value) == Bound::Bounded
}

/// `while let pattern = value`: taking from a queue ends, receiving does not.
fn bound_of_source(value: &Expr) -> Bound {
    let mut value = value;
    loop {
        match &value.kind {
            ExprKind::MethodCall(call) => match &*call.name {
                "recv" | "recv_timeout" | "try_recv" | "accept" | "read_line" | "next_line" | "read"
                | "next_event" | "poll" => return Bound::Unbounded("input from outside"),
                "pop" | "pop_front" | "pop_back" | "pop_first" | "pop_last" | "next_back" | "peek"
                | "take" => {
                    return Bound::Bounded;
                }
                _ => value = &call.receiver,
            },
            ExprKind::Await(inner) | ExprKind::Try(inner) => value = inner,
            _ => return Bound::Unknown,
        }
    }
}
