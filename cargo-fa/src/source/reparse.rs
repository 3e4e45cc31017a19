//! From the text of a file that was read before to its tree: what stands in the bodies of functions that are the same is
//! not read again.
//!
//! Before the parser sees the text, those bodies are emptied, byte for byte, so that everything keeps its place. What comes
//! out is taken only if the parser has found each of them as the body of a function, where it was left. Then what is between
//! their braces would have been read as it was before: up to the first of them both texts are the same; there the parser is
//! not within a string or comment; and behind its end it is not either, whichever text it reads. And so on with the next.
//!
//! Where the parser gives up, it would have given up at the same place in the whole text, if it had come no further than the
//! bodies before the edit, which it has read in this way before, and if those behind are in braces of their own.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::change::Change;
use super::file::SourceFile;
use super::memory::Tree;
use super::parse::parse_shown;
use super::span::Span;
use super::tree::{Fn, Item, ItemKind};

/// A body as the file has it now, and the function that had it before.
struct Same<'a> {
    body: Span,
    before: &'a Fn,
}

/// The items of a file that had these before; `None` if it has to be read as a whole.
pub(super) fn reparse(file: &SourceFile, before: &SourceFile, items: &[Item]) -> Option<Tree> {
    let change = Change::between(&before.text, &file.text);
    let same = same_bodies(change, items);
    if same.is_empty() {
        return None;
    }
    let mut bytes = file.text.as_bytes().to_vec();
    for one in &same {
        let inside = &mut bytes[one.body.start as usize + 1..one.body.end as usize - 1];
        inside.iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    }
    let emptied = String::from_utf8(bytes).ok()?;
    let mut braces = HashSet::new();
    let mut look = |tokens, base| find_braces(tokens, base, &mut braces);
    let items = match parse_shown(file, &emptied, Some(&mut look)) {
        Ok(items) => items,
        Err(problem) => {
            let mut behind = same.iter().map(|one| one.body).filter(|body| body.start >= change.after);
            // The end of the text has no place, and is behind everything.
            let is_before = |span: Span| span.end > 0 && behind.clone().all(|body| span.end <= body.start);
            let early = problem.span.is_some_and(is_before);
            return (early && behind.all(|body| braces.contains(&(body.start, body.end))))
                .then_some(Err(problem));
        }
    };
    let mut left: HashMap<Span, &Fn> = same.iter().map(|one| (one.body, one.before)).collect();
    each_function(&items, &mut |function| {
        let before = function.body.and_then(|body| left.remove(&body));
        // What was read of it says where everything is.
        let here = before.filter(|before| before.span == function.span && before.text() == function.text());
        if let Some(code) = here.and_then(|before| before.code.get()) {
            let _ = function.code.set(code.clone());
        }
    });
    left.is_empty().then(|| Ok(items.into()))
}

/// The pairs of braces with nothing in them.
fn find_braces(tokens: TokenStream, base: u32, found: &mut HashSet<(u32, u32)>) {
    for tree in tokens {
        let TokenTree::Group(group) = tree else { continue };
        if group.delimiter() == Delimiter::Brace && group.stream().is_empty() {
            let range = group.span().byte_range();
            found.insert((base + range.start as u32, base + range.end as u32));
        }
        find_braces(group.stream(), base, found);
    }
}

/// The bodies before and behind all that differs.
fn same_bodies(change: Change, items: &[Item]) -> Vec<Same<'_>> {
    let mut same = Vec::new();
    each_function(items, &mut |function| {
        let Some(body) = function.body.filter(|body| body.end - body.start > 2) else { return };
        // The items of its blocks are items of the file.
        if !function.inner.is_empty() {
            return;
        }
        if change.spares(body) {
            same.push(Same { body: change.moved(body), before: function });
        }
    });
    same
}

