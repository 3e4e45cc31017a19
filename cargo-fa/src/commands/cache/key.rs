//! The name of an entry: everything that decides about an analysis and is not a file that it looks at.

use std::ffi::OsStr;
use std::time::UNIX_EPOCH;

use crate::commands::settings::Question;

/// The name for what is asked here by this program; none if the program does not know itself.
pub(super) fn of(question: &Question) -> Option<String> {
    let mut hasher = blake3::Hasher::new();
    let mut add = |part: &[u8]| {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    };
    add(program()?.as_bytes());
    add(std::env::current_dir().ok()?.as_os_str().as_encoded_bytes());
    // What it shows is all that is in it, so that nothing can be forgotten here.
    add(format!("{question:?}").as_bytes());
    let mut variables: Vec<_> = std::env::vars_os().filter(|(name, _)| matters(name)).collect();
    variables.sort();
    for (name, value) in variables {
        add(name.as_encoded_bytes());
        add(value.as_encoded_bytes());
    }
    Some(hasher.finalize().to_hex().to_string())
}

/// Two builds of one version may differ, so the program is known by its file, as compilers' caches know a compiler.
fn program() -> Option<String> {
    let path = std::env::current_exe().ok()?;
    let file = path.metadata().ok()?;
    let written = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {path:?} {} {written:?}", env!("CARGO_PKG_VERSION"), file.len()))
}

/// Whether cargo may go by a variable.
fn matters(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO") || name.starts_with("RUSTUP") || name == "HOME" || name == "USERPROFILE"
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::commands::settings::{ConfigSource, Question};
    use crate::lint::level::{Level, Selector};

    #[test]
    fn whatever_is_asked_otherwise_has_another_name() {
        let plain = Question::default();
        let mut others = vec![plain.clone(); 6];
        others[0].selection.tests = true;
        others[1].selection.packages.push("a".to_owned());
        others[2].selection.exclude.push("a".to_owned());
        others[3].config = ConfigSource::Isolated;
        others[4].pedantic = true;
        others[5].levels.set.push((Selector::All, Level::Deny));
        let mut names: Vec<String> = others.iter().chain([&plain]).map(|it| of(it).unwrap()).collect();
        assert_eq!(of(&plain).unwrap(), names[6]);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 7);
    }
}
