//! Functions of other crates: what they make of their arguments.

use std::sync::Arc;

use super::{option, result};
use crate::model::ty::{Known, Ty};
use crate::source::tree::Name;

/// What a function of another library makes.
#[derive(Clone, Debug, PartialEq)]
pub enum Made {
    /// A value around its first argument, which it holds.
    Wrap(Ty),
    /// A value that holds nothing of its arguments.
    Fresh(Ty),
    /// A copy of the handle that its argument refers to.
    CloneOf,
    /// Not known.
    Unknown,
}

/// What a call of a function by its path makes: `owner` is the type before the last name.
#[must_use]
pub fn function_result(path: &[Name], owner: Option<&Ty>, args: &[Ty]) -> Made {
    let last = path.last().map_or("", |name| &**name);
    let first = args.first().cloned().unwrap_or(Ty::Unknown);
    if let Some(owner) = owner
        && let Some(known) = owner.as_known()
    {
        let holds_one = known.derefs_to_parameter()
            || matches!(
                known,
                Known::Cell
                    | Known::RefCell
                    | Known::UnsafeCell
                    | Known::Mutex
                    | Known::RwLock
                    | Known::MaybeUninit
                    | Known::OnceLock
                    | Known::OnceCell
            );
        return match last {
            "new" | "from" | "pin" | "from_value" if holds_one && !args.is_empty() => {
                if matches!(known, Known::LazyLock | Known::LazyCell | Known::Lazy) {
                    return Made::Fresh(owner.clone());
                }
                Made::Wrap(Ty::of(known, [first]))
            }
            "clone" => Made::CloneOf,
            "as_ref" | "deref" | "as_ptr" => Made::Wrap(Ty::reference(first.peeled().arg(0))),
            "leak" if known == Known::Box => Made::Wrap(Ty::reference(first.arg(0))),
            "try_new" => Made::Fresh(result(owner.clone())),
            "leaked" => Made::Fresh(Ty::reference(owner.clone())),
            "force" => Made::Wrap(Ty::reference(first.peeled().arg(0))),
            "new" | "with_defaults" | "default" | "with_capacity" | "with_alloc" | "new_in"
            | "with_capacity_in" | "from" | "from_iter" | "from_utf8_lossy" => Made::Fresh(owner.clone()),
            _ => Made::Unknown,
        };
    }
    // A derived `Default` has no function of the program.
    if let Some(owner) = owner.filter(|owner| owner.as_item().is_some())
        && last == "default"
        && args.is_empty()
    {
        return Made::Fresh(owner.clone());
    }
    let full: Vec<&str> = path.iter().map(|name| &**name).collect();
    match full.as_slice() {
        [_, "Some"] => Made::Wrap(option(first)),
        [_, "Ok"] => Made::Wrap(result(first)),
        [_, "Err"] => Made::Wrap(Ty::of(Known::Result, [Ty::Unknown, first])),
        [.., "channel" | "unbounded" | "bounded" | "unbounded_channel" | "sync_channel"] => {
            Made::Fresh(Ty::Tuple(Arc::from([Ty::known(Known::Sender), Ty::known(Known::Receiver)])))
        }
        [.., "mem", "take"] | [.., "mem", "replace"] => Made::Unknown,
        [.., "ptr", "from_ref" | "from_mut"] => Made::Wrap(Ty::Ptr(Arc::new(first.peeled().clone()))),
        [.., "slice", "from_raw_parts" | "from_raw_parts_mut"] => {
            let of = match &first {
                Ty::Ptr(of) => (**of).clone(),
                _ => Ty::Unknown,
            };
            Made::Fresh(Ty::reference(Ty::Slice(Arc::new(of))))
        }
        [.., "thread", "spawn"] => Made::Fresh(Ty::known(Known::JoinHandle)),
        [.., "megabytes" | "kilobytes" | "gigabytes"] => Made::Fresh(Ty::Scalar),
        _ => Made::Unknown,
    }
}
