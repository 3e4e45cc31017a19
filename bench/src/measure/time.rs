//! Times: contenders take turns within one process, several processes one after the other.

use std::fmt::Write as _;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use super::{again, least, median, output};
use crate::case::{Case, Role, Setup, Timing, Work};

/// How long and how often.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Process starts, where minima are compared.
    pub launches: usize,
    /// Process starts, where medians of rounds are.
    pub processes: usize,
    pub rounds: usize,
}

impl Effort {
    pub const FULL: Self = Self { launches: 9, processes: 3, rounds: 31 };
    pub const QUICK: Self = Self { launches: 3, processes: 1, rounds: 9 };
}

/// What was found of one contender.
#[derive(Clone, Copy, Default)]
pub struct Timed {
    /// Nanoseconds per operation.
    pub nanoseconds: Option<f64>,
    /// Our time over this one's.
    pub ratio: Option<f64>,
    /// Throughput of two threads over one.
    pub speedup: Option<f64>,
}

/// Times of the contenders in their order.
pub fn time(case: &Case, effort: Effort) -> Result<Vec<Timed>, String> {
    let ours = case.contenders.iter().position(|contender| contender.role == Role::Ours);
    match case.timing {
        Timing::None => Ok(vec![Timed::default(); case.contenders.len()]),
        Timing::Launches => {
            // Minima need few rounds each, but many starts.
            let launches = processes(case, effort.launches, effort.rounds.div_ceil(3), 1)?;
            let of = |contender: usize| {
                least(&launches.iter().flat_map(|l| l[contender].clone()).collect::<Vec<_>>())
            };
            let timed = |contender| Timed {
                nanoseconds: of(contender),
                ratio: ours.and_then(|ours| Some(of(ours)? / of(contender)?)),
                speedup: None,
            };
            Ok((0..case.contenders.len()).map(timed).collect())
        }
        Timing::Rounds => {
            let launches = processes(case, effort.processes, effort.rounds, 1)?;
            let over_launches = |value: &dyn Fn(&Vec<Vec<f64>>) -> Option<f64>| {
                median(&launches.iter().filter_map(value).collect::<Vec<_>>())
            };
            let timed = |contender: usize| Timed {
                nanoseconds: over_launches(&|rounds| median(&rounds[contender])),
                ratio: ours
                    .and_then(|ours| over_launches(&|rounds| paired(&rounds[ours], &rounds[contender]))),
                speedup: None,
            };
            Ok((0..case.contenders.len()).map(timed).collect())
        }
        Timing::TwoThreads => {
            let launches = processes(case, effort.processes, effort.rounds, 2)?;
            let over_launches = |value: &dyn Fn(&Vec<Vec<f64>>) -> Option<f64>| {
                median(&launches.iter().filter_map(value).collect::<Vec<_>>())
            };
            let timed = |contender: usize| Timed {
                nanoseconds: over_launches(&|rounds| median(&rounds[2 * contender])),
                ratio: None,
                speedup: over_launches(&|rounds| {
                    paired(&rounds[2 * contender], &rounds[2 * contender + 1]).map(|once| 2.0 * once)
                }),
            };
            Ok((0..case.contenders.len()).map(timed).collect())
        }
    }
}

/// The middle of the ratios of rounds that were run side by side.
fn paired(above: &[f64], below: &[f64]) -> Option<f64> {
    median(&above.iter().zip(below).map(|(above, below)| above / below).collect::<Vec<_>>())
}

/// Nanoseconds per operation: of each process, each line, each round.
fn processes(case: &Case, starts: usize, rounds: usize, lines: usize) -> Result<Vec<Vec<Vec<f64>>>, String> {
    (0..starts)
        .map(|_| {
            let printed = output(again().args(["child", "rounds", &case.id(), &rounds.to_string()]))?;
            let parsed: Result<Vec<Vec<f64>>, _> =
                printed.lines().map(|line| line.split_whitespace().map(str::parse).collect()).collect();
            let parsed = parsed.map_err(|error| format!("a child printed what is no number: {error}"))?;
            if parsed.len() == lines * case.contenders.len() {
                Ok(parsed)
            } else {
                Err(format!("a child printed {} lines", parsed.len()))
            }
        })
        .collect()
}

