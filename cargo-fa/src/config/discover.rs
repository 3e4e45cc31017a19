//! Which `.fa.toml` a package goes by.

use std::path::{Path, PathBuf};

use super::FILE;

/// The nearest one that there `is`: in the folder of the package, or above it up to that of the workspace.
pub fn nearest(package: &Path, workspace: &Path, is: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    package
        .ancestors()
        .take_while(|folder| folder.starts_with(workspace))
        .map(|folder| folder.join(FILE))
        .find(|path| is(path))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_counts_and_none_outside_of_the_workspace() {
        let outside = tempfile::tempdir().unwrap();
        let workspace = outside.path().join("game");
        let package = workspace.join("crates/physics");
        std::fs::create_dir_all(&package).unwrap();
        let write = |folder: &std::path::Path| std::fs::write(folder.join(".fa.toml"), "").unwrap();
        let found = || {
            nearest(&package, &workspace, std::path::Path::is_file)
                .map(|path| path.parent().unwrap().to_owned())
        };
        write(outside.path());
        assert_eq!(found(), None);
        write(&workspace);
        assert_eq!(found().as_ref(), Some(&workspace));
        write(&package);
        assert_eq!(found().as_ref(), Some(&package));
    }
}
