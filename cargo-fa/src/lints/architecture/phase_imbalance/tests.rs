use super::super::testing::examples;
use super::PHASE_IMBALANCE;
use crate::lint::options::LintOptions;
use crate::lints::testing::check;

#[test]
fn the_page_is_right() {
    examples(&PHASE_IMBALANCE, &LintOptions::default());
}

#[test]
fn phases_that_stay_open() {
    check(
        &PHASE_IMBALANCE,
        r#"
use framealloc::SmartAlloc;
pub fn early(a: &SmartAlloc, n: Option<u8>) -> Option<u8> {
    a.begin_phase("x");
    let n = n?; //~ FA805
    if n == 0 { return None; } //~ FA805
    a.end_phase();
    Some(n)
}
pub fn never(a: &SmartAlloc) { a.begin_phase("x"); drop(a.frame_box(1)); } //~ FA805
pub fn in_turns(a: &SmartAlloc) { for _ in 0..3 { a.begin_phase("x"); } } //~ FA805
pub fn one_arm(a: &SmartAlloc, n: u8) {
    a.begin_phase("x"); //~ FA805
    match n { 0 => a.end_phase(), _ => {} }
}
pub fn inner(a: &SmartAlloc, n: u8) {
    a.begin_phase("outer"); //~ FA805
    a.begin_phase("inner");
    a.end_phase();
    println!("{n}");
}
pub fn turns(a: &SmartAlloc, list: &[u8]) {
    'all: for n in list {
        a.begin_phase("x");
        for m in 0..*n {
            if m == 3 { continue 'all; } //~ FA805
            if m == 4 { break 'all; } //~ FA805
            if m == 5 { break; }
        }
        a.end_phase();
    }
}
pub fn let_else(a: &SmartAlloc, n: Option<u8>) {
    a.with_tag("t", |a| a.begin_phase("x"));
    let Some(n) = n else { return }; //~ FA805
    println!("{n}");
    a.end_phase();
}
pub fn worker(a: SmartAlloc) {
    std::thread::spawn(move || {
        a.begin_phase("x"); //~ FA805
        drop(a.frame_box(1));
    });
}
pub fn two(a: &SmartAlloc, b: &SmartAlloc) {
    a.begin_phase("x"); //~ FA805
    b.begin_phase("y");
    b.end_phase();
}
"#,
    );
}

#[test]
fn ends_of_nothing() {
    check(
        &PHASE_IMBALANCE,
        r#"
use framealloc::SmartAlloc;
pub fn alone(a: &SmartAlloc) { a.end_phase(); } //~ FA805
pub fn twice(a: &SmartAlloc) {
    a.begin_phase("x");
    a.end_phase();
    a.end_phase(); //~ FA805
}
pub fn of_a_guard(a: &SmartAlloc) { let _phase = a.phase("x"); a.end_phase(); } //~ FA805
pub fn under_a_condition(a: &SmartAlloc, deep: bool) {
    if deep { a.begin_phase("x"); }
    a.end_phase(); //~ FA805
}
pub fn other(a: &SmartAlloc, b: &SmartAlloc) {
    a.begin_phase("x"); //~ FA805
    b.end_phase(); //~ FA805
}
"#,
    );
}

#[test]
fn balanced_phases_are_silent() {
    check(
        &PHASE_IMBALANCE,
        r#"
use framealloc::SmartAlloc;
pub fn same_condition(a: &SmartAlloc, on: bool) {
    if on { a.begin_phase("x"); }
    drop(a.frame_box(1));
    if on { a.end_phase(); }
}
pub struct Pass { a: SmartAlloc }
impl Pass {
    pub fn start(&self) { self.a.begin_phase("pass"); }
    pub fn finish(&self) { self.a.end_phase(); }
}
fn open(a: &SmartAlloc) { a.begin_phase("x"); }
fn close(a: &SmartAlloc) { a.end_phase(); }
pub fn through_helpers(a: &SmartAlloc) { open(a); drop(a.frame_box(1)); close(a); }
pub struct Guard<'a>(&'a SmartAlloc);
impl<'a> Guard<'a> { pub fn new(a: &'a SmartAlloc) -> Self { a.begin_phase("x"); Self(a) } }
impl Drop for Guard<'_> { fn drop(&mut self) { self.0.end_phase(); } }
pub fn guarded(a: &SmartAlloc, n: Option<u8>) -> Option<u8> { let _phase = Guard::new(a); n?; n }
pub fn after_the_loop(a: &SmartAlloc, list: &[u8]) {
    a.begin_phase("x");
    for n in list { if *n == 0 { break; } if *n == 1 { continue; } }
    a.end_phase();
}
pub fn closure(a: &SmartAlloc, list: &[u8]) -> usize {
    a.begin_phase("x");
    let n = list.iter().filter(|n| { if **n == 0 { return false; } true }).count();
    a.end_phase();
    n
}
pub fn arms(a: &SmartAlloc, n: u8) -> u8 {
    a.begin_phase("x");
    let m = match n { 0 => { a.end_phase(); return 1; } 1 => 2, _ => 3 };
    a.end_phase();
    m
}
pub struct Own; impl Own { pub fn begin_phase(&self) {} pub fn end_phase(&self) {} }
pub fn own(o: &Own, n: Option<u8>) -> Option<u8> { o.begin_phase(); n?; o.end_phase(); n }
"#,
    );
}

#[test]
fn callers_of_helpers_answer_for_their_paths() {
    check(
        &PHASE_IMBALANCE,
        r#"
use framealloc::SmartAlloc;
fn open(a: &SmartAlloc) { a.begin_phase("x"); }
fn close(a: &SmartAlloc) { a.end_phase(); }
pub fn early(a: &SmartAlloc, n: Option<u8>) -> Option<u8> {
    open(a);
    let n = n?; //~ FA805
    close(a);
    Some(n)
}
"#,
    );
}
