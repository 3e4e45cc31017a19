//! Texts that are nearly programs: real ones with tokens taken out, doubled, moved and nested. Tests and the fuzzer use it.

use std::ops::Range;

use fastrand::Rng;

/// Words that mean something to the analyser, and what is seldom where it is expected.
const WORDS: [&str; 40] = [
    ".await",
    ".begin_frame()",
    ".end_frame()",
    ".frame()",
    ".frame_box(1)",
    ".frame_vec::<u8>()",
    ".pool_box(x)",
    ".with_tag(\"a\", |a| ",
    ".tag(\"a/b\")",
    ".begin_phase(\"p\")",
    ".clone()",
    "?",
    "return ",
    "break 'a ",
    "continue;",
    "'a: loop {",
    "while let Some(x) = ",
    "for x in ",
    "if let ",
    "match x {",
    "=> ",
    "let Some(x) = y else {",
    "async move {",
    "move |x| ",
    "unsafe {",
    "impl<T: ?Sized> ",
    "impl Drop for X { fn drop(&mut self) {",
    "macro_rules! m {",
    "self",
    "Self::",
    "super::super::",
    "use self::*;",
    "r#\"",
    "b'\\''",
    "'",
    "/*",
    "// fa: allow(FA601, FA602) -- ",
    "// fa: allow(",
    "\u{feff}",
    "é😀\u{0}",
];

/// What is opened many times over.
const NESTS: [(&str, &str); 10] = [
    ("(", ")"),
    ("{", "}"),
    ("[", "]"),
    ("&", ""),
    ("!", ""),
    ("if x {", "}"),
    ("|x| ", ""),
    ("f(", ")"),
    ("Box<", ">"),
    ("1 + ", ""),
];

/// Another text, of at most `most` bytes; the same for the same seed.
pub(crate) fn mutate(text: &str, seed: u64, most: usize) -> String {
    let mut rng = Rng::with_seed(seed);
    let mut text = text.to_owned();
    for _ in 0..rng.usize(1..=4) {
        text = once(&text, &mut rng);
        let mut end = text.len().min(most);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    text
}

fn once(text: &str, rng: &mut Rng) -> String {
    let tokens = tokens(text);
    let (one, other) = (range(&tokens, rng), range(&tokens, rng));
    let word = WORDS[rng.usize(..WORDS.len())];
    let at = |range: &Range<usize>| &text[range.clone()];
    let (before, behind) = (&text[..one.start], &text[one.end..]);
    match rng.u8(..9) {
        0 => format!("{before}{behind}"),
        1 => format!("{before}{}{}{behind}", at(&one), at(&one)),
        2 => format!("{before}{}{behind}", at(&other)),
        3 => before.to_owned(),
        4 => format!("{before}{word}{}{behind}", at(&one)),
        5 => format!("{before}{word}{behind}"),
        6 => {
            let (open, close) = NESTS[rng.usize(..NESTS.len())];
            let depth = 1 << rng.u32(..11);
            format!("{before}{}{}{}{behind}", open.repeat(depth), at(&one), close.repeat(depth))
        }
        7 => {
            // The two change places.
            let (first, second) = if one.start <= other.start { (one, other) } else { (other, one) };
            let second = second.start.max(first.end)..second.end.max(first.end);
            let between = &text[first.end..second.start];
            let (head, tail) = (&text[..first.start], &text[second.end..]);
            format!("{head}{}{between}{}{tail}", at(&second), at(&first))
        }
        _ => format!("{before}{}{behind}", at(&one).repeat(rng.usize(2..40))),
    }
}

/// Some tokens that stand together; few, more often than not.
fn range(tokens: &[usize], rng: &mut Rng) -> Range<usize> {
    let first = rng.usize(..tokens.len());
    let reach = 1 << rng.u32(..8);
    let last = (first + rng.usize(..reach)).min(tokens.len() - 1);
    tokens[first]..tokens[last]
}

/// Where tokens begin, and the end.
fn tokens(text: &str) -> Vec<usize> {
    let kind = |c: char| match c {
        _ if c.is_alphanumeric() || c == '_' => 0,
        _ if c.is_whitespace() => 1,
        _ => 2,
    };
    let mut starts = Vec::new();
    let mut last = None;
    for (at, c) in text.char_indices() {
        if kind(c) == 2 || last != Some(kind(c)) {
            starts.push(at);
        }
        last = Some(kind(c));
    }
    starts.push(text.len());
    starts
}
