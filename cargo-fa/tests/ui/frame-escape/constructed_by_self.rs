//! Values that are made by `Self`, and options that are made of a condition.

use framealloc::{FrameBox, FrameVec, SmartAlloc};

struct Span(*const u32, usize);

impl Span {
    fn of(values: &FrameBox<'_, [u32]>) -> Self {
        Self(values.as_ptr(), values.len())
    }

    fn length(values: &FrameBox<'_, [u32]>) -> Self {
        Self(std::ptr::null(), values.len())
    }
}

enum Source {
    Nothing,
    Memory(*const u32),
    Count(usize),
}

impl Source {
    fn at(values: &FrameBox<'_, [u32]>) -> Self {
        Self::Memory(values.as_ptr())
    }

    fn counted(values: &FrameBox<'_, [u32]>) -> Self {
        if values.is_empty() { Self::Nothing } else { Self::Count(values.len()) }
    }
}

struct Cache<'a> {
    alloc: &'a SmartAlloc,
    span: Span,
    source: Source,
    first: Option<*const u32>,
    rest: Option<FrameVec<'a, u32>>,
    count: Option<usize>,
}

impl<'a> Cache<'a> {
    fn refresh(&mut self, input: &[u32]) {
        self.alloc.begin_frame();
        let values = self.alloc.frame_slice_copy(input);
        self.span = Span::of(&values); //~ FA601
        self.alloc.end_frame();
    }

    fn locate(&mut self, input: &[u32]) {
        self.alloc.begin_frame();
        let values = self.alloc.frame_slice_copy(input);
        self.source = Source::at(&values); //~ FA601
        self.alloc.end_frame();
    }

    fn begin(&mut self, input: &[u32]) {
        self.alloc.begin_frame();
        let values = self.alloc.frame_slice_copy(input);
        self.first = (!values.is_empty()).then_some(values.as_ptr()); //~ FA601
        self.alloc.end_frame();
    }

    fn gather(&self, input: &[u32]) -> Option<FrameVec<'a, u32>> {
        let mut found = self.alloc.frame_vec();
        found.extend(input.iter().filter(|value| **value > 3).copied());
        let any = !found.is_empty();
        any.then_some(found)
    }

    fn keep(&mut self, input: &[u32]) {
        let _frame = self.alloc.frame();
        self.rest = self.gather(input); //~ FA601
    }

    fn measure(&mut self, input: &[u32]) {
        self.alloc.begin_frame();
        let values = self.alloc.frame_slice_copy(input);
        self.span = Span::length(&values);
        self.source = Source::counted(&values);
        self.count = (values.len() > 2).then_some(values.len());
        let pair = (values.len() > 2).then_some(&values);
        println!("{}", pair.map_or(0, |values| values.len()));
        self.alloc.end_frame();
    }
}

fn main() {}
