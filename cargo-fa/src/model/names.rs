//! From a path to what it names: modules, `use`, globs, renames, and the names that are always known.

use std::collections::HashMap;

use super::index::{CrateId, Entry, Extern, FnId, Index, ItemId, ItemShape, ModuleIx};
use super::ty::Known;
use crate::source::tree::Name;

/// Imports that lead to imports beyond this lead in a circle.
const DEEPEST: usize = 32;

/// A name for which more modules than this were asked is not known: generated bindings have thousands that know each other.
const MOST_ASKED: usize = 256;
/// An alias counts as this many imports: it is resolved anew each time.
const ALIAS: usize = 4;

/// What one search has asked already. A name that is still looked for counts as not found: globs lead in circles, and
/// from one module to another by many ways.
type Asked = HashMap<(ModuleIx, Name, Space), Option<Meaning>>;

/// What a path names.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// A module.
    Module(ModuleIx),
    /// A type, trait, static or constant.
    Item(ItemId),
    /// A function.
    Fn(FnId),
    /// A variant, by its place.
    Variant(ItemId, usize),
    /// Something of another crate, by its full path. `framealloc` has this name whatever it is called in the crate.
    Outside(Vec<Name>),
}

/// Where a name is looked for: types and modules share names with functions and values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Space {
    /// Types, traits and modules.
    Types,
    /// Functions, statics, constants, and what makes a value.
    Values,
}

impl Index {
    /// What a path names, as read in a module.
    #[must_use]
    pub fn lookup(&self, module: ModuleIx, path: &[Name], rooted: bool, space: Space) -> Option<Meaning> {
        self.lookup_at(module, path, rooted, space, 0)
    }

    /// The same, for what was met this many steps down in another search.
    pub(super) fn lookup_at(
        &self,
        module: ModuleIx,
        path: &[Name],
        rooted: bool,
        space: Space,
        depth: usize,
    ) -> Option<Meaning> {
        self.path(module, path, (rooted, space), depth, &mut Asked::new())
    }

    fn path(
        &self,
        module: ModuleIx,
        path: &[Name],
        (rooted, space): (bool, Space),
        depth: usize,
        asked: &mut Asked,
    ) -> Option<Meaning> {
        if depth > DEEPEST {
            return None;
        }
        let (first, mut rest) = path.split_first()?;
        let of_first = if rest.is_empty() { space } else { Space::Types };
        let mut here = match &**first {
            _ if rooted => self.extern_crate(self.crate_of(module), first)?,
            "crate" | "$crate" => Meaning::Module(self.roots[self.crate_of(module).0 as usize]),
            "self" => Meaning::Module(self.around_blocks(module)),
            "super" => Meaning::Module(self.modules[self.around_blocks(module).0 as usize].parent?),
            _ => self.visible(module, first, of_first, depth, asked)?,
        };
        while let Some((next, after)) = rest.split_first() {
            let space = if after.is_empty() { space } else { Space::Types };
            here = match here {
                Meaning::Module(inner) if &**next == "super" => {
                    Meaning::Module(self.modules[inner.0 as usize].parent?)
                }
                Meaning::Module(inner) => self.member(inner, next, space, depth, asked)?,
                Meaning::Item(item) => self.variant(item, next, depth)?,
                Meaning::Outside(mut path) => {
                    path.push(next.clone());
                    Meaning::Outside(path)
                }
                Meaning::Fn(_) | Meaning::Variant(..) => return None,
            };
            rest = after;
        }
        Some(here)
    }

    fn variant(&self, item: ItemId, name: &str, depth: usize) -> Option<Meaning> {
        match &self.item(item).shape {
            ItemShape::Enum { variants } => {
                let place = variants.iter().position(|(variant, _)| &**variant == name)?;
                Some(Meaning::Variant(item, place))
            }
            ItemShape::Alias(alias) => {
                let scope = super::types::TypeScope::new(self.item(item).module);
                let target = self.resolve_at(&alias.ty, &scope, depth + ALIAS).as_item()?;
                if target == item { None } else { self.variant(target, name, depth + ALIAS) }
            }
            _ => None,
        }
    }

    fn around_blocks(&self, mut module: ModuleIx) -> ModuleIx {
        while self.modules[module.0 as usize].is_block {
            match self.modules[module.0 as usize].parent {
                Some(parent) => module = parent,
                None => break,
            }
        }
        module
    }

