//! Command-line tools of an engine: bake, inspect, pack.
use framealloc::SmartAlloc as Alloc;
use std::error::Error;
use std::fs;

type Outcome<T> = Result<T, Box<dyn Error>>;

struct Stage {
    alloc: Alloc,
    open: bool,
}

impl Stage {
    /// Its other half is `finish`.
    fn start(&mut self) {
        self.alloc.begin_frame();
        self.open = true;
    }

    fn finish(&mut self) {
        self.open = false;
        self.alloc.end_frame();
    }
}

struct Ending<'a>(&'a Alloc);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.end_frame();
    }
}

fn close(alloc: &Alloc) {
    alloc.end_frame();
}

fn bake(alloc: &Alloc, path: &str) -> Outcome<usize> {
    alloc.begin_frame();
    let _ending = Ending(alloc);
    let text = fs::read_to_string(path)?;
    let words = text.split(' ').count();
    Ok(words)
}

fn inspect(alloc: &Alloc, path: &str) -> Outcome<usize> {
    alloc.begin_frame();
    let Ok(bytes) = fs::read(path) else {
        close(alloc);
        return Ok(0);
    };
    let Some(kind) = bytes.first() else {
        return Err("an empty file".into()); //~ FA603
    };
    let count = match kind {
        b'M' => bytes.len() / 32,
        b'T' => bytes.len() / 4,
        0 => return Ok(0), //~ FA603
        other => unreachable!("kind {other}"), //~ FA603
    };
    close(alloc);
    Ok(count)
}

fn pack(alloc: &Alloc, paths: &[String]) -> Outcome<u64> {
    let mut total = 0;
    for path in paths {
        alloc.begin_frame();
        let Ok(meta) = fs::metadata(path) else {
            break; //~ FA603
        };
        let name = framealloc::frame_format!(alloc, "{path}: {}", meta.len());
        println!("{name}");
        total += meta.len();
        drop(name);
        alloc.end_frame();
    }
    Ok(total)
}

fn staged(stage: &mut Stage, path: &str) -> Outcome<u64> {
    stage.start();
    let len = fs::metadata(path).map(|meta| meta.len());
    stage.finish();
    Ok(len?)
}

fn main() -> Outcome<()> {
    let alloc = Alloc::with_defaults();
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let mut stage = Stage { alloc: alloc.clone(), open: false };
    for path in &paths {
        println!("{} {} {}", bake(&alloc, path)?, inspect(&alloc, path)?, staged(&mut stage, path)?);
    }
    println!("{} {}", pack(&alloc, &paths)?, stage.open);
    Ok(())
}
