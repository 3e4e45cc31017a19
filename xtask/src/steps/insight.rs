//! The extension for VS Code: what it is made of, what it is packed to, and what it does in a real editor.
//!
//! npm carries the editor as a server, and a browser shows it; so there is no window, and nothing is downloaded from
//! elsewhere. Whoever has no node or no browser can check everything else.

use std::fs;
use std::path::{Path, PathBuf};

use crate::plan::{Context, StepResult, Unfinished};
use crate::process::Run;
use crate::workspace::ANALYSER;

use super::Effort;

/// What the editor's own server, the oldest that is supported, runs on.
const OLDEST_NODE: u32 = 20;
/// A package that people are to install over a slow line.
const LARGEST_PACKAGE: u64 = 1_000_000;
/// npm runs no script of what it installs: some of them download.
const INSTALL: [&str; 3] = ["--ignore-scripts", "--no-audit", "--no-fund"];
/// What the editor opens terminals with; its own is source in C++.
const TERMINALS: &str = "node-pty@npm:@lydell/node-pty@1.1.0";

pub(crate) fn run(context: &Context) -> StepResult {
    let folder = context.workspace.root.join("fa-insight");
    check_node()?;
    install(&folder)?;
    for script in ["lint", "typecheck", "unit", "build", "package"] {
        npm(&folder, script).stream()?;
    }
    npm(&folder, "assets").args(["--", "--check"]).stream()?;
    check_size(&folder.join("dist/fa-insight.vsix"))?;

    let browser = browser()?;
    // The analyser that the extension runs, and the game that writes snapshots.
    super::tests::build(context, &["--bin", ANALYSER, "--example", "game_loop"])?;
    npm(&folder, "page")
        .env("CHROMIUM", &browser)
        .env("FA_INSIGHT_ANALYSER", context.workspace.target.join("debug/cargo-fa"))
        .stream()?;
    in_editor(context, &folder, &browser, "oldest")?;
    if context.effort == Effort::Long {
        install(&folder.join("test/e2e/newest"))?;
        in_editor(context, &folder, &browser, "newest")?;
    }
    Ok(())
}

fn npm(folder: &Path, script: &str) -> Run {
    Run::program("npm").args(["run", script]).directory(folder)
}

fn check_node() -> StepResult {
    let skipped =
        |why: String| Err(Unfinished::Skipped(format!("{why}: node {OLDEST_NODE} or newer, with npm")));
    let Ok(version) = Run::program("node").arg("--version").capture() else {
        return skipped("node is not here".to_owned());
    };
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    if major.is_none_or(|major: u32| major < OLDEST_NODE) {
        return skipped(format!("node {} is here", version.trim()));
    }
    if Run::program("npm").arg("--version").capture().is_err() {
        return skipped("npm is not here".to_owned());
    }
    Ok(())
}

/// Installs what the lock file says, and what the editor among it needs, unless that has been done.
fn install(folder: &Path) -> StepResult {
    if !is_installed(folder) {
        Run::program("npm").arg("ci").args(INSTALL).directory(folder).stream()?;
    }
    let editor = folder.join("node_modules/code-server/lib/vscode");
    if !editor.join("node_modules/@lydell").is_dir() {
        // Its lock file is of another version of npm, so that `npm ci` refuses it.
        Run::program("npm")
            .args(["install", TERMINALS, "--no-save", "--omit=dev"])
            .args(INSTALL)
            .directory(&editor)
            .stream()?;
    }
    Ok(())
}

/// npm notes what it has installed beside it.
fn is_installed(folder: &Path) -> bool {
    let age = |name: &str| fs::metadata(folder.join(name)).and_then(|data| data.modified()).ok();
    let (noted, wanted) = (age("node_modules/.package-lock.json"), age("package-lock.json"));
    noted.is_some() && noted >= wanted
}

fn check_size(package: &Path) -> StepResult {
    let size = fs::metadata(package)
        .map_err(|error| Unfinished::Failed(format!("{}: {error}", package.display())))?
        .len();
    println!("{} has {size} bytes", package.display());
    if size > LARGEST_PACKAGE {
        return Err(Unfinished::Failed(format!("the package has {size} bytes, more than {LARGEST_PACKAGE}")));
    }
    Ok(())
}

/// The browser that `CHROMIUM` names, or the system's; installed where that can be done.
fn browser() -> Result<PathBuf, Unfinished> {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        return Ok(named.into());
    }
    let system = Path::new("/usr/bin/chromium");
    if !system.exists() && is_root() {
        Run::program("apt-get").args(["update", "--quiet"]).stream()?;
        Run::program("apt-get")
            .args(["install", "--yes", "--quiet", "--no-install-recommends", "chromium"])
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stream()?;
    }
    if system.exists() {
        return Ok(system.to_owned());
    }
    Err(Unfinished::Skipped(
        "all but what needs a browser passed: install chromium, or name one in CHROMIUM".to_owned(),
    ))
}

fn is_root() -> bool {
    let root = Run::program("id").arg("-u").capture().is_ok_and(|id| id.trim() == "0");
    root && Run::program("apt-get").arg("--version").capture().is_ok()
}

fn in_editor(context: &Context, folder: &Path, browser: &Path, editor: &str) -> StepResult {
    let debug = context.workspace.target.join("debug");
    npm(folder, "e2e")
        .env("CHROMIUM", browser)
        .env("FA_INSIGHT_EDITOR", editor)
        .env("FA_INSIGHT_ANALYSER", debug.join("cargo-fa"))
        .env("FA_INSIGHT_GAME", debug.join("examples/game_loop"))
        .stream()
}