/// The child's side: a line of nanoseconds for each contender, or two, one thread's and two threads'.
pub fn rounds(case: &Case, rounds: usize) -> String {
    let lines = match case.timing {
        Timing::TwoThreads => two_threads(case, rounds),
        _ => turns(case, rounds),
    };
    lines.iter().fold(String::new(), |mut text, line| {
        for value in line {
            write!(text, "{value:.4} ").expect("a string takes what is written");
        }
        text.push('\n');
        text
    })
}

fn turns(case: &Case, rounds: usize) -> Vec<Vec<f64>> {
    let mut works: Vec<(Work, u64)> = case
        .contenders
        .iter()
        .map(|contender| {
            let mut work = (contender.setup)();
            let units = units_for(case.turn, &mut work);
            (work, units)
        })
        .collect();
    let mut lines = vec![Vec::with_capacity(rounds); works.len()];
    for _ in 0..rounds {
        for ((work, units), line) in works.iter_mut().zip(&mut lines) {
            line.push(timed(work, *units).as_nanos() as f64 / (*units * case.per_unit) as f64);
        }
    }
    lines
}

/// How many units fill the time. Finding out warms the contender up.
fn units_for(turn: Duration, work: &mut Work) -> u64 {
    let mut units = 1;
    loop {
        let taken = timed(work, units);
        if taken >= turn / 2 {
            let exact = units as f64 * turn.as_secs_f64() / taken.as_secs_f64();
            return (exact as u64).max(1);
        }
        units *= 2;
    }
}

#[expect(clippy::disallowed_methods, reason = "to measure is to read the clock")]
fn now() -> Instant {
    Instant::now()
}

fn timed(work: &mut Work, units: u64) -> Duration {
    let start = now();
    work(units);
    start.elapsed()
}

/// A thread that sets one contender up and runs it on demand.
struct Runner {
    orders: Sender<Order>,
    spans: Receiver<(Instant, Instant)>,
}

#[derive(Clone)]
struct Order {
    units: u64,
    together: Option<Arc<Barrier>>,
}

impl Runner {
    fn start(setup: Setup) -> Self {
        let (orders, incoming) = channel::<Order>();
        let (outgoing, spans) = channel();
        thread::spawn(move || {
            let mut work = setup();
            for order in incoming {
                if let Some(barrier) = order.together {
                    barrier.wait();
                }
                let start = now();
                work(order.units);
                if outgoing.send((start, now())).is_err() {
                    return;
                }
            }
        });
        Self { orders, spans }
    }

    fn order(&self, order: Order) {
        self.orders.send(order).expect("a runner waits for orders");
    }

    fn span(&self) -> (Instant, Instant) {
        self.spans.recv().expect("a runner answers each order")
    }

    fn alone(&self, units: u64) -> Duration {
        self.order(Order { units, together: None });
        let (start, end) = self.span();
        end - start
    }
}

/// From the start of the first to the end of the last.
fn together(pair: &[Runner; 2], units: u64) -> Duration {
    let order = Order { units, together: Some(Arc::new(Barrier::new(2))) };
    pair.iter().for_each(|runner| runner.order(order.clone()));
    let [(start_a, end_a), (start_b, end_b)] = [pair[0].span(), pair[1].span()];
    end_a.max(end_b) - start_a.min(start_b)
}

fn two_threads(case: &Case, rounds: usize) -> Vec<Vec<f64>> {
    let mut lines = Vec::new();
    for contender in &case.contenders {
        let pair = [Runner::start(contender.setup), Runner::start(contender.setup)];
        let mut units = 1;
        while pair[0].alone(units) < case.turn {
            units *= 2;
        }
        together(&pair, units);
        let per_operation = |taken: Duration| taken.as_nanos() as f64 / (units * case.per_unit) as f64;
        let (one, two) = (0..rounds)
            .map(|_| (per_operation(pair[0].alone(units)), per_operation(together(&pair, units))))
            .unzip();
        lines.extend([one, two]);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::paired;

    #[test]
    fn a_disturbed_round_does_not_move_the_ratio() {
        let ours = [1.0, 1.0, 90.0, 1.0, 1.0];
        let theirs = [2.0, 2.0, 2.0, 2.0, 60.0];
        assert_eq!(paired(&ours, &theirs), Some(0.5));
    }
}
