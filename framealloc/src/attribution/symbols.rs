//! What the addresses on a stack mean: which of them is the line of the program that asks for memory.
//!
//! Reading symbols takes time and memory. So each address is looked up once for all threads, at a frame's end.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::place::{Called, FoundPlace};

/// What an address on the stack stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Meaning {
    /// The way from the program to its allocator, or code whose lines are not known: what calls it is wanted.
    Between,
    /// A crate that the program has from elsewhere: what calls it is wanted, if that is the program's own.
    Dependency(&'static FoundPlace),
    Program(&'static FoundPlace),
    /// This library asks for something itself.
    Library,
}

/// So many addresses are remembered, and so many places; others are looked up again, or are none.
const MOST: usize = 1 << 16;

/// What is known of an address.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// What it stands for on a stack whose inner part is the allocator...
    meaning: Meaning,
    /// ... and when what is inlined there begins with more of that.
    beyond_door: Meaning,
    has_door: bool,
    /// What of the standard library it is part of.
    called: Option<Called>,
}

/// What was looked up, by all threads. Nothing of it goes: reports hand out its text.
#[derive(Debug, Default)]
struct Known {
    entries: HashMap<usize, Entry>,
    places: HashMap<(&'static str, u32, u32), &'static FoundPlace>,
    files: HashMap<String, &'static str>,
}

static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

fn known() -> MutexGuard<'static, Option<Known>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Calls `each` with the addresses of a stack, from the inside, and what they stand for, until it says `false`.
///
/// As far as the standard library's door to the global allocator, all is the allocator: also where the program has put one
/// of its own around the one that counts.
pub(crate) fn read_stack(stack: &[usize], mut each: impl FnMut(usize, Meaning) -> bool) {
    let mut called = Called::Other;
    let mut entries = stack.iter().map(|&address| (address, entry_of(address, &mut called)));
    let mut inside = Vec::new();
    let door = loop {
        match entries.next() {
            Some((address, entry)) if entry.has_door => break Some((address, entry)),
            Some(other) => inside.push(other),
            None => break None,
        }
    };
    let Some((address, entry)) = door else {
        // It is not to be seen in what the compiler has left.
        inside.into_iter().all(|(address, entry)| each(address, entry.meaning));
        return;
    };
    let _ = inside.into_iter().all(|(address, _)| each(address, Meaning::Between))
        && each(address, entry.beyond_door)
        && entries.all(|(address, entry)| each(address, entry.meaning));
}

/// What is known of an address, which calls what of the standard library was `called`.
fn entry_of(address: usize, called: &mut Called) -> Entry {
    let remembered = known().as_ref().and_then(|known| known.entries.get(&address).copied());
    let entry = remembered.unwrap_or_else(|| {
        let entry = look_up(address, *called);
        let mut known = known();
        let known = known.get_or_insert_default();
        if known.entries.len() < MOST {
            known.entries.insert(address, entry);
        }
        entry
    });
    *called = entry.called.unwrap_or(*called);
    entry
}

fn look_up(address: usize, mut calls: Called) -> Entry {
    let own = own_folder();
    let mut entry =
        Entry { meaning: Meaning::Between, beyond_door: Meaning::Between, has_door: false, called: None };
    // A call that was inlined has several symbols, the innermost first. The closure must not panic.
    backtrace::resolve(std::ptr::without_provenance_mut(address), |symbol| {
        let name = symbol.name();
        let name = name.as_ref().and_then(|name| name.as_str()).unwrap_or_default();
        // It has no lines, and what calls it may have none either, where the compiler made it for a crate without.
        entry.has_door |= is_way_in(name);
        let Some(path) = symbol.filename().map(Path::to_string_lossy) else { return };
        let file = path.replace('\\', "/");
        let is_shim = name.contains("__rust");
        let kind = if is_shim { Kind::Between } else { kind_of(&file, &own) };
        if kind == Kind::Between {
            entry.has_door |= is_door(&file);
            entry.called = called_in(&file).or(entry.called);
            calls = entry.called.unwrap_or(calls);
            return;
        }
        let place = || place_at(&path, symbol.lineno()?, symbol.colno().unwrap_or(0), calls);
        let found = match kind {
            Kind::Between => None,
            Kind::Library => Some(Meaning::Library),
            Kind::Program => place().map(Meaning::Program),
            Kind::Dependency => place().map(Meaning::Dependency),
        };
        let Some(found) = found else { return };
        entry.meaning = entry.meaning.or(found);
        if entry.has_door {
            entry.beyond_door = entry.beyond_door.or(found);
        }
    });
    entry
}

impl Meaning {
    /// What an address stands for where `outer` has called this.
    fn or(self, outer: Self) -> Self {
        match (self, outer) {
            (Self::Between, outer) | (Self::Dependency(_), outer @ Self::Program(_)) => outer,
            _ => self,
        }
    }
}

fn place_at(file: &str, line: u32, column: u32, calls: Called) -> Option<&'static FoundPlace> {
    let mut known = known();
    let known = known.get_or_insert_default();
    if known.places.len() >= MOST || file.is_empty() {
        return None;
    }
    let file = match known.files.get(file) {
        Some(&file) => file,
        None => {
            let text: &'static str = file.to_owned().leak();
            known.files.insert(file.to_owned(), text);
            text
        }
    };
    let make = || -> &'static FoundPlace { Box::leak(Box::new(FoundPlace { file, line, column, calls })) };
    Some(known.places.entry((file, line, column)).or_insert_with(make))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Between,
    Library,
    Dependency,
    Program,
}

