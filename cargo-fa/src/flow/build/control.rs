//! Branches.

use super::loops::shrinks;
use super::{Builder, Says, Target, TargetKind};
use crate::flow::body::{BlockId, Const, ContextKind, OpKind, Operand, Place, Value};
use crate::model::Ty;
use crate::source::Span;
use crate::source::tree::{Arm, Binary, Block, Expr, ExprKind, Lit, Name, Pat, PatKind, Unary};

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
                self.unmatched(pat, &place, &ty, no);
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
                match asked(cond) {
                    Some((asked, full)) => {
                        let (full, empty) = if full { (yes, no) } else { (no, yes) };
                        let (place, ty) = self.place(asked);
                        self.edge(self.block, full);
                        self.empty_to(place, &ty, cond.span, empty);
                    }
                    None => {
                        self.edge(self.block, yes);
                        self.edge(self.block, no);
                    }
                }
                self.block = yes;
            }
        }
    }

    /// Goes on where a pattern does not match.
    pub(super) fn unmatched(&mut self, pat: &Pat, place: &Place, ty: &Ty, to: BlockId) {
        if self.leaves_empty(pat, ty) {
            self.empty_to(place.clone(), ty, pat.span, to);
        } else {
            self.edge(self.block, to);
        }
    }

    /// Goes on, on a way of its own, where there is nothing in a place.
    pub(super) fn empty_to(&mut self, place: Place, ty: &Ty, span: Span, to: BlockId) {
        let (from, empty) = (self.block, self.new_block());
        self.edge(from, empty);
        self.block = empty;
        if !self.error_owns(ty) {
            self.emit(OpKind::Empty(place), span);
        }
        self.edge(empty, to);
        self.block = from;
    }

    /// A place that a pattern is compared with.
    fn scrutinee(&mut self, value: &Expr) -> (Place, Ty) {
        let (place, ty) = self.place(value);
        let local = self.temporary(value.span, Ty::unit());
        let look = Value::Look(Operand::Ref(place.clone(), false));
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
        self.conditions.push(Says::compared(compares(cond)));
        let (value, ty) = self.block(then);
        self.settle(result, value, ty, then.span);
        self.close_scope(then.span);
        self.goto(after);
        self.block = no;
        self.conditions.pop();
        if let Some(otherwise) = otherwise {
            let says = match &cond.kind {
                ExprKind::Let(_, value) if shrinks(value) => Says::RunsOut,
                _ => Says::compared(compares(cond)),
            };
            self.conditions.push(says);
            let (value, ty) = self.expr(otherwise);
            self.settle(result, value, ty, otherwise.span);
            self.conditions.pop();
        }
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
        // What a range matches was compared with it, in the arms behind it as well.
        if arms.iter().any(|arm| is_range(&arm.pat)) {
            let compared = Value::Compare(vec![Operand::Ref(place.clone(), false)]);
            let _ = self.value(compared, Ty::Scalar, value.span);
        }
        // Behind an arm that takes everything there is only the way by its guard.
        let last = arms.iter().position(|arm| self.takes_all(&arm.pat)).unwrap_or(arms.len());
        for &start in starts.iter().take(last + 1) {
            self.edge(dispatch, start);
        }
        // Behind an arm that takes all that is there, there is nothing.
        let taken = arms.iter().position(|arm| arm.guard.is_none() && self.leaves_empty(&arm.pat, &ty));
        for (position, arm) in arms.iter().enumerate() {
            self.block = starts[position];
            self.open_scope();
            if taken.is_some_and(|taken| position > taken) {
                self.emit(OpKind::Empty(place.clone()), arm.pat.span);
            }
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
            let empty = taken.is_some_and(|taken| position > taken) || self.says_empty(&arm.pat, &ty);
            let runs_out = empty && shrinks(value);
            self.conditions.push(if runs_out { Says::RunsOut } else { Says::compared(guarded) });
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

    fn takes_all(&self, pat: &Pat) -> bool {
        match &pat.kind {
            PatKind::Wild => true,
            PatKind::Name(name, _, None) => !self.is_constant(name),
            _ => false,
        }
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
}

/// The place that a condition asks whether there is something in it, and the answer that says so.
fn asked(cond: &Expr) -> Option<(&Expr, bool)> {
    let ExprKind::MethodCall(call) = &cond.kind else { return None };
    let full = match &*call.name {
        "is_some" | "is_ok" => true,
        "is_none" | "is_err" => false,
        _ => return None,
    };
    matches!(call.receiver.kind, ExprKind::Path(_) | ExprKind::Field(..)).then_some((&call.receiver, full))
}

/// Whether a condition says something about a number or a length: a bound.
pub(super) fn compares(cond: &Expr) -> bool {
    match &cond.kind {
        // How much was read says nothing about how often.
        ExprKind::Binary(Binary::Compare, left, right) => !is_reading(left) && !is_reading(right),
        ExprKind::Binary(_, left, right) => compares(left) || compares(right),
        ExprKind::Unary(_, inner) => compares(inner),
        ExprKind::MethodCall(call) => matches!(&*call.name, "is_empty" | "is_full" | "contains"),
        ExprKind::Match(value, _) => compares(value),
        _ => false,
    }
}

/// Whether an expression is how much was read, or what was received.
pub(super) fn is_reading(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::MethodCall(call)
            if matches!(&*call.name, "unwrap" | "expect" | "unwrap_or" | "unwrap_or_default") =>
        {
            is_reading(&call.receiver)
        }
        ExprKind::MethodCall(call) => call.name.starts_with("read") || call.name.starts_with("recv"),
        ExprKind::Try(inner) | ExprKind::Await(inner) => is_reading(inner),
        _ => false,
    }
}

/// Whether a pattern matches the value itself, or what an option of it holds, by a range.
fn is_range(pat: &Pat) -> bool {
    match &pat.kind {
        PatKind::Range => true,
        PatKind::Name(_, _, Some(inner)) => is_range(inner),
        PatKind::Or(cases) => cases.iter().any(is_range),
        PatKind::TupleStruct(path, parts) => {
            matches!(path.last(), "Some" | "Ok") && parts.iter().any(is_range)
        }
        _ => false,
    }
}
