//! The policy in `deny.toml`, where cargo-deny is installed: building it takes longer than all other steps together.
//!
//! Advisories are left out, since they change without the repository changing.

use crate::plan::{Context, StepResult, Unfinished};
use crate::process::Run;

pub(crate) fn run(context: &Context) -> StepResult {
    if Run::cargo("deny").arg("--version").capture().is_err() {
        return Err(Unfinished::Skipped("cargo-deny is not here (`cargo install cargo-deny`)".to_owned()));
    }
    Run::cargo("deny")
        .args(["--offline", "--all-features", "check", "bans", "licenses", "sources"])
        .directory(&context.workspace.root)
        .stream()
}
