//! Formatting, of this workspace and of those beside it.

use crate::plan::{Context, StepResult};
use crate::process::Run;

/// The folders that are workspaces of their own.
const OTHER_WORKSPACES: [&str; 2] = ["bench", "fuzz"];

pub(crate) fn run(context: &Context) -> StepResult {
    let root = &context.workspace.root;
    Run::cargo("fmt").args(["--all", "--check"]).directory(root).stream()?;
    for folder in OTHER_WORKSPACES {
        let manifest = root.join(folder).join("Cargo.toml");
        if manifest.exists() {
            Run::cargo("fmt")
                .args(["--all", "--check", "--manifest-path"])
                .arg(manifest)
                .directory(root)
                .stream()?;
        }
    }
    Ok(())
}
