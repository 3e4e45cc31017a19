//! FA801.

use super::path_of;
use crate::flow::{Program, Stack, TagUse};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::{LintOptions, TaggedModules};
use crate::source::tree::Name;

declare_lint! {
    /// Code of a module that `.fa.toml` maps to one tag opens another.
    ///
    /// ## Why
    ///
    /// Budgets and reports are read by tag. What physics books under `render` is missing from the one and a surplus in the
    /// other, and whoever looks for it looks in the wrong place.
    ///
    /// ## Wrong
    ///
    /// With `"src/**" = "physics"` under `[tags.modules]`:
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// fn contacts(alloc: &SmartAlloc) -> usize {
    ///     alloc.with_tag("render", |a| a.frame_slice::<u32>(64).len())
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// The module's tag, or one below it; a tag that is opened within another is below it:
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// fn contacts(alloc: &SmartAlloc) -> usize {
    ///     let _tag = alloc.tag("physics");
    ///     alloc.with_tag("contacts", |a| a.frame_slice::<u32>(64).len())
    /// }
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// Tags whose names are computed, and what a called function of another module opens.
    pub TAG_MISMATCH = "FA801", "tag-mismatch", Architecture, Warn, "a module opens another tag than the one it is mapped to";
    check = check, whole;
}

fn check(program: &Program, options: &LintOptions, findings: &mut Vec<Finding>) {
    let uses = program.tags().uses();
    for found in uses.iter().filter(|found| found.opens) {
        let file = program.files.get(found.span.file);
        let Some(modules) = options.modules_of(&file.display) else { continue };
        let Some(tag) = &found.tag else { continue };
        // Within a tag that the function opened: that one is right, or has been reported.
        if found.nested || !is_elsewhere(found, tag, modules, uses) {
            continue;
        }
        findings.push(finding(program, found, tag, modules));
    }
}

/// Whether a tag is another than that of the modules, on each way to get there.
fn is_elsewhere(found: &TagUse, tag: &Name, modules: &TaggedModules, uses: &[TagUse]) -> bool {
    let belongs = |stack: &Stack| match path_of(stack, tag) {
        None => true,
        Some(path) => is_within(tag, &modules.tag) || has(&path, &modules.tag),
    };
    if found.outer.iter().any(belongs) {
        return false;
    }
    // A step on the way to the tag of the module.
    let below = |path: &str| modules.tag.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
    let is_step = found.outer.iter().filter_map(|stack| path_of(stack, tag)).any(|path| {
        below(&path)
            && uses.iter().any(|inner| {
                inner.span.file == found.span.file
                    && inner.outer.iter().any(|stack| {
                        stack.split_last().is_some_and(|(last, outer)| {
                            last.as_ref().and_then(|last| path_of(&outer.to_vec(), last)).as_deref()
                                == Some(&*path)
                        })
                    })
            })
    });
    !is_step
}

