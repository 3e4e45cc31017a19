//! Each combination of the library's features builds without a warning.

use crate::plan::{Context, StepResult};
use crate::process::Run;
use crate::workspace::LIBRARY;

/// Up to this many features all subsets are built; beyond, each alone, each pair, none and all.
const ALL_SUBSETS_UP_TO: usize = 5;

pub(crate) fn run(context: &Context) -> StepResult {
    let features = context.workspace.features(LIBRARY);
    for combination in combinations(&features) {
        // Clippy rather than `check`: the dependencies are compiled already, and an import that only some features
        // use is a warning here.
        Run::cargo("clippy")
            .args(["--package", LIBRARY, "--lib", "--locked", "--no-default-features", "--features"])
            .arg(combination.join(","))
            .args(["--", "-D", "warnings"])
            .directory(&context.workspace.root)
            .stream()?;
    }
    Ok(())
}

fn combinations(features: &[String]) -> Vec<Vec<&str>> {
    let names: Vec<&str> = features.iter().map(String::as_str).collect();
    let everything = names.len() <= ALL_SUBSETS_UP_TO;
    let mut found: Vec<Vec<&str>> = vec![Vec::new()];
    for &name in &names {
        let with_it: Vec<Vec<&str>> = found
            .iter()
            .filter(|subset| everything || subset.len() < 2)
            .map(|subset| subset.iter().copied().chain([name]).collect())
            .collect();
        found.extend(with_it);
    }
    if !everything {
        found.push(names);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::combinations;
    use std::collections::HashSet;

    fn letters(count: usize) -> Vec<String> {
        ('a'..).take(count).map(String::from).collect()
    }

    #[test]
    fn all_subsets_of_a_few() {
        assert_eq!(combinations(&letters(0)), [Vec::<&str>::new()]);
        assert_eq!(combinations(&letters(2)), [vec![], vec!["a"], vec!["b"], vec!["a", "b"]]);
        let features = letters(5);
        assert_eq!(combinations(&features).into_iter().collect::<HashSet<_>>().len(), 32);
    }

    #[test]
    fn pairs_and_all_of_many() {
        let features = letters(8);
        let found: HashSet<_> = combinations(&features).into_iter().collect();
        assert_eq!(found.len(), 1 + 8 + 28 + 1);
        assert!(found.contains(&features.iter().map(String::as_str).collect::<Vec<_>>()));
    }
}
