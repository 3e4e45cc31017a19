//! The snippets of the technical guide, as they stand there, and what they are meant to do.

use std::mem::MaybeUninit;
use std::thread;

use framealloc::{
    AllocConfig, AllocErrorKind, FrameVec, HeapBox, PoolBox, Promoted, RetentionPolicy, SmartAlloc, Zeroable,
    kilobytes, megabytes,
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Zeroable)]
struct Contact {
    bodies: [u32; 2],
    depth: f32,
}

#[derive(Clone, Copy, Debug, Zeroable)]
struct Vertex {
    position: [f32; 3],
    normal: [f32; 3],
}

#[test]
fn core_concepts_frame_based_allocation() {
    let alloc = SmartAlloc::new(AllocConfig::default());
    let mut addresses = Vec::new();

    for _ in 0..100 {
        alloc.begin_frame();

        // Fast bump allocation - O(1), no locks
        let scratch = alloc.frame_alloc::<[f32; 1024]>();

        assert!(scratch.iter().all(|&value| value == 0.0));
        addresses.push(scratch.as_ptr().addr());
        drop(scratch);
        alloc.end_frame(); // All frame memory released
    }

    assert!(
        addresses.iter().all(|&address| address == addresses[0]),
        "each frame begins at the same address"
    );
    let stats = alloc.stats();
    assert_eq!((stats.frames, stats.parked_bytes, stats.last_frame_bytes), (100, 0, 4096));
}

#[test]
fn core_concepts_frame_based_allocation_word_for_word() {
    // In the guide the handle is alive at `end_frame`: its frame is parked, and free again when it goes.
    let alloc = SmartAlloc::new(AllocConfig::default());
    let mut reserved = 0;
    for frame in 0..1000 {
        alloc.begin_frame();
        let mut scratch = alloc.frame_alloc::<[f32; 1024]>();
        alloc.end_frame();
        scratch[1023] = 1.0;
        // fa: allow(FA601) -- handles outlive their frame, to see it parked
        assert_eq!(scratch[0], 0.0);
        drop(scratch);
        assert_eq!(alloc.stats().parked_bytes, 0);
        if frame == 10 {
            reserved = alloc.stats().reserved_bytes;
        }
    }
    assert_eq!(alloc.stats().reserved_bytes, reserved);
}

#[test]
fn core_concepts_allocation_by_intent() {
    #[derive(Debug, PartialEq, Zeroable)]
    struct Entity {
        health: u32,
        position: [f32; 3],
    }
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let frame = alloc.frame_alloc::<Entity>();
    let mut pool: PoolBox<Entity> = alloc.pool_alloc::<Entity>();
    let mut heap: HeapBox<Entity> = alloc.heap_alloc::<Entity>();
    assert_eq!(*frame, Entity { health: 0, position: [0.0; 3] });
    assert_eq!((&*frame, &*frame), (&*pool, &*heap));
    pool.health = 100;
    heap.health = 50;
    drop(frame);
    alloc.end_frame();
    // Until explicitly freed, across frames.
    for _ in 0..10 {
        alloc.begin_frame();
        drop(alloc.frame_alloc::<[u8; 4096]>());
        alloc.end_frame();
    }
    assert_eq!((pool.health, heap.health), (100, 50));
    assert_eq!((alloc.stats().pool_bytes, alloc.stats().heap_bytes), (16, 16));
    alloc.pool_free(pool);
    alloc.heap_free(heap);
    assert_eq!((alloc.stats().pool_bytes, alloc.stats().heap_bytes), (0, 0));
}

