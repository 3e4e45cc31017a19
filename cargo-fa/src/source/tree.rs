//! The syntax tree that the analysis works on.
//!
//! It is smaller than syn's, can go from thread to thread, and knows the bytes of what it stands for. Spans are those of
//! the source; what a macro would expand to is not here, but what can be read of its arguments is.

use std::sync::{Arc, OnceLock};

use super::span::Span;

/// An identifier. `r#` is left out.
pub type Name = Arc<str>;

/// What attributes say that matters here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attrs {
    /// `#[cfg(test)]`, `#[test]`, `#[bench]` or one of the kind.
    pub test: bool,
    /// `#[path = ".."]`.
    pub path: Option<String>,
    /// What is derived, by its last name.
    pub derives: Vec<Name>,
}

/// A module, function, type, …. A copy shares what is in it.
#[derive(Clone, Debug)]
pub struct Item {
    /// All of it.
    pub span: Span,
    /// Its name; empty for `impl` and `use`.
    pub name: Name,
    /// The bytes of the name.
    pub name_span: Span,
    /// Its attributes.
    pub attrs: Attrs,
    /// Whether it is `pub`, without restriction.
    pub public: bool,
    /// What it is.
    pub kind: ItemKind,
}

/// What an item is.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// `fn`.
    Fn(Arc<Fn>),
    /// `struct` or `union`.
    Struct(Arc<Struct>),
    /// `enum`.
    Enum(Arc<Enum>),
    /// `type`.
    Alias(Arc<Alias>),
    /// `impl`.
    Impl(Arc<Impl>),
    /// `trait`.
    Trait(Arc<Trait>),
    /// `mod`.
    Mod(Mod),
    /// `use`, one entry for each name.
    Use(Arc<[Use]>),
    /// `static`, `const`, and what `thread_local!` holds.
    Static(Arc<Static>),
}

/// A module: in a file of its own when there are no items here.
#[derive(Clone, Debug)]
pub struct Mod {
    /// What stands between its braces.
    pub items: Option<Arc<[Item]>>,
}

/// One name that a `use` brings.
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    /// What is used; without the `*` of a glob.
    pub path: Vec<Name>,
    /// The name it has here.
    pub name: Name,
    /// Ends in `*`.
    pub glob: bool,
    /// Begins with `::`.
    pub rooted: bool,
}

/// The parameters of a generic item.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Generics {
    /// Lifetimes, without the apostrophe.
    pub lifetimes: Vec<Name>,
    /// Types with their bounds, those of `where` too.
    pub types: Vec<(Name, Vec<Type>)>,
}

/// A function. Most of a program are bodies that nobody looks at, so [`Fn::code`] reads this one when somebody asks.
#[derive(Clone)]
pub struct Fn {
    /// From `fn` to the end.
    pub span: Span,
    /// `async fn`.
    pub is_async: bool,
    /// Whether it takes `self`.
    pub has_self: bool,
    /// The bytes of its body; a trait's function may have none.
    pub body: Option<Span>,
    /// The blocks of the body that hold items, inner ones before those around them.
    pub inner: Vec<Inner>,
    /// The text of the file.
    pub(super) text: Arc<str>,
    /// What was read of it.
    pub(super) code: OnceLock<Arc<Code>>,
}

impl std::fmt::Debug for Fn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

impl Fn {
    /// Whether it is the same in every byte and stands at the same place, with the same beside it in its lines.
    #[must_use]
    pub fn is_as(&self, other: &Self) -> bool {
        self.span == other.span && self.lines() == other.lines()
    }

    fn lines(&self) -> (&str, &str) {
        let (start, end) = (self.span.start as usize, self.span.end as usize);
        let before = self.text.get(..start).and_then(|text| text.rsplit('\n').next());
        let rest = self.text.get(start..).unwrap_or("");
        let length = rest.get(end - start..).and_then(|after| after.find('\n'));
        (before.unwrap_or(""), length.map_or(rest, |length| &rest[..end - start + length]))
    }

