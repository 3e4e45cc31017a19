//! Tags and phases: what is booked under which path, however guards are held, dropped, forgotten or unwound.
//!
//! fa: allow(FA606) -- blocks are taken and given back to see them counted

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use framealloc::{FrameBox, SmartAlloc, TagStats};

fn of(alloc: &SmartAlloc, path: &str) -> TagStats {
    alloc.tag_stats(path).unwrap_or_else(|| panic!("nothing was booked under {path}"))
}

fn bytes(alloc: &SmartAlloc, path: &str) -> u64 {
    of(alloc, path).bytes_allocated
}

/// Takes so many bytes of the frame and gives them back.
fn take(alloc: &SmartAlloc, bytes: usize) {
    drop(alloc.frame_slice::<u8>(bytes));
}

/// A name made at run time, which leak detectors find from here.
fn name(text: String) -> &'static str {
    static NAMES: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
    let name: &'static str = Box::leak(text.into_boxed_str());
    NAMES.lock().expect("sound").push(name);
    name
}

fn phases(alloc: &SmartAlloc) -> Vec<(String, u64)> {
    alloc.phase_stats().into_iter().map(|(name, stats)| (name, stats.bytes_allocated)).collect()
}

#[test]
fn inclusive_and_own_bytes_of_nested_tags() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    take(&alloc, 8);
    let physics = alloc.tag("physics");
    take(&alloc, 16);
    alloc.with_tag("contacts", |a| {
        take(a, 32);
        a.with_tag("cache", |a| take(a, 64));
        take(a, 128);
    });
    alloc.with_tag("joints", |a| take(a, 256));
    take(&alloc, 512);
    drop(physics);
    take(&alloc, 1024);
    let expected = [
        ("physics", 1008, 528, 6),
        ("physics/contacts", 224, 160, 3),
        ("physics/contacts/cache", 64, 64, 1),
        ("physics/joints", 256, 256, 1),
    ];
    let check = || {
        for (path, all, own, count) in expected {
            let stats = of(&alloc, path);
            assert_eq!(
                (stats.bytes_allocated, stats.own_bytes, stats.allocations),
                (all, own, count),
                "{path}"
            );
        }
    };
    check();
    alloc.end_frame();
    // Of the last frame, until the next begins.
    check();
    let mut paths: Vec<_> = alloc.all_tag_stats().into_iter().map(|(path, _)| path).collect();
    paths.sort();
    assert_eq!(paths, ["physics", "physics/contacts", "physics/contacts/cache", "physics/joints"]);
    alloc.begin_frame();
    for (path, ..) in expected {
        let stats = of(&alloc, path);
        assert_eq!((stats.bytes_allocated, stats.own_bytes, stats.allocations), (0, 0, 0), "{path}");
    }
    alloc.end_frame();
    assert!(alloc.tag_stats("contacts").is_none(), "a sub-tag goes by its path");
    assert!(alloc.tag_stats("").is_none() && alloc.tag_stats("never").is_none());
}

#[test]
fn padding_is_booked_and_so_is_memory_that_was_given_back() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    alloc.with_tag("a", |a| {
        for _ in 0..10 {
            take(a, 3);
        }
    });
    assert_eq!(bytes(&alloc, "a"), 80);
    alloc.with_tag("b", |a| {
        let kept = a.frame_slice::<u8>(3);
        // Grows in place, at the tip.
        let mut vec = a.frame_vec_with_capacity::<u64>(1);
        vec.extend(0..100);
        drop((kept, vec));
    });
    assert!(bytes(&alloc, "b") >= 808);
    alloc.end_frame();
}

#[test]
fn numbers_are_exact_while_a_tag_is_open() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let outer = alloc.tag("outer");
    let inner = alloc.tag("inner");
    take(&alloc, 40);
    assert_eq!((bytes(&alloc, "outer"), bytes(&alloc, "outer/inner")), (40, 40));
    assert_eq!((of(&alloc, "outer").own_bytes, of(&alloc, "outer/inner").own_bytes), (0, 40));
    drop(inner);
    take(&alloc, 8);
    assert_eq!((bytes(&alloc, "outer"), bytes(&alloc, "outer/inner")), (48, 40));
    assert_eq!(of(&alloc, "outer").total_bytes, 48);
    assert_eq!(of(&alloc, "outer").peak_frame_bytes, 48);
    drop(outer);
    alloc.end_frame();
}

