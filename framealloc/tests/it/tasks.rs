//! Tasks: whose tags and phases are open while one runs, and after it.

use framealloc::{SmartAlloc, TagGuard};

use crate::support::{panics, small};

fn bytes(alloc: &SmartAlloc, tag: &str) -> u64 {
    alloc.tag_stats(tag).map_or(0, |stats| stats.bytes_allocated)
}

fn take(alloc: &SmartAlloc, bytes: usize) {
    // fa: allow(FA204) -- what a thread outside of any frame allocates is counted
    drop(alloc.frame_slice::<u8>(bytes));
}

#[test]
fn foreign_job_is_not_charged_to_the_open_tag() {
    let alloc = small();
    alloc.begin_frame();
    alloc.with_tag("physics", |a| {
        take(a, 80);
        a.with_tag("contacts", |a| {
            take(a, 16);
            let seen = a.task(|a| {
                take(a, 800);
                a.with_tag("audio", |a| take(a, 160));
                bytes(a, "audio")
            });
            assert_eq!(seen, 160);
            take(a, 8);
        });
        take(a, 24);
    });
    assert_eq!(bytes(&alloc, "physics"), 80 + 16 + 8 + 24);
    assert_eq!(bytes(&alloc, "physics/contacts"), 24);
    assert_eq!(bytes(&alloc, "audio"), 160);
    assert_eq!(alloc.tag_stats("physics/contacts/audio"), None);
    assert_eq!(alloc.thread_stats().bytes_allocated, 80 + 16 + 800 + 160 + 8 + 24);
    alloc.end_frame();
}

#[test]
fn same_tags_open_inside_as_outside() {
    let alloc = small();
    alloc.with_tag("physics", |a| {
        let _contacts = a.tag("contacts");
        take(a, 8);
        for _ in 0..3 {
            a.task(|a| {
                a.with_tag("physics", |a| {
                    take(a, 80);
                    a.task(|a| a.with_tag("physics", |a| a.with_tag("contacts", |a| take(a, 800))));
                    take(a, 80);
                });
            });
            take(a, 8);
        }
    });
    take(&alloc, 4000);
    assert_eq!(bytes(&alloc, "physics"), 32 + 3 * (160 + 800));
    assert_eq!(bytes(&alloc, "physics/contacts"), 32 + 3 * 800);
}

#[test]
fn guards_that_a_task_leaves_behind_close_nothing_of_others() {
    let alloc = small();
    let mut left: Vec<TagGuard<'_>> = Vec::new();
    {
        let _physics = alloc.tag("physics");
        for _ in 0..3 {
            left.push(alloc.task(|a| a.tag("physics")));
            take(&alloc, 8);
        }
        left.clear();
        take(&alloc, 8);
        std::mem::forget(alloc.task(|a| a.tag("render")));
        take(&alloc, 8);
    }
    let again = alloc.tag("physics");
    drop(left);
    take(&alloc, 80);
    drop(again);
    take(&alloc, 800);
    assert_eq!(bytes(&alloc, "physics"), 5 * 8 + 80);
    assert_eq!(bytes(&alloc, "render"), 0);
}

#[test]
fn task_that_panics_leaves_the_tags_as_they_were() {
    let alloc = small();
    alloc.begin_frame();
    {
        let _physics = alloc.tag("physics");
        let _step = alloc.phase("step");
        let message = panics(|| {
            alloc.task(|a| {
                let _audio = a.tag("audio");
                std::mem::forget(a.phase("mix"));
                take(a, 400);
                panic!("on purpose");
            })
        });
        assert_eq!(message, "on purpose");
        take(&alloc, 40);
    }
    assert_eq!((bytes(&alloc, "physics"), bytes(&alloc, "audio")), (40, 400));
    let phases = alloc.phase_stats();
    let of =
        |name: &str| phases.iter().find(|(phase, _)| phase == name).map(|(_, stats)| stats.bytes_allocated);
    assert_eq!((of("step"), of("mix")), (Some(40), Some(400)));
    alloc.end_frame();
    assert_eq!(alloc.stats().misuse.unbalanced_phases, 0);
}

#[test]
fn phases_are_suspended_too() {
    let alloc = small();
    alloc.begin_frame();
    alloc.begin_phase("physics");
    take(&alloc, 8);
    alloc.task(|a| {
        a.begin_phase("audio");
        take(a, 80);
        a.end_phase();
        take(a, 800);
    });
    take(&alloc, 8);
    alloc.end_phase();
    let phases = alloc.phase_stats();
    let of =
        |name: &str| phases.iter().find(|(phase, _)| phase == name).map(|(_, stats)| stats.bytes_allocated);
    assert_eq!((of("physics"), of("audio"), phases.len()), (Some(16), Some(80), 2));
    alloc.end_frame();
    assert_eq!(alloc.stats().misuse.unbalanced_phases, 0);
}

