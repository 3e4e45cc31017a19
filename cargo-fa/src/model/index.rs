//! All items of the program, by number and by where their names are known.

mod signatures;

use std::collections::HashMap;
use std::sync::Arc;

use super::ty::{Def, Ty};
use super::types::TypeScope;
use crate::source::tree::{self, Item, ItemKind, Name};
use crate::source::{Loaded, Span};

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
    Alias(tree::Type, tree::Generics),
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
    /// What it is an associated function of.
    pub self_ty: Option<Ty>,
    /// The trait, for functions of a trait and its implementations.
    pub of_trait: Option<ItemId>,
    /// Its own and its owner's type parameters.
    pub generics: Vec<(Name, Arc<[Ty]>)>,
    /// The types of its parameters; that of `self` first.
    pub params: Vec<Ty>,
    /// Whether the first parameter is `self`.
    pub has_self: bool,
    /// What it returns; for `async fn`, what the future gives.
    pub result: Ty,
    /// The syntax.
    pub syntax: Arc<tree::Fn>,
    /// The path of it for readers: `module::Type::name`.
    pub path: String,
    /// `#[test]`: a program of its own.
    pub is_test: bool,
}

/// All items of the program.
#[derive(Clone, Debug, Default)]
pub struct Index {
    pub(super) modules: Vec<ModuleData>,
    pub(super) roots: Vec<ModuleIx>,
    /// Names that lead out of a crate: to framealloc, to another crate of the analysis.
    pub(super) externs: Vec<HashMap<Name, Extern>>,
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

impl Index {
    /// Reads all items.
    #[must_use]
    pub fn build(loaded: &Loaded) -> Self {
        let mut index = Self::default();
        let mut pending = Vec::new();
        let mut functions = Vec::new();
        for (number, krate) in loaded.crates.iter().enumerate() {
            let mut externs: HashMap<Name, Extern> = krate
                .externs
                .iter()
                .map(|(name, to)| (name.clone(), Extern::Crate(CrateId(*to as u32))))
                .collect();
            externs.extend(krate.framealloc.iter().map(|name| (name.clone(), Extern::Framealloc)));
            index.externs.push(externs);
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
                    let parent = &mut index.modules[(base + parent.0) as usize];
                    parent.names.entry(module.name.clone()).or_default().push(Entry::Module(here));
                }
                index.declare(here, &module.items, &mut pending, &mut functions);
            }
        }
        index.finish(pending, functions);
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
        self.modules[module.0 as usize].names.entry(name.clone()).or_default().push(entry);
    }

    /// Gives the items of a module their numbers and names. Types within them are resolved later.
    fn declare(
        &mut self,
        module: ModuleIx,
        items: &[Item],
        pending: &mut Vec<Pending>,
        functions: &mut Vec<(FnId, Arc<tree::Fn>)>,
    ) {
        for item in items {
            let shape = match &item.kind {
                ItemKind::Fn(function) => {
                    let id = self.add_fn(module, item, function, pending, functions);
                    self.enter(module, &item.name, Entry::Fn(id));
                    continue;
                }
                ItemKind::Use(uses) => {
                    for one in uses {
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
                    self.declare(id, content.items.as_deref().unwrap_or(&[]), pending, functions);
                    continue;
                }
                ItemKind::Impl(_) => {
                    pending.push(Pending { module, item: item.clone(), trait_item: None });
                    continue;
                }
                ItemKind::Struct(it) => ItemShape::Struct { fields: Vec::new(), tuple: it.tuple },
                ItemKind::Enum(_) => ItemShape::Enum { variants: Vec::new() },
                ItemKind::Alias(generics, ty) => ItemShape::Alias(ty.clone(), generics.clone()),
                ItemKind::Trait(_) => ItemShape::Trait { functions: Vec::new() },
                ItemKind::Static(value) => value_of(value),
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
        module: ModuleIx,
        item: &Item,
        function: &Arc<tree::Fn>,
        pending: &mut Vec<Pending>,
        functions: &mut Vec<(FnId, Arc<tree::Fn>)>,
    ) -> FnId {
        let id = FnId(self.fns.len() as u32);
        let path = join(&self.modules[module.0 as usize].path, &item.name);
        self.fns.push(FnData {
            name: item.name.clone(),
            span: item.name_span,
            module,
            self_ty: None,
            of_trait: None,
            generics: Vec::new(),
            params: Vec::new(),
            has_self: function.receiver.is_some(),
            result: Ty::Unknown,
            syntax: function.clone(),
            path,
            is_test: item.attrs.test,
        });
        functions.push((id, function.clone()));
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
            self.declare(block, &inner.items, pending, functions);
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
        let data = self.function(id);
        TypeScope { module: data.module, self_ty: data.self_ty.clone(), generics: data.generics.clone() }
    }
}

fn value_of(value: &tree::Static) -> ItemShape {
    let (mut text, mut number) = (None, None);
    if let Some(tree::Expr { kind: tree::ExprKind::Lit(literal), .. }) = &value.value {
        match literal {
            tree::Lit::Str(it) => text = Some(it.clone()),
            tree::Lit::Int(it, _) => number = *it,
            _ => {}
        }
    }
    let (is_const, thread_local) = (value.is_const, value.thread_local);
    ItemShape::Value { ty: Ty::Unknown, text, number, is_const, thread_local }
}

fn join(path: &str, name: &str) -> String {
    match (path.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (_, true) => path.to_owned(),
        _ => format!("{path}::{name}"),
    }
}
