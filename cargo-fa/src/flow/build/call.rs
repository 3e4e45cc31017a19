//! Calls: what is called, what its arguments are, and what it returns.

use std::sync::Arc;

use super::Builder;
use crate::flow::body::{
    Aggregate, Base, Bound, Call, Callee, Const, ContextKind, DropWhy, OpKind, Operand, Place, Value,
};
use crate::model::api::{self, Gives, Kind, Method};
use crate::model::library::{Made, Runs, function_result, item_of, method_result, runs_closure};
use crate::model::{Def, FnId, Index, Known, Meaning, Step, Ty};
use crate::source::Span;
use crate::source::tree::{Closure, Expr, ExprKind, MethodCall, Name, Path};

/// Arguments of a call after they were evaluated.
pub(super) struct Args {
    operands: Vec<Operand>,
    types: Vec<Ty>,
    spans: Vec<Span>,
    inlined: Vec<usize>,
    /// What the first closure among them returns.
    closure: Option<(Operand, Ty)>,
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
    fn args(&mut self, args: &[Expr], wanted: &[Ty]) -> Args {
        self.args_of(args, wanted, |_, _| None)
    }

    /// The same, where what is called says which types it gives the closures among them.
    fn args_of(
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
    fn emit_call(
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
        let params = self.index.function(callees[0]).params.clone();
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
    fn result_of(&self, callees: &[FnId], owner: Option<&Ty>, args: &[Ty], generics: &[Ty]) -> Ty {
        let function = self.index.function(callees[0]);
        let mut bound: Vec<(Name, Ty)> = Vec::new();
        if let Some(owner) = owner
            && let Some(itself) = &function.self_ty
        {
            unify(itself.peeled(), owner.peeled(), &mut bound);
        }
        for (param, arg) in function.params.iter().zip(args) {
            unify(param, arg, &mut bound);
        }
        let own = &function.syntax.generics.types;
        for ((name, _), ty) in own.iter().zip(generics) {
            bound.retain(|(known, _)| known != name);
            bound.push((name.clone(), ty.clone()));
        }
        let names: Vec<Name> = bound.iter().map(|(name, _)| name.clone()).collect();
        let types: Vec<Ty> = bound.into_iter().map(|(_, ty)| ty).collect();
        let result = self.index.with_names(&function.result, &names, &types);
        if function.syntax.is_async { Ty::Future(Arc::new(result)) } else { result }
    }

    /// The allocator that a function returns, as seen from here: that of an argument, of a static, or its own.
    fn handle_of(&self, callees: &[FnId], args: &[Operand]) -> Option<Place> {
        let [id] = callees else { return None };
        if !self.index.is_allocator(&self.index.function(*id).result) {
            return None;
        }
        match crate::flow::getter::leads_to(self.index, *id) {
            Some(crate::flow::getter::Leads::Param(position, fields)) => {
                let mut place = args.get(position)?.place()?.clone();
                place.fields.extend(fields);
                Some(place)
            }
            Some(crate::flow::getter::Leads::Static(item)) => {
                Some(Place { base: Base::Static(item), fields: Vec::new() })
            }
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

    // Methods.

    pub(super) fn method_call(
        &mut self,
        call: &MethodCall,
        wanted: Option<&Ty>,
        span: Span,
    ) -> (Operand, Ty) {
        let (place, ty) = self.place(&call.receiver);
        let generics: Vec<Ty> = call.types.iter().map(|ty| self.index.resolve(ty, &self.types)).collect();
        let name = (call.name.clone(), call.name_span);
        match self.index.method(&ty, &call.name) {
            Step::Api(method, on, tries) => {
                self.call_api(method, tries, false, (place, on), &call.args, name, generics, wanted, span)
            }
            Step::Own(callees, on) => {
                let params = self.index.function(callees[0]).params.clone();
                let takes = params.first().is_some_and(|ty| !matches!(ty, Ty::Ref(..)));
                let mutable = matches!(params.first(), Some(Ty::Ref(true, _)));
                let receiver = if takes { self.read(place, &ty) } else { Operand::Ref(place, mutable) };
                let wanted = params.get(1..).unwrap_or(&[]);
                let mut args = self.args_of(&call.args, wanted, |index, position| {
                    index.closure_inputs(callees[0], position)
                });
                args.operands.insert(0, receiver);
                args.types.insert(0, ty);
                args.spans.insert(0, span);
                let result = self.result_of(&callees, Some(&on), &args.types, &generics);
                let handle = self.handle_of(&callees, &args.operands);
                let (operand, ty) =
                    self.emit_call(Callee::Own(callees), args, true, name, generics, result, span);
                if let Some(place) = handle {
                    self.force_alias(&operand, place, true);
                }
                (operand, ty)
            }
            Step::Unknown => {
                if let Some((method, tries)) = api::distinctive(&call.name)
                    && !self.index.has_method_named(&call.name)
                {
                    let on = Ty::known(Known::SmartAlloc);
                    return self.call_api(
                        method,
                        tries,
                        true,
                        (place, on),
                        &call.args,
                        name,
                        generics,
                        wanted,
                        span,
                    );
                }
                self.call_library(place, ty, call, wanted, generics, span)
            }
            Step::Elsewhere => self.call_library(place, ty, call, wanted, generics, span),
        }
    }

    /// A method of framealloc.
    #[expect(clippy::too_many_arguments, reason = "these are the parts of a call")]
    pub(super) fn call_api(
        &mut self,
        method: &'static Method,
        tries: bool,
        guessed: bool,
        (place, on): (Place, Ty),
        args: &[Expr],
        name: (Name, Span),
        generics: Vec<Ty>,
        wanted: Option<&Ty>,
        span: Span,
    ) -> (Operand, Ty) {
        let takes = matches!(method.kind, Kind::Receive | Kind::Leak) || method.name.starts_with("into_");
        let receiver = if takes { Operand::Move(place.clone()) } else { Operand::Ref(place.clone(), false) };
        let callee = Callee::Api { method, tries, guessed };
        let closure = closure_among(args).filter(|_| runs_here(method));
        let Some((position, closure)) = closure else {
            let mut args = self.args(args, &[]);
            args.operands.insert(0, receiver);
            args.types.insert(0, on.clone());
            args.spans.insert(0, span);
            let result = api_result(method, tries, &on, &args, &generics, wanted);
            return self.emit_call(callee, args, true, name, generics, result, span);
        };
        let others: Vec<Expr> =
            args.iter().enumerate().filter(|&(at, _)| at != position).map(|(_, arg)| arg.clone()).collect();
        let mut before = self.args(&others, &[]);
        before.operands.insert(0, receiver);
        before.types.insert(0, on.clone());
        before.spans.insert(0, span);
        if matches!(method.kind, Kind::WithTag | Kind::Task | Kind::ScratchScope) {
            // The closure runs in the call, and what it returns is what the call returns.
            let tag = before.operands.get(1).cloned();
            let param = match method.kind {
                Kind::ScratchScope => Ty::reference(Ty::known(Known::ScratchScope)),
                _ => Ty::reference(Ty::known(Known::SmartAlloc)),
            };
            let at = name.1;
            let (operand, ty) =
                self.emit_call(callee, before, true, name.clone(), generics, Ty::unit(), span);
            self.discard(operand, ty, span);
            let kind = match (method.kind, tag) {
                (Kind::WithTag, Some(tag)) => {
                    ContextKind::Tag(tag, others.first().map_or(at, |expr| expr.span))
                }
                _ => ContextKind::Inline(name.0),
            };
            let params = vec![(Operand::Ref(place, false), param)];
            return self.inline(closure, params, Runs::Once, kind, Bound::Unknown);
        }
        // `frame_slice_from_fn` and its like: the closure makes each element.
        let params = vec![(Operand::Const(Const::Other), Ty::Scalar)];
        let kind = ContextKind::Inline(name.0.clone());
        let (value, of) = self.inline(closure, params, Runs::Often, kind, Bound::Bounded);
        before.inlined.push(before.operands.len());
        before.operands.push(value);
        before.types.push(of.clone());
        before.spans.push(closure.body.span);
        let generics = if generics.is_empty() { vec![of] } else { generics };
        let result = api_result(method, tries, &on, &before, &generics, wanted);
        self.emit_call(callee, before, true, name, generics, result, span)
    }

    /// A method of another crate.
    fn call_library(
        &mut self,
        place: Place,
        ty: Ty,
        call: &MethodCall,
        wanted: Option<&Ty>,
        generics: Vec<Ty>,
        span: Span,
    ) -> (Operand, Ty) {
        let copy = self.index.is_copy(&ty) == Some(true);
        let receiver = match takes_self(&call.name, &ty) {
            true if copy => Operand::Copy(place.clone()),
            true => self.read(place.clone(), &ty),
            false => Operand::Ref(place.clone(), changes(&call.name)),
        };
        let runs = runs_closure(&ty, &call.name);
        let mut args = Args {
            operands: vec![receiver],
            types: vec![ty.clone()],
            spans: vec![span],
            inlined: Vec::new(),
            closure: None,
        };
        for arg in &call.args {
            args.spans.push(arg.span);
            match (&arg.kind, runs) {
                (ExprKind::Closure(closure), Some(runs)) if !closure.is_async => {
                    let params = self.params_of(&call.name, &place, &ty, &args);
                    let bound = match runs {
                        Runs::Often => match self.bound_of_iterator(&call.receiver, &ty) {
                            Bound::Unknown => Bound::Bounded,
                            bound => bound,
                        },
                        _ => Bound::Unknown,
                    };
                    let kind = ContextKind::Inline(call.name.clone());
                    let (operand, of) = self.inline(closure, params, runs, kind, bound);
                    args.inlined.push(args.operands.len());
                    args.closure.get_or_insert((operand.clone(), of.clone()));
                    args.operands.push(operand);
                    args.types.push(of);
                }
                _ => {
                    let (operand, ty) = self.expr(arg);
                    if args.closure.is_none()
                        && let Ty::Callable(result) = &ty
                    {
                        args.closure = Some((Operand::Const(Const::Other), (**result).clone()));
                    }
                    args.operands.push(operand);
                    args.types.push(ty);
                }
            }
        }
        let closure = args.closure.as_ref().map(|(_, ty)| ty);
        let generics = match (&*call.name, generics.first(), wanted) {
            ("collect", None, Some(wanted)) => vec![wanted.clone()],
            _ => generics,
        };
        let mut result = method_result(self.index, &ty, &call.name, &args.types[1..], closure, &generics);
        if result.is_unknown()
            && let Some(wanted) = wanted
        {
            result = wanted.clone();
        }
        let name = (call.name.clone(), call.name_span);
        let (operand, result) = self.emit_call(Callee::Method(ty), args, true, name, generics, result, span);
        // Ways to get at what is behind a handle lead to the same allocators.
        if leads_on(&call.name) {
            let takes = matches!(
                &*call.name,
                "clone" | "cloned" | "copied" | "to_owned" | "unwrap" | "expect" | "into_inner" | "inner"
            );
            let same = self.is_handle(&result) || !takes;
            self.force_alias(&operand, place, same);
        }
        (operand, result)
    }

    /// What the parameters of a closure given to a method of a library are.
    fn params_of(&self, method: &str, place: &Place, ty: &Ty, args: &Args) -> Vec<(Operand, Ty)> {
        let from = |ty: Ty| match self.index.is_copy(&ty) {
            Some(true) if !matches!(ty, Ty::Ref(..) | Ty::Ptr(_)) => (Operand::Const(Const::Other), ty),
            _ => (Operand::Ref(place.clone().then("[]"), true), ty),
        };
        let item = item_of(self.index, ty);
        match method {
            "fold" | "try_fold" => {
                let start = args.operands.get(1).cloned().zip(args.types.get(1).cloned());
                let start = start.unwrap_or((Operand::Const(Const::Other), Ty::Unknown));
                vec![start, from(item)]
            }
            "filter" | "take_while" | "skip_while" | "inspect" | "find" | "partition" | "max_by_key"
            | "min_by_key" | "retain" | "sort_by_key" | "is_some_and_ref" => {
                vec![from(Ty::reference(item.clone())), from(Ty::reference(item))]
            }
            "sort_by" | "max_by" | "min_by" => {
                vec![from(Ty::reference(item.clone())), from(Ty::reference(item))]
            }
            "with" => vec![(Operand::Ref(place.clone(), false), Ty::reference(ty.peeled().arg(0)))],
            "map_err" | "unwrap_or_else" | "or_else" => vec![from(ty.arg(1))],
            "get_or_init" | "get_or_insert_with" | "or_insert_with" | "then" => Vec::new(),
            "and_modify" => vec![from(Ty::reference(ty.arg(1)))],
            _ => vec![from(item)],
        }
    }
}

/// The first closure among the arguments of a call.
fn closure_among(args: &[Expr]) -> Option<(usize, &Closure)> {
    args.iter().enumerate().find_map(|(position, arg)| match &arg.kind {
        ExprKind::Closure(closure) if !closure.is_async => Some((position, &**closure)),
        _ => None,
    })
}

/// Whether a method of framealloc runs the closure that it is given before it returns.
fn runs_here(method: &Method) -> bool {
    matches!(
        method.kind,
        Kind::WithTag | Kind::Task | Kind::ScratchScope | Kind::FrameAlloc | Kind::ScratchAlloc
    ) || method.name == "map"
}

/// What a method of framealloc returns.
fn api_result(
    method: &Method,
    tries: bool,
    on: &Ty,
    args: &Args,
    generics: &[Ty],
    wanted: Option<&Ty>,
) -> Ty {
    let given = |place: usize| generics.get(place).filter(|ty| !ty.is_unknown()).cloned();
    // `let v: FrameVec<'_, T> = ..` says what the call does not.
    let wanted = wanted.map(Ty::unwrapped);
    let hinted = |place: usize| given(place).or_else(|| wanted.as_ref().map(|ty| ty.arg(place)));
    let arg = args.types.get(1).cloned().unwrap_or(Ty::Unknown);
    let slice = || {
        let of = given(0).unwrap_or_else(|| match arg.peeled() {
            Ty::Slice(of) | Ty::Array(of) => (**of).clone(),
            Ty::Adt(..) => arg.peeled().arg(0),
            _ => Ty::Unknown,
        });
        Ty::Slice(Arc::new(of))
    };
    let result = match method.gives {
        Gives::Of(known) => {
            let count = if known == Known::FrameMap { 2 } else { 1 };
            Ty::of(known, (0..count).map(|place| hinted(place).unwrap_or(Ty::Unknown)).collect::<Vec<_>>())
        }
        Gives::OfArg(known) => Ty::of(known, [arg]),
        Gives::OfSlice(known) => Ty::of(known, [slice()]),
        Gives::OfStr(known) => Ty::of(known, [Ty::Str]),
        Gives::RefOfArg => Ty::Ref(true, Arc::new(arg)),
        Gives::RefOfSlice => Ty::Ref(true, Arc::new(slice())),
        Gives::RefOfStr => Ty::Ref(true, Arc::new(Ty::Str)),
        Gives::RefOf => Ty::Ref(true, Arc::new(given(0).unwrap_or(Ty::Unknown))),
        Gives::Just(known) => Ty::known(known),
        Gives::Inner => match method.name {
            "receive" => Ty::of(Known::PoolBox, [on.arg(0)]),
            _ => on.arg(0),
        },
        Gives::Closure => Ty::Unknown,
        Gives::Other if method.name == "leak" => Ty::Ref(true, Arc::new(on.arg(0))),
        Gives::Other => Ty::unit(),
    };
    if tries { Ty::of(Known::Result, [result]) } else { result }
}

/// Whether a method of a library takes its receiver away.
fn takes_self(name: &str, ty: &Ty) -> bool {
    if matches!(ty, Ty::Ref(..)) && !matches!(name, "map" | "cloned" | "copied") {
        return false;
    }
    name.starts_with("into_")
        || matches!(
            name,
            "unwrap"
                | "unwrap_or"
                | "unwrap_or_else"
                | "unwrap_or_default"
                | "expect"
                | "unwrap_err"
                | "ok"
                | "err"
                | "ok_or"
                | "ok_or_else"
                | "map"
                | "map_err"
                | "and_then"
                | "or_else"
                | "filter"
                | "collect"
                | "rev"
                | "enumerate"
                | "zip"
                | "chain"
                | "skip"
                | "step_by"
                | "peekable"
                | "for_each"
                | "fold"
                | "sum"
                | "count"
                | "join"
                | "flatten"
                | "cloned"
                | "copied"
                | "leak"
                | "write"
                | "assume_init"
                | "receive"
                | "downcast"
        ) && !matches!(ty.as_known(), Some(Known::RwLock))
}

/// Whether a method changes its receiver.
fn changes(name: &str) -> bool {
    name.ends_with("_mut")
        || matches!(
            crate::model::library::passing(name),
            crate::model::library::Passing::Stores
                | crate::model::library::Passing::Removes
                | crate::model::library::Passing::Clears
        )
}

/// Whether the result of a method leads to what its receiver leads to.
fn leads_on(name: &str) -> bool {
    matches!(
        name,
        "clone"
            | "as_ref"
            | "as_mut"
            | "borrow"
            | "borrow_mut"
            | "deref"
            | "deref_mut"
            | "get"
            | "get_mut"
            | "get_or_init"
            | "unwrap"
            | "expect"
            | "lock"
            | "read"
            | "write"
            | "as_deref"
            | "as_deref_mut"
            | "to_owned"
            | "into_inner"
            | "inner"
            | "cloned"
            | "copied"
            | "as_mut_slice"
            | "as_slice"
            | "iter_mut"
            | "entry"
            | "last_mut"
            | "first_mut"
            | "or_default"
            | "or_insert_with"
            | "get_or_insert_with"
    )
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
        (Ty::Param(name, _), arg) if !arg.is_unknown() => {
            if !bound.iter().any(|(known, _)| known == name) {
                bound.push((name.clone(), arg.clone()));
            }
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