#[test]
fn core_concepts_thread_local_fast_paths() {
    // Same API. Same behavior.
    fn work(alloc: &SmartAlloc, number: u32) -> u32 {
        alloc.begin_frame();
        let values = alloc.frame_slice_from_fn(100, |i| i as u32 * number);
        let kept = alloc.pool_box(values[99]);
        drop(values);
        alloc.end_frame();
        *kept
    }
    let alloc = SmartAlloc::with_defaults();
    let single: Vec<_> = (0..4).map(|number| work(&alloc, number)).collect();
    let multi: Vec<_> = thread::scope(|s| {
        let workers: Vec<_> = (0..4)
            .map(|number| {
                s.spawn({
                    let alloc = &alloc;
                    move || work(alloc, number)
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().expect("works")).collect()
    });
    assert_eq!(single, multi);
    assert_eq!(alloc.stats().frames, 8);
}

#[test]
fn core_concepts_tagged_allocations() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    alloc.with_tag("physics", |a| {
        let mut contacts = a.frame_vec::<Contact>();
        // All allocations tracked under "physics"
        for number in 0..100 {
            contacts.push(Contact { bodies: [number, number + 1], depth: 0.5 });
        }
        assert_eq!(contacts[99].bodies, [99, 100]);
    });
    let physics = alloc.tag_stats("physics").expect("it was used");
    assert!(physics.bytes_allocated >= 100 * size_of::<Contact>() as u64);
    alloc.end_frame();
    assert_eq!(alloc.stats().last_frame_bytes, physics.bytes_allocated);
}

#[test]
fn v0_2_named_phases_and_their_statistics() {
    let alloc = SmartAlloc::with_defaults();

    alloc.begin_frame();

    alloc.begin_phase("physics");
    let contacts = alloc.frame_alloc::<[Contact; 256]>();
    alloc.end_phase();

    alloc.begin_phase("render");
    let verts = alloc.frame_alloc::<[Vertex; 4096]>();
    alloc.end_phase();

    assert_eq!(contacts[255], Contact::default());
    assert_eq!((verts[4095].position, verts[4095].normal), ([0.0; 3], [0.0; 3]));
    drop((contacts, verts));
    alloc.end_frame();

    let mut printed = Vec::new();
    let stats = alloc.phase_stats();
    for (name, stat) in stats {
        printed.push(format!("{}: {} bytes", name, stat.bytes_allocated));
    }
    assert_eq!(printed, [format!("physics: {} bytes", 256 * 12), format!("render: {} bytes", 4096 * 24)]);
}

#[test]
fn v0_2_tagged_allocations() {
    let alloc = SmartAlloc::with_defaults();
    alloc.with_tag("audio", |a| {
        let mut buffer = a.frame_alloc::<[f32; 1024]>();
        buffer[0] = 1.0;
    });

    // Query by tag
    let audio_usage = alloc.tag_stats("audio");
    let audio_usage = audio_usage.expect("it was used");
    assert_eq!((audio_usage.bytes_allocated, audio_usage.allocations, audio_usage.budget), (4096, 1, None));
}

#[derive(Debug, Default, PartialEq)]
struct NavMesh {
    corners: Vec<[f32; 2]>,
}

#[test]
fn v0_3_retention_with_its_handle_alive() {
    let alloc = SmartAlloc::with_defaults();

    // Allocate with retention
    let navmesh = alloc.frame_retained::<NavMesh>(RetentionPolicy::PromoteToPool);

    // Get promoted allocations at frame end
    let promotions = alloc.end_frame_with_promotions();
    let mut seen = Vec::new();
    for promo in promotions {
        match promo.policy {
            RetentionPolicy::PromoteToPool => {
                // Now in pool, manually free when done
                assert_eq!(promo.size, size_of::<NavMesh>());
                seen.push(promo);
            }
            RetentionPolicy::PromoteToHeap => {
                // Now in heap
                unreachable!("it was made in the pool");
            }
            RetentionPolicy::Leak => unreachable!("nothing was leaked"),
        }
    }
    assert_eq!(seen.len(), 1);
    assert_eq!(alloc.stats().pool_bytes, 32);
    let promo = seen.pop().expect("one").downcast::<NavMesh>().expect_err("its handle is alive");
    assert_eq!(*navmesh, NavMesh::default());
    drop(navmesh);
    let Ok(Promoted::Pool(mut navmesh)) = promo.downcast::<NavMesh>() else { panic!("not in the pool") };
    navmesh.corners.push([1.0, 2.0]);
    alloc.pool_free(navmesh);
    assert_eq!(alloc.stats().pool_bytes, 0);
}

#[test]
fn v0_3_level_loading_and_entity_spawning() {
    let alloc = SmartAlloc::with_defaults();
    let mut entities: Vec<PoolBox<[f32; 3]>> = Vec::new();
    let mut level: Option<HeapBox<NavMesh>> = None;
    for frame in 0..10 {
        alloc.begin_frame();
        let mut entity = alloc.frame_retained::<[f32; 3]>(RetentionPolicy::PromoteToPool);
        entity[0] = frame as f32;
        let mesh = (frame == 3).then(|| alloc.frame_retained::<NavMesh>(RetentionPolicy::PromoteToHeap));
        drop((entity, mesh));
        for promo in alloc.end_frame_with_promotions() {
            match promo.downcast::<[f32; 3]>() {
                Ok(Promoted::Pool(entity)) => entities.push(entity),
                Ok(other) => panic!("{other:?}"),
                Err(promo) => match promo.downcast::<NavMesh>() {
                    Ok(Promoted::Heap(mesh)) => level = Some(mesh),
                    other => panic!("{other:?}"),
                },
            }
        }
    }
    assert!(entities.iter().zip(0..).all(|(entity, frame)| entity[0] == frame as f32));
    assert_eq!((entities.len(), level.as_deref()), (10, Some(&NavMesh::default())));
    let promotions = alloc.stats().promotions;
    assert_eq!((promotions.to_pool, promotions.to_heap, promotions.taken), (10, 1, 11));
}

#[test]
fn v0_6_per_thread_budgets() {
    let alloc = SmartAlloc::with_defaults();
    alloc.set_thread_frame_budget(megabytes(8));
    alloc.set_thread_pool_budget(megabytes(4));

    alloc.begin_frame();
    let most = alloc.frame_slice::<u8>(megabytes(8));
    let error = alloc.try_frame_alloc::<u8>().expect_err("the frame budget is used up");
    assert_eq!(error.kind(), AllocErrorKind::ThreadFrameBudget);
    drop(most);
    alloc.end_frame();

    let blocks: Vec<_> = (0..1024).map(|_| alloc.pool_alloc::<[u8; 4096]>()).collect();
    let error = alloc.try_pool_alloc::<u8>().expect_err("the pool budget is used up");
    assert_eq!((error.kind(), error.left()), (AllocErrorKind::ThreadPoolBudget, 0));
    // Memory limits per thread: another has its own.
    thread::scope(|s| {
        // fa: allow(FA302) -- a thread without a budget is tried beside one that has it
        s.spawn(|| {
            drop(alloc.pool_alloc::<u8>());
            // fa: allow(FA204) -- what a thread outside of any frame allocates is counted
            drop(alloc.frame_slice::<u8>(megabytes(9)));
        });
    });
    drop(blocks);
}

#[test]
fn v0_6_deferred_processing_control() {
    use framealloc::{DeferredConfig, QueueFullPolicy};

    let alloc = SmartAlloc::with_defaults();
    let config = DeferredConfig::default().with_max_queue_depth(1024).with_policy(QueueFullPolicy::Block);

    alloc.configure_deferred(config);
    let boxed = alloc.pool_box(1u8);
    thread::scope(|scope| {
        scope.spawn(move || drop(boxed));
    });
    assert_eq!(alloc.process_deferred(), 1);
}

fn physics_update(alloc: &SmartAlloc) {
    let _physics = alloc.tag("physics");
    let mut contacts: FrameVec<'_, Contact> = alloc.frame_vec();
    contacts.resize(1000, Contact::default());
    assert_eq!(contacts.len(), 1000);
}

fn render_update(alloc: &SmartAlloc) {
    let _render = alloc.tag("render");
    let verts = alloc.frame_slice_from_fn(500, |i| Vertex { position: [i as f32; 3], normal: [0.0; 3] });
    assert_eq!(verts[499].position[2], 499.0);
}

#[test]
fn custom_game_loop() {
    let alloc =
        SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(16)).with_pool_size(megabytes(8)));
    assert_eq!(alloc.stats().pool_reserved_bytes, megabytes(8) as u64);

    for _ in 0..50 {
        alloc.begin_frame();

        // Update systems
        physics_update(&alloc);
        render_update(&alloc);

        alloc.end_frame();
    }

    let stats = alloc.stats();
    assert_eq!((stats.frames, stats.reserved_bytes, stats.chunk_refills), (50, megabytes(16) as u64, 0));
    assert_eq!(alloc.tag_stats("render").map(|tag| tag.bytes_allocated), Some(500 * 24));
    assert_eq!(alloc.tag_stats("physics").map(|tag| tag.allocations), Some(1));
}

