//! Comments that silence findings: `// fa: allow(FA602) -- why`, behind the line or above the item or statement.

mod comments;
mod extent;

use std::ops::Range;

use super::declare::Lint;
use super::finding::{Edit, Fix};
use super::nearest::{did_you_mean, nearest};
use super::registry::Registry;
use crate::source::SourceFile;
use crate::source::Span;

/// What a comment begins with to be meant for the analyser.
const MARK: &str = "fa:";

/// One comment of a file.
#[derive(Debug)]
pub struct Suppression {
    /// The comment, delimiters included.
    pub span: Span,
    /// What it covers.
    pub covers: Range<u32>,
    /// The lints that it names; none is every lint.
    pub lints: Vec<Named>,
    /// Whether it is in code that only tests have.
    pub in_tests: bool,
    alone: bool,
}

/// A lint in the list of a comment.
#[derive(Debug)]
pub struct Named {
    /// The lint.
    pub lint: &'static Lint,
    /// Where it is named.
    pub span: Span,
}

/// A comment that is meant for the analyser and cannot be understood.
#[derive(Debug)]
pub struct Malformed {
    /// The part that is wrong.
    pub span: Span,
    /// What is wrong with it.
    pub message: String,
    /// What to write.
    pub help: String,
}

/// The comments of one file.
#[derive(Debug, Default)]
pub struct Suppressions {
    /// Those that count.
    pub found: Vec<Suppression>,
    /// Those that do not.
    pub malformed: Vec<Malformed>,
}

impl Suppressions {
    /// Reads the comments of a file. In one that is not `readable`, a comment reaches no further than a line.
    pub fn read(file: &SourceFile, registry: Registry, readable: bool) -> Self {
        let mut all = Self::default();
        // Nearly every file: nothing of it needs to be read again.
        if !file.text.contains(MARK) {
            return all;
        }
        let text = &*file.text;
        let mut extents = None;
        for comment in comments::find(text) {
            let span = |range: Range<usize>| Span {
                file: file.id,
                start: range.start as u32,
                end: range.end as u32,
            };
            let Some(body) = directive(text, &comment) else { continue };
            let lints = match list(text, body.clone()) {
                Ok(words) => words,
                Err((range, message)) => {
                    let help = "write `// fa: allow(FA602) -- why`".to_owned();
                    all.malformed.push(Malformed { span: span(range), message, help });
                    continue;
                }
            };
            let mut named = Vec::new();
            let given = lints.len();
            for range in lints {
                let word = &text[range.clone()];
                match registry.lint(word) {
                    Some(lint) => named.push(Named { lint, span: span(range) }),
                    None => {
                        let hint = did_you_mean(word, registry.names());
                        all.malformed.push(Malformed {
                            span: span(range),
                            message: format!("there is no lint `{word}`"),
                            help: if hint.is_empty() {
                                "`cargo fa list` has the codes and names of all".to_owned()
                            } else {
                                hint
                            },
                        });
                    }
                }
            }
            if given > 0 && named.is_empty() {
                continue;
            }
            let extents = extents.get_or_insert_with(|| extent::Extents::of(text, readable));
            let before = &text[line_start(text, comment.start)..comment.start];
            let alone = before.trim_start_matches('\u{feff}').trim().is_empty();
            let covers = match () {
                () if is_inner(&text[comment.clone()]) => extents.around(comment.start),
                () if alone => extents.below(comment.end),
                () => line(text, comment.start),
            };
            all.found.push(Suppression {
                span: span(comment.clone()),
                covers: covers.start as u32..covers.end as u32,
                lints: named,
                in_tests: extents.is_test(comment.start),
                alone,
            });
        }
        all
    }
}

impl Suppression {
    /// Whether it silences a finding of this lint that begins at this byte.
    pub fn silences(&self, lint: &Lint, start: u32) -> bool {
        self.covers.contains(&start)
            && (self.lints.is_empty() || self.lints.iter().any(|named| named.lint.code == lint.code))
    }

    /// The edit that takes it away, or one of its lints.
    pub fn removal(&self, file: &SourceFile, named: Option<&Named>) -> Fix {
        let text = &*file.text;
        let (start, end) = (self.span.start as usize, self.span.end as usize);
        let (title, range) = match named {
            Some(named) if self.lints.len() > 1 => {
                let (from, to) = (named.span.start as usize, named.span.end as usize);
                let blank = |at: &str| at.len() - at.trim_start().len();
                let range = match text[to..].trim_start().starts_with(',') {
                    // The comma behind it and the blanks after that; for the last one, those before it.
                    true => {
                        let comma = to + blank(&text[to..]) + 1;
                        from..comma + blank(&text[comma..])
                    }
                    false => text[..from].trim_end().trim_end_matches(',').len()..to,
                };
                (format!("remove `{}` from the comment", named.lint.code), range)
            }
            _ if self.alone => {
                let end = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
                ("remove the comment".to_owned(), line_start(text, start)..end)
            }
            _ => ("remove the comment".to_owned(), text[..start].trim_end().len()..end),
        };
        let span = Span { file: file.id, start: range.start as u32, end: range.end as u32 };
        Fix { title, edits: vec![Edit { span, replacement: String::new() }] }
    }
}

/// `//! fa: allow(..)` is about what it is in, as other inner documentation is.
fn is_inner(comment: &str) -> bool {
    comment[2..].starts_with('!')
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |at| at + 1)
}

fn line(text: &str, at: usize) -> Range<usize> {
    line_start(text, at)..text[at..].find('\n').map_or(text.len(), |end| at + end)
}

/// What stands behind `fa:` in a comment, if the comment is meant for the analyser and is no prose that begins so.
fn directive(text: &str, comment: &Range<usize>) -> Option<Range<usize>> {
    let whole = &text[comment.clone()];
    let inside = whole.strip_prefix("//").or_else(|| whole.strip_prefix("/*")?.strip_suffix("*/"))?;
    let body = inside.strip_prefix('!').unwrap_or(inside).trim_start().strip_prefix(MARK)?;
    let word: String = body.trim_start().chars().take_while(|c| c.is_alphanumeric()).collect();
    let meant = nearest(&word, ["allow", "ignore", "expect", "deny", "warn", "disable"]).is_some()
        || body.trim_start()[word.len()..].starts_with('(');
    let end = comment.end - usize::from(whole.starts_with("/*")) * 2;
    meant.then(|| end - body.len()..end)
}

/// The places of the words in `allow(FA602, FA301) -- why`.
fn list(text: &str, body: Range<usize>) -> Result<Vec<Range<usize>>, (Range<usize>, String)> {
    let part = |part: &str| {
        let start = part.as_ptr() as usize - text.as_ptr() as usize;
        start..start + part.len()
    };
    let whole = text[body].trim();
    let Some(rest) = whole.strip_prefix("allow").map(str::trim_start) else {
        let word = whole.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        return Err((part(whole), format!("a comment cannot `{word}` anything")));
    };
    let (list, rest) = match rest.strip_prefix('(') {
        Some(inside) => match inside.split_once(')') {
            Some((list, rest)) => (Some(list), rest.trim_start()),
            None => return Err((part(whole), "the list of lints does not end".to_owned())),
        },
        None => (None, rest),
    };
    if !rest.is_empty() && !rest.starts_with("--") {
        return Err((part(rest), "a reason begins with `--`".to_owned()));
    }
    let words: Vec<_> =
        list.unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
    match list {
        Some(_) if words.is_empty() => Err((part(whole), "the list of lints is empty".to_owned())),
        _ => Ok(words.into_iter().map(part).collect()),
    }
}

#[cfg(test)]
mod tests;
