//! Which names lead to framealloc, and which functions mention a name at all.
//!
//! Whatever a function knows of the library it knows by a name: of a type, of a type that holds one, of a function that
//! returns or takes one, of an import. A function in whose text none of those stands has nothing to do with it, so nobody
//! needs to read its body. Text is asked, not syntax: a word in a comment counts, too, and then costs a look.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::api;
use super::index::{FnData, FnId, Index};
use super::ty::{Def, Known, Ty};
use crate::source::tree::{Generics, Impl, Item, ItemKind, Name, Path, Trait, Type, TypeKind, Use};
use crate::source::{Loaded, Span};

/// The names of a program.
#[derive(Debug, Default)]
pub struct Words {
    numbers: HashMap<Name, Word>,
    /// Those that lead to the library by themselves.
    seeds: Vec<Name>,
    /// What follows when a name leads to the library.
    leads: Vec<Vec<Lead>>,
    /// In whose text a name stands, in order.
    mentions: Vec<(Word, FnId)>,
    /// The names under which something is imported.
    aliases: Vec<Vec<Word>>,
    owners: Vec<Owner>,
    /// The owner of what is named at a place.
    owned: HashMap<Span, usize>,
    /// For each function, its name and its owner.
    functions: Vec<(Word, Option<usize>)>,
    /// Whether a name is known to lead to the library.
    known: Vec<bool>,
    /// Methods whose names lead there if their owner's does not.
    waiting: Vec<FnId>,
    reached: HashSet<FnId>,
}

/// A name by its number.
type Word = u32;

#[derive(Clone, Copy, Debug)]
enum Lead {
    /// To another name: of an item that holds it, of an import.
    Name(Word),
    /// To all that `use framealloc::*` brings.
    Library,
    /// To the functions of an `impl` or trait, and their names if `true`.
    Owner(usize, bool),
    /// To a function that takes or returns it.
    Signature(FnId),
}

/// An `impl` or trait.
#[derive(Debug, Default)]
struct Owner {
    functions: Vec<FnId>,
    /// The type, if the functions are its own and not those of a trait: whoever calls them has a value of it, or names it.
    inherent: Option<Word>,
}

impl Words {
    /// Reads the names of a program's items, and takes these others along; nothing if it never names the library.
    ///
    /// Nobody knows yet where they stand: [`Words::find_in`] says so.
    #[must_use]
    pub fn of(loaded: &Loaded, others: &[&str]) -> Option<Self> {
        let seeds = seeds(loaded);
        if !is_named(loaded, &seeds) {
            return None;
        }
        let mut words = Self::default();
        for module in loaded.crates.iter().flat_map(|krate| &krate.modules) {
            words.items(&module.items);
        }
        for seed in &seeds {
            words.number(seed);
        }
        for &other in others {
            words.number(&other.into());
        }
        for known in Known::of_framealloc() {
            words.number(&known.name().into());
        }
        words.seeds = seeds;
        Some(words)
    }

    /// Finds the names in the functions of the program.
    #[must_use]
    pub fn find_in(mut self, index: &Index) -> Self {
        self.dereferences(index);
        for (id, data) in index.functions() {
            let owner = self.owned.get(&data.span).copied();
            let name = self.number(&data.name);
            self.functions.push((name, owner));
            if let Some(owner) = owner {
                self.owners[owner].functions.push(id);
            }
        }
        self.read(index);
        self.known = vec![false; self.leads.len()];
        self
    }

    /// The functions that may know something of the library.
    pub fn of_library(&mut self) -> Vec<FnId> {
        let seeds = std::mem::take(&mut self.seeds);
        self.leading(seeds)
    }

    /// The functions that may know something of these names, or of what leads to them; without those that were told before.
    pub fn leading(&mut self, names: impl IntoIterator<Item = Name>) -> Vec<FnId> {
        let mut next: Vec<Word> =
            names.into_iter().filter_map(|name| self.numbers.get(&name).copied()).collect();
        let mut found = Vec::new();
        loop {
            while let Some(word) = next.pop() {
                if !std::mem::replace(&mut self.known[word as usize], true) {
                    found.extend(self.functions_with(word));
                    self.follow(word, &mut next, &mut found);
                }
            }
            let waiting = std::mem::take(&mut self.waiting);
            for id in waiting {
                let (name, owner) = self.functions[id.0 as usize];
                let inherent = owner.and_then(|owner| self.owners[owner].inherent);
                if !inherent.is_some_and(|owner| self.known[owner as usize]) {
                    next.push(name);
                }
            }
            if next.is_empty() {
                break;
            }
        }
        found.retain(|&id| self.reached.insert(id));
        found.sort_unstable();
        found
    }

