//! The rules in [`crate::tidy`].

use crate::plan::{Context, StepResult, Unfinished};
use crate::tidy;

pub(crate) fn run(context: &Context) -> StepResult {
    let findings = tidy::check(&context.workspace.root).map_err(Unfinished::Failed)?;
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        1 => Err(Unfinished::Failed("1 finding".to_owned())),
        many => Err(Unfinished::Failed(format!("{many} findings"))),
    }
}