#[test]
fn a_tag_counts_every_kind_of_memory() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let before = alloc.pool_box([0u8; 100]);
    alloc.with_tag("level", |a| {
        drop((a.frame_box([0u8; 24]), a.frame_str("12345678")));
        drop(a.pool_box([0u8; 100]));
        a.with_tag("mesh", |a| drop((a.pool_box([0u8; 60]), a.heap_slice::<u8>(1000))));
        drop(a.heap_box([0u8; 50]));
        drop(a.scope());
    });
    drop(before);
    let check = |stats: TagStats| {
        assert!(stats.bytes_allocated >= 32);
        // Two boxes and a scope.
        assert_eq!(stats.allocations, 3);
        assert_eq!((stats.pool_bytes, stats.pool_allocations), (112 + 64, 2));
        // Both in whole units of eight bytes.
        assert_eq!((stats.heap_bytes, stats.heap_allocations), (1000 + 56, 2));
    };
    check(of(&alloc, "level"));
    let mesh = of(&alloc, "level/mesh");
    assert_eq!((mesh.bytes_allocated, mesh.allocations), (0, 0));
    assert_eq!((mesh.pool_bytes, mesh.pool_allocations), (64, 1));
    assert_eq!((mesh.heap_bytes, mesh.heap_allocations), (1000, 1));
    alloc.end_frame();
    check(of(&alloc, "level"));
    alloc.begin_frame();
    alloc.end_frame();
    let stats = of(&alloc, "level");
    assert_eq!(
        (stats.pool_bytes, stats.heap_bytes, stats.pool_allocations, stats.heap_allocations),
        (0, 0, 0, 0)
    );
}

#[test]
fn scope_values_are_booked_in_bytes() {
    let alloc = SmartAlloc::with_defaults();
    let frame = alloc.frame();
    alloc.with_tag("scoped", |a| {
        for _ in 0..10 {
            let scope = a.scope();
            scope.alloc([0u64; 100]);
            scope.alloc_slice_copy(&[1u8; 80]);
        }
    });
    let stats = of(&alloc, "scoped");
    assert!((8800..8800 + 11 * 128).contains(&stats.bytes_allocated), "{}", stats.bytes_allocated);
    assert_eq!(stats.allocations, 10);
    drop(frame);
}

#[test]
fn bytes_are_right_when_the_frame_goes_on_in_other_chunks_and_parks_some() {
    let alloc = SmartAlloc::new(framealloc::AllocConfig::default().with_frame_size(4096));
    for _ in 0..5 {
        alloc.begin_frame();
        let kept = alloc.with_tag("kept", |a| a.frame_slice::<u8>(2000));
        let mut boxes = Vec::new();
        alloc.with_tag("many", |a| {
            for _ in 0..100 {
                boxes.push(a.frame_box([1u8; 1000]));
            }
        });
        alloc.with_tag("large", |a| take(a, 100_000));
        alloc.with_tag("shrunk", |a| {
            let mut vec = a.frame_vec_with_capacity::<u8>(8000);
            vec.push(1);
            vec.shrink_to_fit();
        });
        let tag = alloc.tag("dropping");
        drop(boxes);
        drop(tag);
        let expected =
            [("kept", 2000), ("many", 100_000), ("large", 100_000), ("shrunk", 8000), ("dropping", 0)];
        for (path, bytes_expected) in expected {
            assert_eq!(bytes(&alloc, path), bytes_expected, "{path}");
        }
        alloc.end_frame();
        for (path, bytes_expected) in expected {
            assert_eq!(bytes(&alloc, path), bytes_expected, "{path} of the last frame");
        }
        assert_eq!(alloc.stats().last_frame_bytes, 210_000);
        drop(kept);
    }
}

#[test]
fn an_outer_guard_that_is_dropped_first_closes_the_inner_ones() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let one = alloc.tag("one");
    let two = alloc.tag("two");
    let three = alloc.tag("three");
    take(&alloc, 8);
    drop(one);
    take(&alloc, 16);
    assert_eq!((bytes(&alloc, "one"), bytes(&alloc, "one/two"), bytes(&alloc, "one/two/three")), (8, 8, 8));
    // Opened anew: the guards of the earlier opening must not close it.
    let again = (alloc.tag("one"), alloc.tag("two"));
    drop((three, two));
    take(&alloc, 32);
    assert_eq!((bytes(&alloc, "one"), bytes(&alloc, "one/two"), bytes(&alloc, "one/two/three")), (40, 40, 8));
    drop(again);
    take(&alloc, 64);
    assert_eq!(bytes(&alloc, "one"), 40);
    alloc.end_frame();
}

