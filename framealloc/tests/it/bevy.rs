//! Frame memory in the systems of a Bevy app: when an update's frame begins and ends on the threads that run its systems.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::thread::{self, ThreadId};
use std::time::Duration;

use bevy_app::{App, First, Last, PostUpdate, Startup, TaskPoolOptions, TaskPoolPlugin, Update};
use bevy_ecs::prelude::*;
use framealloc::bevy::{AllocResource, SmartAllocPlugin};
use framealloc::{PoolBox, SmartAlloc};

use crate::support::{check, config, fill, panics, rounds};

fn app() -> App {
    let mut app = App::new();
    app.add_plugins((
        TaskPoolPlugin { task_pool_options: TaskPoolOptions::with_num_threads(5) },
        SmartAllocPlugin::new(config()),
    ));
    app
}

fn resource(app: &App) -> AllocResource {
    app.world().resource::<AllocResource>().clone()
}

/// Takes some of the frame's memory, with a pattern that shows whether anybody else has it.
fn work(alloc: &AllocResource, seed: u64) {
    let mut bytes = alloc.frame_slice::<u8>(3_000);
    fill(&mut bytes, seed);
    let scope = alloc.scope();
    let more = scope.alloc_slice_copy(&[0u8; 500]);
    fill(more, seed + 1);
    let mut list = alloc.frame_vec();
    list.extend(0..50 + seed);
    check(more, seed + 1);
    check(&bytes, seed);
    assert_eq!(list.iter().sum::<u64>(), (50 + seed) * (49 + seed) / 2);
}

/// Threads that have run a system, and how many are in one.
#[derive(Default, Resource)]
struct Seen {
    threads: Mutex<Vec<ThreadId>>,
    inside: AtomicUsize,
}

impl Seen {
    /// Waits a while for another thread, so that systems really run beside each other.
    fn meet(&self) {
        let mine = thread::current().id();
        let mut threads = self.threads.lock().expect("no panic");
        if !threads.contains(&mine) {
            threads.push(mine);
        }
        drop(threads);
        self.inside.fetch_add(1, Ordering::Relaxed);
        // Asleep: whoever only yields beside other programs gives away a slice of time in each turn.
        for _ in 0..20 {
            if self.inside.load(Ordering::Relaxed) > 1 {
                break;
            }
            thread::sleep(Duration::from_micros(50));
        }
        self.inside.fetch_sub(1, Ordering::Relaxed);
    }
}

fn busy<const N: u64>(alloc: Res<'_, AllocResource>, seen: Res<'_, Seen>) {
    work(&alloc, N);
    seen.meet();
    work(&alloc, N + 10);
}

#[test]
fn systems_on_several_threads_over_many_updates() {
    let mut app = app();
    app.init_resource::<Seen>().add_systems(Update, (busy::<1>, busy::<2>, busy::<3>, busy::<4>, busy::<5>));
    let alloc = resource(&app);
    for _ in 0..rounds(300, 3) {
        app.update();
    }
    let threads = app.world().resource::<Seen>().threads.lock().expect("no panic").len();
    assert!(threads > 1, "one thread has run them all");
    let stats = alloc.stats();
    assert_eq!((stats.parked_bytes, stats.misuse.outside_frames, stats.misuse.begun_twice), (0, 0, 0));
    // Five systems at most on one thread, in as many chunks as that takes, not three hundred times.
    let held = stats.reserved_bytes;
    assert!(held <= (threads as u64 + 1) * 128 * 1024, "{held} bytes on {threads} threads");
}

#[test]
fn frame_begins_before_the_first_and_ends_after_the_last_system() {
    let mut app = app();
    let run = |alloc: Res<'_, AllocResource>| drop(alloc.frame_box([1u8; 64]));
    app.add_systems(Startup, run).add_systems(First, run).add_systems(Update, run).add_systems(Last, run);
    let alloc = resource(&app);
    for update in 1..=5 {
        app.update();
        assert_eq!(alloc.stats().misuse.outside_frames, 0, "update {update}");
    }
    drop(alloc.frame_box(1u8));
    assert_eq!(alloc.stats().misuse.outside_frames, 1, "between updates there is no frame");
}

