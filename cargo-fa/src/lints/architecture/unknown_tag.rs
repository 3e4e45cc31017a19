//! FA802.

use super::path_of;
use crate::flow::{Program, TagUse};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::nearest::nearest;
use crate::lint::options::{KnownTag, LintOptions};

declare_lint! {
    /// A tag is opened, or given a budget, that is not on the list of `.fa.toml`.
    ///
    /// ## Why
    ///
    /// Tags are texts: a misspelt one compiles, and its memory goes into a row of its own that no budget and no report
    /// looks at.
    ///
    /// ## Wrong
    ///
    /// With `known = ["physics", "physics/contacts"]` under `[tags]`:
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// fn step(alloc: &SmartAlloc) -> usize {
    ///     alloc.with_tag("phsyics", |a| a.frame_slice::<u32>(64).len())
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// fn step(alloc: &SmartAlloc) -> usize {
    ///     let _tag = alloc.tag("physics");
    ///     alloc.with_tag("contacts", |a| a.frame_slice::<u32>(64).len())
    /// }
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// Names that are computed. Without a list every tag is right.
    pub UNKNOWN_TAG = "FA802", "unknown-tag", Architecture, Warn, "a tag is not among the configured ones";
    check = check, whole;
}

fn check(program: &Program, options: &LintOptions, findings: &mut Vec<Finding>) {
    let Some(known) = &options.known_tags else { return };
    for found in program.tags().uses().iter().filter(|found| found.direct) {
        if let Some(path) = unknown_path(found, known) {
            findings.push(finding(program, found, &path, known));
        }
    }
}

/// The path of a tag, if no way to get there makes it one that is known.
fn unknown_path(found: &TagUse, known: &[KnownTag]) -> Option<String> {
    let tag = found.tag.as_ref()?;
    let is_known = |path: &str| known.iter().any(|known| known.name == path);
    if !found.opens {
        return (!is_known(tag)).then(|| tag.to_string());
    }
    let mut unknown = None;
    for stack in &found.outer {
        let Some(path) = path_of(stack, tag) else {
            // Below a tag whose name is computed.
            let anywhere = |known: &KnownTag| {
                let rest = known.name.strip_suffix(&**tag);
                rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
            };
            if known.iter().any(anywhere) {
                return None;
            }
            unknown.get_or_insert_with(|| tag.to_string());
            continue;
        };
        if is_known(&path) {
            return None;
        }
        // Below one that is unknown itself: that one has been reported.
        let outer = path[..path.len() - tag.len()].trim_end_matches('/');
        if outer.is_empty() || is_known(outer) {
            unknown.get_or_insert(path);
        }
    }
    unknown
}

