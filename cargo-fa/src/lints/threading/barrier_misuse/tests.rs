use super::BARRIER_MISUSE;
use crate::lint::options::LintOptions;
use crate::lints::testing::{check, find_files};

#[test]
fn a_signal_is_put_before_a_wait_that_has_none() {
    let fixes = |body: &str| {
        let source =
            format!("use framealloc::FrameBarrier;\nfn f(gate: &FrameBarrier, fast: bool) {{\n{body}\n}}\n");
        let found = find_files(&BARRIER_MISUSE, &LintOptions::default(), &[("src/lib.rs", &source)]);
        assert_eq!(found.len(), 1, "{body}");
        let mut fixed = source.clone();
        for edit in found[0].1.fix.iter().flat_map(|fix| &fix.edits) {
            fixed.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.replacement);
        }
        (fixed != source).then_some(fixed)
    };
    let fixed = fixes("    gate.wait_all();").unwrap();
    assert!(fixed.contains("\n    gate.signal_frame_complete();\n    gate.wait_all();\n"), "{fixed}");
    assert_eq!(fixes("    if fast { gate.signal_frame_complete(); }\n    gate.wait_all();"), None);
    assert_eq!(fixes("    if fast { gate.wait_all(); }"), None);
}

#[test]
fn waits_without_signals() {
    check(
        &BARRIER_MISUSE,
        r#"
use framealloc::FrameBarrier;
use std::sync::Arc;
struct Gate { barrier: Arc<FrameBarrier> }
impl Gate {
    fn all(&self) { self.barrier.wait_all(); }
    fn done(&self) { self.barrier.signal_frame_complete(); }
    fn good(&self) { self.done(); self.all(); }
    fn bad(&self) { self.all(); } //~ FA202
}
fn alone(barrier: &FrameBarrier) { barrier.wait_all(); } //~ FA202
fn branch(barrier: &FrameBarrier, fast: bool) {
    if fast { barrier.signal_frame_complete(); }
    barrier.wait_all(); //~ FA202
}
fn second_turn(barrier: &FrameBarrier) {
    barrier.signal_frame_complete();
    for _ in 0..3 { barrier.wait_all(); } //~ FA202
}
fn two(a: &FrameBarrier, b: &FrameBarrier) {
    a.signal_frame_complete();
    b.wait_all(); //~ FA202
    a.wait_all();
}
fn deep(barrier: &FrameBarrier) { deeper(barrier); }
fn deeper(barrier: &FrameBarrier) { barrier.wait_all(); } //~ FA202
fn spawned(barrier: Arc<FrameBarrier>) {
    barrier.signal_frame_complete();
    std::thread::spawn(move || barrier.wait_all()); //~ FA202
}
"#,
    );
}

#[test]
fn signals_without_waits_and_in_open_frames() {
    check(
        &BARRIER_MISUSE,
        r#"
use framealloc::{FrameBarrier, SmartAlloc};
fn ahead(barrier: &FrameBarrier) { loop { barrier.signal_frame_complete(); } } //~ FA202
fn skips(barrier: &FrameBarrier, items: &[u8]) {
    for item in items {
        barrier.signal_frame_complete(); //~ FA202
        if *item == 0 { continue; }
        barrier.wait_all();
    }
}
fn helper(barrier: &FrameBarrier) { barrier.signal_frame_complete(); }
fn through(barrier: &FrameBarrier) { for _ in 0..3 { helper(barrier); } } //~ FA202
fn open(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    alloc.begin_frame();
    barrier.signal_frame_complete(); //~ FA202
    alloc.end_frame();
    barrier.wait_all();
}
fn guarded(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    let _frame = alloc.frame();
    helper(barrier); //~ FA202
    barrier.wait_all();
}
fn finish(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    barrier.signal_frame_complete(); //~ FA202
    alloc.end_frame();
}
"#,
    );
}