    fn follow(&mut self, word: Word, next: &mut Vec<Word>, found: &mut Vec<FnId>) {
        for lead in &self.leads[word as usize] {
            match *lead {
                Lead::Name(name) => next.push(name),
                Lead::Library => {
                    next.extend(Known::of_framealloc().filter_map(|known| self.numbers.get(known.name())));
                }
                Lead::Owner(owner, names) => {
                    let functions = &self.owners[owner].functions;
                    found.extend(functions);
                    if names {
                        next.extend(functions.iter().map(|id| self.functions[id.0 as usize].0));
                    }
                }
                Lead::Signature(id) => match self.functions[id.0 as usize] {
                    (_, Some(owner)) if self.owners[owner].inherent.is_some() => self.waiting.push(id),
                    (name, _) => next.push(name),
                },
            }
        }
    }

    /// The functions in whose text a name stands, or another under which it is imported.
    #[must_use]
    pub fn mentioning(&self, name: &str) -> Vec<FnId> {
        let mut next: Vec<Word> = self.numbers.get(name).copied().into_iter().collect();
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        while let Some(word) = next.pop() {
            if seen.insert(word) {
                found.extend(self.functions_with(word));
                next.extend(&self.aliases[word as usize]);
            }
        }
        found
    }

    fn functions_with(&self, word: Word) -> impl Iterator<Item = FnId> {
        let first = self.mentions.partition_point(|&(other, _)| other < word);
        self.mentions[first..].iter().take_while(move |&&(other, _)| other == word).map(|&(_, id)| id)
    }

    // Reading.

    fn number(&mut self, name: &Name) -> Word {
        if let Some(&word) = self.numbers.get(name) {
            return word;
        }
        let word = self.leads.len() as Word;
        self.numbers.insert(name.clone(), word);
        self.leads.push(Vec::new());
        self.aliases.push(Vec::new());
        word
    }

