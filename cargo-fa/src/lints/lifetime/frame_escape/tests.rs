use super::FRAME_ESCAPE;
use crate::lints::testing::check;

/// What is known at one point is not kept for the next: of this, all of it would be gigabytes.
#[test]
fn functions_with_thousands_of_values_end() {
    let values: String = (0..8_000).map(|n| format!("let v{n} = a.frame_box({n});\n")).collect();
    check(&FRAME_ESCAPE, &format!("use framealloc::SmartAlloc; fn f(a: &SmartAlloc) {{ {values} }}"));
}

#[test]
fn values_that_are_stored() {
    check(
        &FRAME_ESCAPE,
        r#"
use framealloc::{FrameBox, FrameVec, SmartAlloc};
use std::cell::RefCell;
use std::sync::Mutex;
struct World<'a> { alloc: &'a SmartAlloc, kept: Option<FrameBox<'a, u32>>, list: Vec<FrameBox<'a, u32>> }
impl<'a> World<'a> {
    fn field(&mut self) {
        self.alloc.begin_frame();
        let b = self.alloc.frame_box(1);
        self.kept = Some(b); //~ FA601
        self.alloc.end_frame();
    }
    fn pushed(&mut self) {
        let b = self.make();
        self.list.push(b); //~ FA601
    }
    fn through_local(&mut self) {
        let list = &mut self.list;
        list.push(self.alloc.frame_box(2)); //~ FA601
    }
    fn make(&self) -> FrameBox<'a, u32> { self.alloc.frame_box(3) }
    fn keep(&mut self, b: FrameBox<'a, u32>) { self.kept = Some(b); } //~ FA601
}
fn param<'a>(alloc: &'a SmartAlloc, out: &mut Vec<FrameVec<'a, u8>>) {
    let mut v = alloc.frame_vec();
    v.push(1);
    out.push(v); //~ FA601
}
fn leaked() -> &'static SmartAlloc { SmartAlloc::leaked(Default::default()) }
static HELD: Mutex<Vec<FrameBox<'static, u32>>> = Mutex::new(Vec::new());
fn global() {
    let alloc = leaked();
    let b = alloc.frame_box(1);
    HELD.lock().unwrap().push(b); //~ FA601
}
thread_local! { static LOCAL: RefCell<Vec<FrameBox<'static, u32>>> = RefCell::new(Vec::new()); }
fn thread_local_one() {
    let b = leaked().frame_box(1);
    LOCAL.with(|l| l.borrow_mut().push(b)); //~ FA601
}
fn outer(alloc: &SmartAlloc) {
    let mut all = Vec::new();
    for i in 0..3 {
        alloc.begin_frame();
        let b = alloc.frame_box(i);
        all.push(b); //~ FA601
        alloc.end_frame();
    }
    println!("{}", all.len());
}
"#,
    );
}

#[test]
fn values_that_are_used_or_returned_too_late() {
    check(
        &FRAME_ESCAPE,
        r#"
use framealloc::{FrameBox, FrameVec, SmartAlloc};
fn late(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let v = alloc.frame_vec::<u8>();
    alloc.end_frame();
    println!("{}", v.len()); //~ FA601
}
fn guard(alloc: &SmartAlloc) {
    let frame = alloc.frame();
    let v = alloc.frame_box(1u8);
    drop(frame);
    println!("{v}"); //~ FA601
}
fn returned<'a>(alloc: &'a SmartAlloc) -> FrameVec<'a, u8> {
    alloc.begin_frame();
    let v = alloc.frame_vec();
    alloc.end_frame();
    v //~ FA601
}
fn returned_from_guard<'a>(alloc: &'a SmartAlloc) -> FrameBox<'a, u8> {
    let _frame = alloc.frame();
    alloc.frame_box(1) //~ FA601
}
fn tail(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let b = {
        let inner = alloc.frame_box(7u32);
        inner
    };
    finish(alloc);
    *b //~ FA601
}
fn finish(alloc: &SmartAlloc) { alloc.end_frame(); }
fn pointer(alloc: &SmartAlloc) -> u8 {
    alloc.begin_frame();
    let b = alloc.frame_slice_copy(&[1u8, 2]);
    let p = b.as_ptr();
    drop(b);
    alloc.end_frame();
    unsafe { *p } //~ FA601
}
fn next_turn(alloc: &SmartAlloc) {
    let mut last: Option<FrameBox<'_, u32>> = None;
    for i in 0..4 {
        alloc.begin_frame();
        if let Some(b) = &last { println!("{b}"); } //~ FA601
        last = Some(alloc.frame_box(i));
        alloc.end_frame();
    }
}
"#,
    );
}

