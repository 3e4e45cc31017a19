//! The examples that users run first: that they run, and that frame memory and the heap give the same result. They
//! check the latter themselves.

use crate::plan::{Context, StepResult, Unfinished};
use crate::process::Run;
use crate::workspace::LIBRARY;

/// Each with the arguments of a run that is soon over.
const EXAMPLES: [(&str, &[&str]); 2] = [
    ("game_loop", &["--frames", "30", "--agents", "500", "--allocator", "both"]),
    ("parallel", &["--frames", "20", "--objects", "5000", "--job", "100"]),
];

pub(crate) fn run(context: &Context) -> StepResult {
    for (name, arguments) in EXAMPLES {
        if !context.workspace.targets(LIBRARY, "example").iter().any(|known| known == name) {
            return Err(Unfinished::Failed(format!("there is no example `{name}`")));
        }
        Run::cargo("run")
            .args(["--package", LIBRARY, "--release", "--locked", "--example", name, "--"])
            .args(arguments)
            .directory(&context.workspace.root)
            .stream()?;
    }
    Ok(())
}