#[test]
fn counts_that_differ() {
    check(
        &BARRIER_MISUSE,
        r#"
use framealloc::FrameBarrier;
use std::sync::Arc;
use std::thread;
fn turn(barrier: &FrameBarrier) { barrier.signal_frame_complete(); barrier.wait_all(); }
fn many() {
    let barrier = FrameBarrier::new(5); //~ FA202
    thread::scope(|s| { for _ in 0..2 { s.spawn(|| turn(&barrier)); } });
}
fn few() {
    let barrier = Arc::new(FrameBarrier::new(1)); //~ FA202
    for _ in [1, 2] { let b = barrier.clone(); thread::spawn(move || turn(&b)); }
}
fn forgot_itself() {
    let barrier = FrameBarrier::new(2); //~ FA202
    thread::scope(|s| { s.spawn(|| turn(&barrier)); s.spawn(|| turn(&barrier)); turn(&barrier); });
}
fn right() {
    let barrier = FrameBarrier::new(3);
    thread::scope(|s| { for _ in 0..=1 { s.spawn(|| turn(&barrier)); } turn(&barrier); });
}
fn closure_too() {
    let barrier = FrameBarrier::new(3);
    let work = || turn(&barrier);
    thread::scope(|s| { s.spawn(work); s.spawn(work); work(); });
}
fn given_too(alloc: &framealloc::SmartAlloc) {
    let barrier = FrameBarrier::new(2);
    thread::scope(|s| { s.spawn(|| turn(&barrier)); often(|| turn(&barrier)); });
}
fn often(work: impl Fn()) { work(); work(); }
fn arms() {
    let barrier = FrameBarrier::new(3);
    thread::scope(|s| for n in 0..3 { if n == 0 { s.spawn(|| turn(&barrier)); } else { s.spawn(|| turn(&barrier)); } });
}
fn logger(lines: Vec<u8>) {
    let barrier = FrameBarrier::new(1);
    thread::scope(|s| { s.spawn(|| turn(&barrier)); s.spawn(|| println!("{}", lines.len())); });
}
fn computed(n: usize) {
    let barrier = FrameBarrier::new(7);
    thread::scope(|s| { for _ in 0..n { s.spawn(|| turn(&barrier)); } });
}
fn elsewhere() { let barrier = Arc::new(FrameBarrier::new(4)); start(&barrier); thread::spawn(move || turn(&barrier)); }
fn start(barrier: &Arc<FrameBarrier>) { let b = barrier.clone(); thread::spawn(move || turn(&b)); }
"#,
    );
}

