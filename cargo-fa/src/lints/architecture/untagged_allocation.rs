//! FA803.

use crate::flow::Program;
use crate::flow::body::{Call, Callee, Function};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::{LintOptions, TaggedModules};
use crate::model::api::Kind;

declare_lint! {
    /// Code of a module that `.fa.toml` maps to a tag allocates under no tag.
    ///
    /// ## Why
    ///
    /// What has no tag is in no row of the report but the sum. Off by itself, as a project may have tags for some of
    /// what it allocates only.
    ///
    /// ## Wrong
    ///
    /// With `"src/**" = "physics"` under `[tags.modules]`:
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// pub fn forces(alloc: &SmartAlloc) -> usize {
    ///     alloc.frame_slice::<f32>(64).len()
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// A tag is opened here or by every caller:
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// pub fn step(alloc: &SmartAlloc) -> usize {
    ///     let _tag = alloc.tag("physics");
    ///     forces(alloc)
    /// }
    ///
    /// fn forces(alloc: &SmartAlloc) -> usize {
    ///     alloc.frame_slice::<f32>(64).len()
    /// }
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// Tags that callers in other crates open.
    pub UNTAGGED_ALLOCATION = "FA803", "untagged-allocation", Architecture, Allow, "a mapped module allocates under no tag";
    check = check, whole;
}

fn check(program: &Program, options: &LintOptions, findings: &mut Vec<Finding>) {
    // Who opens a tag may stand in a file that cannot be read.
    if options.tag_modules.is_empty() || !program.is_complete() {
        return;
    }
    for (function, id, body) in program.bodies() {
        for (at, _, call) in body.calls() {
            if !allocates(call) {
                continue;
            }
            let file = program.files.get(call.name_span.file);
            let Some(modules) = options.modules_of(&file.display) else { continue };
            if program.tags().at(function, id, at).iter().any(Vec::is_empty) {
                findings.push(finding(program, function, call, modules));
            }
        }
    }
}

fn allocates(call: &Call) -> bool {
    let Callee::Api { method, guessed: false, .. } = &call.callee else { return false };
    matches!(
        method.kind,
        Kind::FrameAlloc | Kind::Retained | Kind::PoolAlloc | Kind::HeapAlloc | Kind::Transfer
    )
}

fn finding(program: &Program, function: &Function, call: &Call, modules: &TaggedModules) -> Finding {
    let tag = &modules.tag;
    let mapped = modules
        .span
        .map(|span| Label { span, text: format!("`{}` is mapped to `{tag}` here", modules.glob) });
    Finding {
        lint: &UNTAGGED_ALLOCATION,
        confidence: Confidence::Certain,
        message: format!("`{}` allocates under no tag in a module that belongs to `{tag}`", call.name),
        primary: Label { span: call.name_span, text: "no tag is open here".to_owned() },
        labels: mapped.into_iter().collect(),
        help: format!(
            "open it before: `let _tag = alloc.tag(\"{tag}\");`, or `alloc.with_tag(\"{tag}\", |a| ..)`"
        ),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{examples, mapped};
    use super::UNTAGGED_ALLOCATION;
    use crate::lints::testing::check_files;

    #[test]
    fn the_page_is_right() {
        examples(&UNTAGGED_ALLOCATION, &mapped(&[("src/**", "physics")]));
    }

    #[test]
    fn allocations_under_no_tag() {
        let source = r#"
use framealloc::{SmartAlloc, frame_format};
use std::thread;
pub fn direct(a: &SmartAlloc) { drop(a.frame_box(1)); } //~ FA803
pub fn pool(a: &SmartAlloc) { drop(a.try_pool_box(1)); } //~ FA803
pub fn format(a: &SmartAlloc) -> usize { frame_format!(a, "x").len() } //~ FA803
pub fn guarded(a: &SmartAlloc) { let frame = a.frame(); let _x = frame.alloc(1); } //~ FA803
pub fn ended(a: &SmartAlloc) { { let _tag = a.tag("x"); } drop(a.frame_box(1)); } //~ FA803
pub fn nothing(a: &SmartAlloc) { let _ = a.tag("x"); drop(a.frame_box(1)); } //~ FA803
pub fn tagged(a: &SmartAlloc) { let _tag = a.tag("x"); sometimes(a); }
pub fn untagged(a: &SmartAlloc) { sometimes(a); }
fn sometimes(a: &SmartAlloc) { drop(a.heap_box(1)); } //~ FA803
pub fn thread(a: &SmartAlloc) {
    let _tag = a.tag("x");
    let b = a.clone();
    thread::spawn(move || drop(b.frame_box(1))); //~ FA803
}
fn plain(a: &SmartAlloc, work: impl Fn(&SmartAlloc)) { work(a); }
pub fn passed(a: &SmartAlloc) { plain(a, |a| drop(a.frame_box(1))); } //~ FA803
"#;
        check_files(&UNTAGGED_ALLOCATION, &mapped(&[("src/**", "x")]), &[("src/lib.rs", source)]);
        let plain = source.replace("//~ FA803", "");
        check_files(&UNTAGGED_ALLOCATION, &mapped(&[("src/x/**", "x")]), &[("src/lib.rs", &plain)]);
    }

    #[test]
    fn allocations_under_a_tag_are_silent() {
        let source = r#"
use framealloc::{SmartAlloc, TagGuard};
pub fn closure(a: &SmartAlloc) { a.with_tag("x", |a| drop(a.frame_box(1))); }
pub fn guard(a: &SmartAlloc) { let _tag = a.tag("x"); drop(a.pool_box(1)); }
pub fn named(a: &SmartAlloc) { a.with_tag("x", only); }
fn only(a: &SmartAlloc) { deeper(a, 3); }
fn deeper(a: &SmartAlloc, n: u32) { drop(a.frame_box(n)); if n > 0 { deeper(a, n - 1); } }
fn open(a: &SmartAlloc) -> TagGuard<'_> { a.tag("x") }
pub fn opened(a: &SmartAlloc) { let _tag = open(a); drop(a.frame_box(1)); }
fn under(a: &SmartAlloc, work: impl Fn(&SmartAlloc)) { a.with_tag("x", |a| work(a)); }
fn further(a: &SmartAlloc, work: impl Fn(&SmartAlloc)) { under(a, work); }
pub fn passed(a: &SmartAlloc) { under(a, |a| drop(a.frame_box(1))); further(a, |a| drop(a.frame_box(2))); }
pub fn variable(a: &SmartAlloc) { let work = |a: &SmartAlloc| drop(a.frame_box(1)); a.with_tag("x", work); }
struct Kept<'a> { a: &'a SmartAlloc, tag: TagGuard<'a> }
pub fn field(a: &SmartAlloc) { let kept = Kept { a, tag: a.tag("x") }; drop(kept.a.frame_box(1)); drop(kept.tag); }
struct Grid; impl Grid { fn frame_vec(&self) {} }
pub fn own(grid: &Grid) { grid.frame_vec(); }
"#;
        check_files(&UNTAGGED_ALLOCATION, &mapped(&[("src/**", "x")]), &[("src/lib.rs", source)]);
    }
}
