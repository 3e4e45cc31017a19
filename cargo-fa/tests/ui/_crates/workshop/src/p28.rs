//! A view of the world that lives as long as its frame and no longer.

use framealloc::{FrameBox, FrameVec, SmartAlloc, frame_format};

#[derive(Clone, Copy, Default)]
pub struct Unit {
    id: u32,
    at: [f32; 2],
    health: f32,
}

/// Made and dropped within one frame.
struct View<'f> {
    visible: FrameVec<'f, Unit>,
    order: Option<FrameBox<'f, [u32]>>,
    title_length: usize,
}

impl<'f> View<'f> {
    fn new(alloc: &'f SmartAlloc, units: &[Unit]) -> Self {
        let mut visible = alloc.frame_vec_with_capacity(units.len());
        visible.extend(units.iter().copied().filter(|unit| unit.at[0].abs() < 100.0));
        Self { visible, order: None, title_length: 0 }
    }

    fn sort(&mut self, alloc: &'f SmartAlloc) {
        self.visible.sort_unstable_by(|one, other| one.at[1].total_cmp(&other.at[1]));
        let order = alloc.frame_slice_from_fn(self.visible.len(), |i| self.visible[i].id);
        self.order = Some(order);
    }

    fn front(&self) -> Option<u32> {
        self.order.as_ref()?.last().copied()
    }
}

pub struct Screen {
    alloc: SmartAlloc,
    units: Vec<Unit>,
    shown: Vec<u32>,
    selected: Unit,
    title: String,
    front: Option<u32>,
}

fn weakest(alloc: &SmartAlloc, units: &[Unit]) -> Option<Unit> {
    let mut sorted = alloc.frame_slice_copy(units);
    sorted.sort_unstable_by(|one, other| one.health.total_cmp(&other.health));
    sorted.first().copied()
}

impl Screen {
    pub fn show(&mut self) -> usize {
        self.alloc.begin_frame();
        let count = {
            let mut view = View::new(&self.alloc, &self.units);
            view.sort(&self.alloc);
            self.front = view.front();
            self.shown.clear();
            self.shown.extend(view.visible.iter().map(|unit| unit.id));
            view.title_length = self.title.len();
            view.visible.len() + view.title_length
        };
        self.alloc.end_frame();
        count
    }

    pub fn select(&mut self) -> f32 {
        self.alloc.begin_frame();
        if let Some(unit) = weakest(&self.alloc, &self.units) {
            self.selected = unit;
        }
        let boxed = self.alloc.frame_box(self.selected);
        let unit = *boxed;
        let title = frame_format!(self.alloc, "unit {} has {:.1}", unit.id, unit.health);
        self.title.clear();
        self.title.push_str(&title);
        self.alloc.end_frame();
        unit.health + self.selected.at[0]
    }

    pub fn name(&self) -> String {
        let _frame = self.alloc.frame();
        let name = frame_format!(self.alloc, "{}+{}", self.title, self.units.len());
        name.to_string()
    }
}
