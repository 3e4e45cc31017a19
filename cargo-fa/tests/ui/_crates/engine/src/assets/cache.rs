//! What has been loaded.

use std::collections::HashMap;

use framealloc::{FrameBox, FrameString, HeapBox, PoolBox, frame_format};

use super::Mesh;
use crate::memory::Alloc;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Handle(pub u32);

pub struct AssetCache {
    alloc: &'static Alloc,
    meshes: HashMap<Handle, PoolBox<Mesh>>,
    blobs: HashMap<String, HeapBox<[u8]>>,
    names: HashMap<Handle, FrameString<'static>>,
    recent: Option<FrameBox<'static, [Handle]>>,
    next: u32,
}

impl AssetCache {
    pub fn new(alloc: &'static Alloc) -> Self {
        Self {
            alloc,
            meshes: HashMap::new(),
            blobs: HashMap::new(),
            names: HashMap::new(),
            recent: None,
            next: 0,
        }
    }

    pub fn insert(&mut self, mesh: Mesh) -> Handle {
        let handle = Handle(self.next);
        self.next += 1;
        self.name(handle, &mesh.header.name);
        self.meshes.insert(handle, self.alloc.pool_box(mesh));
        handle
    }

    fn name(&mut self, handle: Handle, name: &str) {
        let text = frame_format!(self.alloc, "{name}#{}", handle.0);
        self.names.insert(handle, text); //~ FA601
    }

    pub fn name_of(&self, handle: Handle) -> &str {
        self.names.get(&handle).map_or("", |name| name.as_str())
    }

    /// The bytes under a name, made when first asked for.
    pub fn blob(&mut self, name: &str, len: usize) -> &[u8] {
        let alloc = self.alloc;
        self.blobs.entry(name.to_owned()).or_insert_with(|| alloc.heap_slice::<u8>(len))
    }

    /// Swaps the list of what was used lately, and tells how long the old one was.
    pub fn touch(&mut self, handles: &[Handle]) -> usize {
        let list = self.alloc.frame_slice_copy(handles);
        let old = self.recent.replace(list); //~ FA601
        old.map_or(0, |old| old.len())
    }

    /// Which meshes are large; a list for the caller's frame.
    pub fn large(&self, least: usize) -> framealloc::FrameVec<'static, Handle> {
        let mut large = self.alloc.frame_vec();
        large.extend(self.meshes.iter().filter(|(_, mesh)| mesh.data.len() >= least).map(|(handle, _)| *handle));
        large
    }

    pub fn len(&self) -> usize {
        self.meshes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.meshes.is_empty()
    }
}
