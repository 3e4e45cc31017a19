//! In which order functions are looked at: those that are called first.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::look::Look;
use crate::model::FnId;

/// The order of functions.
pub(super) struct Order {
    /// Each function calls those of earlier waves, and of its own wave only those that lead back to it.
    pub(super) waves: Vec<Wave>,
}

/// Functions that do not need those of other circles.
#[derive(Default)]
pub(super) struct Wave {
    pub(super) circles: Vec<Circle>,
}

/// Functions that lead to each other; nearly always it is one.
pub(super) struct Circle {
    /// All of them.
    pub(super) functions: Vec<FnId>,
    /// Those that lead back to themselves.
    pub(super) recursive: Vec<FnId>,
}

impl Order {
    pub(super) fn of(looks: &BTreeMap<FnId, Arc<Look>>) -> Self {
        let ids: Vec<FnId> = looks.keys().copied().collect();
        let place = |id: &FnId| ids.binary_search(id).ok();
        let calls = looks.values().map(|look| look.calls.iter().filter_map(place).collect());
        let calls: Vec<Vec<usize>> = calls.collect();
        let mut components = Components {
            calls: &calls,
            entered: vec![None; calls.len()],
            lowest: vec![0; calls.len()],
            component: vec![None; calls.len()],
            open: Vec::new(),
            clock: 0,
            found: Vec::new(),
        };
        for start in 0..calls.len() {
            components.search(start);
        }
        let Components { component, found, .. } = components;
        let mut levels: Vec<usize> = Vec::new();
        let mut waves: Vec<Wave> = Vec::new();
        for (number, members) in found.into_iter().enumerate() {
            let own = Some(number);
            let callees =
                || members.iter().flat_map(|&member| &calls[member]).map(|&callee| component[callee]);
            let level =
                callees().filter(|&other| other != own).flatten().map(|other| levels[other] + 1).max();
            let level = level.unwrap_or(0);
            levels.push(level);
            if waves.len() <= level {
                waves.resize_with(level + 1, Wave::default);
            }
            let back = |&&member: &&usize| calls[member].iter().any(|&callee| component[callee] == own);
            let recursive = members.iter().filter(back).map(|&member| ids[member]).collect();
            let functions = members.iter().map(|&member| ids[member]).collect();
            waves[level].circles.push(Circle { functions, recursive });
        }
        Self { waves }
    }
}

/// Tarjan's search for functions that lead to each other, without recursion of its own.
struct Components<'a> {
    /// Whom each function calls.
    calls: &'a [Vec<usize>],
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
            let calls = self.calls;
            if let Some(&callee) = calls[number].get(*position) {
                *position += 1;
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
