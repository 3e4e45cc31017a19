//! Calls of methods: those of framealloc, and those of other crates.

use std::sync::Arc;

use super::Builder;
use super::call::{Args, closure_among};
use crate::flow::body::{Aggregate, Bound, Callee, Const, ContextKind, Operand, Place, Value};
use crate::model::api::{self, Gives, Kind, Method};
use crate::model::library::{Runs, element, item_of, method_result, runs_closure};
use crate::model::{Def, Known, Step, Ty};
use crate::source::Span;
use crate::source::tree::{Expr, ExprKind, MethodCall, Name};

impl Builder<'_> {
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
            Step::Api(method, on, _) if method.name == "clone_in" && call.args.len() == 1 => {
                self.clone_in(method, (place, on), &call.args[0], name, span)
            }
            Step::Api(method, on, tries) => {
                self.call_api(method, tries, false, (place, on), &call.args, name, generics, wanted, span)
            }
            Step::Own(callees, on) => {
                let params = self.index.signature(callees[0]).params.clone();
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

    /// `value.clone_in(&alloc)`: it is the allocator that makes the copy.
    fn clone_in(
        &mut self,
        method: &'static Method,
        (place, ty): (Place, Ty),
        alloc: &Expr,
        name: (Name, Span),
        span: Span,
    ) -> (Operand, Ty) {
        let (by, on) = self.place(alloc);
        let mut args = Args::of(Operand::Ref(by, false), on, span);
        args.operands.push(Operand::Ref(place, false));
        args.types.push(Ty::reference(ty.clone()));
        args.spans.push(span);
        let callee = Callee::Api { method, tries: false, guessed: false };
        self.emit_call(callee, args, true, name, Vec::new(), ty, span)
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
        let own = self.index.conversion(&call.name, &ty, wanted);
        if !own.is_empty() {
            let args = Args::of(self.read(place, &ty), ty, span);
            let result = self.result_of(&own, None, &args.types, &[]);
            let name = (call.name.clone(), call.name_span);
            return self.emit_call(Callee::Own(own), args, true, name, generics, result, span);
        }
        if let ("then_some", Ty::Scalar, [held]) = (&*call.name, &ty, &*call.args) {
            let (held, of) = self.expr(held);
            let fields = vec![("".into(), held)];
            return self.value(Value::Aggregate(Aggregate::Wrap, fields), Ty::of(Known::Option, [of]), span);
        }
        let copy = self.index.is_copy(&ty) == Some(true);
        let receiver = match takes_self(&call.name, &ty) {
            true if copy => Operand::Copy(place.clone()),
            true => self.read(place.clone(), &ty),
            false => Operand::Ref(place.clone(), changes(&call.name)),
        };
        let runs = runs_closure(&ty, &call.name);
        let mut args = Args::of(receiver, ty.clone(), span);
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
                    args.closure.get_or_insert(of.clone());
                    args.operands.push(operand);
                    args.types.push(of);
                }
                _ => {
                    let (operand, ty) = self.expr(arg);
                    if args.closure.is_none()
                        && let Ty::Callable(result) = &ty
                    {
                        args.closure = Some((**result).clone());
                    }
                    args.operands.push(operand);
                    args.types.push(ty);
                }
            }
        }
        self.learn_elements(&place, &call.name, &args.types[1..]);
        let closure = args.closure.as_ref();
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

    /// What is put into a collection says what it is a collection of, where nothing else does.
    fn learn_elements(&mut self, place: &Place, method: &str, given: &[Ty]) {
        let Some(local) = place.whole_local() else { return };
        let ty = self.ty(local);
        let Some(known) = ty.as_known().filter(|known| known.is_collection()) else { return };
        if !ty.arg(0).is_unknown() {
            return;
        }
        let of = |place: usize| given.get(place).cloned().unwrap_or(Ty::Unknown);
        let args = match method {
            "insert" if known.is_map() => vec![of(0), of(1)],
            "push" | "push_back" | "push_front" | "insert" if given.len() == 1 => vec![of(0)],
            "insert" | "resize" if given.len() == 2 => vec![of(1)],
            "extend" if !known.is_map() => vec![item_of(self.index, &of(0))],
            "extend_from_slice" => vec![element(self.index.chain(&of(0)).last().unwrap_or(&Ty::Unknown))],
            _ => return,
        };
        if !args.iter().all(Ty::is_unknown) {
            self.function.locals[local.0 as usize].ty = Ty::of(known, args).bounded();
        }
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
        Gives::Same => on.clone(),
        Gives::Closure => Ty::Unknown,
        Gives::Other if method.name == "leak" => Ty::Ref(true, Arc::new(on.arg(0))),
        Gives::Other => Ty::unit(),
    };
    if tries { Ty::of(Known::Result, [result, Ty::known(Known::AllocError)]) } else { result }
}

/// Whether a method of a library takes its receiver away.
fn takes_self(name: &str, ty: &Ty) -> bool {
    match ty {
        Ty::Ref(..) => matches!(name, "map" | "cloned" | "copied"),
        Ty::Iter(_) => !matches!(
            name,
            "next"
                | "next_back"
                | "nth"
                | "peek"
                | "peek_mut"
                | "by_ref"
                | "any"
                | "all"
                | "position"
                | "find"
                | "len"
                | "size_hint"
                | "clone"
        ),
        Ty::Adt(Def::Known(Known::Option | Known::Result), _) => !matches!(
            name,
            "as_ref"
                | "as_mut"
                | "as_deref"
                | "as_deref_mut"
                | "is_some"
                | "is_none"
                | "is_ok"
                | "is_err"
                | "iter"
                | "iter_mut"
                | "take"
                | "replace"
                | "insert"
                | "get_or_insert"
                | "get_or_insert_with"
                | "clone"
                | "eq"
        ),
        _ if name.starts_with("into_") => true,
        Ty::Adt(Def::Known(Known::RwLock), _) => false,
        _ => matches!(
            name,
            "unwrap"
                | "expect"
                | "unwrap_or"
                | "unwrap_or_else"
                | "unwrap_or_default"
                | "ok"
                | "map"
                | "map_err"
                | "and_then"
                | "or_else"
                | "join"
                | "leak"
                | "write"
                | "assume_init"
                | "receive"
                | "downcast"
        ),
    }
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