#[test]
fn guards_dropped_crosswise() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let mut guards: Vec<_> = (0..3).map(|_| alloc.tag("deep")).collect();
    take(&alloc, 8);
    drop(guards.remove(1));
    take(&alloc, 16);
    drop(guards.remove(1));
    take(&alloc, 32);
    drop(guards);
    take(&alloc, 64);
    assert_eq!(bytes(&alloc, "deep"), 56);
    assert_eq!(bytes(&alloc, "deep/deep"), 8);
    assert_eq!(bytes(&alloc, "deep/deep/deep"), 8);
    alloc.end_frame();
}

#[test]
fn a_guard_whose_tag_was_closed_without_it_does_not_close_it_when_it_is_open_again() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let outer = alloc.tag("outer");
    let stale = alloc.tag("inner");
    drop(outer);
    let outer = alloc.tag("outer");
    let inner = alloc.tag("inner");
    drop(stale);
    take(&alloc, 8);
    assert_eq!(bytes(&alloc, "outer/inner"), 8, "still open");
    drop(inner);
    take(&alloc, 16);
    drop(outer);
    assert_eq!((bytes(&alloc, "outer"), bytes(&alloc, "outer/inner")), (24, 8));
    alloc.end_frame();
    assert_eq!(alloc.stats().misuse.unbalanced_phases, 0);
}

#[test]
fn tags_nest_so_deep_and_no_deeper() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let mut guards: Vec<_> = (0..4200).map(|_| alloc.tag("x")).collect();
    take(&alloc, 8);
    while let Some(guard) = guards.pop() {
        drop(guard);
    }
    take(&alloc, 16);
    let deepest = format!("x{}", "/x".repeat(4095));
    assert_eq!((bytes(&alloc, &deepest), bytes(&alloc, "x")), (8, 8));
    assert!(alloc.tag_stats(&(deepest + "/x")).is_none());
    alloc.end_frame();
}

#[test]
fn tags_in_changing_order_are_each_booked_under_their_own_name() {
    let alloc = SmartAlloc::with_defaults();
    let names = ["a", "ab", "b", "", "abc"].map(|text| name(text.to_owned()));
    // The same text from other places, and places that begin where another begins.
    let whole = name("abc".to_owned());
    let parts = [&whole[..1], &whole[..2], &whole[1..2], &whole[..0], whole];
    let mut expected = [0u64; 5];
    alloc.begin_frame();
    let mut order = 7usize;
    for _ in 0..2000 {
        order = (order * 1103 + 12345) % 65536;
        let index = (order >> 4) % 5;
        let tag = if order & 8 == 0 { names[index] } else { parts[index] };
        alloc.with_tag(tag, |a| take(a, 8 * (index + 1)));
        expected[index] += 8 * (index as u64 + 1);
    }
    for (index, name) in names.iter().enumerate() {
        assert_eq!(bytes(&alloc, name), expected[index], "{name:?}");
    }
    alloc.end_frame();
}

#[test]
fn a_forgotten_guard_leaves_its_tag_open_until_an_outer_one_closes() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let outer = alloc.tag("outer");
    std::mem::forget(alloc.tag("lost"));
    take(&alloc, 8);
    drop(outer);
    take(&alloc, 16);
    assert_eq!(bytes(&alloc, "outer/lost"), 8);
    std::mem::forget(alloc.tag("lost"));
    take(&alloc, 32);
    alloc.end_frame();
    alloc.begin_frame();
    take(&alloc, 64);
    assert_eq!(bytes(&alloc, "lost"), 64);
    alloc.with_tag("within", |a| take(a, 128));
    assert_eq!(bytes(&alloc, "lost/within"), 128);
    alloc.end_frame();
    assert_eq!(bytes(&alloc, "lost"), 192);
}