#[test]
fn what_stays_in_its_frame_is_silent() {
    check(
        &FRAME_ESCAPE,
        r#"
use framealloc::{FrameBox, FrameVec, PoolBox, SmartAlloc};
struct World { alloc: SmartAlloc, totals: Vec<u32>, pool: Vec<PoolBox<u32>>, count: usize, names: Vec<String> }
impl World {
    fn update(&mut self) {
        self.alloc.begin_frame();
        let v = self.alloc.frame_slice_copy(&[1u32, 2]);
        self.totals = v.to_vec();
        self.count = v.len();
        self.totals.push(v[0]);
        self.totals.extend(v.iter().copied());
        self.pool.push(self.alloc.pool_box(1));
        let mut text = self.alloc.frame_string();
        text.push_str("x");
        self.names.push(text.to_string());
        self.alloc.end_frame();
    }
}
struct Pass<'f> { items: FrameVec<'f, u32>, best: Option<FrameBox<'f, u32>> }
impl<'f> Pass<'f> { fn add(&mut self, alloc: &'f SmartAlloc, n: u32) { self.items.push(n); self.best = Some(alloc.frame_box(n)); } }
fn pass(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let mut pass = Pass { items: alloc.frame_vec(), best: None };
    pass.add(alloc, 1);
    println!("{}", pass.items.len());
    drop(pass);
    alloc.end_frame();
}
fn same_frame(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let mut lists = alloc.frame_vec();
    lists.push(alloc.frame_box(1));
    let mut owned = Vec::new();
    owned.push(alloc.frame_box(2));
    println!("{} {}", lists.len(), owned.len());
    drop(owned);
    drop(lists);
    alloc.end_frame();
}
fn helper<'a>(alloc: &'a SmartAlloc, out: &mut FrameVec<'a, FrameBox<'a, u32>>) { out.push(alloc.frame_box(1)); }
fn made<'a>(alloc: &'a SmartAlloc) -> FrameBox<'a, u32> { alloc.frame_box(1) }
fn copied(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let b = alloc.frame_box(5u32);
    let n = *b;
    alloc.end_frame();
    n
}
fn parked(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let _b = alloc.frame_box(5u32);
    alloc.end_frame();
}
fn either(alloc: &SmartAlloc, end: bool) {
    alloc.begin_frame();
    let b = alloc.frame_box(5u32);
    if end { drop(b); alloc.end_frame(); return; }
    println!("{b}");
    drop(b);
    alloc.end_frame();
}
fn cleared(alloc: &SmartAlloc) {
    let mut list = Vec::new();
    for i in 0..3 {
        alloc.begin_frame();
        list.push(alloc.frame_box(i));
        println!("{}", list.len());
        list.clear();
        alloc.end_frame();
    }
}
struct Arena; impl Arena { fn frame_box(&self, n: u32) -> Box<u32> { Box::new(n) } fn begin_frame(&self) {} fn end_frame(&self) {} }
struct Holder { kept: Option<Box<u32>> }
fn look_alike(alloc: &Arena, holder: &mut Holder) { alloc.begin_frame(); holder.kept = Some(alloc.frame_box(1)); alloc.end_frame(); }
"#,
    );
}

#[test]
fn many_ways_out() {
    const SOURCE: &str = r#"
use framealloc::{FrameBox, FrameString, FrameVec, SmartAlloc, frame_format};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, OnceLock, RwLock};

static MEM: OnceLock<SmartAlloc> = OnceLock::new();
fn mem() -> &'static SmartAlloc { MEM.get_or_init(SmartAlloc::with_defaults) }

static LAST: Mutex<Option<usize>> = Mutex::new(None);

