//! A loop that leaves in every way there is, and always with its frame ended.
use framealloc::SmartAlloc;
use std::fmt;

#[derive(Debug)]
struct Stop(&'static str);

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

struct Input {
    keys: Vec<u8>,
}

fn in_frame<R>(alloc: &SmartAlloc, work: impl FnOnce(&SmartAlloc) -> Result<R, Stop>) -> Result<R, Stop> {
    alloc.begin_frame();
    let result = work(alloc);
    alloc.end_frame();
    result
}

fn parse(alloc: &SmartAlloc, input: &Input) -> Result<usize, Stop> {
    in_frame(alloc, |a| {
        let copy = a.frame_slice_copy(&input.keys);
        let first = copy.first().ok_or(Stop("no keys"))?;
        if *first == 0 {
            return Err(Stop("a null key"));
        }
        Ok(copy.len())
    })
}

fn run(alloc: &SmartAlloc, inputs: &[Input]) -> Result<usize, Stop> {
    let mut total = 0;
    'inputs: for input in inputs {
        alloc.begin_frame();
        let keys = alloc.frame_slice_copy(&input.keys);
        for key in keys.iter() {
            match key {
                0 => {
                    drop(keys);
                    alloc.end_frame();
                    continue 'inputs;
                }
                1 => {
                    drop(keys);
                    alloc.end_frame();
                    break 'inputs;
                }
                255 => {
                    drop(keys);
                    alloc.end_frame();
                    return Err(Stop("the last key"));
                }
                other => total += usize::from(*other),
            }
        }
        drop(keys);
        alloc.end_frame();
    }
    Ok(total)
}

fn guarded(alloc: &SmartAlloc, inputs: &[Input]) -> Option<u8> {
    for input in inputs {
        let frame = alloc.frame();
        let keys = frame.alloc_slice_copy(&input.keys);
        keys.sort_unstable();
        match keys.first()? {
            0 => continue,
            1 => break,
            key => return Some(*key),
        }
    }
    None
}

fn main() -> Result<(), Stop> {
    let alloc = SmartAlloc::with_defaults();
    let inputs = [Input { keys: vec![3, 4] }, Input { keys: vec![0] }, Input { keys: vec![1] }];
    println!("{} {:?}", run(&alloc, &inputs)?, guarded(&alloc, &inputs));
    println!("{}", parse(&alloc, &inputs[0])?);
    Ok(())
}