fn compute() -> [u64; 8] {
    [7; 8]
}

#[test]
fn multi_threaded_workload() {
    use std::sync::Arc;

    use framealloc::{FrameBarrier, SmartAlloc};

    const FRAMES: usize = 50;
    let alloc = Arc::new(SmartAlloc::with_defaults());
    let barrier = Arc::new(FrameBarrier::new(4));
    let (send, receive) = std::sync::mpsc::channel();

    let workers: Vec<_> = (0..4)
        .map(|_| {
            let alloc = alloc.clone();
            let barrier = barrier.clone();
            let send = send.clone();

            thread::spawn(move || {
                for frame in 0..FRAMES {
                    alloc.begin_frame();

                    // Worker logic
                    let data = alloc.frame_box_for_transfer(compute());

                    alloc.end_frame();
                    barrier.signal_frame_complete();
                    barrier.wait_all();
                    // Every second one arrives; the others are dropped here.
                    if frame % 2 == 0 {
                        send.send(data).expect("received below");
                    }
                }
            })
        })
        .collect();
    drop(send);
    let sum: u64 = receive.iter().map(|handle| handle.receive().iter().sum::<u64>()).sum();
    workers.into_iter().for_each(|worker| worker.join().expect("works"));
    assert_eq!(sum, 4 * (FRAMES as u64 / 2) * 56);
    let transfers = alloc.transfer_stats();
    assert_eq!((transfers.made, transfers.received, transfers.dropped), (200, 100, 100));
    assert_eq!((alloc.stats().frames, alloc.stats().parked_bytes), (200, 0));
}

