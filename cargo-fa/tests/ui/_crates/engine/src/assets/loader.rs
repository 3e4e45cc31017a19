//! Loads what a manifest names.

use std::io::{BufRead, Cursor, Read};

use framealloc::{FrameVec, SmartAlloc};

use super::parse::{bone_names, parse_indices, read_chunk, read_chunk_checked};
use super::{AssetCache, AssetError, Handle, parse_mesh};
use crate::memory::Alloc;

#[derive(Clone, Debug, Default)]
pub struct Manifest {
    pub entries: Vec<String>,
}

pub struct Loader {
    alloc: &'static Alloc,
    pub cache: AssetCache,
    loaded: Vec<Handle>,
}

impl Loader {
    pub fn new(alloc: &'static Alloc) -> Self {
        Self { alloc, cache: AssetCache::new(alloc), loaded: Vec::new() }
    }

    /// Loads all, with a guard for the frame of each.
    pub fn load_all(&mut self, manifest: &Manifest) -> Result<usize, AssetError> {
        for entry in &manifest.entries {
            let frame = self.alloc.frame();
            let text = frame.alloc_str(entry);
            let mesh = parse_mesh(self.alloc, text)?;
            let handle = self.cache.insert(mesh);
            self.loaded.push(handle);
        }
        Ok(self.loaded.len())
    }

    /// Sums up the chunks of a file.
    pub fn checksum(&self, input: &mut impl Read, chunks: usize) -> Result<u64, AssetError> {
        let mut sum = 0u64;
        for _ in 0..chunks {
            self.alloc.begin_frame();
            let chunk = read_chunk(self.alloc, input)?; //~ FA603
            sum += chunk.iter().map(|byte| u64::from(*byte)).sum::<u64>();
            drop(chunk);
            self.alloc.end_frame();
        }
        Ok(sum)
    }

    /// The same; an error is looked at when the frame is over.
    pub fn checksum_safe(&self, input: &mut impl Read) -> Result<u64, AssetError> {
        self.alloc.begin_frame();
        let sum = read_chunk_checked(self.alloc, input)
            .map(|chunk| chunk.iter().map(|byte| u64::from(*byte)).sum::<u64>());
        self.alloc.end_frame();
        sum
    }

    /// How many indices and bones there are.
    pub fn measure(&self, text: &str) -> Result<(usize, usize), AssetError> {
        let _frame = self.alloc.frame();
        let indices = self.alloc.with_tag("assets", |a| parse_indices(a, text))?;
        let bones = bone_names(self.alloc, "12")?;
        Ok((indices.len(), bones.len()))
    }

    /// The lengths of the lines that are not comments.
    pub fn line_lengths<'f>(&self, alloc: &'f SmartAlloc, text: &str) -> FrameVec<'f, usize> {
        let mut lengths = alloc.frame_vec();
        for line in Cursor::new(text).lines() {
            let Ok(line) = line else { break };
            if line.starts_with('#') {
                continue;
            }
            lengths.push(line.len());
        }
        lengths
    }

    /// The handles of the large ones, from a frame of its own.
    pub fn large_handles(&self, least: usize) -> FrameVec<'static, Handle> {
        self.alloc.begin_frame();
        let large = self.cache.large(least);
        self.alloc.end_frame();
        large
    }

    /// The same as numbers.
    pub fn large_ids(&self, least: usize) -> Vec<u32> {
        self.alloc.begin_frame();
        let ids = self.cache.large(least).iter().map(|handle| handle.0).collect();
        self.alloc.end_frame();
        ids
    }

    /// Reloads everything, in a frame of the editor.
    pub fn reload(&mut self, manifest: &Manifest) -> usize {
        self.alloc.begin_frame();
        self.loaded.clear();
        let mut names = self.alloc.frame_vec_with_capacity::<&str>(manifest.entries.len());
        names.extend(manifest.entries.iter().map(String::as_str));
        let failed = names.iter().filter(|name| name.is_empty()).count();
        drop(names);
        self.alloc.begin_frame(); //~ FA605
        for entry in &manifest.entries {
            if let Ok(mesh) = parse_mesh(self.alloc, entry) {
                self.loaded.push(self.cache.insert(mesh));
            }
        }
        self.alloc.end_frame();
        failed
    }
}
