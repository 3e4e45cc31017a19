//! What Cargo knows: packages, targets, and under which name each knows framealloc.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cargo_metadata::{Metadata, MetadataCommand, Package, TargetKind};

use super::disk::Disk;
use super::features::{self, Known};
use super::file::Problem;
use super::load::Selection;
use super::manifests;
use super::tree::Name;

/// The library that this analyser is for.
const LIBRARY: &str = "framealloc";

/// A target to read.
pub(super) struct Target {
    pub(super) name: Name,
    pub(super) package: String,
    pub(super) is_library: bool,
    pub(super) root: PathBuf,
    pub(super) framealloc: Vec<Name>,
    /// Names of packages of the workspace that it depends on; among them its own library.
    pub(super) externs: Vec<(Name, String)>,
    pub(super) features: Known,
}

/// What cargo says of the workspace of a manifest, or of the current folder. All that it went by is noted.
///
/// # Errors
///
/// When it cannot.
pub fn metadata(manifest: Option<&Path>, disk: &Disk) -> Result<Metadata, Problem> {
    let said = ask(manifest)?;
    manifests::note(disk, &said, manifest);
    // What was written just now may have been written between cargo's look and ours.
    if disk.is_unsettled() && ask(manifest)? != said {
        disk.doubt();
    }
    Ok(said)
}

fn ask(manifest: Option<&Path>) -> Result<Metadata, Problem> {
    let mut command = MetadataCommand::new();
    if let Some(path) = manifest {
        command.manifest_path(path);
    }
    // What the dependencies are called is in the manifests; nothing is resolved, nothing downloaded.
    command.no_deps().exec().map_err(|error| Problem {
        span: None,
        file: manifest.map_or_else(String::new, |path| path.display().to_string()),
        message: format!("cargo cannot read the workspace: {}", error.to_string().trim()),
        help: "run it in a folder with a `Cargo.toml`, or name one with `--manifest-path`".to_owned(),
    })
}

/// The targets that are selected.
pub(super) fn targets(metadata: &Metadata, selection: &Selection) -> Result<Vec<Target>, Problem> {
    let packages = selected(metadata, selection)?;
    let features = selection.features.as_ref();
    let features = features.map(|chosen| features::resolve(metadata, &packages, chosen, selection.tests));
    let mut targets = Vec::new();
    for package in packages {
        let framealloc = names_of_framealloc(package);
        if framealloc.is_empty() {
            continue;
        }
        let own = features.as_ref().map(|all| all.get(&*package.name).cloned().unwrap_or_default());
        let own: Known = own.map(Arc::new);
        let library = package.targets.iter().find(|target| target.kind.iter().any(is_library));
        for target in &package.targets {
            let wanted = target.kind.iter().any(|kind| match kind {
                TargetKind::Test | TargetKind::Bench => selection.tests,
                TargetKind::CustomBuild => false,
                _ => true,
            });
            if !wanted {
                continue;
            }
            let is_library = target.kind.iter().any(is_library);
            let mut externs: Vec<(Name, String)> = dependencies(package);
            if let Some(library) = library.filter(|_| !is_library) {
                externs.push((library.name.replace('-', "_").into(), package.name.to_string()));
            }
            targets.push(Target {
                name: target.name.replace('-', "_").into(),
                package: package.name.to_string(),
                is_library,
                root: target.src_path.clone().into(),
                framealloc: framealloc.clone(),
                externs,
                features: own.clone(),
            });
        }
    }
    Ok(targets)
}

fn is_library(kind: &TargetKind) -> bool {
    matches!(
        kind,
        TargetKind::Lib
            | TargetKind::RLib
            | TargetKind::DyLib
            | TargetKind::CDyLib
            | TargetKind::StaticLib
            | TargetKind::ProcMacro
    )
}

fn selected<'a>(metadata: &'a Metadata, selection: &Selection) -> Result<Vec<&'a Package>, Problem> {
    let members = metadata.workspace_packages();
    for name in selection.packages.iter().chain(&selection.exclude) {
        if !members.iter().any(|package| *package.name == **name) {
            let known: Vec<_> = members.iter().map(|package| format!("`{}`", package.name)).collect();
            return Err(Problem {
                span: None,
                file: metadata.workspace_root.join("Cargo.toml").to_string(),
                message: format!("there is no package `{name}` in the workspace"),
                help: format!("its packages are {}", known.join(", ")),
            });
        }
    }
    let defaults = metadata.workspace_default_packages();
    let chosen = members.into_iter().filter(|package| {
        let named = selection.packages.iter().any(|name| *package.name == **name);
        let wanted = match (selection.workspace, selection.packages.is_empty()) {
            (true, _) => true,
            (false, false) => named,
            (false, true) => defaults.iter().any(|default| default.id == package.id),
        };
        wanted && !selection.exclude.iter().any(|name| *package.name == **name)
    });
    Ok(chosen.collect())
}

fn names_of_framealloc(package: &Package) -> Vec<Name> {
    let named = package.dependencies.iter().filter(|dependency| dependency.name == LIBRARY);
    let names =
        named.map(|dependency| dependency.rename.as_deref().unwrap_or(LIBRARY).replace('-', "_").into());
    let mut names: Vec<Name> = names.collect();
    // The library's own examples and tests.
    if *package.name == LIBRARY {
        names.push(LIBRARY.into());
    }
    names.sort();
    names.dedup();
    names
}

fn dependencies(package: &Package) -> Vec<(Name, String)> {
    let dependencies = package.dependencies.iter().map(|dependency| {
        let name = dependency.rename.as_deref().unwrap_or(&dependency.name).replace('-', "_");
        (Name::from(name), dependency.name.clone())
    });
    dependencies.collect()
}
