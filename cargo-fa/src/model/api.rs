//! The interface of framealloc: which methods allocate, what they return, what they begin and end.
//!
//! This is the only place that knows it. A test below reads the library's source and fails when they differ.

use super::ty::Known;

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Makes a value in the frame.
    FrameAlloc,
    /// Makes a value in the frame that stays where its policy says.
    Retained,
    /// Makes a value in a pool.
    PoolAlloc,
    /// Makes a value on the heap.
    HeapAlloc,
    /// Makes a value that another thread will receive.
    Transfer,
    /// Makes a value in scratch memory.
    ScratchAlloc,
    /// Begins a frame.
    BeginFrame,
    /// Ends a frame.
    EndFrame,
    /// Ends a frame and returns its promotions.
    EndFrameWithPromotions,
    /// Returns the promotions of earlier frames.
    TakePromotions,
    /// Begins a frame that ends with the guard.
    FrameGuard,
    /// Opens a scope that ends with the guard.
    ScopeGuard,
    /// Opens a frame for several threads that ends with the guard.
    SharedFrame,
    /// Runs a closure under a tag.
    WithTag,
    /// Wraps systems, each run of which has a tag.
    TaggedSystems,
    /// Opens a tag that ends with the guard.
    TagGuard,
    /// Begins a phase.
    BeginPhase,
    /// Ends a phase.
    EndPhase,
    /// Begins a phase that ends with the guard.
    PhaseGuard,
    /// Sets a budget for this thread's frames.
    FrameBudget,
    /// Sets a budget for this thread's pools.
    PoolBudget,
    /// Sets a budget for this thread's heap.
    HeapBudget,
    /// Sets a budget for a tag.
    TagBudget,
    /// Gives a pool or heap value back.
    Free,
    /// Runs a closure as a task of its own.
    Task,
    /// Makes a scratch allocator.
    ScratchMake,
    /// Runs a closure in a scratch scope.
    ScratchScope,
    /// Takes a transferred value.
    Receive,
    /// Tells a barrier that this thread's frame is over.
    Signal,
    /// Waits at a barrier.
    Wait,
    /// Gives the value up without dropping it.
    Leak,
    /// Another.
    Other,
}

/// What a call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// `Known<T>`, `T` being the type parameter of the call.
    Of(Known),
    /// `Known<V>`, `V` being the type of the argument.
    OfArg(Known),
    /// `Known<[T]>`.
    OfSlice(Known),
    /// `Known<str>`.
    OfStr(Known),
    /// `&mut V` of the argument's type.
    RefOfArg,
    /// `&mut [T]`.
    RefOfSlice,
    /// `&mut str`.
    RefOfStr,
    /// `&mut T`.
    RefOf,
    /// A type without parameters.
    Just(Known),
    /// What the closure returns.
    Closure,
    /// The type parameter of the receiver.
    Inner,
    /// The type of the receiver.
    Same,
    /// Something that does not matter.
    Other,
}

/// A method of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// Of which type.
    pub on: Known,
    /// Its name, without `try_`.
    pub name: &'static str,
    /// What it does.
    pub kind: Kind,
    /// What it returns; in a `Result` if it is the `try_` form.
    pub gives: Gives,
}

impl Method {
    /// Whether what it returns is tied to the frame.
    #[must_use]
    pub fn makes_frame_value(&self) -> bool {
        self.kind == Kind::FrameAlloc
    }

    /// Whether it takes a length that the caller computes.
    #[must_use]
    pub fn takes_length(&self) -> bool {
        matches!(
            self.name,
            "frame_slice"
                | "frame_slice_from_fn"
                | "frame_vec_with_capacity"
                | "heap_slice"
                | "alloc_slice"
                | "alloc_slice_from_fn"
                | "vec_with_capacity"
        )
    }
}

macro_rules! methods {
    ($($on:ident { $($name:ident $kind:ident $gives:expr;)* })*) => {
        /// All methods that matter.
        pub static METHODS: &[Method] = &[
            $($(Method { on: Known::$on, name: stringify!($name), kind: Kind::$kind, gives: $gives },)*)*
        ];
    };
}

