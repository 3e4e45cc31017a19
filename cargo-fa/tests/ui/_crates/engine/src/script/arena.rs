//! The machine's own arena. Its methods are named like the allocator's, and it is something else: values live until
//! the arena is dropped, frames are call frames.

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Number(f64),
    Text(String),
    List(Vec<usize>),
}

#[derive(Default)]
pub struct Arena {
    cells: Vec<Cell>,
    frames: Vec<usize>,
}

/// An index into the arena, and no frame memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRef(pub usize);

impl Arena {
    pub fn alloc(&mut self, cell: Cell) -> FrameRef {
        self.cells.push(cell);
        FrameRef(self.cells.len() - 1)
    }

    pub fn begin_frame(&mut self) {
        self.frames.push(self.cells.len());
    }

    pub fn end_frame(&mut self) {
        self.frames.pop();
    }

    pub fn frame_box(&mut self, cell: Cell) -> FrameRef {
        self.alloc(cell)
    }

    pub fn frame_vec(&mut self) -> FrameRef {
        self.alloc(Cell::List(Vec::new()))
    }

    pub fn pool_box(&mut self, number: f64) -> FrameRef {
        self.alloc(Cell::Number(number))
    }

    pub fn get(&self, at: FrameRef) -> Option<&Cell> {
        self.cells.get(at.0)
    }

    pub fn depth(&self) -> usize {
        self.frames.len()
    }
}
