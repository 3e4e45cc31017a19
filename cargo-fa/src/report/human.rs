//! The report as the compiler renders its own.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Title, Origin, Patch, Renderer, Snippet};

use super::diagnostic::{Diagnostic, Note, Place, Replacement, Report};
use crate::lint::finding::Confidence;
use crate::lint::level::Level;

/// The lines of a file that are shown around a place.
const AROUND: usize = 2;

/// The text, empty when nothing was found.
pub fn render(report: &Report, color: bool) -> String {
    let renderer = if color { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for found in &report.diagnostics {
        text.push_str(&renderer.render(&groups(report, found)));
        text.push_str("\n\n");
    }
    for stale in &report.stale {
        let title = format!("the baseline has a `{}` in {} that is gone", stale.code, stale.file);
        let group = Group::with_title(Title::WARNING.primary_title(title))
            .element(Title::HELP.message("write it anew with `--write-baseline`"));
        text.push_str(&renderer.render(&[group]));
        text.push_str("\n\n");
    }
    if let Some(line) = summary(report) {
        let title = if report.count(Level::Deny) > 0 { Title::ERROR } else { Title::WARNING };
        text.push_str(&renderer.render(&[Group::with_title(title.primary_title(line))]));
        text.push('\n');
    }
    text
}

/// `1 error`, `2 errors`.
pub fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

/// ``2 errors and 1 warning in 14 files; `--fix` corrects 1``, or nothing.
fn summary(report: &Report) -> Option<String> {
    let levels = [(Level::Deny, "error"), (Level::Warn, "warning")];
    let counts = levels.map(|(level, word)| (report.count(level), word));
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| counted(count, word))
        .collect();
    let fix = match report.fixable() {
        0 => String::new(),
        fixable => format!("; `--fix` corrects {fixable}"),
    };
    (!parts.is_empty()).then(|| format!("{} in {}{fix}", parts.join(" and "), counted(report.files, "file")))
}

fn groups<'a>(report: &'a Report, found: &'a Diagnostic) -> Vec<Group<'a>> {
    let level = if found.level == Level::Deny { Title::ERROR } else { Title::WARNING };
    let title = level.primary_title(one_line(&found.message)).id(found.lint.code);
    let file = &found.primary.place.file;
    let mut group = if report.texts.contains_key(file) {
        let notes = found.notes.iter().filter(|note| note.place.file == *file);
        title.element(snippet(report, &found.primary, Some(&found.primary), notes))
    } else {
        title.element(Origin::path(file.as_str()))
    };
    let mut others: Vec<&str> = found.notes.iter().map(|note| note.place.file.as_str()).collect();
    others.retain(|file| *file != found.primary.place.file);
    others.dedup();
    for file in others {
        let notes = || found.notes.iter().filter(move |note| note.place.file == file);
        if let Some(first) = notes().next() {
            group = group.element(snippet(report, first, None, notes()));
        }
    }
    if found.confidence == Confidence::Possible {
        group = group.element(Title::NOTE.message("possible only: a type is not known to the analyser"));
    }
    group = group.element(
        Title::NOTE.message(format!("{}; see `cargo fa explain {}`", found.lint.name, found.lint.code)),
    );
    if !found.help.is_empty() {
        group = group.element(Title::HELP.message(found.help.as_str()));
    }
    let mut groups = vec![group];
    if let Some(fix) = &found.fix {
        let mut group = Group::with_title(Title::HELP.secondary_title(one_line(&fix.title)));
        let mut files: Vec<&str> = fix.replacements.iter().map(|edit| edit.place.file.as_str()).collect();
        files.dedup();
        for file in files {
            let edits: Vec<_> = fix.replacements.iter().filter(|edit| edit.place.file == file).collect();
            group = group.elements(patches(report, file, &edits));
        }
        groups.push(group);
    }
    groups
}

/// Titles are one line; a message that has several must not break the layout.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn snippet<'a>(
    report: &'a Report,
    head: &'a Note,
    primary: Option<&'a Note>,
    notes: impl Iterator<Item = &'a Note>,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let notes: Vec<&Note> = notes.collect();
    let text = report.texts.get(&head.place.file).map_or("", |text| text);
    let excerpt =
        Excerpt::new(text, primary.into_iter().chain(notes.iter().copied()).map(|note| &note.place));
    let annotation = |kind: AnnotationKind, note: &'a Note| {
        let label = (!note.text.is_empty()).then_some(note.text.as_str());
        kind.span(excerpt.inside(&note.place)).label(label)
    };
    Snippet::source(excerpt.text)
        .line_start(excerpt.first_line)
        .path(head.place.file.as_str())
        .annotations(primary.map(|note| annotation(AnnotationKind::Primary, note)))
        .annotations(notes.iter().map(|note| annotation(AnnotationKind::Context, note)))
}

fn patches<'a>(
    report: &'a Report,
    file: &'a str,
    edits: &[&'a Replacement],
) -> Option<Snippet<'a, Patch<'a>>> {
    let text: &str = report.texts.get(file)?;
    let excerpt = Excerpt::new(text, edits.iter().map(|edit| &edit.place));
    let patches = edits.iter().map(|edit| Patch::new(excerpt.inside(&edit.place), edit.text.as_str()));
    Some(Snippet::source(excerpt.text).line_start(excerpt.first_line).path(file).patches(patches))
}

/// The part of a file that is shown: with the whole of a long one, each finding would be measured against all of it.
struct Excerpt<'a> {
    text: &'a str,
    start: usize,
    first_line: usize,
}

impl<'a> Excerpt<'a> {
    fn new<'p>(text: &'a str, places: impl Iterator<Item = &'p Place> + Clone) -> Self {
        let first = places.clone().map(|place| place.start as usize).min().unwrap_or(0).min(text.len());
        let last = places.map(|place| place.end as usize).max().unwrap_or(0).min(text.len());
        let mut start = first;
        for _ in 0..=AROUND {
            start = text[..start].rfind('\n').unwrap_or(0);
        }
        let start = if start == 0 { 0 } else { start + 1 };
        let mut end = last;
        for _ in 0..=AROUND {
            end = text[end..].find('\n').map_or(text.len(), |at| (end + at + 1).min(text.len()));
        }
        let first_line = text[..start].matches('\n').count() + 1;
        Self { text: &text[start..end], start, first_line }
    }

    fn inside(&self, place: &Place) -> Range<usize> {
        let clamp = |at: u32| (at as usize).saturating_sub(self.start).min(self.text.len());
        clamp(place.start)..clamp(place.end)
    }
}
