//! Calls: what is called, what its arguments are, and what it returns.

use std::sync::Arc;

use super::Builder;
use crate::flow::body::{
    Aggregate, Base, Bound, Call, Callee, Const, ContextKind, DropWhy, OpKind, Operand, Place, Value,
};
use crate::model::api::{self};
use crate::model::library::{Made, Runs, function_result};
use crate::model::{Def, FnId, Index, Known, Meaning, Ty};
use crate::source::Span;
use crate::source::tree::{Closure, Expr, ExprKind, Name, Path};

/// Arguments of a call after they were evaluated.
pub(super) struct Args {
    pub(super) operands: Vec<Operand>,
    pub(super) types: Vec<Ty>,
    pub(super) spans: Vec<Span>,
    pub(super) inlined: Vec<usize>,
    /// What the first closure among them returns.
    pub(super) closure: Option<Ty>,
}

impl Args {
    /// A receiver alone.
    pub(super) fn of(receiver: Operand, ty: Ty, span: Span) -> Self {
        Self {
            operands: vec![receiver],
            types: vec![ty],
            spans: vec![span],
            inlined: Vec::new(),
            closure: None,
        }
    }
}

impl Builder<'_> {
    pub(super) fn call(
        &mut self,
        function: &Expr,
        args: &[Expr],
        wanted: Option<&Ty>,
        span: Span,
    ) -> (Operand, Ty) {
        match &function.kind {
            ExprKind::Path(path) => {
                if let Some(name) = path.single()
                    && let Some(local) = self.variable(name)
                {
                    return self.call_variable(Place::local(local), args, span);
                }
                self.call_path(path, args, wanted, span)
            }
            ExprKind::Closure(closure) => {
                let mut params = Vec::new();
                for arg in args {
                    let (operand, ty) = self.expr(arg);
                    params.push((operand, ty));
                }
                self.inline(closure, params, Runs::Once, ContextKind::Inline("call".into()), Bound::Unknown)
            }
            _ => {
                let (place, _) = self.place(function);
                self.call_variable(place, args, span)
            }
        }
    }

    fn call_variable(&mut self, place: Place, args: &[Expr], span: Span) -> (Operand, Ty) {
        let result = match place.whole_local().map(|local| self.ty(local)) {
            Some(Ty::Callable(result)) => (*result).clone(),
            _ => Ty::Unknown,
        };
        let args = self.args(args, &[]);
        let name = place.as_local().and_then(|local| self.function.local(local).name.clone());
        let name = name.unwrap_or_else(|| "".into());
        self.emit_call(Callee::Variable(place), args, false, (name, span), Vec::new(), result, span)
    }

    /// Arguments, closures among them as values of their own.
    pub(super) fn args(&mut self, args: &[Expr], wanted: &[Ty]) -> Args {
        self.args_of(args, wanted, |_, _| None)
    }

    /// The same, where what is called says which types it gives the closures among them.
    pub(super) fn args_of(
        &mut self,
        args: &[Expr],
        wanted: &[Ty],
        inputs: impl Fn(&Index, usize) -> Option<Vec<Ty>>,
    ) -> Args {
        let mut found = Args {
            operands: Vec::new(),
            types: Vec::new(),
            spans: Vec::new(),
            inlined: Vec::new(),
            closure: None,
        };
        for (position, arg) in args.iter().enumerate() {
            if matches!(arg.kind, ExprKind::Closure(_)) {
                self.closure_inputs = inputs(self.index, position);
            }
            let (operand, ty) = self.expr_as(arg, wanted.get(position));
            found.operands.push(operand);
            found.types.push(ty);
            found.spans.push(arg.span);
        }
        found
    }

    #[expect(clippy::too_many_arguments, reason = "these are the parts of a call")]
    pub(super) fn emit_call(
        &mut self,
        callee: Callee,
        args: Args,
        is_method: bool,
        (name, name_span): (Name, Span),
        generics: Vec<Ty>,
        result: Ty,
        span: Span,
    ) -> (Operand, Ty) {
        let call = Call {
            callee,
            args: args.operands,
            types: args.types,
            spans: args.spans,
            is_method,
            name,
            name_span,
            generics,
            result: result.clone(),
            inlined: args.inlined,
        };
        self.value(Value::Call(Box::new(call)), result, span)
    }

    // Functions by their path.

    fn call_path(&mut self, path: &Path, args: &[Expr], wanted: Option<&Ty>, span: Span) -> (Operand, Ty) {
        let generics: Vec<Ty> = match path.segments.last() {
            Some(last) => last.types.iter().map(|ty| self.index.resolve(ty, &self.types)).collect(),
            None => Vec::new(),
        };
        let meaning = self.value_named(path);
        match &meaning {
            Some(Meaning::Fn(id)) => return self.call_own(vec![*id], None, path, args, generics, span),
            Some(Meaning::Variant(id, _)) => {
                let ty = Ty::Adt(Def::Item(*id), Arc::from([]));
                return self.construct(path, args, ty, span);
            }
            Some(Meaning::Item(id)) => {
                let ty = match &wanted {
                    Some(ty) if ty.as_item() == Some(*id) => (*ty).clone(),
                    _ => Ty::Adt(Def::Item(*id), Arc::from([])),
                };
                return self.construct(path, args, ty, span);
            }
            _ => {}
        }
        // `Type::function`.
        let owner = match &*path.segments {
            [owner @ .., _] if !owner.is_empty() => {
                let owner = Path { segments: owner.to_vec(), ..path.clone() };
                self.index.resolve_path_type(&owner, &self.types)
            }
            _ => None,
        };
        let owner = owner.or_else(|| path.of.as_ref().map(|ty| self.index.resolve(ty, &self.types)));
        // `Default::default()` is that of the type that is wanted.
        let owner = match &*path.segments {
            [.., of, last] if &*of.name == "Default" && &*last.name == "default" => wanted.cloned().or(owner),
            _ => owner,
        };
        let last = path.segments.last().map(|segment| segment.name.clone()).unwrap_or_else(|| "".into());
        if let Some(owner) = &owner {
            let own = self.index.associated(owner, &last);
            if !own.is_empty() {
                return self.call_own(own, Some(owner.clone()), path, args, generics, span);
            }
            // `SmartAlloc::frame_box(&alloc, value)`.
            if let Some(known) = owner.as_known()
                && let Some((method, tries)) = api::method(known, &last)
                && let Some((receiver, rest)) = args.split_first()
            {
                let (place, _) = self.place(receiver);
                let at = path.segments.last().map_or(path.span, |_| path.span);
                return self.call_api(
                    method,
                    tries,
                    false,
                    (place, owner.clone()),
                    rest,
                    (last, at),
                    generics,
                    wanted,
                    span,
                );
            }
        }
        let full = match &meaning {
            Some(Meaning::Outside(names)) => names.clone(),
            _ => Self::names_of(path),
        };
        self.call_outside(path, &full, owner, args, generics, wanted, span)
    }

    /// `S(a, b)`.
    fn construct(&mut self, path: &Path, args: &[Expr], ty: Ty, span: Span) -> (Operand, Ty) {
        let known = self.variant_or_struct(path, &ty);
        let variant = matches!(self.value_named(path), Some(Meaning::Variant(..)));
        let mut fields = Vec::new();
        for (position, arg) in args.iter().enumerate() {
            let wanted = known.get(position).map(|(_, ty)| ty.clone());
            let (operand, _) = self.expr_as(arg, wanted.as_ref());
            // A variant of one value is that value, as patterns have it.
            let name = if variant && args.len() == 1 { String::new() } else { position.to_string() };
            fields.push((name.into(), operand));
        }
        let item = ty.as_item();
        self.value(Value::Aggregate(Aggregate::Struct(item), fields), ty, span)
    }

    fn call_own(
        &mut self,
        callees: Vec<FnId>,
        owner: Option<Ty>,
        path: &Path,
        args: &[Expr],
        generics: Vec<Ty>,
        span: Span,
    ) -> (Operand, Ty) {
        let params = self.index.signature(callees[0]).params.clone();
        let first = usize::from(self.index.function(callees[0]).has_self);
        let args = self.args_of(args, &params, |index, position| {
            index.closure_inputs(callees[0], position.checked_sub(first)?)
        });
        let result = self.result_of(&callees, owner.as_ref(), &args.types, &generics);
        let name = path.segments.last().map_or_else(|| "".into(), |segment| segment.name.clone());
        let is_method = self.index.function(callees[0]).has_self;
        let handle = self.handle_of(&callees, &args.operands);
        let (operand, ty) =
            self.emit_call(Callee::Own(callees), args, is_method, (name, path.span), generics, result, span);
        if let Some(place) = handle {
            self.force_alias(&operand, place, true);
        }
        (operand, ty)
    }

    /// What a function of the program returns for these arguments.
    pub(super) fn result_of(&self, callees: &[FnId], owner: Option<&Ty>, args: &[Ty], generics: &[Ty]) -> Ty {
        let (function, signature) = (self.index.function(callees[0]), self.index.signature(callees[0]));
        let mut bound: Vec<(Name, Ty)> = Vec::new();
        if let Some(owner) = owner
            && let Some(itself) = function.self_ty()
        {
            unify(itself.peeled(), owner.peeled(), &mut bound);
        }
        for (param, arg) in signature.params.iter().zip(args) {
            unify(param, arg, &mut bound);
        }
        let own = &function.syntax.code().generics.types;
        for ((name, _), ty) in own.iter().zip(generics) {
            bound.retain(|(known, _)| known != name);
            bound.push((name.clone(), ty.clone()));
        }
        let names: Vec<Name> = bound.iter().map(|(name, _)| name.clone()).collect();
        let types: Vec<Ty> = bound.into_iter().map(|(_, ty)| ty).collect();
        let result = self.index.with_names(&signature.result, &names, &types);
        if function.syntax.is_async { Ty::Future(Arc::new(result)) } else { result }
    }

    /// The allocator that a function returns, as seen from here: that of an argument, of a static, or its own.
    pub(super) fn handle_of(&mut self, callees: &[FnId], args: &[Operand]) -> Option<Place> {
        let [id] = callees else { return None };
        if !self.index.is_allocator(&self.index.signature(*id).result) {
            return None;
        }
        self.function.handed.push((*id, self.index.function(*id).syntax.clone()));
        match crate::flow::getter::leads_to(self.index, *id) {
            Some(crate::flow::getter::Leads::Param(position, fields)) => {
                let mut place = args.get(position)?.place()?.clone();
                place.fields.extend(fields);
                Some(place)
            }
            Some(crate::flow::getter::Leads::Static(item)) => {
                Some(Place { base: Base::Static(item), fields: Vec::new() })
            }
            None if crate::flow::getter::makes(self.index, *id) => None,
            None => Some(Place { base: Base::Result(*id), fields: Vec::new() }),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "these are the parts of a call")]
    fn call_outside(
        &mut self,
        path: &Path,
        full: &[Name],
        owner: Option<Ty>,
        args: &[Expr],
        generics: Vec<Ty>,
        wanted: Option<&Ty>,
        span: Span,
    ) -> (Operand, Ty) {
        let names: Vec<&str> = full.iter().map(|name| &**name).collect();
        let last = names.last().copied().unwrap_or_default();
        let name: Name = last.into();
        match names.as_slice() {
            [.., "mem", "drop"] | ["drop"] => {
                if let [arg] = args {
                    let (operand, ty) = self.expr(arg);
                    if let Some(place) = operand.place() {
                        let place = match &operand {
                            Operand::Move(_) | Operand::Copy(_) => place.clone(),
                            _ => self.stored(operand.clone(), ty, arg.span),
                        };
                        self.emit(OpKind::Drop(place, DropWhy::Explicit), span);
                    }
                    return (Operand::Const(Const::Other), Ty::unit());
                }
            }
            [.., "thread", "scope"]
            | [.., "rayon", "scope" | "in_place_scope"]
            | [.., "thread", "scoped"]
            | [.., "panic", "catch_unwind"]
            | ["framealloc", "testing", ..] => {
                if let Some((position, closure)) = closure_among(args) {
                    let others: Vec<Expr> = args
                        .iter()
                        .enumerate()
                        .filter(|&(at, _)| at != position)
                        .map(|(_, arg)| arg.clone())
                        .collect();
                    let before = self.args(&others, &[]);
                    let scope = Ty::Adt(
                        Def::Foreign(format!("{}::Scope", names[..names.len() - 1].join("::")).into()),
                        Arc::from([]),
                    );
                    let callee = Callee::Path(names.join("::"));
                    let (operand, ty) = self.emit_call(
                        callee,
                        before,
                        false,
                        (name.clone(), path.span),
                        generics,
                        Ty::Unknown,
                        span,
                    );
                    self.discard(operand, ty, span);
                    let params = vec![(Operand::Const(Const::Other), Ty::reference(scope))];
                    return self.inline(
                        closure,
                        params,
                        Runs::Once,
                        ContextKind::Inline(name),
                        Bound::Unknown,
                    );
                }
            }
            _ => {}
        }
        let args = self.args(args, &[]);
        let owner = owner.map(|ty| match (&ty, wanted) {
            (Ty::Adt(def, args), Some(wanted @ Ty::Adt(other, _))) if args.is_empty() && def == other => {
                wanted.clone()
            }
            _ => ty,
        });
        match function_result(full, owner.as_ref(), &args.types) {
            Made::Wrap(ty) if !matches!(last, "leak") => {
                let ty = match wanted {
                    Some(wanted @ Ty::Adt(def, _))
                        if matches!(&ty, Ty::Adt(other, _) if other == def) && has_unknown(&ty) =>
                    {
                        wanted.clone()
                    }
                    _ => ty,
                };
                let first = args.operands.first().cloned();
                let forgets = owner.as_ref().and_then(Ty::as_known) == Some(Known::ManuallyDrop);
                let (operand, ty) = if forgets {
                    self.emit_call(
                        Callee::Path(names.join("::")),
                        args,
                        false,
                        (name, path.span),
                        generics,
                        ty,
                        span,
                    )
                } else {
                    let fields = args.operands.into_iter().map(|operand| ("".into(), operand)).collect();
                    self.value(Value::Aggregate(Aggregate::Wrap, fields), ty, span)
                };
                if let (Some(first), Some(local)) = (first, operand.place().and_then(Place::whole_local)) {
                    self.note_handle(local, &first, false);
                }
                (operand, ty)
            }
            Made::Wrap(ty) | Made::Fresh(ty) => self.emit_call(
                Callee::Path(names.join("::")),
                args,
                false,
                (name, path.span),
                generics,
                ty,
                span,
            ),
            Made::CloneOf => {
                let ty = args.types.first().map_or(Ty::Unknown, |ty| ty.peeled().clone());
                let first = args.operands.first().cloned();
                let (operand, ty) = self.emit_call(
                    Callee::Method(ty.clone()),
                    args,
                    true,
                    (name, path.span),
                    generics,
                    ty,
                    span,
                );
                if let Some(place) = first.as_ref().and_then(Operand::place) {
                    self.force_alias(&operand, place.clone(), self.is_handle(&ty));
                }
                (operand, ty)
            }
            Made::Unknown => {
                let ty = match names.as_slice() {
                    [.., "mem", "take" | "replace"] => {
                        args.types.first().map_or(Ty::Unknown, |ty| ty.peeled().clone())
                    }
                    [.., "transmute"] => generics.get(1).or(wanted).cloned().unwrap_or(Ty::Unknown),
                    _ => Ty::Unknown,
                };
                self.emit_call(
                    Callee::Path(names.join("::")),
                    args,
                    false,
                    (name, path.span),
                    generics,
                    ty,
                    span,
                )
            }
        }
    }
}

