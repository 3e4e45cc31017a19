//! What was measured of a case, held against its targets.

use std::collections::HashMap;

use crate::case::{Against, Case, Contender, Role, Target, Timing};
use crate::measure::time::Timed;

pub struct Outcome {
    pub case: Case,
    /// Instructions per operation.
    pub counts: Vec<Result<f64, String>>,
    pub times: Vec<Timed>,
    /// Why there are no times.
    pub untimed: Option<String>,
}

pub struct Verdict {
    pub what: String,
    pub must_reach: String,
    pub measured: String,
    /// None: could not be measured.
    pub reached: Option<bool>,
    /// Instructions are repeatable: these may fail a check.
    pub repeatable: bool,
}

impl Outcome {
    fn ours(&self) -> Option<usize> {
        self.case.contenders.iter().position(|contender| contender.role == Role::Ours)
    }

    fn count(&self, contender: usize) -> Option<f64> {
        self.counts.get(contender)?.as_ref().ok().copied()
    }

    /// The peer, among those that count, for which `value` is lowest.
    fn best_peer(&self, value: impl Fn(usize) -> Option<f64>) -> Option<(usize, f64)> {
        (0..self.case.contenders.len())
            .filter(|&index| self.case.contenders[index].role == Role::Peer)
            .filter_map(|index| Some((index, value(index)?)))
            .min_by(|(_, a), (_, b)| a.total_cmp(b))
    }

    /// Where we take `ratio` of some peer's time: what does less than the job, and yet takes more than `limit` of it.
    fn floor_that_misses(&self, ratio: f64, limit: f64) -> Option<(&'static str, f64)> {
        (0..self.case.contenders.len())
            .filter(|&index| self.case.contenders[index].role == Role::Aside)
            .filter_map(|index| Some((self.name(index), ratio / self.times.get(index)?.ratio?)))
            .filter(|&(_, floor)| floor > limit && floor < ratio)
            .max_by(|(_, a), (_, b)| a.total_cmp(b))
    }

    fn name(&self, contender: usize) -> &'static str {
        self.case.contenders[contender].name
    }
}

/// Every target of every case.
pub fn judge(outcomes: &[Outcome]) -> Vec<Verdict> {
    let counted: HashMap<String, f64> = outcomes
        .iter()
        .filter_map(|outcome| Some((outcome.case.id(), outcome.count(outcome.ours()?)?)))
        .collect();
    outcomes
        .iter()
        .flat_map(|outcome| outcome.case.targets.iter().map(|target| verdict(outcome, *target, &counted)))
        .collect()
}

fn verdict(outcome: &Outcome, target: Target, counted: &HashMap<String, f64>) -> Verdict {
    let ours = outcome.ours().and_then(|ours| outcome.count(ours));
    let mut undecided = false;
    let (must_reach, found, repeatable) = match target {
        Target::InstructionsOfBestPeer => {
            let best = outcome.best_peer(|index| outcome.count(index));
            let found = ours.zip(best).map(|(ours, (index, best))| {
                let words = format!("{ours:.1}; {} {best:.1}", outcome.name(index));
                (words, ours.round() <= best.round())
            });
            ("instructions ≤ the best peer".to_owned(), found, true)
        }
        Target::InstructionsAtMost(limit) => {
            let found = ours.map(|ours| (instructions(ours), ours <= limit));
            (format!("≤ {limit} instructions"), found, true)
        }
        Target::InstructionsLike(id) => {
            let found = ours.zip(counted.get(id)).map(|(ours, other)| {
                (format!("{}; {}", instructions(ours), instructions(*other)), (ours - other).abs() <= 4.0)
            });
            (format!("the same as {}", id.rsplit('/').next().unwrap_or(id)), found, true)
        }
        Target::InstructionsAtMostOf(id) => {
            let found = ours.zip(counted.get(id)).map(|(ours, other)| {
                (format!("{}; {}", instructions(ours), instructions(*other)), ours <= *other)
            });
            (format!("≤ {}", id.rsplit('/').next().unwrap_or(id)), found, true)
        }
        Target::TimeRatio(limit, against) => {
            let other = match against {
                Against::BestPeer => {
                    outcome.best_peer(|index| outcome.times.get(index)?.nanoseconds).map(|(index, _)| index)
                }
                Against::Named(name) => {
                    outcome.case.contenders.iter().position(|contender| contender.name == name)
                }
            };
            let ratio = other.and_then(|index| Some((index, outcome.times.get(index)?.ratio?)));
            let found = ratio.map(|(index, ratio)| {
                let of = if against == Against::BestPeer { outcome.name(index) } else { "" };
                let mut words = format!("{ratio:.2}× {of}").trim_end().to_owned();
                if ratio > limit
                    && let Some((floor, ratio)) = outcome.floor_that_misses(ratio, limit)
                {
                    words += &format!("; {floor}: {ratio:.2}×");
                }
                (words, ratio <= limit)
            });
            let of = match against {
                Against::BestPeer => "the best peer",
                Against::Named(name) => name,
            };
            (format!("≤ {limit}× the time of {of}"), found, false)
        }
        Target::Speedup(limit) => {
            let at = |role| {
                let index = outcome
                    .case
                    .contenders
                    .iter()
                    .position(|contender: &Contender| contender.role == role)?;
                outcome.times.get(index)?.speedup
            };
            let most = at(Role::Aside).unwrap_or(f64::INFINITY);
            let found = at(Role::Ours)
                .map(|ours| (format!("{ours:.2}×; the machine gives {most:.2}×"), ours >= limit));
            // On a machine that has not two cores to give, a thread that is held up shows nothing.
            if most < limit && found.as_ref().is_some_and(|(_, reached)| !reached) {
                undecided = true;
            }
            (format!("≥ {limit}× one thread's throughput"), found, false)
        }
    };
    let (measured, reached) = match found {
        Some((measured, reached)) => (measured, (!undecided).then_some(reached)),
        None => (why_not(outcome, repeatable), None),
    };
    Verdict {
        what: format!("{}: {}", outcome.case.family, outcome.case.name),
        must_reach,
        measured,
        reached,
        repeatable,
    }
}

