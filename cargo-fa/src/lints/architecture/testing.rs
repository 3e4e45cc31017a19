//! Options for the tests of these lints, as a `.fa.toml` would give them.

use globset::GlobBuilder;

use crate::lint::declare::Lint;
use crate::lint::options::{KnownTag, LintOptions, TaggedModules};
use crate::lint::page;
use crate::lints::testing::find_files;
use crate::source::{FileId, Span};

/// A list of tags, declared in the first file of the test as `"tag"` in its comments.
pub(super) fn known(tags: &[&str], source: &str) -> LintOptions {
    let declared = |tag: &&str| {
        let start = source.find(&format!("\"{tag}\"")).unwrap_or(0) as u32;
        let span = Some(Span { file: FileId(0), start, end: start + tag.len() as u32 + 2 });
        KnownTag { name: (*tag).to_owned(), span }
    };
    LintOptions { known_tags: Some(tags.iter().map(declared).collect()), ..LintOptions::default() }
}

/// Which files belong to which tags.
pub(super) fn mapped(modules: &[(&str, &str)]) -> LintOptions {
    let tag_modules = modules.iter().map(|(glob, tag)| TaggedModules {
        glob: (*glob).to_owned(),
        matcher: GlobBuilder::new(glob).literal_separator(true).build().unwrap().compile_matcher(),
        tag: (*tag).to_owned(),
        span: None,
    });
    LintOptions { tag_modules: tag_modules.collect(), ..LintOptions::default() }
}

/// Runs the examples of a page with these options.
#[track_caller]
pub(super) fn examples(lint: &'static Lint, options: &LintOptions) {
    for (mark, fires) in [(page::FIRES, true), (page::SILENT, false)] {
        for example in page::examples(lint, mark) {
            let lines = example.lines().map(|line| line.strip_prefix("# ").unwrap_or(line).to_owned() + "\n");
            let source: String = lines.collect();
            let found = find_files(lint, options, &[("src/lib.rs", &source)]);
            assert_eq!(!found.is_empty(), fires, "`{mark}`:\n{source}");
        }
    }
}
