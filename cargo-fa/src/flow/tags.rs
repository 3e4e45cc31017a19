//! Which tags are open where: those of closures around, of guards that are alive, and of callers.

mod names;
mod runs;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use self::names::Names;
use super::body::{BodyId, Call, Callee, ContextId, ContextKind, Function, OpId, OpKind, Value};
use super::point::Point;
use super::program::Program;
use super::state::{OriginId, OriginKind};
use crate::model::FnId;
use crate::model::api::Kind;
use crate::source::Span;
use crate::source::tree::Name;

/// A tag; `None` when its name is not known.
pub type Tag = Option<Name>;
/// The tags that are open at a point, outermost first.
pub type Stack = Vec<Tag>;

/// More ways to get to a point than this are not told apart.
const MOST_STACKS: usize = 16;
/// Tags nested deeper than this belong to functions that call themselves.
const DEEPEST: usize = 12;

type Where = (FnId, BodyId);

/// A place that names a tag.
#[derive(Clone, Debug)]
pub struct TagUse {
    /// The function it is in.
    pub function: FnId,
    /// Where the tag is written, or the call if it is written elsewhere.
    pub span: Span,
    /// The tag, without those around it.
    pub tag: Tag,
    /// Whether it is written there, as a literal or by the name of a constant.
    pub direct: bool,
    /// Opens it; otherwise a whole path is named, as for a budget.
    pub opens: bool,
    /// Those that are open around it, on each way to get there.
    pub outer: BTreeSet<Stack>,
    /// Whether the function itself has opened one of them.
    pub nested: bool,
}

/// Which tags are open where.
#[derive(Clone, Debug, Default)]
pub struct Tags {
    uses: Vec<TagUse>,
    /// When a body begins.
    entries: HashMap<Where, BTreeSet<Stack>>,
    /// What a body has opened itself, at the calls where that is something.
    local: HashMap<(FnId, BodyId, OpId), BTreeSet<Stack>>,
}

impl Tags {
    pub(super) fn of(program: &Program) -> Self {
        let names = Names::of(program);
        let mut tags = Self::default();
        for (function, id, _) in program.bodies() {
            tags.read_local(program, &names, function, id);
        }
        tags.entries = runs::entries(program, &names, &tags.local);
        for (function, id, body) in program.bodies() {
            for (at, _, call) in body.calls() {
                tags.read_use(&names, function, (id, at), call);
            }
        }
        tags
    }

    /// All places that name one.
    #[must_use]
    pub fn uses(&self) -> &[TagUse] {
        &self.uses
    }

    /// The tags that are open at a call, on each way to get there; none if it is never reached.
    #[must_use]
    pub fn at(&self, function: &Function, body: BodyId, at: OpId) -> BTreeSet<Stack> {
        let empty = BTreeSet::new();
        let entries = self.entries.get(&(function.id, body)).unwrap_or(&empty);
        match self.local.get(&(function.id, body, at)) {
            Some(local) => joined(entries, local),
            None => entries.clone(),
        }
    }

    fn read_local(&mut self, program: &Program, names: &Names<'_>, function: &Function, id: BodyId) {
        let tagged = |kind: OriginKind| kind == OriginKind::Tag;
        let guards = program.flow(function).origins.iter().any(|origin| tagged(origin.kind));
        let around = function.contexts.iter().any(|context| matches!(context.kind, ContextKind::Tag(..)));
        if guards {
            program.walk(function, id, |point| {
                let open = open_guards(program, names, function, point);
                self.note_local(names, function, id, (point.at, point.op.context), open);
            });
        } else if around {
            for (at, op) in function.body(id).ops() {
                self.note_local(names, function, id, (at, op.context), BTreeMap::new());
            }
        }
    }

    fn note_local(
        &mut self,
        names: &Names<'_>,
        function: &Function,
        id: BodyId,
        (at, context): (OpId, ContextId),
        mut open: BTreeMap<u32, BTreeSet<Tag>>,
    ) {
        let op = function.body(id).op(at);
        if !matches!(&op.kind, OpKind::Assign(_, Value::Call(_) | Value::Closure(_))) {
            return;
        }
        for (_, context) in function.around(context) {
            match &context.kind {
                ContextKind::Tag(tag, span) => {
                    let found = names.of_operand(function, tag, *span);
                    open.insert(span.start, found.into_iter().map(|one| one.tag).collect());
                }
                ContextKind::Body(_) => break,
                _ => {}
            }
        }
        if open.is_empty() {
            return;
        }
        let mut stacks = BTreeSet::from([Stack::new()]);
        for tags in open.into_values() {
            let one: BTreeSet<Stack> = tags.into_iter().map(|tag| vec![tag]).collect();
            stacks = joined(&stacks, &one);
        }
        self.local.insert((function.id, id, at), stacks);
    }

    fn read_use(&mut self, names: &Names<'_>, function: &Function, (id, at): (BodyId, OpId), call: &Call) {
        let Callee::Api { method, guessed: false, .. } = &call.callee else { return };
        let opens = opens_tag(method.kind);
        if !opens && method.kind != Kind::TagBudget {
            return;
        }
        let (Some(tag), Some(&span)) = (call.args.get(1), call.spans.get(1)) else { return };
        let mut outer = self.at(function, id, at);
        if outer.is_empty() {
            outer = self
                .local
                .get(&(function.id, id, at))
                .cloned()
                .unwrap_or_else(|| BTreeSet::from([Stack::new()]));
        }
        let nested = self.local.contains_key(&(function.id, id, at));
        for found in names.of_operand(function, tag, span) {
            self.uses.push(TagUse {
                function: found.function.unwrap_or(function.id),
                span: found.span,
                tag: found.tag,
                direct: found.direct,
                opens,
                outer: outer.clone(),
                nested,
            });
        }
    }
}

/// Whether a method opens a tag around what it is given, or until its guard ends.
pub(super) fn opens_tag(kind: Kind) -> bool {
    matches!(kind, Kind::WithTag | Kind::TagGuard | Kind::TaggedSystems)
}

/// The guards that are alive at a point, by where they were opened.
fn open_guards(
    program: &Program,
    names: &Names<'_>,
    function: &Function,
    point: Point<'_>,
) -> BTreeMap<u32, BTreeSet<Tag>> {
    let flow = program.flow(function);
    let mut seen: BTreeSet<OriginId> = BTreeSet::new();
    let mut open = BTreeMap::new();
    for (_, held) in point.before.places() {
        for &id in held.keys() {
            let origin = flow.origin(id);
            if origin.kind == OriginKind::Tag && seen.insert(id) {
                let tags = names.of_guard(origin.span, function, origin.op);
                open.entry(origin.span.start).or_insert_with(BTreeSet::new).extend(tags);
            }
        }
    }
    open
}

/// Each of the first with each of the second behind it.
pub(super) fn joined(outer: &BTreeSet<Stack>, inner: &BTreeSet<Stack>) -> BTreeSet<Stack> {
    let mut all = BTreeSet::new();
    for first in outer {
        for second in inner {
            let mut stack = first.clone();
            stack.extend(second.iter().cloned());
            if stack.len() > DEEPEST || all.len() >= MOST_STACKS {
                stack = vec![None];
            }
            all.insert(stack);
        }
    }
    all
}
