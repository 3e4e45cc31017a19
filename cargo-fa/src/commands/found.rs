//! Runs the lints, and keeps what they found on islands of the program on which nothing has changed since.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::flow::{Known, Program};
use crate::lint::declare::Lint;
use crate::lint::finding::Finding;
use crate::lint::level::{Level, Levels};
use crate::lint::options::LintOptions;
use crate::lints::REGISTRY;
use crate::model::{CrateId, FnId};
use crate::source::Span;

/// Of a thread that runs lints: what a program's first thread has.
pub(super) const STACK: usize = 8 << 20;

/// What was found in the last program under each configuration.
#[derive(Debug, Default)]
pub struct Found {
    /// Whether there will be another program.
    ends: bool,
    scopes: Vec<Scope>,
    checked: usize,
}

/// What was found under one configuration.
#[derive(Debug, Default)]
struct Scope {
    /// Which lints ran, and with what.
    asked: Option<(LintOptions, Vec<&'static str>, BTreeSet<CrateId>)>,
    /// By their first functions.
    islands: HashMap<FnId, Island>,
}

#[derive(Debug)]
struct Island {
    functions: Vec<Known>,
    found: Vec<Finding>,
}

/// Something that one thread does while others do the rest.
enum Work<'a> {
    Whole(&'static Lint),
    Island(&'a [FnId]),
}

impl Found {
    /// For a program without past and future.
    pub fn none() -> Self {
        Self { ends: true, ..Self::default() }
    }

    /// How many functions the lints that keep to islands looked at for the last program.
    pub fn checked(&self) -> usize {
        self.checked
    }

    /// What was found before in a program of which `scopes` is the number of configurations.
    pub(super) fn begin(&mut self, scopes: usize) {
        self.scopes.resize_with(scopes, Scope::default);
        self.checked = 0;
    }

    /// Runs every lint that is not off.
    pub(super) fn check(
        &mut self,
        scope: usize,
        program: &Program,
        options: &LintOptions,
        levels: &Levels,
    ) -> Vec<Finding> {
        let lints: Vec<&'static Lint> =
            REGISTRY.iter().filter(|lint| levels.of(lint) != Level::Allow).collect();
        if self.ends {
            let works: Vec<Work<'_>> = lints.into_iter().map(Work::Whole).collect();
            return do_all(&works, program, options, &[]).into_iter().flatten().collect();
        }
        let known = &mut self.scopes[scope];
        let codes = lints.iter().map(|lint| lint.code).collect();
        let asked = Some((options.clone(), codes, program.ending().clone()));
        if known.asked != asked {
            *known = Scope { asked, ..Scope::default() };
        }
        let islands = program.islands();
        let mut last = std::mem::take(&mut known.islands);
        let mut found = Vec::new();
        let mut stale: Vec<&[FnId]> = Vec::new();
        for ids in &islands {
            match last.remove(&ids[0]).filter(|island| island.is(program, ids)) {
                Some(island) => {
                    found.extend(island.found.iter().cloned());
                    known.islands.insert(ids[0], island);
                }
                None => stale.push(ids),
            }
        }
        self.checked += stale.iter().map(|ids| ids.len()).sum::<usize>();
        let (whole, local): (Vec<&'static Lint>, Vec<&'static Lint>) =
            lints.into_iter().partition(|lint| lint.whole);
        let mut works: Vec<Work<'_>> = whole.into_iter().map(Work::Whole).collect();
        let first = works.len();
        works.extend(stale.iter().map(|ids| Work::Island(ids)));
        for (number, new) in do_all(&works, program, options, &local).into_iter().enumerate() {
            found.extend(new.iter().cloned());
            if let Some(ids) = number.checked_sub(first).map(|number| stale[number]) {
                let shores: Vec<Span> =
                    ids.iter().map(|id| program.index.function(*id).syntax.span).collect();
                if new.iter().all(|finding| is_within(finding, &shores)) {
                    known.islands.insert(ids[0], Island { functions: program.known(ids), found: new });
                }
            }
        }
        found
    }
}

impl Island {
    /// Whether these are its functions, and nothing is known of them that was not known then.
    fn is(&self, program: &Program, ids: &[FnId]) -> bool {
        let same =
            |(one, other): (&Known, Known)| Arc::ptr_eq(&one.0, &other.0) && Arc::ptr_eq(&one.1, &other.1);
        self.functions.len() == ids.len() && self.functions.iter().zip(program.known(ids)).all(same)
    }
}

/// Whether all places in a finding are in these functions, and so where they were as long as those are the same.
fn is_within(finding: &Finding, functions: &[Span]) -> bool {
    let edits = finding.fix.iter().flat_map(|fix| fix.edits.iter().map(|edit| edit.span));
    let labels = finding.labels.iter().map(|label| label.span);
    let mut spans = labels.chain(edits).chain([finding.primary.span]);
    spans.all(|span| functions.iter().any(|function| function.contains(span)))
}

/// Does as many works at once as there are cores, and says what each has found.
///
/// By threads and not by a pool: a lint may wait for what another one is finding out, and a pool's thread would take up a
/// third meanwhile, on top of the one that is waited for.
fn do_all(
    works: &[Work<'_>],
    program: &Program,
    options: &LintOptions,
    local: &[&Lint],
) -> Vec<Vec<Finding>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(work) = works.get(number) else { return done };
            let mut found = Vec::new();
            match work {
                Work::Whole(lint) => (lint.check)(program, options, &mut found),
                Work::Island(ids) => {
                    let part = program.part(ids);
                    local.iter().for_each(|lint| (lint.check)(&part, options, &mut found));
                }
            }
            done.push((number, found));
        }
    };
    let helpers = std::thread::available_parallelism().map_or(0, |cores| cores.get() - 1);
    let mut found = std::thread::scope(|scope| {
        let thread = || std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok();
        let helpers: Vec<_> = (0..helpers.min(works.len())).filter_map(|_| thread()).collect();
        let mut found = work();
        for helper in helpers {
            found.extend(helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        found
    });
    found.sort_by_key(|(number, _)| *number);
    found.into_iter().map(|(_, found)| found).collect()
}

#[cfg(test)]
mod tests {
    use super::is_within;
    use crate::lint::analyser::UNREADABLE;
    use crate::lint::finding::{Confidence, Edit, Finding, Fix, Label};
    use crate::source::{FileId, Span};

    #[test]
    fn a_finding_stays_that_has_no_place_elsewhere() {
        let span = |start, end| Span { file: FileId(0), start, end };
        let label = |span| Label { span, text: String::new() };
        let finding = |primary, other, edit| Finding {
            lint: &UNREADABLE,
            confidence: Confidence::Certain,
            message: String::new(),
            primary: label(primary),
            labels: vec![label(other)],
            help: String::new(),
            fix: Some(Fix {
                title: String::new(),
                edits: vec![Edit { span: edit, replacement: String::new() }],
            }),
            item: String::new(),
        };
        let functions = [span(10, 20), span(30, 40)];
        let (here, there, elsewhere) = (span(10, 12), span(30, 40), span(18, 22));
        assert!(is_within(&finding(here, there, here), &functions));
        assert!(!is_within(&finding(elsewhere, there, here), &functions));
        assert!(!is_within(&finding(here, elsewhere, here), &functions));
        assert!(!is_within(&finding(here, there, elsewhere), &functions));
    }
}
