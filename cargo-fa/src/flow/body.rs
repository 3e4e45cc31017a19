//! A function as a graph of simple operations.
//!
//! A function has one [`Body`] for itself and one for each closure or async block that outlives the place where it is
//! written; all of them share the table of variables, so what a closure captures has the number it has outside. A
//! closure that is called where it is written (`with_tag`, `map`, `for_each`, ..) is part of the body around it.

use std::sync::Arc;

use crate::model::api::Method;
use crate::model::{FnId, Index, ItemId, Ty};
use crate::source::Span;
use crate::source::tree::{Fn, Name};

/// A variable or a temporary value of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalId(pub u32);

/// A block of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(pub u32);

/// A body of a function; the function itself is number 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BodyId(pub u32);

/// A loop of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LoopId(pub u32);

/// A surrounding of operations, see [`Context`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContextId(pub u32);

/// An operation: block and place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OpId {
    /// The block.
    pub block: BlockId,
    /// The place in the block.
    pub index: u32,
}

/// A function with its bodies.
#[derive(Clone, Debug)]
pub struct Function {
    /// Which.
    pub id: FnId,
    /// Its variables and temporaries.
    pub locals: Vec<Local>,
    /// Its parameters in order, `self` first.
    pub params: Vec<LocalId>,
    /// Itself, then its closures and async blocks.
    pub bodies: Vec<Body>,
    /// Its loops.
    pub loops: Vec<Loop>,
    /// What surrounds its operations.
    pub contexts: Vec<Context>,
    /// The functions whose bodies say what allocator they hand out to this one.
    pub(super) handed: Vec<(FnId, Arc<Fn>)>,
}

/// A variable or a temporary value.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name; temporaries have none.
    pub name: Option<Name>,
    /// Where it is declared.
    pub span: Span,
    /// Its type.
    pub ty: Ty,
    /// Where it is declared.
    pub context: ContextId,
    /// The body that declares it.
    pub body: BodyId,
    /// The parameter that it is.
    pub param: Option<usize>,
    /// What it stands for, when it is only another name of it.
    pub alias: Option<Alias>,
}

/// What a variable is another name of.
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// The other.
    pub place: Place,
    /// Whether it is a reference or handle to the same thing. If not, it is a moved or cloned value: the allocators
    /// within are the same, but what is stored in one is not stored in the other.
    pub same: bool,
}

/// Where a place begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Base {
    /// A variable.
    Local(LocalId),
    /// A static, constant or thread-local.
    Static(ItemId),
    /// What a function of the program returns, whoever calls it.
    Result(FnId),
}

/// A variable, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Where it begins.
    pub base: Base,
    /// Which fields lead to it. [`DEREF`] and [`INDEX`] stand for themselves.
    pub fields: Vec<Name>,
}

/// In a path of fields: what a handle or reference leads to.
pub const DEREF: &str = "*";
/// In a path of fields: an element.
pub const INDEX: &str = "[]";

impl Place {
    /// A whole variable.
    #[must_use]
    pub fn local(local: LocalId) -> Self {
        Self { base: Base::Local(local), fields: Vec::new() }
    }

    /// A part of it.
    #[must_use]
    pub fn then(mut self, field: impl Into<Name>) -> Self {
        self.fields.push(field.into());
        self
    }

    /// The variable, when it begins with one.
    #[must_use]
    pub fn as_local(&self) -> Option<LocalId> {
        match self.base {
            Base::Local(local) => Some(local),
            Base::Static(_) | Base::Result(_) => None,
        }
    }

    /// The variable, when it is all of it.
    #[must_use]
    pub fn whole_local(&self) -> Option<LocalId> {
        if self.fields.is_empty() { self.as_local() } else { None }
    }

    /// Without dereferences and elements: the same thing for whoever asks what it holds.
    #[must_use]
    pub fn flat(&self) -> Self {
        let fields = self.fields.iter().filter(|field| !matches!(&***field, DEREF | INDEX));
        Self { base: self.base, fields: fields.cloned().collect() }
    }

    /// Whether a handle, reference or element lies on the way.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.fields.iter().any(|field| matches!(&**field, DEREF | INDEX))
    }

    /// Whether it is an element, one of several.
    #[must_use]
    pub fn is_element(&self) -> bool {
        self.fields.iter().any(|field| &**field == INDEX)
    }

    /// Whether `other` is this place or a part of it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.base == other.base && other.fields.starts_with(&self.fields)
    }
}