    /// Its text up to its body: what others know of it.
    #[must_use]
    pub fn head(&self) -> &str {
        let end = self.body.map_or(self.span.end, |body| body.start);
        self.text.get(self.span.start as usize..end as usize).unwrap_or("")
    }

    /// Its text, from `fn` to the end.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text.get(self.span.start as usize..self.span.end as usize).unwrap_or("")
    }
}

/// What a function takes, returns and does.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// Its parameters between `<` and `>`.
    pub generics: Generics,
    /// How it takes `self`.
    pub receiver: Option<Receiver>,
    /// The other parameters.
    pub params: Vec<(Pat, Type)>,
    /// What it returns.
    pub result: Option<Type>,
    /// Its body.
    pub body: Option<Block>,
}

/// The items of a block within a function, which are visible in all of the block.
#[derive(Clone, Debug)]
pub struct Inner {
    /// The block.
    pub block: Span,
    /// Its items.
    pub items: Vec<Item>,
}

/// How a function takes `self`.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// The bytes of `self`.
    pub span: Span,
    /// `&self` or `&mut self`.
    pub reference: bool,
    /// `&mut self` or `mut self`.
    pub mutable: bool,
    /// `self: T`.
    pub ty: Option<Type>,
}

/// A structure, its fields in order; those of a tuple are named `0`, `1`, ….
#[derive(Clone, Debug, PartialEq)]
pub struct Struct {
    /// Its parameters.
    pub generics: Generics,
    /// Its fields.
    pub fields: Vec<(Name, Type)>,
    /// `struct S(T);`
    pub tuple: bool,
}

/// An enumeration.
#[derive(Clone, Debug, PartialEq)]
pub struct Enum {
    /// Its parameters.
    pub generics: Generics,
    /// Its variants with their fields.
    pub variants: Vec<(Name, Vec<(Name, Type)>)>,
}

/// Another name of a type.
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// Its parameters.
    pub generics: Generics,
    /// The type.
    pub ty: Type,
}

/// An implementation.
#[derive(Clone, Debug)]
pub struct Impl {
    /// Its parameters.
    pub generics: Generics,
    /// The trait.
    pub of: Option<Path>,
    /// For which type.
    pub ty: Type,
    /// Functions, constants and types.
    pub items: Vec<Item>,
}

/// A trait.
#[derive(Clone, Debug)]
pub struct Trait {
    /// Its parameters.
    pub generics: Generics,
    /// The traits it requires.
    pub supers: Vec<Type>,
    /// Functions, constants and types.
    pub items: Vec<Item>,
}

/// A value with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Static {
    /// Its type.
    pub ty: Type,
    /// What it is at first, if that is a literal.
    pub value: Option<Lit>,
    /// `const`, not `static`.
    pub is_const: bool,
    /// Each thread has its own.
    pub thread_local: bool,
}

/// A path, in an expression, a pattern or a type.
#[derive(Clone, Debug)]
pub struct Path {
    /// All of it.
    pub span: Span,
    /// Begins with `::`.
    pub rooted: bool,
    /// `<T as ..>`.
    pub of: Option<Box<Type>>,
    /// The names in it.
    pub segments: Vec<Segment>,
}

/// Written alike: where they stand does not count.
impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        (self.rooted, &self.of, &self.segments) == (other.rooted, &other.of, &other.segments)
    }
}

impl Path {
    /// The last name.
    #[must_use]
    pub fn last(&self) -> &str {
        self.segments.last().map_or("", |segment| &segment.name)
    }

    /// The name, when it is only one.
    #[must_use]
    pub fn single(&self) -> Option<&Name> {
        match &*self.segments {
            [segment] if !self.rooted && self.of.is_none() => Some(&segment.name),
            _ => None,
        }
    }
}

