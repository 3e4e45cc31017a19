//! A session after many edits says what somebody says who reads the same texts for the first time, or, where one of them is
//! not Rust, who has read nothing but the last version that was.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_fa::commands::analysis::{self, Analysis, Before};
use cargo_fa::commands::settings::Question;
use cargo_fa::lints::REGISTRY;
use cargo_fa::report::{self, Format};
use cargo_fa::source::{self, Disk, FileId, Overlay, Selection, SourceFile};
use cargo_metadata::{Metadata, MetadataCommand};
use fastrand::Rng;

use crate::mutated::mutate::mutate;
use crate::support::manifest;

/// Every one of so many programs of `tests/ui`.
const STEP: usize = 40;
const SEEDS: u64 = 2;
const EDITS: usize = 40;
const MOST: usize = 1 << 14;

/// Functions of several files that mean something to each other.
const OWN: [(&str, &str); 3] = [
    (
        "helpers.rs",
        "use framealloc::{FrameBox, SmartAlloc};
pub struct Kit { pub alloc: SmartAlloc, pub width: usize }
impl Kit { pub fn alloc(&self) -> &SmartAlloc { &self.alloc } }
pub struct Ending<'a>(pub &'a SmartAlloc);
impl Drop for Ending<'_> { fn drop(&mut self) { self.0.end_frame(); } }
pub fn open(alloc: &SmartAlloc) { alloc.begin_frame(); }
pub fn close(alloc: &SmartAlloc) { alloc.end_frame(); }
pub fn make(alloc: &SmartAlloc) -> FrameBox<'_, u32> { alloc.frame_box(1) }
pub fn there(alloc: &SmartAlloc, n: u8) { if n > 0 { back(alloc, n - 1); } }
pub fn back(alloc: &SmartAlloc, n: u8) { there(alloc, n); }
",
    ),
    (
        "game.rs",
        "use crate::helpers::{self, Ending, Kit};
use framealloc::FrameBox;
pub fn ended(kit: &Kit) -> FrameBox<'_, u32> { kit.alloc.begin_frame(); let made = kit.alloc.frame_box(1); helpers::close(&kit.alloc); made }
pub fn handed(kit: &Kit) -> FrameBox<'_, u32> { kit.alloc.begin_frame(); let made = kit.alloc().frame_box(1); kit.alloc.end_frame(); made }
pub fn dropped(kit: &Kit) -> FrameBox<'_, u32> { kit.alloc.begin_frame(); let made = kit.alloc.frame_box(1); drop(Ending(&kit.alloc)); made }
pub fn far(kit: &Kit) -> FrameBox<'_, u32> { kit.alloc.begin_frame(); let made = kit.alloc.frame_box(1); farther(kit); made }
fn farther(kit: &Kit) { farthest(kit) }
fn farthest(kit: &Kit) { helpers::there(&kit.alloc, 1); }
pub fn frame(kit: &Kit) -> u32 { helpers::open(kit.alloc()); let sum = step(kit); helpers::close(kit.alloc()); sum }
pub fn step(kit: &Kit) -> u32 { let mut sum = 0; for n in 0..kit.width { let b = kit.alloc.pool_box(n); sum += *b as u32; } sum }
pub fn late(kit: &Kit) -> u32 { kit.alloc.begin_frame(); let made = helpers::make(&kit.alloc); helpers::close(&kit.alloc); *made }
pub fn circle(kit: &Kit) { kit.alloc.begin_frame(); helpers::there(&kit.alloc, 3); }
pub fn guarded(kit: &Kit) { let _end = Ending(&kit.alloc); kit.alloc.begin_frame(); work(kit); }
fn work(kit: &Kit) { let list = kit.alloc.heap_box(3); drop(list); }
",
    ),
    (
        "jobs.rs",
        "use crate::game;
use crate::helpers::Kit;
use std::sync::{Arc, Mutex};
static KEPT: Mutex<Vec<u32>> = Mutex::new(Vec::new());
pub fn start(kit: Arc<Kit>) { std::thread::spawn(move || run(&kit)); }
pub fn run(kit: &Kit) { let v = kit.alloc.frame_vec::<u8>(); drop(v); KEPT.lock().unwrap().push(game::frame(kit)); }
pub async fn load(kit: &Kit) -> usize { let text = kit.alloc.frame_string(); wait().await; text.len() }
async fn wait() {}
pub fn tags(kit: &Kit) { kit.alloc.with_tag(\"physics\", |a| inner(a)); kit.alloc.begin_phase(\"p\"); }
fn inner(a: &framealloc::SmartAlloc) { let _ = a.pool_box(1); }
",
    ),
];

/// What changes what others find: bodies, signatures, types, items.
const SWAPS: [(&str, &str); 16] = [
    ("alloc.end_frame(); }", "let _ = alloc; }"),
    ("alloc.begin_frame(); }", "}"),
    ("&self.alloc }", "todo!() }"),
    ("self.0.end_frame();", ""),
    ("alloc.frame_box(1)", "todo!()"),
    ("back(alloc, n - 1);", "alloc.end_frame();"),
    ("there(alloc, n);", ""),
    ("pub fn make(", "pub fn made("),
    ("pub width: usize", "pub width: Vec<u8>"),
    ("helpers::{self, Ending, Kit}", "helpers::{self, Kit}"),
    ("pub fn step(kit: &Kit) -> u32 {", "pub fn step(kit: &Kit) -> u32 { return 1;"),
    ("work(kit); }", "}"),
    ("run(&kit)", "drop(kit)"),
    ("wait().await;", ""),
    ("|a| inner(a)", "|_| ()"),
    ("async fn wait() {}", "fn wait() {}"),
];

/// What is put in anywhere.
const PIECES: [&str; 8] = [
    "\n",
    "// é\n",
    "/* ",
    "\"",
    "\nfn added(a: &framealloc::SmartAlloc) { a.begin_frame(); }\n",
    "\nstruct Added { alloc: framealloc::SmartAlloc }\n",
    "\nmod inside { pub fn f(a: &framealloc::SmartAlloc) -> usize { a.frame_vec::<u8>().len() } }\n",
    "alloc.begin_frame(); ",
];

struct Crate {
    root: PathBuf,
    metadata: Metadata,
    question: Question,
    texts: BTreeMap<PathBuf, String>,
}

impl Crate {
    fn new(folder: &Path, files: &[(String, String)]) -> Self {
        let root = folder.canonicalize().unwrap();
        fs::create_dir(root.join("src")).unwrap();
        fs::write(root.join("Cargo.toml"), manifest("game")).unwrap();
        fs::write(root.join("src/main.rs"), "").unwrap();
        let manifest_path = root.join("Cargo.toml");
        let metadata = MetadataCommand::new().manifest_path(&manifest_path).no_deps().exec().unwrap();
        let selection = Selection { manifest_path: Some(manifest_path), ..Selection::default() };
        let question = Question { selection, pedantic: true, ..Question::default() };
        let mut main: String =
            files.iter().map(|(name, _)| format!("mod {};\n", name.trim_end_matches(".rs"))).collect();
        main.push_str("fn main() {}\n");
        let mut texts: BTreeMap<PathBuf, String> =
            files.iter().map(|(name, text)| (root.join("src").join(name), text.clone())).collect();
        texts.insert(root.join("src/main.rs"), main);
        Self { root, metadata, question, texts }
    }

    fn analyse(&self, before: &mut Before) -> Analysis {
        self.analyse_texts(&self.texts, before)
    }

    fn analyse_texts(&self, texts: &BTreeMap<PathBuf, String>, before: &mut Before) -> Analysis {
        let overlay: Overlay =
            texts.iter().map(|(path, text)| (path.clone(), text.as_str().into())).collect();
        analysis::run(&self.question, &self.metadata, before, &Disk::under(overlay)).unwrap()
    }

    /// What a first look finds, or a second one where some files were Rust at the first one only.
    fn analyse_anew(&self, readable: &BTreeMap<PathBuf, String>) -> Analysis {
        let earlier = |path: &PathBuf| readable.get(path).filter(|_| !is_rust(&self.texts[path]));
        let drafts: BTreeMap<&PathBuf, &String> =
            self.texts.keys().filter_map(|path| Some((path, earlier(path)?))).collect();
        if drafts.is_empty() {
            return self.analyse(&mut Before::none());
        }
        let mut texts = self.texts.clone();
        texts.extend(drafts.into_iter().map(|(path, text)| (path.clone(), text.clone())));
        let mut before = Before::default();
        self.analyse_texts(&texts, &mut before);
        self.analyse(&mut before)
    }

    /// Puts one text in the place of another, where that stands first in each file.
    fn swap(&mut self, from: &str, to: &str) {
        for text in self.texts.values_mut().filter(|_| !from.is_empty()) {
            *text = text.replacen(from, to, 1);
        }
    }

    fn main(&mut self) -> &mut String {
        self.texts.get_mut(&self.root.join("src/main.rs")).unwrap()
    }
}

fn is_rust(text: &str) -> bool {
    source::parse(&SourceFile::new(FileId(0), "".into(), String::new(), text.into())).is_ok()
}

fn shown(analysis: &Analysis) -> String {
    report::render(&analysis.report, Format::Json, REGISTRY, false)
}

fn programs() -> Vec<(String, String)> {
    let mut paths = Vec::new();
    crate::mutated::sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui"), &mut paths);
    paths.sort();
    let texts = paths.into_iter().step_by(STEP).map(|path| fs::read_to_string(path).unwrap());
    let own = OWN.iter().map(|&(name, text)| (name.to_owned(), text.to_owned()));
    own.chain(texts.enumerate().map(|(number, text)| (format!("m{number}.rs"), text))).collect()
}

/// Changes something, and says what.
fn edit(it: &mut Crate, first: &BTreeMap<PathBuf, String>, rng: &mut Rng) -> String {
    let paths: Vec<PathBuf> = it.texts.keys().cloned().collect();
    let path = &paths[rng.usize(..paths.len())];
    let text = it.texts.get_mut(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let mut at = rng.usize(..=text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    match rng.u8(..10) {
        0 => {
            *text = mutate(text, rng.u64(..), MOST);
            format!("{name} is nearly a program")
        }
        1 => {
            let piece = PIECES[rng.usize(..PIECES.len())];
            text.insert_str(at, piece);
            format!("{name}: {piece:?} at {at}")
        }
        2 => {
            let mut lines: Vec<&str> = text.lines().collect();
            if !lines.is_empty() {
                let one = rng.usize(..lines.len());
                let line = lines.remove(one);
                if rng.bool() {
                    lines.insert(rng.usize(..=lines.len()), line);
                }
            }
            *text = lines.join("\n");
            format!("{name} has a line less, or elsewhere")
        }
        3 => {
            let number = rng.usize(..paths.len());
            let declared = format!("mod m{number};\n");
            let main = it.main();
            match main.contains(&declared) {
                true => *main = main.replace(&declared, ""),
                false => main.insert_str(0, &declared),
            }
            format!("{declared:?} comes or goes")
        }
        4..=6 => {
            let there = |from: &str| !from.is_empty() && it.texts.values().any(|text| text.contains(from));
            let both = SWAPS.into_iter().flat_map(|(from, to)| [(from, to), (to, from)]);
            let swaps: Vec<_> = both.filter(|(from, _)| there(from)).collect();
            let (from, to) = swaps.get(rng.usize(..swaps.len().max(1))).copied().unwrap_or_default();
            it.swap(from, to);
            format!("{from:?} becomes {to:?}")
        }
        7 | 8 => {
            text.clone_from(&first[path]);
            format!("{name} is as it was")
        }
        _ => {
            it.texts.clone_from(first);
            "all is as it was".to_owned()
        }
    }
}

#[test]
fn after_any_edits_a_session_says_what_a_first_look_says() {
    let files = programs();
    let (mut found, mut kept, mut drafts) = (0, 0, 0);
    for seed in 0..SEEDS {
        let folder = tempfile::tempdir().unwrap();
        let mut it = Crate::new(folder.path(), &files);
        let first = it.texts.clone();
        let mut rng = Rng::with_seed(seed);
        let mut before = Before::default();
        let mut done = Vec::new();
        let mut readable = BTreeMap::new();
        for _ in 0..EDITS {
            let known = it.analyse(&mut before);
            let fresh = it.analyse_anew(&readable);
            assert_eq!(shown(&known), shown(&fresh), "seed {seed}, after {done:#?}");
            assert_eq!(known.covered, fresh.covered, "seed {seed}, after {done:#?}");
            found += known.report.diagnostics.len();
            kept += usize::from(before.functions.built() < 10);
            drafts += usize::from(it.texts.values().any(|text| !is_rust(text)));
            // What is not in the program is forgotten.
            let file = |path: &Path| path.strip_prefix(&it.root).unwrap().to_string_lossy().into_owned();
            readable.retain(|path: &PathBuf, _| known.covered.contains(&file(path)));
            let rust =
                it.texts.iter().filter(|(path, text)| known.covered.contains(&file(path)) && is_rust(text));
            readable.extend(rust.map(|(path, text)| (path.clone(), text.clone())));
            done.push(edit(&mut it, &first, &mut rng));
        }
    }
    // Else too much was broken for anything to be found, or nothing was taken from the past.
    let looks = SEEDS as usize * EDITS;
    assert!(found > 5 * looks && kept > looks / 4 && drafts > looks / 4, "{found} {kept} {drafts} {looks}");
}

#[test]
fn whatever_changes_is_noticed_by_whom_it_concerns() {
    let own: Vec<_> = OWN.iter().map(|&(name, text)| (name.to_owned(), text.to_owned())).collect();
    let folder = tempfile::tempdir().unwrap();
    let mut it = Crate::new(folder.path(), &own);
    let first = it.texts.clone();
    let mut before = Before::default();
    let at_first = shown(&it.analyse(&mut before));
    let (mut other, mut in_part) = (0, 0);
    for (from, to) in SWAPS {
        it.swap(from, to);
        let known = shown(&it.analyse(&mut before));
        in_part += usize::from(before.functions.run() < 20);
        assert_eq!(known, shown(&it.analyse_anew(&first)), "{from:?} becomes {to:?}");
        other += usize::from(known != at_first);
        it.texts.clone_from(&first);
        assert_eq!(shown(&it.analyse(&mut before)), at_first, "{to:?} was {from:?}");
    }
    assert!(other > SWAPS.len() / 2 && in_part > SWAPS.len() / 2, "{other} {in_part}");
}
