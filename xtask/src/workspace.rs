//! Facts of the repository, as `cargo metadata` tells them.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::process::Run;

/// The library's package name.
pub(crate) const LIBRARY: &str = "framealloc";
/// That of the analyser for programs that use it.
pub(crate) const ANALYSER: &str = "cargo-fa";

pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    metadata: Value,
}

/// A package that the library's users compile.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) rust_version: Option<String>,
}

impl Workspace {
    /// Asks cargo about this repository.
    pub(crate) fn load() -> Result<Self, String> {
        // As `cargo run` says now, not as the compiler saw it: two checkouts may share a target folder.
        let package = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("run it as `cargo xtask`")?;
        let root = Path::new(&package).parent().ok_or("the package `xtask` is not inside of a repository")?;
        Self::of(&root.join("Cargo.toml"))
    }

    /// Asks cargo about any workspace.
    pub(crate) fn of(manifest: &Path) -> Result<Self, String> {
        let text = Run::cargo("metadata")
            .args(["--format-version", "1", "--all-features", "--manifest-path"])
            .arg(manifest)
            .capture()?;
        let metadata: Value =
            serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))?;
        let path = |key: &str| PathBuf::from(metadata[key].as_str().unwrap_or_default());
        Ok(Self { root: path("workspace_root"), target: path("target_directory"), metadata })
    }

    /// Whether a member of this name exists.
    pub(crate) fn has_member(&self, name: &str) -> bool {
        self.member(name).is_some()
    }

    /// The features of a member, without `default`.
    pub(crate) fn features(&self, member: &str) -> Vec<String> {
        let features = self.member(member).and_then(|package| package["features"].as_object());
        let names = features.into_iter().flat_map(|features| features.keys());
        names.filter(|name| *name != "default").cloned().collect()
    }

    /// The oldest compiler that a member declares itself for.
    pub(crate) fn rust_version(&self, member: &str) -> Option<&str> {
        self.member(member)?["rust_version"].as_str()
    }

    /// The names of a member's targets of one kind: `bin`, `example`, `test`.
    pub(crate) fn targets(&self, member: &str, kind: &str) -> Vec<String> {
        let targets = self.member(member).and_then(|package| package["targets"].as_array());
        targets
            .into_iter()
            .flatten()
            .filter(|target| target["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|k| k == kind)))
            .filter_map(|target| target["name"].as_str().map(str::to_owned))
            .collect()
    }

    /// The names of all members.
    pub(crate) fn members(&self) -> Vec<&str> {
        let ids: Vec<&Value> = array(&self.metadata["workspace_members"]).collect();
        array(&self.metadata["packages"])
            .filter(|package| ids.contains(&&package["id"]))
            .filter_map(|package| package["name"].as_str())
            .collect()
    }

    /// What building `member` compiles, itself included, `without` some of its features: normal and build
    /// dependencies, not those of tests.
    pub(crate) fn dependencies(&self, member: &str, without: &[&str]) -> Vec<Dependency> {
        let left_out: HashSet<&str> = without
            .iter()
            .filter_map(|feature| self.member(member)?["features"][feature].as_array())
            .flatten()
            .filter_map(|enabled| enabled.as_str()?.strip_prefix("dep:"))
            .collect();
        let own = self.member(member).and_then(|package| package["id"].as_str());
        let packages: HashMap<&str, &Value> = array(&self.metadata["packages"])
            .filter_map(|package| Some((package["id"].as_str()?, package)))
            .collect();
        let nodes: HashMap<&str, &Value> = array(&self.metadata["resolve"]["nodes"])
            .filter_map(|node| Some((node["id"].as_str()?, node)))
            .collect();

        let mut seen = HashSet::new();
        let mut open: Vec<&str> = own.into_iter().collect();
        while let Some(id) = open.pop() {
            let Some(node) = nodes.get(id).filter(|_| seen.insert(id)) else { continue };
            let wanted = |dependency: &&Value| {
                let name = dependency["pkg"].as_str().and_then(|id| packages.get(id)?["name"].as_str());
                own != Some(id) || !name.is_some_and(|name| left_out.contains(name))
            };
            let built = array(&node["deps"])
                .filter(wanted)
                .filter(|dependency| array(&dependency["dep_kinds"]).any(|kind| kind["kind"] != "dev"));
            open.extend(built.filter_map(|dependency| dependency["pkg"].as_str()));
        }
        let mut found: Vec<Dependency> = seen
            .iter()
            .filter_map(|id| packages.get(id))
            .map(|package| Dependency {
                name: text(&package["name"]),
                version: text(&package["version"]),
                rust_version: package["rust_version"].as_str().map(str::to_owned),
            })
            .collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }

    fn member(&self, name: &str) -> Option<&Value> {
        let ids: Vec<&Value> = array(&self.metadata["workspace_members"]).collect();
        array(&self.metadata["packages"])
            .find(|package| package["name"] == name && ids.contains(&&package["id"]))
    }
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Dependency, Workspace};
    use serde_json::json;
    use std::path::PathBuf;

    fn sample() -> Workspace {
        Workspace {
            root: PathBuf::new(),
            target: PathBuf::new(),
            metadata: json!({
                "workspace_members": ["a"],
                "packages": [
                    { "id": "a", "name": "a", "version": "1.0.0", "rust_version": "1.88",
                      "features": { "default": [], "x": [], "y": ["dep:d"] },
                      "targets": [ { "name": "loop", "kind": ["example"] }, { "name": "a", "kind": ["lib"] } ] },
                    { "id": "b", "name": "b", "version": "2.0.0", "rust_version": null },
                    { "id": "c", "name": "c", "version": "3.0.0", "rust_version": "1.90" },
                    { "id": "d", "name": "d", "version": "4.0.0", "rust_version": "1.95" },
                ],
                "resolve": { "nodes": [
                    { "id": "a", "deps": [
                        { "pkg": "b", "dep_kinds": [{ "kind": null }] },
                        { "pkg": "c", "dep_kinds": [{ "kind": "dev" }] },
                        { "pkg": "d", "dep_kinds": [{ "kind": null }] } ] },
                    { "id": "b", "deps": [] },
                    { "id": "c", "deps": [] },
                    { "id": "d", "deps": [{ "pkg": "b", "dep_kinds": [{ "kind": null }] }] },
                ] },
            }),
        }
    }

    #[test]
    fn facts_of_a_member() {
        let workspace = sample();
        assert_eq!(workspace.members(), ["a"]);
        assert!(workspace.has_member("a") && !workspace.has_member("b"));
        assert_eq!(workspace.features("a"), ["x", "y"]);
        assert_eq!(workspace.rust_version("a"), Some("1.88"));
        assert_eq!(workspace.targets("a", "example"), ["loop"]);
    }

    #[test]
    fn dependencies_of_tests_are_not_the_users() {
        let dependency = |name: &str, version: &str, rust_version: Option<&str>| Dependency {
            name: name.to_owned(),
            version: version.to_owned(),
            rust_version: rust_version.map(str::to_owned),
        };
        assert_eq!(
            sample().dependencies("a", &["x", "y"]),
            [dependency("a", "1.0.0", Some("1.88")), dependency("b", "2.0.0", None)]
        );
        assert_eq!(sample().dependencies("a", &["x"]).len(), 3);
    }
}
