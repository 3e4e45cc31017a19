//! The documentation of what is published.

use crate::plan::{Context, StepResult};
use crate::process::Run;
use crate::workspace::{ANALYSER, LIBRARY};

pub(crate) fn run(context: &Context) -> StepResult {
    Run::cargo("doc")
        .args([
            "--package",
            LIBRARY,
            "--package",
            ANALYSER,
            "--package",
            "framealloc-derive",
            "--package",
            "framealloc-snapshot",
            "--all-features",
            "--no-deps",
            "--locked",
        ])
        .env("RUSTDOCFLAGS", "-D warnings")
        .directory(&context.workspace.root)
        .stream()
}
