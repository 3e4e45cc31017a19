//! All items of the program, by number and by where their names are known.

mod signatures;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use super::ty::{Def, Ty};
use super::types::TypeScope;
use crate::source::tree::{self, Item, ItemKind, Name};
use crate::source::{Crate, Loaded, Span};

/// A crate, by its place in [`Loaded::crates`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CrateId(pub u32);

/// A module or a block with items, among all of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleIx(pub u32);

/// A type, trait, static or constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId(pub u32);

/// A function or method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FnId(pub u32);

/// What a name of a module stands for.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    Module(ModuleIx),
    Item(ItemId),
    Fn(FnId),
    Import { path: Vec<Name>, rooted: bool },
}

/// A module with its names.
#[derive(Clone, Debug)]
pub(super) struct ModuleData {
    pub(super) krate: CrateId,
    pub(super) parent: Option<ModuleIx>,
    /// A block of a function: what is not found here is looked for in its parent.
    pub(super) is_block: bool,
    pub(super) path: String,
    pub(super) names: HashMap<Name, Vec<Entry>>,
    pub(super) globs: Vec<(Vec<Name>, bool)>,
}

/// A type, trait, static or constant.
#[derive(Clone, Debug)]
pub struct ItemData {
    /// Its name.
    pub name: Name,
    /// Where the name is.
    pub span: Span,
    /// Where it is defined.
    pub module: ModuleIx,
    /// The names of its type parameters, with their bounds.
    pub params: Vec<(Name, Arc<[Ty]>)>,
    /// The names of its lifetimes.
    pub lifetimes: Vec<Name>,
    /// What is derived.
    pub derives: Vec<Name>,
    /// What it is.
    pub shape: ItemShape,
}

/// What an item is.
#[derive(Clone, Debug)]
pub enum ItemShape {
    /// A structure with its fields.
    Struct {
        /// Names and types.
        fields: Vec<(Name, Ty)>,
        /// Whether it is written `S(..)`.
        tuple: bool,
    },
    /// An enumeration with its variants.
    Enum {
        /// Names and fields.
        variants: Vec<(Name, Vec<(Name, Ty)>)>,
    },
    /// Another name of a type.
    Alias(Arc<tree::Alias>),
    /// A trait.
    Trait {
        /// Its functions.
        functions: Vec<FnId>,
    },
    /// A static, constant or thread-local.
    Value {
        /// Its type.
        ty: Ty,
        /// Its text, if it is one.
        text: Option<Name>,
        /// Its number, if it is one.
        number: Option<u128>,
        /// `const`.
        is_const: bool,
        /// `thread_local!`.
        thread_local: bool,
    },
}

/// A function or method.
#[derive(Clone, Debug)]
pub struct FnData {
    /// Its name.
    pub name: Name,
    /// Where the name is.
    pub span: Span,
    /// Where it is defined; a block if that is within a function.
    pub module: ModuleIx,
    /// What it is an associated function of, with the type parameters of that.
    pub owner: Arc<TypeScope>,
    /// The trait, for functions of a trait and its implementations.
    pub of_trait: Option<ItemId>,
    /// Whether the first parameter is `self`.
    pub has_self: bool,
    /// The syntax.
    pub syntax: Arc<tree::Fn>,
    /// The path of it for readers: `module::Type::name`.
    pub path: String,
    /// `#[test]`: a program of its own.
    pub is_test: bool,
    /// What [`Index::signature`] found.
    signature: OnceLock<Box<Signature>>,
}

impl FnData {
    /// What it is an associated function of.
    #[must_use]
    pub fn self_ty(&self) -> Option<&Ty> {
        self.owner.self_ty.as_ref()
    }
}

/// What a function takes and returns.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Its own and its owner's type parameters.
    pub generics: Vec<(Name, Arc<[Ty]>)>,
    /// The types of its parameters; that of `self` first.
    pub params: Vec<Ty>,
    /// What it returns; for `async fn`, what the future gives.
    pub result: Ty,
}

/// All items of the program.
#[derive(Clone, Debug, Default)]
pub struct Index {
    pub(super) modules: Vec<ModuleData>,
    pub(super) roots: Vec<ModuleIx>,
    /// Names that lead out of a crate: to framealloc, to another crate of the analysis.
    pub(super) externs: Vec<HashMap<Name, Extern>>,
    /// All names that any module or enumeration has.
    pub(super) names: HashSet<Name>,
    pub(super) items: Vec<ItemData>,
    pub(super) fns: Vec<FnData>,
    /// The blocks of functions that hold items.
    pub(super) blocks: HashMap<Span, ModuleIx>,
    /// The methods of a type by name, and of any type by name.
    pub(super) methods: HashMap<(Def, Name), Vec<FnId>>,
    pub(super) methods_by_name: HashMap<Name, Vec<FnId>>,
    /// What a type dereferences to.
    pub(super) derefs: HashMap<Def, Ty>,
    /// Types with a `Drop` of their own.
    pub(super) drops: HashMap<Def, FnId>,
    /// The functions of the implementations of a trait.
    pub(super) implementations: HashMap<(ItemId, Name), Vec<FnId>>,
    /// The items that hold a type of framealloc, by number.
    pub(super) mentions: Vec<bool>,
    /// For each crate, itself and all that it is built on.
    programs: Vec<BTreeSet<CrateId>>,
}

