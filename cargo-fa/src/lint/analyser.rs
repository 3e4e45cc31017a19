//! What the analyser says about its own input. Nothing checks for these: loading and the sink find them on their way.

use super::declare::declare_lint;
use super::finding::Finding;
use super::options::LintOptions;
use crate::flow::Program;

declare_lint! {
    /// A file, a module or a manifest could not be read, or is not Rust. The rest is analysed all the same.
    ///
    /// ## Why
    ///
    /// What was not read was not checked, so that a clean report would say more than is known. The mistake is usually
    /// one that the compiler reports as well, and goes away with it.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// fn update( {
    /// ```
    ///
    /// ## Right
    ///
    /// ```rust,silent
    /// fn update() {}
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// Syntax that a macro gives meaning to is read only where it is plain Rust; elsewhere it is passed over without a
    /// word.
    pub UNREADABLE = "FA000", "unreadable", Analyser, Deny, "something could not be read and was not analysed";
    check = found_elsewhere;
}

declare_lint! {
    /// A comment `// fa: allow(..)` that silences nothing: the finding is gone, the comment stands in the wrong place, or
    /// it names a lint that does not exist.
    ///
    /// ## Why
    ///
    /// A comment that silences nothing today silences tomorrow's mistake.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// // fa: allow(FA602) -- this loop is short
    /// fn update() {}
    /// ```
    ///
    /// ## Right
    ///
    /// ```rust,silent
    /// fn update() {}
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// Lints that did not run in this run, because they are off or others were asked for, are not missed. Neither are
    /// comments in tests, unless tests are analysed.
    pub UNUSED_SUPPRESSION = "FA001", "unused-suppression", Analyser, Warn, "a comment silences no finding";
    check = found_elsewhere;
}

fn found_elsewhere(_: &Program, _: &LintOptions, _: &mut Vec<Finding>) {}
