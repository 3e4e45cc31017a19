//! Corrections that need no person: shown as a difference or made in the files. Those of one finding are made together or
//! not at all, and none touches what another has changed; what is left over is found again in the next round.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use similar::TextDiff;

use super::analysis::Analysis;
use super::failure::Failure;
use super::output;
use crate::report::diagnostic::{Replacement, Report, Rewrite};
use crate::report::human::counted;

/// Rounds until something is wrong with the corrections themselves.
const ROUNDS: usize = 10;

/// Which fixes of a report go together.
fn choose(report: &Report) -> Vec<&Rewrite> {
    let mut taken: Vec<&Replacement> = Vec::new();
    let mut chosen = Vec::new();
    for fix in report.diagnostics.iter().filter_map(|found| found.fix.as_ref()) {
        let free = fix.replacements.iter().all(|edit| !taken.iter().any(|other| collide(edit, other)));
        if free {
            taken.extend(&fix.replacements);
            chosen.push(fix);
        }
    }
    chosen
}

/// Two replacements collide when they share a byte, or a place where both insert.
fn collide(a: &Replacement, b: &Replacement) -> bool {
    let (a, b) = (&a.place, &b.place);
    a.file == b.file && (a.start < b.end && b.start < a.end || a.start == b.start)
}

/// The new texts of the files that change.
fn rewritten(report: &Report, fixes: &[&Rewrite]) -> BTreeMap<String, String> {
    let mut edits: BTreeMap<&str, Vec<&Replacement>> = BTreeMap::new();
    for edit in fixes.iter().flat_map(|fix| &fix.replacements) {
        edits.entry(&edit.place.file).or_default().push(edit);
    }
    let mut texts = BTreeMap::new();
    for (file, mut edits) in edits {
        let Some(text) = report.texts.get(file) else { continue };
        // From the end, so that the places before stay what they are.
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.place.start));
        let mut text = text.to_string();
        for edit in edits {
            text.replace_range(edit.place.start as usize..edit.place.end as usize, &edit.text);
        }
        texts.insert(file.to_owned(), text);
    }
    texts
}

/// What the corrections would change, as `diff -u` shows it.
pub fn diff(report: &Report) -> String {
    let mut all = String::new();
    for (file, new) in rewritten(report, &choose(report)) {
        let old = report.texts.get(&file).map_or("", |text| text);
        let diff = TextDiff::from_lines(old, &new);
        all.push_str(&diff.unified_diff().header(&format!("a/{file}"), &format!("b/{file}")).to_string());
    }
    all
}

/// Refuses to change files whose state could not be brought back, as `cargo fix` does.
///
/// # Errors
///
/// When the workspace has changes that are not committed, or no version control.
pub fn allowed(root: &Path, allow_dirty: bool, allow_no_vcs: bool) -> Result<(), Failure> {
    if allow_dirty {
        return Ok(());
    }
    let status = Command::new("git").args(["status", "--porcelain"]).current_dir(root).output();
    let Some(status) = status.ok().filter(|output| output.status.success()) else {
        return match allow_no_vcs {
            true => Ok(()),
            false => Err(Failure::usage(
                "the workspace is not under version control, so corrections could not be taken back",
                "see them with `--diff`, or make them with `--allow-no-vcs`",
            )),
        };
    };
    let status = String::from_utf8_lossy(&status.stdout).into_owned();
    let dirty: Vec<&str> = status.lines().filter_map(|line| line.get(3..)).collect();
    match dirty.first() {
        None => Ok(()),
        Some(first) => {
            let more = if dirty.len() > 1 { format!(" and {} more", dirty.len() - 1) } else { String::new() };
            Err(Failure::usage(
                format!("git has changes that are not committed: {first}{more}"),
                "commit or stash them, see the corrections with `--diff`, or make them with `--allow-dirty`",
            ))
        }
    }
}

/// Corrects files and analyses again, until nothing is left to correct.
///
/// # Errors
///
/// When a file cannot be written, or has changed since it was read.
pub fn apply(
    first: Analysis,
    mut again: impl FnMut() -> Result<Analysis, Failure>,
) -> Result<Analysis, Failure> {
    let mut analysis = first;
    let (mut fixes, mut files) = (0, std::collections::BTreeSet::new());
    for _ in 0..ROUNDS {
        let chosen = choose(&analysis.report);
        if chosen.is_empty() {
            break;
        }
        for (file, new) in rewritten(&analysis.report, &chosen) {
            let path = analysis.root.join(&file);
            let old = analysis.report.texts.get(&file).map_or("", |text| text);
            let now = std::fs::read_to_string(&path).unwrap_or_default();
            if now != old {
                let message = format!("`{file}` has changed since it was read");
                return Err(Failure::usage(message, "run it again"));
            }
            std::fs::write(&path, new).map_err(|error| {
                Failure::usage(format!("cannot write `{file}`: {error}"), "make it writable, or use `--diff`")
            })?;
            files.insert(file);
        }
        fixes += chosen.len();
        analysis = again()?;
    }
    output::to_stderr(&format!("{} in {}\n", counted(fixes, "correction"), counted(files.len(), "file")));
    Ok(analysis)
}

#[cfg(test)]
mod tests {
    use super::{choose, diff, rewritten};
    use crate::report::diagnostic::{Diagnostic, Place, Replacement, Report, Rewrite};

    /// A report on one file with a fix for each list of edits.
    fn report(text: &str, fixes: &[&[(u32, u32, &str)]]) -> Report {
        let sample = crate::report::sample::report().diagnostics.remove(0);
        let place =
            |start, end| Place { file: "a.rs".to_owned(), start, end, ..sample.primary.place.clone() };
        let rewrite = |edits: &[(u32, u32, &str)]| Rewrite {
            title: String::new(),
            replacements: edits
                .iter()
                .map(|&(start, end, text)| Replacement { place: place(start, end), text: text.to_owned() })
                .collect(),
        };
        let diagnostics =
            fixes.iter().map(|edits| Diagnostic { fix: Some(rewrite(edits)), ..sample.clone() }).collect();
        let texts = [("a.rs".to_owned(), text.into())].into();
        Report { diagnostics, texts, ..Report::default() }
    }

    fn fixed(text: &str, fixes: &[&[(u32, u32, &str)]]) -> String {
        let report = report(text, fixes);
        rewritten(&report, &choose(&report)).remove("a.rs").unwrap()
    }

    #[test]
    fn edits_are_made_where_they_were_seen() {
        assert_eq!(fixed("abcdef", &[&[(0, 1, "xyz"), (5, 6, "")], &[(2, 3, "--")]]), "xyzb--de");
    }

    #[test]
    fn a_fix_that_collides_is_left_out_whole() {
        assert_eq!(fixed("abcdef", &[&[(1, 3, "-")], &[(2, 4, "+"), (5, 6, "+")]]), "a-def");
        assert_eq!(fixed("abcdef", &[&[(1, 1, "-")], &[(1, 1, "+")]]), "a-bcdef");
        assert_eq!(fixed("abcdef", &[&[(1, 3, "-")], &[(3, 4, "+")]]), "a-+ef");
    }

    #[test]
    fn the_difference_can_be_applied() {
        let shown = diff(&report("a\nb\nc\n", &[&[(2, 4, "")]]));
        assert_eq!(shown, "--- a/a.rs\n+++ b/a.rs\n@@ -1,3 +1,2 @@\n a\n-b\n c\n");
    }
}
