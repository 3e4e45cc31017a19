//! Values that are made by one thread, received or dropped by another, and counted by a third.

use std::sync::Arc;

use loom::thread;

use crate::check;
use crate::sync::{AtomicU64, Ordering};
use crate::transfers::{Ledgers, Transfers};

/// A heap's ledger with the way to the other thread: how many values have been sent.
struct Way {
    ledgers: Ledgers,
    sent: AtomicU64,
}

#[expect(clippy::arc_with_non_send_sync, reason = "loom runs its threads in turn on one")]
fn way() -> Arc<Way> {
    Arc::new(Way { ledgers: Ledgers::new(), sent: AtomicU64::new(0) })
}

fn consistent(sum: Transfers) -> Transfers {
    assert!(sum.received + sum.dropped <= sum.made, "more values ended than were made");
    sum
}

/// Two values go from this thread to another, while `read` reads the numbers on a third.
fn send_two(read: fn(&Ledgers) -> Transfers) {
    check(move || {
        let way = way();
        let ledger = way.ledgers.open().expect("memory");
        let receiver = {
            let way = Arc::clone(&way);
            thread::spawn(move || {
                // SAFETY: the ledgers go with the way.
                let ledger = unsafe { ledger.as_ref() };
                let arrived = way.sent.load(Ordering::Acquire);
                for value in 0..arrived {
                    if value == 0 { ledger.note_received() } else { ledger.note_dropped(true) }
                }
                arrived
            })
        };
        let reader = {
            let way = Arc::clone(&way);
            thread::spawn(move || {
                consistent(read(&way.ledgers));
            })
        };
        // SAFETY: as above.
        let own = unsafe { ledger.as_ref() };
        for sent in 1..=2 {
            own.note_made();
            way.sent.store(sent, Ordering::Release);
        }
        reader.join().expect("no panic");
        let arrived = receiver.join().expect("no panic");
        let sum = consistent(way.ledgers.sum());
        assert_eq!(sum.made, 2);
        assert_eq!(sum.received + sum.dropped, arrived, "an end is lost");
        assert_eq!(sum.dropped_at_exit, sum.dropped);
    });
}

#[test]
fn ends_are_never_read_before_their_beginnings() {
    send_two(Ledgers::sum);
}

/// What was made is read first, and what has ended after it.
fn sum_in_the_wrong_order(ledgers: &Ledgers) -> Transfers {
    let made = ledgers.sum().made;
    Transfers { made, ..ledgers.sum() }
}

#[test]
#[should_panic(expected = "more values ended than were made")]
fn reading_what_was_made_first_is_caught() {
    send_two(sum_in_the_wrong_order);
}

#[test]
fn heaps_open_ledgers_while_somebody_reads_and_none_is_missed() {
    check(|| {
        let way = way();
        let others = [1, 2].map(|count| {
            let way = Arc::clone(&way);
            thread::spawn(move || {
                let ledger = way.ledgers.open().expect("memory");
                // SAFETY: the ledgers go with the way.
                let ledger = unsafe { ledger.as_ref() };
                for _ in 0..count {
                    ledger.note_made_by_other();
                }
                ledger.note_received();
            })
        });
        consistent(way.ledgers.sum());
        for other in others {
            other.join().expect("no panic");
        }
        let sum = way.ledgers.sum();
        assert_eq!((sum.made, sum.received, sum.dropped), (3, 2, 0));
    });
}
