// Phases of a render graph, a simulation and a loader: begun and left, ended and not begun.
use framealloc::{AllocConfig, SmartAlloc};
use std::sync::Arc;

struct Graph {
    alloc: Arc<SmartAlloc>,
    passes: Vec<(&'static str, bool)>,
}

impl Graph {
    fn execute(&self) -> Result<usize, String> {
        let mut drawn = 0;
        for (name, enabled) in &self.passes {
            self.alloc.begin_phase(name);
            if !enabled {
                continue; //~ FA805
            }
            drawn += self.pass(name)?; //~ FA805
            self.alloc.end_phase();
        }
        Ok(drawn)
    }

    fn execute_well(&self) -> Result<usize, String> {
        let mut drawn = 0;
        for (name, enabled) in &self.passes {
            if !enabled {
                continue;
            }
            let _phase = self.alloc.phase(name);
            drawn += self.pass(name)?;
        }
        Ok(drawn)
    }

    fn pass(&self, name: &str) -> Result<usize, String> {
        self.alloc.begin_phase("pass");
        let result = if name.is_empty() { Err("nameless".to_owned()) } else { Ok(name.len()) };
        self.alloc.end_phase();
        result
    }

    fn nested(&self) {
        self.alloc.begin_phase("frame");
        self.alloc.begin_phase("cull");
        println!("{}", self.alloc.frame_slice::<u32>(4).len());
        self.alloc.end_phase();
        self.alloc.end_phase();
    }

    fn nested_badly(&self) {
        self.alloc.begin_phase("frame"); //~ FA805
        self.alloc.begin_phase("cull");
        println!("{}", self.alloc.frame_slice::<u32>(4).len());
        self.alloc.end_phase();
    }

    fn once_too_often(&self, twice: bool) {
        self.alloc.begin_phase("ui");
        println!("{twice}");
        self.alloc.end_phase();
        if twice {
            self.alloc.end_phase(); //~ FA805
        }
    }

    fn open(&self, name: &'static str) {
        self.alloc.begin_phase(name);
    }

    fn close(&self) {
        self.alloc.end_phase();
    }

    fn paired(&self) {
        self.open("particles");
        println!("{}", self.alloc.frame_slice::<u32>(4).len());
        self.close();
    }

    fn matched(&self, mode: Option<u32>) -> u32 {
        self.alloc.begin_phase("post");
        let strength = match mode {
            Some(0) => return 0, //~ FA805
            Some(n) => n,
            None => {
                self.alloc.end_phase();
                return 1;
            }
        };
        self.alloc.end_phase();
        strength
    }
}

fn simulate(alloc: &SmartAlloc, steps: usize) -> Option<usize> {
    alloc.begin_phase("simulate");
    let mut done = 0;
    while done < steps {
        if done == 7 {
            break;
        }
        done += 1;
    }
    alloc.end_phase();
    done.checked_sub(1)
}

fn conditional(alloc: &SmartAlloc, profile: bool) {
    if profile {
        alloc.begin_phase("conditional");
    }
    println!("{}", alloc.frame_slice::<u8>(2).len());
    if profile {
        alloc.end_phase();
    }
}

fn tagged(alloc: &SmartAlloc) -> usize {
    alloc.with_tag("physics", |a| {
        a.begin_phase("broad");
        let pairs = a.frame_slice::<u32>(8).len();
        if pairs > 9 {
            return 0; //~ FA805
        }
        a.end_phase();
        pairs
    })
}

fn explicit(alloc: &SmartAlloc, early: bool) {
    let phase = alloc.phase("explicit");
    if early {
        return;
    }
    drop(phase);
    println!("after");
}

fn load(alloc: &SmartAlloc, names: &[Option<&str>]) -> usize {
    alloc.begin_phase("load");
    let total = names
        .iter()
        .map(|name| {
            let Some(name) = name else { return 0 };
            name.len()
        })
        .sum();
    alloc.end_phase();
    total
}

fn aborted(alloc: &SmartAlloc, names: &[&str]) {
    alloc.begin_phase("check");
    if names.is_empty() {
        panic!("no names"); //~ FA805
    }
    alloc.end_phase();
}

fn main() {
    let alloc = Arc::new(SmartAlloc::new(AllocConfig::default()));
    let graph = Graph { alloc: alloc.clone(), passes: vec![("shadow", true)] };
    println!("{:?} {:?}", graph.execute(), graph.execute_well());
    graph.nested();
    graph.nested_badly();
    graph.once_too_often(false);
    graph.paired();
    println!("{} {:?} {}", graph.matched(None), simulate(&alloc, 3), tagged(&alloc));
    conditional(&alloc, true);
    explicit(&alloc, true);
    println!("{}", load(&alloc, &[]));
    aborted(&alloc, &["a"]);
}
