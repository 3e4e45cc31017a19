// Returns that leave a closure only, against one that leaves the function; a panic in one arm.
use framealloc::SmartAlloc;

#[derive(Clone, Copy, PartialEq)]
enum Backend {
    Vulkan,
    Metal,
    Software,
}

fn pipelines(alloc: &SmartAlloc, backend: Backend, shaders: &[&str]) -> usize {
    alloc.begin_frame();
    let compile = |shader: &str| {
        if shader.is_empty() {
            return None;
        }
        Some(shader.len())
    };
    let mut sizes = alloc.frame_vec::<usize>();
    for shader in shaders {
        let Some(size) = compile(shader) else { continue };
        if size > 4096 {
            break;
        }
        sizes.push(size);
    }
    let total = match backend {
        Backend::Vulkan => sizes.iter().sum(),
        Backend::Software => sizes.len(),
        Backend::Metal => panic!("there is no Metal backend"), //~ FA603
    };
    drop(sizes);
    alloc.end_frame();
    total
}

fn present(alloc: &SmartAlloc, backend: Backend, frames: u32) -> u32 {
    let mut shown = 0;
    while shown < frames {
        alloc.begin_frame();
        let image = alloc.frame_slice::<u32>(64);
        if backend == Backend::Software {
            if image.iter().all(|pixel| *pixel == 0) {
                println!("blank");
                return shown; //~ FA603
            }
        }
        drop(image);
        alloc.end_frame();
        shown += 1;
    }
    shown
}

fn warm(alloc: &SmartAlloc, backends: &[Backend]) -> usize {
    backends
        .iter()
        .filter(|backend| {
            alloc.begin_frame();
            let probe = alloc.frame_alloc::<[u8; 64]>();
            let ready = probe[0] == 0 && **backend != Backend::Metal;
            drop(probe);
            alloc.end_frame();
            ready
        })
        .count()
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    println!("{} {}", pipelines(&alloc, Backend::Vulkan, &["a", ""]), present(&alloc, Backend::Software, 3));
    println!("{}", warm(&alloc, &[Backend::Metal, Backend::Vulkan]));
}