/// The standard library's files, with which its source may have been installed, and those of the crates in it.
const STANDARD: [&str; 3] = ["/rustc/", "/rustlib/src/rust/", "/rust/deps/"];
/// Files of crates that the program has from elsewhere.
const ELSEWHERE: [&str; 2] = ["/registry/src/", "/git/checkouts/"];
/// This library's modules that lie between a program and what reads its stack.
const OWN_WAY: [&str; 3] = ["memory", "attribution", "thread"];
/// Its others.
const OWN: [&str; 7] = ["api", "bevy", "config", "frame", "observe", "pool", "testing"];

/// Where this library's files are, as far as the compiler was told.
fn own_folder() -> String {
    file!().replace('\\', "/").trim_end_matches("attribution/symbols.rs").to_owned()
}

/// What a function in this file is to the program. Names are no help: programs are built with lines alone.
fn kind_of(file: &str, own_folder: &str) -> Kind {
    let holds = |parts: &[&str]| parts.iter().any(|part| file.contains(part));
    let own = file.rfind(own_folder).map(|start| &file[start + own_folder.len()..]);
    let is_in = |modules: &[&str]| {
        let top = own.and_then(|inside| inside.split(['/', '.']).next());
        top.is_some_and(|top| modules.contains(&top))
    };
    if holds(&STANDARD) || is_in(&OWN_WAY) {
        Kind::Between
    } else if is_in(&OWN) {
        Kind::Library
    } else if !file.ends_with(".rs") {
        // The system's libraries, and what the program has in other languages.
        Kind::Between
    } else if holds(&ELSEWHERE) {
        Kind::Dependency
    } else {
        Kind::Program
    }
}

/// Whether this is the compiler's own function between what asks for memory and the global allocator.
fn is_way_in(function: &str) -> bool {
    ["__rust_alloc", "__rust_realloc", "__rg_alloc", "__rg_realloc"]
        .iter()
        .any(|name| function.contains(name))
}

/// Whether a file of the standard library is part of what asks for memory, which an allocator does not do.
fn is_door(file: &str) -> bool {
    file.contains("/library/alloc/src/") || file.contains("/rust/deps/hashbrown")
}

