//! The comments of a Rust file. The parser drops them, and does not read a file with a mistake at all.

use std::ops::Range;

/// Each comment that is no documentation, delimiters included; of documentation, what is meant for the analyser.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        at = match rest {
            [b'/', b'/', ..] => {
                let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
                let end = at + text[at..end].trim_end().len();
                if !is_documentation(&text[at..end]) {
                    found.push(at..end);
                }
                end
            }
            [b'/', b'*', ..] => {
                let end = block_end(bytes, at);
                if !is_documentation(&text[at..end]) {
                    found.push(at..end);
                }
                end
            }
            [b'"', ..] => string_end(bytes, at + 1),
            [b'r', b'"' | b'#', ..] if !follows_name(bytes, at) => raw_string_end(bytes, at),
            [b'\'', b'\\', ..] => quote_end(bytes, at + 3),
            [b'\'', ..] => {
                // A lifetime has no quote behind its first character.
                let length = text[at + 1..].chars().next().map_or(0, char::len_utf8);
                if bytes.get(at + 1 + length) == Some(&b'\'') { at + 2 + length } else { at + 1 }
            }
            _ => at + 1,
        };
    }
    found
}

fn is_documentation(comment: &str) -> bool {
    match comment.as_bytes() {
        [b'/', b'/', b'/', rest @ ..] => rest.first() != Some(&b'/'),
        [b'/', b'*', b'*', rest @ ..] => !matches!(rest.first(), Some(b'*' | b'/')),
        [b'/', _, b'!', rest @ ..] => !rest.trim_ascii_start().starts_with(super::MARK.as_bytes()),
        _ => false,
    }
}

/// Whether a name is before `at`; one letter of a string's own prefix is none.
fn follows_name(bytes: &[u8], at: usize) -> bool {
    let is_name = |at: usize| bytes[at] == b'_' || bytes[at].is_ascii_alphanumeric() || bytes[at] >= 0x80;
    match at.checked_sub(1) {
        Some(before) if matches!(bytes[before], b'b' | b'c') => before > 0 && is_name(before - 1),
        Some(before) => is_name(before),
        None => false,
    }
}

fn block_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                at += 2;
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Behind a raw string, or behind the `r` of a raw name.
fn raw_string_end(bytes: &[u8], start: usize) -> usize {
    let hashes = bytes[start + 1..].iter().take_while(|byte| **byte == b'#').count();
    let open = start + 1 + hashes;
    if bytes.get(open) != Some(&b'"') {
        return start + 1;
    }
    let mut at = open + 1;
    while at < bytes.len() {
        let close =
            bytes[at] == b'"' && bytes[at + 1..].iter().take_while(|byte| **byte == b'#').count() >= hashes;
        at += 1;
        if close {
            return at + hashes;
        }
    }
    bytes.len()
}

/// Behind the quote that ends an escaped character.
fn quote_end(bytes: &[u8], from: usize) -> usize {
    let from = from.min(bytes.len());
    bytes[from..].iter().position(|byte| *byte == b'\'').map_or(bytes.len(), |end| from + end + 1)
}

#[cfg(test)]
mod tests {
    use super::find;

    fn comments(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn comments_of_each_kind_and_no_documentation() {
        assert_eq!(
            comments("// a\n/// b\n//! c\n//// d\nx /* e /* f */ g */ y /** h */ /*! i */ /***/ /**/"),
            ["// a", "//// d", "/* e /* f */ g */", "/***/", "/**/"]
        );
    }

    #[test]
    fn what_looks_like_one_in_a_literal_is_none() {
        assert_eq!(comments(r#"let a = "// x \" // y"; // a"#), ["// a"]);
        assert_eq!(comments("r\"\\\" // b\nr#\"// x \" // \"# // c"), ["// b", "// c"]);
        assert_eq!(comments("br#\"// x\"# // d\nr#fn // e\nvar\"// x\" // f"), ["// d", "// e", "// f"]);
        assert_eq!(
            comments("'\"' // a\n'\\'' // b\n'\\u{2f}' // c\n&'a x // d\n'é' // e"),
            ["// a", "// b", "// c", "// d", "// e"]
        );
    }

    #[test]
    fn what_does_not_end_ends_with_the_file() {
        for text in ["/* a", "\"a", "r#\"a\"", "'\\", "'", "\"\\", "r", "r#", "/", "b'\\"] {
            assert!(find(text).len() <= 1, "{text}");
        }
    }
}
