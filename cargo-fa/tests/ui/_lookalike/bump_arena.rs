// A bump arena of the program's own whose methods have the library's names; no framealloc at all.
use std::cell::RefCell;
use std::thread;

#[derive(Default)]
struct Arena {
    blocks: RefCell<Vec<Box<[u8]>>>,
    open: RefCell<u32>,
}

struct Frame<'a>(&'a Arena);

impl Arena {
    fn begin_frame(&self) {
        *self.open.borrow_mut() += 1;
    }

    fn end_frame(&self) {
        *self.open.borrow_mut() -= 1;
    }

    fn frame(&self) -> Frame<'_> {
        self.begin_frame();
        Frame(self)
    }

    fn scope(&self) -> Frame<'_> {
        Frame(self)
    }

    fn frame_alloc<T: Default>(&self) -> Box<T> {
        Box::default()
    }

    fn frame_vec<T>(&self) -> Vec<T> {
        Vec::new()
    }

    fn frame_slice(&self, len: usize) -> Box<[u8]> {
        self.blocks.borrow_mut().push(vec![0; len].into());
        vec![0; len].into()
    }

    fn pool_box<T>(&self, value: T) -> Box<T> {
        Box::new(value)
    }

    fn with_tag<R>(&self, _tag: &str, work: impl FnOnce(&Self) -> R) -> R {
        work(self)
    }
}

struct Keeper {
    kept: Option<Vec<u32>>,
    boxes: Vec<Box<[u8]>>,
}

fn update(arena: &Arena, keeper: &mut Keeper, text: &str) -> Result<usize, std::num::ParseIntError> {
    arena.begin_frame();
    let count = text.parse::<usize>()?;
    let list = arena.frame_vec::<u32>();
    keeper.kept = Some(list);
    for _ in 0..100 {
        let temporary = arena.pool_box([0u8; 16]);
        keeper.boxes.push(arena.frame_slice(count + temporary.len()));
        let _ = arena.frame_alloc::<[u8; 4]>();
    }
    arena.begin_frame();
    let slice = arena.frame_slice(count);
    arena.end_frame();
    let worker = thread::spawn(move || slice.len());
    Ok(worker.join().unwrap_or(0))
}

fn main() {
    let arena = Arena::default();
    let mut keeper = Keeper { kept: None, boxes: Vec::new() };
    println!("{:?}", update(&arena, &mut keeper, "3"));
    let frame = arena.frame();
    let scope = arena.scope();
    std::mem::forget(frame);
    let tagged = arena.with_tag("phsyics", |a| a.frame_vec::<u8>());
    println!("{} {} {}", tagged.len(), scope.0.open.borrow(), keeper.boxes.len());
}
