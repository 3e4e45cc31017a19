//! What cargo looks at before it says what a workspace is: the manifests and its own configuration, and the folders in
//! which it finds members and targets by itself. Whoever keeps what cargo said keeps it as long as these stay the same.
//!
//! What is noted here may be more than cargo looks at, never less.

use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, Package};

use super::disk::Disk;

const MANIFEST: &str = "Cargo.toml";

/// The folders of a package whose files and folders are targets.
const TARGETS: [&str; 4] = ["src/bin", "examples", "tests", "benches"];

/// The files in which cargo may be configured for somebody who is in a folder; the first outweighs the others.
pub fn configurations(here: &Path) -> impl Iterator<Item = PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let folders = here.ancestors().map(|folder| folder.join(".cargo")).chain(home);
    // The one without an ending is older, and counts if there are both.
    folders.flat_map(|folder| ["config", "config.toml"].map(|name| folder.join(name)))
}

/// Notes all of it. `manifest` is what cargo was given, if anything.
pub(super) fn note(disk: &Disk, metadata: &Metadata, manifest: Option<&Path>) {
    let Ok(here) = std::env::current_dir() else { return disk.doubt() };
    for file in configurations(&here) {
        disk.was_read(&file);
    }
    let first = manifest.map_or_else(|| here.join(MANIFEST), |manifest| here.join(manifest));
    for folder in first.ancestors().skip(1) {
        disk.was_read(&folder.join(MANIFEST));
    }
    let root = metadata.workspace_root.as_std_path();
    disk.was_read(&root.join(MANIFEST));
    for package in metadata.workspace_packages() {
        note_package(disk, package, root);
    }
    note_members(disk, root);
}

fn note_package(disk: &Disk, package: &Package, root: &Path) {
    let manifest = package.manifest_path.as_std_path();
    disk.was_read(manifest);
    let Some(folder) = manifest.parent() else { return };
    // The root of the workspace is looked for from each member.
    for above in folder.ancestors().skip(1).take_while(|above| above.starts_with(root)) {
        disk.was_read(&above.join(MANIFEST));
    }
    for path in package.dependencies.iter().filter_map(|dependency| dependency.path.as_ref()) {
        disk.was_read(&path.as_std_path().join(MANIFEST));
    }
    for root in ["src/lib.rs", "src/main.rs"] {
        disk.has(&folder.join(root));
    }
    for targets in TARGETS.map(|targets| folder.join(targets)) {
        for name in disk.was_listed(&targets).iter().filter(|name| !name.ends_with(".rs")) {
            disk.has(&targets.join(name).join("main.rs"));
        }
    }
}

/// Notes the folders that the patterns for members go through.
fn note_members(disk: &Disk, root: &Path) {
    let manifest = std::fs::read_to_string(root.join(MANIFEST)).unwrap_or_default();
    let Ok(manifest) = manifest.parse::<toml::Table>() else { return disk.doubt() };
    let workspace = manifest.get("workspace");
    for key in ["members", "default-members"] {
        let patterns = workspace.and_then(|workspace| workspace.get(key)?.as_array());
        for pattern in patterns.into_iter().flatten().filter_map(toml::Value::as_str) {
            let parts: Vec<&str> = pattern.split(['/', '\\']).collect();
            note_pattern(disk, root, &parts);
        }
    }
}

/// Takes every name for one that matches.
fn note_pattern(disk: &Disk, folder: &Path, parts: &[&str]) {
    match parts.split_first() {
        None => disk.was_read(&folder.join(MANIFEST)),
        // Any folder at any depth.
        Some((&"**", _)) => disk.doubt(),
        Some((part, rest)) if part.contains(['*', '?', '[']) => {
            for name in disk.was_listed(folder) {
                note_pattern(disk, &folder.join(name), rest);
            }
        }
        Some((part, rest)) => note_pattern(disk, &folder.join(part), rest),
    }
}
