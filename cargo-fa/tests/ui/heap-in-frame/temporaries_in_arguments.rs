// Temporaries in arguments, conditions and matches; what is stored, sent or captured is not meant.
use framealloc::{AllocConfig, SmartAlloc};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, mpsc};
#[derive(Clone, Debug, PartialEq)]
struct Event {
    name: String,
    args: Vec<u32>,
}
struct Hud {
    lines: Vec<String>,
    font: Arc<Vec<u8>>,
}
impl Hud {
    fn draw(&self, text: &str) -> usize {
        text.len()
    }
    fn log(&mut self, text: String) {
        self.lines.push(text);
    }
    fn measure(&self, text: String) -> usize {
        text.len()
    }
    fn batch(&self, verts: &[f32]) -> usize {
        verts.len()
    }
}
struct Game {
    alloc: Arc<SmartAlloc>,
    hud: Hud,
    events: Vec<Event>,
    names: HashMap<u32, String>,
    shared: Mutex<Vec<Event>>,
    cb: Vec<Box<dyn Fn() -> u32>>,
    grid: Rc<[u32]>,
}
impl Game {
    fn update(&mut self, hp: u32, tx: &mpsc::Sender<String>) -> Option<Vec<u32>> {
        let _frame = self.alloc.frame();
        self.hud.draw(&format!("hp {hp}")); //~ FA608
        self.hud.measure(format!("hp {hp}")); //~ FA608
        self.hud.batch(&vec![0.0, 1.0]); //~ FA608
        println!("{}", format!("x {hp}")); //~ FA608
        if hp.to_string() == "3" { //~ FA608
            println!("three");
        }
        match hp.to_string().as_str() { //~ FA608
            "1" => println!("one"),
            _ => {}
        }
        if self.events.iter().map(|e| e.args.len()).collect::<Vec<_>>().len() > 3 { //~ FA608
            println!("many");
        }
        let f: Box<dyn Fn() -> u32> = Box::new(move || hp); //~ FA608
        println!("{}", f());
        let mut sorted: Vec<&Event> = self.events.iter().collect(); //~ FA608
        sorted.sort_by_key(|e| e.args.len());
        for e in sorted {
            println!("{:?}", e);
        }
        let copy = self.events.clone(); //~ FA608
        for e in &copy {
            println!("{}", e.name);
        }
        let (a, b): (Vec<u32>, Vec<u32>) = (0..hp).partition(|n| n % 2 == 0);
        println!("{} {}", a.len(), b.len());
        let taken = std::mem::take(&mut self.events);
        for e in taken {
            println!("{}", e.name);
        }
        self.hud.log(format!("stored {hp}"));
        tx.send(format!("sent {hp}")).ok();
        self.names.entry(hp).or_insert_with(|| format!("n{hp}"));
        self.events.push(Event { name: "x".to_string(), args: vec![1, 2] });
        let kept = Event { name: String::from("y"), args: Vec::new() };
        self.shared.lock().unwrap().push(kept);
        self.cb.push(Box::new(move || hp));
        self.grid = (0..hp).collect();
        let v: Vec<u32> = (0..hp).collect();
        std::thread::spawn(move || println!("{}", v.len()));
        let font = Arc::clone(&self.hud.font);
        println!("{}", font.len());
        let ev = Event { name: format!("local {hp}"), args: vec![hp] }; //~ FA608 FA608
        println!("{:?}", ev);
        let mut grouped: HashMap<u32, Vec<u32>> = HashMap::new(); //~ FA608
        grouped.entry(1).or_default().push(hp);
        println!("{}", grouped.len());
        let out = self.collect_ids();
        Some(out)
    }
    fn collect_ids(&self) -> Vec<u32> {
        self.events.iter().flat_map(|e| e.args.iter().copied()).collect()
    }
    fn count(&self) -> usize {
        self.collect_ids().len()
    }
    fn tick(&mut self) -> usize {
        self.alloc.begin_frame();
        let n = self.count();
        let label = if n > 3 { "many".to_string() } else { n.to_string() }; //~ FA608 FA608
        println!("{label}");
        self.alloc.end_frame();
        let after = format!("{n} ids");
        after.len()
    }
}
fn main() {
    let alloc = Arc::new(SmartAlloc::new(AllocConfig::default()));
    let hud = Hud { lines: Vec::new(), font: Arc::new(vec![1]) };
    let mut g = Game {
        alloc,
        hud,
        events: vec![],
        names: HashMap::new(),
        shared: Mutex::new(vec![]),
        cb: vec![],
        grid: Rc::from([1]),
    };
    let (tx, _rx) = mpsc::channel();
    loop {
        g.update(1, &tx);
        g.tick();
    }
}