fn each_function<'a>(items: &'a [Item], each: &mut dyn FnMut(&'a Fn)) {
    for item in items {
        match &item.kind {
            ItemKind::Fn(function) => {
                each(function);
                function.inner.iter().for_each(|inner| each_function(&inner.items, each));
            }
            ItemKind::Impl(it) => each_function(&it.items, each),
            ItemKind::Trait(it) => each_function(&it.items, each),
            ItemKind::Mod(content) => each_function(content.items.as_deref().unwrap_or(&[]), each),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::file::SourceFile;
    use super::super::parse::parse;
    use super::super::span::FileId;
    use super::super::tree::Item;
    use super::{each_function, reparse};

    const BEFORE: &str = "//! é
use a::b;
struct S { f: Vec<u8> }
impl S { fn g(&self) -> u8 { let a = \"}\"; 1 } fn h() { '{' } }
fn i() { /* } */ b(); }
mod m { fn j() { loop {} } trait T { fn k(&self) { 'a: loop { break 'a } } } }
fn l() { use c::d; d() }
fn n() { r#\"\"# ; }
";

    fn file(text: &str) -> SourceFile {
        SourceFile::new(FileId(0), "".into(), String::new(), text.into())
    }

    fn shown(items: &[Item]) -> String {
        let mut functions = Vec::new();
        each_function(items, &mut |it| {
            functions.push((it.span, it.body, it.inner.len(), it.text().to_owned()));
        });
        format!("{items:?} {functions:?}")
    }

    /// Whether anything was left out, and then whether it is Rust; what comes out is the same in any case.
    #[track_caller]
    fn again(text: &str) -> Option<bool> {
        let before = file(BEFORE);
        let after = file(text);
        let found = reparse(&after, &before, &parse(&before).unwrap())?;
        match (&found, parse(&after)) {
            (Ok(found), Ok(whole)) => assert_eq!(shown(found), shown(&whole), "{text}"),
            (Err(problem), Err(whole)) => assert_eq!(*problem, whole, "{text}"),
            (found, whole) => panic!("{text}\n{found:?}\n{whole:?}"),
        }
        Some(found.is_ok())
    }

    #[test]
    fn what_comes_out_is_what_the_parser_makes_of_all() {
        for (from, to) in [
            ("b();", "b(); c();"),
            ("use a::b;", ""),
            ("loop {}", "loop { 1 }"),
            ("1 }", "1 } fn new() { 2 }"),
            ("fn l", "#[test] fn o() {} fn l"),
            ("d()", "d(); fn e() {}"),
            ("struct S", "// \"\nstruct S"),
            ("mod m {", "mod m { mod n {} "),
            ("é", "e"),
            ("1 }", "2 }"),
        ] {
            assert_eq!(again(&BEFORE.replacen(from, to, 1)), Some(true), "{from} {to}");
        }
    }

    #[test]
    fn what_may_be_read_in_another_way_is_read_as_a_whole() {
        for (from, to) in [
            // A comment or string that begins before bodies, and ends in one or never.
            ("struct S", "/* struct S"),
            ("struct S", "const C: &str = \"; struct S"),
            ("use a::b;", "const C: &str = r#\"; use a::b;"),
            // A body that is one no longer.
            ("fn i() {", "const I: u8 = match x {"),
            ("fn i() {", "struct I {"),
            ("fn i() {", "m! {"),
            // Nothing that can be read.
            ("b(); }", "b(); "),
        ] {
            assert_eq!(again(&BEFORE.replacen(from, to, 1)), None, "{from} {to}");
        }
        assert_eq!(again(""), None);
    }

    #[test]
    fn what_is_not_rust_before_the_bodies_behind_is_not_rust() {
        for (from, to) in [
            ("b();", "b("),
            ("b();", "b().; c()"),
            ("let a", "let a."),
            ("use a::b;", "use a::;"),
            ("struct S {", "struct S { g:, "),
            ("loop {}", "loop {} x."),
        ] {
            let text = BEFORE.replacen(from, to, 1);
            let known = again(&text);
            // Brackets that do not close swallow what is behind them.
            assert_eq!(known, (!to.ends_with('(')).then_some(false), "{from} {to}");
        }
    }

    #[test]
    fn any_byte_may_come_or_go() {
        for at in (0..BEFORE.len()).filter(|&at| BEFORE.is_char_boundary(at)) {
            for piece in ["\"", "{", "}", "/*", "*/", "'", "fn x() {}", " ", "r#"] {
                again(&format!("{}{piece}{}", &BEFORE[..at], &BEFORE[at..]));
            }
            for end in (at..BEFORE.len().min(at + 12)).filter(|&end| BEFORE.is_char_boundary(end)) {
                again(&format!("{}{}", &BEFORE[..at], &BEFORE[end..]));
            }
        }
    }
}