/// What an operation reads.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// Takes the value away.
    Move(Place),
    /// Reads it.
    Copy(Place),
    /// Refers to it; `true`: to change it.
    Ref(Place, bool),
    /// Something that is not in a variable.
    Const(Const),
}

impl Operand {
    /// The place that is read.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Move(place) | Self::Copy(place) | Self::Ref(place, _) => Some(place),
            Self::Const(_) => None,
        }
    }

    /// Whether it is taken away.
    #[must_use]
    pub fn is_move(&self) -> bool {
        matches!(self, Self::Move(_))
    }
}

/// Something that is not in a variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Const {
    /// A text.
    Str(Name),
    /// A number.
    Int(u128),
    /// A function.
    Fn(FnId),
    /// A constant of the program.
    Item(ItemId),
    /// Anything else.
    Other,
}

/// How a value is put together.
#[derive(Clone, Debug, PartialEq)]
pub enum Aggregate {
    /// A tuple.
    Tuple,
    /// An array or a `vec![]`.
    Array,
    /// A structure or variant of this type.
    Struct(Option<ItemId>),
    /// `Some`, `Ok`, `Box::new`, `Mutex::new`, …: holds the value and adds nothing.
    Wrap,
    /// A range.
    Range,
}

/// What is assigned.
#[derive(Clone, Debug)]
pub enum Value {
    /// A value as it is.
    Use(Operand),
    /// A value of several. The names are those of fields; empty for elements.
    Aggregate(Aggregate, Vec<(Name, Operand)>),
    /// What a call returns.
    Call(Box<Call>),
    /// A closure or async block.
    Closure(BodyId),
    /// A comparison; its result says something about both.
    Compare(Vec<Operand>),
    /// A pattern looks at it.
    Look(Operand),
    /// Arithmetic and the like.
    Compute(Vec<Operand>),
    /// `as`.
    Cast(Operand),
    /// A macro that could not be read, and the names in it.
    Opaque(Vec<Operand>),
    /// What `.await` gives.
    Await(Operand),
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub callee: Callee,
    /// The arguments; the receiver of a method first.
    pub args: Vec<Operand>,
    /// The types of the arguments.
    pub types: Vec<Ty>,
    /// Where the arguments are written; for a receiver, where the call is.
    pub spans: Vec<Span>,
    /// Whether the first argument is the receiver of a method.
    pub is_method: bool,
    /// The last name of what is called.
    pub name: Name,
    /// The bytes of that name.
    pub name_span: Span,
    /// The type parameters given.
    pub generics: Vec<Ty>,
    /// What it returns.
    pub result: Ty,
    /// Closures among the arguments that run here, as part of this body; by the place of the argument.
    pub inlined: Vec<usize>,
}

/// What is called.
#[derive(Clone, Debug)]
pub enum Callee {
    /// A method of framealloc.
    Api {
        /// Which.
        method: &'static Method,
        /// The `try_` form.
        tries: bool,
        /// The receiver's type was not known; the name says it.
        guessed: bool,
    },
    /// Functions of the program: one, or those of all implementations of a trait.
    Own(Vec<FnId>),
    /// A function of another crate, by its full path.
    Path(String),
    /// A method of another crate.
    Method(Ty),
    /// A variable that holds a closure.
    Variable(Place),
    /// Not known.
    Unknown,
}

/// Why a value is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropWhy {
    /// Its block ends.
    ScopeEnd,
    /// `drop(value)`.
    Explicit,
    /// Another is put in its place.
    Overwritten,
    /// It is a temporary, and its statement ends.
    Temporary,
}

/// How a statement leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// `return`.
    Return,
    /// `?`.
    Try,
    /// `break` out of this loop.
    Break(LoopId),
    /// `continue` with the next turn of this loop.
    Continue(LoopId),
    /// `return` or `?` in a closure that runs here: it leaves only what is within this context.
    Closure(ContextId),
    /// `panic!` and its like.
    Panic,
}

/// An operation.
#[derive(Clone, Debug)]
pub struct Op {
    /// What it does.
    pub kind: OpKind,
    /// The source it stands for.
    pub span: Span,
    /// What surrounds it.
    pub context: ContextId,
}

