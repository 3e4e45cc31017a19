//! The library's lock-free parts, run in every interleaving and with every outcome that the memory model allows.
//!
//! The files under test are the library's own, included by path beside a `sync` module that takes atomics, locks
//! and cells from loom. [`broken`] and [`broken_phaser`] have copies with one mistake each,
//! which the same models must catch.

#[path = "../../../framealloc/src/pool/big.rs"]
#[expect(dead_code, reason = "what concerns one thread alone is not modelled")]
mod big;
#[path = "../../../framealloc/src/thread/clock.rs"]
mod clock;
#[path = "../../../framealloc/src/pool/handover.rs"]
mod handover;
#[path = "../../../framealloc/src/pool/meters.rs"]
mod meters;
#[path = "../../../framealloc/src/thread/phaser.rs"]
#[expect(dead_code, reason = "what only messages need is not modelled")]
mod phaser;
#[path = "../../../framealloc/src/pool/remote.rs"]
mod remote;

#[path = "../../../framealloc/src/pool/transfers.rs"]
mod transfers;

mod heap;
mod memory;
mod sync;

mod broken;
mod broken_phaser;
mod meeting;
mod ownership;
mod shared_frames;
mod stack;
mod transfer;

/// Preemptions in one run, where the environment does not say. Most mistakes need one or two.
const PREEMPTIONS: usize = 3;

/// Runs `model` in every interleaving.
fn check(model: impl Fn() + Sync + Send + 'static) {
    check_with(0, model);
}

/// Like [`check`] with one preemption less, for models whose steps are many.
fn check_long(model: impl Fn() + Sync + Send + 'static) {
    check_with(1, model);
}

fn check_with(fewer: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(builder.preemption_bound.unwrap_or(PREEMPTIONS).saturating_sub(fewer));
    builder.check(model);
}