    fn lead(&mut self, names: &[Name], to: Lead) {
        for name in names {
            let word = self.number(name);
            self.leads[word as usize].push(to);
        }
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            let mut names = Vec::new();
            match &item.kind {
                ItemKind::Fn(function) => {
                    for inner in &function.inner {
                        self.items(&inner.items);
                    }
                    continue;
                }
                ItemKind::Mod(content) => {
                    self.items(content.items.as_deref().unwrap_or(&[]));
                    continue;
                }
                ItemKind::Use(uses) => {
                    uses.iter().for_each(|one| self.import(one));
                    continue;
                }
                ItemKind::Impl(it) => {
                    self.implementation(it);
                    continue;
                }
                ItemKind::Trait(it) => {
                    self.definition(it);
                    continue;
                }
                ItemKind::Struct(it) => {
                    of_generics(&it.generics, &mut names);
                    it.fields.iter().for_each(|(_, ty)| of_type(ty, &mut names));
                }
                ItemKind::Enum(it) => {
                    of_generics(&it.generics, &mut names);
                    let fields = it.variants.iter().flat_map(|(_, fields)| fields);
                    fields.for_each(|(_, ty)| of_type(ty, &mut names));
                    // `use Enum::*` brings them without its name.
                    for (variant, _) in &it.variants {
                        let to = Lead::Name(self.number(variant));
                        self.lead(std::slice::from_ref(&item.name), to);
                    }
                }
                ItemKind::Alias(it) => {
                    of_generics(&it.generics, &mut names);
                    of_type(&it.ty, &mut names);
                }
                ItemKind::Static(it) => of_type(&it.ty, &mut names),
            }
            let to = Lead::Name(self.number(&item.name));
            self.lead(&names, to);
        }
    }

    fn import(&mut self, one: &Use) {
        if one.glob {
            self.lead(&one.path, Lead::Library);
            return;
        }
        let name = self.number(&one.name);
        self.lead(&one.path, Lead::Name(name));
        if let Some(last) = one.path.last().filter(|last| **last != one.name) {
            let last = self.number(last);
            self.aliases[last as usize].push(name);
        }
    }

    fn implementation(&mut self, it: &Impl) {
        let mut names = Vec::new();
        of_generics(&it.generics, &mut names);
        let inherent = match (&it.of, &it.ty.kind) {
            (None, TypeKind::Path(path)) if path.of.is_none() => path.segments.last(),
            _ => None,
        };
        if let Some(of) = &it.of {
            of_path(of, &mut names);
        }
        of_type(&it.ty, &mut names);
        let head = inherent.map(|segment| segment.name.clone());
        let owner = self.owner(head.as_ref());
        // The type's own name comes last. Whoever calls the functions knows it, or has a value of it.
        if let Some(head) = &head {
            names.pop();
            self.lead(std::slice::from_ref(head), Lead::Owner(owner, false));
        }
        self.lead(&names, Lead::Owner(owner, true));
        self.members(&it.items, owner);
    }

    fn definition(&mut self, it: &Trait) {
        let mut names = Vec::new();
        of_generics(&it.generics, &mut names);
        it.supers.iter().for_each(|ty| of_type(ty, &mut names));
        let owner = self.owner(None);
        self.lead(&names, Lead::Owner(owner, true));
        self.members(&it.items, owner);
    }

    fn owner(&mut self, inherent: Option<&Name>) -> usize {
        let inherent = inherent.map(|name| self.number(name));
        self.owners.push(Owner { functions: Vec::new(), inherent });
        self.owners.len() - 1
    }

    fn members(&mut self, items: &[Item], owner: usize) {
        self.items(items);
        for item in items.iter().filter(|item| matches!(item.kind, ItemKind::Fn(_))) {
            self.owned.insert(item.name_span, owner);
        }
    }

    /// A value that dereferences to another has what that has.
    fn dereferences(&mut self, index: &Index) {
        for (def, target) in &index.derefs {
            let Def::Item(id) = def else { continue };
            let mut names = Vec::new();
            of_meant(index, target, &mut names);
            let to = Lead::Name(self.number(&index.item(*id).name));
            self.lead(&names, to);
        }
    }

    /// Reads the texts of all functions.
    fn read(&mut self, index: &Index) {
        let all: Vec<_> = index.functions().collect();
        let read = |mut found: Found, &(id, data): &(FnId, &FnData)| {
            let head = data.syntax.body.map_or(u32::MAX, |body| body.start - data.syntax.span.start);
            let mut words = Vec::new();
            each_word(data.syntax.text(), |at, word| {
                if let Some(&word) = self.numbers.get(word) {
                    words.push(word);
                    if (at as u32) < head {
                        found.heads.push((word, id));
                    }
                }
            });
            words.sort_unstable();
            words.dedup();
            found.mentions.extend(words.into_iter().map(|word| (word, id)));
            found
        };
        let found = all.par_iter().fold(Found::default, read).reduce(Found::default, Found::and);
        self.mentions = found.mentions;
        self.mentions.par_sort_unstable();
        for (word, id) in found.heads {
            self.leads[word as usize].push(Lead::Signature(id));
        }
    }
}

/// Names in the texts of some functions, and those of them that stand before the body.
#[derive(Default)]
struct Found {
    mentions: Vec<(Word, FnId)>,
    heads: Vec<(Word, FnId)>,
}

impl Found {
    fn and(mut self, mut other: Self) -> Self {
        self.mentions.append(&mut other.mentions);
        self.heads.append(&mut other.heads);
        self
    }
}

/// The names that lead to the library by themselves: that of its crate, and those of methods that only it has.
fn seeds(loaded: &Loaded) -> Vec<Name> {
    let mut seeds: Vec<Name> =
        loaded.crates.iter().flat_map(|krate| krate.framealloc.iter().cloned()).collect();
    seeds.push("framealloc".into());
    for method in api::METHODS {
        for name in [method.name.to_owned(), format!("try_{}", method.name)] {
            if api::distinctive(&name).is_some() {
                seeds.push(name.into());
            }
        }
    }
    seeds.sort_unstable();
    seeds.dedup();
    seeds
}