/// One name of a path.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// The name.
    pub name: Name,
    /// Types between `<` and `>`, and those of `Fn(..)`.
    pub types: Vec<Type>,
    /// Lifetimes between `<` and `>`.
    pub lifetimes: Vec<Name>,
    /// `Item = T`.
    pub assoc: Vec<(Name, Type)>,
    /// What `Fn(..) -> T` returns.
    pub result: Option<Box<Type>>,
}

/// A type as it is written.
#[derive(Clone, Debug)]
pub struct Type {
    /// All of it.
    pub span: Span,
    /// What it is.
    pub kind: TypeKind,
}

/// Written alike: where they stand does not count.
impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// What a type is.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// A name.
    Path(Path),
    /// `&'a mut T`.
    Ref(Option<Name>, bool, Box<Type>),
    /// `*mut T`.
    Ptr(Box<Type>),
    /// `[T]`.
    Slice(Box<Type>),
    /// `[T; N]`.
    Array(Box<Type>),
    /// `(A, B)`.
    Tuple(Vec<Type>),
    /// `fn(A) -> B`.
    Fn(Vec<Type>, Option<Box<Type>>),
    /// `impl A + B`; lifetimes are left out.
    Impl(Vec<Type>),
    /// `dyn A + B`.
    Dyn(Vec<Type>),
    /// `!`.
    Never,
    /// `_`, and what cannot be read.
    Infer,
}

/// Statements between braces.
#[derive(Clone, Debug)]
pub struct Block {
    /// With the braces.
    pub span: Span,
    /// Whether items are among them, which [`Fn::inner`] has.
    pub has_items: bool,
    /// The others.
    pub stmts: Vec<Stmt>,
}

/// A statement.
#[derive(Clone, Debug)]
pub enum Stmt {
    /// `let`.
    Let(Box<Let>),
    /// An expression; with a semicolon or not.
    Expr(Expr, bool),
}

/// `let pattern: type = value else { .. };`
#[derive(Clone, Debug)]
pub struct Let {
    /// All of it.
    pub span: Span,
    /// The pattern.
    pub pat: Pat,
    /// Its type.
    pub ty: Option<Type>,
    /// Its value.
    pub value: Option<Expr>,
    /// What happens when the pattern does not match.
    pub otherwise: Option<Expr>,
}

/// A pattern.
#[derive(Clone, Debug)]
pub struct Pat {
    /// All of it.
    pub span: Span,
    /// What it is.
    pub kind: PatKind,
}

/// What a pattern is.
#[derive(Clone, Debug)]
pub enum PatKind {
    /// `_`, `..`, literals, ranges, and what cannot be read.
    Wild,
    /// `..`.
    Rest,
    /// A literal: tests, binds nothing.
    Literal,
    /// A range, likewise.
    Range,
    /// A name, with what follows its `@`. A path of one name may be a constant.
    Name(Name, bool, Option<Box<Pat>>),
    /// `&p`.
    Ref(Box<Pat>),
    /// `(a, b)`.
    Tuple(Vec<Pat>),
    /// `[a, b]`.
    Slice(Vec<Pat>),
    /// `P(a, b)`.
    TupleStruct(Path, Vec<Pat>),
    /// `P { a, b: c }`.
    Struct(Path, Vec<(Name, Pat)>),
    /// `P`.
    Path(Path),
    /// `a | b`.
    Or(Vec<Pat>),
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// All of it.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// A literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lit {
    /// `".."`
    Str(Name),
    /// `1`, with its suffix.
    Int(Option<u128>, Name),
    /// `1.0`, with its suffix.
    Float(Name),
    /// `true`
    Bool(bool),
    /// `'c'`
    Char,
    /// `b".."`, `c".."`, ….
    Other,
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `&&`.
    And,
    /// `||`.
    Or,
    /// `==`, `!=`, `<`, ….
    Compare,
    /// `+`, `*`, `<<`, ….
    Arithmetic,
}