/// What an operation does.
#[derive(Clone, Debug)]
pub enum OpKind {
    /// A variable begins to exist, without a value.
    Declare(LocalId),
    /// A place gets a value.
    Assign(Place, Value),
    /// A value ends.
    Drop(Place, DropWhy),
    /// On this path there is nothing in the place: a pattern says that it is `None` or an error.
    Empty(Place),
    /// `.await`: others run now.
    Await,
    /// A statement leaves; the edge of the block says where to.
    Leave(Leave),
    /// The value of the function or closure is in the place.
    Return(Place),
}

/// Operations that run one after the other.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// The operations.
    pub ops: Vec<Op>,
    /// Where it goes on: none, one, or one of several.
    pub next: Vec<BlockId>,
}

/// What a body is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// The function.
    Fn {
        /// `async fn`.
        is_async: bool,
    },
    /// A closure.
    Closure {
        /// `move`.
        moves: bool,
    },
    /// An async block or closure.
    Async {
        /// `move`.
        moves: bool,
    },
}

/// A variable that a closure takes from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Capture {
    /// Which.
    pub local: LocalId,
    /// Moved in: by `move`, or because the closure consumes it.
    pub by_move: bool,
    /// Where it is used first.
    pub span: Span,
}

/// A function, closure or async block as a graph.
#[derive(Clone, Debug)]
pub struct Body {
    /// What it is of.
    pub kind: BodyKind,
    /// All of it.
    pub span: Span,
    /// The body around it.
    pub parent: Option<BodyId>,
    /// Where its context begins.
    pub context: ContextId,
    /// Its parameters; those of the function are in [`Function::params`].
    pub params: Vec<LocalId>,
    /// What it takes from outside.
    pub captures: Vec<Capture>,
    /// The blocks. The first is where it begins.
    pub blocks: Vec<Block>,
    /// Where it ends.
    pub exit: BlockId,
    /// Where it ends when it panics.
    pub panic: BlockId,
    /// Where its result is when it ends.
    pub result: LocalId,
}

impl Body {
    /// All operations with their places.
    pub fn ops(&self) -> impl Iterator<Item = (OpId, &Op)> {
        self.blocks.iter().enumerate().flat_map(|(block, data)| {
            data.ops
                .iter()
                .enumerate()
                .map(move |(index, op)| (OpId { block: BlockId(block as u32), index: index as u32 }, op))
        })
    }

    /// All calls with their places.
    pub fn calls(&self) -> impl Iterator<Item = (OpId, &Op, &Call)> {
        self.ops().filter_map(|(id, op)| match &op.kind {
            OpKind::Assign(_, Value::Call(call)) => Some((id, op, &**call)),
            _ => None,
        })
    }

    /// A block.
    #[must_use]
    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.0 as usize]
    }

    /// An operation.
    #[must_use]
    pub fn op(&self, id: OpId) -> &Op {
        &self.block(id.block).ops[id.index as usize]
    }

    /// The blocks that lead to each block.
    #[must_use]
    pub fn predecessors(&self) -> Vec<Vec<BlockId>> {
        let mut before = vec![Vec::new(); self.blocks.len()];
        for (number, block) in self.blocks.iter().enumerate() {
            for next in &block.next {
                before[next.0 as usize].push(BlockId(number as u32));
            }
        }
        before
    }
}

/// What surrounds an operation.
#[derive(Clone, Debug)]
pub struct Context {
    /// What surrounds that.
    pub parent: Option<ContextId>,
    /// What it is.
    pub kind: ContextKind,
    /// Where it is.
    pub span: Span,
}

/// What a context is.
#[derive(Clone, Debug)]
pub enum ContextKind {
    /// A body.
    Body(BodyId),
    /// A block of statements, an arm of a `match`.
    Block,
    /// A loop.
    Loop(LoopId),
    /// A closure that runs where it is written, given to the method of this name.
    Inline(Name),
    /// A closure under this tag.
    Tag(Operand, Span),
}

/// A loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// The body it is in.
    pub body: BodyId,
    /// All of it.
    pub span: Span,
    /// Its context.
    pub context: ContextId,
    /// The loop around it in the same body.
    pub parent: Option<LoopId>,
    /// The block that decides whether there is another turn.
    pub head: BlockId,
    /// Where it goes on after it.
    pub after: BlockId,
    /// What it is.
    pub kind: LoopKind,
    /// How many turns it has.
    pub bound: Bound,
    /// A condition in it compares something and leaves the loop: a counter, a length, a shrinking queue.
    pub has_exit: bool,
}

