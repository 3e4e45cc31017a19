use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::super::look::Look;
use super::super::past::Past;
use super::super::program::Program;
use super::{all, relevant, words};
use crate::model::{FnId, Index};
use crate::source::{Loaded, Selection, load, load_files, on_deep_stack};

/// The names of the functions that are kept.
fn kept(source: &str) -> Vec<String> {
    let loaded = load_files(&[("src/lib.rs", source)], false);
    assert_same(&loaded);
    let program = Program::build(loaded);
    program.functions().map(|function| program.path(function).to_owned()).collect()
}

/// Who matters, from the graphs of all functions.
fn by_looking_at_all(looks: &BTreeMap<FnId, Arc<Look>>) -> BTreeSet<FnId> {
    let grow = |found: &mut BTreeSet<FnId>, joins: &dyn Fn(FnId, &Look, &BTreeSet<FnId>) -> bool| loop {
        let more = looks.iter().filter(|&(id, look)| !found.contains(id) && joins(*id, look, found));
        let more: Vec<FnId> = more.map(|(&id, _)| id).collect();
        if more.is_empty() {
            break;
        }
        found.extend(more);
    };
    let mut found = BTreeSet::new();
    grow(&mut found, &|_, look, found| look.uses_library || look.calls.iter().any(|id| found.contains(id)));
    if !found.is_empty() {
        grow(&mut found, &|_, look, _| look.adds_systems);
    }
    let add_callees = |found: &mut BTreeSet<FnId>| loop {
        let callees: BTreeSet<FnId> = found.iter().flat_map(|id| looks[id].calls.clone()).collect();
        let more: Vec<FnId> =
            callees.into_iter().filter(|id| looks.contains_key(id) && !found.contains(id)).collect();
        if more.is_empty() {
            break;
        }
        found.extend(more);
    };
    add_callees(&mut found);
    let statics: BTreeSet<_> = found.iter().flat_map(|id| looks[id].statics.clone()).collect();
    let shares = |look: &Look| look.statics.iter().any(|id| statics.contains(id));
    found.extend(looks.iter().filter(|(_, look)| shares(look)).map(|(&id, _)| id));
    add_callees(&mut found);
    found
}

/// What names say must be what the graphs of all functions say.
#[track_caller]
fn assert_same(loaded: &Loaded) {
    let (found, expected) = on_deep_stack(|| {
        let index = Index::build(loaded);
        let names = |ids: BTreeSet<FnId>| -> Vec<String> {
            ids.into_iter().map(|id| format!("{id:?} {}", index.function(id).path)).collect()
        };
        let found = relevant(&index, words(loaded), &mut Past::none()).functions.into_keys().collect();
        (names(found), names(by_looking_at_all(&all(&index, None, &mut Past::none()).looks)))
    });
    assert_eq!(found, expected);
}

#[test]
fn what_leads_to_the_library_or_is_called_from_there_is_kept() {
    let source = "
fn main() { run(|a| a.frame_box(1)); idle(); }
fn run(f: impl Fn(&framealloc::SmartAlloc)) { helper(); deeper(f) }
fn deeper(f: impl Fn(&framealloc::SmartAlloc)) {}
fn helper() {}
fn idle() { helper() }
fn far() { idle() }
struct View { alloc: framealloc::SmartAlloc }
struct Outer { view: View }
fn holds(outer: Outer) {}
";
    assert_eq!(kept(source), ["main", "run", "deeper", "helper", "idle", "holds"]);
}

#[test]
fn nothing_is_kept_where_nothing_uses_it() {
    assert!(kept("struct A; impl A { fn frame_box(&self) {} } fn f(a: A) { a.frame_box() }").is_empty());
    assert!(
        kept("use std::any::Any; fn f(a: Box<dyn Any>) -> u8 { *a.downcast::<u8>().unwrap() }").is_empty()
    );
}

#[test]
fn names_are_followed_through_whatever_leads_on() {
    let source = "
mod library { pub use framealloc as memory; pub use self::memory::SmartAlloc as Alloc; }
mod types {
    use super::library::*;
    pub type Shared = std::sync::Arc<Alloc>;
    pub struct Game { shared: Shared }
    pub struct Handle(usize);
    impl std::ops::Deref for Handle { type Target = Game; fn deref(&self) -> &Game { loop {} } }
    pub enum Mode { Full(Game), Empty }
    pub struct Of<T>(T);
    impl<T: Into<Alloc>> Of<T> { pub fn inner(&self) -> &T { &self.0 } pub fn other(&self) {} }
    pub trait Makes { type Out; fn make(&self) -> Self::Out; fn twice(&self) { self.make(); self.make(); } }
    impl Makes for u8 { type Out = Shared; fn make(&self) -> Shared { loop {} } }
    impl Game { pub fn new() -> Self { loop {} } pub fn tick(&self) { self.shared.end_frame() } pub const ONE: Shared = 1; }
    pub struct Quiet;
    impl Drop for Quiet { fn drop(&mut self) { super::HELD.with(|it| it.tick()) } }
    pub struct Holds(Quiet);
    pub fn quiet() -> Holds { loop {} }
}
use types::{Game as G, Handle, Makes as _, quiet as silent};
use types::Mode::*;
thread_local! { static HELD: G = G::new(); static COUNT: u8 = 1; }
fn a(handle: &Handle) { handle.tick(); COUNT.with(|c| ()); }
fn b() { let m = Full(G::new()); }
fn c() { 1u8.twice() }
fn d<T: types::Makes>(t: T) { t.make(); }
fn e(of: types::Of<u8>) { of.inner(); }
fn f() { let q = silent(); }
fn g() { COUNT.with(|c| c + 1); }
fn h() { let one = types::Game::ONE; }
fn i() { let text = \"1\".parse::<Text>(); }
fn j() { g as fn(); b as fn(); }
struct Text; impl std::str::FromStr for Text { fn from_str(s: &str) -> Self { b(); loop {} } }
fn k() { fn inner(handle: Handle) { handle.tick() } impl Text { fn deep(&self) { inner(loop {}) } } }
fn l(t: Text) { t.deep() }
fn app(app: App) { app.add_systems(Update, g) }
fn none(of: Option<u8>) -> usize { of.map(|it| it.count_ones()).unwrap_or_default() as usize }
";
    let found = kept(source);
    for name in ["a", "b", "d", "g", "h", "i", "j", "l", "app"] {
        assert!(found.iter().any(|path| path == name), "{name} is not among {found:?}");
    }
    assert!(!found.contains(&"none".to_owned()));
}

#[test]
fn the_programs_of_the_corpus_are_read_as_far_as_they_matter() {
    fn visit(folder: &Path, files: &mut usize) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                assert_same(&load_files(&[("src/lib.rs", &text)], true));
                *files += 1;
            }
        }
    }
    let mut files = 0;
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui"), &mut files);
    assert!(files > 200, "{files}");
}

#[test]
fn the_library_itself_is_read_as_far_as_it_matters() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../framealloc/Cargo.toml");
    let selection = Selection { manifest_path: Some(manifest), tests: true, ..Selection::default() };
    assert_same(&load(&selection).unwrap());
}
