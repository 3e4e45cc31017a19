//! The module tree of a crate: which file belongs to which module.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::file::{Files, Problem, SourceFile};
use super::parse::parse;
use super::span::{FileId, Span};
use super::tree::{Item, ItemKind, Name};

/// A module of a crate, by its number in that crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId(pub u32);

/// A module with what it holds, other modules left out.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its name; `crate` for the root.
    pub name: Name,
    /// The module around it.
    pub parent: Option<ModuleId>,
    /// The file that its items are in.
    pub file: FileId,
    /// Its items.
    pub items: Arc<[Item]>,
}

/// How a file is read: from disk, from an editor's buffer, or from memory.
pub(super) type Read<'a> = dyn Fn(&Path) -> std::io::Result<Arc<str>> + Sync + 'a;

/// A file that was read, and its items.
type Parsed = (FileId, Arc<[Item]>);

/// Files that were read and parsed, so that targets of one package share them.
pub(super) struct Store<'a> {
    pub(super) files: Files,
    pub(super) problems: Vec<Problem>,
    parsed: HashMap<PathBuf, Option<Parsed>>,
    read: &'a Read<'a>,
    /// What the shown names are relative to.
    root: PathBuf,
    tests: bool,
}

/// A module that waits for its file.
struct Wanted {
    module: ModuleId,
    /// Where it may be; the first that exists is it.
    places: Vec<PathBuf>,
    /// Modules below it are in the folder of the file, not in one of its name.
    owns_folder: bool,
    /// The declaration.
    declared: Option<Span>,
}

impl<'a> Store<'a> {
    pub(super) fn new(root: PathBuf, tests: bool, read: &'a Read<'a>) -> Self {
        Self { files: Files::default(), problems: Vec::new(), parsed: HashMap::new(), read, root, tests }
    }

    /// All modules below the file `root`, which is the first of them.
    pub(super) fn modules(&mut self, root: &Path) -> Vec<Module> {
        let none: Arc<[Item]> = Arc::from([]);
        let mut modules =
            vec![Module { name: "crate".into(), parent: None, file: FileId(0), items: none.clone() }];
        let mut wave = vec![Wanted {
            module: ModuleId(0),
            places: vec![root.to_owned()],
            owns_folder: true,
            declared: None,
        }];
        while !wave.is_empty() {
            self.parse_all(&wave);
            let mut next = Vec::new();
            for wanted in wave {
                let found = wanted.places.iter().find_map(|place| {
                    self.parsed.get(place).and_then(Clone::clone).map(|parsed| (place.clone(), parsed))
                });
                let Some((place, (file, items))) = found else {
                    self.missing(&wanted);
                    continue;
                };
                modules[wanted.module.0 as usize].file = file;
                let is_mod = place.file_name().is_some_and(|name| name == "mod.rs");
                let folder = place.parent().unwrap_or(Path::new("")).to_owned();
                let below = match place.file_stem() {
                    Some(stem) if !wanted.owns_folder && !is_mod => folder.join(stem),
                    _ => folder.clone(),
                };
                let here = Here { file, folder: &folder, below, inline: false };
                self.place(wanted.module, &items, &here, &mut modules, &mut next);
            }
            wave = next;
        }
        modules
    }

    /// Gives a module its items, and follows the modules among them.
    fn place(
        &self,
        module: ModuleId,
        items: &[Item],
        here: &Here<'_>,
        modules: &mut Vec<Module>,
        next: &mut Vec<Wanted>,
    ) {
        let mut own = Vec::new();
        for item in items.iter().filter(|item| self.tests || !item.attrs.test) {
            let ItemKind::Mod(content) = &item.kind else {
                own.push(item.clone());
                continue;
            };
            let id = ModuleId(modules.len() as u32);
            let none: Arc<[Item]> = Arc::from([]);
            modules.push(Module {
                name: item.name.clone(),
                parent: Some(module),
                file: here.file,
                items: none,
            });
            let named = here.below.join(&*item.name);
            match (&content.items, &item.attrs.path) {
                (Some(items), path) => {
                    let below = path.as_ref().map_or(named, |path| here.folder.join(path));
                    let inner = Here { below, inline: true, ..*here };
                    self.place(id, items, &inner, modules, next);
                }
                (None, Some(path)) => {
                    let base = if here.inline { &here.below } else { here.folder };
                    let places = vec![base.join(path)];
                    next.push(Wanted { module: id, places, owns_folder: true, declared: Some(item.span) });
                }
                (None, None) => {
                    let places = vec![here.below.join(format!("{}.rs", item.name)), named.join("mod.rs")];
                    next.push(Wanted { module: id, places, owns_folder: false, declared: Some(item.span) });
                }
            }
        }
        modules[module.0 as usize].items = own.into();
    }

    /// Reads and parses what is new, in parallel.
    fn parse_all(&mut self, wave: &[Wanted]) {
        let mut fresh: Vec<FileId> = Vec::new();
        for wanted in wave {
            for place in &wanted.places {
                if self.parsed.contains_key(place) {
                    if self.parsed[place].is_some() {
                        break;
                    }
                    continue;
                }
                let entry = match (self.read)(place) {
                    Ok(text) => {
                        let id = self.files.add(place.clone(), self.display(place), text);
                        fresh.push(id);
                        Some((id, Arc::from([])))
                    }
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                    Err(error) => {
                        self.problems.push(Problem {
                            span: None,
                            file: self.display(place),
                            message: format!("the file cannot be read: {error}"),
                            help: "make it readable as UTF-8, or exclude it; the other files are analysed"
                                .to_owned(),
                        });
                        Some((FileId(0), Arc::from([])))
                    }
                };
                let found = entry.is_some();
                self.parsed.insert(place.clone(), entry);
                if found {
                    break;
                }
            }
        }
        let sources: Vec<&SourceFile> = fresh.iter().map(|&id| self.files.get(id)).collect();
        let trees: Vec<_> =
            sources.par_iter().map(|file| (file.path.clone(), file.id, parse(file))).collect();
        for (path, id, tree) in trees {
            match tree {
                Ok(items) => {
                    self.parsed.insert(path, Some((id, items.into())));
                }
                Err(problem) => self.problems.push(problem),
            }
        }
    }

    fn missing(&mut self, wanted: &Wanted) {
        let names: Vec<_> = wanted.places.iter().map(|place| format!("`{}`", self.display(place))).collect();
        let names = names.join(" or ");
        let file = match wanted.declared {
            Some(span) => self.files.get(span.file).display.clone(),
            None => names.trim_matches('`').to_owned(),
        };
        self.problems.push(Problem {
            span: wanted.declared,
            file,
            message: format!("there is no file {names}"),
            help: "create the file, or remove the module; the rest is analysed".to_owned(),
        });
    }

    fn display(&self, path: &Path) -> String {
        let shown = path.strip_prefix(&self.root).unwrap_or(path);
        shown.to_string_lossy().replace('\\', "/")
    }
}

/// Where the modules that a file declares are looked for.
struct Here<'a> {
    file: FileId,
    /// The folder of the file.
    folder: &'a Path,
    /// The folder for files of modules declared here.
    below: PathBuf,
    /// Within the braces of a module.
    inline: bool,
}

impl Clone for Here<'_> {
    fn clone(&self) -> Self {
        Self { below: self.below.clone(), ..*self }
    }
}
