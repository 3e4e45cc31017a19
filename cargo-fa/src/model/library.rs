//! What is known of the standard library and its like: what methods return, and where values go that they are given.

mod functions;

use std::sync::Arc;

use super::index::Index;
use super::ty::{Def, Known, Ty};
use crate::source::tree::Name;

pub use functions::{Made, function_result};

/// What a method of another library does with what its receiver holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passing {
    /// The result holds or refers to what the receiver holds.
    Passes,
    /// The same, and the receiver holds it no longer.
    Removes,
    /// The arguments are put into the receiver.
    Stores,
    /// The receiver holds nothing afterwards.
    Clears,
    /// Nothing of the receiver is in the result.
    Nothing,
}

/// What a method of this name does on a value of a library.
#[must_use]
pub fn passing(name: &str) -> Passing {
    match name {
        "push"
        | "push_back"
        | "push_front"
        | "insert"
        | "extend"
        | "extend_from_slice"
        | "append"
        | "set"
        | "replace"
        | "insert_entry"
        | "or_insert"
        | "or_insert_with"
        | "or_insert_entry"
        | "get_or_insert"
        | "get_or_insert_with"
        | "get_or_init"
        | "fill"
        | "resize"
        | "push_within_capacity"
        | "store"
        | "swap"
        | "try_insert"
        | "add" => Passing::Stores,
        "clear" | "truncate" => Passing::Clears,
        "drain" | "into_inner" => Passing::Removes,
        "iter" | "iter_mut" | "into_iter" | "par_iter" | "par_iter_mut" | "into_par_iter" | "as_slice"
        | "as_mut_slice" | "as_ref" | "as_mut" | "as_deref" | "as_deref_mut" | "as_ptr" | "as_mut_ptr"
        | "as_str" | "as_mut_str" | "as_bytes" | "as_bytes_mut" | "deref" | "deref_mut" | "borrow"
        | "borrow_mut" | "get" | "get_mut" | "get_unchecked" | "get_unchecked_mut" | "first" | "last"
        | "first_mut" | "last_mut" | "split_at" | "split_at_mut" | "split_first" | "split_last"
        | "chunks" | "chunks_mut" | "chunks_exact" | "chunks_exact_mut" | "par_chunks" | "par_chunks_mut"
        | "windows" | "keys" | "values" | "values_mut" | "into_keys" | "into_values" | "unwrap"
        | "unwrap_or" | "unwrap_or_else" | "unwrap_or_default" | "unwrap_unchecked" | "expect"
        | "unwrap_err" | "expect_err" | "ok" | "err" | "ok_or" | "ok_or_else" | "or" | "or_else"
        | "filter" | "rev" | "enumerate" | "zip" | "chain" | "skip" | "take" | "step_by" | "peekable"
        | "by_ref" | "cloned" | "copied" | "clone" | "collect" | "next" | "next_back" | "nth" | "min"
        | "max" | "min_by" | "max_by" | "min_by_key" | "max_by_key" | "find" | "lock" | "read" | "write"
        | "try_lock" | "entry" | "peek" | "peek_mut" | "front" | "back" | "front_mut" | "back_mut"
        | "pop" | "pop_front" | "pop_back" | "remove" | "swap_remove" | "into_boxed_slice" | "into_vec"
        | "leak" | "into_pin" | "into_raw" | "assume_init" | "assume_init_ref" | "assume_init_mut"
        | "trim" | "trim_start" | "trim_end" | "lines" | "split" | "split_whitespace" | "chars" | "bytes"
        | "map_err" | "inspect" | "take_while" | "skip_while" | "filter_map" | "flatten" | "and" | "xor"
        | "into_boxed_str" | "into_bytes" | "clone_in" | "as_mut_ref" | "cast" | "cast_mut"
        | "cast_const" | "add_ptr" | "as_uninit" | "get_ref" | "downcast" | "into_promoted" | "cycle"
        | "fuse" | "iter_ref" | "get_or_default" | "or_default" | "and_modify" | "key" | "range"
        | "split_off" | "retain_mut" | "as_chunks" | "concat_ref" | "local" => Passing::Passes,
        _ => Passing::Nothing,
    }
}