#[test]
fn a_tag_stays_open_across_frames_and_counts_each_for_itself() {
    let alloc = SmartAlloc::with_defaults();
    let tag = alloc.tag("long");
    take(&alloc, 8);
    assert_eq!(bytes(&alloc, "long"), 8);
    for frame in 1..=3 {
        alloc.begin_frame();
        take(&alloc, 16 * frame);
        assert_eq!(bytes(&alloc, "long"), 16 * frame as u64);
        alloc.end_frame();
        take(&alloc, 4096);
        assert_eq!(bytes(&alloc, "long"), 16 * frame as u64, "between frames the last one counts");
    }
    drop(tag);
    let stats = of(&alloc, "long");
    assert_eq!(stats.total_bytes, 8 + 16 + 32 + 48 + 3 * 4096);
    assert_eq!(stats.total_allocations, 7);
    assert_eq!(stats.peak_frame_bytes, 4096);
}

#[test]
fn a_tag_opened_in_one_frame_and_closed_in_the_next_counts_in_both() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    take(&alloc, 1000);
    let tag = alloc.tag("over");
    take(&alloc, 24);
    let kept = alloc.frame_slice::<u8>(40);
    alloc.end_frame();
    assert_eq!(bytes(&alloc, "over"), 64);
    alloc.begin_frame();
    take(&alloc, 8);
    drop(tag);
    take(&alloc, 1000);
    assert_eq!(bytes(&alloc, "over"), 8);
    drop(kept);
    alloc.end_frame();
    assert_eq!(bytes(&alloc, "over"), 8);
    assert_eq!(of(&alloc, "over").total_bytes, 72);
    assert_eq!(of(&alloc, "over").peak_frame_bytes, 64);
}

#[test]
fn the_session_peak_is_of_one_frame_and_one_thread() {
    let alloc = SmartAlloc::with_defaults();
    for size in [100, 3000, 50] {
        alloc.begin_frame();
        alloc.with_tag("peaky", |a| take(a, size));
        alloc.with_tag("peaky", |a| take(a, 8));
        alloc.end_frame();
    }
    assert_eq!(of(&alloc, "peaky").peak_frame_bytes, 3008);
    thread::scope(|s| {
        s.spawn(|| {
            alloc.begin_frame();
            alloc.with_tag("peaky", |a| take(a, 4000));
            alloc.end_frame();
        });
    });
    let stats = of(&alloc, "peaky");
    assert_eq!(stats.peak_frame_bytes, 4000);
    assert_eq!(stats.total_bytes, 112 + 3008 + 64 + 4000);
    assert_eq!(stats.total_allocations, 7);
}

#[test]
fn recent_peak_is_forgotten_after_two_seconds() {
    let alloc = SmartAlloc::with_defaults();
    let frame = |bytes| {
        alloc.begin_frame();
        alloc.with_tag("burst", |a| take(a, bytes));
        alloc.end_frame();
    };
    // From here on frames are timed.
    let _ = alloc.stats();
    frame(4096);
    frame(16);
    assert_eq!(of(&alloc, "burst").peak_recent_bytes, 4096);
    alloc.begin_frame();
    alloc.with_tag("idle", |a| take(a, 512));
    alloc.end_frame();
    thread::sleep(Duration::from_millis(2100));
    // A name that is not used any more is not recent either.
    alloc.begin_frame();
    alloc.end_frame();
    assert_eq!(of(&alloc, "idle").peak_recent_bytes, 0);
    frame(32);
    frame(16);
    let stats = of(&alloc, "burst");
    assert_eq!(stats.peak_recent_bytes, 32);
    assert_eq!(stats.peak_frame_bytes, 4096);
}

#[test]
fn tags_of_other_threads_are_theirs_and_are_added_up() {
    let alloc = SmartAlloc::with_defaults();
    let _open_here = alloc.tag("main");
    thread::scope(|s| {
        let worker = s.spawn(|| {
            alloc.begin_frame();
            // Not within the other thread's tag.
            alloc.with_tag("job", |a| take(a, 100));
            assert_eq!(bytes(&alloc, "job"), 104);
            assert!(alloc.tag_stats("main/job").is_none());
            alloc.end_frame();
        });
        worker.join().expect("works");
    });
    alloc.begin_frame();
    alloc.with_tag("job", |a| take(a, 200));
    assert_eq!(bytes(&alloc, "main/job"), 200);
    alloc.end_frame();
    let one = SmartAlloc::with_defaults();
    thread::scope(|s| {
        for _ in 0..3 {
            let one = &one;
            s.spawn(move || {
                one.begin_frame();
                one.with_tag("shared", |a| take(a, 64));
                one.end_frame();
            });
        }
    });
    assert_eq!(of(&one, "shared").total_bytes, 192);
    assert_eq!(of(&one, "shared").total_allocations, 3);
}

