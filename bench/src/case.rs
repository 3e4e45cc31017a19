//! What is measured: a case is one question ("a value of 16 B, allocated in a scope"), answered by several
//! contenders, with the targets that ours must reach. No measuring here and no rendering.

use std::time::Duration;

/// Work ready to be measured: its state is set up, a call runs the unit of work so many times.
pub type Work = Box<dyn FnMut(u64)>;

/// Sets a contender up on the thread that will run it.
pub type Setup = fn() -> Work;

/// The row that a case's targets speak about.
pub const OURS: &str = "framealloc";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Ours,
    /// Counts when a target speaks of the best peer.
    Peer,
    /// Shown, but does the job under other terms; the case's note says which.
    Aside,
}

#[derive(Clone, Copy)]
pub struct Contender {
    pub name: &'static str,
    pub role: Role,
    pub setup: Setup,
    /// What to take off: the same work without the thing that is asked about.
    pub without: Option<Setup>,
}

impl Contender {
    pub fn ours(setup: Setup) -> Self {
        Self { name: OURS, role: Role::Ours, setup, without: None }
    }

    pub fn peer(name: &'static str, setup: Setup) -> Self {
        Self { name, role: Role::Peer, setup, without: None }
    }

    pub fn aside(name: &'static str, setup: Setup) -> Self {
        Self { name, role: Role::Aside, setup, without: None }
    }

    pub fn without(self, without: Setup) -> Self {
        Self { without: Some(without), ..self }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timing {
    /// Minima over many process starts: where the loader places a bump loop alone moves it by a fifth.
    Launches,
    /// Medians of rounds in which the contenders take turns.
    Rounds,
    /// Throughput of two threads at once over that of one.
    TwoThreads,
    /// Only instructions: a clock cannot see a difference of two such loops.
    None,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Against {
    BestPeer,
    Named(&'static str),
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Target {
    /// Instructions at most those of the best peer, in whole instructions: what is left of them is the reset of
    /// the batch spread over it.
    InstructionsOfBestPeer,
    InstructionsAtMost(f64),
    /// The same instructions as this case, give or take a branch that goes the other way.
    InstructionsLike(&'static str),
    /// No more instructions than this case.
    InstructionsAtMostOf(&'static str),
    TimeRatio(f64, Against),
    /// Throughput of two threads over one.
    Speedup(f64),
}

pub struct Case {
    pub family: &'static str,
    pub name: String,
    /// How many operations one unit of work holds.
    pub per_unit: u64,
    /// Units that callgrind counts, after as many to warm up.
    pub counted_units: u64,
    pub contenders: Vec<Contender>,
    pub timing: Timing,
    /// How long a contender runs before the next has its turn.
    pub turn: Duration,
    pub instructions: bool,
    /// After each unit the work is called for no units, which is not counted: to drop what the unit has made.
    pub tidies: bool,
    pub targets: Vec<Target>,
}

impl Case {
    pub fn new(family: &'static str, name: impl Into<String>, contenders: Vec<Contender>) -> Self {
        Self {
            family,
            name: name.into(),
            per_unit: 1,
            counted_units: 2_000,
            contenders,
            timing: Timing::Rounds,
            turn: Duration::from_millis(1),
            instructions: true,
            tidies: false,
            targets: Vec::new(),
        }
    }

    /// Each unit is a batch of `operations`; enough are counted to see a hundredth of an instruction.
    pub fn batch(self, operations: u64) -> Self {
        Self { per_unit: operations, counted_units: (4_000 / operations).max(4), ..self }
    }

    pub fn timing(self, timing: Timing) -> Self {
        Self { timing, ..self }
    }

    /// Longer turns, for work in which threads have to find each other first.
    pub fn turn(self, turn: Duration) -> Self {
        Self { turn, ..self }
    }

    pub fn no_instructions(self) -> Self {
        Self { instructions: false, ..self }
    }

    pub fn tidies(self) -> Self {
        Self { tidies: true, ..self }
    }

    pub fn target(mut self, target: Target) -> Self {
        self.targets.push(target);
        self
    }

    pub fn id(&self) -> String {
        format!("{}/{}", self.family, self.name)
    }
}

/// A question that is not about operations: answered by one number and words around it.
pub struct Fact {
    pub what: String,
    pub must_reach: String,
    pub measured: String,
    /// None: could not be measured here, and `measured` says why.
    pub reached: Option<bool>,
}