/// The first closure among the arguments of a call.
pub(super) fn closure_among(args: &[Expr]) -> Option<(usize, &Closure)> {
    args.iter().enumerate().find_map(|(position, arg)| match &arg.kind {
        ExprKind::Closure(closure) if !closure.is_async => Some((position, &**closure)),
        _ => None,
    })
}

fn has_unknown(ty: &Ty) -> bool {
    match ty {
        Ty::Unknown => true,
        Ty::Adt(_, args) => args.iter().any(has_unknown),
        Ty::Ref(_, to) => has_unknown(to),
        _ => false,
    }
}

/// Notes which type each parameter stands for.
fn unify(param: &Ty, arg: &Ty, bound: &mut Vec<(Name, Ty)>) {
    match (param, arg) {
        (Ty::Param(name, _), arg) if !arg.is_unknown() && !bound.iter().any(|(known, _)| known == name) => {
            bound.push((name.clone(), arg.clone()));
        }
        (Ty::Ref(_, param), Ty::Ref(_, arg)) => unify(param, arg, bound),
        (Ty::Ref(_, param), arg) => unify(param, arg, bound),
        (Ty::Slice(param), Ty::Slice(arg) | Ty::Array(arg))
        | (Ty::Array(param), Ty::Array(arg))
        | (Ty::Iter(param), Ty::Iter(arg))
        | (Ty::Callable(param), Ty::Callable(arg)) => unify(param, arg, bound),
        (Ty::Slice(param), Ty::Adt(..)) => unify(param, &arg.arg(0), bound),
        (Ty::Tuple(params), Ty::Tuple(args)) | (Ty::Adt(_, params), Ty::Adt(_, args)) => {
            for (param, arg) in params.iter().zip(args.iter()) {
                unify(param, arg, bound);
            }
        }
        _ => {}
    }
}
