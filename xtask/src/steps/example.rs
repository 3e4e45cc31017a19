//! The examples that users run first: that they run. Those that compare frame memory with the heap check themselves
//! that both give the same result.

use crate::plan::{Context, StepResult, Unfinished};
use crate::process::Run;
use crate::workspace::LIBRARY;

/// Each with the features that it needs and the arguments of a run that is soon over.
const EXAMPLES: [(&str, &str, &[&str]); 3] = [
    ("game_loop", "", &["--frames", "30", "--agents", "500", "--allocator", "both"]),
    ("parallel", "", &["--frames", "20", "--objects", "5000", "--job", "100"]),
    ("bevy_headless", "bevy", &[]),
];

pub(crate) fn run(context: &Context) -> StepResult {
    for (name, features, arguments) in EXAMPLES {
        if !context.workspace.targets(LIBRARY, "example").iter().any(|known| known == name) {
            return Err(Unfinished::Failed(format!("there is no example `{name}`")));
        }
        Run::cargo("run")
            .args(["--package", LIBRARY, "--release", "--locked", "--features", features])
            .args(["--example", name, "--"])
            .args(arguments)
            .directory(&context.workspace.root)
            .stream()?;
    }
    Ok(())
}
