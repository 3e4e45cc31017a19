//! What Tracy's client sends to a viewer: a program of the tests runs frames, and the test reads along as a viewer would.

mod viewer;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::small;
use viewer::{Event, Viewer};

/// The test below that is the program, and what tells it to be one.
const PROGRAM: &str = "tracy::program_that_is_looked_at";
const PORT: &str = "TRACY_PORT";

/// Not a test of itself: see [`sent`].
#[expect(clippy::disallowed_methods, reason = "a test harness takes no arguments for its tests")]
#[expect(clippy::print_stdout, reason = "the test that runs it waits for the line")]
#[test]
#[ignore = "runs until it is killed, as a child of another test"]
fn program_that_is_looked_at() {
    if std::env::var_os(PORT).is_none() {
        return;
    }
    let alloc = small();
    let early = || {
        alloc.begin_frame();
        drop(alloc.phase("early"));
        alloc.with_tag("early", |a| drop(a.frame_box([0_u8; 64])));
        alloc.end_frame();
    };
    // Without a client, and with one that nobody looks at.
    (0..50).for_each(|_| early());
    let _client = tracy_client::Client::start();
    (0..50).for_each(|_| early());
    println!("ready");
    // One that ends has no part in the sum of the tag any more; another one has its number next.
    while !tracy_client::Client::is_connected() {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::scope(|threads| {
        let short = std::thread::Builder::new().name("short".to_owned());
        let work = || {
            for _ in 0..3 {
                alloc.begin_frame();
                alloc.with_tag("shared", |a| drop(a.frame_box([0_u8; 1024])));
                alloc.end_frame();
            }
        };
        // Joined, so that its thread-local variables have gone, too.
        short.spawn_scoped(threads, work).unwrap().join().unwrap();
    });
    std::thread::scope(|threads| {
        let worker = std::thread::Builder::new().name("worker".to_owned());
        let work = || loop {
            alloc.begin_frame();
            alloc.with_tag("shared", |a| drop(a.frame_box([0_u8; 32])));
            alloc.end_frame();
            std::thread::sleep(Duration::from_millis(5));
        };
        let _worker = worker.spawn_scoped(threads, work).unwrap();
        let _pool = alloc.pool_box([0_u8; 256]);
        for number in 0_u64.. {
            alloc.begin_frame();
            {
                let _physics = alloc.phase("physics");
                alloc.begin_phase("contacts");
                alloc.with_tag("shared", |a| drop(a.frame_box([0_u8; 64])));
                alloc.with_tag("solver", |a| {
                    a.with_tag("moves", |a| drop(a.frame_slice::<u64>((number % 7) as usize)));
                });
                alloc.end_phase();
                alloc.task(|alloc| drop(alloc.phase("job")));
            }
            // fa: allow(FA805) -- phases that are left open, or ended once too often, are tried
            alloc.begin_phase("until the end");
            alloc.end_frame();
            std::thread::sleep(Duration::from_millis(3));
        }
    });
}

/// The program, which is killed when this goes.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that nobody has.
fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// What the program sends to a viewer until `enough` of it has come.
fn sent(enough: impl Fn(&Viewer) -> bool) -> Viewer {
    let port = free_port();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([PROGRAM, "--exact", "--ignored", "--nocapture"]).env(PORT, port.to_string());
    // Tracy wants to know of a clock that virtual machines may not have.
    command.env("TRACY_NO_INVARIANT_CHECK", "1").stdout(Stdio::piped());
    let mut program = Program(command.spawn().unwrap());
    let mut lines = BufReader::new(program.0.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("ready")), "the program has ended");
    let mut viewer = Viewer::connect(port);
    while !enough(&viewer) {
        viewer.read();
    }
    viewer
}

#[test]
fn a_viewer_sees_phases_frames_and_plots() {
    let own = format!("{PROGRAM} 0");
    let mark = format!("{own}: frames");
    let seen = sent(|viewer| viewer.count_marks(&mark) >= 60 && viewer.count_marks("worker 1: frames") >= 10);

    zones_nest_as_phases_do(&seen);

    let mut plots: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for event in &seen.events {
        if let Event::Plot { name, value } = event {
            plots.entry(seen.name(*name)).or_default().push(*value);
        }
    }
    let names: BTreeSet<&str> = plots.keys().copied().collect();
    let of_thread = |thread: &str| {
        ["frame allocations", "frame bytes", "high water", "parked bytes", "pool bytes"]
            .map(|what| format!("{thread}: {what}"))
    };
    let mut expected: BTreeSet<String> = of_thread(&own).into_iter().chain(of_thread("worker 1")).collect();
    // Its state was made when it was the second.
    expected.extend(of_thread("short 1"));
    expected.extend(["early", "shared", "solver", "solver/moves"].map(|tag| format!("tag {tag}")));
    assert_eq!(names, expected.iter().map(String::as_str).collect());

    let of = |what: &str| &plots[&*format!("{own}: {what}")];
    // What does not move is sent once.
    assert_eq!((of("pool bytes"), of("parked bytes")), (&vec![256.0], &vec![0.0]));
    assert!(of("frame bytes").len() > 20, "{plots:?}");
    let all: BTreeSet<u64> = of("frame bytes").iter().map(|&bytes| bytes as u64).collect();
    assert_eq!(all, (0..7).map(|units| 64 + units * 8).collect());
    // The sum of both threads. What they send comes in no order.
    let shared = &plots["tag shared"];
    assert!(shared.contains(&96.0) && shared.contains(&1024.0), "{shared:?}");
    assert!(shared.iter().all(|bytes| [32.0, 64.0, 96.0, 1024.0].contains(bytes)), "{shared:?}");
    assert_eq!(plots["tag early"], [0.0]);
    assert!(plots["tag solver"].iter().all(|&bytes| bytes <= 48.0 && bytes % 8.0 == 0.0));
    assert!(seen.formats.values().all(|&format| format < 2));
    let bytes_are_shown_as_such = seen.formats.iter().filter(|&(_, &format)| format == 1).count();
    assert_eq!(bytes_are_shown_as_such, expected.len() - 3);
}

/// Each thread's zones begin and end in turn, at their lines, and there are none from before the viewer came.
fn zones_nest_as_phases_do(seen: &Viewer) {
    let mut open: Vec<&str> = Vec::new();
    let mut paths: BTreeSet<String> = BTreeSet::new();
    for event in &seen.events {
        match event {
            Event::ZoneBegin { name, file, line } => {
                assert!(file.ends_with("profilers/tracy.rs") && *line > 20, "{event:?}");
                open.push(name);
                paths.insert(open.join("/"));
            }
            // The viewer may have come within a phase, but that has no zone.
            Event::ZoneEnd => assert!(open.pop().is_some()),
            Event::Plot { .. } | Event::Mark { .. } => {}
        }
    }
    let expected = ["physics", "physics/contacts", "physics/job", "until the end"];
    // The first time it may have come within `physics`.
    paths.retain(|path| !["contacts", "job"].contains(&&**path));
    assert_eq!(paths, expected.map(str::to_owned).into());
}