fn finding(program: &Program, found: &TagUse, path: &str, known: &[KnownTag]) -> Finding {
    let names = known.iter().map(|known| known.name.as_str());
    let meant = nearest(path, names.clone())
        .or_else(|| found.tag.as_ref().and_then(|tag| nearest(tag, names.clone())));
    let declared = meant.and_then(|name| known.iter().find(|known| known.name == name)?.span);
    let help = match meant {
        Some(name) => format!("did you mean `{name}`? If not, add `\"{path}\"` to `known` under `[tags]`"),
        None => {
            format!("add `\"{path}\"` to `known` under `[tags]` of `.fa.toml`, or use a tag that is there")
        }
    };
    Finding {
        lint: &UNKNOWN_TAG,
        confidence: Confidence::Certain,
        message: format!("`{path}` is not among the tags of `.fa.toml`"),
        primary: Label { span: found.span, text: "no budget and no report knows this tag".to_owned() },
        labels: declared
            .map(|span| Label { span, text: "the nearest that is known".to_owned() })
            .into_iter()
            .collect(),
        help,
        fix: None,
        item: program.index.function(found.function).path.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{examples, known};
    use super::UNKNOWN_TAG;
    use crate::lints::testing::{check, check_files, find_files};

    const TAGS: [&str; 4] = ["physics", "physics/contacts", "render", "ui/text"];

    #[test]
    fn the_page_is_right() {
        examples(&UNKNOWN_TAG, &known(&TAGS, ""));
    }

    const UNKNOWN: &str = r#"
use framealloc::SmartAlloc;
use std::thread;
mod tags { pub const MISSPELT: &str = "rendr"; }
struct Kind; impl Kind { const TAG: &'static str = "kind"; }
pub fn guard(a: &SmartAlloc) { let _tag = a.tag("Render"); } //~ FA802
pub fn closure(a: &SmartAlloc) -> u8 { *a.with_tag("audio", |a| a.frame_box(1)) } //~ FA802
pub fn constant(a: &SmartAlloc) { a.with_tag(tags::MISSPELT, |_| ()) } //~ FA802
pub fn associated(a: &SmartAlloc) { a.with_tag(Kind::TAG, |_| ()) } //~ FA802
pub fn once(a: &SmartAlloc) {
    a.with_tag("animation", |a| { //~ FA802
        a.with_tag("physics", |_| ());
    });
}
pub fn sub(a: &SmartAlloc) {
    let _tag = a.tag("physics");
    a.with_tag("islands", |_| ()); //~ FA802
    helper(a);
}
fn helper(a: &SmartAlloc) { deeper(a); }
fn deeper(a: &SmartAlloc) { let _tag = a.tag("deeper"); } //~ FA802
pub fn budget(a: &SmartAlloc) { a.set_tag_budget("phisics", 4); } //~ FA802
pub fn thread(a: SmartAlloc) {
    let _tag = a.tag("physics");
    let b = a.clone();
    thread::spawn(move || { let _tag = b.tag("contacts"); }); //~ FA802
}
pub fn ended(a: &SmartAlloc) {
    let tag = a.tag("physics");
    drop(tag);
    a.with_tag("contacts", |_| ()); //~ FA802
}
pub fn lines(a: &SmartAlloc) {
    a.with_tag(
        "lines", //~ FA802
        |_| (),
    );
}
fn within(a: &SmartAlloc, tag: &'static str) { a.with_tag(tag, |_| ()); }
pub fn argument(a: &SmartAlloc) {
    within(a, "render");
    within(a, "argument"); //~ FA802
}
"#;

    #[test]
    fn tags_that_are_not_on_the_list() {
        check_files(&UNKNOWN_TAG, &known(&TAGS, ""), &[("src/lib.rs", UNKNOWN)]);
    }

    #[test]
    fn without_a_list_every_tag_is_right() {
        check(&UNKNOWN_TAG, &UNKNOWN.replace("//~ FA802", ""));
    }

    #[test]
    fn the_help_names_the_nearest() {
        let source = "use framealloc::SmartAlloc; pub fn f(a: &SmartAlloc) { let _t = a.tag(\"phsyics\"); }";
        let found = find_files(&UNKNOWN_TAG, &known(&TAGS, ""), &[("src/lib.rs", source)]);
        assert!(found[0].1.help.contains("did you mean `physics`?"), "{}", found[0].1.help);
    }

    #[test]
    fn known_tags_are_silent() {
        let source = r#"
use framealloc::{SmartAlloc, TagGuard};
const UI: &str = "ui/text";
pub fn closure(a: &SmartAlloc) { a.with_tag("physics", |a| a.with_tag("contacts", |_| ())); }
pub fn path(a: &SmartAlloc) { { let _tag = a.tag("physics/contacts"); } a.with_tag(UI, |_| ()); }
pub fn outer(a: &SmartAlloc) { a.with_tag("physics", |a| inner(a)); a.with_tag("physics", inner); }
fn inner(a: &SmartAlloc) { let _tag = a.tag("contacts"); }
pub fn budget(a: &SmartAlloc) { a.set_tag_budget("ui/text", 4); }
fn open(a: &SmartAlloc) -> TagGuard<'_> { a.tag("physics") }
pub fn opened(a: &SmartAlloc) { let _tag = open(a); a.with_tag("contacts", |_| ()); }
fn run(a: &SmartAlloc, work: impl FnOnce(&SmartAlloc)) { a.with_tag("physics", |a| work(a)); }
pub fn passed(a: &SmartAlloc) { run(a, |a| a.with_tag("contacts", |_| ())); }
pub fn computed(a: &SmartAlloc, names: &[&'static str]) {
    let _tag = a.tag(names[0]);
    a.with_tag("contacts", |_| ());
}
pub fn phases(a: &SmartAlloc) { let _phase = a.phase("anything"); }
struct Own; impl Own { fn tag(&self, _: &str) {} }
pub fn own() { Own.tag("quest"); }
"#;
        let mut options = known(&TAGS, "");
        check_files(&UNKNOWN_TAG, &options, &[("src/lib.rs", source)]);
        options.known_tags = None;
        check_files(&UNKNOWN_TAG, &options, &[("src/lib.rs", source)]);
    }

    #[test]
    fn many_ways_to_name_a_tag() {
        const SOURCE: &str = r#"
use framealloc::{SmartAlloc, TagGuard, frame_format};
use std::sync::{Arc, LazyLock};
static MEM: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);
const NET: &str = "net";
static AI: &str = "ai";
struct T;
impl T { const A: &'static str = "ai"; const B: &'static str = "aii"; }
trait Sys { const TAG: &'static str; fn run(&self, a: &SmartAlloc) { let _t = a.tag(Self::TAG); drop(a.frame_box(1)); } }
impl Sys for T { const TAG: &'static str = "ai"; }
struct W { alloc: Arc<SmartAlloc>, tag: &'static str }
impl W {
    fn a(&self) { let _t = self.alloc.tag(T::A); drop(self.alloc.frame_box(1)); }
    fn b(&self) { let _t = self.alloc.tag(T::B); drop(self.alloc.frame_box(1)); } //~ FA802
    fn c(&self) { let _t = self.alloc.tag(self.tag); drop(self.alloc.frame_box(1)); }
    fn open(&self) -> TagGuard<'_> { self.alloc.tag("net") }
    fn d(&self) { let _t = self.open(); self.alloc.with_tag("in", |a| drop(a.frame_box(1))); }
    fn e(&self) { let _t = self.open(); self.alloc.with_tag("inn", |a| drop(a.frame_box(1))); } //~ FA802
    fn f(&self) -> Option<usize> { self.alloc.with_tag("net", |a| { let n = a.frame_vec::<u8>().len(); if n == 0 { return None; } a.with_tag("out", |a| Some(a.frame_str("x").len())) }) } //~ FA802
    fn g(&self, n: u8) { match n { 0 => self.alloc.with_tag("ai", |a| drop(a.frame_box(1))), 1 => { let _t = self.alloc.tag("a.i"); } _ => {} } } //~ FA802
    fn h(&self) { if true { let _t = self.alloc.tag(NET); MEM.with_tag("in", |a| drop(a.frame_box(1))); } let _t = MEM.tag(AI); }
    fn i(&self) { [1, 2].iter().for_each(|_| { let _t = self.alloc.tag("xx"); }); } //~ FA802
    fn j(&self) { let f = |a: &SmartAlloc| a.with_tag("in", |a| a.frame_box(1)).leak_it(); self.alloc.with_tag("net", |a| f(a)); }
    fn k(&self) { let _a = MEM.tag("net"); { let _b = MEM.tag("in"); } let _c = MEM.tag("in"); }
    fn l(&self) { std::thread::scope(|s| { s.spawn(|| { let _t = MEM.tag("in"); drop(MEM.frame_box(1)); }); }); } //~ FA802
}
trait L { fn leak_it(self) -> usize; }
impl<X> L for X { fn leak_it(self) -> usize { 0 } }
fn main() { println!("{}", frame_format!(MEM, "x").len()); }
"#;
        check_files(&UNKNOWN_TAG, &known(&["net", "net/in", "ai"], ""), &[("src/lib.rs", SOURCE)]);
    }
}