    /// A name without a path before it: those of the blocks around it, of the module, of other crates, of the prelude.
    fn visible(
        &self,
        module: ModuleIx,
        name: &Name,
        space: Space,
        depth: usize,
        asked: &mut Asked,
    ) -> Option<Meaning> {
        let mut here = module;
        loop {
            if let Some(found) = self.member(here, name, space, depth, asked) {
                return Some(found);
            }
            let data = &self.modules[here.0 as usize];
            match data.parent {
                Some(parent) if data.is_block => here = parent,
                _ => break,
            }
        }
        if space == Space::Types
            && let Some(found) = self.extern_crate(self.crate_of(module), name)
        {
            return Some(found);
        }
        prelude(name, space)
    }

    /// A name of a module: its own, what it imports, what its globs bring.
    fn member(
        &self,
        module: ModuleIx,
        name: &Name,
        space: Space,
        depth: usize,
        asked: &mut Asked,
    ) -> Option<Meaning> {
        // Generated bindings have thousands of modules with globs of each other; most of their names are of no module.
        if depth > DEEPEST || !self.names.contains(name) && !may_be_outside(name) {
            return None;
        }
        let data = &self.modules[module.0 as usize];
        let entries = data.names.get(name).map_or(&[][..], Vec::as_slice);
        let leads_on =
            !data.globs.is_empty() || entries.iter().any(|entry| matches!(entry, Entry::Import { .. }));
        let key = leads_on.then(|| (module, name.clone(), space));
        if let Some(key) = &key {
            if let Some(known) = asked.get(key) {
                return known.clone();
            }
            if asked.len() >= MOST_ASKED {
                return None;
            }
            asked.insert(key.clone(), None);
        }
        let own = entries.iter().find_map(|entry| match entry {
            Entry::Module(inner) if space == Space::Types => Some(Meaning::Module(*inner)),
            Entry::Fn(id) if space == Space::Values => Some(Meaning::Fn(*id)),
            Entry::Item(id) if self.is_in(*id, space) => Some(Meaning::Item(*id)),
            Entry::Import { path, rooted } => {
                // `use name;` of a crate's name would find itself.
                if path.len() == 1 && path[0] == *name {
                    return self.extern_crate(data.krate, name);
                }
                self.path(module, path, (*rooted, space), depth + 1, asked)
            }
            _ => None,
        });
        let by_glob = |(path, rooted): &(Vec<Name>, bool)| match self.path(
            module,
            path,
            (*rooted, Space::Types),
            depth + 1,
            asked,
        )? {
            Meaning::Module(from) if from != module => self.member(from, name, space, depth + 1, asked),
            Meaning::Item(item) => self.variant(item, name, depth),
            Meaning::Outside(path) => glob_of(path, name, space),
            _ => None,
        };
        let found = own.or_else(|| data.globs.iter().find_map(by_glob));
        if let Some(key) = key {
            asked.insert(key, found.clone());
        }
        found
    }

    /// An item of a module by its own name.
    pub(super) fn items_named(&self, module: ModuleIx, name: &Name) -> Option<ItemId> {
        self.modules[module.0 as usize].names.get(name)?.iter().find_map(|entry| match entry {
            Entry::Item(id) => Some(*id),
            _ => None,
        })
    }

    fn is_in(&self, id: ItemId, space: Space) -> bool {
        match &self.item(id).shape {
            ItemShape::Value { .. } => space == Space::Values,
            // `S(..)` and `S` are values too; whether they are is not asked.
            ItemShape::Struct { .. } => true,
            _ => space == Space::Types,
        }
    }

    fn extern_crate(&self, krate: CrateId, name: &Name) -> Option<Meaning> {
        match self.externs[krate.0 as usize].get(name) {
            Some(Extern::Framealloc) => Some(Meaning::Outside(vec!["framealloc".into()])),
            Some(Extern::Crate(other)) => Some(Meaning::Module(self.roots[other.0 as usize])),
            None => {
                let known = matches!(
                    &**name,
                    "std"
                        | "core"
                        | "alloc"
                        | "rayon"
                        | "tokio"
                        | "crossbeam"
                        | "crossbeam_channel"
                        | "crossbeam_utils"
                        | "flume"
                        | "parking_lot"
                        | "once_cell"
                        | "bevy"
                        | "bevy_ecs"
                        | "bevy_app"
                        | "bevy_tasks"
                        | "async_std"
                        | "smol"
                        | "futures"
                        | "async_channel"
                        | "threadpool"
                        | "lazy_static"
                        | "hashbrown"
                        | "allocator_api2"
                        | "indexmap"
                        | "smallvec"
                        | "arrayvec"
                );
                known.then(|| Meaning::Outside(vec![name.clone()]))
            }
        }
    }
}

