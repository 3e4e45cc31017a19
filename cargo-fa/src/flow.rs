//! Control flow and data flow: what lints read.
//!
//! A lint gets a [`Program`] and asks. This page is the guide for whoever writes one; the lints `frame_escape`,
//! `frame_not_ended` and `frame_value_across_await` show it at work.
//!
//! # The shape of a function
//!
//! Each function is a [`Function`](body::Function) with one [`Body`](body::Body) for itself (number 0) and one for each
//! closure or async block that outlives the place where it is written: those given to a spawn, stored, returned, or given
//! to a function of the program. All bodies share the table of variables, so what a closure captures has the number it has
//! outside; [`Body::captures`](body::Body::captures) lists it. Closures that run where they are written (`with_tag`,
//! `task`, `with_scope`, `thread::scope`, `LocalKey::with`, those of iterators and options) are part of the body around
//! them, in a [`Context`](body::Context) of their own: `return` in them leaves only them, and those of iterators are loops.
//!
//! A body is a graph of blocks of operations. What matters is nearly always a call, whose result is always in a temporary:
//!
//! ```
//! use cargo_fa::flow::Program;
//! use cargo_fa::flow::body::Callee;
//! use cargo_fa::model::api::Kind;
//! use cargo_fa::source::load_files;
//!
//! let source = "struct Game { alloc: std::sync::Arc<framealloc::SmartAlloc> }
//! impl Game { fn update(&self) { self.alloc.with_tag(\"ai\", |a| drop(a.frame_box(1))); } }";
//! let program = Program::build(load_files(&[("src/lib.rs", source)], false));
//! let mut tags = Vec::new();
//! for (function, _, body) in program.bodies() {
//!     for (_, _, call) in body.calls() {
//!         // `method` is a row of the table in `model::api`: what it does is its kind. A call by a name that only an
//!         // allocator is likely to have, on something of unknown type, is `guessed`: `Confidence::Possible`.
//!         if let Callee::Api { method, guessed: false, .. } = &call.callee
//!             && method.kind == Kind::WithTag
//!         {
//!             // Arguments: the receiver first.
//!             tags.extend(program.text_of(function, &call.args[1]));
//!         }
//!     }
//! }
//! assert_eq!(tags, ["ai".into()]);
//! ```
//!
//! Other callees: [`Callee::Own`](body::Callee::Own) is a function of the program (several, when a trait has several
//! implementations), [`Callee::Path`](body::Callee::Path) one of another crate by its full path,
//! [`Callee::Method`](body::Callee::Method) a method of another crate with the type of its receiver.
//! [`Call::name_span`](body::Call) is the place for a label at a method call; `op.span` is the whole expression.
//!
//! # What is known at a point
//!
//! [`Program::walk`] visits the operations that are reached, each with the [`State`] before and after it:
//!
//! - [`State::held`]: the values that a place holds, by their [`Origin`]: which call made them, of which
//!   [`OriginKind`], for which allocator. They follow bindings, fields, tuples, literals, closures, calls and
//!   collections; they stop at copies. A variable whose value was moved out, dropped or taken holds nothing. The
//!   [`Status`] says whether its frame is over, on some path or on all.
//! - [`State::frame`], [`State::open_frames`], [`State::certainly_open`]: what is known of an allocator's frame. The end
//!   may be in a helper, a guard, a `Drop`: it counts all the same. [`FrameState::Open`] also says which statement left
//!   the function or loop since (that is FA603's; others skip those with `left`).
//!
//! Places are looked up as they refer: `state.held(&function.referred(place))`. Allocators are compared by
//! [`Function::root`](body::Function::root): clones, references and parameters of `with_tag`'s closure have one root.
//!
//! ```
//! use cargo_fa::flow::{OriginKind, Program};
//! use cargo_fa::flow::body::OpKind;
//! use cargo_fa::source::load_files;
//!
//! let source = "async fn f(alloc: &framealloc::SmartAlloc) {
//!     let text = alloc.frame_string();
//!     g().await;
//! }
//! async fn g() {}";
//! let program = Program::build(load_files(&[("src/lib.rs", source)], false));
//! let mut held = 0;
//! for (function, id, _) in program.bodies() {
//!     let flow = program.flow(function);
//!     program.walk(function, id, |point| {
//!         if matches!(point.op.kind, OpKind::Await) {
//!             let of_frame = |origin| flow.origin(origin).kind == OriginKind::Frame;
//!             held += point.before.places().filter(|(_, held)| held.keys().any(|&it| of_frame(it))).count();
//!         }
//!     });
//! }
//! assert_eq!(held, 1);
//! ```
//!
//! [`Program::stored`] says what an operation puts into a place or, by `push` and its like, into a collection.
//! [`Program::at_exit`] is the state where a body ends. [`Program::liveness`] says which variables are read later.
//! Facts of a lint's own (phases, signals) go through [`forward`], which has an example.
//!
//! # What calls mean
//!
//! [`Program::summary`] of a function (and [`Program::body_summary`] of a closure): what it returns, stores, allocates
//! first, which frames it opens or ends for its caller, whether it sets budgets, takes promotions, signals or waits. What
//! it calls is taken in. [`Program::reached_from`] lists what a body may call. [`Program::frame_calls`] says which
//! bodies are called within frames.
//!
//! [`Program::threads`] knows which calls hand an argument to other threads, how, and what it is when it is work;
//! [`threads::each_call`] visits what that work calls, in order:
//!
//! ```
//! use cargo_fa::flow::threads::{Handing, Job, each_call};
//! use cargo_fa::flow::Program;
//! use cargo_fa::source::load_files;
//!
//! let source = "fn start(alloc: framealloc::SmartAlloc) {
//!     std::thread::spawn(move || work(&alloc));
//! }
//! fn work(alloc: &framealloc::SmartAlloc) { alloc.frame_vec::<u8>(); }";
//! let program = Program::build(load_files(&[("src/lib.rs", source)], false));
//! let threads = program.threads();
//! let (function, _, body) = program.bodies().next().unwrap();
//! let (_, _, spawn) = body.calls().find(|(_, _, call)| &*call.name == "spawn").unwrap();
//! let handed = &threads.handed(&program, function, spawn)[0];
//! assert_eq!(handed.how, Handing::Thread);
//! let mut called = Vec::new();
//! each_call(&program, threads, (function, handed.job.unwrap()), &mut |_, _, call, _| {
//!     called.push(call.name.to_string());
//! });
//! assert_eq!(called, ["frame_vec", "work"]);
//! ```
//!
//! # Loops
//!
//! [`Function::loops_around`](body::Function::loops_around) a context, from the inside; each
//! [`Loop`](body::Loop) has a [`Bound`](body::Bound), and says whether a condition that compares something leaves it. The
//! frame loop is one in whose context a frame begins: compare contexts with
//! [`Function::is_within`](body::Function::is_within).
//!
//! # One island at a time
//!
//! While somebody types, lints see parts of a program: [`Program::islands`] are functions that have nothing to do with each
//! other, and only those are looked at on which something has changed. A lint that follows calls, statics, types of the
//! program and what flows need not know. One that compares functions by anything else (tags by their names, whether any
//! function of a crate does something) must say so in its declaration: `check = check, whole;`.
//!
//! # When it is not known
//!
//! Types that the index cannot see are [`Ty::Unknown`](crate::model::Ty::Unknown), and nothing follows from them. A lint
//! that is not sure stays silent.

mod analysis;
mod begins;
pub mod body;
mod build;
mod fate;
mod forward;
mod getter;
mod islands;
mod liveness;
mod look;
mod order;
mod past;
mod point;
mod program;
mod relevant;
mod state;
mod summarise;
mod summary;
mod tags;
pub mod threads;
mod uses;
mod varies;
mod within;

pub use analysis::Flow;
pub use fate::{Fate, may_own};
pub use forward::{forward, state_before};
pub use liveness::Liveness;
pub use past::Past;
pub use point::Point;
pub use program::{Known, Program};
pub use state::{FrameState, Origin, OriginId, OriginKind, State, Status};
pub use summary::{Budget, FrameEffect, Made, Memory, Shared, Stored, Summary, seen_by_caller};
pub use tags::{Stack, Tag, TagUse, Tags};
pub use uses::{called, is_refused, operands};
pub use varies::Varies;
pub use within::{FrameCalls, Within};
