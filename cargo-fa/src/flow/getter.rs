//! Functions that only hand out an allocator: `fn alloc(&self) -> &SmartAlloc { &self.alloc }`.

use crate::model::{FnId, Index, ItemId, ItemShape, Meaning, Space};
use crate::source::tree::{Expr, ExprKind, Name, PatKind, Stmt, Unary};

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

/// The path at the bottom of references, fields and methods that hand on the same thing.
fn innermost<'a>(expr: &'a Expr, fields: &mut Vec<Name>) -> Option<&'a crate::source::tree::Path> {
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