/// What everybody knows without importing it.
fn prelude(name: &Name, space: Space) -> Option<Meaning> {
    let known = match space {
        Space::Types => matches!(
            &**name,
            "Vec"
                | "String"
                | "Option"
                | "Result"
                | "Box"
                | "Iterator"
                | "IntoIterator"
                | "Fn"
                | "FnMut"
                | "FnOnce"
        ),
        Space::Values => matches!(&**name, "Some" | "None" | "Ok" | "Err" | "Vec" | "String" | "Box"),
    };
    match &**name {
        "drop" if space == Space::Values => {
            Some(Meaning::Outside(vec!["std".into(), "mem".into(), name.clone()]))
        }
        _ if known => Some(Meaning::Outside(vec!["std".into(), name.clone()])),
        _ => None,
    }
}

/// Functions that the globs of `std::thread` and `std::mem` bring.
const SPAWNS: [&str; 2] = ["spawn", "scope"];
const MOVES: [&str; 5] = ["forget", "replace", "swap", "take", "transmute"];

/// Whether the glob of any path outside may bring a name.
fn may_be_outside(name: &str) -> bool {
    let known = Known::framealloc(name).or_else(|| Known::std(name)).or_else(|| Known::common(name));
    known.is_some() || SPAWNS.contains(&name) || MOVES.contains(&name)
}

/// What the glob of a path outside brings, as far as it matters.
fn glob_of(mut path: Vec<Name>, name: &Name, space: Space) -> Option<Meaning> {
    let last = path.last().map_or("", |last| &**last);
    let found = match &*path[0] {
        "framealloc" => Known::framealloc(name).is_some(),
        "std" | "core" | "alloc" => {
            Known::std(name).is_some()
                || space == Space::Values
                    && (last == "thread" && SPAWNS.contains(&&**name)
                        || last == "mem" && MOVES.contains(&&**name))
        }
        _ => Known::common(name).is_some() || Known::std(name).is_some(),
    };
    if !found {
        return None;
    }
    path.push(name.clone());
    Some(Meaning::Outside(path))
}

#[cfg(test)]
mod tests {
    use super::super::{Index, Space};
    use super::Meaning;
    use crate::source::load_files;

    fn index(source: &str) -> Index {
        Index::build(&load_files(&[("src/lib.rs", source)], false))
    }

    /// What a name means in the root.
    fn meaning(index: &Index, name: &str) -> Option<Meaning> {
        index.lookup(index.roots[0], &[name.into()], false, Space::Types)
    }

    #[test]
    fn globs_that_lead_to_each_other_are_asked_once() {
        use std::fmt::Write as _;
        let mut source = "use framealloc::*; use std::sync::*; use rayon::prelude::*; use m0::*;".to_owned();
        for from in 0..12 {
            write!(source, "mod m{from} {{ use framealloc::*; use std::sync::*;").unwrap();
            for to in 0..12 {
                write!(source, "pub use crate::m{to}::*; pub use crate::m{to}::name;").unwrap();
            }
            source.push('}');
        }
        source.push_str("mod last { pub struct Found; } use last::*;");
        let index = index(&source);
        assert_eq!(meaning(&index, "nowhere"), None);
        assert_eq!(meaning(&index, "name"), None);
        assert!(matches!(meaning(&index, "Found"), Some(Meaning::Item(_))));
        assert!(matches!(meaning(&index, "SmartAlloc"), Some(Meaning::Outside(path)) if path.len() == 2));
    }

    #[test]
    fn aliases_that_lead_to_themselves_end() {
        let source = "type A<T: Into<A<u8>>> = Vec<A<T>>; type B = B::C; type D = (D, D, D, D); type E = F; type F = E;
            fn f(a: A<u8>, b: B, d: D, e: E) { B::x(); E::y(); }";
        assert_eq!(index(source).functions().count(), 1);
    }

    #[test]
    fn types_that_double_at_each_step_end() {
        let steps = ".next".repeat(64);
        let lets: String = (1..64).map(|n| format!("let p{n} = (p{0}, p{0});", n - 1)).collect();
        let source = format!(
            "struct P<T> {{ next: Box<P<(T, T)>>, value: T }}
            fn f(a: &framealloc::SmartAlloc, p: P<u8>) {{ a.frame_box(p{steps}.value); }}
            fn g(a: &framealloc::SmartAlloc, p0: u8) {{ {lets} a.frame_box(p63); }}"
        );
        let program = crate::flow::Program::build(load_files(&[("src/lib.rs", &source)], false));
        assert_eq!(program.functions().count(), 2);
    }
}
