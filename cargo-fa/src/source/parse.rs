//! From the text of a file to its tree. A pure function, and nothing of syn's tree survives it.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;

use super::cfg;
use super::file::{Problem, SourceFile};
use super::lower::Lowering;
use super::span::Span;
use super::tree::Item;

/// Brackets within brackets beyond this are taken for an attack on the stack, not for a program.
const DEEPEST: usize = 128;
/// The longest chain of operators or calls that is followed; each link is a level of the tree.
const STACK: usize = 64 << 20;

/// The items of a file.
///
/// # Errors
///
/// When the text is not Rust: where the parser gave up, and why.
pub fn parse(file: &SourceFile) -> Result<Vec<Item>, Problem> {
    parse_shown(file, &file.text, None)
}

/// The same, when the parser is shown another text of the same length. If it gives up, `look` sees the tokens that it was
/// given, and where they begin in the file.
pub(super) fn parse_shown(
    file: &SourceFile,
    shown: &str,
    look: Option<&mut dyn FnMut(TokenStream, u32)>,
) -> Result<Vec<Item>, Problem> {
    let (text, base) = code_of(shown);
    if let Some(at) = too_deep(code_of(&file.text).0) {
        let at = base + at as u32;
        return Err(Problem {
            span: Some(Span { file: file.id, start: at, end: at + 1 }),
            file: file.display.clone(),
            message: "brackets are nested too deeply to be read".to_owned(),
            help: format!("keep the nesting below {DEEPEST}, or exclude the file"),
        });
    }
    let tokens = text.parse::<TokenStream>().map_err(syn::Error::from);
    let seen = look.and_then(|look| Some((look, tokens.clone().ok()?)));
    let result = match tokens.and_then(syn::parse2::<syn::File>) {
        Ok(tree) => Ok(Lowering::new(file.id, base, text, file.text.clone()).items(&tree.items)),
        Err(error) => {
            if let Some((look, tokens)) = seen {
                look(tokens, base);
            }
            let range = error.span().byte_range();
            let end = file.text.len() as u32;
            let start = (base + range.start as u32).min(end);
            Err(Problem {
                span: Some(Span { file: file.id, start, end: (base + range.end as u32).clamp(start, end) }),
                file: file.display.clone(),
                message: format!("the file is not valid Rust: {error}"),
                help: "correct the syntax, or exclude the file; the other files are analysed".to_owned(),
            })
        }
    };
    // The parser keeps the text of each file it has seen for the positions of its tokens.
    proc_macro2::extra::invalidate_current_thread_spans();
    result
}

/// The items of a file that are there with these features. What is not there is noted in the file.
pub(super) fn parse_with(file: &mut SourceFile, features: &BTreeSet<String>) -> Result<Vec<Item>, Problem> {
    let (text, base) = code_of(&file.text);
    if too_deep(text).is_some() {
        return parse(file);
    }
    let base = base as usize;
    let excluded = cfg::excluded(text, features).into_iter();
    file.excluded = excluded.map(|place| place.start + base..place.end + base).collect();
    let text = cfg::blanked(&file.text, &file.excluded);
    parse(&SourceFile::new(file.id, file.path.clone(), file.display.clone(), text.into()))
}

/// Runs `work` where deep trees do not overflow the stack.
pub(crate) fn on_deep_stack<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build();
    let Ok(pool) = pool else { return work() };
    // From a thread of its own: a worker of another pool would begin other work while it waits, on top of this.
    let done = std::thread::scope(|scope| scope.spawn(|| pool.install(work)).join());
    done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The text without its byte order mark and its `#!` line, and how many bytes those took.
fn code_of(text: &str) -> (&str, u32) {
    let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let shebang = rest.strip_prefix("#!").filter(|after| !after.trim_start().starts_with('['));
    let rest = match shebang {
        Some(after) => after.find('\n').map_or("", |end| &after[end..]),
        None => rest,
    };
    (rest, (text.len() - rest.len()) as u32)
}

/// Where brackets are nested beyond what is followed. Brackets in comments and strings count too: it is an estimate.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut prefix = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        // Signs before a value are levels of the tree as well.
        match byte {
            b'!' | b'-' | b'*' | b'&' | b'|' | b'<' => prefix += 1,
            b' ' | b'\n' | b'\t' => {}
            _ => prefix = 0,
        }
        if depth > DEEPEST || prefix > 4 * DEEPEST {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::span::FileId;
    use super::super::tree::ItemKind;
    use super::{SourceFile, parse};

    #[test]
    fn places_are_bytes_whatever_the_characters_and_the_ends_of_lines() {
        let code = "struct S;\n  fn name(param: S) -> u8 {\n    let local = 1; local }";
        for before in
            ["", "// é\n", "/* ☃ */ ", "\u{feff}", "#!/usr/bin/env rust\n", "\u{feff}#!x é\r\n", "\r\n"]
        {
            let text = format!("{before}{code}");
            let file = SourceFile::new(FileId(0), "".into(), String::new(), text.into());
            let items = parse(&file).unwrap();
            let ItemKind::Fn(function) = &items[1].kind else { panic!("{items:?}") };
            let code = function.code();
            let spans = [
                items[0].name_span,
                items[1].name_span,
                code.params[0].0.span,
                code.params[0].1.span,
                code.result.as_ref().unwrap().span,
                code.body.as_ref().unwrap().span,
            ];
            let shown = spans.map(|span| file.slice(span));
            assert_eq!(
                shown,
                ["S", "name", "param", "S", "u8", "{\n    let local = 1; local }"],
                "{before:?}"
            );
            assert_eq!(function.body, Some(spans[5]));
        }
    }
}
