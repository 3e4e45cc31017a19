use framealloc::{FrameString, SmartAlloc};

pub struct Panel {
    pub width: usize,
}

impl Panel {
    fn title<'a>(&self, alloc: &'a SmartAlloc) -> FrameString<'a> {
        let mut title = alloc.frame_string(); //~ FA803
        title.push_str("inventory");
        title
    }

    pub fn layout(&self, alloc: &SmartAlloc) -> usize {
        let title = self.title(alloc);
        let rows = alloc.with_tag("ui/rows", |a| {
            let rows = a.frame_slice_from_fn(self.width, |i| i * 8);
            rows.len()
        });
        title.len() + rows
    }
}