/// What this file of the standard library is part of.
fn called_in(file: &str) -> Option<Called> {
    const PARTS: [(&str, Called); 13] = [
        ("/vec_deque/", Called::Vec),
        ("/collections/", Called::Map),
        ("/hashbrown-", Called::Map),
        ("/alloc/src/string.rs", Called::String),
        ("/alloc/src/fmt.rs", Called::String),
        ("/alloc/src/str.rs", Called::String),
        ("/alloc/src/vec/", Called::Vec),
        ("/alloc/src/slice.rs", Called::Vec),
        ("/alloc/src/raw_vec", Called::Vec),
        ("/alloc/src/boxed.rs", Called::Box),
        ("/alloc/src/boxed/", Called::Box),
        ("/alloc/src/rc.rs", Called::Box),
        ("/alloc/src/sync.rs", Called::Box),
    ];
    PARTS.iter().find(|(part, _)| file.contains(part)).map(|&(_, called)| called)
}

#[cfg(test)]
mod tests {
    use super::{Called, Kind, called_in, is_door, is_way_in, kind_of, own_folder};

    const STD: &str = "/rustc/abc/library/alloc/src";
    const OWN: &str = "framealloc/src/";

    #[test]
    fn the_compilers_own_functions_lead_to_the_allocator() {
        for name in
            ["_RNvCsdBezzDwma51_7___rustc12___rust_alloc", "__rust_realloc", "__rustc::__rg_alloc_zeroed"]
        {
            assert!(is_way_in(name), "{name}");
        }
        for name in
            ["std::sys::backtrace::__rust_begin_short_backtrace", "__rust_try", "__rustc::rust_begin_unwind"]
        {
            assert!(!is_way_in(name), "{name}");
        }
    }

    #[test]
    fn the_way_to_the_allocator_is_not_the_program() {
        for file in [
            "/rustc/abc/library/alloc/src/raw_vec/mod.rs",
            "/rust/deps/hashbrown-0.15.4/src/raw/mod.rs",
            "C:/toolchains/stable/lib/rustlib/src/rust/library/std/src/thread/local.rs",
            "/games/framealloc/src/memory/tracking.rs",
            "/games/framealloc/src/memory.rs",
            "./nptl/pthread_create.c",
        ] {
            assert_eq!(kind_of(file, OWN), Kind::Between, "{file}");
        }
        assert!(is_door(&format!("{STD}/raw_vec/mod.rs")) && !is_door("/rustc/abc/library/core/src/cell.rs"));
    }

    #[test]
    fn the_program_is_told_from_what_it_uses() {
        for file in ["/game/src/main.rs", "/games/framealloc/src/main.rs", "/game/src/memory/blocks.rs"] {
            assert_eq!(kind_of(file, OWN), Kind::Program, "{file}");
        }
        let serde = "/cargo/registry/src/index-1/serde_json-1.0.1/src/ser.rs";
        assert_eq!(kind_of(serde, OWN), Kind::Dependency);
        assert_eq!(kind_of("/games/framealloc/src/observe/fill.rs", OWN), Kind::Library);
        let own = "/cargo/registry/src/index-1/framealloc-0.1.0/src/";
        assert_eq!(kind_of(&format!("{own}api/frame_box.rs"), own), Kind::Library);
        assert_eq!(kind_of(&file!().replace('\\', "/"), &own_folder()), Kind::Between);
    }

    #[test]
    fn what_is_called_follows_from_the_file() {
        for (file, called) in [
            ("vec/spec_from_iter.rs", Called::Vec),
            ("collections/vec_deque/mod.rs", Called::Vec),
            ("collections/btree/map.rs", Called::Map),
            ("fmt.rs", Called::String),
            ("boxed.rs", Called::Box),
        ] {
            assert_eq!(called_in(&format!("{STD}/{file}")), Some(called), "{file}");
        }
        assert_eq!(called_in("/rustc/abc/library/std/src/collections/hash/map.rs"), Some(Called::Map));
        assert_eq!(called_in("/rustc/abc/library/core/src/iter/traits/iterator.rs"), None);
    }
}
