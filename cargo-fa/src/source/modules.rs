//! The module tree of a crate: which file belongs to which module.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::features::Known;
use super::file::{Files, Problem, SourceFile};
use super::memory::{Good, Memory, Tree};
use super::parse::{parse, parse_with};
use super::reparse::reparse;
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

/// Files that were read and parsed, so that targets of one package share them.
pub(super) struct Store<'a> {
    memory: &'a mut Memory,
    files: Files,
    problems: Vec<Problem>,
    /// Files that are not Rust now, and why; what they held before is among the others.
    drafts: Vec<(Arc<SourceFile>, Problem)>,
    /// What is at each path that was looked at; `None` if nothing is.
    read: HashMap<PathBuf, Option<Found>>,
    reader: &'a Read<'a>,
    /// What the shown names are relative to.
    root: PathBuf,
    tests: bool,
    /// Those of each crate.
    features: Vec<Known>,
}

/// A file, and its items.
type Found = (FileId, Arc<[Item]>);

/// A module that waits for its file.
struct Wanted {
    /// The crate, by its place among the roots.
    krate: usize,
    module: ModuleId,
    /// Where it may be; the first that exists is it.
    places: Vec<PathBuf>,
    /// Modules below it are in the folder of the file, not in one of its name.
    owns_folder: bool,
    /// The declaration.
    declared: Option<Span>,
}

impl<'a> Store<'a> {
    pub(super) fn new(memory: &'a mut Memory, root: PathBuf, tests: bool, reader: &'a Read<'a>) -> Self {
        let (files, problems, read) = (Files::default(), Vec::new(), HashMap::new());
        let (drafts, features) = (Vec::new(), Vec::new());
        Self { memory, files, problems, drafts, read, reader, root, tests, features }
    }

    /// The files that were read, and what was wrong with them.
    pub(super) fn finish(mut self) -> (Files, Vec<Problem>) {
        self.memory.end();
        for (draft, mut problem) in self.drafts {
            let file = self.files.add_draft(&draft);
            problem.span = problem.span.map(|span| Span { file, ..span });
            problem.help.push_str(". Until then its last version that could be read is analysed");
            self.problems.push(problem);
        }
        (self.files, self.problems)
    }

