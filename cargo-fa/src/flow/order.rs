//! Which functions have to do with framealloc, and in which order they are looked at: those that are called first.
//!
//! Everything else is given back before the data flow begins, so that a program pays for the part of it that uses the
//! library.

use std::collections::HashSet;

use rayon::prelude::*;

use super::body::{Base, Callee, Const, Function, OpKind, Operand, Value};
use super::uses::{operands, places};
use crate::model::{Index, ItemId};

/// The functions that matter, by their numbers.
pub(super) struct Order {
    /// Each function calls those of earlier waves, and of its own wave only those that lead back to it.
    pub(super) waves: Vec<Vec<usize>>,
    /// Whether a function leads back to itself.
    pub(super) recursive: Vec<bool>,
}

impl Order {
    pub(super) fn of(index: &Index, functions: &[Option<Function>]) -> Self {
        let looks = looks(index, functions);
        let relevant = relevant(&looks);
        Self::among(&looks, &relevant)
    }

    /// All functions, whether they matter or not.
    #[cfg(test)]
    pub(super) fn of_all(index: &Index, functions: &[Option<Function>]) -> Self {
        let all: Vec<bool> = functions.iter().map(Option::is_some).collect();
        Self::among(&looks(index, functions), &all)
    }

    fn among(looks: &[Look], relevant: &[bool]) -> Self {
        let mut components = Components {
            looks,
            relevant,
            entered: vec![None; looks.len()],
            lowest: vec![0; looks.len()],
            component: vec![None; looks.len()],
            open: Vec::new(),
            clock: 0,
            found: Vec::new(),
        };
        for start in (0..looks.len()).filter(|&number| relevant[number]) {
            components.search(start);
        }
        let Components { component, found, .. } = components;
        let mut recursive = vec![false; looks.len()];
        let mut levels: Vec<usize> = Vec::new();
        let mut waves: Vec<Vec<usize>> = Vec::new();
        for (number, members) in found.into_iter().enumerate() {
            let mut level = 0;
            for &member in &members {
                for &callee in &looks[member].calls {
                    match component[callee] {
                        Some(other) if other == number => recursive[member] = true,
                        Some(other) => level = level.max(levels[other] + 1),
                        None => {}
                    }
                }
            }
            levels.push(level);
            if waves.len() <= level {
                waves.resize_with(level + 1, Vec::new);
            }
            waves[level].extend(members);
        }
        Self { waves, recursive }
    }

    /// Whether a function is among them.
    pub(super) fn members(&self, count: usize) -> Vec<bool> {
        let mut members = vec![false; count];
        for &number in self.waves.iter().flatten() {
            members[number] = true;
        }
        members
    }
}

/// What one look at a function says.
#[derive(Default)]
struct Look {
    /// What it may call, have called, or drop.
    calls: Vec<usize>,
    /// The statics that it reads or writes.
    statics: Vec<ItemId>,
    /// It has values of framealloc's types, or calls its methods.
    uses_library: bool,
    /// It gives functions to Bevy, which runs them within frames.
    adds_systems: bool,
}

fn looks(index: &Index, functions: &[Option<Function>]) -> Vec<Look> {
    let look =
        |function: &Option<Function>| function.as_ref().map_or_else(Look::default, |it| look(index, it));
    functions.par_iter().map(look).collect()
}

fn look(index: &Index, function: &Function) -> Look {
    let mut look = Look::default();
    for local in &function.locals {
        look.uses_library |= index.mentions_library(&local.ty);
        look.calls.extend(index.drop_of(&local.ty).map(|id| id.0 as usize));
    }
    for (_, op) in function.bodies.iter().flat_map(super::body::Body::ops) {
        places(&op.kind, &mut |place, _| {
            if let Base::Static(id) = place.base {
                look.statics.push(id);
            }
        });
        let OpKind::Assign(_, value) = &op.kind else { continue };
        if let Value::Call(call) = value {
            match &call.callee {
                Callee::Api { .. } => look.uses_library = true,
                Callee::Own(ids) => look.calls.extend(ids.iter().map(|id| id.0 as usize)),
                Callee::Path(path) => look.uses_library |= path.starts_with("framealloc::"),
                Callee::Method(_) | Callee::Variable(_) | Callee::Unknown => {}
            }
            // `text.parse::<Own>()` runs a function of the program.
            if &*call.name == "parse" {
                let own = call.generics.iter().flat_map(|ty| index.associated(ty, &"from_str".into()));
                look.calls.extend(own.map(|id| id.0 as usize));
            }
            look.adds_systems |= &*call.name == "add_systems";
        }
        operands(value, &mut |operand| {
            if let Operand::Const(Const::Fn(id)) = operand {
                look.calls.push(id.0 as usize);
            }
        });
    }
    look.calls.sort_unstable();
    look.calls.dedup();
    look
}

