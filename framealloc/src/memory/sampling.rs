//! Which of a thread's calls to the global allocator are looked at more closely: all of them where a frame makes few, else
//! one in so many, chosen by chance, each for as many as it stands for.
//!
//! By chance, since a program's calls recur in an order of their own, which every n-th call would take part of for the
//! whole. The chance is the same for each call, so that sums are right on average whatever the order.

#![forbid(unsafe_code)]

use std::cell::Cell;

use super::tracking;

/// Told of a call: the bytes it asked for, and how many calls it stands for. Its own calls are not heard.
pub(crate) type Hearer = fn(bytes: u64, stands_for: u64);

struct Sampling {
    hearer: Cell<Option<Hearer>>,
    /// One call in so many is looked at.
    every: Cell<u32>,
    /// How many were looked at since that was last chosen, and how many may be.
    taken: Cell<u32>,
    most: Cell<u32>,
    /// Never zero.
    random: Cell<u32>,
}

thread_local! {
    static SAMPLING: Sampling = const {
        Sampling {
            hearer: Cell::new(None),
            every: Cell::new(1),
            taken: Cell::new(0),
            most: Cell::new(0),
            random: Cell::new(0x9E37_79B9),
        }
    };
}

/// Tells `hearer` of about `most` of the calling thread's next calls, of which as many as `expected` are likely; if there
/// are more, of fewer and fewer. Replaces what was begun before.
pub(crate) fn begin(hearer: Hearer, most: u32, expected: u64) {
    SAMPLING.with(|sampling| {
        let most = most.max(1);
        let every = u32::try_from(expected.div_ceil(u64::from(most))).unwrap_or(u32::MAX);
        sampling.hearer.set(Some(hearer));
        sampling.most.set(most);
        sampling.taken.set(0);
        sampling.every.set(every.max(1));
    });
    tracking::set_heard(true);
}

/// The calling thread's calls are of no interest any more.
pub(crate) fn end() {
    tracking::set_heard(false);
    SAMPLING.with(|sampling| sampling.hearer.set(None));
}

/// The thread has asked for so many bytes.
pub(super) fn called(bytes: u64) {
    SAMPLING.with(|sampling| {
        let every = sampling.every.get();
        if !sampling.is_chosen(every) {
            return;
        }
        sampling.taken.set(sampling.taken.get() + 1);
        if sampling.taken.get() >= sampling.most.get() {
            sampling.taken.set(sampling.most.get() / 2);
            sampling.every.set(every.saturating_mul(2));
        }
        if let Some(hearer) = sampling.hearer.get() {
            hearer(bytes, u64::from(every));
        }
    });
}

impl Sampling {
    /// True once in so many times.
    fn is_chosen(&self, every: u32) -> bool {
        // xorshift
        let mut random = self.random.get();
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        self.random.set(random);
        // The upper half of a product: a number below `every`.
        (u64::from(random) * u64::from(every)) >> 32 == 0
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{begin, called, end};

    thread_local! {
        static HEARD: Cell<(u64, u64, u64)> = const { Cell::new((0, 0, 0)) };
    }

    fn hear(bytes: u64, stands_for: u64) {
        HEARD.with(|heard| {
            let (count, calls, sum) = heard.get();
            heard.set((count + 1, calls + stands_for, sum + bytes * stands_for));
        });
    }

    /// How many of so many calls were heard, and for how many and how many bytes they stand.
    fn run(calls: u64, most: u32, expected: u64) -> (u64, u64, u64) {
        HEARD.with(|heard| heard.set((0, 0, 0)));
        begin(hear, most, expected);
        (0..calls).for_each(|_| called(10));
        end();
        HEARD.with(Cell::get)
    }

    #[test]
    fn few_calls_are_all_heard() {
        assert_eq!(run(63, 64, 0), (63, 63, 630));
        assert_eq!(run(63, 64, 64), (63, 63, 630));
    }

    #[test]
    fn of_many_some_are_heard_for_all() {
        let (heard, calls, bytes) = run(100_000, 64, 100_000);
        assert!((40..130).contains(&heard), "{heard}");
        assert!((60_000..140_000).contains(&calls) && bytes == 10 * calls, "{calls}");
    }

    #[test]
    fn more_than_expected_are_heard_less_and_less() {
        let (mut most, mut sum) = (0, 0);
        for _ in 0..50 {
            let (heard, calls, _) = run(100_000, 64, 10);
            (most, sum) = (most.max(heard), sum + calls);
        }
        assert!(most < 64 * 10, "{most}");
        assert!((4_000_000..6_000_000).contains(&sum), "{sum}");
    }
}
