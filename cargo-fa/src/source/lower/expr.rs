//! Statements and expressions.

use super::super::span::Span;
use super::super::tree::{
    Arm, Binary, Block, Closure, Expr, ExprKind, Inner, Let, Lit, MethodCall, Name, PatKind, Stmt, Unary,
};
use super::{Lowering, Pat};

impl Lowering {
    pub(super) fn block(&self, block: &syn::Block) -> Block {
        let mut items = Vec::new();
        let mut stmts = Vec::new();
        for stmt in &block.stmts {
            match stmt {
                syn::Stmt::Local(local) => stmts.push(Stmt::Let(Box::new(self.local(local)))),
                syn::Stmt::Item(item) => items.extend(self.items([item])),
                syn::Stmt::Expr(expr, semi) => stmts.push(Stmt::Expr(self.expr(expr), semi.is_some())),
                syn::Stmt::Macro(call) => {
                    let statics = self.statics_of_macro(&call.mac);
                    if statics.is_empty() {
                        // A macro in braces is a statement also without its semicolon, unless it is the last.
                        stmts.push(Stmt::Expr(self.macro_call(&call.mac), call.semi_token.is_some()));
                    } else {
                        items.extend(statics);
                    }
                }
            }
        }
        let span = self.delimited(&block.brace_token.span);
        let has_items = !items.is_empty();
        if has_items {
            self.inner.borrow_mut().push(Inner { block: span, items });
        }
        Block { span, has_items, stmts }
    }

    fn local(&self, local: &syn::Local) -> Let {
        let ty = match &local.pat {
            syn::Pat::Type(typed) => Some(self.ty(&typed.ty)),
            _ => None,
        };
        let (value, otherwise) = match &local.init {
            Some(init) => {
                (Some(self.expr(&init.expr)), init.diverge.as_ref().map(|(_, block)| self.expr(block)))
            }
            None => (None, None),
        };
        let span = self.span(local.let_token.span).to(self.span(local.semi_token.span));
        Let { span, pat: self.pat(&local.pat), ty, value, otherwise }
    }

