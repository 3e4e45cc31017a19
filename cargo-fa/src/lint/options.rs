//! What a project tells its lints: the tags it has, which modules belong to which, and thresholds.

use globset::GlobMatcher;

use crate::source::Span;

/// A number of one lint that a project may set.
#[derive(Clone, Copy, Debug)]
pub struct Threshold {
    /// The lint's code.
    pub code: &'static str,
    /// The key under `[lints.CODE]`.
    pub key: &'static str,
    /// The value when nobody sets it.
    pub default: u64,
    /// One line for `.fa.toml`.
    pub summary: &'static str,
}

/// The turns of a literal range up to which a loop is not hot.
pub const SMALL_LOOP: Threshold = Threshold {
    code: "FA602",
    key: "small-loop",
    default: 8,
    summary: "a loop over a literal range of at most so many turns is not hot",
};

/// Every threshold there is.
pub const THRESHOLDS: &[Threshold] = &[SMALL_LOOP];

/// A tag that the project declares.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownTag {
    /// The tag, or the path of a sub-tag.
    pub name: String,
    /// Where it is declared, when the configuration is one of the files.
    pub span: Option<Span>,
}

/// Files that belong to a tag.
#[derive(Clone, Debug)]
pub struct TaggedModules {
    /// As it was written.
    pub glob: String,
    /// The same, for paths from the folder of the configuration.
    pub matcher: GlobMatcher,
    /// The tag of all that they allocate.
    pub tag: String,
    /// Where the line is, when the configuration is one of the files.
    pub span: Option<Span>,
}

impl PartialEq for TaggedModules {
    fn eq(&self, other: &Self) -> bool {
        (&self.glob, &self.tag, self.span) == (&other.glob, &other.tag, other.span)
    }
}

/// The options of all lints for the packages under one configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LintOptions {
    /// The tags there are; without a list, every tag is right.
    pub known_tags: Option<Vec<KnownTag>>,
    /// Which files belong to which tag; the first that matches counts.
    pub tag_modules: Vec<TaggedModules>,
    /// The folder of the configuration from the workspace: empty or ending with `/`.
    pub folder: String,
    /// What was set of [`THRESHOLDS`].
    pub thresholds: Vec<(&'static str, &'static str, u64)>,
}

impl LintOptions {
    /// What a threshold is here.
    pub fn threshold(&self, threshold: Threshold) -> u64 {
        self.thresholds
            .iter()
            .find(|(code, key, _)| *code == threshold.code && *key == threshold.key)
            .map_or(threshold.default, |&(_, _, value)| value)
    }

    /// The modules that a file (its path from the workspace) belongs to.
    pub fn modules_of(&self, display: &str) -> Option<&TaggedModules> {
        let inside = display.strip_prefix(&self.folder)?;
        self.tag_modules.iter().find(|modules| modules.matcher.is_match(inside))
    }
}

#[cfg(test)]
mod tests {
    use super::{LintOptions, SMALL_LOOP, TaggedModules};
    use globset::GlobBuilder;

    #[test]
    fn a_file_belongs_to_the_first_glob_that_has_it() {
        let modules = |glob: &str, tag: &str| TaggedModules {
            glob: glob.to_owned(),
            matcher: GlobBuilder::new(glob).literal_separator(true).build().unwrap().compile_matcher(),
            tag: tag.to_owned(),
            span: None,
        };
        let options = LintOptions {
            folder: "game/".to_owned(),
            tag_modules: vec![modules("src/physics/**", "physics"), modules("src/**", "game")],
            ..LintOptions::default()
        };
        let tag = |display| options.modules_of(display).map(|modules| modules.tag.as_str());
        assert_eq!(tag("game/src/physics/mod.rs"), Some("physics"));
        assert_eq!(tag("game/src/main.rs"), Some("game"));
        assert_eq!(tag("src/physics/mod.rs"), None);
    }

    #[test]
    fn a_threshold_is_what_was_set_or_its_default() {
        let mut options = LintOptions::default();
        assert_eq!(options.threshold(SMALL_LOOP), SMALL_LOOP.default);
        options.thresholds.push((SMALL_LOOP.code, SMALL_LOOP.key, 3));
        assert_eq!(options.threshold(SMALL_LOOP), 3);
    }
}
