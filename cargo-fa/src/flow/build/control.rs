//! Branches, loops, and how they are left.

use std::sync::Arc;

use super::{Builder, Target, TargetKind};
use crate::flow::body::{
    BlockId, Bound, Const, ContextKind, INDEX, Leave, Loop, LoopId, LoopKind, Operand, Place, Value,
};
use crate::model::library::item_of;
use crate::model::{Def, Known, Ty};
use crate::source::Span;
use crate::source::tree::{Arm, Binary, Block, Expr, ExprKind, Lit, Name, Pat, Unary};

impl Builder<'_> {
    /// `a && b`, `a || b` as a value.
    pub(super) fn lazy(&mut self, left: &Expr, right: &Expr, span: Span) -> (Operand, Ty) {
        let (operand, _) = self.expr(left);
        let (more, after) = (self.new_block(), self.new_block());
        self.edge(self.block, more);
        self.edge(self.block, after);
        self.block = more;
        let (other, _) = self.expr(right);
        self.goto(after);
        self.value(Value::Compute(vec![operand, other]), Ty::Scalar, span)
    }

    /// A condition, and where it goes on.
    pub(super) fn condition(&mut self, cond: &Expr, yes: BlockId, no: BlockId) {
        match &cond.kind {
            ExprKind::Binary(Binary::And, left, right) => {
                let middle = self.new_block();
                self.condition(left, middle, no);
                self.block = middle;
                self.condition(right, yes, no);
            }
            ExprKind::Binary(Binary::Or, left, right) => {
                let middle = self.new_block();
                self.condition(left, yes, middle);
                self.block = middle;
                self.condition(right, yes, no);
            }
            ExprKind::Unary(Unary::Not, inner) => self.condition(inner, no, yes),
            ExprKind::Let(pat, value) => {
                let (place, ty) = self.scrutinee(value);
                let bound = self.new_block();
                self.edge(self.block, bound);
                self.edge(self.block, no);
                self.block = bound;
                self.bind(pat, place, ty, false);
                self.edge(self.block, yes);
                self.block = yes;
            }
            ExprKind::Lit(Lit::Bool(value)) => {
                let to = if *value { yes } else { no };
                self.edge(self.block, to);
                self.block = yes;
            }
            _ => {
                // What it makes on the way ends before the branch begins.
                self.open_statement();
                let (operand, ty) = self.expr(cond);
                self.discard(operand, ty, cond.span);
                self.close_statement(cond.span);
                self.edge(self.block, yes);
                self.edge(self.block, no);
                self.block = yes;
            }
        }
    }

    /// A place that a pattern is compared with.
    fn scrutinee(&mut self, value: &Expr) -> (Place, Ty) {
        let (place, ty) = self.place(value);
        let local = self.temporary(value.span, Ty::unit());
        let look = Value::Compare(vec![Operand::Ref(place.clone(), false)]);
        self.assign(Place::local(local), look, value.span);
        (place, ty)
    }

    pub(super) fn branch(
        &mut self,
        cond: &Expr,
        then: &Block,
        otherwise: Option<&Expr>,
        span: Span,
    ) -> (Operand, Ty) {
        let (yes, no, after) = (self.new_block(), self.new_block(), self.new_block());
        let result = self.temporary(span, Ty::Unknown);
        self.open_scope();
        self.condition(cond, yes, no);
        self.block = yes;
        self.conditions.push(compares(cond));
        let (value, ty) = self.block(then);
        self.settle(result, value, ty, then.span);
        self.close_scope(then.span);
        self.goto(after);
        self.block = no;
        if let Some(otherwise) = otherwise {
            let (value, ty) = self.expr(otherwise);
            self.settle(result, value, ty, otherwise.span);
        }
        self.conditions.pop();
        self.goto(after);
        let ty = self.ty(result);
        (self.read(Place::local(result), &ty), ty)
    }

    /// Puts the value of a branch where that of all branches is.
    pub(super) fn settle(&mut self, result: super::LocalId, value: Operand, ty: Ty, span: Span) {
        let local = &mut self.function.locals[result.0 as usize];
        if local.ty.is_unknown() || matches!(local.ty, Ty::Never) {
            local.ty = ty;
        }
        if !matches!(value, Operand::Const(Const::Other)) {
            self.assign(Place::local(result), Value::Use(value), span);
        }
    }

    pub(super) fn choice(&mut self, value: &Expr, arms: &[Arm], span: Span) -> (Operand, Ty) {
        let result = self.temporary(span, Ty::Unknown);
        let (place, ty) = self.scrutinee(value);
        let dispatch = self.block;
        let after = self.new_block();
        let starts: Vec<BlockId> = arms.iter().map(|_| self.new_block()).collect();
        for &start in &starts {
            self.edge(dispatch, start);
        }
        for (position, arm) in arms.iter().enumerate() {
            self.block = starts[position];
            self.open_scope();
            self.bind(&arm.pat, place.clone(), ty.clone(), false);
            let guarded = match &arm.guard {
                Some(guard) => {
                    let yes = self.new_block();
                    let no = starts.get(position + 1).copied().unwrap_or(after);
                    self.condition(guard, yes, no);
                    self.block = yes;
                    compares(guard)
                }
                None => false,
            };
            self.conditions.push(guarded);
            self.open_statement();
            let (value, ty) = self.expr(&arm.body);
            self.settle(result, value, ty, arm.body.span);
            self.close_statement(arm.body.span);
            self.conditions.pop();
            self.close_scope(arm.body.span);
            self.goto(after);
        }
        self.block = after;
        let ty = self.ty(result);
        (self.read(Place::local(result), &ty), ty)
    }

    pub(super) fn labelled_block(
        &mut self,
        block: &Block,
        label: Option<&Name>,
        span: Span,
    ) -> (Operand, Ty) {
        let around = self.open_context(ContextKind::Block, span);
        let value = match label {
            None => self.block(block),
            Some(_) => {
                let result = self.temporary(span, Ty::Unknown);
                let after = self.new_block();
                let depth = self.scopes.len();
                let label = label.cloned();
                self.targets.push(Target { kind: TargetKind::Block, label, depth, break_to: after, result });
                let (value, ty) = self.block(block);
                self.settle(result, value, ty, span);
                self.targets.pop();
                self.goto(after);
                let ty = self.ty(result);
                (self.read(Place::local(result), &ty), ty)
            }
        };
        self.context = around;
        value
    }

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
        let item = item_of(self.index, &ty);
        self.bind(pat, source.then(INDEX), item, false);
        let (value, ty) = self.block(body);
        self.discard(value, ty, body.span);
        self.close_scope(body.span);
        self.close_loop(id, around);
        (Operand::Const(Const::Other), Ty::unit())
    }

    /// How many turns a `for` over this has.
    pub(super) fn bound_of_iterator(&self, iter: &Expr, ty: &Ty) -> Bound {
        match &iter.kind {
            ExprKind::Range(Some(_), None) => Bound::Unbounded("a range without an end"),
            ExprKind::Range(start, Some(end)) => {
                let number = |expr: &Expr| match &expr.kind {
                    ExprKind::Lit(Lit::Int(number, _)) => *number,
                    _ => None,
                };
                let from = start.as_ref().map_or(Some(0), |start| number(start));
                match (from, number(end)) {
                    (Some(from), Some(to)) => Bound::Literal(to.saturating_sub(from)),
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

    fn target_of(&self, label: Option<&Name>) -> Option<usize> {
        for (position, target) in self.targets.iter().enumerate().rev() {
            match target.kind {
                TargetKind::Inline | TargetKind::Body => return None,
                TargetKind::Loop(..) if label.is_none() || target.label.as_ref() == label => {
                    return Some(position);
                }
                TargetKind::Block if label.is_some() && target.label.as_ref() == label => {
                    return Some(position);
                }
                _ => {}
            }
        }
        None
    }

    /// Notes that loops may be left by a condition that compares something.
    fn note_exit(&mut self, down_to: usize) {
        for position in (down_to..self.targets.len()).rev() {
            if let TargetKind::Loop(id, _, before) = self.targets[position].kind
                && self.conditions[before.min(self.conditions.len())..].iter().any(|&compares| compares)
            {
                self.function.loops[id.0 as usize].has_exit = true;
            }
        }
    }

    pub(super) fn break_out(
        &mut self,
        label: Option<&Name>,
        value: Option<&Expr>,
        span: Span,
    ) -> (Operand, Ty) {
        let value = value.map(|value| (self.expr(value), value.span));
        if let Some(position) = self.target_of(label) {
            let Target { kind, depth, break_to, result, .. } = self.targets[position];
            if let Some(((operand, ty), at)) = value {
                self.settle(result, operand, ty, at);
            }
            self.note_exit(position);
            match kind {
                TargetKind::Loop(id, ..) => self.leave(Leave::Break(id), break_to, depth, span),
                _ => {
                    self.drop_scopes(depth, span);
                    self.jump(break_to);
                }
            }
        }
        (Operand::Const(Const::Other), Ty::Never)
    }

    pub(super) fn continue_with(&mut self, label: Option<&Name>, span: Span) -> (Operand, Ty) {
        if let Some(position) = self.target_of(label)
            && let TargetKind::Loop(id, head, _) = self.targets[position].kind
        {
            let depth = self.targets[position].depth;
            self.leave(Leave::Continue(id), head, depth, span);
        }
        (Operand::Const(Const::Other), Ty::Never)
    }

    fn body_target(&self) -> usize {
        let found = self
            .targets
            .iter()
            .rposition(|target| matches!(target.kind, TargetKind::Inline | TargetKind::Body));
        found.unwrap_or(0)
    }

    pub(super) fn return_from(&mut self, value: Option<&Expr>, span: Span) -> (Operand, Ty) {
        let value = value.map(|value| (self.expr(value), value.span));
        let position = self.body_target();
        let Target { kind, depth, break_to, result, .. } = self.targets[position];
        if let Some(((operand, ty), at)) = value {
            self.settle(result, operand, ty, at);
        }
        self.note_exit(position);
        let how = if kind == TargetKind::Inline { self.leave_closure() } else { Leave::Return };
        self.leave(how, break_to, depth, span);
        (Operand::Const(Const::Other), Ty::Never)
    }

    pub(super) fn question(&mut self, inner: &Expr, span: Span) -> (Operand, Ty) {
        let (operand, ty) = self.expr(inner);
        let place = self.stored(operand, ty.clone(), inner.span);
        let (good, bad) = (self.new_block(), self.new_block());
        self.edge(self.block, good);
        self.edge(self.block, bad);
        self.block = bad;
        let position = self.body_target();
        let Target { kind, depth, break_to, .. } = self.targets[position];
        let at = Span { start: span.end.saturating_sub(1), ..span };
        let how = if kind == TargetKind::Inline { self.leave_closure() } else { Leave::Try };
        self.leave(how, break_to, depth, at);
        self.block = good;
        let ty = match ty.as_known() {
            Some(Known::Option | Known::Result) => ty.arg(0),
            _ => Ty::Unknown,
        };
        let operand = self.read(place, &ty);
        (operand, ty)
    }

    /// A macro that panics: nothing follows it.
    pub(super) fn panic(&mut self, span: Span) -> (Operand, Ty) {
        let position = self.targets.iter().rposition(|target| target.kind == TargetKind::Body).unwrap_or(0);
        let depth = self.targets[position].depth;
        let to = self.function.body(self.body).panic;
        self.leave(Leave::Panic, to, depth, span);
        (Operand::Const(Const::Other), Ty::Never)
    }
}

/// Whether a condition says something about a number or a length: a bound.
fn compares(cond: &Expr) -> bool {
    match &cond.kind {
        ExprKind::Binary(Binary::Compare, ..) => true,
        ExprKind::Binary(_, left, right) => compares(left) || compares(right),
        ExprKind::Unary(_, inner) => compares(inner),
        ExprKind::MethodCall(call) => matches!(&*call.name, "is_empty" | "is_full" | "contains"),
        ExprKind::Match(value, _) => compares(value),
        _ => false,
    }
}

fn bound_of_condition(cond: &Expr) -> Bound {
    if compares(cond) {
        return Bound::Bounded;
    }
    match &cond.kind {
        ExprKind::Let(pat, value) => bound_of_source(pat, value),
        ExprKind::Binary(Binary::And, left, right) => {
            match (bound_of_condition(left), bound_of_condition(right)) {
                (Bound::Unbounded(why), Bound::Unbounded(_)) => Bound::Unbounded(why),
                (Bound::Bounded, _) | (_, Bound::Bounded) => Bound::Bounded,
                _ => Bound::Unknown,
            }
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

/// `while let pattern = value`: taking from a queue ends, receiving does not.
fn bound_of_source(_pat: &Pat, value: &Expr) -> Bound {
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