/// What a loop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopKind {
    /// `loop`.
    Loop,
    /// `while`.
    While,
    /// `while let`.
    WhileLet,
    /// `for`.
    For,
    /// A closure that an iterator calls.
    Iterator,
}

/// How many turns a loop has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// As many as this literal says.
    Literal(u128),
    /// As many as a collection, an array or a range has.
    Bounded,
    /// As many as come from outside, or for ever: why.
    Unbounded(&'static str),
    /// Not known.
    Unknown,
}

impl Function {
    /// A variable.
    #[must_use]
    pub fn local(&self, id: LocalId) -> &Local {
        &self.locals[id.0 as usize]
    }

    /// The type of a variable or of a part of one.
    pub(super) fn ty_of(&self, index: &Index, place: &Place) -> Ty {
        let Some(local) = place.as_local() else { return Ty::Unknown };
        let mut ty = self.local(local).ty.clone();
        for field in &place.fields {
            ty = match index.field(&ty, field) {
                Some((ty, _)) => ty,
                None => return Ty::Unknown,
            };
        }
        ty
    }

    /// A body.
    #[must_use]
    pub fn body(&self, id: BodyId) -> &Body {
        &self.bodies[id.0 as usize]
    }

    /// A loop.
    #[must_use]
    pub fn a_loop(&self, id: LoopId) -> &Loop {
        &self.loops[id.0 as usize]
    }

    /// The contexts around one, from the inside, beginning with itself.
    pub fn around(&self, context: ContextId) -> impl Iterator<Item = (ContextId, &Context)> {
        let mut next = Some(context);
        std::iter::from_fn(move || {
            let id = next?;
            let context = &self.contexts[id.0 as usize];
            next = context.parent;
            Some((id, context))
        })
    }

    /// Whether `inner` lies within `outer`, or is it.
    #[must_use]
    pub fn is_within(&self, inner: ContextId, outer: ContextId) -> bool {
        self.around(inner).any(|(id, _)| id == outer)
    }

    /// The loops around an operation, from the inside, up to its body.
    #[must_use]
    pub fn loops_around(&self, context: ContextId) -> Vec<LoopId> {
        let mut loops = Vec::new();
        for (_, context) in self.around(context) {
            match context.kind {
                ContextKind::Loop(id) => loops.push(id),
                ContextKind::Body(_) => break,
                _ => {}
            }
        }
        loops
    }

    /// Whether each path through a body comes by an operation; for one in a loop, each turn that goes on to another.
    #[must_use]
    pub fn is_on_every_path(&self, body: BodyId, at: OpId) -> bool {
        let body = self.body(body);
        let (from, to) = match self.loops_around(body.op(at).context).first() {
            Some(&id) => (self.a_loop(id).head, self.a_loop(id).head),
            None => (BlockId(0), body.exit),
        };
        if at.block == from {
            return true;
        }
        let mut seen = vec![false; body.blocks.len()];
        seen[at.block.0 as usize] = true;
        let mut work = vec![from];
        while let Some(block) = work.pop() {
            for &next in &body.block(block).next {
                if next == to {
                    return false;
                }
                if !std::mem::replace(&mut seen[next.0 as usize], true) {
                    work.push(next);
                }
            }
        }
        true
    }

    /// What a place is another name of, as far as it is known; the same allocators are within.
    #[must_use]
    pub fn root(&self, place: &Place) -> Place {
        self.follow(place, false)
    }

    /// What a place refers to: what is stored in the one is stored in the other.
    #[must_use]
    pub fn referred(&self, place: &Place) -> Place {
        self.follow(place, true)
    }

    /// The variable that a place begins with, when what it leads to is one of several in a collection: by
    /// [`root`](Self::root) alone they are all the same.
    #[must_use]
    pub fn element(&self, place: &Place) -> Option<LocalId> {
        let first = place.as_local()?;
        let mut place = place;
        for _ in 0..64 {
            if place.is_element() {
                return Some(first);
            }
            place = &self.local(place.as_local()?).alias.as_ref()?.place;
        }
        None
    }

    fn follow(&self, place: &Place, same: bool) -> Place {
        let mut place = place.flat();
        for _ in 0..64 {
            let Some(local) = place.as_local() else { break };
            let Some(alias) = &self.local(local).alias else { break };
            if same && !alias.same {
                break;
            }
            let mut next = alias.place.flat();
            next.fields.extend(place.fields.iter().cloned());
            place = next;
        }
        place
    }
}