/// Who uses the library, who leads to those, whom all of these call, and who shares statics with them.
fn relevant(looks: &[Look]) -> Vec<bool> {
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); looks.len()];
    for (number, look) in looks.iter().enumerate() {
        for &callee in &look.calls {
            callers[callee].push(number);
        }
    }
    let users = (0..looks.len()).filter(|&number| looks[number].uses_library);
    let mut found = reached(users.collect(), looks.len(), |number| &callers[number]);
    if found.contains(&true) {
        for (number, look) in looks.iter().enumerate() {
            found[number] |= look.adds_systems;
        }
    }
    let calls = |found: &[bool]| {
        let roots = (0..looks.len()).filter(|&number| found[number]);
        reached(roots.collect(), looks.len(), |number| &looks[number].calls)
    };
    found = calls(&found);
    let matter = looks.iter().zip(&found).filter(|&(_, &matters)| matters);
    let statics: HashSet<ItemId> = matter.flat_map(|(look, _)| look.statics.iter().copied()).collect();
    for (number, look) in looks.iter().enumerate() {
        found[number] |= look.statics.iter().any(|id| statics.contains(id));
    }
    calls(&found)
}

fn reached<'a>(mut work: Vec<usize>, count: usize, next: impl Fn(usize) -> &'a Vec<usize>) -> Vec<bool> {
    let mut found = vec![false; count];
    while let Some(number) = work.pop() {
        if !std::mem::replace(&mut found[number], true) {
            work.extend(next(number));
        }
    }
    found
}

/// Tarjan's search for functions that lead to each other, without recursion of its own.
struct Components<'a> {
    looks: &'a [Look],
    relevant: &'a [bool],
    /// When each was entered.
    entered: Vec<Option<usize>>,
    lowest: Vec<usize>,
    component: Vec<Option<usize>>,
    open: Vec<usize>,
    clock: usize,
    /// In the order in which they are complete: what is called comes first.
    found: Vec<Vec<usize>>,
}

impl Components<'_> {
    fn search(&mut self, start: usize) {
        if self.entered[start].is_some() {
            return;
        }
        let mut path: Vec<(usize, usize)> = Vec::new();
        self.enter(start);
        path.push((start, 0));
        while let Some((number, position)) = path.last_mut() {
            let number = *number;
            let looks = self.looks;
            if let Some(&callee) = looks[number].calls.get(*position) {
                *position += 1;
                if !self.relevant[callee] {
                    continue;
                }
                match self.entered[callee] {
                    None => {
                        self.enter(callee);
                        path.push((callee, 0));
                    }
                    Some(at) if self.component[callee].is_none() => {
                        self.lowest[number] = self.lowest[number].min(at);
                    }
                    Some(_) => {}
                }
                continue;
            }
            path.pop();
            if let Some(&(caller, _)) = path.last() {
                self.lowest[caller] = self.lowest[caller].min(self.lowest[number]);
            }
            if Some(self.lowest[number]) == self.entered[number] {
                let first = self.open.iter().rposition(|&open| open == number).unwrap_or(0);
                let members = self.open.split_off(first);
                for &member in &members {
                    self.component[member] = Some(self.found.len());
                }
                self.found.push(members);
            }
        }
    }

    fn enter(&mut self, number: usize) {
        self.entered[number] = Some(self.clock);
        self.lowest[number] = self.clock;
        self.clock += 1;
        self.open.push(number);
    }
}

#[cfg(test)]
mod tests {
    use super::super::program::Program;
    use crate::source::load_files;

    /// The names of the functions that are kept.
    fn kept(source: &str) -> Vec<String> {
        let program = Program::build(load_files(&[("src/lib.rs", source)], false));
        program.functions().map(|function| program.path(function).to_owned()).collect()
    }

    #[test]
    fn what_leads_to_the_library_or_is_called_from_there_is_kept() {
        let source = "
fn main() { run(|a| a.frame_box(1)); idle(); }
fn run(f: impl Fn(&framealloc::SmartAlloc)) { helper(); deeper(f) }
fn deeper(f: impl Fn(&framealloc::SmartAlloc)) {}
fn helper() {}
fn idle() { helper() }
fn far() { idle() }
struct View { alloc: framealloc::SmartAlloc }
struct Outer { view: View }
fn holds(outer: Outer) {}
";
        assert_eq!(kept(source), ["main", "run", "deeper", "helper", "idle", "holds"]);
    }

    #[test]
    fn nothing_is_kept_where_nothing_uses_it() {
        assert!(kept("struct A; impl A { fn frame_box(&self) {} } fn f(a: A) { a.frame_box() }").is_empty());
    }

    #[test]
    fn chains_of_helpers_and_circles_are_followed_to_their_end() {
        use std::fmt::Write as _;
        let mut source = "fn f0(a: &framealloc::SmartAlloc) { a.end_frame() }".to_owned();
        for number in 1..40 {
            let below = number - 1;
            write!(source, "fn f{number}(a: &framealloc::SmartAlloc) {{ f{below}(a) }}").unwrap();
        }
        source.push_str("fn odd(a: &framealloc::SmartAlloc, n: u8) { if n > 0 { even(a, n - 1) } }");
        source.push_str("fn even(a: &framealloc::SmartAlloc, n: u8) { a.frame_box(n); odd(a, n) }");
        let program = Program::build(load_files(&[("src/lib.rs", &source)], false));
        let summary = |name: &str| {
            let function = program.functions().find(|function| program.path(function).ends_with(name));
            program.summary(function.unwrap().id)
        };
        assert!(summary("f39").ends_frame);
        assert!(!summary("odd").allocates.is_empty());
    }
}
