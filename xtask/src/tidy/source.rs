//! A Rust file as a flat row of tokens with their lines: comments and the insides of strings are not there, and tests
//! can be left out. No syntax tree: the rules look for short sequences.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Word(String),
    Sign(char),
    /// `::`, which is one thing to every rule.
    PathSeparator,
    Literal,
    Open(char),
    Close(char),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Counted from 1.
    pub(super) line: usize,
    last_line: usize,
}

impl Token {
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(found) if found == word)
    }
}

pub(super) struct Source {
    /// Every token but documentation.
    pub(super) all: Vec<Token>,
    /// The same without what is compiled for tests only.
    pub(super) code: Vec<Token>,
    /// The text, for the rules that need comments.
    pub(super) lines: Vec<String>,
}

impl Source {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let stream =
            TokenStream::from_str(text).map_err(|error| format!("cannot be read as Rust: {error}"))?;
        let (mut all, mut code) = (Vec::new(), Vec::new());
        flatten(stream.clone(), true, &mut all);
        flatten(stream, false, &mut code);
        Ok(Self { all, code, lines: text.lines().map(str::to_owned).collect() })
    }

    /// How many lines hold code that is not a test.
    pub(super) fn code_lines(&self) -> usize {
        self.code.iter().flat_map(|token| token.line..=token.last_line).collect::<BTreeSet<_>>().len()
    }
}

fn flatten(stream: TokenStream, with_tests: bool, into: &mut Vec<Token>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while at < trees.len() {
        if let Some((attribute, inner, length)) = attribute(&trees[at..]) {
            if is_named(&attribute, "doc") {
                at += length;
                continue;
            }
            if !with_tests && is_for_tests(&attribute) {
                if inner {
                    return;
                }
                at += length + item_length(&trees[at + length..]);
                continue;
            }
        }
        let tree = &trees[at];
        at += 1;
        let (line, last_line) = (tree.span().start().line, tree.span().end().line);
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ('(', ')'),
                    Delimiter::Brace => ('{', '}'),
                    Delimiter::Bracket => ('[', ']'),
                    Delimiter::None => (' ', ' '),
                };
                into.push(Token { kind: Kind::Open(open), line, last_line: line });
                flatten(group.stream(), with_tests, into);
                into.push(Token { kind: Kind::Close(close), line: last_line, last_line });
            }
            TokenTree::Ident(word) => {
                into.push(Token { kind: Kind::Word(word.to_string()), line, last_line });
            }
            TokenTree::Punct(sign) if sign.as_char() == ':' && sign.spacing() == Spacing::Joint => {
                let double = matches!(trees.get(at), Some(TokenTree::Punct(next)) if next.as_char() == ':');
                at += usize::from(double);
                let kind = if double { Kind::PathSeparator } else { Kind::Sign(':') };
                into.push(Token { kind, line, last_line });
            }
            TokenTree::Punct(sign) => into.push(Token { kind: Kind::Sign(sign.as_char()), line, last_line }),
            TokenTree::Literal(_) => into.push(Token { kind: Kind::Literal, line, last_line }),
        }
    }
}

/// The attribute that `trees` begin with: its contents, whether it is an inner one, how many trees it is.
fn attribute(trees: &[TokenTree]) -> Option<(Group, bool, usize)> {
    let sign = |index: usize, sign: char| matches!(trees.get(index), Some(TokenTree::Punct(p)) if p.as_char() == sign);
    if !sign(0, '#') {
        return None;
    }
    let inner = sign(1, '!');
    let at = 1 + usize::from(inner);
    match trees.get(at)? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
            Some((group.clone(), inner, at + 1))
        }
        _ => None,
    }
}

fn is_named(attribute: &Group, name: &str) -> bool {
    matches!(attribute.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == name)
}

/// `cfg(test)` or `cfg(all(test, ..))`; not `cfg(any(test, ..))`, which other builds have too.
fn is_for_tests(attribute: &Group) -> bool {
    fn requires_test(stream: TokenStream) -> bool {
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        match &trees[..] {
            [TokenTree::Ident(word)] => word == "test",
            [TokenTree::Ident(word), TokenTree::Group(group)] if word == "all" => group
                .stream()
                .into_iter()
                .any(|tree| matches!(tree, TokenTree::Ident(word) if word == "test")),
            _ => false,
        }
    }
    let mut trees = attribute.stream().into_iter();
    is_named(attribute, "cfg")
        && matches!(trees.nth(1), Some(TokenTree::Group(condition)) if requires_test(condition.stream()))
}

/// How many trees belong to the item that `trees` begin with: up to its body, its `;`, or a field's `,`.
fn item_length(trees: &[TokenTree]) -> usize {
    let mut angles = 0_i32;
    for (index, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return index + 1,
            TokenTree::Punct(sign) => match sign.as_char() {
                ';' => return index + 1,
                ',' if angles == 0 => return index + 1,
                '<' => angles += 1,
                '>' => angles -= 1,
                _ => {}
            },
            _ => {}
        }
    }
    trees.len()
}

#[cfg(test)]
mod tests {
    use super::{Kind, Source, Token};

    fn words(text: &str, tests: bool) -> Vec<String> {
        let source = Source::parse(text).unwrap();
        let tokens = if tests { source.all } else { source.code };
        let word = |token: Token| if let Kind::Word(word) = token.kind { Some(word) } else { None };
        tokens.into_iter().filter_map(word).collect()
    }

    #[test]
    fn comments_strings_and_documentation_are_not_code() {
        let text = "//! one\n/// two\nfn three() { /* four */ let _ = \"five\"; } // six";
        assert_eq!(words(text, true), ["fn", "three", "let", "_"]);
    }

    #[test]
    fn what_is_for_tests_only_can_be_left_out() {
        let text = "#[cfg(test)] use a::b;\n#[cfg(all(test, unix))] fn c<D, E>(f: G) -> H { i }\n\
                    struct J { #[cfg(test)] k: L, m: N }\n#[cfg(any(test, o))] fn p() {}\n#[cfg(test)] mod q;";
        let kept = ["struct", "J", "m", "N", "cfg", "any", "test", "o", "fn", "p"];
        assert_eq!(words(text, false), kept);
        assert!(words(text, true).contains(&"i".to_owned()));
        assert!(words("#![cfg(test)] fn a() {}", false).is_empty());
    }

    #[test]
    fn lines_are_counted_where_code_is() {
        let text = "//! Doc.\n\n// comment\nfn a() {\n    b(\n        \"x\n        y\",\n    );\n\n}\n\
                    #[cfg(test)]\nmod tests {\n    fn c() {}\n}\n";
        assert_eq!(Source::parse(text).unwrap().code_lines(), 6);
    }

    #[test]
    fn a_path_separator_is_one_token() {
        let source = Source::parse("a::b : c").unwrap();
        let separators = source.all.iter().filter(|token| token.kind == Kind::PathSeparator);
        assert_eq!((separators.count(), source.all.len()), (1, 5));
    }
}