struct Ptr(*const u32);
unsafe impl Send for Ptr {}
static RAW: Mutex<Option<Ptr>> = Mutex::new(None);

thread_local! {
    static SEEN: RefCell<Vec<FrameBox<'static, u32>>> = const { RefCell::new(Vec::new()) };
    static SLOT: Cell<Option<FrameBox<'static, u32>>> = const { Cell::new(None) };
}

enum State<'a> { Idle, Busy(FrameVec<'a, u32>), Named { text: FrameString<'a> } }

struct World<'a> {
    alloc: &'a SmartAlloc,
    state: State<'a>,
    pair: (Option<FrameBox<'a, u32>>, u32),
    map: HashMap<u32, FrameString<'a>>,
    tree: BTreeMap<u32, Vec<FrameBox<'a, u32>>>,
    shared: Rc<RefCell<Vec<FrameBox<'a, u32>>>>,
    locked: RwLock<Option<FrameBox<'a, u32>>>,
    slots: [Option<FrameBox<'a, u32>>; 4],
    raw: *mut u32,
    cb: Vec<Box<dyn Fn() -> u32 + 'a>>,
}

impl<'a> World<'a> {
    fn variant(&mut self) { self.state = State::Busy(self.alloc.frame_vec()); } //~ FA601
    fn named(&mut self) {
        let text = frame_format!(self.alloc, "x");
        self.state = State::Named { text }; //~ FA601
    }
    fn tuple(&mut self) { self.pair.0 = Some(self.alloc.frame_box(1)); } //~ FA601
    fn insert(&mut self, n: u32) { self.map.insert(n, self.alloc.frame_string()); } //~ FA601
    fn entry(&mut self, n: u32) { self.map.entry(n).or_insert_with(|| self.alloc.frame_string()); } //~ FA601
    fn deep(&mut self, n: u32) { self.tree.entry(n).or_default().push(self.alloc.frame_box(n)); } //~ FA601
    fn shared(&self) { self.shared.borrow_mut().push(self.alloc.frame_box(1)); } //~ FA601
    fn locked(&self) { *self.locked.write().unwrap() = Some(self.alloc.frame_box(1)); } //~ FA601
    fn slot(&mut self, i: usize) { self.slots[i] = Some(self.alloc.frame_box(1)); } //~ FA601
    fn replace(&mut self) { self.pair.0.replace(self.alloc.frame_box(2)); } //~ FA601
    fn mem_replace(&mut self) { let _old = std::mem::replace(&mut self.pair.0, Some(self.alloc.frame_box(2))); } //~ FA601
    fn raw(&mut self) { let mut b = self.alloc.frame_box(1); self.raw = &mut *b as *mut u32; } //~ FA601
    fn callback(&mut self) { let b = self.alloc.frame_box(1); self.cb.push(Box::new(move || *b)); } //~ FA601
    fn destructured(&mut self) {
        let World { pair, alloc, .. } = self;
        pair.0 = Some(alloc.frame_box(3)); //~ FA601
    }
    fn if_let(&mut self, n: Option<u32>) {
        if let Some(n) = n && let State::Busy(list) = &mut self.state { list.push(n); }
        let made = match n { Some(n) => Some(self.alloc.frame_box(n)), None => None };
        self.pair.0 = made; //~ FA601
    }
    fn question(&mut self) -> Result<(), framealloc::AllocError> {
        self.pair.0 = Some(self.alloc.try_frame_box(1)?); //~ FA601
        Ok(())
    }
    fn in_loop(&mut self) {
        for i in 0..4 {
            let b = self.alloc.frame_box(i);
            if i == 3 { self.pair.0 = Some(b); break; } //~ FA601
        }
    }
    fn iter_each(&mut self) {
        let alloc = self.alloc;
        (0..3).for_each(|i| self.shared.borrow_mut().push(alloc.frame_box(i))); //~ FA601
    }
    fn extend(&mut self) {
        let alloc = self.alloc;
        self.shared.borrow_mut().extend((0..3).map(|i| alloc.frame_box(i))); //~ FA601
    }
}

fn thread_local_push() { SEEN.with(|seen| seen.borrow_mut().push(mem().frame_box(1))); } //~ FA601
fn thread_local_borrow() { SEEN.with_borrow_mut(|seen| seen.push(mem().frame_box(1))); } //~ FA601
fn cell_set() { SLOT.set(Some(mem().frame_box(1))); } //~ FA601
fn static_raw() {
    let b = mem().frame_box(1);
    *RAW.lock().unwrap() = Some(Ptr(&*b)); //~ FA601
}
static FIRST: AtomicPtr<u8> = AtomicPtr::new(std::ptr::null_mut());
fn pointer_elsewhere() { FIRST.store(mem().frame_string().as_ptr().cast_mut(), Ordering::Relaxed); } //~ FA601
fn pointer_made() {
    let mut b = mem().frame_box(1u8);
    FIRST.store(std::ptr::from_mut(&mut *b), Ordering::Relaxed); //~ FA601
}
fn number() { *LAST.lock().unwrap() = Some(mem().frame_vec::<u8>().len()); }

struct Board<'a> { alloc: &'a SmartAlloc, best: Option<FrameString<'a>>, all: Vec<FrameBox<'a, u32>>, widths: Vec<usize> }
fn set_any<T>(slot: &mut Option<T>, value: T) { *slot = Some(value); } //~ FA601
fn push_any<T>(all: &mut Vec<T>, value: T) {
    all.push(value); //~ FA601
}
fn copy_any<T: Copy>(all: &mut Vec<T>, values: &[T]) { all.extend_from_slice(values); }
fn note_any<T: ToString>(all: &mut Vec<String>, value: T) { all.push(value.to_string()); }
fn set_local<T>(slot: &mut Option<T>, value: T) { *slot = Some(value); }
impl<'a> Board<'a> {
    fn best(&mut self) { set_any(&mut self.best, self.alloc.frame_string()); }
    fn again(&mut self) { set_any(&mut self.best, self.alloc.frame_string()); }
    fn more(&mut self) {
        let one = self.alloc.frame_box(1);
        push_any(&mut self.all, one);
    }
    fn numbers(&mut self, lines: &mut Vec<String>) {
        let widths = self.alloc.frame_vec::<usize>();
        copy_any(&mut self.widths, &widths);
        push_any(&mut self.widths, widths.len());
        note_any(lines, self.alloc.frame_string());
        let mut slot = None;
        set_local(&mut slot, widths);
        drop(slot);
    }
}

fn two_deep<'a>(alloc: &'a SmartAlloc, out: &mut Vec<FrameBox<'a, u32>>) { let b = alloc.frame_box(2); put(out, b); }
fn put<'a>(out: &mut Vec<FrameBox<'a, u32>>, b: FrameBox<'a, u32>) { out.push(b); } //~ FA601

fn used_in_arm(alloc: &SmartAlloc, n: u8) -> usize {
    alloc.begin_frame();
    let v = alloc.frame_vec::<u8>();
    alloc.end_frame();
    match n { 0 => 0, _ => v.len() } //~ FA601
}
fn slice_after(alloc: &SmartAlloc) -> u8 {
    alloc.begin_frame();
    let v = alloc.frame_slice::<u8>(4);
    let first = &v[0];
    alloc.end_frame();
    *first //~ FA601
}
fn tuple_after(alloc: &SmartAlloc) -> usize {
    alloc.begin_frame();
    let (a, n) = (alloc.frame_vec::<u8>(), 3usize);
    alloc.end_frame_with_promotions();
    n + a.len() //~ FA601
}
fn dropped_together(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let (a, b) = (alloc.frame_vec::<u8>(), alloc.frame_box(3));
    alloc.end_frame();
    drop((a, b));
}
fn labelled(alloc: &SmartAlloc) -> usize {
    let v = 'b: {
        alloc.begin_frame();
        let v = alloc.frame_vec::<u8>();
        if v.is_empty() { alloc.end_frame(); break 'b v; } //~ FA601
        alloc.end_frame();
        return 0;
    };
    drop(v);
    1
}
fn scoped_out(alloc: &SmartAlloc) -> usize {
    let mut kept = Vec::new();
    for i in 0..3 {
        let _frame = alloc.frame();
        kept.push(alloc.frame_box(i)); //~ FA601
    }
    kept.len()
}
fn opt_return(alloc: &SmartAlloc) -> Option<FrameVec<'_, u8>> {
    let _frame = alloc.frame();
    Some(alloc.frame_vec()) //~ FA601
}
fn early_return(alloc: &SmartAlloc, n: u8) -> Option<FrameVec<'_, u8>> {
    let _frame = alloc.frame();
    if n > 2 { return Some(alloc.frame_vec()); } //~ FA601
    None
}
fn println_after(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let v = alloc.frame_vec::<u8>();
    alloc.end_frame();
    println!("{}", v.len()); //~ FA601
}
fn println_name(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let v = frame_format!(alloc, "x");
    alloc.end_frame();
    println!("{v}"); //~ FA601
}
fn as_ptr_after(alloc: &SmartAlloc) -> u8 {
    alloc.begin_frame();
    let p = alloc.frame_slice::<u8>(4).as_ptr();
    alloc.end_frame();
    unsafe { *p.add(1) } //~ FA601
}
fn let_else(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let Ok(b) = alloc.try_frame_box(3u32) else { alloc.end_frame(); return 0 };
    alloc.end_frame();
    *b + 1 //~ FA601
}
struct Guarded<'a> { alloc: &'a SmartAlloc }
impl Drop for Guarded<'_> { fn drop(&mut self) { self.alloc.end_frame(); } }
fn own_guard(alloc: &SmartAlloc) -> FrameVec<'_, u8> {
    alloc.begin_frame();
    let _g = Guarded { alloc };
    alloc.frame_vec() //~ FA601
}
trait Store<'a> { fn keep(&mut self, b: FrameBox<'a, u32>); }
struct Shelf<'a> { b: Option<FrameBox<'a, u32>> }
impl<'a> Store<'a> for Shelf<'a> { fn keep(&mut self, b: FrameBox<'a, u32>) { self.b = Some(b); } } //~ FA601
struct Builder<'a> { parts: Vec<FrameBox<'a, u32>> }
impl<'a> Builder<'a> { fn with(mut self, alloc: &'a SmartAlloc) -> Self { self.parts.push(alloc.frame_box(1)); self } }
fn fine(alloc: &SmartAlloc) -> usize {
    alloc.begin_frame();
    let n = Builder { parts: Vec::new() }.with(alloc).with(alloc).parts.len();
    alloc.end_frame();
    n
}
fn fine_copy(alloc: &SmartAlloc) -> (Vec<u8>, u32, String) {
    alloc.begin_frame();
    let v = alloc.frame_slice::<u8>(4);
    let b = alloc.frame_box(1u32);
    let s = frame_format!(alloc, "x");
    let out = (v.to_vec(), *b, s.to_string());
    drop((v, b, s));
    alloc.end_frame();
    out
}
fn fine_local_list(alloc: &SmartAlloc) -> usize {
    alloc.begin_frame();
    let mut list = Vec::new();
    list.push(alloc.frame_box(1));
    let n = list.len();
    drop(list);
    alloc.end_frame();
    n
}
fn fine_taken(w: &mut World<'_>) { w.pair.0 = None; w.pair.1 = *w.alloc.frame_box(3); w.map.clear(); }
fn fine_mapped(alloc: &SmartAlloc) -> Option<String> {
    let _frame = alloc.frame();
    let text = frame_format!(alloc, "x");
    Some(text.as_str()).map(str::to_owned)
}
fn fine_collect(alloc: &SmartAlloc) -> Vec<u32> {
    let _frame = alloc.frame();
    let v = alloc.frame_slice_from_fn(4, |i| i as u32);
    v.iter().map(|x| x * 2).collect()
}
fn fine_sum(alloc: &SmartAlloc) -> u32 {
    let _frame = alloc.frame();
    let v = alloc.frame_slice_from_fn(4, |i| i as u32);
    v.iter().copied().max().unwrap_or(0)
}
fn fine_cloned(alloc: &SmartAlloc) -> Vec<String> {
    let _frame = alloc.frame();
    let mut v = alloc.frame_vec::<String>();
    v.push("a".to_owned());
    v.iter().cloned().collect()
}
fn closure_after(alloc: &SmartAlloc) -> usize {
    alloc.begin_frame();
    let v = alloc.frame_vec::<u8>();
    let f = move || v.len();
    alloc.end_frame();
    f() //~ FA601
}
fn closure_within(alloc: &SmartAlloc) -> usize {
    alloc.begin_frame();
    let v = alloc.frame_vec::<u8>();
    let f = move || v.len();
    let n = f();
    drop(f);
    alloc.end_frame();
    n
}
"#;
    check(&FRAME_ESCAPE, SOURCE);
}

#[test]
fn a_copy_of_a_frame_value_is_a_value_of_its_own() {
    check(
        &FRAME_ESCAPE,
        r#"
use framealloc::{FrameBox, FrameString, FrameVec, SmartAlloc};
#[derive(Default)]
struct Kept<'a> { boxes: Vec<FrameBox<'a, u32>>, last: Option<FrameBox<'a, u32>>, lists: Vec<FrameVec<'a, u8>>, name: Option<FrameString<'a>>, owned: Vec<u8>, text: String }
fn boxed<'a>(alloc: &'a SmartAlloc, kept: &mut Kept<'a>) {
    let first = alloc.frame_box(1);
    kept.boxes.push(first.clone_in(alloc)); //~ FA601
    kept.last = Some(first); //~ FA601
}
fn listed<'a>(alloc: &'a SmartAlloc, kept: &mut Kept<'a>) {
    let list = alloc.frame_vec::<u8>();
    kept.lists.push(list.clone()); //~ FA601
    kept.lists.push(list); //~ FA601
}
fn named<'a>(alloc: &'a SmartAlloc, kept: &mut Kept<'a>) {
    let name = alloc.frame_string();
    let copy = name.clone();
    kept.text = name.as_str().to_owned();
    kept.name = Some(copy); //~ FA601
}
fn for_another(alloc: &SmartAlloc, other: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let first = alloc.frame_box(1u32);
    let second = first.clone_in(other);
    let third = first.clone_in(alloc);
    alloc.end_frame();
    *second + *third //~ FA601
}
fn within(alloc: &SmartAlloc, kept: &mut Kept<'_>) {
    alloc.begin_frame();
    let list = alloc.frame_vec::<u8>();
    let copy = list.clone();
    kept.owned = copy.to_vec();
    kept.text = alloc.frame_string().clone().as_str().to_owned();
    alloc.end_frame();
}
"#,
    );
}

