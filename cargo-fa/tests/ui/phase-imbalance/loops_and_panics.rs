// `continue`, `break` and a panic macro with a phase open.
use framealloc::{AllocConfig, SmartAlloc};

enum Job {
    Mesh(u32),
    Empty,
    Stop,
}

fn run(alloc: &SmartAlloc, jobs: &[Job]) -> u32 {
    let mut sum = 0;
    for job in jobs {
        alloc.begin_phase("job");
        match job {
            Job::Mesh(size) => sum += size,
            Job::Empty => continue, //~ FA805
            Job::Stop => break, //~ FA805
        }
        alloc.end_phase();
    }
    sum
}

fn run_well(alloc: &SmartAlloc, jobs: &[Job]) -> u32 {
    let mut sum = 0;
    for job in jobs {
        if matches!(job, Job::Stop) {
            break;
        }
        alloc.begin_phase("job");
        for _ in 0..3 {
            if let Job::Mesh(size) = job {
                sum += size;
                continue;
            }
            break;
        }
        alloc.end_phase();
    }
    sum
}

fn strict(alloc: &SmartAlloc, jobs: &[Job]) -> usize {
    alloc.begin_phase("strict");
    if jobs.len() > 100 {
        panic!("{} jobs are too many", jobs.len()); //~ FA805
    }
    let count = jobs.iter().filter(|job| matches!(job, Job::Mesh(_))).count();
    alloc.end_phase();
    count
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default());
    let jobs = [Job::Mesh(3), Job::Empty, Job::Stop];
    let frame = alloc.frame();
    println!("{} {} {}", run(&alloc, &jobs), run_well(&alloc, &jobs), strict(&alloc, &jobs));
    drop(frame);
}