#[test]
fn a_frame_value_may_be_returned_from_with_tag() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let contacts: FrameBox<'_, [u32]> =
        alloc.with_tag("physics", |a| a.frame_slice_from_fn(10, |i| i as u32));
    let (vec, text) = alloc.with_tag("ui", |a| {
        let mut vec = a.frame_vec::<u64>();
        vec.push(7);
        (vec, a.frame_str("text"))
    });
    let scope = alloc.with_tag("scoped", |a| a.scope());
    let value = scope.alloc(5);
    assert_eq!((contacts[9], vec[0], &*text, *value), (9, 7, "text", 5));
    drop((scope, vec, text, contacts));
    alloc.end_frame();
    assert_eq!(alloc.stats().parked_bytes, 0);
}

#[test]
fn a_panic_closes_its_tags_and_phases() {
    let alloc = SmartAlloc::with_defaults();
    for _ in 0..3 {
        alloc.begin_frame();
        let died = catch_unwind(AssertUnwindSafe(|| {
            alloc.with_tag("outer", |a| {
                let _phase = a.phase("phase");
                let _inner = a.tag("inner");
                let _boxed = a.frame_box([0u8; 32]);
                panic!("within a tag");
            })
        }));
        assert!(died.is_err());
        take(&alloc, 8);
        assert_eq!((bytes(&alloc, "outer"), bytes(&alloc, "outer/inner")), (32, 32));
        assert_eq!(phases(&alloc), [("phase".to_owned(), 32)]);
        alloc.end_frame();
    }
    assert_eq!(alloc.stats().misuse.unbalanced_phases, 0);
    assert_eq!(alloc.stats().parked_bytes, 0);
}

#[test]
fn the_same_name_from_different_places_is_one_tag() {
    let alloc = SmartAlloc::with_defaults();
    // Two texts at two addresses, one of them made at run time.
    let made = name(String::from("same"));
    alloc.begin_frame();
    for _ in 0..3 {
        alloc.with_tag("same", |a| take(a, 8));
        alloc.with_tag(made, |a| take(a, 16));
        alloc.with_tag("other", |a| take(a, 32));
    }
    assert_eq!(bytes(&alloc, "same"), 72);
    assert_eq!(alloc.all_tag_stats().len(), 2);
    alloc.end_frame();
}

#[test]
fn many_tags_and_deep_ones() {
    let alloc = SmartAlloc::with_defaults();
    let names: Vec<_> = (0..300).map(|n| name(format!("name{n}"))).collect();
    for _ in 0..3 {
        alloc.begin_frame();
        for (index, name) in names.iter().enumerate() {
            alloc.with_tag(name, |a| take(a, 8 * (index + 1)));
        }
        let mut guards = Vec::new();
        for name in &names[..100] {
            guards.push(alloc.tag(name));
            take(&alloc, 8);
        }
        while let Some(guard) = guards.pop() {
            drop(guard);
        }
        alloc.end_frame();
    }
    for (index, name) in names.iter().enumerate().skip(1) {
        assert_eq!(bytes(&alloc, name), 8 * (index as u64 + 1));
    }
    let deepest = names[..100].join("/");
    assert_eq!((bytes(&alloc, &deepest), of(&alloc, &deepest).own_bytes), (8, 8));
    let half = names[..50].join("/");
    assert_eq!((bytes(&alloc, &half), of(&alloc, &half).own_bytes), (51 * 8, 8));
    assert_eq!(alloc.all_tag_stats().len(), 300 + 99);
}

// --- Phases ------------------------------------------------------------------------------------------------------

