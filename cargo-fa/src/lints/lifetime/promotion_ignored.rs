//! FA604.

use std::collections::BTreeMap;

use crate::flow::body::{BodyId, Callee, Function, OpKind, Value};
use crate::flow::{OriginKind, Program};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::CrateId;
use crate::model::api::Kind;
use crate::source::Span;

declare_lint! {
    /// A value is made to be kept beyond its frame, and nobody takes what the frame kept.
    ///
    /// ## Why
    ///
    /// `frame_retained` promises that a value moves to a pool or to the heap when its frame ends. It waits there for who
    /// takes the promotions. When nobody does, each frame adds to what waits, and the work of moving it was for nothing;
    /// when the list is dropped unread, what was kept is lost.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::{RetentionPolicy, SmartAlloc};
    /// fn frame(alloc: &SmartAlloc) {
    ///     alloc.begin_frame();
    ///     let route = alloc.frame_retained_value([0u32; 8], RetentionPolicy::PromoteToPool);
    ///     println!("{}", route.len());
    ///     drop(route);
    ///     alloc.end_frame();
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// ```rust,silent
    /// # use framealloc::{RetentionPolicy, SmartAlloc};
    /// fn frame(alloc: &SmartAlloc) {
    ///     alloc.begin_frame();
    ///     let route = alloc.frame_retained_value([0u32; 8], RetentionPolicy::PromoteToPool);
    ///     println!("{}", route.len());
    ///     drop(route);
    ///     for promotion in alloc.end_frame_with_promotions() {
    ///         println!("kept {} bytes", promotion.size);
    ///     }
    /// }
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// Promotions that another crate takes from an allocator that it is given.
    pub PROMOTION_IGNORED = "FA604", "promotion-ignored", Lifetime, Warn, "what a frame keeps is never taken";
    check = check, whole;
}

/// What the code of a crate does about retained values.
#[derive(Default)]
struct Use {
    ends: Option<Span>,
    takes: bool,
    retained: Vec<(Span, String, bool)>,
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    let mut crates: BTreeMap<CrateId, Use> = BTreeMap::new();
    for (function, id, body) in program.bodies() {
        let module = program.index.function(function.id).module;
        let found = crates.entry(program.index.crate_of(module)).or_default();
        for (_, _, call) in body.calls() {
            let Callee::Api { method, guessed, .. } = &call.callee else { continue };
            match method.kind {
                Kind::EndFrame => found.ends = found.ends.or(Some(call.name_span)),
                Kind::EndFrameWithPromotions | Kind::TakePromotions => found.takes = true,
                Kind::Retained => {
                    found.retained.push((call.name_span, program.path(function).to_owned(), *guessed));
                }
                _ => {}
            }
        }
        unread(program, function, id, findings);
    }
    // Who takes them may stand in a file that cannot be read.
    for found in crates.into_values().filter(|found| !found.takes && program.is_complete()) {
        let Some(ends) = found.ends else { continue };
        for (span, item, guessed) in found.retained {
            findings.push(Finding {
                lint: &PROMOTION_IGNORED,
                confidence: if guessed { Confidence::Possible } else { Confidence::Certain },
                message: "this value is kept beyond its frame, and the crate never takes promotions".to_owned(),
                primary: Label { span, text: "kept when its frame ends, for nobody".to_owned() },
                labels: vec![Label { span: ends, text: "frames end here without a look at what they kept".to_owned() }],
                help: "end the frame with `end_frame_with_promotions` and take what it returns, or make the value with `pool_box`"
                    .to_owned(),
                fix: None,
                item,
            });
        }
    }
}

