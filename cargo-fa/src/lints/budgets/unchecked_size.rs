//! FA303.

mod input;

use crate::flow::Program;
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;

use input::{Unchecked, unchecked};

declare_lint! {
    /// The length of an allocation was parsed, received or read, and nothing compared it with anything since.
    ///
    /// ## Why
    ///
    /// Whoever writes the file or the packet decides how much memory the program takes. Four bytes of a damaged header
    /// ask for four gigabytes, and the frame that gives them never shrinks to what it was.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// fn points(alloc: &SmartAlloc, header: &str) -> usize {
    ///     let count: usize = header.trim().parse().unwrap_or(0);
    ///     alloc.frame_slice::<[f32; 3]>(count).len()
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// # const MOST: usize = 4096;
    /// fn points(alloc: &SmartAlloc, header: &str) -> usize {
    ///     let count: usize = header.trim().parse().unwrap_or(0);
    ///     alloc.frame_slice::<[f32; 3]>(count.min(MOST)).len()
    /// }
    /// ```
    ///
    /// A comparison with anything but zero, `min`, `clamp`, and a conversion that fails (`u16::try_from`, `parse::<u16>()`)
    /// bound a length; so does a function of the crate that compares what it is given. A number of two bytes that is read
    /// as it stands does not: 65,535 meshes are more than a frame. One byte does.
    ///
    /// ## What it cannot see
    ///
    /// Numbers that other crates read, and whether a comparison compares with what is meant.
    pub UNCHECKED_SIZE = "FA303", "unchecked-size", Budgets, Warn, "the length of an allocation comes from outside unchecked";
    check = check;
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    findings.extend(unchecked(program).iter().filter_map(|found| finding(program, found)));
}

