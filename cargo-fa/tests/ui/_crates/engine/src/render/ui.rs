//! Text on the screen.

use framealloc::{FrameString, SmartAlloc, frame_format};

use crate::memory::Alloc;
use crate::schedule::System;

pub struct Label {
    pub text: String,
    pub width: usize,
}

pub struct Hud {
    alloc: &'static Alloc,
    labels: Vec<Label>,
    title: &'static str,
    warnings: Vec<FrameString<'static>>,
    fps: f32,
}

impl Hud {
    pub fn new(alloc: &'static Alloc) -> Self {
        Self { alloc, labels: Vec::new(), title: "", warnings: Vec::new(), fps: 60.0 }
    }

    /// A line of text in the frame.
    fn line<'f>(alloc: &'f SmartAlloc, name: &str, value: f32) -> FrameString<'f> {
        frame_format!(alloc, "{name}: {value:.1}")
    }

    /// Changes the title to one with the number of labels.
    pub fn retitle(&mut self) {
        let text = frame_format!(self.alloc, "{} labels", self.labels.len());
        // SAFETY: (not so) the allocator lives as long as the program.
        self.title = unsafe { std::mem::transmute::<&str, &'static str>(text.as_str()) }; //~ FA601
    }

    /// Notes a warning for later.
    pub fn warn(&mut self, value: f32) {
        let text = Self::line(self.alloc, "warning", value);
        self.warnings.push(text); //~ FA601
    }

    pub fn title(&self) -> &str {
        self.title
    }

    pub fn warnings(&self) -> usize {
        self.warnings.len()
    }

    /// A click sound goes with the tooltip.
    pub fn tooltip(&self, alloc: &SmartAlloc) -> usize {
        let _tag = alloc.tag("audio"); //~ FA801
        let samples = alloc.frame_alloc::<[i16; 64]>();
        samples.len()
    }
}

impl System for Hud {
    system_name!("hud");

    fn run(&mut self, alloc: &SmartAlloc) {
        alloc.with_tag("render/ui", |a| {
            let text = Self::line(a, "fps", self.fps);
            self.labels.clear();
            self.labels.push(Label { text: text.as_str().to_owned(), width: text.len() });
            for label in &mut self.labels {
                let padded = frame_format!(a, "{:>12}", label.text);
                label.width = padded.len();
            }
        });
    }
}