#[test]
fn turns_in_order_are_silent() {
    check(
        &BARRIER_MISUSE,
        r#"
use framealloc::{FrameBarrier, SmartAlloc};
use std::time::Duration;
fn turns(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    loop {
        { let _frame = alloc.frame(); }
        barrier.signal_frame_complete();
        while barrier.wait_all_timeout(Duration::from_millis(1)).is_err() { println!("late"); }
    }
}
fn leaves(alloc: &SmartAlloc, barrier: &FrameBarrier, items: &[u8]) {
    for item in items {
        alloc.begin_frame();
        alloc.end_frame();
        barrier.signal_frame_complete();
        if *item == 0 { break; }
        barrier.wait_all();
    }
}
fn both(a: &FrameBarrier, b: &FrameBarrier) {
    a.signal_frame_complete();
    b.signal_frame_complete();
    a.wait_all();
    b.wait_all();
}
fn next_turn(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    for turn in 0..9 {
        if turn > 0 { barrier.wait_all(); }
        alloc.begin_frame();
        alloc.end_frame();
        barrier.signal_frame_complete();
    }
}
fn together(barrier: &FrameBarrier, threaded: bool) {
    loop {
        if threaded { barrier.signal_frame_complete(); }
        println!("meanwhile");
        if threaded { barrier.wait_all(); }
    }
}
fn several(barriers: &[FrameBarrier]) {
    for barrier in barriers { barrier.signal_frame_complete(); }
    for barrier in barriers { barrier.wait_all(); }
}
fn close(frame: framealloc::Frame<'_>) {}
fn handed_on(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    let frame = alloc.frame();
    close(frame);
    barrier.signal_frame_complete();
    barrier.wait_all();
}
fn within(alloc: &SmartAlloc, work: impl FnOnce()) { { let _frame = alloc.frame(); } work(); }
fn in_closures(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    for _ in 0..3 {
        within(alloc, || barrier.signal_frame_complete());
        barrier.wait_all();
    }
}
struct Signal<'a>(&'a FrameBarrier);
impl Drop for Signal<'_> { fn drop(&mut self) { self.0.signal_frame_complete(); } }
fn dropped(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    loop {
        { let _signal = Signal(barrier); let _frame = alloc.frame(); }
        barrier.wait_all();
    }
}
struct Loose { barrier: Option<FrameBarrier> }
impl Loose {
    fn turn(&self) {
        if let Some(barrier) = &self.barrier { barrier.signal_frame_complete(); }
        if let Some(barrier) = &self.barrier { barrier.wait_all(); }
    }
}
struct Sync { barrier: FrameBarrier }
impl Sync {
    fn done(&self) { self.barrier.signal_frame_complete(); }
    fn all(&self) { self.barrier.wait_all(); }
    fn turn(&self, alloc: &SmartAlloc) { alloc.end_frame(); self.done(); self.all(); }
}
fn run(alloc: &SmartAlloc, sync: &Sync) { for _ in 0..3 { alloc.begin_frame(); sync.turn(alloc); } }
struct Gate; impl Gate { fn wait_all(&self) {} fn signal_frame_complete(&self) {} }
fn look_alike(gate: &Gate) { loop { gate.wait_all(); } }
"#,
    );
}

#[test]
fn threads_that_run_one_of_several_functions_are_not_counted() {
    check(
        &BARRIER_MISUSE,
        r#"
use framealloc::{FrameBarrier, SmartAlloc};
use std::sync::Arc;
use std::thread;
type Work = fn(&FrameBarrier);
fn part(b: &FrameBarrier) { b.signal_frame_complete(); b.wait_all(); }
fn other(b: &FrameBarrier) { b.signal_frame_complete(); b.wait_all(); println!("x"); }
fn idle(_: &FrameBarrier) {}
fn table() {
    let barrier = Arc::new(FrameBarrier::new(3));
    for work in [part as Work, other, idle] { let b = barrier.clone(); thread::spawn(move || work(&b)); }
    let b = barrier.clone();
    thread::spawn(move || part(&b));
}
fn named_table(all: &[Work]) {
    let barrier = Arc::new(FrameBarrier::new(4));
    let table = [part as Work, other];
    for work in table { let b = barrier.clone(); thread::spawn(move || work(&b)); }
    for &work in all { let b = barrier.clone(); thread::spawn(move || work(&b)); }
    part(&barrier);
}
fn boxed(work: Box<dyn Fn(&FrameBarrier) + Send>) {
    let barrier = Arc::new(FrameBarrier::new(3));
    let (b, c) = (barrier.clone(), barrier.clone());
    thread::spawn(move || work(&b));
    thread::spawn(move || part(&c));
    part(&barrier);
}
fn with_callback(each: impl Fn() + Send + Clone + 'static) {
    let barrier = Arc::new(FrameBarrier::new(5)); //~ FA202
    for _ in 0..2 { let (b, each) = (barrier.clone(), each.clone()); thread::spawn(move || { each(); part(&b); }); }
    part(&barrier);
}
fn by_name() {
    let barrier = Arc::new(FrameBarrier::new(4)); //~ FA202
    let work = part;
    for _ in 0..2 { let b = barrier.clone(); thread::spawn(move || work(&b)); }
    part(&barrier);
}
"#,
    );
}
