//! The examples that users run first: that they run, and that what they compare gives the same result. They check the
//! latter themselves.

use crate::plan::{Context, StepResult, Unfinished};
use crate::process::Run;
use crate::workspace::LIBRARY;

/// Each and the arguments of a short run.
const EXAMPLES: [(&str, &[&str]); 3] = [
    ("game_loop", &["--frames", "30", "--agents", "500", "--allocator", "both"]),
    ("pathfinding", &["--size", "128", "--queries", "60"]),
    ("parallel", &["--frames", "20", "--objects", "5000", "--job", "100"]),
];
/// As the tests have built what it stands on: an engine takes minutes.
const AS_TESTED: &str = "bevy_headless";

pub(crate) fn run(context: &Context) -> StepResult {
    let known = context.workspace.targets(LIBRARY, "example");
    for name in EXAMPLES.iter().map(|(name, _)| *name).chain([AS_TESTED]) {
        if !known.iter().any(|known| known == name) {
            return Err(Unfinished::Failed(format!("there is no example `{name}`")));
        }
    }
    for (name, arguments) in EXAMPLES {
        Run::cargo("run")
            .args(["--package", LIBRARY, "--locked", "--release", "--example", name, "--"])
            .args(arguments)
            .directory(&context.workspace.root)
            .stream()?;
    }
    super::tests::build(context, &["--example", AS_TESTED])?;
    Run::program(context.workspace.target.join("debug/examples").join(AS_TESTED)).stream()
}
