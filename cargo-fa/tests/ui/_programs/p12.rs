//! Layout of a user interface: measure, place, paint.

use framealloc::{FrameBox, FrameVec, SmartAlloc};

#[derive(Clone, Copy, Debug, Default, PartialEq, framealloc::Zeroable)]
struct Rect {
    x: f32,
    y: f32,
    w: f32,
    h: f32,
}

enum Widget {
    Label(String),
    Row(Vec<Widget>),
    Column(Vec<Widget>),
    Spacer(f32),
}

struct Placed<'w> {
    widget: &'w Widget,
    rect: Rect,
}

struct Layout<'a> {
    alloc: &'a SmartAlloc,
    hot: Option<FrameBox<'a, Rect>>,
    hovered: Option<Rect>,
    painted: usize,
}

impl<'a> Layout<'a> {
    fn measure(&self, widget: &Widget) -> (f32, f32) {
        match widget {
            Widget::Label(text) => {
                let words: Vec<&str> = text.split(' ').collect(); //~ FA608
                let longest = words.iter().map(|word| word.len()).max().unwrap_or(0);
                (longest as f32 * 7.0, words.len() as f32 * 14.0)
            }
            Widget::Spacer(size) => (*size, *size),
            Widget::Row(children) => {
                let sizes = self.sizes(children);
                (sizes.iter().map(|size| size.0).sum(), sizes.iter().map(|size| size.1).fold(0.0, f32::max))
            }
            Widget::Column(children) => {
                let sizes = self.sizes(children);
                (sizes.iter().map(|size| size.0).fold(0.0, f32::max), sizes.iter().map(|size| size.1).sum())
            }
        }
    }

    fn sizes(&self, children: &[Widget]) -> FrameBox<'a, [(f32, f32)]> {
        self.alloc.frame_slice_from_fn(children.len(), |i| self.measure(&children[i]))
    }

    fn place<'w>(&self, root: &'w Widget, out: &mut FrameVec<'a, Placed<'w>>) {
        let (mut x, mut y) = (0.0, 0.0);
        let (w, h) = self.measure(root);
        out.push(Placed { widget: root, rect: Rect { x, y, w, h } });
        let (children, across) = match root {
            Widget::Row(children) => (children, true),
            Widget::Column(children) => (children, false),
            _ => return,
        };
        for child in children {
            let (w, h) = self.measure(child);
            out.push(Placed { widget: child, rect: Rect { x, y, w, h } });
            if across { x += w } else { y += h }
        }
    }

    /// All in one frame; how many were painted.
    fn paint(&mut self, root: &Widget, cursor: (f32, f32)) -> usize {
        let frame = self.alloc.frame();
        let placed = self.alloc.with_tag("ui", |a| {
            let mut placed = a.frame_vec();
            self.place(root, &mut placed);
            placed
        });
        let under = placed.iter().rfind(|placed| {
            let Rect { x, y, w, h } = placed.rect;
            (x..x + w).contains(&cursor.0) && (y..y + h).contains(&cursor.1)
        });
        // A copy of the rectangle.
        self.hovered = under.map(|placed| placed.rect);
        drop(frame);
        self.painted += placed.iter().filter(|placed| !matches!(placed.widget, Widget::Spacer(_))).count(); //~ FA601
        self.painted
    }

    fn press(&mut self) -> bool {
        self.alloc.begin_frame();
        let hit = self.alloc.with_tag("ui", |a| self.hovered.map(|rect| a.frame_box(rect)));
        let pressed = hit.is_some();
        drop(std::mem::replace(&mut self.hot, hit)); //~ FA601
        self.alloc.end_frame();
        pressed
    }

    fn focus_ring(&self) -> f32 {
        let _frame = self.alloc.frame();
        let Some(rect) = self.hovered else { return 0.0 };
        let corners = self.alloc.frame_slice_copy(&[rect.x, rect.y, rect.x + rect.w, rect.y + rect.h]); //~ FA803
        corners.iter().copied().fold(0.0, f32::max)
    }

    fn shadow(&self) -> f32 {
        let _frame = self.alloc.frame();
        let _tag = self.alloc.tag("render"); //~ FA801
        let blur = self.alloc.frame_slice_from_fn(16, |i| 1.0 / (i + 1) as f32);
        blur.iter().sum()
    }

    fn animate(&self, steps: usize) -> f32 {
        let _frame = self.alloc.frame();
        let _tag = self.alloc.tag("ui");
        let curve = self.alloc.frame_slice_copy(&[0.0, 0.1, 0.9, 1.0f32]);
        let ease = |t: f32| {
            let at = (t * 3.0).clamp(0.0, 2.999);
            let (low, high) = (curve[at as usize], curve[at as usize + 1]);
            low + (high - low) * at.fract()
        };
        let mut total = ease(0.5);
        for step in 0..steps {
            let caption = self.alloc.frame_box([b' '; 32]); //~ FA602
            total += ease(caption.len() as f32 / 32.0) / (step + 1) as f32;
        }
        total
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let label = |text: &str| Widget::Label(text.to_owned());
    let root = Widget::Column(vec![
        label("File Edit View"),
        Widget::Row(vec![label("Name of thing"), Widget::Spacer(8.0), label("Value")]),
        Widget::Spacer(4.0),
    ]);
    let mut layout = Layout { alloc: &alloc, hot: None, hovered: None, painted: 0 };
    for turn in 0..20 {
        layout.paint(&root, (turn as f32 * 3.0, 20.0));
    }
    let pressed = layout.press();
    println!("{} painted, pressed {pressed}, {:?}", layout.painted, layout.hot.as_deref());
    println!("{} {} {}", layout.focus_ring(), layout.shadow(), layout.animate(30));
}
