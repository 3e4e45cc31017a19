//! The examples that users run first: that they run, and that what they compare gives the same result. They check the
//! latter themselves.

use crate::plan::{Context, StepResult, Unfinished};
use crate::process::Run;
use crate::workspace::LIBRARY;

/// Each with the features that it needs and the arguments of a short run.
const EXAMPLES: &[(&str, &str, &[&str])] = &[
    ("game_loop", "", &["--frames", "30", "--agents", "500", "--allocator", "both"]),
    ("pathfinding", "", &["--size", "128", "--queries", "60"]),
    ("parallel", "", &["--frames", "20", "--objects", "5000", "--job", "100"]),
    ("bevy_headless", "bevy", &[]),
];

pub(crate) fn run(context: &Context) -> StepResult {
    let known = context.workspace.targets(LIBRARY, "example");
    for (name, features, arguments) in EXAMPLES {
        if !known.iter().any(|known| known == name) {
            return Err(Unfinished::Failed(format!("there is no example `{name}`")));
        }
        Run::cargo("run")
            .args(["--package", LIBRARY, "--release", "--locked", "--features", features])
            .args(["--example", name, "--"])
            .args(*arguments)
            .directory(&context.workspace.root)
            .stream()?;
    }
    Ok(())
}
