//! Texture upload: jobs for the device queue, reports for the statistics thread.

use std::sync::mpsc::Sender;

use framealloc::{FrameVec, SmartAlloc, TransferHandle};

pub enum Job<'f> {
    Upload(FrameVec<'f, u8>),
    Flush,
}

pub struct Report {
    bytes: usize,
    frames: u32,
}

pub struct Uploader<'f> {
    alloc: &'f SmartAlloc,
    jobs: Sender<Job<'f>>,
    reports: Sender<TransferHandle<Report>>,
}

fn weight<T>(handle: &TransferHandle<T>) -> usize {
    size_of_val(handle) + size_of::<T>()
}

impl<'f> Uploader<'f> {
    fn encode(&self, pixels: &[u8]) -> Option<FrameVec<'f, u8>> {
        let mut out = self.alloc.frame_vec_with_capacity(pixels.len());
        out.extend(pixels.iter().map(|p| p ^ 0x5a));
        (!out.is_empty()).then_some(out)
    }

    pub fn upload(&self, pixels: &[u8]) -> bool {
        self.alloc.begin_frame();
        let sent = match self.encode(pixels) {
            Some(bytes) if bytes.len() > 16 => self.jobs.send(Job::Upload(bytes)).is_ok(), //~ FA201
            _ => self.jobs.send(Job::Flush).is_ok(),
        };
        self.alloc.end_frame();
        sent
    }

    /// The handle is only looked at.
    pub fn finish(&self, bytes: usize) -> usize {
        let report = Report { bytes, frames: 1 };
        let Ok(handle) = self.alloc.try_frame_box_for_transfer(report) else { return 0 }; //~ FA203
        let size = weight(&handle);
        if size > 80 { bytes } else { size }
    }

    pub fn abandon(&self, sizes: &[usize]) -> usize {
        let mut skipped = 0;
        for &bytes in sizes.iter().filter(|bytes| **bytes > 0) {
            let _ = self.alloc.frame_box_for_transfer(Report { bytes, frames: 0 }); //~ FA203
            skipped += bytes;
        }
        skipped
    }

    /// Sent on one branch: meant.
    pub fn announce(&self, bytes: usize, online: bool) -> bool {
        let handle = self.alloc.frame_box_for_transfer(Report { bytes, frames: 1 });
        if online {
            return self.reports.send(handle).is_ok();
        }
        false
    }
}