#[test]
fn memory_serves_again_in_the_next_update() {
    #[derive(Default, Resource)]
    struct Addresses(Vec<(ThreadId, usize)>);
    let mut app = app();
    app.init_resource::<Addresses>().add_systems(
        Update,
        |alloc: Res<'_, AllocResource>, mut addresses: ResMut<'_, Addresses>| {
            let boxed = alloc.frame_box([1u8; 100]);
            // Not at the tip, so that only the frame's end gives it back.
            let other = alloc.frame_box([2u8; 100]);
            addresses.0.push((thread::current().id(), boxed.as_ptr().addr()));
            drop(boxed);
            drop(other);
        },
    );
    for _ in 0..rounds(100, 5) {
        app.update();
    }
    let addresses = &app.world().resource::<Addresses>().0;
    for &(thread, address) in addresses {
        let first = addresses.iter().find(|(other, _)| *other == thread).expect("its first");
        assert_eq!(address, first.1, "each update's frame begins where the thread's first did");
    }
}

#[test]
fn tags_count_one_update_whatever_threads_had_a_part_in_it() {
    let mut app = app();
    app.init_resource::<Seen>();
    let alloc = resource(&app);
    fn part<const N: usize>(alloc: Res<'_, AllocResource>, seen: Res<'_, Seen>) {
        drop(alloc.frame_box([0u64; N]));
        seen.meet();
    }
    app.add_systems(Update, alloc.tagged_set("physics", (part::<1>, part::<2>, part::<4>)))
        .add_systems(PostUpdate, alloc.tagged("audio", part::<8>));
    for update in 1..=rounds(50, 3) as u64 {
        app.update();
        let physics = alloc.tag_stats("physics").expect("used");
        assert_eq!(
            (physics.bytes_allocated, physics.total_bytes),
            (7 * 8, update * 7 * 8),
            "update {update}"
        );
        assert_eq!(alloc.tag_stats("audio").expect("used").bytes_allocated, 64);
        assert_eq!(alloc.tag_stats("physics/audio"), None);
    }
}

#[test]
fn systems_in_parallel_with_themselves_share_a_frame() {
    #[derive(Component)]
    struct Weight(u64);
    let mut app = app();
    app.world_mut().spawn_batch((0..2_000).map(Weight));
    let sum = |alloc: Res<'_, AllocResource>, weights: Query<'_, '_, &Weight>| {
        let shared = alloc.shared_frame();
        let seen = Mutex::new(Vec::new());
        weights.par_iter().for_each(|weight| {
            let copy = shared.alloc(weight.0);
            seen.lock().expect("no panic").push(copy);
        });
        let seen = seen.into_inner().expect("no panic");
        assert_eq!(seen.iter().map(|copy| **copy).sum::<u64>(), 1_999_000);
    };
    app.add_systems(Update, sum);
    for _ in 0..rounds(50, 2) {
        app.update();
    }
    assert!(resource(&app).stats().reserved_bytes <= 8 * 128 * 1024);
}

#[test]
fn thread_that_begins_frames_itself_is_left_alone() {
    let mut app = app();
    app.add_systems(Update, |alloc: Res<'_, AllocResource>| work(&alloc, 1));
    let alloc = resource(&app);
    alloc.begin_frame();
    let kept = alloc.frame_box([7u8; 100]);
    let interval = alloc.thread_stats().frames;
    for _ in 0..5 {
        app.update();
        assert_eq!(alloc.thread_stats().frames, interval);
    }
    assert_eq!(kept[99], 7);
    drop(kept);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().frames, interval + 1);
    assert_eq!(alloc.stats().parked_bytes, 0);
}

#[test]
fn pool_values_go_from_system_to_system() {
    #[derive(Default, Resource)]
    struct Mailbox(Option<PoolBox<[u64; 32]>>);
    let mut app = app();
    let post = |alloc: Res<'_, AllocResource>, mut mailbox: ResMut<'_, Mailbox>| {
        let scratch = alloc.frame_slice_from_fn(32, |i| i as u64);
        mailbox.0 = Some(alloc.pool_box(std::array::from_fn(|i| scratch[i])));
    };
    let read = |mut mailbox: ResMut<'_, Mailbox>| {
        let letter = mailbox.0.take().expect("posted");
        assert_eq!(letter.iter().sum::<u64>(), 496);
    };
    app.init_resource::<Mailbox>().add_systems(Update, post).add_systems(PostUpdate, read);
    for _ in 0..50 {
        app.update();
    }
    assert_eq!(resource(&app).stats().pool_allocations, 50);
}

