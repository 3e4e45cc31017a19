//! Functions that only hand out an allocator: `fn alloc(&self) -> &SmartAlloc { &self.alloc }`.

use crate::model::{FnId, Index, ItemId, ItemShape, Known, Meaning, Space, TypeScope};
use crate::source::tree::{Expr, ExprKind, Name, PatKind, Path, Stmt, Unary};

/// Where the allocator comes from.
pub(super) enum Leads {
    /// A parameter, and the fields that lead to it.
    Param(usize, Vec<Name>),
    /// A static.
    Static(ItemId),
}

/// What a function of one expression returns, when that is a part of an argument or a static.
pub(super) fn leads_to(index: &Index, id: FnId) -> Option<Leads> {
    let function = index.function(id);
    let body = function.syntax.code().body.as_ref()?;
    let [Stmt::Expr(expr, false)] = &*body.stmts else { return None };
    let mut fields = Vec::new();
    let path = innermost(expr, &mut fields)?;
    fields.reverse();
    let name = path.single();
    if let Some(name) = name {
        if &**name == "self" && function.has_self {
            return Some(Leads::Param(0, fields));
        }
        let offset = usize::from(function.has_self);
        let param = function
            .syntax
            .code()
            .params
            .iter()
            .position(|(pat, _)| matches!(&pat.kind, PatKind::Name(known, _, None) if known == name));
        if let Some(position) = param {
            return Some(Leads::Param(position + offset, fields));
        }
    }
    let names: Vec<Name> = path.segments.iter().map(|segment| segment.name.clone()).collect();
    match index.lookup(function.module, &names, path.rooted, Space::Values)? {
        Meaning::Item(item) if matches!(index.item(item).shape, ItemShape::Value { is_const: false, .. }) => {
            Some(Leads::Static(item))
        }
        _ => None,
    }
}

/// Whether a function makes an allocator at each call: then no two of its results are the same.
pub(super) fn makes(index: &Index, id: FnId) -> bool {
    if index.signature(id).result.as_known() != Some(Known::SmartAlloc) {
        return false;
    }
    let Some(body) = index.function(id).syntax.code().body.as_ref() else { return false };
    let Some(Stmt::Expr(tail, false)) = body.stmts.last() else { return false };
    let scope = index.scope_of(id);
    let named = |stmt: &Stmt| match (stmt, &tail.kind) {
        (Stmt::Let(it), ExprKind::Path(path)) => {
            let same = matches!(&it.pat.kind, PatKind::Name(name, _, None) if path.single() == Some(name));
            same && it.value.as_ref().is_some_and(|value| is_new(index, &scope, value))
        }
        _ => false,
    };
    is_new(index, &scope, tail) || body.stmts.iter().any(named)
}

/// Whether an expression is a call of a function of the allocator's type that makes one.
fn is_new(index: &Index, scope: &TypeScope, expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(function, _) => match &function.kind {
            ExprKind::Path(path) => {
                let [owner @ .., last] = &*path.segments else { return false };
                let makes = matches!(&*last.name, "new" | "try_new" | "with_defaults" | "default");
                let owner = Path { segments: owner.to_vec(), ..path.clone() };
                let ty =
                    (makes && !owner.segments.is_empty()).then(|| index.resolve_path_type(&owner, scope));
                ty.flatten().and_then(|ty| ty.as_known()) == Some(Known::SmartAlloc)
            }
            _ => false,
        },
        ExprKind::MethodCall(call) => {
            matches!(&*call.name, "unwrap" | "expect") && is_new(index, scope, &call.receiver)
        }
        _ => false,
    }
}

/// The path at the bottom of references, fields and methods that hand on the same thing.
fn innermost<'a>(expr: &'a Expr, fields: &mut Vec<Name>) -> Option<&'a Path> {
    match &expr.kind {
        ExprKind::Path(path) => Some(path),
        ExprKind::Ref(_, inner) | ExprKind::Unary(Unary::Deref, inner) => innermost(inner, fields),
        ExprKind::Field(base, name) => {
            fields.push(name.clone());
            innermost(base, fields)
        }
        ExprKind::MethodCall(call) => match &*call.name {
            "clone" | "as_ref" | "deref" | "borrow" | "get" | "unwrap" | "expect" | "get_or_init"
            | "lock" | "read" | "as_deref" | "to_owned" => innermost(&call.receiver, fields),
            _ => None,
        },
        ExprKind::Call(_, args) => match &**args {
            // `Arc::clone(&self.alloc)`.
            [arg] => innermost(arg, fields),
            _ => None,
        },
        ExprKind::Block(block, None) => match &*block.stmts {
            [Stmt::Expr(expr, false)] => innermost(expr, fields),
            _ => None,
        },
        _ => None,
    }
}
