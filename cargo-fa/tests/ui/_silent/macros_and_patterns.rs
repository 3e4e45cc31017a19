//! Macros of the program, patterns that look into references, iterators that copy.
use framealloc::{FrameMap, FrameString, FrameVec, SmartAlloc, frame_format};
use std::collections::HashSet;

macro_rules! in_frame {
    ($alloc:expr, $work:expr) => {{
        $alloc.begin_frame();
        let result = $work;
        $alloc.end_frame();
        result
    }};
}

macro_rules! largest {
    ($list:expr) => {
        $list.iter().copied().max().unwrap_or_default()
    };
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Token {
    Number(u32),
    Word(String),
    End,
}

enum Cached<'f> {
    Empty,
    Full(FrameVec<'f, u32>),
}

struct Lexer {
    alloc: SmartAlloc,
    seen: HashSet<String>,
    tokens: Vec<Token>,
    longest: usize,
    last: Option<char>,
    totals: (u32, f32),
}

impl Lexer {
    fn run(&mut self, text: &str) -> usize {
        let words = in_frame!(self.alloc, {
            let mut words = self.alloc.frame_vec::<&str>();
            words.extend(text.split(' '));
            self.longest = words.iter().map(|word| word.len()).max().unwrap_or(0);
            for &word in &words {
                match word.parse() {
                    Ok(number) => self.tokens.push(Token::Number(number)),
                    Err(_) if word.is_empty() => self.tokens.push(Token::End),
                    Err(_) => self.tokens.push(Token::Word(word.to_owned())),
                }
            }
            self.seen.extend(words.iter().map(|word| word.to_string()));
            words.len()
        });
        words
    }

    fn keys(&mut self) -> Vec<String> {
        self.alloc.begin_frame();
        let mut by_key: FrameMap<'_, &str, u32> = self.alloc.frame_map();
        for token in &self.tokens {
            match token {
                Token::Number(number) => *by_key.entry("number").or_insert(0) += *number,
                Token::Word(word) => *by_key.entry(word.as_str()).or_insert(0) += 1,
                Token::End => {}
            }
        }
        let mut keys: Vec<String> = by_key.keys().map(|key| (*key).to_owned()).collect();
        keys.sort();
        let total: u32 = by_key.values().sum();
        drop(by_key);
        self.totals.0 = total;
        self.alloc.end_frame();
        keys
    }

    fn label(&mut self) -> String {
        let _frame = self.alloc.frame();
        let text: FrameString<'_> = frame_format!(self.alloc, "{} tokens", self.tokens.len());
        self.last = text.chars().last();
        self.totals.1 = text.len() as f32;
        text.as_str().into()
    }
}

fn cached(alloc: &SmartAlloc, items: &[u32]) -> u32 {
    let mut cache = Cached::Empty;
    alloc.begin_frame();
    let mut sum = 0;
    for item in items {
        if let Cached::Empty = cache {
            cache = Cached::Full(alloc.frame_vec());
        }
        if let Cached::Full(list) = &mut cache {
            list.push(*item);
            sum = largest!(list);
        }
    }
    cache = Cached::Empty;
    alloc.end_frame();
    match cache {
        Cached::Empty => sum,
        Cached::Full(_) => 0,
    }
}

fn matched(alloc: &SmartAlloc, rows: &[(u32, Option<u32>)]) -> Vec<(u32, u32)> {
    alloc.begin_frame();
    let copy = alloc.frame_slice_copy(rows);
    let mut found = Vec::new();
    for (key, value) in copy.iter() {
        if let Some(value) = value {
            found.push((*key, *value));
        }
    }
    for &(key, value) in copy.iter() {
        found.extend(value.map(|value| (key, value)));
    }
    if let [(first, Some(value)), .., (last, _)] = *copy {
        found.push((first + last, value));
    }
    found.extend(copy.iter().filter_map(|&(key, value)| Some((key, value?))));
    drop(copy);
    alloc.end_frame();
    found
}

fn main() {
    let mut lexer = Lexer {
        alloc: SmartAlloc::with_defaults(),
        seen: HashSet::new(),
        tokens: Vec::new(),
        longest: 0,
        last: None,
        totals: (0, 0.0),
    };
    println!("{} {:?} {}", lexer.run("a 1 b"), lexer.keys(), lexer.label());
    println!("{:?} {} {:?} {:?}", lexer.seen.len(), lexer.longest, lexer.last, lexer.totals);
    println!("{}", cached(&lexer.alloc, &[1, 2]));
    println!("{:?}", matched(&lexer.alloc, &[(1, Some(2)), (3, None)]));
}