/// Ends of frames whose promotions are dropped without a look.
fn unread(program: &Program, function: &Function, id: BodyId, findings: &mut Vec<Finding>) {
    let flow = program.flow(function);
    if !flow.origins.iter().any(|origin| origin.kind == OriginKind::Promotions) {
        return;
    }
    for (at, op, call) in function.body(id).calls() {
        let (guessed, own) = match &call.callee {
            Callee::Api { method, guessed, .. } if method.kind == Kind::EndFrameWithPromotions => {
                (*guessed, false)
            }
            // What a helper returns that ends the frame.
            Callee::Own(_) => (false, true),
            _ => continue,
        };
        let OpKind::Assign(place, Value::Call(_)) = &op.kind else { continue };
        let returns_them = flow.origins.iter().any(|origin| {
            origin.kind == OriginKind::Promotions && origin.op == Some(at) && origin.span == op.span
        });
        if own && !(returns_them && program.ends_frame_by(call)) {
            continue;
        }
        let fate = program.fate(function, id, place);
        if fate.leaves() || fate.looked_at {
            continue;
        }
        findings.push(Finding {
            lint: &PROMOTION_IGNORED,
            confidence: if guessed { Confidence::Possible } else { Confidence::Certain },
            message: "what this frame keeps is dropped without a look".to_owned(),
            primary: Label { span: call.name_span, text: "the promotions that this returns are lost".to_owned() },
            labels: Vec::new(),
            help: "take what it returns, `for promotion in alloc.end_frame_with_promotions() { .. }`, or call `end_frame`"
                .to_owned(),
            fix: None,
            item: program.path(function).to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::PROMOTION_IGNORED;
    use crate::lints::testing::check;

    #[test]
    fn retained_values_that_nobody_takes() {
        check(
            &PROMOTION_IGNORED,
            r#"
use framealloc::{RetentionPolicy as Keep, SmartAlloc};
struct Map { alloc: SmartAlloc }
impl Map {
    fn build(&self, n: u8) -> u8 {
        let kept = self.alloc.frame_retained_value([n; 4], Keep::PromoteToPool); //~ FA604
        let Ok(other) = self.alloc.try_frame_retained::<[u8; 4]>(Keep::Discard) else { return 0 }; //~ FA604
        let under = self.alloc.with_tag("map", |a| a.frame_retained_value(n, Keep::PromoteToHeap)); //~ FA604
        kept[0] + other[0] + *under
    }
    fn frame(&self) { self.alloc.begin_frame(); self.build(1); self.alloc.end_frame(); }
}
"#,
        );
    }

    #[test]
    fn lists_that_are_dropped_unread() {
        check(
            &PROMOTION_IGNORED,
            r#"
use framealloc::{Promotions, RetentionPolicy as Keep, SmartAlloc};
struct Kept { last: Option<Promotions> }
fn work(alloc: &SmartAlloc) { alloc.begin_frame(); alloc.frame_retained_value(1, Keep::PromoteToPool); }
fn statement(alloc: &SmartAlloc) { work(alloc); alloc.end_frame_with_promotions(); } //~ FA604
fn wild(alloc: &SmartAlloc) { work(alloc); let _ = alloc.end_frame_with_promotions(); } //~ FA604
fn named(alloc: &SmartAlloc) { work(alloc); let _kept = alloc.end_frame_with_promotions(); } //~ FA604
fn dropped(alloc: &SmartAlloc) { work(alloc); drop(alloc.end_frame_with_promotions()); } //~ FA604
fn later(alloc: &SmartAlloc) { work(alloc); let list = alloc.end_frame_with_promotions(); drop(list); } //~ FA604
fn tagged(alloc: &SmartAlloc) { work(alloc); alloc.with_tag("x", |a| { let _ = a.end_frame_with_promotions(); }); } //~ FA604
fn finish(alloc: &SmartAlloc) -> Promotions { work(alloc); alloc.end_frame_with_promotions() }
fn caller(alloc: &SmartAlloc) { finish(alloc); } //~ FA604
fn read(alloc: &SmartAlloc) -> usize { work(alloc); alloc.end_frame_with_promotions().len() }
fn each(alloc: &SmartAlloc) { work(alloc); for one in finish(alloc) { println!("{}", one.size); } }
fn stored(alloc: &SmartAlloc, kept: &mut Kept) { work(alloc); kept.last = Some(alloc.end_frame_with_promotions()); }
fn given(alloc: &SmartAlloc) { work(alloc); let list = alloc.end_frame_with_promotions(); eat(list); }
fn eat(list: Promotions) { for one in list { println!("{}", one.size); } }
fn arm(alloc: &SmartAlloc, wanted: bool) -> Option<Promotions> {
    work(alloc);
    match wanted { true => Some(alloc.end_frame_with_promotions()), false => { alloc.end_frame(); None } }
}
"#,
        );
    }

    #[test]
    fn crates_that_take_promotions_later() {
        check(
            &PROMOTION_IGNORED,
            r#"
use framealloc::{RetentionPolicy as Keep, SmartAlloc};
fn work(alloc: &SmartAlloc) { alloc.begin_frame(); alloc.frame_retained_value(1, Keep::PromoteToPool); alloc.end_frame(); }
mod store { pub fn collect(alloc: &framealloc::SmartAlloc) -> usize { alloc.take_promotions().len() } }
struct Cache; impl Cache { fn frame_retained(&self) {} fn end_frame_with_promotions(&self) -> u8 { 0 } }
fn other(cache: &Cache) { cache.frame_retained(); let _ = cache.end_frame_with_promotions(); }
"#,
        );
    }
}