/// An operator before a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `*`.
    Deref,
    /// `!`.
    Not,
    /// `-`.
    Negate,
}

/// An arm of a `match`.
#[derive(Clone, Debug)]
pub struct Arm {
    /// The pattern.
    pub pat: Pat,
    /// The condition after `if`.
    pub guard: Option<Expr>,
    /// The value.
    pub body: Expr,
}

/// A closure.
#[derive(Clone, Debug)]
pub struct Closure {
    /// `move`.
    pub moves: bool,
    /// `async`.
    pub is_async: bool,
    /// The parameters with their types.
    pub params: Vec<(Pat, Option<Type>)>,
    /// What it returns.
    pub result: Option<Type>,
    /// The body.
    pub body: Expr,
}

/// A macro call.
#[derive(Clone, Debug)]
pub struct MacroCall {
    /// The name, as a path.
    pub path: Path,
    /// The arguments, where they are expressions.
    pub args: Vec<Expr>,
    /// `vec![value; length]`: the two arguments are these.
    pub repeat: bool,
    /// Whether the arguments could be read. If not, `args` are the names among them.
    pub read: bool,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A name.
    Path(Path),
    /// A literal.
    Lit(Lit),
    /// `a.b`.
    Field(Box<Expr>, Name),
    /// `a[b]`.
    Index(Box<Expr>, Box<Expr>),
    /// `f(a)`.
    Call(Box<Expr>, Vec<Expr>),
    /// `a.f::<T>(b)`.
    MethodCall(Box<MethodCall>),
    /// `m!(..)`.
    Macro(Box<MacroCall>),
    /// `-a`.
    Unary(Unary, Box<Expr>),
    /// `a + b`.
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// `a = b`.
    Assign(Box<Expr>, Box<Expr>),
    /// `a += b`.
    AssignOp(Box<Expr>, Box<Expr>),
    /// `&mut a`.
    Ref(bool, Box<Expr>),
    /// `&raw mut a`.
    RawRef(Box<Expr>),
    /// `a as T`.
    Cast(Box<Expr>, Type),
    /// `{ .. }`, with its label.
    Block(Block, Option<Name>),
    /// `async move { .. }`.
    Async(bool, Block),
    /// `if c { .. } else { .. }`.
    If(Box<Expr>, Block, Option<Box<Expr>>),
    /// `let p = e` in a condition.
    Let(Box<Pat>, Box<Expr>),
    /// `match`.
    Match(Box<Expr>, Vec<Arm>),
    /// `loop`.
    Loop(Option<Name>, Block),
    /// `while`.
    While(Option<Name>, Box<Expr>, Block),
    /// `for`.
    For(Option<Name>, Box<Pat>, Box<Expr>, Block),
    /// `break 'a value`.
    Break(Option<Name>, Option<Box<Expr>>),
    /// `continue 'a`.
    Continue(Option<Name>),
    /// `return value`.
    Return(Option<Box<Expr>>),
    /// `a.await`.
    Await(Box<Expr>),
    /// `a?`.
    Try(Box<Expr>),
    /// `S { a, ..b }`.
    Struct(Path, Vec<(Name, Expr)>, Option<Box<Expr>>),
    /// `(a, b)`.
    Tuple(Vec<Expr>),
    /// `[a, b]`.
    Array(Vec<Expr>),
    /// `[a; n]`.
    Repeat(Box<Expr>, Box<Expr>),
    /// `a..b`.
    Range(Option<Box<Expr>>, Option<Box<Expr>>, bool),
    /// `|a| b`.
    Closure(Box<Closure>),
    /// What cannot be read.
    Missing,
}

/// A method call.
#[derive(Clone, Debug)]
pub struct MethodCall {
    /// On what.
    pub receiver: Expr,
    /// The method.
    pub name: Name,
    /// The bytes of its name.
    pub name_span: Span,
    /// `::<T>`.
    pub types: Vec<Type>,
    /// The arguments.
    pub args: Vec<Expr>,
}
