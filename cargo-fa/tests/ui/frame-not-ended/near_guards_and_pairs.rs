// Guards, paired methods, a helper that ends, a `Drop` that ends: every path ends its frame.
use framealloc::SmartAlloc;

struct FrameDriver {
    alloc: SmartAlloc,
    number: u64,
}

impl FrameDriver {
    fn start(&mut self) {
        self.number += 1;
        self.alloc.begin_frame();
    }

    fn finish(&mut self) {
        self.alloc.end_frame();
    }
}

struct Recording<'a> {
    alloc: &'a SmartAlloc,
}

impl<'a> Recording<'a> {
    fn begin(alloc: &'a SmartAlloc) -> Self {
        alloc.begin_frame();
        Self { alloc }
    }
}

impl Drop for Recording<'_> {
    fn drop(&mut self) {
        self.alloc.end_frame();
    }
}

fn close(alloc: &SmartAlloc, presented: bool) {
    if presented {
        println!("presented");
    }
    alloc.end_frame();
}

fn guarded(alloc: &SmartAlloc, text: &str) -> Result<i32, std::num::ParseIntError> {
    let _frame = alloc.frame();
    let number = alloc.frame_str(text).parse::<i32>()?;
    if number < 0 {
        return Ok(0);
    }
    Ok(number)
}

fn recorded(alloc: &SmartAlloc, values: &[u32]) -> Option<u32> {
    let _recording = Recording::begin(alloc);
    let sorted = alloc.frame_slice_copy(values);
    let first = sorted.first()?;
    Some(*first)
}

fn helped(alloc: &SmartAlloc, values: &[u32]) -> u32 {
    alloc.begin_frame();
    if values.is_empty() {
        close(alloc, false);
        return 0;
    }
    let sum = alloc.frame_slice_copy(values).iter().sum();
    close(alloc, true);
    sum
}

fn promoted(alloc: &SmartAlloc, stop: bool) -> usize {
    alloc.begin_frame();
    if stop {
        return alloc.end_frame_with_promotions().len();
    }
    let list = alloc.end_frame_with_promotions();
    list.len() + 1
}

fn main() {
    let mut driver = FrameDriver { alloc: SmartAlloc::with_defaults(), number: 0 };
    for _ in 0..3 {
        driver.start();
        if driver.number == 2 {
            println!("second");
        }
        driver.finish();
    }
    let alloc = driver.alloc.clone();
    println!(
        "{:?} {:?} {} {}",
        guarded(&alloc, "4"),
        recorded(&alloc, &[2]),
        helped(&alloc, &[]),
        promoted(&alloc, true)
    );
}
