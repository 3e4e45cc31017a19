//! The library and the analyser compile with the compiler that they declare as their oldest, the library apart from the
//! features of [`NEWER`].
//!
//! Three looks, since the real build needs a toolchain that cannot be had everywhere: what the dependencies declare,
//! that clippy refuses newer parts of the standard library, and the build.

use crate::plan::{Context, StepResult, Unfinished};
use crate::process::Run;
use crate::toolchain;
use crate::workspace::{ANALYSER, Dependency, LIBRARY};

/// The line in the root manifest by which newer parts of the standard library are errors in the step `clippy`.
const LINT: &str = "incompatible_msrv = \"deny\"";

/// Features whose dependencies need a newer compiler than the library itself, and which.
const NEWER: &[(&str, &str)] = &[("bevy", "1.95"), ("puffin", "1.92")];

pub(crate) fn run(context: &Context) -> StepResult {
    let workspace = &context.workspace;
    let Some(declared) = workspace.rust_version(LIBRARY) else {
        return Err(Unfinished::Failed(format!("{LIBRARY} declares no rust-version")));
    };

    let without: Vec<&str> = NEWER.iter().map(|&(feature, _)| feature).collect();
    for package in [LIBRARY, ANALYSER] {
        let newer = newer_than(declared, &workspace.dependencies(package, &without));
        if !newer.is_empty() {
            let newer = newer.join(", ");
            return Err(Unfinished::Failed(format!("{package}: rust-version is {declared}, but {newer}")));
        }
    }
    println!("no dependency declares a compiler newer than {declared}");
    for &(feature, its) in NEWER {
        let others: Vec<&str> = without.iter().copied().filter(|&other| other != feature).collect();
        let dependencies = workspace.dependencies(LIBRARY, &others);
        if newer_than(declared, &dependencies).is_empty() {
            return Err(Unfinished::Failed(format!(
                "`{feature}` needs no newer compiler: remove it from NEWER"
            )));
        }
        let newer = newer_than(its, &dependencies);
        if !newer.is_empty() {
            return Err(Unfinished::Failed(format!("`{feature}` is for {its}, but {}", newer.join(", "))));
        }
        println!("with the feature `{feature}`, none newer than {its}");
    }

    let manifest = std::fs::read_to_string(workspace.root.join("Cargo.toml"));
    let manifest = manifest.map_err(|error| Unfinished::Failed(format!("Cargo.toml: {error}")))?;
    if !manifest.lines().any(|line| line.trim() == LINT) {
        return Err(Unfinished::Failed(format!("the workspace's lints lack `{LINT}`")));
    }

    let features = workspace.features(LIBRARY);
    let common: Vec<&str> =
        features.iter().map(String::as_str).filter(|feature| !without.contains(feature)).collect();
    build(context, declared, LIBRARY, &common.join(","))?;
    build(context, declared, ANALYSER, "")?;
    for (feature, its) in NEWER {
        if toolchain::is_default(its) {
            println!("`{feature}` is for the compiler that the step `clippy` runs");
        } else {
            build(context, its, LIBRARY, feature)?;
        }
    }
    Ok(())
}

fn build(context: &Context, compiler: &str, package: &str, features: &str) -> StepResult {
    toolchain::ensure(compiler, &[])?;
    Run::cargo_of(compiler, "check")
        .args([
            "--package",
            package,
            "--no-default-features",
            "--features",
            features,
            "--locked",
            "--target-dir",
        ])
        .arg(context.workspace.target.join("msrv"))
        .directory(&context.workspace.root)
        .stream()
}

fn newer_than(declared: &str, dependencies: &[Dependency]) -> Vec<String> {
    dependencies
        .iter()
        .filter_map(|dependency| {
            let needs = dependency.rust_version.as_deref()?;
            (numbers(needs) > numbers(declared))
                .then(|| format!("{} {} needs {needs}", dependency.name, dependency.version))
        })
        .collect()
}

/// `1.88` as `[1, 88, 0]`, so that it equals `1.88.0` and is less than `1.100`.
fn numbers(version: &str) -> [u32; 3] {
    let mut found = [0; 3];
    for (number, text) in found.iter_mut().zip(version.split('.')) {
        *number = text.parse().unwrap_or(0);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{newer_than, numbers};
    use crate::workspace::Dependency;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(numbers("1.9") < numbers("1.88"));
        assert!(numbers("1.88.1") > numbers("1.88"));
        assert_eq!(numbers("1.88"), numbers("1.88.0"));
    }

    #[test]
    fn a_dependency_that_needs_more_is_named() {
        let dependency = |name: &str, rust_version: Option<&str>| Dependency {
            name: name.to_owned(),
            version: "1.2.3".to_owned(),
            rust_version: rust_version.map(str::to_owned),
        };
        let found = newer_than(
            "1.88",
            &[dependency("old", Some("1.60")), dependency("silent", None), dependency("new", Some("1.89"))],
        );
        assert_eq!(found, ["new 1.2.3 needs 1.89"]);
    }
}