#[test]
fn what_is_read_through_a_reference_is_a_copy_whatever_its_type() {
    check(
        &FRAME_ESCAPE,
        r#"
use framealloc::{FrameVec, SmartAlloc};
#[derive(Clone, Copy)] struct Hit { id: u32, depth: f32 }
struct Kept<'a> { depths: Vec<f32>, ids: Vec<u32>, nearest: Option<Hit>, hits: Option<FrameVec<'a, Hit>> }
fn closures<'a>(alloc: &'a SmartAlloc, kept: &mut Kept<'a>, all: &[Hit]) {
    let mut hits = alloc.frame_vec();
    hits.extend(all.iter().copied().filter(|hit| hit.depth > 0.1));
    kept.depths = hits.iter().map(|hit| hit.depth).collect();
    kept.ids.extend(hits.iter().map(|hit| hit.id));
    kept.nearest = hits.iter().copied().next();
    kept.hits = Some(hits); //~ FA601
}
fn turns(alloc: &SmartAlloc, kept: &mut Kept<'_>, all: &[Hit]) {
    let mut hits = alloc.frame_vec();
    hits.extend(all.iter().copied());
    for hit in &hits { kept.ids.push(hit.id); }
    for hit in hits.iter_mut() { kept.depths.push(hit.depth); }
    if let Some(first) = hits.first() { kept.nearest = Some(Hit { id: first.id, depth: first.depth }); }
}
fn references<'a>(alloc: &'a SmartAlloc, kept: &mut Vec<&'a u32>) {
    let mut list = alloc.frame_vec();
    list.extend([1u32]);
    let leaked: &'a FrameVec<'a, u32> = unsafe { std::mem::transmute(&list) };
    kept.push(leaked.first().unwrap()); //~ FA601
}
"#,
    );
}
