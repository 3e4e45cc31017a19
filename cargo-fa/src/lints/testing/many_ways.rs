//! One program that leaves and waits in many ways, for the lints about what is open then.

/// Marked for each of them.
pub(crate) const MANY_WAYS: &str = r#"
use framealloc::{FrameVec, SmartAlloc, frame_format};
use std::sync::Arc;
async fn tick() -> u32 { 1 }
async fn sometimes() -> Option<u32> { None }
trait Step { fn begin(&self); fn end(&self); fn run(&self, n: Option<u8>) -> Option<u8> { self.begin(); let m = n?; self.end(); Some(m) } } //~ FA603
struct G { alloc: Arc<SmartAlloc>, on: bool }
impl Step for G { fn begin(&self) { self.alloc.begin_frame(); } fn end(&self) { self.alloc.end_frame(); } }
impl G {
    fn nested_closure(&self, items: &[u8]) -> Option<u8> {
        self.alloc.begin_frame();
        let f = |n: u8| -> Option<u8> { if n > 3 { return None; } Some(n) };
        let got = items.iter().map(|n| f(*n)).next()?; //~ FA603
        self.alloc.end_frame();
        got
    }
    fn labelled(&self, rows: &[Vec<u8>]) -> bool {
        'rows: for row in rows {
            self.alloc.begin_frame();
            for n in row {
                match n { 0 => continue 'rows, 1 => break 'rows, 2 => return false, _ => {} } //~ FA603 FA603 FA603
            }
            self.alloc.end_frame();
        }
        true
    }
    fn guard_or(&self) -> u8 {
        let frame = self.alloc.frame();
        if self.on { return 1; }
        drop(frame);
        2
    }
    fn cond_both(&self) {
        if self.on { self.alloc.begin_frame(); }
        println!("x");
        if self.on { self.alloc.end_frame(); }
    }
    fn unreachable(&self, n: u8) -> u8 {
        self.alloc.begin_frame();
        let m = match n { 0 => 1, _ => unreachable!("n") }; //~ FA603
        self.alloc.end_frame();
        m
    }
    fn let_else(&self, n: Option<u8>) {
        self.alloc.begin_frame();
        let Some(_) = n else { self.alloc.end_frame(); return; };
        let Some(_) = n else { return; }; //~ FA603
        self.alloc.end_frame();
    }
    fn assert(&self, n: u8) { self.alloc.begin_frame(); assert!(n > 1); self.alloc.end_frame(); }
    async fn frame_guard(&self) -> u32 { let f = self.alloc.frame(); let x = *f.alloc(3u32); drop(f); tick().await + x }
    async fn guard_across(&self) { let _f = self.alloc.frame(); tick().await; } //~ FA701
    async fn scope_across(&self) { let _f = self.alloc.scope(); tick().await; } //~ FA701
    async fn while_let(&self) {
        while let Some(n) = sometimes().await {
            self.alloc.begin_frame();
            let v = frame_format!(self.alloc, "{n}");
            println!("{v}");
            drop(v);
            self.alloc.end_frame();
        }
    }
    async fn arg(&self) -> usize { let v = self.alloc.frame_vec::<u8>(); v.len() + tick().await as usize } //~ FA701
    async fn joined(&self) -> usize {
        let v = self.alloc.frame_vec::<u8>();
        let fut = count(v);
        tick().await; //~ FA701
        fut.await
    }
    async fn match_scrut(&self) -> u32 {
        match self.alloc.frame_vec::<u8>().len() { 0 => tick().await, _ => 2 } //~ FA701
    }
    async fn field(&self) -> usize {
        let s = S { v: self.alloc.frame_vec(), n: 1 };
        tick().await; //~ FA701
        s.v.len() + s.n
    }
    async fn field_out(&self) -> usize {
        let s = S { v: self.alloc.frame_vec(), n: 1 };
        let S { v, n } = s;
        drop(v);
        tick().await;
        n
    }
    async fn opt(&self) -> usize {
        let v = self.alloc.try_frame_vec_with_capacity::<u8>(3).ok();
        tick().await; //~ FA701
        v.map_or(0, |v| v.len())
    }
    async fn closure_cap(&self) -> usize {
        let v = self.alloc.frame_vec::<u8>();
        let f = move || v.len();
        tick().await; //~ FA701
        f()
    }
    async fn slice(&self) -> u8 {
        let v = self.alloc.frame_slice::<u8>(4);
        let first = v[0];
        drop(v);
        tick().await;
        first
    }
    async fn shadow(&self) -> usize {
        let v = self.alloc.frame_vec::<u8>();
        let v = v.len();
        tick().await; //~ FA701
        v
    }
    async fn select(&self) {
        self.alloc.begin_frame();
        loop { if tick().await > 3 { break; } } //~ FA702
        self.alloc.end_frame();
    }
    async fn inner_block(&self) -> u32 {
        self.alloc.begin_frame();
        let n = async { tick().await }.await; //~ FA702
        self.alloc.end_frame();
        n
    }
    async fn tagged(&self) -> u32 {
        self.alloc.with_tag("x", |a| { a.begin_frame(); a.end_frame(); });
        tick().await
    }
}
struct S<'a> { v: FrameVec<'a, u8>, n: usize }
async fn count(v: FrameVec<'_, u8>) -> usize { v.len() }
"#;