#[test]
fn phases_of_the_frame_are_listed_by_name_and_only_they() {
    let alloc = SmartAlloc::with_defaults();
    assert!(alloc.phase_stats().is_empty());
    alloc.begin_frame();
    take(&alloc, 8);
    alloc.begin_phase("physics");
    take(&alloc, 16);
    alloc.end_phase();
    take(&alloc, 32);
    alloc.begin_phase("render");
    take(&alloc, 64);
    assert_eq!(phases(&alloc), [("physics".to_owned(), 16), ("render".to_owned(), 64)]);
    alloc.end_phase();
    alloc.begin_phase("empty");
    alloc.end_phase();
    let expected = [("physics".to_owned(), 16), ("render".to_owned(), 64), ("empty".to_owned(), 0)];
    assert_eq!(phases(&alloc), expected);
    alloc.end_frame();
    assert_eq!(phases(&alloc), expected);
    alloc.begin_frame();
    assert_eq!(phases(&alloc), []);
    {
        let _render = alloc.phase("render");
        take(&alloc, 128);
    }
    alloc.end_frame();
    assert_eq!(phases(&alloc), [("render".to_owned(), 128)]);
    assert_eq!(alloc.stats().misuse.unbalanced_phases, 0);
}

#[test]
fn phases_nest_into_paths_and_repeat() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    for _ in 0..3 {
        alloc.begin_phase("update");
        take(&alloc, 8);
        alloc.begin_phase("ai");
        take(&alloc, 16);
        alloc.end_phase();
        drop(alloc.phase("update"));
        alloc.end_phase();
    }
    assert_eq!(
        phases(&alloc),
        [("update".to_owned(), 72), ("update/ai".to_owned(), 48), ("update/update".to_owned(), 0)]
    );
    let stats = alloc.phase_stats();
    assert_eq!((stats[0].1.own_bytes, stats[0].1.allocations, stats[1].1.allocations), (24, 6, 3));
    alloc.end_frame();
}

#[test]
fn unbalanced_phases_are_counted_and_do_no_harm() {
    let alloc = SmartAlloc::with_defaults();
    // fa: allow(FA805) -- phases that are left open, or ended once too often, are tried
    alloc.end_phase();
    assert_eq!(alloc.stats().misuse.unbalanced_phases, 1);
    alloc.begin_frame();
    alloc.begin_phase("open");
    alloc.begin_phase("too");
    take(&alloc, 8);
    alloc.end_frame();
    assert_eq!(alloc.stats().misuse.unbalanced_phases, 3, "two were open at the frame's end");
    assert_eq!(phases(&alloc), [("open".to_owned(), 8), ("open/too".to_owned(), 8)]);
    alloc.begin_frame();
    alloc.end_phase();
    assert_eq!(alloc.stats().misuse.unbalanced_phases, 4, "phases end with their frame");
    let guard = alloc.phase("guarded");
    alloc.end_phase();
    take(&alloc, 16);
    // The phase has been ended already, and this must not end another's.
    alloc.begin_phase("next");
    drop(guard);
    take(&alloc, 32);
    assert_eq!(phases(&alloc), [("guarded".to_owned(), 0), ("next".to_owned(), 32)]);
    alloc.end_phase();
    alloc.end_frame();
    assert_eq!(alloc.stats().misuse.unbalanced_phases, 4);
}

#[test]
fn a_phase_guard_that_outlives_its_frame_ends_nothing_of_the_next() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let guard = alloc.phase("first");
    alloc.end_frame();
    alloc.begin_frame();
    let second = alloc.phase("first");
    drop(guard);
    take(&alloc, 8);
    assert_eq!(phases(&alloc), [("first".to_owned(), 8)]);
    drop(second);
    take(&alloc, 16);
    alloc.end_frame();
    assert_eq!(phases(&alloc), [("first".to_owned(), 8)]);
    assert_eq!(alloc.stats().misuse.unbalanced_phases, 1);
}

#[test]
fn tags_and_phases_do_not_mix() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let tag = alloc.tag("name");
    alloc.begin_phase("name");
    take(&alloc, 8);
    drop(tag);
    take(&alloc, 16);
    alloc.end_phase();
    assert_eq!(bytes(&alloc, "name"), 8);
    assert_eq!(phases(&alloc), [("name".to_owned(), 24)]);
    alloc.end_frame();
}

#[test]
fn phases_of_all_threads_are_added_up() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    alloc.begin_phase("work");
    take(&alloc, 8);
    alloc.end_phase();
    thread::scope(|s| {
        s.spawn(|| {
            alloc.begin_frame();
            alloc.begin_phase("work");
            take(&alloc, 16);
            alloc.end_phase();
            alloc.begin_phase("other");
            alloc.end_phase();
            alloc.end_frame();
        })
        .join()
        .expect("works");
    });
    assert_eq!(phases(&alloc), [("work".to_owned(), 24), ("other".to_owned(), 0)]);
    alloc.end_frame();
}
