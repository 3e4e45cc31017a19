use super::FRAME_NOT_ENDED;
use crate::lints::testing::{MANY_WAYS, check};

#[test]
fn statements_that_leave_a_frame_open() {
    check(
        &FRAME_NOT_ENDED,
        r#"
use framealloc::SmartAlloc;
use std::sync::Arc;
fn early(alloc: &SmartAlloc, skip: bool) {
    alloc.begin_frame();
    if skip {
        return; //~ FA603
    }
    alloc.end_frame();
}
fn question(alloc: &SmartAlloc, text: &str) -> Result<u32, std::num::ParseIntError> {
    alloc.begin_frame();
    let n: u32 = text.parse()?; //~ FA603
    alloc.end_frame();
    Ok(n)
}
struct Game { alloc: Arc<SmartAlloc>, paused: bool, over: bool }
impl Game {
    fn run(&mut self) {
        loop {
            self.alloc.begin_frame();
            if self.paused {
                continue; //~ FA603
            }
            if self.over {
                break; //~ FA603
            }
            self.alloc.end_frame();
        }
    }
    fn arms(&self, what: u8) -> u8 {
        self.alloc.begin_frame();
        let n = match what {
            0 => 1,
            1 => return 7, //~ FA603
            2 => panic!("never"), //~ FA603
            _ => 2,
        };
        self.alloc.end_frame();
        n
    }
    fn falls(&self, what: bool) {
        self.alloc.begin_frame(); //~ FA603
        if what {
            self.alloc.end_frame();
        }
    }
    fn let_else(&self, n: Option<u8>) {
        let alloc = self.alloc.clone();
        alloc.begin_frame();
        let Some(n) = n else { return }; //~ FA603
        println!("{n}");
        alloc.end_frame();
    }
    fn promotions(&self, n: Option<u8>) -> Option<u8> {
        self.alloc.begin_frame();
        let m = n?; //~ FA603
        let _ = self.alloc.end_frame_with_promotions();
        Some(m)
    }
    fn helper(&self, n: Option<u8>) -> Option<u8> {
        self.alloc.begin_frame();
        let m = n?; //~ FA603
        self.finish();
        Some(m)
    }
    fn finish(&self) { self.alloc.end_frame(); }
}
"#,
    );
}

#[test]
fn a_frame_that_nothing_ends() {
    check(
        &FRAME_NOT_ENDED,
        r#"
use framealloc::SmartAlloc;
fn main() {
    let alloc = SmartAlloc::with_defaults();
    loop {
        alloc.begin_frame(); //~ FA603
        let v = alloc.frame_vec::<u8>();
        println!("{}", v.len());
    }
}
"#,
    );
}

#[test]
fn frames_that_end_on_every_path_are_silent() {
    check(
        &FRAME_NOT_ENDED,
        r#"
use framealloc::SmartAlloc;
struct Engine { alloc: SmartAlloc, done: bool }
impl Engine {
    fn start(&self) { self.alloc.begin_frame(); }
    fn finish(&self) { self.alloc.end_frame(); }
    fn turn(&self) -> Result<(), ()> { self.start(); self.finish(); Ok(()) }
    fn guard(&self, n: Option<u8>) -> Option<u8> { let _frame = self.alloc.frame(); let m = n?; Some(m) }
    fn both(&self, skip: bool) {
        self.alloc.begin_frame();
        if skip { self.alloc.end_frame(); return; }
        self.alloc.end_frame();
    }
    fn closure(&self, items: &[u8]) -> usize {
        self.alloc.begin_frame();
        let n = items.iter().filter(|n| { if **n > 3 { return false; } true }).count();
        self.alloc.with_tag("x", |a| { let v = a.frame_vec::<u8>(); if v.is_empty() { return; } });
        self.alloc.end_frame();
        n
    }
    fn inner_loop(&self, items: &[u8]) {
        self.alloc.begin_frame();
        for item in items { if *item == 0 { continue; } if *item == 9 { break; } println!("{item}"); }
        self.alloc.end_frame();
    }
    fn same_condition(&self) {
        if self.done { self.alloc.begin_frame(); }
        println!("{}", self.done);
        if self.done { self.alloc.end_frame(); }
    }
    fn after_loop(&self) {
        loop {
            self.alloc.begin_frame();
            if self.done { break; }
            self.alloc.end_frame();
        }
        self.alloc.end_frame();
    }
    fn run(&mut self) {
        while !self.done {
            self.alloc.begin_frame();
            let result = self.step();
            self.alloc.end_frame();
            if result.is_err() { return; }
        }
    }
    fn step(&self) -> Result<(), ()> { Ok(()) }
}
struct OnDrop<'a>(&'a SmartAlloc);
impl<'a> OnDrop<'a> { fn new(alloc: &'a SmartAlloc) -> Self { alloc.begin_frame(); OnDrop(alloc) } }
impl Drop for OnDrop<'_> { fn drop(&mut self) { self.0.end_frame(); } }
fn dropped(alloc: &SmartAlloc, n: Option<u8>) -> Option<u8> { let _guard = OnDrop::new(alloc); let m = n?; Some(m) }
fn labelled(alloc: &SmartAlloc) {
    'outer: loop {
        alloc.begin_frame();
        for i in 0..3 { if i == 2 { alloc.end_frame(); continue 'outer; } }
        alloc.end_frame();
        break;
    }
}
struct Stream; impl Stream { fn begin_frame(&self) {} fn end_frame(&self) {} }
fn look_alike(s: &Stream, n: Option<u8>) -> Option<u8> { s.begin_frame(); let m = n?; s.end_frame(); Some(m) }
"#,
    );
}

#[test]
fn many_ways_to_leave() {
    check(&FRAME_NOT_ENDED, MANY_WAYS);
}