use Gives::{
    Closure, Inner, Just, Of, OfArg, OfSlice, OfStr, Other, RefOf, RefOfArg, RefOfSlice, RefOfStr, Same,
};

methods! {
    SmartAlloc {
        begin_frame BeginFrame Other;
        end_frame EndFrame Other;
        end_frame_with_promotions EndFrameWithPromotions Just(Known::Promotions);
        take_promotions TakePromotions Just(Known::Promotions);
        frame FrameGuard Just(Known::Frame);
        scope ScopeGuard Just(Known::Scope);
        shared_frame SharedFrame Just(Known::SharedFrame);
        frame_alloc FrameAlloc Of(Known::FrameBox);
        frame_uninit FrameAlloc Of(Known::FrameBox);
        frame_box FrameAlloc OfArg(Known::FrameBox);
        frame_slice FrameAlloc OfSlice(Known::FrameBox);
        frame_slice_from_fn FrameAlloc OfSlice(Known::FrameBox);
        frame_slice_copy FrameAlloc OfSlice(Known::FrameBox);
        frame_str FrameAlloc OfStr(Known::FrameBox);
        frame_vec FrameAlloc Of(Known::FrameVec);
        frame_vec_with_capacity FrameAlloc Of(Known::FrameVec);
        frame_string FrameAlloc Just(Known::FrameString);
        frame_map FrameAlloc Of(Known::FrameMap);
        frame_set FrameAlloc Of(Known::FrameSet);
        frame_allocator FrameAlloc Just(Known::FrameAllocator);
        frame_allocator_fallible FrameAlloc Just(Known::FrameAllocator);
        frame_retained Retained Of(Known::FrameRetained);
        frame_retained_value Retained OfArg(Known::FrameRetained);
        frame_box_for_transfer Transfer OfArg(Known::TransferHandle);
        pool_alloc PoolAlloc Of(Known::PoolBox);
        pool_box PoolAlloc OfArg(Known::PoolBox);
        pool_free Free Other;
        heap_alloc HeapAlloc Of(Known::HeapBox);
        heap_box HeapAlloc OfArg(Known::HeapBox);
        heap_slice HeapAlloc OfSlice(Known::HeapBox);
        heap_free Free Other;
        create_scratch_allocator ScratchMake Just(Known::ScratchAllocator);
        create_scratch_allocator_with ScratchMake Just(Known::ScratchAllocator);
        with_tag WithTag Closure;
        tag TagGuard Just(Known::TagGuard);
        begin_phase BeginPhase Other;
        end_phase EndPhase Other;
        phase PhaseGuard Just(Known::PhaseGuard);
        set_thread_frame_budget FrameBudget Other;
        set_thread_pool_budget PoolBudget Other;
        set_thread_heap_budget HeapBudget Other;
        set_tag_budget TagBudget Other;
        task Task Closure;
    }
    AllocResource {
        tagged TaggedSystems Other;
        tagged_set TaggedSystems Other;
    }
    Scope {
        alloc FrameAlloc RefOfArg;
        alloc_uninit FrameAlloc RefOf;
        alloc_slice_copy FrameAlloc RefOfSlice;
        alloc_slice_from_fn FrameAlloc RefOfSlice;
        alloc_str FrameAlloc RefOfStr;
        boxed FrameAlloc OfArg(Known::FrameBox);
        vec FrameAlloc Of(Known::FrameVec);
        string FrameAlloc Just(Known::FrameString);
    }
    SharedFrame {
        alloc FrameAlloc RefOfArg;
        alloc_slice_copy FrameAlloc RefOfSlice;
        alloc_slice_from_fn FrameAlloc RefOfSlice;
        alloc_str FrameAlloc RefOfStr;
        local Other Just(Known::LocalFrame);
    }
    LocalFrame {
        alloc FrameAlloc RefOfArg;
        alloc_slice_copy FrameAlloc RefOfSlice;
        alloc_slice_from_fn FrameAlloc RefOfSlice;
        alloc_str FrameAlloc RefOfStr;
    }
    ScratchAllocator {
        with_scope ScratchScope Closure;
    }
    ScratchScope {
        with_scope ScratchScope Closure;
        alloc ScratchAlloc RefOf;
        alloc_value ScratchAlloc RefOfArg;
        alloc_uninit ScratchAlloc RefOf;
        alloc_slice ScratchAlloc RefOfSlice;
        alloc_slice_copy ScratchAlloc RefOfSlice;
        alloc_slice_from_fn ScratchAlloc RefOfSlice;
        alloc_str ScratchAlloc RefOfStr;
        boxed ScratchAlloc OfArg(Known::ScratchBox);
        vec ScratchAlloc Of(Known::ScratchVec);
        vec_with_capacity ScratchAlloc Of(Known::ScratchVec);
        string ScratchAlloc Just(Known::ScratchString);
        allocator ScratchAlloc Just(Known::ScratchMemory);
        allocator_fallible ScratchAlloc Just(Known::ScratchMemory);
    }
    TransferHandle {
        receive Receive Inner;
        into_inner Receive Inner;
    }
    FrameBarrier {
        signal_frame_complete Signal Other;
        wait_all Wait Other;
        wait_all_timeout Wait Other;
        join Other Just(Known::BarrierGuard);
    }
    FrameBox {
        clone_in FrameAlloc Same;
        leak Leak Other;
        into_inner Other Inner;
    }
    PoolBox {
        leak Leak Other;
        into_inner Other Inner;
    }
    HeapBox {
        leak Leak Other;
        into_inner Other Inner;
    }
    FrameRetained {
        into_promoted Other Of(Known::Promoted);
        id Other Of(Known::RetainedId);
    }
    Promotions {
        take Other Of(Known::Promoted);
    }
}

