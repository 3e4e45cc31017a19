//! Which Rust toolchains are here, and fetching those that are not.

use std::sync::OnceLock;
use std::time::Duration;

use crate::plan::Unfinished;
use crate::process::Run;

/// The toolchain for what stable does not have: sanitizers, Miri, coverage for the fuzzer.
pub(crate) const NIGHTLY: &str = "nightly";

/// A download that takes longer is given up: the step is then skipped.
const INSTALL_LIMIT: Duration = Duration::from_secs(5 * 60);

/// Makes `cargo +toolchain` work, with these components, or tells why the step must be skipped.
pub(crate) fn ensure(toolchain: &str, components: &[&str]) -> Result<(), Unfinished> {
    let listed = Run::program("rustup").args(["toolchain", "list"]).capture();
    let installed = listed.map_err(|_| Unfinished::Skipped("needs rustup, which is not here".to_owned()))?;
    if !has_toolchain(&installed, toolchain) {
        Run::program("rustup")
            .args(["toolchain", "install", toolchain, "--profile", "minimal", "--no-self-update"])
            .time_limit(INSTALL_LIMIT)
            .stream()
            .map_err(|_| {
                Unfinished::Skipped(format!("the {toolchain} toolchain cannot be installed here"))
            })?;
    }
    for component in components {
        // Adding one that is there returns at once, without a network.
        Run::program("rustup")
            .args(["component", "add", component, "--toolchain", toolchain])
            .time_limit(INSTALL_LIMIT)
            .stream()
            .map_err(|_| {
                Unfinished::Skipped(format!("{component} for {toolchain} cannot be installed here"))
            })?;
    }
    Ok(())
}

/// The target triple of this machine.
pub(crate) fn host() -> &'static str {
    told("host").unwrap_or("unknown")
}

/// Whether the compiler that runs unless another is named is of this version: `1.95` is any `1.95.x`.
pub(crate) fn is_default(version: &str) -> bool {
    let release = told("release").and_then(|release| release.strip_prefix(version));
    release.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What the compiler tells of itself under this name.
fn told(name: &str) -> Option<&'static str> {
    static TOLD: OnceLock<String> = OnceLock::new();
    let text = TOLD.get_or_init(|| Run::program("rustc").arg("-vV").capture().unwrap_or_default());
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// Whether AddressSanitizer's runtime exists for this machine.
pub(crate) fn has_address_sanitizer() -> bool {
    matches!(
        host(),
        "x86_64-unknown-linux-gnu"
            | "aarch64-unknown-linux-gnu"
            | "x86_64-apple-darwin"
            | "aarch64-apple-darwin"
    )
}

/// Whether `rustup toolchain list` names it: `1.88` is `1.88-x86_64-…` but not `1.88.0-x86_64-…`.
fn has_toolchain(listed: &str, toolchain: &str) -> bool {
    listed.lines().any(|line| {
        let name = line.split_whitespace().next().unwrap_or_default();
        name == toolchain
            || name.strip_prefix(toolchain).is_some_and(|rest| rest.strip_prefix('-') == Some(host()))
    })
}

#[cfg(test)]
mod tests {
    use super::{has_toolchain, host, is_default, told};

    #[test]
    fn a_toolchain_is_known_by_its_whole_name() {
        let listed =
            format!("stable-{0} (active, default)\nnightly-2026-01-01-{0}\n1.88-{0}\nmine\n", host());
        for name in ["stable", "nightly-2026-01-01", "1.88", "mine"] {
            assert!(has_toolchain(&listed, name), "{name}");
        }
        for name in ["nightly", "1.8", "1.88.0", "min"] {
            assert!(!has_toolchain(&listed, name), "{name}");
        }
    }

    #[test]
    fn a_version_is_one_by_its_first_numbers() {
        let release = told("release").unwrap();
        let (two, _) = release.rsplit_once('.').unwrap();
        assert!(is_default(two) && is_default(release));
        assert!(!is_default(&two[..two.len() - 1]) && !is_default("0.1"));
    }
}