    /// For each of these files, all modules below it, itself first. What is found at one depth is read and parsed in
    /// parallel, whatever crate it is of.
    pub(super) fn modules(&mut self, roots: &[(&Path, Known)]) -> Vec<Vec<Module>> {
        self.features = roots.iter().map(|(_, features)| features.clone()).collect();
        self.memory.begin(&self.features);
        let none: Arc<[Item]> = Arc::from([]);
        let root = Module { name: "crate".into(), parent: None, file: FileId(0), items: none };
        let mut crates = vec![vec![root]; roots.len()];
        let first = roots.iter().enumerate().map(|(krate, (root, _))| Wanted {
            krate,
            module: ModuleId(0),
            places: vec![root.to_path_buf()],
            owns_folder: true,
            declared: None,
        });
        let mut wave: Vec<Wanted> = first.collect();
        while !wave.is_empty() {
            self.read_all(&wave);
            let mut next = Vec::new();
            for wanted in wave {
                let found = wanted.places.iter().find_map(|place| {
                    self.read.get(place).and_then(Clone::clone).map(|found| (place.clone(), found))
                });
                let Some((place, (file, items))) = found else {
                    self.missing(&wanted);
                    continue;
                };
                let modules = &mut crates[wanted.krate];
                modules[wanted.module.0 as usize].file = file;
                let is_mod = place.file_name().is_some_and(|name| name == "mod.rs");
                let folder = place.parent().unwrap_or(Path::new("")).to_owned();
                let below = match place.file_stem() {
                    Some(stem) if !wanted.owns_folder && !is_mod => folder.join(stem),
                    _ => folder.clone(),
                };
                let here = Here { krate: wanted.krate, file, folder: &folder, below, inline: false };
                self.place(wanted.module, &items, &here, modules, &mut next);
            }
            wave = next;
        }
        crates
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
                    next.push(here.wanted(id, places, true, item.span));
                }
                (None, None) => {
                    let places = vec![here.below.join(format!("{}.rs", item.name)), named.join("mod.rs")];
                    next.push(here.wanted(id, places, false, item.span));
                }
            }
        }
        modules[module.0 as usize].items = own.into();
    }

    /// Reads and parses what is new, in parallel.
    fn read_all(&mut self, wave: &[Wanted]) {
        let mut asked = HashSet::new();
        let new = wave.iter().map(|wanted| (self.unread(wanted), wanted.krate));
        let new: Vec<(&[PathBuf], usize)> = new.filter(|(places, _)| asked.insert(*places)).collect();
        let reader = self.reader;
        let look = |(places, krate): &(&[PathBuf], usize)| (first_of(reader, places), *krate);
        let texts: Vec<(Vec<_>, usize)> = new.par_iter().map(look).collect();
        let texts = texts.into_iter().flat_map(|(texts, krate)| texts.into_iter().map(move |it| (it, krate)));
        let mut fresh = Vec::new();
        for ((place, text), krate) in texts {
            // Two modules may be one file by different ways.
            if self.read.contains_key(&place) {
                continue;
            }
            let display = self.display(&place);
            let found = match text {
                Ok(text) => {
                    let id = match self.memory.look_up(&place, &display, &text) {
                        Ok((file, tree)) => {
                            self.add(file, tree);
                            continue;
                        }
                        Err(id) => id,
                    };
                    let before = self.memory.good(&place);
                    fresh.push((SourceFile::new(id, place.clone(), display, text), krate, before));
                    Some((id, Arc::from([])))
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                Err(error) => {
                    self.problems.push(Problem {
                        span: None,
                        file: display,
                        message: format!("the file cannot be read: {error}"),
                        help: "make it readable as UTF-8, or exclude it; the other files are analysed"
                            .to_owned(),
                    });
                    Some((FileId(0), Arc::from([])))
                }
            };
            self.read.insert(place, found);
        }
        let features = &self.features;
        let parse = |(mut file, krate, before): (SourceFile, usize, Option<Good>)| {
            let again = || before.and_then(|(before, items)| reparse(&file, &before, &items));
            let tree = match &features[krate] {
                Some(features) => parse_with(&mut file, features),
                None => match again() {
                    Some(tree) => return (Arc::new(file), tree),
                    None => parse(&file),
                },
            };
            let tree = tree.map(Arc::from);
            (Arc::new(file), tree)
        };
        // The largest first, and whoever is done takes the next: so no thread is left with a large one at the end.
        fresh.sort_by_key(|(file, ..)| Reverse(file.text.len()));
        let mut parsed: Vec<_> = fresh.into_iter().par_bridge().map(parse).collect();
        parsed.sort_by_key(|(file, _)| file.id);
        for (file, tree) in parsed {
            self.memory.keep(file.clone(), tree.clone());
            self.add(file, tree);
        }
    }

    /// The places of a module at which nobody looked yet and that matter.
    fn unread<'w>(&self, wanted: &'w Wanted) -> &'w [PathBuf] {
        for (number, place) in wanted.places.iter().enumerate() {
            match self.read.get(place) {
                Some(None) => {}
                Some(Some(_)) => return &[],
                None => return &wanted.places[number..],
            }
        }
        &[]
    }

    fn add(&mut self, file: Arc<SourceFile>, tree: Tree) {
        let (file, items) = match tree {
            Ok(items) => (file, items),
            // While somebody types, it is what it was, so that what is found in it stays.
            Err(problem) => match self.memory.good(&file.path) {
                Some((good, items)) => {
                    self.drafts.push((file, problem));
                    (good, items)
                }
                None => {
                    self.problems.push(problem);
                    (file, Arc::from([]))
                }
            },
        };
        self.read.insert(file.path.clone(), Some((file.id, items)));
        self.files.put(file);
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

/// Reads the first of these files that exists, and says what became of those before it.
fn first_of(reader: &Read<'_>, places: &[PathBuf]) -> Vec<(PathBuf, std::io::Result<Arc<str>>)> {
    let mut looked = Vec::new();
    for place in places {
        let text = reader(place);
        let gone = matches!(&text, Err(error) if error.kind() == std::io::ErrorKind::NotFound);
        looked.push((place.clone(), text));
        if !gone {
            break;
        }
    }
    looked
}

/// Where the modules that a file declares are looked for.
struct Here<'a> {
    krate: usize,
    file: FileId,
    /// The folder of the file.
    folder: &'a Path,
    /// The folder for files of modules declared here.
    below: PathBuf,
    /// Within the braces of a module.
    inline: bool,
}

impl Here<'_> {
    fn wanted(&self, module: ModuleId, places: Vec<PathBuf>, owns_folder: bool, declared: Span) -> Wanted {
        Wanted { krate: self.krate, module, places, owns_folder, declared: Some(declared) }
    }
}

impl Clone for Here<'_> {
    fn clone(&self) -> Self {
        Self { below: self.below.clone(), ..*self }
    }
}
