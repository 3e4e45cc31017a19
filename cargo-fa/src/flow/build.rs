//! From the syntax of a function to its graph.

mod call;
mod closure;
mod control;
mod expr;
mod leaving;
mod loops;
mod macros;
mod method;
mod pattern;

use std::collections::HashMap;

use super::body::{
    Alias, Base, Block, BlockId, Body, BodyId, BodyKind, Capture, Context, ContextId, ContextKind, DropWhy,
    Function, Leave, Local, LocalId, LoopId, Op, OpKind, Operand, Place, Value,
};
use crate::model::{FnId, Index, ItemShape, Meaning, Space, Ty, TypeScope};
use crate::source::Span;
use crate::source::tree::{self, Name, Path};

/// Builds the graph of one function.
pub(super) struct Builder<'a> {
    index: &'a Index,
    types: TypeScope,
    function: Function,
    body: BodyId,
    block: BlockId,
    context: ContextId,
    scopes: Vec<Scope>,
    targets: Vec<Target>,
    /// Temporaries of the statements that are being read, innermost last.
    temporaries: Vec<Vec<LocalId>>,
    /// How often each variable was assigned.
    assigned: Vec<u32>,
    /// What each condition around what is read says of how long it goes on.
    conditions: Vec<Says>,
    /// What closures in variables return.
    closures: HashMap<BodyId, Ty>,
    /// What the next closure is given, when that is known.
    closure_inputs: Option<Vec<Ty>>,
}

/// What is known where a condition holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    Nothing,
    /// A number or a length was compared.
    Compares,
    /// Nothing is left of what each turn takes something from.
    RunsOut,
}

impl Says {
    fn compared(compares: bool) -> Self {
        if compares { Self::Compares } else { Self::Nothing }
    }
}

/// Names that are in sight until their block ends.
struct Scope {
    names: Vec<(Name, LocalId)>,
    owned: Vec<LocalId>,
}

/// Where `break`, `continue` and `return` lead.
struct Target {
    kind: TargetKind,
    label: Option<Name>,
    /// How many scopes stay when it is left.
    depth: usize,
    break_to: BlockId,
    result: LocalId,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TargetKind {
    /// A loop with its next turn, and how many conditions were around it.
    Loop(LoopId, BlockId, usize),
    /// A block with a label.
    Block,
    /// A closure that runs here.
    Inline,
    /// A body.
    Body,
}

/// The graph of a function; `None` if it has no body.
pub(super) fn build(index: &Index, id: FnId) -> Option<Function> {
    let data = index.function(id);
    let (syntax, code) = (&data.syntax, data.syntax.code());
    let block = code.body.as_ref()?;
    let mut builder = Builder {
        index,
        types: index.scope_of(id),
        function: Function {
            id,
            locals: Vec::new(),
            params: Vec::new(),
            bodies: Vec::new(),
            loops: Vec::new(),
            contexts: Vec::new(),
            handed: Vec::new(),
        },
        body: BodyId(0),
        block: BlockId(0),
        context: ContextId(0),
        scopes: Vec::new(),
        targets: Vec::new(),
        temporaries: vec![Vec::new()],
        assigned: Vec::new(),
        conditions: Vec::new(),
        closures: HashMap::new(),
        closure_inputs: None,
    };
    builder.open_body(BodyKind::Fn { is_async: syntax.is_async }, block.span);
    let mut position = 0;
    if let Some(receiver) = &code.receiver {
        let local = builder.param(position, Some("self".into()), receiver.span);
        builder.function.params.push(local);
        position += 1;
    }
    for (pat, _) in &code.params {
        let local = builder.param(position, None, pat.span);
        builder.function.params.push(local);
        position += 1;
        let ty = builder.ty(local);
        builder.bind_param(pat, local, ty);
    }
    let (value, _) = builder.block(block);
    builder.close_body(value, tail_of(block));
    for number in 0..builder.function.bodies.len() {
        builder.find_captures(BodyId(number as u32));
    }
    Some(builder.function)
}

impl Builder<'_> {
    fn param(&mut self, position: usize, name: Option<Name>, span: Span) -> LocalId {
        let ty = self.index.signature(self.function.id).params.get(position).cloned().unwrap_or(Ty::Unknown);
        let local = self.new_local(name.clone(), span, ty);
        self.function.locals[local.0 as usize].param = Some(position);
        // It has its value from the start.
        self.assigned[local.0 as usize] = 1;
        let scope = self.scope();
        if let Some(name) = name {
            scope.names.push((name, local));
        }
        scope.owned.push(local);
        local
    }