    pub(super) fn args<'a>(&self, args: impl IntoIterator<Item = &'a syn::Expr>) -> Vec<Expr> {
        args.into_iter().map(|arg| self.expr(arg)).collect()
    }

    fn boxed(&self, expr: &syn::Expr) -> Box<Expr> {
        Box::new(self.expr(expr))
    }

    pub(super) fn label(&self, label: Option<&syn::Label>) -> Option<Name> {
        label.map(|label| self.lifetime(&label.name))
    }

    pub(super) fn expr(&self, expr: &syn::Expr) -> Expr {
        let at = |span: Span, kind| Expr { span, kind };
        match expr {
            syn::Expr::Path(path) => {
                let path = self.path(&path.path, path.qself.as_ref());
                at(path.span, ExprKind::Path(path))
            }
            syn::Expr::Lit(lit) => at(self.span(lit.lit.span()), ExprKind::Lit(self.lit(&lit.lit))),
            syn::Expr::Paren(paren) => {
                let inner = self.expr(&paren.expr);
                at(self.delimited(&paren.paren_token.span), inner.kind)
            }
            syn::Expr::Group(group) => self.expr(&group.expr),
            syn::Expr::Field(field) => {
                let base = self.expr(&field.base);
                let end = match &field.member {
                    syn::Member::Named(ident) => ident.span(),
                    syn::Member::Unnamed(index) => index.span,
                };
                at(base.span.to(self.span(end)), ExprKind::Field(Box::new(base), self.member(&field.member)))
            }
            syn::Expr::Index(index) => {
                let base = self.expr(&index.expr);
                let span = base.span.to(self.delimited(&index.bracket_token.span));
                at(span, ExprKind::Index(Box::new(base), self.boxed(&index.index)))
            }
            syn::Expr::Call(call) => {
                let function = self.expr(&call.func);
                let span = function.span.to(self.delimited(&call.paren_token.span));
                at(span, ExprKind::Call(Box::new(function), self.args(&call.args)))
            }
            syn::Expr::MethodCall(call) => {
                let receiver = self.expr(&call.receiver);
                let span = receiver.span.to(self.delimited(&call.paren_token.span));
                let call = MethodCall {
                    receiver,
                    name: self.name(&call.method),
                    name_span: self.span(call.method.span()),
                    types: call.turbofish.as_ref().map_or_else(Vec::new, |list| self.types(list)),
                    args: self.args(&call.args),
                };
                at(span, ExprKind::MethodCall(Box::new(call)))
            }
            syn::Expr::Macro(call) => self.macro_call(&call.mac),
            syn::Expr::Unary(unary) => {
                let (op, token) = match &unary.op {
                    syn::UnOp::Deref(token) => (Unary::Deref, token.span),
                    syn::UnOp::Not(token) => (Unary::Not, token.span),
                    syn::UnOp::Neg(token) => (Unary::Negate, token.span),
                    _ => return self.expr(&unary.expr),
                };
                let inner = self.expr(&unary.expr);
                at(self.span(token).to(inner.span), ExprKind::Unary(op, Box::new(inner)))
            }
            syn::Expr::Binary(binary) => {
                let (left, right) = (self.expr(&binary.left), self.expr(&binary.right));
                let span = left.span.to(right.span);
                let (left, right) = (Box::new(left), Box::new(right));
                at(span, operator(&binary.op, left, right))
            }
            syn::Expr::Assign(assign) => {
                let (left, right) = (self.expr(&assign.left), self.expr(&assign.right));
                at(left.span.to(right.span), ExprKind::Assign(Box::new(left), Box::new(right)))
            }
            syn::Expr::Reference(reference) => {
                let inner = self.expr(&reference.expr);
                let span = self.span(reference.and_token.span).to(inner.span);
                at(span, ExprKind::Ref(reference.mutability.is_some(), Box::new(inner)))
            }
            syn::Expr::RawAddr(address) => {
                let inner = self.expr(&address.expr);
                at(self.span(address.and_token.span).to(inner.span), ExprKind::RawRef(Box::new(inner)))
            }
            syn::Expr::Cast(cast) => {
                let (inner, ty) = (self.expr(&cast.expr), self.ty(&cast.ty));
                at(inner.span.to(ty.span), ExprKind::Cast(Box::new(inner), ty))
            }
            syn::Expr::Block(block) => {
                let label = self.label(block.label.as_ref());
                let block = self.block(&block.block);
                at(block.span, ExprKind::Block(block, label))
            }
            syn::Expr::Unsafe(block) => {
                let start = self.span(block.unsafe_token.span);
                let block = self.block(&block.block);
                at(start.to(block.span), ExprKind::Block(block, None))
            }
            syn::Expr::Const(block) => {
                let block = self.block(&block.block);
                at(block.span, ExprKind::Block(block, None))
            }
            syn::Expr::TryBlock(block) => {
                let block = self.block(&block.block);
                at(block.span, ExprKind::Block(block, None))
            }
            syn::Expr::Async(block) => {
                let start = self.span(block.async_token.span);
                let body = self.block(&block.block);
                at(start.to(body.span), ExprKind::Async(block.capture.is_some(), body))
            }
            syn::Expr::If(branch) => {
                let start = self.span(branch.if_token.span);
                let then = self.block(&branch.then_branch);
                let otherwise = branch.else_branch.as_ref().map(|(_, expr)| self.boxed(expr));
                let end = otherwise.as_ref().map_or(then.span, |expr| expr.span);
                at(start.to(end), ExprKind::If(self.boxed(&branch.cond), then, otherwise))
            }
            syn::Expr::Let(test) => {
                let value = self.expr(&test.expr);
                let span = self.span(test.let_token.span).to(value.span);
                at(span, ExprKind::Let(Box::new(self.pat(&test.pat)), Box::new(value)))
            }
            syn::Expr::Match(branch) => {
                let span = self.span(branch.match_token.span).to(self.delimited(&branch.brace_token.span));
                let arms = branch.arms.iter().map(|arm| Arm {
                    guard: match &arm.pat {
                        syn::Pat::Guard(guard) => Some(self.expr(&guard.guard)),
                        _ => None,
                    },
                    pat: self.pat(&arm.pat),
                    body: self.expr(&arm.body),
                });
                let arms = arms.collect();
                at(span, ExprKind::Match(self.boxed(&branch.expr), arms))
            }
            syn::Expr::Loop(it) => {
                let body = self.block(&it.body);
                let span = self.span(it.loop_token.span).to(body.span);
                at(span, ExprKind::Loop(self.label(it.label.as_ref()), body))
            }
            syn::Expr::While(it) => {
                let body = self.block(&it.body);
                let span = self.span(it.while_token.span).to(body.span);
                at(span, ExprKind::While(self.label(it.label.as_ref()), self.boxed(&it.cond), body))
            }
            syn::Expr::ForLoop(it) => {
                let body = self.block(&it.body);
                let span = self.span(it.for_token.span).to(body.span);
                let (pat, iter) = (Box::new(self.pat(&it.pat)), self.boxed(&it.expr));
                at(span, ExprKind::For(self.label(it.label.as_ref()), pat, iter, body))
            }
            syn::Expr::Break(it) => {
                let start = self.span(it.break_token.span);
                let value = it.expr.as_ref().map(|expr| self.boxed(expr));
                let span = value.as_ref().map_or(start, |value| start.to(value.span));
                at(span, ExprKind::Break(it.label.as_ref().map(|label| self.lifetime(label)), value))
            }
            syn::Expr::Continue(it) => {
                let span = self.span(it.continue_token.span);
                at(span, ExprKind::Continue(it.label.as_ref().map(|label| self.lifetime(label))))
            }
            syn::Expr::Return(it) => {
                let start = self.span(it.return_token.span);
                let value = it.expr.as_ref().map(|expr| self.boxed(expr));
                let span = value.as_ref().map_or(start, |value| start.to(value.span));
                at(span, ExprKind::Return(value))
            }
            syn::Expr::Yield(it) => {
                let start = self.span(it.yield_token.span);
                match &it.expr {
                    Some(value) => {
                        let value = self.expr(value);
                        at(start.to(value.span), ExprKind::Tuple(vec![value]))
                    }
                    None => at(start, ExprKind::Missing),
                }
            }
            syn::Expr::Await(it) => {
                let base = self.boxed(&it.base);
                at(base.span.to(self.span(it.await_token.span)), ExprKind::Await(base))
            }
            syn::Expr::Try(it) => {
                let base = self.boxed(&it.expr);
                at(base.span.to(self.span(it.question_token.span)), ExprKind::Try(base))
            }
            syn::Expr::Struct(it) => {
                let path = self.path(&it.path, it.qself.as_ref());
                let span = path.span.to(self.delimited(&it.brace_token.span));
                let fields =
                    it.fields.iter().map(|field| (self.member(&field.member), self.expr(&field.expr)));
                let rest = it.rest.as_ref().map(|rest| self.boxed(rest));
                at(span, ExprKind::Struct(path, fields.collect(), rest))
            }
            syn::Expr::Tuple(it) => {
                at(self.delimited(&it.paren_token.span), ExprKind::Tuple(self.args(&it.elems)))
            }
            syn::Expr::Array(it) => {
                at(self.delimited(&it.bracket_token.span), ExprKind::Array(self.args(&it.elems)))
            }
            syn::Expr::Repeat(it) => {
                let span = self.delimited(&it.bracket_token.span);
                at(span, ExprKind::Repeat(self.boxed(&it.expr), self.boxed(&it.len)))
            }
            syn::Expr::Range(it) => {
                let mut span = match &it.limits {
                    syn::RangeLimits::HalfOpen(token) => {
                        self.span(token.spans[0]).to(self.span(token.spans[token.spans.len() - 1]))
                    }
                    syn::RangeLimits::Closed(token) => {
                        self.span(token.spans[0]).to(self.span(token.spans[token.spans.len() - 1]))
                    }
                };
                let start = it.start.as_ref().map(|expr| self.boxed(expr));
                let end = it.end.as_ref().map(|expr| self.boxed(expr));
                for side in [&start, &end].into_iter().flatten() {
                    span = span.to(side.span);
                }
                at(span, ExprKind::Range(start, end, matches!(it.limits, syn::RangeLimits::Closed(_))))
            }
            syn::Expr::Closure(it) => {
                let body = self.expr(&it.body);
                let mut start = self.span(it.inputs_begin.span);
                for token in [
                    it.capture.as_ref().map(|token| token.span),
                    it.asyncness.as_ref().map(|token| token.span),
                ] {
                    start = token.map_or(start, |token| self.span(token).to(start));
                }
                let params = it.inputs.iter().map(|pat| match pat {
                    syn::Pat::Type(typed) => (self.pat(&typed.pat), Some(self.ty(&typed.ty))),
                    _ => (self.pat(pat), None),
                });
                let closure = Closure {
                    moves: it.capture.is_some(),
                    is_async: it.asyncness.is_some(),
                    params: params.collect(),
                    result: match &it.output {
                        syn::ReturnType::Type(_, ty) => Some(self.ty(ty)),
                        syn::ReturnType::Default => None,
                    },
                    body,
                };
                at(start.to(closure.body.span), ExprKind::Closure(Box::new(closure)))
            }
            _ => at(Span { file: self.file, start: self.base, end: self.base }, ExprKind::Missing),
        }
    }

    /// The value of an expression that is a literal.
    pub(super) fn literal(&self, expr: &syn::Expr) -> Option<Lit> {
        match expr {
            syn::Expr::Lit(lit) => Some(self.lit(&lit.lit)),
            syn::Expr::Paren(paren) => self.literal(&paren.expr),
            syn::Expr::Group(group) => self.literal(&group.expr),
            _ => None,
        }
    }

    fn lit(&self, lit: &syn::Lit) -> Lit {
        match lit {
            syn::Lit::Str(text) => Lit::Str(self.name_of(&text.value())),
            syn::Lit::Int(number) => {
                Lit::Int(number.base10_digits().parse().ok(), self.name_of(number.suffix()))
            }
            syn::Lit::Float(number) => Lit::Float(self.name_of(number.suffix())),
            syn::Lit::Bool(value) => Lit::Bool(value.value),
            syn::Lit::Char(_) => Lit::Char,
            _ => Lit::Other,
        }
    }

    /// `matches!(value, pattern if guard)`.
    pub(super) fn matches(&self, span: Span, value: Expr, pat: Pat, guard: Option<Expr>) -> Expr {
        let bool_of = |value| Expr { span, kind: ExprKind::Lit(Lit::Bool(value)) };
        let arms = vec![
            Arm { pat, guard, body: bool_of(true) },
            Arm { pat: Pat { span, kind: PatKind::Wild }, guard: None, body: bool_of(false) },
        ];
        Expr { span, kind: ExprKind::Match(Box::new(value), arms) }
    }
}

fn operator(op: &syn::BinOp, left: Box<Expr>, right: Box<Expr>) -> ExprKind {
    use syn::BinOp as Op;
    match op {
        Op::And(_) => ExprKind::Binary(Binary::And, left, right),
        Op::Or(_) => ExprKind::Binary(Binary::Or, left, right),
        Op::Eq(_) | Op::Ne(_) | Op::Lt(_) | Op::Le(_) | Op::Gt(_) | Op::Ge(_) => {
            ExprKind::Binary(Binary::Compare, left, right)
        }
        Op::AddAssign(_)
        | Op::SubAssign(_)
        | Op::MulAssign(_)
        | Op::DivAssign(_)
        | Op::RemAssign(_)
        | Op::BitXorAssign(_)
        | Op::BitAndAssign(_)
        | Op::BitOrAssign(_)
        | Op::ShlAssign(_)
        | Op::ShrAssign(_) => ExprKind::AssignOp(left, right),
        _ => ExprKind::Binary(Binary::Arithmetic, left, right),
    }
}
