//! Systems, and who runs them.

mod stage;

pub use stage::Stage;

use framealloc::SmartAlloc;

/// Something that runs once in each frame.
pub trait System {
    fn name(&self) -> &'static str;
    fn run(&mut self, alloc: &SmartAlloc);
}

#[derive(Default)]
pub struct Scheduler {
    systems: Vec<(Stage, Box<dyn System>)>,
    skipped: usize,
}

impl Scheduler {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn add<S: System + 'static>(&mut self, stage: Stage, system: S) -> &mut Self {
        self.systems.push((stage, Box::new(system)));
        self
    }

    pub fn len(&self) -> usize {
        self.systems.len()
    }

    pub fn is_empty(&self) -> bool {
        self.systems.is_empty()
    }

    /// Runs all systems, stage by stage.
    pub fn run_all(&mut self, alloc: &SmartAlloc) {
        for stage in Stage::ALL {
            let _phase = alloc.phase(stage.name());
            for (_, system) in self.systems.iter_mut().filter(|(at, _)| *at == stage) {
                run_one(system.as_mut(), alloc);
            }
        }
    }

    /// Runs one stage alone, as the editor does.
    pub fn run_stage(&mut self, stage: Stage, alloc: &SmartAlloc) -> usize {
        alloc.begin_phase(stage.name());
        let mut ran = 0;
        for (at, system) in &mut self.systems {
            if *at != stage {
                self.skipped += 1;
                continue;
            }
            run_one(system.as_mut(), alloc);
            ran += 1;
        }
        alloc.end_phase();
        ran
    }

    /// Runs one system by its name.
    pub fn run_named(&mut self, name: &str, alloc: &SmartAlloc) -> bool {
        alloc.begin_phase("single");
        let Some((_, system)) = self.systems.iter_mut().find(|(_, system)| system.name() == name) else {
            return false; //~ FA805
        };
        run_one(system.as_mut(), alloc);
        alloc.end_phase();
        true
    }
}

fn run_one<S: System + ?Sized>(system: &mut S, alloc: &SmartAlloc) {
    system.run(alloc);
}
