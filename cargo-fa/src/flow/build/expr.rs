//! Expressions: each is read as a value or as a place.

use std::sync::Arc;

use super::loops::shrinks;
use super::{Builder, Says};
use crate::flow::body::{
    Aggregate, Alias, Base, BodyKind, Const, DEREF, DropWhy, INDEX, OpKind, Operand, Place, Value,
};
use crate::model::library::element;
use crate::model::{Def, ItemShape, Known, Meaning, Ty};
use crate::source::Span;
use crate::source::tree::{Binary, Block, Expr, ExprKind, Let, Lit, Name, PatKind, Path, Stmt, Unary};

impl Builder<'_> {
    /// A block; its value is in no variable of it.
    pub(super) fn block(&mut self, block: &Block) -> (Operand, Ty) {
        let around = self.types.module;
        if block.has_items
            && let Some(module) = self.index.block(block.span)
        {
            self.types.module = module;
        }
        self.open_scope();
        let mut value = (Operand::Const(Const::Other), Ty::unit());
        for (position, stmt) in block.stmts.iter().enumerate() {
            match stmt {
                Stmt::Let(it) => self.let_statement(it),
                Stmt::Expr(expr, semi) if *semi || position + 1 < block.stmts.len() => {
                    self.open_statement();
                    let (operand, ty) = self.expr(expr);
                    self.discard(operand, ty, expr.span);
                    self.close_statement(expr.span);
                }
                Stmt::Expr(expr, _) => {
                    let (operand, ty) = self.expr(expr);
                    // The variables of the block end before its value is used.
                    let operand = match operand {
                        Operand::Const(_) => operand,
                        _ => {
                            let local = self.temporary(expr.span, ty.clone());
                            self.assign(Place::local(local), Value::Use(operand), expr.span);
                            self.read(Place::local(local), &ty)
                        }
                    };
                    value = (operand, ty);
                }
            }
        }
        self.close_scope(block.span);
        self.types.module = around;
        value
    }

    fn let_statement(&mut self, it: &Let) {
        self.open_statement();
        let declared = it.ty.as_ref().map(|ty| self.index.resolve(ty, &self.types));
        let Some(value) = &it.value else {
            self.bind_uninitialised(it, declared.unwrap_or(Ty::Unknown));
            self.close_statement(it.span);
            return;
        };
        let by_name = match &it.pat.kind {
            PatKind::Name(name, false, None) if !self.is_constant(name) => Some(name.clone()),
            _ => None,
        };
        // A pattern looks at a place where it is; a name takes the value.
        let is_place = matches!(value.kind, ExprKind::Path(_) | ExprKind::Field(..) | ExprKind::Index(..));
        if by_name.is_none() && is_place && it.otherwise.is_none() {
            let (place, ty) = self.place(value);
            if !matches!(it.pat.kind, PatKind::Wild) {
                self.bind(&it.pat, place, declared.unwrap_or(ty), false);
            }
            self.close_statement(it.span);
            return;
        }
        let (operand, ty) = self.expr_as(value, declared.as_ref());
        let ty = merge(declared, ty);
        // What is declared says what the value is.
        if let Some(local) = operand.place().and_then(Place::whole_local).filter(|&it| self.is_temporary(it))
            && self.function.local(local).ty.is_unknown()
        {
            self.function.locals[local.0 as usize].ty = ty.clone();
        }
        if matches!(value.kind, ExprKind::Ref(..)) {
            self.extend_temporaries();
        }
        match by_name {
            Some(name) => {
                let local = self.declare(&name, it.pat.span, ty.clone());
                let handle = self.is_handle(&ty);
                self.assign(Place::local(local), Value::Use(operand), it.span);
                if handle && let Some(alias) = &mut self.function.locals[local.0 as usize].alias {
                    alias.same = true;
                }
            }
            None if matches!(it.pat.kind, PatKind::Wild) => self.discard(operand, ty, value.span),
            None => {
                let place = self.stored(operand, ty.clone(), value.span);
                if let Some(otherwise) = &it.otherwise {
                    let (matched, other) = (self.new_block(), self.new_block());
                    self.edge(self.block, matched);
                    self.unmatched(&it.pat, &place, &ty, other);
                    self.block = other;
                    self.conditions.push(if shrinks(value) { Says::RunsOut } else { Says::Nothing });
                    let (operand, ty) = self.expr(otherwise);
                    self.conditions.pop();
                    self.discard(operand, ty, otherwise.span);
                    // It does not come back.
                    self.block = matched;
                }
                // What the parts are bound to lives in the block.
                if !place.fields.is_empty()
                    || place.whole_local().is_some_and(|local| self.is_temporary(local))
                {
                    self.extend_temporaries();
                }
                self.bind(&it.pat, place, ty, false);
            }
        }
        self.close_statement(it.span);
    }

    fn is_temporary(&self, local: super::LocalId) -> bool {
        self.function.local(local).name.is_none()
    }

    fn bind_uninitialised(&mut self, it: &Let, ty: Ty) {
        match &it.pat.kind {
            PatKind::Name(name, _, _) => {
                self.declare(name, it.pat.span, ty);
            }
            PatKind::Tuple(parts) => {
                for part in parts {
                    if let PatKind::Name(name, _, _) = &part.kind {
                        self.declare(name, part.span, Ty::Unknown);
                    }
                }
            }
            _ => {}
        }
    }

    /// A value that nobody takes ends with its statement, which its temporary does by itself.
    pub(super) fn discard(&mut self, operand: Operand, ty: Ty, span: Span) {
        if let Operand::Move(place) = operand {
            let temporary = place.whole_local().is_some_and(|local| self.is_temporary(local));
            if !temporary {
                let local = self.temporary(span, ty);
                self.assign(Place::local(local), Value::Use(Operand::Move(place)), span);
            }
        }
    }

    /// An expression as a value.
    pub(super) fn expr(&mut self, expr: &Expr) -> (Operand, Ty) {
        self.expr_as(expr, None)
    }

    /// An expression as a value of which the type may be known.
    pub(super) fn expr_as(&mut self, expr: &Expr, wanted: Option<&Ty>) -> (Operand, Ty) {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Path(path) => match self.path_place(path) {
                Some((place, ty)) => (self.read(place, &ty), ty),
                None => self.constant(path),
            },
            ExprKind::Field(..) | ExprKind::Index(..) | ExprKind::Unary(Unary::Deref, _) => {
                let (place, ty) = self.place(expr);
                (self.read(place, &ty), ty)
            }
            ExprKind::Lit(lit) => literal(lit),
            ExprKind::Unary(_, inner) => {
                let (operand, _) = self.expr(inner);
                self.value(Value::Compute(vec![operand]), Ty::Scalar, span)
            }
            ExprKind::Binary(Binary::And | Binary::Or, left, right) => self.lazy(left, right, span),
            ExprKind::Binary(kind, left, right) => {
                let (left, ty) = self.expr(left);
                let (right, other) = self.expr(right);
                let operands = vec![by_reference(left), by_reference(right)];
                match kind {
                    Binary::Compare => self.value(Value::Compare(operands), Ty::Scalar, span),
                    _ => {
                        let ty = if ty.peeled() == &Ty::Scalar && other.peeled() == &Ty::Scalar {
                            Ty::Scalar
                        } else {
                            Ty::Unknown
                        };
                        self.value(Value::Compute(operands), ty, span)
                    }
                }
            }
            ExprKind::Assign(left, right) => {
                self.assignment(left, right, span);
                (Operand::Const(Const::Other), Ty::unit())
            }
            ExprKind::AssignOp(left, right) => {
                let (right, _) = self.expr(right);
                let (place, _) = self.place(left);
                let operands = vec![Operand::Copy(place), right];
                self.value(Value::Compute(operands), Ty::unit(), span)
            }
            ExprKind::Ref(mutable, inner) => {
                let (place, ty) = self.place(inner);
                (Operand::Ref(place, *mutable), Ty::Ref(*mutable, Arc::new(ty)))
            }
            ExprKind::RawRef(inner) => {
                let (place, ty) = self.place(inner);
                (Operand::Ref(place, true), Ty::Ptr(Arc::new(ty)))
            }
            ExprKind::Cast(inner, ty) => {
                let (operand, _) = self.expr(inner);
                let ty = self.index.resolve(ty, &self.types);
                self.value(Value::Cast(operand), ty, span)
            }
            ExprKind::Block(block, label) => self.labelled_block(block, label.as_ref(), span),
            ExprKind::Async(moves, block) => {
                let body =
                    self.separate(BodyKind::Async { moves: *moves }, span, |builder| builder.block(block));
                let result = Ty::Future(Arc::new(self.closures.get(&body).cloned().unwrap_or(Ty::Unknown)));
                self.value(Value::Closure(body), result, span)
            }
            ExprKind::If(cond, then, otherwise) => self.branch(cond, then, otherwise.as_deref(), span),
            ExprKind::Let(..) => {
                // Outside of a condition it only says whether it matches.
                let (yes, no) = (self.new_block(), self.new_block());
                self.condition(expr, yes, no);
                self.edge(no, yes);
                self.block = yes;
                (Operand::Const(Const::Other), Ty::Scalar)
            }
            ExprKind::Match(value, arms) => self.choice(value, arms, span),
            ExprKind::Loop(label, body) => self.endless(label.as_ref(), body, span),
            ExprKind::While(label, cond, body) => self.conditional(label.as_ref(), cond, body, span),
            ExprKind::For(label, pat, iter, body) => self.each(label.as_ref(), pat, iter, body, span),
            ExprKind::Break(label, value) => self.break_out(label.as_ref(), value.as_deref(), span),
            ExprKind::Continue(label) => self.continue_with(label.as_ref(), span),
            ExprKind::Return(value) => self.return_from(value.as_deref(), span),
            ExprKind::Try(inner) => self.question(inner, span),
            ExprKind::Await(inner) => {
                let (operand, ty) = self.expr(inner);
                let at = Span { start: span.end.saturating_sub(5).max(span.start), ..span };
                self.emit(OpKind::Await, at);
                let result = match &ty {
                    Ty::Future(of) => (**of).clone(),
                    _ => Ty::Unknown,
                };
                self.value(Value::Await(operand), result, span)
            }
            ExprKind::Struct(path, fields, rest) => self.literal_struct(path, fields, rest.as_deref(), span),
            ExprKind::Tuple(parts) => {
                let mut types = Vec::new();
                let mut fields = Vec::new();
                for (position, part) in parts.iter().enumerate() {
                    let (operand, ty) = self.expr(part);
                    fields.push((Name::from(position.to_string()), operand));
                    types.push(ty);
                }
                if fields.is_empty() {
                    return (Operand::Const(Const::Other), Ty::unit());
                }
                self.value(
                    Value::Aggregate(Aggregate::Tuple, fields),
                    Ty::Tuple(types.into()).bounded(),
                    span,
                )
            }
            ExprKind::Array(parts) => {
                let (fields, of) = self.elements(parts);
                self.value(Value::Aggregate(Aggregate::Array, fields), Ty::Array(Arc::new(of)), span)
            }
            ExprKind::Repeat(value, length) => {
                let (operand, of) = self.expr(value);
                let _ = self.expr(length);
                let fields = vec![("".into(), operand)];
                self.value(Value::Aggregate(Aggregate::Array, fields), Ty::Array(Arc::new(of)), span)
            }
            ExprKind::Range(start, end, _) => {
                let mut fields = Vec::new();
                for side in [start, end].into_iter().flatten() {
                    let (operand, _) = self.expr(side);
                    fields.push(("".into(), operand));
                }
                self.value(Value::Aggregate(Aggregate::Range, fields), Ty::Iter(Arc::new(Ty::Scalar)), span)
            }
            ExprKind::Call(function, args) => self.call(function, args, wanted, span),
            ExprKind::MethodCall(call) => self.method_call(call, wanted, span),
            ExprKind::Macro(call) => self.macro_call(call, span),
            ExprKind::Closure(closure) => self.closure(closure, span),
            ExprKind::Missing => (Operand::Const(Const::Other), Ty::Unknown),
        }
    }

    pub(super) fn elements(&mut self, parts: &[Expr]) -> (Vec<(Name, Operand)>, Ty) {
        let mut of = Ty::Unknown;
        let mut fields = Vec::new();
        for part in parts {
            let (operand, ty) = self.expr(part);
            fields.push(("".into(), operand));
            if of.is_unknown() {
                of = ty;
            }
        }
        (fields, of)
    }

    /// A value in a temporary.
    pub(super) fn value(&mut self, value: Value, ty: Ty, span: Span) -> (Operand, Ty) {
        let local = self.temporary(span, ty.clone());
        self.assign(Place::local(local), value, span);
        (self.read(Place::local(local), &ty), ty)
    }

    /// An expression as a place.
    pub(super) fn place(&mut self, expr: &Expr) -> (Place, Ty) {
        match &expr.kind {
            ExprKind::Path(path) => {
                if let Some(found) = self.path_place(path) {
                    return found;
                }
            }
            ExprKind::Field(base, name) => {
                let (place, ty) = self.place(base);
                return match self.index.field(&ty, name) {
                    Some((field, steps)) => {
                        let place = if steps > 0 { place.then(DEREF) } else { place };
                        (place.then(name.clone()), field)
                    }
                    None => {
                        // Of whatever type it is, what a reference leads to lies behind it.
                        let behind = matches!(ty, Ty::Ref(..) | Ty::Ptr(_));
                        let place = if behind { place.then(DEREF) } else { place };
                        (place.then(name.clone()), Ty::Unknown)
                    }
                };
            }
            ExprKind::Index(base, index) => {
                let (place, ty) = self.place(base);
                let (_, by) = self.expr(index);
                let of = self
                    .index
                    .chain(&ty)
                    .iter()
                    .find(|ty| !element(ty).is_unknown())
                    .map_or(Ty::Unknown, element);
                // A range gives a slice.
                let of = if matches!(by, Ty::Iter(_)) { Ty::Slice(Arc::new(of)) } else { of };
                return (place.then(INDEX), of);
            }
            ExprKind::Unary(Unary::Deref, inner) => {
                let (place, ty) = self.place(inner);
                let to = self.index.deref(&ty).unwrap_or(Ty::Unknown);
                return (place.then(DEREF), to);
            }
            _ => {}
        }
        let (operand, ty) = self.expr(expr);
        let place = self.stored(operand, ty.clone(), expr.span);
        (place, ty)
    }

    /// The variable or static that a path names.
    pub(super) fn path_place(&mut self, path: &Path) -> Option<(Place, Ty)> {
        if let Some(name) = path.single()
            && let Some(local) = self.variable(name)
        {
            return Some((Place::local(local), self.ty(local)));
        }
        match self.value_named(path)? {
            Meaning::Item(id) => match &self.index.item(id).shape {
                ItemShape::Value { ty, is_const: false, .. } => {
                    let ty = match &self.index.item(id).shape {
                        ItemShape::Value { thread_local: true, .. }
                            if ty.as_known() != Some(Known::LocalKey) =>
                        {
                            Ty::of(Known::LocalKey, [ty.clone()])
                        }
                        _ => ty.clone(),
                    };
                    Some((Place { base: Base::Static(id), fields: Vec::new() }, ty))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A path that is no place: a constant, a function, a unit.
    fn constant(&mut self, path: &Path) -> (Operand, Ty) {
        match self.value_named(path) {
            Some(Meaning::Fn(id)) => {
                let result = self.index.signature(id).result.clone();
                (Operand::Const(Const::Fn(id)), Ty::Callable(Arc::new(result)))
            }
            Some(Meaning::Item(id)) => match &self.index.item(id).shape {
                ItemShape::Value { ty, .. } => (Operand::Const(Const::Item(id)), ty.clone()),
                _ => (Operand::Const(Const::Other), Ty::Adt(Def::Item(id), Arc::from([]))),
            },
            Some(Meaning::Variant(id, _)) => {
                (Operand::Const(Const::Other), Ty::Adt(Def::Item(id), Arc::from([])))
            }
            Some(Meaning::Outside(names)) if names.last().is_some_and(|name| &**name == "None") => {
                (Operand::Const(Const::Other), Ty::of(Known::Option, [Ty::Unknown]))
            }
            _ => {
                if let [owner @ .., last] = &*path.segments
                    && !owner.is_empty()
                {
                    let owner = Path { segments: owner.to_vec(), ..path.clone() };
                    if let Some(ty) = self.index.resolve_path_type(&owner, &self.types) {
                        if let Some(&id) = self.index.associated(&ty, &last.name).first() {
                            let result = self.index.signature(id).result.clone();
                            return (Operand::Const(Const::Fn(id)), Ty::Callable(Arc::new(result)));
                        }
                        if let Some(id) = self.index.associated_constant(&ty, &last.name)
                            && let ItemShape::Value { ty, .. } = &self.index.item(id).shape
                        {
                            return (Operand::Const(Const::Item(id)), ty.clone());
                        }
                    }
                }
                (Operand::Const(Const::Other), Ty::Unknown)
            }
        }
    }

    fn assignment(&mut self, left: &Expr, right: &Expr, span: Span) {
        let (operand, ty) = self.expr(right);
        match &left.kind {
            ExprKind::Tuple(parts) => {
                let place = self.stored(operand, ty.clone(), right.span);
                for (position, part) in parts.iter().enumerate() {
                    let of = match &ty {
                        Ty::Tuple(types) => types.get(position).cloned().unwrap_or(Ty::Unknown),
                        _ => Ty::Unknown,
                    };
                    let from = self.read(place.clone().then(position.to_string()), &of);
                    let (to, _) = self.place(part);
                    self.assign(to, Value::Use(from), span);
                }
            }
            ExprKind::Path(path) if path.last() == "_" => self.discard(operand, ty, span),
            _ => {
                let (place, known) = self.place(left);
                if let Some(local) = place.whole_local()
                    && known.is_unknown()
                {
                    self.function.locals[local.0 as usize].ty = ty.clone();
                }
                if self.index.is_copy(&ty) != Some(true) {
                    self.emit(OpKind::Drop(place.clone(), DropWhy::Overwritten), span);
                }
                self.assign(place, Value::Use(operand), span);
            }
        }
    }

    fn literal_struct(
        &mut self,
        path: &Path,
        fields: &[(Name, Expr)],
        rest: Option<&Expr>,
        span: Span,
    ) -> (Operand, Ty) {
        let ty = match self.value_named(path) {
            Some(Meaning::Variant(id, _)) => Ty::Adt(Def::Item(id), Arc::from([])),
            _ => self.index.resolve_path_type(path, &self.types).unwrap_or(Ty::Unknown),
        };
        let known = self.variant_or_struct(path, &ty);
        let mut values = Vec::new();
        for (name, field) in fields {
            let wanted = known.iter().find(|(known, _)| known == name).map(|(_, ty)| ty.clone());
            let (operand, _) = self.expr_as(field, wanted.as_ref());
            values.push((name.clone(), operand));
        }
        if let Some(rest) = rest {
            let (operand, _) = self.expr(rest);
            values.push(("".into(), operand));
        }
        let item = ty.as_item();
        self.value(Value::Aggregate(Aggregate::Struct(item), values), ty, span)
    }

    /// Notes that a variable leads where another does, whatever it was assigned.
    pub(super) fn force_alias(&mut self, operand: &Operand, place: Place, same: bool) {
        if let Some(local) = operand.place().and_then(Place::whole_local)
            && place.as_local() != Some(local)
        {
            self.function.locals[local.0 as usize].alias = Some(Alias { place, same });
        }
    }
}

/// The declared type, unless it leaves out what the value says.
fn merge(declared: Option<Ty>, actual: Ty) -> Ty {
    match declared {
        None | Some(Ty::Unknown) => actual,
        Some(Ty::Adt(def, args)) if args.iter().any(Ty::is_unknown) => match actual {
            Ty::Adt(other, actual) if other == def && actual.len() == args.len() => {
                let args = args.iter().zip(actual.iter()).map(|(declared, actual)| {
                    if declared.is_unknown() { actual.clone() } else { declared.clone() }
                });
                Ty::Adt(def, args.collect())
            }
            _ => Ty::Adt(def, args),
        },
        Some(declared) => declared,
    }
}

/// Operators look at their operands.
fn by_reference(operand: Operand) -> Operand {
    match operand {
        Operand::Move(place) => Operand::Copy(place),
        other => other,
    }
}

fn literal(lit: &Lit) -> (Operand, Ty) {
    match lit {
        Lit::Str(text) => (Operand::Const(Const::Str(text.clone())), Ty::reference(Ty::Str)),
        Lit::Int(Some(number), _) => (Operand::Const(Const::Int(*number)), Ty::Scalar),
        Lit::Other => (Operand::Const(Const::Other), Ty::Unknown),
        _ => (Operand::Const(Const::Other), Ty::Scalar),
    }
}
