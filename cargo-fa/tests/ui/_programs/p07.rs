//! A profiler's overlay: scopes are recorded, grouped and drawn as bars with labels.

use std::collections::HashMap;
use std::time::Duration;

use framealloc::{FrameString, FrameVec, SmartAlloc, frame_format};

#[derive(Clone)]
struct Record {
    name: &'static str,
    depth: u8,
    took: Duration,
}

#[derive(Debug)]
enum DrawError {
    TooDeep,
}

struct Canvas {
    quads: usize,
    glyphs: usize,
}

impl Canvas {
    fn quad(&mut self, depth: u8, _width: f32) -> Result<(), DrawError> {
        if depth > 12 {
            return Err(DrawError::TooDeep);
        }
        self.quads += 1;
        Ok(())
    }

    fn text(&mut self, text: &str) {
        self.glyphs += text.chars().count();
    }
}

/// Sums by name on the heap of the process.
fn group(records: &[Record]) -> Duration {
    let mut sums = HashMap::new(); //~ FA608
    for record in records {
        *sums.entry(record.name).or_insert(Duration::ZERO) += record.took;
    }
    sums.values().copied().max().unwrap_or_default()
}

/// The same sums, in the frame.
fn group_in_frame<'a>(alloc: &'a SmartAlloc, records: &[Record]) -> FrameVec<'a, (&'static str, Duration)> {
    let mut sums = alloc.frame_map::<&'static str, Duration>();
    for record in records {
        *sums.entry(record.name).or_insert(Duration::ZERO) += record.took;
    }
    let mut sorted = alloc.frame_vec_with_capacity(sums.len());
    sorted.extend(sums.iter().map(|(&name, &took)| (name, took)));
    sorted.sort_by_key(|&(_, took)| std::cmp::Reverse(took));
    sorted
}

struct Overlay {
    alloc: SmartAlloc,
    canvas: Canvas,
    slowest_seen: String,
    worst: Duration,
}

impl Overlay {
    fn title<'a>(alloc: &'a SmartAlloc, frame: u64) -> FrameString<'a> {
        frame_format!(alloc, "frame {frame}")
    }

    fn bars(&mut self, records: &[Record]) -> Result<(), DrawError> {
        self.alloc.begin_phase("bars");
        for record in records {
            self.canvas.quad(record.depth, record.took.as_secs_f32() * 1e3)?; //~ FA805
        }
        self.alloc.end_phase();
        Ok(())
    }

    fn legend(&mut self, records: &[Record]) {
        let names: Vec<&str> = records.iter().map(|record| record.name).collect(); //~ FA608
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                continue;
            }
            self.canvas.text(name);
        }
        self.alloc.end_phase(); //~ FA805
    }

    fn labels(&mut self, records: &[Record]) {
        let grouped = group_in_frame(&self.alloc, records);
        for (name, took) in grouped.iter().take(10) {
            let label = frame_format!(self.alloc, "{name} {took:?}");
            self.canvas.text(&label);
        }
        for (name, _) in &grouped {
            let mut ghost = self.alloc.frame_string(); //~ FA602
            ghost.push_str(name);
            self.canvas.text(&ghost);
        }
        if let Some((name, took)) = grouped.first() {
            if *took > self.worst {
                self.worst = *took;
                self.slowest_seen = name.to_string();
            }
        }
    }

    fn draw(&mut self, frame: u64, records: &[Record]) -> Result<(), DrawError> {
        let alloc = self.alloc.clone();
        let _frame = alloc.frame();
        self.canvas.text(&Self::title(&alloc, frame));
        let histogram = alloc.heap_slice::<u32>(64); //~ FA606
        let filled = histogram.iter().filter(|&&count| count > 0).count();
        drop(histogram);
        let longest = group(records);
        self.canvas.glyphs += filled + usize::from(longest > Duration::from_millis(16));
        self.bars(records)?;
        self.legend(records);
        self.labels(records);
        Ok(())
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let canvas = Canvas { quads: 0, glyphs: 0 };
    let mut overlay = Overlay { alloc, canvas, slowest_seen: String::new(), worst: Duration::ZERO };
    let names = ["update", "physics", "render", "present"];
    for frame in 0..30 {
        let records: Vec<Record> = (0..40u64)
            .map(|i| Record { name: names[i as usize % 4], depth: (i % 14) as u8, took: Duration::from_micros(i * 7) })
            .collect();
        if let Err(error) = overlay.draw(frame, &records) {
            eprintln!("frame {frame}: {error:?}");
        }
    }
    println!("{} quads, {} glyphs, slowest {}", overlay.canvas.quads, overlay.canvas.glyphs, overlay.slowest_seen);
}
