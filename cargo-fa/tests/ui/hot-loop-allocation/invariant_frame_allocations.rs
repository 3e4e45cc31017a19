// Frame allocations that each turn of a loop repeats although nothing of the loop is in their arguments.
use framealloc::{SmartAlloc, frame_format};

struct Tile {
    kind: u8,
    height: i16,
}

fn build_chunks(alloc: &SmartAlloc, tiles: &[Tile], width: usize) -> usize {
    alloc.begin_frame();
    let mut faces = 0;
    for row in tiles.chunks(width) {
        let mut quads = alloc.frame_vec::<u32>(); //~ FA602
        quads.extend(row.iter().filter(|tile| tile.height > 0).map(|tile| u32::from(tile.kind)));
        faces += quads.len();
    }
    let mut lit = 0;
    for tile in tiles {
        let mut ray = alloc.frame_slice::<f32>(width); //~ FA602
        ray[0] = f32::from(tile.height);
        lit += usize::from(ray.iter().sum::<f32>() > 1.0);
    }
    let mut row = 0;
    let labels = loop {
        let prefix = frame_format!(alloc, "chunk {width}"); //~ FA602
        row += prefix.len();
        if row > tiles.len() {
            break row;
        }
    };
    alloc.end_frame();
    faces + lit + labels
}

fn build_once(alloc: &SmartAlloc, tiles: &[Tile], width: usize) -> usize {
    alloc.begin_frame();
    let mut quads = alloc.frame_vec::<u32>();
    let mut faces = 0;
    for row in tiles.chunks(width) {
        quads.clear();
        quads.extend(row.iter().map(|tile| u32::from(tile.kind)));
        faces += quads.len();
    }
    let mut names = 0;
    for tile in tiles {
        let name = frame_format!(alloc, "tile {}", tile.kind);
        let heights = alloc.frame_slice_copy(&[tile.height; 4]);
        names += name.len() + heights.len();
    }
    drop(quads);
    alloc.end_frame();
    faces + names
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let tiles: Vec<Tile> = (0..64).map(|i| Tile { kind: i as u8, height: i as i16 - 20 }).collect();
    println!("{} {}", build_chunks(&alloc, &tiles, 8), build_once(&alloc, &tiles, 8));
}