/// Methods of iterators, options and results whose closures run at once, and whether they may run more than once.
#[must_use]
pub fn runs_closure(receiver: &Ty, name: &str) -> Option<Runs> {
    let known = receiver.peeled().as_known();
    let optional = matches!(known, Some(Known::Option | Known::Result));
    match name {
        "map" | "and_then" | "map_err" | "unwrap_or_else" | "ok_or_else" | "or_else" | "is_some_and"
        | "is_ok_and" | "is_none_or" | "inspect" | "filter" | "map_or" | "map_or_else" | "inspect_err"
            if optional =>
        {
            Some(Runs::Perhaps)
        }
        "then" if matches!(receiver, Ty::Scalar) => Some(Runs::Perhaps),
        "or_insert_with" | "or_insert_with_key" | "and_modify" | "get_or_insert_with" | "get_or_init"
        | "get_or_try_init" | "or_else" | "unwrap_or_else" | "and_then" | "map_err" | "ok_or_else" => {
            Some(Runs::Perhaps)
        }
        "with" | "with_borrow" | "with_borrow_mut" | "call_once" if known == Some(Known::LocalKey) => {
            Some(Runs::Once)
        }
        "for_each"
        | "for_each_with"
        | "for_each_init"
        | "try_for_each"
        | "fold"
        | "try_fold"
        | "any"
        | "all"
        | "position"
        | "find"
        | "find_map"
        | "filter"
        | "filter_map"
        | "flat_map"
        | "map"
        | "inspect"
        | "take_while"
        | "skip_while"
        | "map_while"
        | "scan"
        | "partition"
        | "max_by_key"
        | "min_by_key"
        | "max_by"
        | "min_by"
        | "reduce"
        | "retain"
        | "retain_mut"
        | "sort_by"
        | "sort_by_key"
        | "sort_unstable_by"
        | "sort_unstable_by_key"
        | "dedup_by_key"
        | "dedup_by"
        | "binary_search_by"
        | "binary_search_by_key"
        | "resize_with"
        | "sum_by"
        | "iter_for_each"
        | "sort_by_cached_key"
        | "partition_point"
        | "extract_if"
        | "rposition"
        | "is_sorted_by"
        | "map_init" => Some(Runs::Often),
        _ => None,
    }
}

/// How often a closure runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// Exactly once.
    Once,
    /// At most once.
    Perhaps,
    /// Any number of times.
    Often,
}

/// What the items of a collection or iterator are, when it is iterated as it is.
#[must_use]
pub fn item_of(index: &Index, ty: &Ty) -> Ty {
    let by_reference = matches!(ty, Ty::Ref(..));
    for step in index.chain(ty) {
        let wrap = |item: Ty| if by_reference { Ty::reference(item) } else { item };
        match &step {
            Ty::Iter(item) => return (**item).clone(),
            Ty::Slice(item) | Ty::Array(item) => return wrap((**item).clone()),
            Ty::Adt(Def::Known(known), _) if known.is_map() => {
                return Ty::Tuple(Arc::from([wrap(step.arg(0)), wrap(step.arg(1))]));
            }
            Ty::Adt(Def::Known(known), _) if known.is_collection() => return wrap(step.arg(0)),
            Ty::Adt(Def::Known(Known::Option | Known::Result), _) => return wrap(step.arg(0)),
            Ty::Adt(Def::Known(Known::Receiver | Known::UnboundedReceiver), _) => return step.arg(0),
            Ty::Adt(Def::Known(Known::Promotions), _) => return Ty::known(Known::Promotion),
            Ty::Adt(Def::Known(Known::FrameBox), _) if matches!(step.arg(0), Ty::Slice(_)) => {
                return if by_reference {
                    Ty::reference(element(&step.arg(0)))
                } else {
                    element(&step.arg(0))
                };
            }
            Ty::Adt(Def::Known(Known::Query), _) => {
                return match step.arg(0) {
                    Ty::Tuple(types) => Ty::Tuple(types.clone()),
                    other => other,
                };
            }
            _ => {}
        }
    }
    // A range counts.
    if matches!(ty, Ty::Scalar) { Ty::Scalar } else { Ty::Unknown }
}

/// The element of a slice or collection.
#[must_use]
pub fn element(ty: &Ty) -> Ty {
    match ty {
        Ty::Slice(of) | Ty::Array(of) | Ty::Iter(of) => (**of).clone(),
        Ty::Adt(Def::Known(known), _) if known.is_map() => ty.arg(1),
        Ty::Adt(Def::Known(known), _) if known.is_collection() => ty.arg(0),
        _ => Ty::Unknown,
    }
}

fn option(of: Ty) -> Ty {
    Ty::of(Known::Option, [of])
}

fn result(of: Ty) -> Ty {
    Ty::of(Known::Result, [of])
}

fn iter(of: Ty) -> Ty {
    Ty::Iter(Arc::new(of))
}