/// Whether a path is a tag or one below it.
fn is_within(path: &str, tag: &str) -> bool {
    path.strip_prefix(tag).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a path goes through a tag.
fn has(path: &str, tag: &str) -> bool {
    format!("/{path}/").contains(&format!("/{tag}/"))
}

fn finding(program: &Program, found: &TagUse, tag: &Name, modules: &TaggedModules) -> Finding {
    let mapped = modules
        .span
        .map(|span| Label { span, text: format!("`{}` is mapped to `{}` here", modules.glob, modules.tag) });
    Finding {
        lint: &TAG_MISMATCH,
        confidence: Confidence::Certain,
        message: format!("`{tag}` is opened in a module that belongs to `{}`", modules.tag),
        primary: Label {
            span: found.span,
            text: format!("what is allocated here is not booked under `{}`", modules.tag),
        },
        labels: mapped.into_iter().collect(),
        help: format!(
            "open `{0}` or a tag below it, `{0}/..`, or change what the module is mapped to",
            modules.tag
        ),
        fix: None,
        item: program.index.function(found.function).path.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{examples, mapped};
    use super::TAG_MISMATCH;
    use crate::lints::testing::check_files;

    #[test]
    fn the_page_is_right() {
        examples(&TAG_MISMATCH, &mapped(&[("src/**", "physics")]));
    }

    #[test]
    fn tags_of_other_modules() {
        let physics = r#"
use framealloc::{SmartAlloc, TagGuard};
const OTHER: &str = "audio";
pub fn closure(a: &SmartAlloc) -> usize { a.with_tag("render", |a| a.frame_slice::<u8>(1).len()) } //~ FA801
pub fn guard(a: &SmartAlloc) { let _tag = a.tag("physical"); drop(a.frame_box(1)); } //~ FA801
pub fn constant(a: &SmartAlloc) { let _tag = a.tag(OTHER); drop(a.frame_box(1)); } //~ FA801
pub fn once(a: &SmartAlloc) {
    a.with_tag("render", |a| { //~ FA801
        a.with_tag("lines", |a| drop(a.frame_box(1)));
    });
}
pub fn variable(a: &SmartAlloc, fast: bool) {
    let tag = if fast { "physics/fast" } else { "slow" };
    a.with_tag(tag, |a| drop(a.frame_box(1))); //~ FA801
}
fn under<'a>(a: &'a SmartAlloc, tag: &'static str) -> TagGuard<'a> { a.tag(tag) }
pub fn argument(a: &SmartAlloc) {
    drop(under(a, "physics/solver"));
    let _bad = under(a, "solver"); //~ FA801
}
"#;
        let root = "pub mod physics; pub mod other;";
        let other = "pub fn f(a: &framealloc::SmartAlloc) { let _tag = a.tag(\"any\"); }";
        let files = [("src/lib.rs", root), ("src/physics.rs", physics), ("src/other.rs", other)];
        check_files(&TAG_MISMATCH, &mapped(&[("src/physics.rs", "physics")]), &files);
    }

    #[test]
    fn tags_below_are_silent() {
        let physics = r#"
use framealloc::SmartAlloc;
pub fn own(a: &SmartAlloc) { a.with_tag("physics", |a| a.with_tag("render", |a| drop(a.frame_box(1)))); }
pub fn below(a: &SmartAlloc) { let _tag = a.tag("physics/render"); drop(a.frame_box(1)); }
pub fn within(a: &SmartAlloc) { let _tag = a.tag("physics"); helper(a); two(a); }
fn helper(a: &SmartAlloc) { a.with_tag("helper", |a| drop(a.frame_box(1))); }
fn two(a: &SmartAlloc) { three(a); }
fn three(a: &SmartAlloc) { let _tag = a.tag("three"); drop(a.frame_box(1)); }
pub fn phases(a: &SmartAlloc) { a.begin_phase("render"); a.end_phase(); }
struct Own; impl Own { fn with_tag(&self, _: &str) {} }
pub fn own_type() { Own.with_tag("render"); }
pub fn computed(a: &SmartAlloc, tags: &[&'static str]) { let _tag = a.tag(tags[0]); }
"#;
        let files = [("src/lib.rs", "pub mod physics;"), ("src/physics.rs", physics)];
        check_files(&TAG_MISMATCH, &mapped(&[("src/physics.rs", "physics")]), &files);
        check_files(&TAG_MISMATCH, &mapped(&[("src/render.rs", "render")]), &files);
    }

    #[test]
    fn steps_on_the_way_to_a_sub_tag() {
        let source = r#"
use framealloc::SmartAlloc;
pub fn stepwise(a: &SmartAlloc) { a.with_tag("world", |a| a.with_tag("cells", |a| drop(a.frame_box(1)))); }
pub fn stays(a: &SmartAlloc) { a.with_tag("worlds", |a| drop(a.frame_box(1))); } //~ FA801
"#;
        check_files(&TAG_MISMATCH, &mapped(&[("src/**", "world/cells")]), &[("src/lib.rs", source)]);
    }
}