fn instructions(count: f64) -> String {
    // A difference that is nothing may come out as minus nothing.
    if count.abs() < 10.0 { format!("{:.2}", count + 0.0) } else { format!("{count:.1}") }
}

fn why_not(outcome: &Outcome, repeatable: bool) -> String {
    let why = if repeatable {
        outcome.counts.iter().find_map(|count| count.as_ref().err().cloned())
    } else {
        outcome.untimed.clone()
    };
    let why = why.unwrap_or_else(|| match outcome.case.timing {
        Timing::None => "no time is taken".to_owned(),
        _ => "a contender is missing".to_owned(),
    });
    format!("not measured: {why}")
}

#[cfg(test)]
mod tests {
    use super::{Outcome, judge};
    use crate::case::{Against, Case, Contender, Target, Work};
    use crate::measure::time::Timed;

    fn nothing() -> Work {
        Box::new(|_| ())
    }

    fn outcome(counts: [f64; 3], ratios: [f64; 3]) -> Outcome {
        let case = Case::new(
            "family",
            "case",
            vec![
                Contender::ours(nothing),
                Contender::peer("slow", nothing),
                Contender::aside("fast under other terms", nothing),
            ],
        )
        .target(Target::InstructionsOfBestPeer)
        .target(Target::TimeRatio(1.05, Against::BestPeer));
        let times =
            ratios.map(|ratio| Timed { nanoseconds: Some(1.0 / ratio), ratio: Some(ratio), speedup: None });
        Outcome { case, counts: counts.map(Ok).to_vec(), times: times.to_vec(), untimed: None }
    }

    #[test]
    fn asides_set_no_target() {
        let verdicts = judge(&[outcome([19.0, 19.0, 12.0], [1.0, 0.9, 1.4])]);
        assert!(verdicts.iter().all(|verdict| verdict.reached == Some(true)));
    }

    #[test]
    fn a_whole_instruction_more_or_a_slower_loop_is_missed() {
        let verdicts = judge(&[outcome([20.0, 19.0, 12.0], [1.0, 1.06, 1.4])]);
        assert!(verdicts.iter().all(|verdict| verdict.reached == Some(false)));
    }

    #[test]
    fn a_target_beyond_what_does_less_names_it() {
        // The aside takes 1.2 / 1.1 of the peer's time.
        let verdicts = judge(&[outcome([19.0, 19.0, 12.0], [1.0, 1.2, 1.1])]);
        assert_eq!(verdicts[1].measured, "1.20× slow; fast under other terms: 1.09×");
        let verdicts = judge(&[outcome([19.0, 19.0, 12.0], [1.0, 1.2, 1.3])]);
        assert_eq!(verdicts[1].measured, "1.20× slow");
    }

    #[test]
    fn what_was_not_measured_is_not_reached() {
        let mut missing = outcome([19.0, 19.0, 12.0], [1.0, 0.9, 1.4]);
        missing.counts = vec![Err("no valgrind".to_owned()), Err("no valgrind".to_owned()), Ok(1.0)];
        assert_eq!(judge(&[missing])[0].reached, None);
    }
}