    fn scope(&mut self) -> &mut Scope {
        if self.scopes.is_empty() {
            self.scopes.push(Scope { names: Vec::new(), owned: Vec::new() });
        }
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    fn ty(&self, local: LocalId) -> Ty {
        self.function.local(local).ty.clone()
    }

    // Blocks and operations.

    fn new_block(&mut self) -> BlockId {
        let blocks = &mut self.function.bodies[self.body.0 as usize].blocks;
        blocks.push(Block::default());
        BlockId(blocks.len() as u32 - 1)
    }

    fn emit(&mut self, kind: OpKind, span: Span) {
        let context = self.context;
        let block = self.block.0 as usize;
        self.function.bodies[self.body.0 as usize].blocks[block].ops.push(Op { kind, span, context });
    }

    fn edge(&mut self, from: BlockId, to: BlockId) {
        let next = &mut self.function.bodies[self.body.0 as usize].blocks[from.0 as usize].next;
        if !next.contains(&to) {
            next.push(to);
        }
    }

    /// Ends the block and goes on in another.
    fn goto(&mut self, to: BlockId) {
        self.edge(self.block, to);
        self.block = to;
    }

    /// Ends the block by a jump; what follows is not reached.
    fn jump(&mut self, to: BlockId) {
        self.edge(self.block, to);
        self.block = self.new_block();
    }

    // Variables.

    fn new_local(&mut self, name: Option<Name>, span: Span, ty: Ty) -> LocalId {
        let id = LocalId(self.function.locals.len() as u32);
        let (context, body) = (self.context, self.body);
        self.function.locals.push(Local { name, span, ty, context, body, param: None, alias: None });
        self.assigned.push(0);
        id
    }

    /// A variable with a name, in sight from here on.
    fn declare(&mut self, name: &Name, span: Span, ty: Ty) -> LocalId {
        let local = self.new_local(Some(name.clone()), span, ty);
        let scope = self.scope();
        scope.names.push((name.clone(), local));
        scope.owned.push(local);
        self.emit(OpKind::Declare(local), span);
        local
    }

    /// A temporary, which ends with its statement.
    fn temporary(&mut self, span: Span, ty: Ty) -> LocalId {
        let local = self.new_local(None, span, ty);
        if let Some(list) = self.temporaries.last_mut() {
            list.push(local);
        }
        local
    }

    fn variable(&self, name: &Name) -> Option<LocalId> {
        let names = self.scopes.iter().rev().flat_map(|scope| scope.names.iter().rev());
        names.into_iter().find(|(known, _)| known == name).map(|&(_, local)| local)
    }

    /// Gives a place a value, and notes what it is another name of.
    fn assign(&mut self, place: Place, value: Value, span: Span) {
        if let Some(local) = place.whole_local() {
            let alias = match &value {
                Value::Use(operand) | Value::Cast(operand) => self.alias_of(operand),
                _ => None,
            };
            self.note_alias(local, alias);
        }
        self.emit(OpKind::Assign(place, value), span);
    }

    fn note_alias(&mut self, local: LocalId, alias: Option<Alias>) {
        let count = &mut self.assigned[local.0 as usize];
        *count += 1;
        let first = *count == 1;
        let alias = alias.filter(|alias| first && alias.place.as_local() != Some(local));
        self.function.locals[local.0 as usize].alias = alias;
    }

    fn alias_of(&self, operand: &Operand) -> Option<Alias> {
        let place = operand.place()?.clone();
        let same = match operand {
            Operand::Ref(..) => true,
            _ => match place.whole_local() {
                Some(local) => matches!(self.function.local(local).ty, Ty::Ref(..)),
                None => false,
            },
        };
        Some(Alias { place, same })
    }

    /// The value of an operand in a variable of its own.
    fn stored(&mut self, operand: Operand, ty: Ty, span: Span) -> Place {
        match operand {
            Operand::Move(place) | Operand::Copy(place) if place.whole_local().is_some() => place,
            operand => {
                let local = self.temporary(span, ty);
                self.assign(Place::local(local), Value::Use(operand), span);
                Place::local(local)
            }
        }
    }

    /// How a place is read as a value.
    fn read(&self, place: Place, ty: &Ty) -> Operand {
        match self.index.is_copy(ty) {
            Some(true) => Operand::Copy(place),
            Some(false) => Operand::Move(place),
            // What lies behind a handle cannot be moved out of it.
            None if place.is_behind() => Operand::Copy(place),
            None => Operand::Move(place),
        }
    }

    // Scopes.

    fn open_scope(&mut self) {
        self.scopes.push(Scope { names: Vec::new(), owned: Vec::new() });
    }

    fn close_scope(&mut self, span: Span) {
        let last = self.scopes.len().saturating_sub(1);
        self.drop_scopes(last, end_of(span));
        self.scopes.pop();
    }

    /// Ends the variables of all scopes beyond `depth`, inner ones first.
    fn drop_scopes(&mut self, depth: usize, span: Span) {
        let owned: Vec<LocalId> =
            self.scopes[depth..].iter().rev().flat_map(|scope| scope.owned.iter().rev().copied()).collect();
        for local in owned {
            // The end of a reference or handle ends nothing that it leads to.
            let ty = self.ty(local);
            if self.index.is_copy(&ty) != Some(true) && !self.is_handle(&ty) {
                self.emit(OpKind::Drop(Place::local(local), DropWhy::ScopeEnd), span);
            }
        }
    }

    fn open_statement(&mut self) {
        self.temporaries.push(Vec::new());
    }

    fn close_statement(&mut self, span: Span) {
        for local in self.temporaries.pop().unwrap_or_default().into_iter().rev() {
            let ty = self.ty(local);
            if self.index.is_copy(&ty) != Some(true) && !self.is_handle(&ty) && ty != Ty::unit() {
                self.emit(OpKind::Drop(Place::local(local), DropWhy::Temporary), end_of(span));
            }
        }
    }

    /// Lets the temporaries of the statement live as long as the block.
    fn extend_temporaries(&mut self) {
        let list = self.temporaries.last_mut().map(std::mem::take).unwrap_or_default();
        self.scope().owned.extend(list);
    }

    // Contexts.

    fn open_context(&mut self, kind: ContextKind, span: Span) -> ContextId {
        let before = self.context;
        let id = ContextId(self.function.contexts.len() as u32);
        let parent = if matches!(kind, ContextKind::Body(BodyId(0))) { None } else { Some(before) };
        self.function.contexts.push(Context { parent, kind, span });
        self.context = id;
        before
    }

    // Bodies.

    fn open_body(&mut self, kind: BodyKind, span: Span) {
        let id = BodyId(self.function.bodies.len() as u32);
        let parent = (id.0 > 0).then_some(self.body);
        self.body = id;
        self.function.bodies.push(Body {
            kind,
            span,
            parent,
            context: ContextId(0),
            params: Vec::new(),
            captures: Vec::new(),
            blocks: Vec::new(),
            exit: BlockId(0),
            panic: BlockId(0),
            result: LocalId(0),
        });
        self.open_context(ContextKind::Body(id), span);
        let entry = self.new_block();
        let exit = self.new_block();
        let panic = self.new_block();
        let result = self.new_local(None, span, Ty::Unknown);
        let context = self.context;
        let body = &mut self.function.bodies[id.0 as usize];
        (body.exit, body.panic, body.result, body.context) = (exit, panic, result, context);
        self.block = entry;
        let depth = self.scopes.len();
        self.targets.push(Target { kind: TargetKind::Body, label: None, depth, break_to: exit, result });
        self.open_scope();
    }

    fn close_body(&mut self, value: Operand, span: Span) {
        let result = self.function.bodies[self.body.0 as usize].result;
        self.assign(Place::local(result), Value::Use(value), span);
        self.close_scope(span);
        let exit = self.function.bodies[self.body.0 as usize].exit;
        self.edge(self.block, exit);
        self.block = exit;
        self.emit(OpKind::Return(Place::local(result)), end_of(span));
        self.targets.pop();
    }

    /// Leaves to a target: says so, ends what is in between, and jumps.
    fn leave(&mut self, how: Leave, to: BlockId, depth: usize, span: Span) {
        self.emit(OpKind::Leave(how), span);
        self.drop_scopes(depth, span);
        self.jump(to);
    }

    /// The variables that a body uses and does not declare.
    fn find_captures(&mut self, id: BodyId) {
        let body = self.function.body(id);
        if matches!(body.kind, BodyKind::Fn { .. }) {
            return;
        }
        let moves = matches!(body.kind, BodyKind::Closure { moves: true } | BodyKind::Async { moves: true });
        let mut captures: Vec<Capture> = Vec::new();
        let inside = |mut other: BodyId| {
            while other != id {
                match self.function.body(other).parent {
                    Some(parent) => other = parent,
                    None => return false,
                }
            }
            true
        };
        for (number, other) in self.function.bodies.iter().enumerate() {
            if !inside(BodyId(number as u32)) {
                continue;
            }
            for (_, op) in other.ops() {
                super::uses::places(&op.kind, &mut |place, taken| {
                    let Base::Local(local) = place.base else { return };
                    if inside(self.function.local(local).body) {
                        return;
                    }
                    let by_move = moves || taken && place.fields.is_empty();
                    match captures.iter_mut().find(|capture| capture.local == local) {
                        Some(capture) => capture.by_move |= by_move,
                        None => captures.push(Capture { local, by_move, span: op.span }),
                    }
                });
            }
        }
        self.function.bodies[id.0 as usize].captures = captures;
    }

    // Names.

    fn names_of(path: &Path) -> Vec<Name> {
        path.segments.iter().map(|segment| segment.name.clone()).collect()
    }

    fn value_named(&self, path: &Path) -> Option<Meaning> {
        if path.of.is_some() {
            return None;
        }
        let names = Self::names_of(path);
        match (&*names, self.types.self_ty.as_ref().and_then(Ty::as_item)) {
            ([own], Some(id)) if &**own == "Self" => Some(Meaning::Item(id)),
            ([own, variant], Some(id)) if &**own == "Self" => {
                self.index.variant_place(id, variant).map(|place| Meaning::Variant(id, place))
            }
            _ => self.index.lookup(self.types.module, &names, path.rooted, Space::Values),
        }
    }

    /// Whether a name in a pattern is a constant or a variant, which binds nothing.
    fn is_constant(&self, name: &Name) -> bool {
        if !name.chars().next().is_some_and(char::is_uppercase) {
            return false;
        }
        match self.index.lookup(self.types.module, std::slice::from_ref(name), false, Space::Values) {
            Some(Meaning::Variant(..) | Meaning::Outside(_)) => true,
            Some(Meaning::Item(id)) => {
                matches!(self.index.item(id).shape, ItemShape::Value { .. } | ItemShape::Struct { .. })
            }
            _ => false,
        }
    }
}

/// The expression that a block ends with, or the block.
fn tail_of(block: &tree::Block) -> Span {
    match block.stmts.last() {
        Some(tree::Stmt::Expr(tree::Expr { kind: tree::ExprKind::Block(inner, _), .. }, false)) => {
            tail_of(inner)
        }
        Some(tree::Stmt::Expr(expr, false)) => expr.span,
        _ => block.span,
    }
}

/// The last byte of a span: where a block ends.
fn end_of(span: Span) -> Span {
    Span { start: span.end.saturating_sub(1).max(span.start), ..span }
}
