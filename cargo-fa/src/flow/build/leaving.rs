//! How loops, blocks and functions are left.

use super::{Builder, Says, Target, TargetKind};
use crate::flow::body::{Bound, Const, Leave, LoopKind, OpKind, Operand};
use crate::model::{Known, Ty};
use crate::source::Span;
use crate::source::tree::{Expr, Name};

impl Builder<'_> {
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

    /// Notes that loops are left by a condition that bounds them.
    fn note_exit(&mut self, down_to: usize) {
        for position in (down_to..self.targets.len()).rev() {
            if let TargetKind::Loop(id, _, before) = self.targets[position].kind {
                let conditions = &self.conditions[before.min(self.conditions.len())..];
                let a_loop = &mut self.function.loops[id.0 as usize];
                a_loop.has_exit |= conditions.iter().any(|&says| says != Says::Nothing);
                // Another way to write `while let Some(..) = ..`.
                if conditions.contains(&Says::RunsOut) && a_loop.kind == LoopKind::Loop {
                    a_loop.bound = Bound::Bounded;
                }
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
        if !self.error_owns(&ty) {
            self.emit(OpKind::Empty(place.clone()), span);
        }
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
