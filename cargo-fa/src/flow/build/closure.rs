//! Closures: those that run where they are written become part of the body, the others a body of their own.

use std::sync::Arc;

use super::{Builder, Target, TargetKind};
use crate::flow::body::{BodyId, BodyKind, Bound, ContextKind, Leave, LoopKind, Operand, Place, Value};
use crate::model::Ty;
use crate::model::library::Runs;
use crate::source::Span;
use crate::source::tree::Closure;

impl Builder<'_> {
    /// A closure as a value.
    pub(super) fn closure(&mut self, closure: &Closure, span: Span) -> (Operand, Ty) {
        let kind = if closure.is_async {
            BodyKind::Async { moves: closure.moves }
        } else {
            BodyKind::Closure { moves: closure.moves }
        };
        let inputs = self.closure_inputs.take().unwrap_or_default();
        let body = self.separate(kind, span, |builder| {
            let mut params = Vec::new();
            for (position, (pat, ty)) in closure.params.iter().enumerate() {
                let declared = ty.as_ref().map(|ty| builder.index.resolve(ty, &builder.types));
                let ty = declared.or_else(|| inputs.get(position).cloned()).unwrap_or(Ty::Unknown);
                let local = builder.new_local(None, pat.span, ty.clone());
                builder.assigned[local.0 as usize] = 1;
                builder.scope().owned.push(local);
                builder.bind_param(pat, local, ty);
                params.push(local);
            }
            let body = builder.body.0 as usize;
            builder.function.bodies[body].params = params;
            builder.expr(&closure.body)
        });
        let declared = closure.result.as_ref().map(|ty| self.index.resolve(ty, &self.types));
        let result = declared.or_else(|| self.closures.get(&body).cloned()).unwrap_or(Ty::Unknown);
        let result = if closure.is_async { Ty::Future(Arc::new(result)) } else { result };
        self.value(Value::Closure(body), Ty::Callable(Arc::new(result)), span)
    }

    /// A body of its own.
    pub(super) fn separate(
        &mut self,
        kind: BodyKind,
        span: Span,
        content: impl FnOnce(&mut Self) -> (Operand, Ty),
    ) -> BodyId {
        let (body, block, context) = (self.body, self.block, self.context);
        let conditions = std::mem::take(&mut self.conditions);
        self.open_statement();
        self.open_body(kind, span);
        let id = self.body;
        let (value, ty) = content(self);
        self.closures.insert(id, ty);
        self.close_body(value, span);
        self.temporaries.pop();
        self.conditions = conditions;
        (self.body, self.block, self.context) = (body, block, context);
        id
    }

    /// A closure that runs here, `runs` times, with these arguments.
    pub(super) fn inline(
        &mut self,
        closure: &Closure,
        params: Vec<(Operand, Ty)>,
        runs: Runs,
        kind: ContextKind,
        bound: Bound,
    ) -> (Operand, Ty) {
        let span = closure.body.span;
        let result = self.temporary(span, Ty::Unknown);
        let after = self.new_block();
        let around = self.open_context(kind, span);
        let turns = match runs {
            Runs::Once => None,
            Runs::Perhaps => {
                let inside = self.new_block();
                self.edge(self.block, inside);
                self.edge(self.block, after);
                self.block = inside;
                None
            }
            Runs::Often => {
                let (id, before, _) = self.open_loop(LoopKind::Iterator, bound, None, span);
                let (inside, out) = (self.new_block(), self.function.a_loop(id).after);
                self.edge(self.block, inside);
                self.edge(self.block, out);
                self.block = inside;
                Some((id, before))
            }
        };
        let end = if turns.is_some() { self.new_block() } else { after };
        let depth = self.scopes.len();
        self.targets.push(Target { kind: TargetKind::Inline, label: None, depth, break_to: end, result });
        self.open_scope();
        self.open_statement();
        for (position, (pat, ty)) in closure.params.iter().enumerate() {
            let declared =
                ty.as_ref().map(|ty| self.index.resolve(ty, &self.types)).filter(|ty| !ty.is_unknown());
            let Some((operand, known)) = params.get(position).cloned() else {
                self.bind_unknown(pat, declared.unwrap_or(Ty::Unknown));
                continue;
            };
            let ty = declared.unwrap_or(known);
            let local = self.new_local(None, pat.span, ty.clone());
            self.assign(Place::local(local), Value::Use(operand), pat.span);
            self.bind_param(pat, local, ty);
        }
        let (value, ty) = self.expr(&closure.body);
        self.settle(result, value, ty, span);
        self.close_statement(span);
        self.close_scope(span);
        self.targets.pop();
        self.goto(end);
        if let Some((id, before)) = turns {
            self.close_loop(id, before);
            self.goto(after);
        }
        self.context = around;
        self.block = after;
        let ty = self.ty(result);
        (self.read(Place::local(result), &ty), ty)
    }

    /// Leaves the closure that runs here, which is the innermost there is.
    pub(super) fn leave_closure(&self) -> Leave {
        let mut around = self.function.around(self.context);
        let closure = around
            .find(|(_, context)| matches!(context.kind, ContextKind::Inline(_) | ContextKind::Tag(..)))
            .map_or(self.context, |(id, _)| id);
        Leave::Closure(closure)
    }

    fn bind_unknown(&mut self, pat: &crate::source::tree::Pat, ty: Ty) {
        let local = self.new_local(None, pat.span, ty.clone());
        self.bind_param(pat, local, ty);
    }
}