#[test]
fn task_that_ends_the_frame() {
    let alloc = small();
    alloc.begin_frame();
    let physics = alloc.tag("physics");
    let step = alloc.phase("step");
    take(&alloc, 8);
    alloc.task(|a| {
        a.end_frame();
        a.begin_frame();
        a.with_tag("audio", |a| take(a, 80));
    });
    take(&alloc, 16);
    assert_eq!((bytes(&alloc, "physics"), bytes(&alloc, "audio")), (16, 80));
    assert_eq!(alloc.phase_stats(), []);
    drop((step, physics));
    take(&alloc, 160);
    assert_eq!(bytes(&alloc, "physics"), 16);
    alloc.end_frame();
    assert_eq!(alloc.tag_stats("physics").expect("used").total_bytes, 24);
}

#[test]
fn budgets_of_open_tags_do_not_bind_the_task() {
    let alloc = small();
    alloc.set_tag_budget("physics", 1000);
    alloc.begin_frame();
    let _physics = alloc.tag("physics");
    let kept = alloc.frame_slice::<u8>(600);
    let foreign = alloc.task(|a| {
        let _audio = a.tag("audio");
        a.frame_slice::<u8>(5000)
    });
    assert!(alloc.try_frame_slice::<u8>(600).is_err());
    let more = alloc.frame_slice::<u8>(300);
    drop((kept, foreign, more));
}

#[test]
fn task_without_open_tags_and_with_shared_frames() {
    let alloc = small();
    let shared = alloc.shared_frame();
    let value = alloc.task(|_| shared.alloc([1u8; 48]));
    assert_eq!(value[47], 1);
    alloc.with_tag("physics", |a| {
        shared.alloc([0u8; 16]);
        a.task(|a| {
            shared.alloc([0u8; 160]);
            a.with_tag("audio", |_| shared.alloc([0u8; 32]));
        });
        shared.alloc([0u8; 24]);
    });
    assert_eq!((bytes(&alloc, "physics"), bytes(&alloc, "audio")), (40, 32));
}

#[test]
fn frame_values_come_out_of_a_task() {
    let alloc = small();
    alloc.begin_frame();
    let boxed = alloc.with_tag("physics", |a| a.task(|a| a.frame_box([7u64; 4])));
    assert_eq!(boxed[3], 7);
    drop(boxed);
    alloc.end_frame();
}

#[test]
fn guards_from_outside_that_a_task_drops() {
    let alloc = small();
    alloc.begin_frame();
    let outer = alloc.tag("outer");
    let middle = alloc.tag("middle");
    let inner = alloc.tag("inner");
    let step = alloc.phase("step");
    alloc.task(|a| {
        let _outer = a.tag("outer");
        take(a, 8);
        drop(middle);
        drop(step);
        take(a, 8);
    });
    // The middle tag is closed now, and the inner one with it.
    take(&alloc, 100);
    drop(inner);
    take(&alloc, 100);
    assert_eq!((bytes(&alloc, "outer"), bytes(&alloc, "outer/middle")), (16 + 208, 0));
    let phases = alloc.phase_stats();
    assert!(phases.iter().all(|(_, stats)| stats.bytes_allocated == 0), "{phases:?}");
    drop(outer);
    take(&alloc, 100);
    assert_eq!(bytes(&alloc, "outer"), 16 + 208);
    alloc.end_frame();
    assert_eq!(alloc.stats().misuse.unbalanced_phases, 0);
}

#[test]
fn many_tasks_within_tasks() {
    fn nest(alloc: &SmartAlloc, depth: usize) {
        alloc.task(|a| {
            let _tag = a.tag("deep");
            let _inner = a.tag("deeper");
            a.begin_phase("phase");
            take(a, 8);
            if depth > 0 {
                nest(a, depth - 1);
            }
            take(a, 8);
            a.end_phase();
        });
    }
    let alloc = small();
    alloc.begin_frame();
    let _deep = alloc.tag("deep");
    for _ in 0..3 {
        nest(&alloc, 20);
    }
    take(&alloc, 80);
    assert_eq!(bytes(&alloc, "deep"), 3 * 21 * 16 + 80);
    assert_eq!(bytes(&alloc, "deep/deeper"), 3 * 21 * 16);
    alloc.end_frame();
    assert_eq!(alloc.stats().misuse.unbalanced_phases, 0);
}

#[test]
fn thread_local_destructors_run_tasks() {
    struct AtExit(std::cell::Cell<Option<&'static SmartAlloc>>);
    impl Drop for AtExit {
        fn drop(&mut self) {
            let alloc = self.0.get().expect("set");
            let tag = alloc.tag("late");
            let left = alloc.task(|a| {
                take(a, 80);
                (a.tag("later"), a.phase("last"))
            });
            drop(tag);
            take(alloc, 80);
            drop(left);
        }
    }
    thread_local! {
        static AT_EXIT: AtExit = const { AtExit(std::cell::Cell::new(None)) };
    }
    let alloc = crate::support::leaked();
    for late in [true, false, true] {
        let worker = std::thread::spawn(move || {
            if late {
                AT_EXIT.with(|at_exit| at_exit.0.set(Some(alloc)));
            }
            take(alloc, 8);
            AT_EXIT.with(|at_exit| at_exit.0.set(Some(alloc)));
        });
        worker.join().expect("no panic");
        take(alloc, 8);
    }
    assert_eq!(alloc.stats().parked_bytes, 0);
    assert!(alloc.stats().threads <= 2, "states are handed on");
}