/// Where a name leads out of a crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extern {
    Framealloc,
    Crate(CrateId),
}

/// An `impl` or trait whose functions wait until all types have numbers.
struct Pending {
    module: ModuleIx,
    item: Item,
    trait_item: Option<ItemId>,
}

/// A crate, and those that it knows, and those that they know.
fn built_on(crates: &[Crate], number: usize) -> BTreeSet<CrateId> {
    let mut found = BTreeSet::new();
    let mut open = vec![number];
    while let Some(next) = open.pop() {
        if found.insert(CrateId(next as u32)) {
            open.extend(crates[next].externs.iter().map(|(_, to)| *to));
        }
    }
    found
}

impl Index {
    /// Reads all items.
    #[must_use]
    pub fn build(loaded: &Loaded) -> Self {
        let mut index = Self::default();
        let mut pending = Vec::new();
        for (number, krate) in loaded.crates.iter().enumerate() {
            let mut externs: HashMap<Name, Extern> = krate
                .externs
                .iter()
                .map(|(name, to)| (name.clone(), Extern::Crate(CrateId(*to as u32))))
                .collect();
            externs.extend(krate.framealloc.iter().map(|name| (name.clone(), Extern::Framealloc)));
            index.externs.push(externs);
            index.programs.push(built_on(&loaded.crates, number));
            let base = index.modules.len() as u32;
            index.roots.push(ModuleIx(base));
            for module in &krate.modules {
                let parent = module.parent.map(|parent| ModuleIx(base + parent.0));
                let path = match parent {
                    Some(parent) => join(&index.modules[parent.0 as usize].path, &module.name),
                    None => String::new(),
                };
                index.add_module(CrateId(number as u32), parent, false, path);
            }
            for (position, module) in krate.modules.iter().enumerate() {
                let here = ModuleIx(base + position as u32);
                if let Some(parent) = module.parent {
                    index.enter(ModuleIx(base + parent.0), &module.name, Entry::Module(here));
                }
                index.declare(here, &module.items, &mut pending);
            }
        }
        index.finish(pending);
        index.find_mentions();
        index
    }

    fn add_module(
        &mut self,
        krate: CrateId,
        parent: Option<ModuleIx>,
        is_block: bool,
        path: String,
    ) -> ModuleIx {
        let id = ModuleIx(self.modules.len() as u32);
        let (names, globs) = (HashMap::new(), Vec::new());
        self.modules.push(ModuleData { krate, parent, is_block, path, names, globs });
        id
    }

    fn enter(&mut self, module: ModuleIx, name: &Name, entry: Entry) {
        if !self.names.contains(name) {
            self.names.insert(name.clone());
        }
        // Nearly every name means one thing.
        let entries = self.modules[module.0 as usize].names.entry(name.clone());
        entries.or_insert_with(|| Vec::with_capacity(1)).push(entry);
    }

    /// Gives the items of a module their numbers and names. Types within them are resolved later.
    fn declare(&mut self, module: ModuleIx, items: &[Item], pending: &mut Vec<Pending>) {
        for item in items {
            let shape = match &item.kind {
                ItemKind::Fn(function) => {
                    let owner = Arc::new(TypeScope::new(module));
                    let id = self.add_fn(&owner, item, function, pending);
                    self.enter(module, &item.name, Entry::Fn(id));
                    continue;
                }
                ItemKind::Use(uses) => {
                    for one in &**uses {
                        if one.glob {
                            self.modules[module.0 as usize].globs.push((one.path.clone(), one.rooted));
                        } else {
                            let entry = Entry::Import { path: one.path.clone(), rooted: one.rooted };
                            self.enter(module, &one.name, entry);
                        }
                    }
                    continue;
                }
                ItemKind::Mod(content) => {
                    // Only those of blocks are left; the others are modules already.
                    let path = join(&self.modules[module.0 as usize].path, &item.name);
                    let krate = self.modules[module.0 as usize].krate;
                    let id = self.add_module(krate, Some(module), false, path);
                    self.enter(module, &item.name, Entry::Module(id));
                    self.declare(id, content.items.as_deref().unwrap_or(&[]), pending);
                    continue;
                }
                ItemKind::Impl(_) => {
                    pending.push(Pending { module, item: item.clone(), trait_item: None });
                    continue;
                }
                ItemKind::Struct(it) => ItemShape::Struct { fields: Vec::new(), tuple: it.tuple },
                ItemKind::Enum(it) => {
                    self.names.extend(it.variants.iter().map(|(name, _)| name.clone()));
                    ItemShape::Enum { variants: Vec::new() }
                }
                ItemKind::Alias(alias) => ItemShape::Alias(alias.clone()),
                ItemKind::Trait(_) => ItemShape::Trait { functions: Vec::new() },
                ItemKind::Static(value) => value_of(value, Ty::Unknown),
            };
            let id = ItemId(self.items.len() as u32);
            self.items.push(ItemData {
                name: item.name.clone(),
                span: item.name_span,
                module,
                params: Vec::new(),
                lifetimes: Vec::new(),
                derives: item.attrs.derives.clone(),
                shape,
            });
            self.enter(module, &item.name, Entry::Item(id));
            pending.push(Pending { module, item: item.clone(), trait_item: Some(id) });
        }
    }

