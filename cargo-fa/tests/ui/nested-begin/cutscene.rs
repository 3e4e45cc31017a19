//! Cutscenes that are played from within the game's frame.
use framealloc::SmartAlloc;
use std::cell::Cell;
use std::rc::Rc;

struct Cutscene {
    alloc: Rc<SmartAlloc>,
    shots: Vec<Shot>,
    skipped: Cell<bool>,
}

enum Shot {
    Pan(f32),
    Cut,
    Title(&'static str),
}

macro_rules! on_frame {
    ($alloc:expr, $body:block) => {{
        $alloc.begin_frame();
        let value = $body;
        $alloc.end_frame();
        value
    }};
}

impl Cutscene {
    fn play(&self) -> usize {
        let Self { alloc, shots, .. } = self;
        alloc.begin_frame();
        let mut letters = 0;
        for shot in shots {
            match shot {
                Shot::Pan(angle) => {
                    let path = alloc.frame_slice_from_fn(8, |index| index as f32 * angle);
                    letters += path.len();
                }
                Shot::Cut => continue,
                Shot::Title(text) => letters += text.len(),
            }
        }
        if let Some(Shot::Cut) = shots.last() {
            alloc.end_frame();
            return letters;
        }
        alloc.begin_frame(); //~ FA605
        letters += alloc.frame_str("the end").len();
        alloc.end_frame();
        letters
    }

    fn skip(&self) -> bool {
        self.alloc.begin_frame();
        let was = self.skipped.replace(true);
        let again = self.alloc.clone();
        if !was {
            again.begin_frame(); //~ FA605
        }
        self.alloc.end_frame();
        was
    }

    fn letterbox(&self) -> usize {
        let bars = on_frame!(self.alloc, { self.alloc.frame_slice::<u8>(64).len() });
        let border = on_frame!(self.alloc, { self.alloc.frame_slice::<u8>(32).len() });
        bars + border
    }

    fn subtitles(&self, lines: &[&str]) -> Option<usize> {
        let mut width = 0;
        self.alloc.begin_frame();
        for line in lines {
            if line.is_empty() {
                self.alloc.end_frame();
                return None;
            }
            width = width.max(self.alloc.frame_str(line).len());
        }
        self.alloc.end_frame();
        self.alloc.begin_frame();
        let shadow = self.alloc.frame_slice::<u8>(width).len();
        self.alloc.end_frame();
        Some(shadow)
    }

    fn restart(&self, hard: bool) -> usize {
        let alloc: &SmartAlloc = &self.alloc;
        alloc.begin_frame();
        let result = match hard {
            true => {
                (*alloc).begin_frame(); //~ FA605
                self.shots.len()
            }
            false => {
                alloc.end_frame();
                alloc.begin_frame();
                0
            }
        };
        alloc.end_frame();
        result
    }
}

fn main() {
    let shots = vec![Shot::Pan(0.3), Shot::Title("a game"), Shot::Cut];
    let scene = Cutscene { alloc: Rc::new(SmartAlloc::with_defaults()), shots, skipped: Cell::new(false) };
    println!("{} {} {}", scene.play(), scene.skip(), scene.letterbox());
    println!("{:?} {}", scene.subtitles(&["no", "yes"]), scene.restart(true));
}