/// Whether one of the names stands in any file.
fn is_named(loaded: &Loaded, seeds: &[Name]) -> bool {
    let files: Vec<_> = loaded.files.iter().collect();
    // Nearly all of them have one of these parts, which are looked for faster than all names.
    let mut parts = vec!["frame", "pool_", "heap_"];
    let others: Vec<&str> = seeds
        .iter()
        .map(|seed| &**seed)
        .filter(|seed| !parts.iter().any(|part| seed.contains(part)))
        .collect();
    parts.extend(others);
    files.par_iter().any(|file| {
        let is_seed = |at: usize| seeds.iter().any(|seed| **seed == *word_at(&file.text, at));
        parts.iter().any(|part| file.text.match_indices(part).any(|(at, _)| is_seed(at)))
    })
}

fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// The word that a byte belongs to.
fn word_at(text: &str, at: usize) -> &str {
    let bytes = text.as_bytes();
    let start = bytes[..at].iter().rposition(|&byte| !is_word(byte)).map_or(0, |before| before + 1);
    let end = bytes[at..].iter().position(|&byte| !is_word(byte)).map_or(bytes.len(), |after| at + after);
    &text[start..end]
}

/// All words of a text, with where they begin.
fn each_word(text: &str, mut each: impl FnMut(usize, &str)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        while bytes.get(at).copied().is_some_and(is_word) {
            at += 1;
        }
        if at > start {
            each(start, &text[start..at]);
        }
        at += 1;
    }
}

fn of_generics(generics: &Generics, into: &mut Vec<Name>) {
    generics.types.iter().flat_map(|(_, bounds)| bounds).for_each(|bound| of_type(bound, into));
}

fn of_path(path: &Path, into: &mut Vec<Name>) {
    if let Some(of) = &path.of {
        of_type(of, into);
    }
    for segment in &path.segments {
        segment.types.iter().for_each(|ty| of_type(ty, into));
        segment.assoc.iter().for_each(|(_, ty)| of_type(ty, into));
        if let Some(result) = &segment.result {
            of_type(result, into);
        }
        into.push(segment.name.clone());
    }
}

/// The names in a type as it is written; that of the type itself comes last.
fn of_type(ty: &Type, into: &mut Vec<Name>) {
    match &ty.kind {
        TypeKind::Path(path) => of_path(path, into),
        TypeKind::Ref(_, _, of) | TypeKind::Ptr(of) | TypeKind::Slice(of) | TypeKind::Array(of) => {
            of_type(of, into);
        }
        TypeKind::Tuple(types) | TypeKind::Impl(types) | TypeKind::Dyn(types) => {
            types.iter().for_each(|ty| of_type(ty, into));
        }
        TypeKind::Fn(types, result) => {
            types.iter().for_each(|ty| of_type(ty, into));
            if let Some(result) = result {
                of_type(result, into);
            }
        }
        TypeKind::Never | TypeKind::Infer => {}
    }
}

/// The names in a type as it is meant.
fn of_meant(index: &Index, ty: &Ty, into: &mut Vec<Name>) {
    let all = |types: &[Ty], into: &mut Vec<Name>| types.iter().for_each(|ty| of_meant(index, ty, into));
    match ty {
        Ty::Adt(def, args) => {
            into.push(match def {
                Def::Item(id) => index.item(*id).name.clone(),
                Def::Known(known) => known.name().into(),
                Def::Foreign(path) => path.rsplit("::").next().unwrap_or_default().into(),
            });
            all(args, into);
        }
        Ty::Ref(_, of) | Ty::Ptr(of) | Ty::Slice(of) | Ty::Array(of) => of_meant(index, of, into),
        Ty::Iter(of) | Ty::Future(of) | Ty::Callable(of) => of_meant(index, of, into),
        Ty::Tuple(types) | Ty::Param(_, types) | Ty::Bounds(types) => all(types, into),
        Ty::Unknown | Ty::Str | Ty::Scalar | Ty::Never => {}
    }
}
