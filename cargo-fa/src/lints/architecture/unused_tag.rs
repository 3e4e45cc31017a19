//! FA804.

use std::collections::BTreeSet;

use super::path_of;
use crate::flow::Program;
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::{KnownTag, LintOptions};
use crate::model::ItemShape;

declare_lint! {
    /// The list of tags in `.fa.toml` has one that no code opens.
    ///
    /// ## Why
    ///
    /// Whoever reads the list takes it for what the program has. A tag that nothing uses is a part that was given up, or
    /// one that is misspelt where it should be used.
    ///
    /// ## Wrong
    ///
    /// With `known = ["physics", "physics/cloth"]` under `[tags]`, `physics/cloth` is found in:
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// fn step(alloc: &SmartAlloc) -> usize {
    ///     alloc.with_tag("physics", |a| a.frame_slice::<u32>(64).len())
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// fn step(alloc: &SmartAlloc) -> usize {
    ///     let _tag = alloc.tag("physics");
    ///     alloc.with_tag("cloth", |a| a.frame_slice::<u32>(64).len())
    /// }
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// Where a tag's name is computed, each text of the program that is a configured tag counts as a use of it. Code that is
    /// not analysed, such as tests without `--tests`, uses nothing. While a file cannot be read, nothing is found.
    pub UNUSED_TAG = "FA804", "unused-tag", Architecture, Warn, "no code opens a configured tag";
    check = check, whole;
}

fn check(program: &Program, options: &LintOptions, findings: &mut Vec<Finding>) {
    let Some(known) = options.known_tags.as_ref().filter(|_| program.is_complete()) else { return };
    let used = Used::of(program);
    for tag in known.iter().filter(|tag| !used.has(&tag.name)) {
        if let Some(span) = tag.span {
            findings.push(finding(tag, span));
        }
    }
}

/// What the code opens.
#[derive(Default)]
struct Used {
    /// Whole paths.
    paths: BTreeSet<String>,
    /// Last parts of paths that begin with something computed.
    ends: BTreeSet<String>,
    /// The texts of the program, if one of them may be a tag without anybody seeing it.
    texts: BTreeSet<String>,
}

impl Used {
    fn of(program: &Program) -> Self {
        let mut used = Self::default();
        let mut computed = false;
        for found in program.tags().uses() {
            let Some(tag) = &found.tag else {
                computed = true;
                continue;
            };
            for stack in &found.outer {
                match path_of(stack, tag).filter(|_| found.opens) {
                    Some(path) => used.add_path(&path),
                    None if found.opens => drop(used.ends.insert(tag.to_string())),
                    None => used.add_path(tag),
                }
            }
        }
        if computed {
            used.texts = texts(program);
        }
        used
    }

    /// A path, and those on the way to it.
    fn add_path(&mut self, path: &str) {
        for (at, _) in path.match_indices('/') {
            self.paths.insert(path[..at].to_owned());
        }
        self.paths.insert(path.to_owned());
    }

    fn has(&self, tag: &str) -> bool {
        let ends_with = |end: &String| {
            tag.strip_suffix(end.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        self.paths.contains(tag) || self.ends.iter().any(ends_with) || self.texts.iter().any(ends_with)
    }
}

fn texts(program: &Program) -> BTreeSet<String> {
    let mut texts: BTreeSet<String> = program.texts().iter().map(ToString::to_string).collect();
    for (_, item) in program.index.items() {
        if let ItemShape::Value { text: Some(text), .. } = &item.shape {
            texts.insert(text.to_string());
        }
    }
    texts
}

fn finding(tag: &KnownTag, span: crate::source::Span) -> Finding {
    Finding {
        lint: &UNUSED_TAG,
        confidence: Confidence::Certain,
        message: format!("no code opens the tag `{}`", tag.name),
        primary: Label { span, text: "it is declared here and used nowhere".to_owned() },
        labels: Vec::new(),
        help: "take it from the list, or look for the place that should open it".to_owned(),
        fix: None,
        item: tag.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{examples, known};
    use super::UNUSED_TAG;
    use crate::lints::testing::check_files;

    #[track_caller]
    fn check(tags: &[&str], source: &str) {
        check_files(&UNUSED_TAG, &known(tags, source), &[("src/lib.rs", source)]);
    }

    #[test]
    fn the_page_is_right() {
        examples(&UNUSED_TAG, &known(&["physics", "physics/cloth"], ""));
    }

    #[test]
    fn tags_that_nothing_opens() {
        check(
            &["gone", "physics", "physics/cloth", "said"],
            r#"
// "gone" //~ FA804
// "physics"
// "physics/cloth" //~ FA804
// "said" //~ FA804
use framealloc::SmartAlloc;
pub fn step(a: &SmartAlloc) { let _tag = a.tag("physics"); println!("said {}", "said"); }
pub fn phase(a: &SmartAlloc) { let _phase = a.phase("gone"); }
struct Own; impl Own { fn tag(&self, _: &str) {} }
pub fn own() { Own.tag("physics/cloth"); }
"#,
        );
    }

    #[test]
    fn tags_that_are_opened_somehow() {
        check(
            &["a", "b", "b/c", "d", "d/e", "f", "g", "h"],
            r#"
use framealloc::SmartAlloc;
const A: &str = "a";
pub fn constant(s: &SmartAlloc) { s.with_tag(A, |_| ()); }
pub fn nested(s: &SmartAlloc) { s.with_tag("b", helper); }
fn helper(s: &SmartAlloc) { let _tag = s.tag("c"); }
pub fn path(s: &SmartAlloc) { let _tag = s.tag("d/e"); }
fn under(s: &SmartAlloc, tag: &'static str) { let _tag = s.tag(tag); }
pub fn argument(s: &SmartAlloc) { under(s, "f"); }
enum Kind { G, H }
impl Kind { fn tag(&self) -> &'static str { match self { Kind::G => "g", Kind::H => "h" } } }
pub fn method(s: &SmartAlloc, kind: Kind) { s.with_tag(kind.tag(), |_| ()); }
"#,
        );
    }

    #[test]
    fn a_computed_name_may_be_any_text() {
        check(
            &["first", "other"],
            r#"
// "first"
// "other" //~ FA804
use framealloc::SmartAlloc;
struct Step { name: &'static str }
pub fn steps() -> [Step; 1] { [Step { name: "first" }] }
pub fn run(s: &SmartAlloc, steps: &[Step]) { for step in steps { s.with_tag(step.name, |_| ()); } }
"#,
        );
    }
}
