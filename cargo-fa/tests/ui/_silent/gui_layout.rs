// An immediate-mode GUI: the tree of each frame in frame memory, hot items and texts kept as owned values.
use framealloc::{FrameBox, FrameString, FrameVec, SmartAlloc, frame_format};
use std::collections::HashMap;
use std::fmt::Write;

#[derive(Clone, Copy, Default, PartialEq)]
struct Rect {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
}

enum Widget<'f> {
    Label(FrameString<'f>),
    Button { text: FrameBox<'f, str>, pressed: bool },
    Row(FrameVec<'f, Node<'f>>),
}

struct Node<'f> {
    widget: Widget<'f>,
    rect: Rect,
}

struct Ui<'f> {
    alloc: &'f SmartAlloc,
    stack: FrameVec<'f, FrameVec<'f, Node<'f>>>,
    mouse: Option<[f32; 2]>,
}

impl<'f> Ui<'f> {
    fn new(alloc: &'f SmartAlloc, mouse: Option<[f32; 2]>) -> Self {
        let mut stack = alloc.frame_vec();
        stack.push(alloc.frame_vec());
        Self { alloc, stack, mouse }
    }

    fn add(&mut self, widget: Widget<'f>) {
        if let Some(top) = self.stack.last_mut() {
            let y = top.len() as f32 * 20.0;
            top.push(Node { widget, rect: Rect { x: 0.0, y, width: 100.0, height: 18.0 } });
        }
    }

    fn label(&mut self, what: impl std::fmt::Display) {
        let mut text = self.alloc.frame_string();
        if write!(text, "{what}").is_err() {
            text.clear();
        }
        self.add(Widget::Label(text));
    }

    fn button(&mut self, name: &str) -> bool {
        let rows = self.stack.last().map_or(0, |top| top.len());
        let pressed = self.mouse.is_some_and(|mouse| (mouse[1] / 20.0) as usize == rows);
        self.add(Widget::Button { text: self.alloc.frame_str(name), pressed });
        pressed
    }

    fn row(&mut self, build: impl FnOnce(&mut Self)) {
        self.stack.push(self.alloc.frame_vec());
        build(self);
        if let Some(children) = self.stack.pop() {
            self.add(Widget::Row(children));
        }
    }

    fn finish(mut self) -> FrameVec<'f, Node<'f>> {
        match self.stack.pop() {
            Some(nodes) => nodes,
            None => self.alloc.frame_vec(),
        }
    }
}

#[derive(Default)]
struct State {
    counter: i32,
    pressed: HashMap<String, u32>,
    last: Option<Rect>,
    drawn: String,
}

fn draw(nodes: &[Node<'_>], state: &mut State) {
    for node in nodes {
        match &node.widget {
            Widget::Label(text) => state.drawn.push_str(text),
            Widget::Button { text, pressed } => {
                state.drawn.push_str(text);
                if *pressed {
                    *state.pressed.entry(text.to_string()).or_insert(0) += 1;
                    state.last = Some(node.rect);
                }
            }
            Widget::Row(children) => draw(children, state),
        }
        state.drawn.push('\n');
    }
}

fn turn(alloc: &SmartAlloc, state: &mut State, mouse: Option<[f32; 2]>) -> usize {
    alloc.begin_frame();
    state.drawn.clear();
    let mut ui = Ui::new(alloc, mouse);
    ui.label(format_args!("counter {}", state.counter));
    if ui.button("more") {
        state.counter += 1;
    }
    ui.row(|ui| {
        ui.label("left");
        ui.label("right");
    });
    let nodes = ui.finish();
    draw(&nodes, state);
    let tall = nodes.iter().filter(|node| node.rect.height > 10.0).count();
    let summary = frame_format!(alloc, "{tall} of {}", nodes.len());
    let bytes = summary.len();
    drop((nodes, summary));
    alloc.end_frame();
    bytes
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut state = State::default();
    for mouse in [None, Some([5.0, 25.0]), Some([5.0, 90.0])] {
        println!("{}", turn(&alloc, &mut state, mouse));
    }
    println!("{} {:?} {}", state.counter, state.pressed, state.last.is_some());
}
