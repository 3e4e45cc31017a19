//! The policy in `deny.toml`.
//!
//! Building cargo-deny takes longer than all other steps together, so only the long checks install it. Advisories are left
//! out, since they change without the repository changing.

use crate::plan::{Context, StepResult, Unfinished};
use crate::process::Run;
use crate::steps::Effort;

pub(crate) fn run(context: &Context) -> StepResult {
    if Run::cargo("deny").arg("--version").capture().is_err() {
        if context.effort == Effort::Short {
            return Err(Unfinished::Skipped(
                "cargo-deny is not here: `cargo xtask verify` installs it, or `cargo install cargo-deny`"
                    .to_owned(),
            ));
        }
        Run::cargo("install")
            .args(["cargo-deny", "--locked"])
            .time_limit(context.effort.time_limit())
            .stream()?;
    }
    Run::cargo("deny")
        .args(["--offline", "--all-features", "check", "bans", "licenses", "sources"])
        .directory(&context.workspace.root)
        .stream()
}
