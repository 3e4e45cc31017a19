//! All items of the program, by number and by where their names are known.

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

    /// Resolves the types of all items, now that all have numbers.
    fn finish(&mut self, pending: Vec<Pending>, mut functions: Vec<(FnId, Arc<tree::Fn>)>) {
        let mut later = Vec::new();
        for Pending { module, item, trait_item } in &pending {
            let Some(id) = *trait_item else { continue };
            let generics = match &item.kind {
                ItemKind::Struct(it) => &it.generics,
                ItemKind::Enum(it) => &it.generics,
                ItemKind::Trait(it) => &it.generics,
                ItemKind::Alias(generics, _) => generics,
                _ => continue,
            };
            let names = generics.types.iter().map(|(name, _)| (name.clone(), Arc::from([])));
            let data = &mut self.items[id.0 as usize];
            data.params = names.collect();
            data.lifetimes = generics.lifetimes.clone();
            later.push((*module, id));
        }
        for Pending { module, item, trait_item } in pending {
            match (&item.kind, trait_item) {
                (ItemKind::Struct(it), Some(id)) => {
                    let scope = self.scope_of_item(module, id, &it.generics);
                    let resolved =
                        it.fields.iter().map(|(name, ty)| (name.clone(), self.resolve(ty, &scope)));
                    let resolved = resolved.collect();
                    if let ItemShape::Struct { fields, .. } = &mut self.items[id.0 as usize].shape {
                        *fields = resolved;
                    }
                }
                (ItemKind::Enum(it), Some(id)) => {
                    let scope = self.scope_of_item(module, id, &it.generics);
                    let mut resolved = Vec::new();
                    for (name, fields) in &it.variants {
                        let fields = fields.iter().map(|(name, ty)| (name.clone(), self.resolve(ty, &scope)));
                        resolved.push((name.clone(), fields.collect()));
                    }
                    self.items[id.0 as usize].shape = ItemShape::Enum { variants: resolved };
                }
                (ItemKind::Static(it), Some(id)) => {
                    let resolved = self.resolve(&it.ty, &TypeScope::new(module));
                    if let ItemShape::Value { ty, .. } = &mut self.items[id.0 as usize].shape {
                        *ty = resolved;
                    }
                }
                (ItemKind::Trait(it), Some(id)) => self.finish_trait(module, id, it, &mut functions),
                (ItemKind::Impl(it), _) => self.finish_impl(module, it, &mut functions),
                _ => {}
            }
        }
        for (id, function) in functions {
            self.finish_fn(id, &function);
        }
        self.find_mentions();
    }

    fn scope_of_item(&self, module: ModuleIx, id: ItemId, generics: &tree::Generics) -> TypeScope {
        let mut scope = TypeScope::new(module);
        self.add_generics(&mut scope, generics);
        let args: Vec<Ty> =
            scope.generics.iter().map(|(name, bounds)| Ty::Param(name.clone(), bounds.clone())).collect();
        scope.self_ty = Some(Ty::Adt(Def::Item(id), args.into()));
        scope
    }

    fn add_generics(&self, scope: &mut TypeScope, generics: &tree::Generics) {
        self.add_generics_at(scope, generics, 0);
    }

    pub(super) fn add_generics_at(&self, scope: &mut TypeScope, generics: &tree::Generics, depth: usize) {
        for (name, _) in &generics.types {
            scope.generics.push((name.clone(), Arc::from([])));
        }
        for (name, bounds) in &generics.types {
            let bounds: Vec<Ty> = bounds.iter().map(|bound| self.resolve_at(bound, scope, depth)).collect();
            if let Some(slot) = scope.generics.iter_mut().rev().find(|(known, _)| known == name) {
                slot.1 = bounds.into();
            }
        }
    }

    fn finish_trait(
        &mut self,
        module: ModuleIx,
        id: ItemId,
        it: &tree::Trait,
        functions: &mut Vec<(FnId, Arc<tree::Fn>)>,
    ) {
        let mut scope = TypeScope::new(module);
        self.add_generics(&mut scope, &it.generics);
        let name: Name = "Self".into();
        let itself = Ty::Adt(Def::Item(id), Arc::from([]));
        scope.self_ty = Some(Ty::Param(name, Arc::from([itself])));
        let mut own = Vec::new();
        for item in &it.items {
            if let ItemKind::Fn(function) = &item.kind {
                let fn_id = self.add_associated(module, &scope, item, function, Some(id), functions);
                own.push(fn_id);
            }
        }
        if let ItemShape::Trait { functions } = &mut self.items[id.0 as usize].shape {
            *functions = own;
        }
    }

    fn finish_impl(&mut self, module: ModuleIx, it: &tree::Impl, functions: &mut Vec<(FnId, Arc<tree::Fn>)>) {
        let mut scope = TypeScope::new(module);
        self.add_generics(&mut scope, &it.generics);
        let ty = self.resolve(&it.ty, &scope);
        scope.self_ty = Some(ty.clone());
        let of = it.of.as_ref().and_then(|path| self.resolve_path_type(path, &scope));
        let of_trait = of.as_ref().and_then(Ty::as_item);
        let trait_name = it.of.as_ref().map_or("", |path| path.last());
        let def = match ty.peeled() {
            Ty::Adt(def, _) => Some(def.clone()),
            _ => None,
        };
        for item in &it.items {
            match &item.kind {
                ItemKind::Fn(function) => {
                    let id = self.add_associated(module, &scope, item, function, of_trait, functions);
                    if let Some(def) = &def {
                        self.methods.entry((def.clone(), item.name.clone())).or_default().push(id);
                        if trait_name == "Drop" && of_trait.is_none() {
                            self.drops.insert(def.clone(), id);
                        }
                    }
                    if let Some(of) = of_trait {
                        self.implementations.entry((of, item.name.clone())).or_default().push(id);
                    }
                }
                ItemKind::Alias(_, target) if trait_name == "Deref" && &*item.name == "Target" => {
                    if let Some(def) = &def {
                        let target = self.resolve(target, &scope);
                        self.derefs.insert(def.clone(), target);
                    }
                }
                ItemKind::Static(value) => self.associated_value(module, &scope, item, value, def.as_ref()),
                _ => {}
            }
        }
    }

    /// A constant of a type, found as `Type::NAME`.
    fn associated_value(
        &mut self,
        module: ModuleIx,
        scope: &TypeScope,
        item: &Item,
        value: &tree::Static,
        def: Option<&Def>,
    ) {
        let mut shape = value_of(value);
        if let ItemShape::Value { ty, .. } = &mut shape {
            *ty = self.resolve(&value.ty, scope);
        }
        let id = ItemId(self.items.len() as u32);
        let (params, lifetimes, derives) = (Vec::new(), Vec::new(), Vec::new());
        let (name, span) = (item.name.clone(), item.name_span);
        self.items.push(ItemData { name, span, module, params, lifetimes, derives, shape });
        if let Some(Def::Item(owner)) = def {
            // `::` is in no identifier, so this meets no other name.
            let key: Name = format!("{}::{}", owner.0, item.name).into();
            self.enter(module, &key, Entry::Item(id));
        }
    }

    fn add_associated(
        &mut self,
        module: ModuleIx,
        scope: &TypeScope,
        item: &Item,
        function: &Arc<tree::Fn>,
        of_trait: Option<ItemId>,
        functions: &mut Vec<(FnId, Arc<tree::Fn>)>,
    ) -> FnId {
        let mut pending = Vec::new();
        let id = self.add_fn(module, item, function, &mut pending, functions);
        let owner = scope.self_ty.as_ref().map(|ty| self.show(ty)).unwrap_or_default();
        let data = &mut self.fns[id.0 as usize];
        data.self_ty = scope.self_ty.clone();
        data.generics = scope.generics.clone();
        data.of_trait = of_trait;
        data.path = join(&join(&self.modules[module.0 as usize].path, &owner), &item.name);
        self.methods_by_name.entry(item.name.clone()).or_default().push(id);
        if !pending.is_empty() {
            self.finish(pending, Vec::new());
        }
        id
    }

    fn finish_fn(&mut self, id: FnId, function: &tree::Fn) {
        let data = &self.fns[id.0 as usize];
        let mut scope = TypeScope::new(data.module);
        scope.self_ty = data.self_ty.clone();
        scope.generics = data.generics.clone();
        self.add_generics(&mut scope, &function.generics);
        let mut params = Vec::new();
        if let Some(receiver) = &function.receiver {
            let itself = scope.self_ty.clone().unwrap_or(Ty::Unknown);
            params.push(match (&receiver.ty, receiver.reference) {
                (Some(ty), _) => self.resolve(ty, &scope),
                (None, true) => Ty::Ref(receiver.mutable, Arc::new(itself)),
                (None, false) => itself,
            });
        }
        params.extend(function.params.iter().map(|(_, ty)| self.resolve(ty, &scope)));
        let result = function.result.as_ref().map_or_else(Ty::unit, |ty| self.resolve(ty, &scope));
        let data = &mut self.fns[id.0 as usize];
        data.params = params;
        data.result = result;
        data.generics = scope.generics;
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
