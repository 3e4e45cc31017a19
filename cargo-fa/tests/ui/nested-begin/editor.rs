//! An editor: a viewport frame, a preview within it, two allocators.
use framealloc::{AllocConfig, SmartAlloc, megabytes};

struct Editor {
    game: SmartAlloc,
    tools: SmartAlloc,
    preview: bool,
    panels: Vec<Panel>,
}

struct Panel {
    title: String,
    rows: usize,
}

impl Editor {
    fn viewport(&self) -> usize {
        self.game.begin_frame();
        let visible = self.game.frame_slice::<u32>(64).len();
        if self.preview {
            self.game.begin_frame(); //~ FA605
            println!("preview");
        }
        self.game.end_frame();
        visible
    }

    /// Two allocators: two frames.
    fn both(&self) -> usize {
        self.game.begin_frame();
        self.tools.begin_frame();
        let rows = self.tools.frame_slice_from_fn(self.panels.len(), |index| self.panels[index].rows);
        let sum = rows.iter().sum::<usize>();
        drop(rows);
        self.tools.end_frame();
        self.game.end_frame();
        sum
    }

    fn layout(&self) -> usize {
        self.tools.begin_frame();
        let mut height = 0;
        for panel in &self.panels {
            self.tools.begin_frame(); //~ FA605
            height += framealloc::frame_format!(self.tools, "[{}]", panel.title).len() + panel.rows;
            self.tools.end_frame();
        }
        self.tools.end_frame();
        height
    }

    /// One after the other.
    fn export(&self) -> usize {
        self.game.begin_frame();
        let first = self.game.frame_slice::<u8>(10).len();
        self.game.end_frame();
        self.game.begin_frame();
        let second = self.game.frame_slice::<u8>(20).len();
        self.game.end_frame();
        first + second
    }

    /// A guard within a frame is a scope.
    fn thumbnails(&self) -> usize {
        self.game.begin_frame();
        let size = {
            let inner = self.game.frame();
            inner.alloc_slice_from_fn(16, |index| index).len()
        };
        self.game.end_frame();
        size
    }
}

fn swap(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let view = alloc.clone();
    view.begin_frame(); //~ FA605
    view.end_frame();
}

fn main() {
    let editor = Editor {
        game: SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(2))),
        tools: SmartAlloc::with_defaults(),
        preview: true,
        panels: vec![Panel { title: "scene".into(), rows: 4 }],
    };
    println!("{} {} {} {} {}", editor.viewport(), editor.both(), editor.layout(), editor.export(), editor.thumbnails());
    swap(&editor.game);
}