    fn add_fn(
        &mut self,
        owner: &Arc<TypeScope>,
        item: &Item,
        function: &Arc<tree::Fn>,
        pending: &mut Vec<Pending>,
    ) -> FnId {
        let id = FnId(self.fns.len() as u32);
        let module = owner.module;
        let of = owner.self_ty.as_ref().map(|ty| self.show(ty)).unwrap_or_default();
        let path = join(&join(&self.modules[module.0 as usize].path, &of), &item.name);
        self.fns.push(FnData {
            name: item.name.clone(),
            span: item.name_span,
            module,
            owner: owner.clone(),
            of_trait: None,
            has_self: function.has_self,
            syntax: function.clone(),
            path,
            is_test: item.attrs.test,
            signature: OnceLock::new(),
        });
        // Blocks with items: those further out come first, so that each finds the one around it.
        let mut blocks: Vec<_> = function.inner.iter().collect();
        blocks.sort_by_key(|inner| (inner.block.start, std::cmp::Reverse(inner.block.end)));
        let mut around: Vec<(Span, ModuleIx)> = Vec::new();
        for inner in blocks {
            while around.last().is_some_and(|(span, _)| !span.contains(inner.block)) {
                around.pop();
            }
            let parent = around.last().map_or(module, |&(_, module)| module);
            let krate = self.modules[parent.0 as usize].krate;
            let path = self.fns[id.0 as usize].path.clone();
            let block = self.add_module(krate, Some(parent), true, path);
            self.blocks.insert(inner.block, block);
            around.push((inner.block, block));
            self.declare(block, &inner.items, pending);
        }
        id
    }

    /// An item.
    #[must_use]
    pub fn item(&self, id: ItemId) -> &ItemData {
        &self.items[id.0 as usize]
    }

    /// A function.
    #[must_use]
    pub fn function(&self, id: FnId) -> &FnData {
        &self.fns[id.0 as usize]
    }

    /// All functions.
    pub fn functions(&self) -> impl Iterator<Item = (FnId, &FnData)> {
        self.fns.iter().enumerate().map(|(number, data)| (FnId(number as u32), data))
    }

    /// All types, traits, statics and constants.
    pub fn items(&self) -> impl Iterator<Item = (ItemId, &ItemData)> {
        self.items.iter().enumerate().map(|(number, data)| (ItemId(number as u32), data))
    }

    /// The types whose own `Drop` a function is.
    pub fn dropped_by(&self, id: FnId) -> impl Iterator<Item = &Def> {
        self.drops.iter().filter(move |&(_, &drop)| drop == id).map(|(def, _)| def)
    }

    /// The crate that a function is in.
    #[must_use]
    pub fn crate_of_function(&self, id: FnId) -> CrateId {
        self.crate_of(self.function(id).module)
    }

    /// Whether two crates may be parts of one program: the same crate, one that knows the other, or two that a third knows.
    #[must_use]
    pub fn may_meet(&self, one: CrateId, other: CrateId) -> bool {
        self.programs.iter().any(|parts| parts.contains(&one) && parts.contains(&other))
    }

    /// The crate that a module is in.
    #[must_use]
    pub fn crate_of(&self, module: ModuleIx) -> CrateId {
        self.modules[module.0 as usize].krate
    }

    /// The path of a module within its crate.
    #[must_use]
    pub fn module_path(&self, module: ModuleIx) -> &str {
        &self.modules[module.0 as usize].path
    }

    /// The module that a block with items is.
    #[must_use]
    pub fn block(&self, span: Span) -> Option<ModuleIx> {
        self.blocks.get(&span).copied()
    }

    /// The scope in which the types of a function's body are read.
    #[must_use]
    pub fn scope_of(&self, id: FnId) -> TypeScope {
        let owner = &self.function(id).owner;
        let generics = self.signature(id).generics.clone();
        TypeScope { module: owner.module, self_ty: owner.self_ty.clone(), generics }
    }
}

fn value_of(value: &tree::Static, ty: Ty) -> ItemShape {
    let (mut text, mut number) = (None, None);
    match &value.value {
        Some(tree::Lit::Str(it)) => text = Some(it.clone()),
        Some(tree::Lit::Int(it, _)) => number = *it,
        _ => {}
    }
    let (is_const, thread_local) = (value.is_const, value.thread_local);
    ItemShape::Value { ty, text, number, is_const, thread_local }
}

fn join(path: &str, name: &str) -> String {
    match (path.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (_, true) => path.to_owned(),
        _ => format!("{path}::{name}"),
    }
}