/// What a method of a library returns. `closure` is what the closure among the arguments returns.
#[must_use]
pub fn method_result(
    index: &Index,
    receiver: &Ty,
    name: &Name,
    args: &[Ty],
    closure: Option<&Ty>,
    generics: &[Ty],
) -> Ty {
    let chain = index.chain(receiver);
    let closure = closure.cloned().unwrap_or(Ty::Unknown);
    let find = |wanted: fn(Known) -> bool| chain.iter().find(|ty| ty.as_known().is_some_and(wanted)).cloned();
    let is_iter = chain.iter().any(|ty| matches!(ty, Ty::Iter(_)));
    let item = || item_of(index, receiver);
    let optional = find(|known| matches!(known, Known::Option | Known::Result));
    // The element of what can be indexed or looked up.
    let elem = || {
        let holds = |ty: &&Ty| !element(ty).is_unknown();
        chain.iter().find(holds).map_or(Ty::Unknown, element)
    };
    match &**name {
        "name" | "stack_size" | "no_hooks" if receiver.as_known() == Some(Known::Builder) => receiver.clone(),
        "clone" | "to_owned" | "borrow_owned" => match receiver.peeled() {
            Ty::Str => Ty::known(Known::String),
            Ty::Slice(of) => Ty::of(Known::Vec, [(**of).clone()]),
            other => other.clone(),
        },
        "cloned" | "copied" => match (&optional, is_iter) {
            (Some(ty), _) => option(ty.arg(0).peeled().clone()),
            (None, true) => iter(item().peeled().clone()),
            _ => Ty::Unknown,
        },
        "len" | "capacity" | "count" | "is_empty" | "contains" | "contains_key" | "is_some" | "is_none"
        | "is_ok" | "is_err" | "any" | "all" | "starts_with" | "ends_with" | "load" | "elapsed" | "sqrt"
        | "abs" | "powi" | "min_value" | "wrapping_add" | "is_finished" | "to_bits" | "as_secs_f32"
        | "as_secs" | "id" => Ty::Scalar,
        "sum" | "product" | "position" => match &**name {
            "position" => option(Ty::Scalar),
            _ => generics.first().cloned().unwrap_or(Ty::Scalar),
        },
        "to_string" | "to_lowercase" | "to_uppercase" | "repeat" | "join_str" | "concat" => {
            Ty::known(Known::String)
        }
        "to_vec" => match chain.iter().find(|ty| matches!(ty, Ty::Slice(_) | Ty::Array(_))) {
            Some(ty) => Ty::of(Known::Vec, [element(ty)]),
            None => Ty::of(Known::Vec, [elem()]),
        },
        "unwrap" | "expect" | "unwrap_or" | "unwrap_or_else" | "unwrap_or_default" | "unwrap_unchecked" => {
            optional.map_or(Ty::Unknown, |ty| ty.arg(0))
        }
        "unwrap_err" | "expect_err" => optional.map_or(Ty::Unknown, |ty| ty.arg(1)),
        "ok" => optional.map_or(Ty::Unknown, |ty| option(ty.arg(0))),
        "err" => optional.map_or(Ty::Unknown, |ty| option(ty.arg(1))),
        "ok_or" | "ok_or_else" | "map_err" => optional.map_or(Ty::Unknown, |ty| result(ty.arg(0))),
        "or" | "or_else" | "xor" | "take" | "replace" | "filter" | "inspect" if optional.is_some() => {
            optional.unwrap_or(Ty::Unknown)
        }
        "map" if optional.is_some() => {
            let known = optional.as_ref().and_then(Ty::as_known).unwrap_or(Known::Option);
            Ty::of(known, [closure])
        }
        "and_then" if optional.is_some() => closure,
        "map_or" | "map_or_else" if optional.is_some() => closure,
        "is_some_and" | "is_ok_and" | "is_none_or" => Ty::Scalar,
        "as_ref" | "as_mut" => match optional {
            Some(ty) => {
                let known = ty.as_known().unwrap_or(Known::Option);
                Ty::of(known, [Ty::reference(ty.arg(0))])
            }
            None => match receiver {
                Ty::Ref(_, to) if !matches!(to.as_known(), Some(Known::Box | Known::Arc | Known::Rc)) => {
                    receiver.clone()
                }
                _ => {
                    Ty::reference(index.deref(receiver.peeled()).unwrap_or_else(|| receiver.peeled().clone()))
                }
            },
        },
        "as_deref" | "as_deref_mut" => match optional {
            Some(ty) => option(Ty::reference(index.deref(&ty.arg(0)).unwrap_or(Ty::Unknown))),
            None => Ty::Unknown,
        },
        "deref" | "deref_mut" => Ty::reference(index.deref(receiver.peeled()).unwrap_or(Ty::Unknown)),
        "lock" | "try_lock" => match find(|known| known == Known::Mutex) {
            Some(ty) => result(Ty::of(Known::MutexGuard, [ty.arg(0)])),
            None => Ty::Unknown,
        },
        "read" | "write" | "try_read" | "try_write" => match find(|known| known == Known::RwLock) {
            Some(ty) => result(Ty::of(Known::RwLockWriteGuard, [ty.arg(0)])),
            None => match find(|known| known == Known::FrameBox) {
                Some(ty) => Ty::of(Known::FrameBox, [ty.arg(0).arg(0)]),
                None => Ty::Unknown,
            },
        },
        "assume_init" => match find(|known| known == Known::FrameBox) {
            Some(ty) => Ty::of(Known::FrameBox, [ty.arg(0).arg(0)]),
            None => Ty::Unknown,
        },
        "borrow" | "borrow_mut" => match find(|known| known == Known::RefCell) {
            Some(ty) => Ty::of(Known::RefMut, [ty.arg(0)]),
            None => receiver.clone(),
        },
        "get" | "get_mut" | "first" | "last" | "first_mut" | "last_mut" | "front" | "back" | "front_mut"
        | "back_mut" | "peek" | "get_or_default"
            if !is_iter =>
        {
            let cell = find(|known| {
                matches!(
                    known,
                    Known::OnceLock
                        | Known::OnceCell
                        | Known::LazyLock
                        | Known::Cell
                        | Known::RefCell
                        | Known::Mutex
                )
            });
            match cell.as_ref().map(|ty| (ty.as_known(), ty.arg(0))) {
                Some((Some(Known::Cell), of)) => of,
                Some((Some(Known::Mutex), of)) => result(Ty::reference(of)),
                Some((_, of)) => option(Ty::reference(of)),
                None => option(Ty::reference(elem())),
            }
        }
        "get_or_init" | "get_or_insert_with" | "get_or_insert" | "force" => {
            let cell = find(|known| {
                matches!(known, Known::OnceLock | Known::OnceCell | Known::LazyLock | Known::Option)
            });
            cell.map_or(Ty::Unknown, |ty| Ty::reference(ty.arg(0)))
        }
        "into_inner" => match find(|known| matches!(known, Known::Mutex | Known::RwLock)) {
            Some(ty) => result(ty.arg(0)),
            None => chain.first().map_or(Ty::Unknown, |ty| ty.arg(0)),
        },
        "iter" | "iter_mut" | "par_iter" | "par_iter_mut" => match receiver {
            _ if is_iter => receiver.clone(),
            Ty::Ref(..) => iter(item()),
            _ => iter(item_of(index, &Ty::reference(receiver.clone()))),
        },
        "into_iter" | "into_par_iter" | "drain" | "by_ref" => iter(item()),
        "keys" => iter(find(Known::is_map).map_or(Ty::Unknown, |ty| Ty::reference(ty.arg(0)))),
        "values" | "values_mut" => {
            iter(find(Known::is_map).map_or(Ty::Unknown, |ty| Ty::reference(ty.arg(1))))
        }
        "into_values" => iter(find(Known::is_map).map_or(Ty::Unknown, |ty| ty.arg(1))),
        "into_keys" => iter(find(Known::is_map).map_or(Ty::Unknown, |ty| ty.arg(0))),
        "chunks" | "chunks_mut" | "chunks_exact" | "chunks_exact_mut" | "windows" | "par_chunks"
        | "par_chunks_mut" => iter(Ty::reference(Ty::Slice(Arc::new(elem())))),
        "split_at" | "split_at_mut" => {
            let half = Ty::reference(Ty::Slice(Arc::new(elem())));
            Ty::Tuple(Arc::from([half.clone(), half]))
        }
        "as_slice" | "as_mut_slice" => Ty::reference(Ty::Slice(Arc::new(elem()))),
        "as_str" | "as_mut_str" | "trim" | "trim_start" | "trim_end" => Ty::reference(Ty::Str),
        "as_bytes" => Ty::reference(Ty::Slice(Arc::new(Ty::Scalar))),
        "as_ptr" | "as_mut_ptr" | "into_raw" => Ty::Ptr(Arc::new(elem())),
        "cast_mut" | "cast_const" => receiver.clone(),
        "cast" if matches!(receiver, Ty::Ptr(_)) => {
            Ty::Ptr(Arc::new(generics.first().cloned().unwrap_or(Ty::Unknown)))
        }
        "chars" | "bytes" => iter(Ty::Scalar),
        "lines" | "split" | "split_whitespace" | "split_terminator" => iter(Ty::reference(Ty::Str)),
        "map" | "flat_map" | "filter_map" | "scan" | "map_while" | "flatten" => {
            let of = match &**name {
                "flat_map" => item_of(index, &closure),
                "filter_map" | "scan" | "map_while" => closure.unwrapped(),
                "flatten" => item_of(index, &item()),
                _ => closure,
            };
            iter(of)
        }
        "filter" | "skip" | "take" | "rev" | "step_by" | "peekable" | "inspect" | "chain" | "fuse"
        | "take_while" | "skip_while" | "cycle" => {
            if is_iter {
                iter(item())
            } else {
                Ty::Unknown
            }
        }
        "enumerate" => iter(Ty::Tuple(Arc::from([Ty::Scalar, item()]))),
        "zip" => {
            let other = args.first().map_or(Ty::Unknown, |ty| item_of(index, ty));
            iter(Ty::Tuple(Arc::from([item(), other])))
        }
        "next" | "next_back" | "nth" | "find" | "min" | "max" | "min_by" | "max_by" | "min_by_key"
        | "max_by_key" | "last" | "reduce" | "peek_mut"
            if is_iter =>
        {
            option(item())
        }
        "min" | "max" | "clamp" => receiver.clone(),
        "find_map" => closure,
        "pop" | "pop_front" | "pop_back" => option(elem()),
        "remove" => match find(Known::is_map) {
            Some(ty) => option(ty.arg(1)),
            None => elem(),
        },
        "swap_remove" => elem(),
        "insert" => match find(Known::is_map) {
            Some(ty) => option(ty.arg(1)),
            None => Ty::unit(),
        },
        "push" | "push_back" | "push_front" | "extend" | "clear" | "truncate" | "sort" | "reverse"
        | "push_str" | "for_each" | "retain" | "sort_by" | "sort_by_key" | "reserve"
        | "extend_from_slice" | "append" | "fill" => Ty::unit(),
        "entry" => match find(Known::is_map) {
            Some(ty) => {
                Ty::Adt(Def::Foreign("std::collections::Entry".into()), Arc::from([ty.arg(0), ty.arg(1)]))
            }
            None => Ty::Unknown,
        },
        "or_insert" | "or_insert_with" | "or_default" => Ty::reference(receiver.arg(1)),
        "and_modify" => receiver.clone(),
        "collect" => match generics.first() {
            Some(Ty::Adt(def, args)) => {
                let args: Vec<Ty> = match &**args {
                    [one] if one.is_unknown() => vec![item()],
                    [] => vec![],
                    _ => args.to_vec(),
                };
                Ty::Adt(def.clone(), args.into())
            }
            _ => Ty::Adt(Def::Foreign("std::collect".into()), Arc::from([item()])),
        },
        "recv" | "recv_timeout" | "try_recv" => {
            match find(|known| matches!(known, Known::Receiver | Known::UnboundedReceiver)) {
                Some(ty) => result(ty.arg(0)),
                None => Ty::Unknown,
            }
        }
        "join" => match find(|known| matches!(known, Known::JoinHandle | Known::ScopedJoinHandle)) {
            Some(ty) => result(ty.arg(0)),
            // `names.join(", ")`
            None => match elem().peeled() {
                Ty::Str => Ty::known(Known::String),
                ty if ty.as_known() == Some(Known::String) => Ty::known(Known::String),
                _ => Ty::Unknown,
            },
        },
        "name" | "stack_size" if find(|known| known == Known::Builder).is_some() => Ty::known(Known::Builder),
        "spawn" if find(|known| known == Known::Builder).is_some() => {
            result(Ty::of(Known::JoinHandle, [closure]))
        }
        "then" => option(closure),
        "with" if find(|known| known == Known::LocalKey).is_some() => closure,
        "leak" => Ty::reference(index.deref(receiver.peeled()).unwrap_or(Ty::Unknown)),
        "into_vec" => match find(|known| known == Known::FrameBox) {
            Some(_) => Ty::of(Known::FrameVec, [elem()]),
            None => Ty::of(Known::Vec, [elem()]),
        },
        "clone_in" | "into_pin" | "into_boxed_slice" => receiver.peeled().clone(),
        "downcast" => match find(|known| known == Known::Promotion) {
            Some(_) => result(Ty::of(Known::Promoted, generics.to_vec())),
            None => match receiver.as_known() {
                Some(pointer @ (Known::Box | Known::Rc | Known::Arc)) => {
                    result(Ty::of(pointer, generics.to_vec()))
                }
                _ => Ty::Unknown,
            },
        },
        _ => Ty::Unknown,
    }
}