#[test]
fn system_that_panics_leaves_the_allocator_usable() {
    let alloc = SmartAlloc::new(config());
    for _ in 0..3 {
        let mut app = App::new();
        app.add_plugins((
            TaskPoolPlugin { task_pool_options: TaskPoolOptions::with_num_threads(5) },
            SmartAllocPlugin::with_alloc(alloc.clone()),
        ));
        static RUNS: AtomicU32 = AtomicU32::new(0);
        let resource = resource(&app);
        let system = |alloc: Res<'_, AllocResource>| {
            let _boxed = alloc.frame_box([0u8; 100]);
            let _scope = alloc.scope();
            if RUNS.fetch_add(1, Ordering::Relaxed) % 3 == 2 {
                panic!("on purpose");
            }
        };
        app.add_systems(Update, resource.tagged("unlucky", system));
        app.update();
        app.update();
        panics(|| app.update());
        drop(app);
        // The update that was cut short goes on until the next one begins; this thread is in it.
        work(&resource, 3);
        drop(alloc.frame_box(1u8));
        assert_eq!(alloc.stats().parked_bytes, 0);
        assert_eq!(alloc.tag_stats("unlucky/unlucky"), None);
    }
}

#[test]
fn apps_with_allocators_of_their_own_are_apart() {
    let (mut one, mut two) = (app(), app());
    let (first, second) = (resource(&one), resource(&two));
    one.add_systems(Update, first.tagged("one", |alloc: Res<'_, AllocResource>| work(&alloc, 1)));
    two.add_systems(Update, second.tagged("two", |alloc: Res<'_, AllocResource>| work(&alloc, 2)));
    for _ in 0..20 {
        one.update();
        two.update();
    }
    drop(two);
    one.update();
    assert!(first.tag_stats("two").is_none() && second.tag_stats("one").is_none());
    assert_eq!((first.stats().parked_bytes, second.stats().parked_bytes), (0, 0));
}

/// The guide's own integration, but for the plugins of an engine with a window.
#[test]
fn the_guides_integration() {
    struct Contact {
        depth: f32,
    }
    fn main() {
        App::new().add_plugins(SmartAllocPlugin::default()).add_systems(Update, physics_system).run();
    }
    fn physics_system(alloc: Res<'_, AllocResource>) {
        let mut contacts = alloc.frame_vec::<Contact>();
        contacts.push(Contact { depth: 0.5 });
        // Automatically reset each frame
        assert_eq!(contacts[0].depth, 0.5);
    }
    main();
}

#[cfg(feature = "serde")]
#[test]
fn snapshots_are_written_where_the_plugin_is_told_to() {
    let directory = std::env::temp_dir().join(format!("framealloc-bevy-{}", std::process::id()));
    let config = framealloc::SnapshotConfig::default().with_directory(&directory);
    let mut app = App::new();
    app.add_plugins((TaskPoolPlugin::default(), SmartAllocPlugin::default().with_snapshots(config)));
    let alloc = resource(&app);
    app.add_systems(Update, alloc.tagged("physics", |alloc: Res<'_, AllocResource>| work(&alloc, 1)));
    app.update();
    app.update();
    let text = std::fs::read_to_string(directory.join("latest.json")).expect("written");
    assert!(text.contains("\"physics\""), "{text}");
    assert!(app.world().resource::<framealloc::bevy::AllocSnapshots>().failure().is_none());
    std::fs::remove_dir_all(&directory).expect("its own");

    // A directory that cannot be: the app goes on, and says why.
    std::fs::write(&directory, "a file").expect("room");
    let mut app = App::new();
    let config = framealloc::SnapshotConfig::default().with_directory(directory.join("below"));
    app.add_plugins((TaskPoolPlugin::default(), SmartAllocPlugin::default().with_snapshots(config)));
    app.update();
    assert!(app.world().resource::<framealloc::bevy::AllocSnapshots>().failure().is_some());
    std::fs::remove_file(&directory).expect("its own");
}