#[test]
fn v0_6_transfer_handle() {
    use framealloc::TransferHandle;

    #[derive(Debug, PartialEq)]
    struct Data(u32);
    let alloc = SmartAlloc::with_defaults();
    let data = Data(7);
    let (channel, consumer) = std::sync::mpsc::channel();

    // Producer thread
    let handle: TransferHandle<Data> = alloc.frame_box_for_transfer(data);
    channel.send(handle).expect("received below");

    // Consumer thread
    let received = thread::spawn(move || {
        let handle = consumer.recv().expect("sent above");
        let data = handle.receive();
        assert_eq!(*data, Data(7));
    });
    received.join().expect("no panic");
    assert_eq!((alloc.transfer_stats().received, alloc.transfer_stats().in_flight()), (1, 0));
}

#[test]
fn v0_6_frame_barrier() {
    use framealloc::FrameBarrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    let alloc = SmartAlloc::with_defaults();
    let barrier = FrameBarrier::new(3); // 3 threads
    let done = AtomicUsize::new(0);

    // Each thread
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for frame in 1..=20 {
                    alloc.begin_frame();
                    drop(alloc.frame_box(frame));
                    done.fetch_add(1, Ordering::Relaxed);
                    alloc.end_frame();
                    barrier.signal_frame_complete();
                    barrier.wait_all(); // All threads synchronized
                    assert!(done.load(Ordering::Relaxed) >= 3 * frame);
                }
            });
        }
    });
    assert_eq!(done.load(Ordering::Relaxed), 60);
}

#[test]
fn v0_3_scratch_allocators() {
    #[derive(framealloc::Zeroable)]
    struct TempData {
        distances: [f32; 1000],
    }
    let alloc = SmartAlloc::with_defaults();
    let scratch = alloc.create_scratch_allocator(megabytes(2));

    for _ in 0..3 {
        scratch.with_scope(|s| {
            let temp = s.alloc::<TempData>();
            // ... use temp ...
            assert!(temp.distances.iter().all(|&distance| distance == 0.0));
            temp.distances.fill(1.0);
        }); // Automatically reset
    }
    assert_eq!(alloc.scratch_stats().len(), 1);
}

#[test]
fn best_practices_end_frame_may_be_skipped_without_growing_for_ever() {
    // "Don't skip end_frame": it does not leak here, a full chunk with nothing alive in it is used again.
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64)));
    for _ in 0..10_000 {
        drop(alloc.frame_alloc::<[u8; 1024]>());
        drop(alloc.frame_uninit::<[u8; 1000]>() as framealloc::FrameBox<'_, MaybeUninit<[u8; 1000]>>);
    }
    assert_eq!(alloc.stats().reserved_bytes, kilobytes(64) as u64);
    assert_eq!(alloc.thread_stats().misuse.outside_frames, 20_000);
}