/// The method of this name, and whether it is the `try_` form.
#[must_use]
pub fn method(on: Known, name: &str) -> Option<(&'static Method, bool)> {
    let find = |name: &str| METHODS.iter().find(|method| method.on == on && method.name == name);
    if let Some(method) = find(name) {
        return Some((method, false));
    }
    name.strip_prefix("try_").and_then(find).map(|method| (method, true))
}

/// The method of an allocator with a name that nothing else is likely to have.
#[must_use]
pub fn distinctive(name: &str) -> Option<(&'static Method, bool)> {
    let bare = name.strip_prefix("try_").unwrap_or(name);
    let telling = bare.starts_with("frame_")
        || bare.starts_with("pool_") && bare != "pool_free"
        || matches!(bare, "begin_frame" | "end_frame" | "end_frame_with_promotions" | "heap_slice");
    if telling { method(Known::SmartAlloc, name) } else { None }
}

/// Whether a macro of framealloc of this name makes a frame string of its first argument's allocator.
#[must_use]
pub fn frame_format(name: &str) -> bool {
    name == "frame_format"
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::source::tree::{Item, ItemKind, Type, TypeKind};
    use crate::source::{FileId, SourceFile, parse};

    /// Types whose values are tied to memory of the library, as they are named in the types of its methods.
    const OWNERS: [&str; 21] = [
        "FrameBox",
        "FrameVec",
        "FrameString",
        "FrameMap",
        "FrameSet",
        "FrameAllocator",
        "FrameRetained",
        "PoolBox",
        "HeapBox",
        "TransferHandle",
        "Promotions",
        "ScratchAllocator",
        "ScratchBox",
        "ScratchVec",
        "ScratchString",
        "ScratchMemory",
        "Frame",
        "Scope",
        "SharedFrame",
        "LocalFrame",
        "TagGuard",
    ];
    /// What converts or looks at a value and makes none.
    const CONVERSIONS: [&str; 8] =
        ["clone_in", "map", "write", "into_vec", "into_bytes", "into_boxed_str", "assume_init", "take"];

    fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, into);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                into.push(path);
            }
        }
    }

    fn last_name(ty: &Type) -> Option<String> {
        match &ty.kind {
            TypeKind::Path(path) => Some(path.last().to_owned()),
            _ => None,
        }
    }

    /// What a method returns, without the `Result` of a `try_` form.
    fn result(ty: &Type) -> Option<String> {
        match &ty.kind {
            TypeKind::Path(path) if path.last() == "Result" => result(path.segments.last()?.types.first()?),
            TypeKind::Ref(_, true, inner) => match &inner.kind {
                TypeKind::Slice(_) => Some("&mut [T]".to_owned()),
                TypeKind::Path(path) if path.last() == "str" => Some("&mut str".to_owned()),
                _ => Some("&mut T".to_owned()),
            },
            _ => last_name(ty),
        }
    }

    /// Name and result of all public methods of the types that the table knows.
    fn interface() -> BTreeMap<(String, String), Option<String>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../framealloc/src");
        let mut paths = Vec::new();
        sources(&folder, &mut paths);
        assert!(paths.len() > 50, "the library's source is not where it was");
        let mut found = BTreeMap::new();
        for path in paths {
            let text = std::fs::read_to_string(&path).unwrap();
            let file = SourceFile::new(FileId(0), path, String::new(), text.into());
            methods_of(&parse(&file).unwrap(), &mut found);
        }
        found
    }

    fn methods_of(items: &[Item], into: &mut BTreeMap<(String, String), Option<String>>) {
        for item in items {
            match &item.kind {
                ItemKind::Mod(module) => methods_of(module.items.as_deref().unwrap_or(&[]), into),
                ItemKind::Impl(implementation) if implementation.of.is_none() => {
                    let Some(on) = last_name(&implementation.ty) else { continue };
                    for item in &implementation.items {
                        if let ItemKind::Fn(function) = &item.kind
                            && item.public
                        {
                            let gives = function.code().result.as_ref().and_then(result);
                            into.insert((on.clone(), item.name.to_string()), gives);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn expected(gives: Gives) -> Option<String> {
        match gives {
            Of(known) | OfArg(known) | OfSlice(known) | OfStr(known) | Just(known) => {
                Some(known.name().to_owned())
            }
            RefOf | RefOfArg => Some("&mut T".to_owned()),
            RefOfSlice => Some("&mut [T]".to_owned()),
            RefOfStr => Some("&mut str".to_owned()),
            Closure | Inner | Same | Other => None,
        }
    }

    #[test]
    fn the_table_says_what_the_library_says() {
        let interface = interface();
        for method in METHODS {
            // A macro writes the calls of these two.
            if matches!(method.on, Known::SharedFrame | Known::LocalFrame) && method.name != "shared_frame" {
                continue;
            }
            let key = (method.on.name().to_owned(), method.name.to_owned());
            let Some(actual) = interface.get(&key) else { panic!("the library has no {}::{}", key.0, key.1) };
            if let Some(expected) = expected(method.gives) {
                let optional = actual.as_deref() == Some("Option");
                assert!(
                    optional || actual.as_ref() == Some(&expected),
                    "{key:?} returns {actual:?}, not {expected}"
                );
            }
        }
    }

    #[test]
    fn no_allocating_method_of_the_library_is_missing_from_the_table() {
        let owners: BTreeSet<&str> = OWNERS.into_iter().collect();
        let receivers = ["SmartAlloc", "Scope", "Frame", "ScratchScope", "ScratchAllocator"];
        let mut seen = 0;
        for ((on, name), gives) in interface() {
            let Some(gives) = gives else { continue };
            let makes = owners.contains(&*gives) || gives.starts_with("&mut");
            if !makes || !receivers.contains(&&*on) || CONVERSIONS.contains(&&*name) {
                continue;
            }
            seen += 1;
            let known = Known::framealloc(&on).unwrap();
            assert!(method(known, &name).is_some(), "{on}::{name} returns {gives} and is not in the table");
        }
        assert!(seen > 50, "only {seen} allocating methods were seen");
    }

    #[test]
    fn the_macro_is_there_and_makes_a_frame_string() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../framealloc/src/api/frame_string.rs");
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains("macro_rules! frame_format") && text.contains("$alloc.frame_string()"));
        assert!(frame_format("frame_format"));
    }

    #[test]
    fn try_forms_are_found_under_their_plain_name() {
        let (found, tries) = method(Known::SmartAlloc, "try_frame_box").unwrap();
        assert_eq!((found.name, tries), ("frame_box", true));
        assert_eq!(method(Known::FrameVec, "frame_box"), None);
    }
}
