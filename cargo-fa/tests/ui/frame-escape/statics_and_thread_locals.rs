// Frame values and pointers into them, put where the whole thread or program sees them.
use framealloc::{FrameBox, SmartAlloc};
use std::cell::{Cell, RefCell};
use std::ptr::null_mut;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

static ALLOC: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);
static CAMERA: AtomicPtr<[f32; 16]> = AtomicPtr::new(null_mut());
static DRAWN: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static LAST_PATH: RefCell<Option<FrameBox<'static, [u16]>>> = const { RefCell::new(None) };
    static LAST_COST: Cell<f32> = const { Cell::new(0.0) };
}

fn find_path(tiles: &[u16], goal: u16) {
    let mut costs = ALLOC.frame_slice::<f32>(tiles.len());
    for (cost, tile) in costs.iter_mut().zip(tiles) {
        *cost = f32::from(tile.abs_diff(goal));
    }
    LAST_COST.set(costs.iter().sum());
    let path = ALLOC.frame_slice_copy(tiles);
    LAST_PATH.with(|last| {
        *last.borrow_mut() = Some(path); //~ FA601
    });
}

fn set_camera(yaw: f32) {
    let mut view = ALLOC.frame_box([0.0f32; 16]);
    view[0] = yaw.cos();
    view[5] = 1.0;
    CAMERA.store(&mut *view, Ordering::Release); //~ FA601
}

fn draw(meshes: &[u32]) {
    let mut visible = ALLOC.frame_vec::<u32>();
    visible.extend(meshes.iter().copied().filter(|mesh| mesh % 2 == 0));
    DRAWN.store(visible.len(), Ordering::Relaxed);
}

fn main() {
    for turn in 0..3u16 {
        ALLOC.begin_frame();
        set_camera(f32::from(turn) * 0.1);
        find_path(&[turn, turn + 1, turn + 2], 9);
        draw(&[1, 2, 3, 4]);
        ALLOC.end_frame();
    }
    println!("{} {}", DRAWN.load(Ordering::Relaxed), LAST_COST.get());
}
