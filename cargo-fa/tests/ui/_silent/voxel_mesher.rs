//! Meshing of voxel chunks: buffers made once a frame, and used by all of its loops.
use framealloc::{FrameBox, FrameVec, SmartAlloc};

const SIDE: usize = 8;

type Chunk = [u8; SIDE * SIDE];

#[derive(Clone, Copy, Default)]
struct Quad {
    at: (u8, u8),
    kind: u8,
}

struct Mesher<'m> {
    alloc: &'m SmartAlloc,
    quads: Vec<Quad>,
    total: usize,
}

impl<'m> Mesher<'m> {
    fn mask(&self) -> FrameBox<'m, [bool]> {
        self.alloc.frame_slice_from_fn(SIDE * SIDE, |_| false)
    }

    fn chunk(&self, chunk: &Chunk, mask: &mut [bool], out: &mut FrameVec<'m, Quad>) {
        mask.fill(false);
        for y in 0..SIDE {
            let mut x = 0;
            while x < SIDE {
                let index = y * SIDE + x;
                if chunk[index] == 0 || std::mem::replace(&mut mask[index], true) {
                    x += 1;
                    continue;
                }
                out.push(Quad { at: (x as u8, y as u8), kind: chunk[index] });
                x += 1;
            }
        }
    }

    fn frame(&mut self, chunks: &[Chunk]) -> usize {
        self.alloc.begin_frame();
        let mut mask = self.mask();
        let mut out = self.alloc.frame_vec_with_capacity(chunks.len() * 4);
        for chunk in chunks {
            self.chunk(chunk, &mut mask, &mut out);
        }
        // Copied, and the frame's own list goes.
        self.quads.clear();
        self.quads.extend_from_slice(&out);
        for level in 0..4usize {
            let lod = self.alloc.frame_slice_from_fn(out.len() >> level, |index| out[index << level].kind);
            self.total += lod.len();
        }
        let sides = [0u32, 1, 2, 3, 4, 5].map(|side| self.alloc.frame_box(side).count_ones());
        self.total += sides.iter().sum::<u32>() as usize;
        drop((mask, out));
        self.alloc.end_frame();
        self.quads.len()
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut mesher = Mesher { alloc: &alloc, quads: Vec::new(), total: 0 };
    let chunks = [[1; SIDE * SIDE]; 3];
    for _ in 0..20 {
        println!("{} {:?}", mesher.frame(&chunks), mesher.quads.last().map(|quad| (quad.at, quad.kind)));
    }
    println!("{}", mesher.total);
}