fn finding(program: &Program, found: &Unchecked) -> Option<Finding> {
    let function = program.function(found.function)?;
    let mut labels = vec![Label { span: found.source, text: "the length comes from here".to_owned() }];
    labels.extend(found.handed.map(|span| Label { span, text: "and is handed over here".to_owned() }));
    Some(Finding {
        lint: &UNCHECKED_SIZE,
        confidence: if found.guessed { Confidence::Possible } else { Confidence::Certain },
        message: "the length of this allocation comes from outside, and nothing bounds it".to_owned(),
        primary: Label { span: found.span, text: "as much memory as the input asks for".to_owned() },
        labels,
        help: "compare the length with the most that is right before allocating, or take `length.min(MOST)`"
            .to_owned(),
        fix: None,
        item: program.path(function).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::UNCHECKED_SIZE;
    use crate::lints::testing::check;

    #[test]
    fn lengths_from_outside() {
        check(
            &UNCHECKED_SIZE,
            r#"
use framealloc::SmartAlloc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
struct Header { width: u32, height: u32 }
fn header(raw: [u8; 8]) -> Option<Header> {
    let width = u32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]);
    let height = u32::from_le_bytes([raw[4], raw[5], raw[6], raw[7]]);
    Some(Header { width, height })
}
impl Header { fn area(&self) -> usize { self.width as usize * self.height as usize } }
fn area(alloc: &SmartAlloc, raw: [u8; 8]) { if let Some(h) = header(raw) { println!("{}", alloc.heap_slice::<u8>(h.area()).len()); } } //~ FA303
fn other_field(alloc: &SmartAlloc, raw: [u8; 8]) {
    let Some(h) = header(raw) else { return };
    if h.width > 64 { return; }
    let row = alloc.frame_slice::<u8>(h.width as usize);
    let col = alloc.frame_slice::<u8>(h.height as usize); //~ FA303
    println!("{} {}", row.len(), col.len());
}
fn deep(alloc: &SmartAlloc, n: usize) { deeper(alloc, n * 2) }
fn deeper(alloc: &SmartAlloc, n: usize) { println!("{}", alloc.frame_slice::<u8>(n).len()); } //~ FA303
fn parsed(alloc: &SmartAlloc, text: &str) { deep(alloc, text.parse::<usize>().unwrap_or(1)); }
fn one_branch(alloc: &SmartAlloc, text: &str, strict: bool) {
    let n: usize = text.parse().unwrap_or(0);
    if strict && n > 9 { return; }
    println!("{}", alloc.try_frame_vec_with_capacity::<u8>(n).is_ok()); //~ FA303
}
fn pair(alloc: &SmartAlloc, sizes: &Receiver<(usize, usize)>) {
    while let Ok((a, b)) = sizes.recv() {
        if a > 4 { continue; }
        println!("{}", alloc.frame_slice::<u8>(a).len());
        println!("{}", alloc.frame_slice::<u8>(b).len()); //~ FA303
    }
}
fn captured(alloc: &'static SmartAlloc, text: &str) {
    let n: usize = text.parse().unwrap_or(0);
    std::thread::spawn(move || println!("{}", alloc.frame_slice::<u8>(n).len())); //~ FA303
}
fn argument(alloc: &SmartAlloc) -> usize {
    let rows = std::env::args().nth(1).map_or(Ok(4), |arg| arg.parse::<usize>());
    match rows { Ok(rows) => alloc.frame_slice::<u8>(rows).len(), Err(_) => 0 } //~ FA303
}
fn local_closure(alloc: &SmartAlloc, text: &str) -> usize {
    let number = |text: &str| text.parse::<usize>().unwrap_or(0);
    let twice = |n: usize| n * 2;
    alloc.frame_slice::<u8>(twice(number(text))).len() //~ FA303
}
fn each(alloc: &SmartAlloc, sizes: Receiver<usize>) { for n in sizes { let _frame = alloc.frame(); println!("{}", alloc.frame_slice::<u8>(n).len()); } } //~ FA303
fn total(alloc: &SmartAlloc, text: &str) -> usize {
    let mut sum = 0;
    for word in text.split(' ') { sum += word.parse::<usize>().unwrap_or(0); }
    alloc.frame_slice::<u8>(sum).len() //~ FA303
}
struct Config { count: usize }
impl std::str::FromStr for Config {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> { Ok(Self { count: text.parse()? }) }
}
fn config(alloc: &SmartAlloc, text: &str) -> usize {
    let Ok(config) = text.parse::<Config>() else { return 0 };
    alloc.frame_slice::<u8>(config.count).len() //~ FA303
}
static SIZE: AtomicUsize = AtomicUsize::new(0);
fn set(text: &str) { SIZE.store(text.parse().unwrap_or(0), Ordering::Relaxed); }
fn of_static(alloc: &SmartAlloc) -> usize { alloc.frame_slice::<u8>(SIZE.load(Ordering::Relaxed)).len() } //~ FA303
fn wide(alloc: &SmartAlloc, bytes: [u8; 8]) -> usize {
    let n: usize = u64::from_le_bytes(bytes).try_into().unwrap_or(0);
    alloc.frame_slice::<u8>(n).len() //~ FA303
}
fn any_arm(alloc: &SmartAlloc, text: &str) -> usize {
    match text.parse::<usize>() { Ok(n) => alloc.frame_slice::<u8>(n).len(), Err(_) => 0 } //~ FA303
}
struct World { size: usize }
impl World {
    fn read(&mut self, text: &str) { self.size = text.parse().unwrap_or(3); }
    fn build(&self, alloc: &SmartAlloc) -> usize { alloc.frame_slice::<u8>(self.size).len() } //~ FA303
}
fn world(alloc: &SmartAlloc) -> usize { let mut w = World { size: 0 }; w.read("4"); w.build(alloc) }
"#,
        );
    }

    #[test]
    fn lengths_that_were_checked() {
        check(
            &UNCHECKED_SIZE,
            r#"
use framealloc::SmartAlloc;
const MOST: usize = 64;
fn valid(n: usize) -> Result<(), ()> { if n > MOST { return Err(()); } Ok(()) }
fn bounded(n: usize) -> Option<usize> { if n > MOST { None } else { Some(n) } }
fn helper(alloc: &SmartAlloc, text: &str) -> Result<usize, ()> {
    let n: usize = text.parse().map_err(|_| ())?;
    valid(n)?;
    Ok(alloc.frame_slice::<u8>(n).len())
}
fn through(alloc: &SmartAlloc, text: &str) -> usize {
    let n = text.parse().ok().and_then(bounded).unwrap_or(0);
    alloc.frame_slice::<u8>(n).len()
}
fn arms(alloc: &SmartAlloc, text: &str) -> usize {
    let n: usize = text.parse().unwrap_or(0);
    match n { 0..=64 => alloc.frame_slice::<u8>(n).len(), _ => 0 }
}
fn guard(alloc: &SmartAlloc, text: &str) -> usize {
    match text.parse::<usize>() { Ok(n) if n < MOST => alloc.frame_slice::<u8>(n).len(), _ => 0 }
}
fn ordered(alloc: &SmartAlloc, text: &str) -> usize {
    let n: usize = text.parse().unwrap_or(0);
    match n.cmp(&MOST) { std::cmp::Ordering::Greater => 0, _ => alloc.frame_slice::<u8>(n).len() }
}
fn ranged(alloc: &SmartAlloc, text: &str) -> usize {
    let n: usize = text.parse().unwrap_or(0);
    if (1..=MOST).contains(&n) { alloc.frame_slice::<u8>(n).len() } else { 0 }
}
fn guarded(alloc: &SmartAlloc, text: &str) -> usize {
    match text.parse::<usize>().unwrap_or(0) { n if n > MOST => 0, n => alloc.frame_slice::<u8>(n).len() }
}
fn one_of(alloc: &SmartAlloc, text: &str) -> usize {
    match text.parse::<usize>() { Ok(n @ (8 | 16 | 32)) => alloc.frame_slice::<u8>(n).len(), _ => 0 }
}
fn small(alloc: &SmartAlloc, bytes: [u8; 8]) -> usize {
    let n: u16 = u64::from_le_bytes(bytes).try_into().unwrap_or(0);
    alloc.frame_slice::<u8>(n as usize).len()
}
fn narrow(alloc: &SmartAlloc, text: &str) -> usize {
    let n: u8 = text.parse().unwrap_or(0);
    let m = text.parse::<u16>().unwrap_or(0);
    alloc.frame_slice::<u8>(n as usize).len() + alloc.frame_slice::<u8>(m as usize).len()
}
fn masked(alloc: &SmartAlloc, text: &str) -> usize {
    let n: usize = text.parse().unwrap_or(0);
    alloc.frame_slice::<u8>(n % 64).len()
}
fn socket(alloc: &SmartAlloc, socket: &std::net::UdpSocket) -> usize {
    let mut buffer = [0u8; 64];
    let n = socket.recv(&mut buffer).unwrap_or(0);
    alloc.frame_slice::<u8>(n).len()
}
fn checked_closure(alloc: &SmartAlloc, text: &str) -> usize {
    let number = |text: &str| text.parse::<usize>().unwrap_or(0).min(MOST);
    alloc.frame_slice::<u8>(number(text)).len()
}
fn text_length(alloc: &SmartAlloc, text: &str) -> usize { alloc.frame_slice::<u8>(text.len()).len() }
fn unknown(alloc: &SmartAlloc, n: usize) -> usize { alloc.frame_slice::<u8>(n).len() }
fn clean(alloc: &SmartAlloc) -> usize { unknown(alloc, 5) }
"#,
        );
    }
}
