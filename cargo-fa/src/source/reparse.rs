//! From the text of a file that was read before to its tree: what stands in the bodies of functions that are the same is
//! not read again.
//!
//! Before the parser sees the text, those bodies are emptied, byte for byte, so that everything keeps its place. What comes
//! out is taken only if the parser has found each of them as the body of a function, where it was left. Then what is between
//! their braces would have been read as it was before: up to the first of them both texts are the same; there the parser is
//! not within a string or comment; and behind its end it is not either, whichever text it reads. And so on with the next.

use std::collections::HashMap;

use super::file::SourceFile;
use super::parse::parse_shown;
use super::span::Span;
use super::tree::{Fn, Item, ItemKind};

/// A body as the file has it now, and the function that had it before.
struct Same<'a> {
    body: Span,
    before: &'a Fn,
}

/// The items of a file that had these before; `None` if it has to be read as a whole.
pub(super) fn reparse(file: &SourceFile, before: &SourceFile, items: &[Item]) -> Option<Vec<Item>> {
    let same = same_bodies(&file.text, &before.text, items);
    if same.is_empty() {
        return None;
    }
    let mut bytes = file.text.as_bytes().to_vec();
    for one in &same {
        let inside = &mut bytes[one.body.start as usize + 1..one.body.end as usize - 1];
        inside.iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    }
    let emptied = String::from_utf8(bytes).ok()?;
    let items = parse_shown(file, &emptied).ok()?;
    let mut left: HashMap<Span, &Fn> = same.iter().map(|one| (one.body, one.before)).collect();
    each_function(&items, &mut |function| {
        let before = function.body.and_then(|body| left.remove(&body));
        // What was read of it says where everything is.
        let here = before.filter(|before| before.span == function.span && before.text() == function.text());
        if let Some(code) = here.and_then(|before| before.code.get()) {
            let _ = function.code.set(code.clone());
        }
    });
    left.is_empty().then_some(items)
}

/// The bodies before and behind all that differs.
fn same_bodies<'a>(now: &str, before: &str, items: &'a [Item]) -> Vec<Same<'a>> {
    let (now, before) = (now.as_bytes(), before.as_bytes());
    let head = now.iter().zip(before).take_while(|(now, before)| now == before).count();
    let rest = now.iter().rev().zip(before.iter().rev());
    let most = now.len().min(before.len()) - head;
    let tail = rest.take(most).take_while(|(now, before)| now == before).count();
    let (tail_now, tail_before) = (now.len() - tail, before.len() - tail);
    let mut same = Vec::new();
    each_function(items, &mut |function| {
        let Some(body) = function.body.filter(|body| body.end - body.start > 2) else { return };
        // The items of its blocks are items of the file.
        if !function.inner.is_empty() {
            return;
        }
        if body.end as usize <= head {
            same.push(Same { body, before: function });
        } else if body.start as usize >= tail_before {
            let moved = |at: u32| (at as usize - tail_before + tail_now) as u32;
            let body = Span { start: moved(body.start), end: moved(body.end), ..body };
            same.push(Same { body, before: function });
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

    /// Whether anything was left out; what comes out is the same in any case.
    #[track_caller]
    fn again(text: &str) -> bool {
        let before = file(BEFORE);
        let after = file(text);
        let found = reparse(&after, &before, &parse(&before).unwrap());
        if let Some(found) = &found {
            assert_eq!(shown(found), shown(&parse(&after).unwrap()), "{text}");
        }
        found.is_some()
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
            assert!(again(&BEFORE.replacen(from, to, 1)), "{from} {to}");
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
            ("fn i() {", "fn i( {"),
            ("b(); }", "b(); "),
        ] {
            assert!(!again(&BEFORE.replacen(from, to, 1)), "{from} {to}");
        }
        assert!(!again(""));
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
