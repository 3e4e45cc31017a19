//! Each combination of the library's features builds without a warning.

use super::Effort;
use crate::plan::{Context, StepResult};
use crate::process::Run;
use crate::workspace::LIBRARY;

/// Up to this many features all subsets are built.
const ALL_SUBSETS_UP_TO: usize = 5;

pub(crate) fn run(context: &Context) -> StepResult {
    let features = context.workspace.features(LIBRARY);
    for combination in combinations(&features, context.effort) {
        // As `check` does, for the dependencies are compiled so already, but with flags for the library alone: an import
        // that only some features use is a warning here.
        Run::cargo("rustc")
            .args(["--profile", "check", "--package", LIBRARY, "--lib", "--locked"])
            .args(["--no-default-features", "--features"])
            .arg(combination.join(","))
            .args(["--", "-D", "warnings"])
            .directory(&context.workspace.root)
            .stream()?;
    }
    Ok(())
}

/// Of many features: none, each alone, all but each, and all; for a release each pair, too.
fn combinations(features: &[String], effort: Effort) -> Vec<Vec<&str>> {
    let names: Vec<&str> = features.iter().map(String::as_str).collect();
    let most =
        if names.len() <= ALL_SUBSETS_UP_TO { names.len() } else { 1 + usize::from(effort == Effort::Long) };
    let mut found: Vec<Vec<&str>> = vec![Vec::new()];
    for &name in &names {
        let smaller = found.iter().filter(|subset| subset.len() < most);
        let with_it: Vec<Vec<&str>> =
            smaller.map(|subset| subset.iter().copied().chain([name]).collect()).collect();
        found.extend(with_it);
    }
    if most < names.len() {
        let without = |left: &&str| names.iter().copied().filter(|name| name != left).collect();
        found.extend(names.iter().map(without));
        found.push(names);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Effort, combinations};
    use std::collections::HashSet;

    fn letters(count: usize) -> Vec<String> {
        ('a'..).take(count).map(String::from).collect()
    }

    /// How many there are, all of them different.
    fn count(features: usize, effort: Effort) -> usize {
        let features = letters(features);
        let found = combinations(&features, effort);
        assert_eq!(found.iter().collect::<HashSet<_>>().len(), found.len());
        assert!(found.contains(&features.iter().map(String::as_str).collect::<Vec<_>>()));
        found.len()
    }

    #[test]
    fn all_subsets_of_a_few() {
        assert_eq!(combinations(&letters(0), Effort::Short), [Vec::<&str>::new()]);
        assert_eq!(combinations(&letters(2), Effort::Short), [vec![], vec!["a"], vec!["b"], vec!["a", "b"]]);
        assert_eq!(count(5, Effort::Short), 32);
    }

    #[test]
    fn of_many_what_each_does_alone_and_what_is_left_without_it() {
        assert_eq!(count(8, Effort::Short), 1 + 8 + 8 + 1);
        assert!(combinations(&letters(8), Effort::Short).contains(&vec!["a", "b", "c", "d", "e", "f", "g"]));
        assert_eq!(count(8, Effort::Long), 1 + 8 + 28 + 8 + 1);
    }
}
