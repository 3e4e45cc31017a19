//! Collects telemetry from a text stream: samples are parsed, bucketed and summed up.

use std::env;
use std::io::{self, BufRead, BufReader, Read};
use std::str::FromStr;

use framealloc::{FrameVec, SmartAlloc, TransferHandle, frame_format};

#[derive(Clone, Copy, Debug, Default, PartialEq, framealloc::Zeroable)]
struct Sample {
    channel: u16,
    value: f32,
}

impl FromStr for Sample {
    type Err = io::Error;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let bad = || io::Error::from(io::ErrorKind::InvalidData);
        let (channel, value) = line.split_once(' ').ok_or_else(bad)?;
        Ok(Self { channel: channel.parse().map_err(|_| bad())?, value: value.trim().parse().map_err(|_| bad())? })
    }
}

struct Summary {
    count: usize,
    highest: f32,
}

struct Collector {
    alloc: SmartAlloc,
    buckets: usize,
    bad_lines: usize,
}

impl Collector {
    /// The size comes from whoever starts the program.
    fn histogram(&self, samples: &[Sample], setting: Option<&str>) -> usize {
        let buckets: usize = match setting {
            Some(text) => text.trim().parse().unwrap_or(self.buckets),
            None => self.buckets,
        };
        let mut counts = self.alloc.frame_slice::<u32>(buckets); //~ FA303
        for sample in samples {
            let at = (sample.value.abs() as usize).min(buckets.saturating_sub(1));
            if let Some(count) = counts.get_mut(at) {
                *count += 1;
            }
        }
        counts.iter().filter(|&&count| count > 0).count()
    }

    /// A block of samples with its length in front.
    fn binary(&self, source: &mut impl Read) -> io::Result<f32> {
        let mut header = [0; 8];
        source.read_exact(&mut header)?;
        let [a, b, c, d, version, ..] = header;
        let wanted = u32::from_le_bytes([a, b, c, d]);
        let len = if version > 3 { wanted / 2 } else { wanted };
        let mut values = self.alloc.frame_vec_with_capacity::<u8>(len as usize); //~ FA303
        if len > 4096 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        values.resize(len as usize, 0);
        source.read_exact(&mut values)?;
        Ok(values.iter().map(|&value| f32::from(value)).sum())
    }

    /// The same block from a source that says how long it is with a byte too many: checked.
    fn checked(&self, source: &mut impl Read) -> io::Result<usize> {
        let mut header = [0; 2];
        source.read_exact(&mut header)?;
        let len = usize::from(u16::from_le_bytes(header)).min(512);
        let mut values = self.alloc.frame_slice::<u8>(len);
        source.read_exact(&mut values)?;
        Ok(values.len())
    }

    /// All lines, in one frame.
    fn follow<'a>(&mut self, alloc: &'a SmartAlloc, source: impl BufRead) -> io::Result<FrameVec<'a, Sample>> {
        let mut samples = alloc.frame_vec();
        for line in source.lines() {
            let line = line?;
            let trimmed = frame_format!(alloc, "{}", line.trim()); //~ FA301
            match trimmed.parse() {
                Ok(sample) => samples.push(sample),
                Err(_) => self.bad_lines += 1,
            }
        }
        Ok(samples)
    }

    fn smooth(&self, samples: &[Sample]) -> f32 {
        let mut total = 0.0;
        let mut at = 0;
        'windows: while at + 4 <= samples.len() {
            let mut window = self.alloc.frame_vec::<f32>(); //~ FA602
            for sample in &samples[at..at + 4] {
                if sample.value.is_nan() {
                    at += 1;
                    continue 'windows;
                }
                window.push(sample.value);
            }
            total += window.iter().sum::<f32>() / 4.0;
            at += 2;
        }
        total
    }

    fn summarize(&self, samples: &[Sample]) -> TransferHandle<Summary> {
        let highest = samples.iter().map(|sample| sample.value).fold(0.0, f32::max);
        self.alloc.frame_box_for_transfer(Summary { count: samples.len(), highest })
    }

    /// Shows the summary; whoever wanted it is no longer there.
    fn show(&self, samples: &[Sample]) {
        let size = size_of::<Summary>();
        let _summary = self.alloc.frame_box_for_transfer(Summary { count: size, highest: 0.0 }); //~ FA203
        println!("{} samples", samples.len());
    }

    fn warm_up(&self) -> u16 {
        self.alloc.begin_frame(); //~ FA603
        let first = self.alloc.frame_box(Sample::default());
        first.channel
    }
}

fn main() -> io::Result<()> {
    let mut collector = Collector { alloc: SmartAlloc::with_defaults(), buckets: 16, bad_lines: 0 };
    let setting = env::var("BUCKETS").ok();
    let channel = collector.warm_up();
    let text = "1 0.5\n2 7.25\n1 oops\n3 12\n3 13\n3 14\n";
    let alloc = collector.alloc.clone();
    let frame = alloc.frame();
    let samples = collector.follow(&alloc, BufReader::new(text.as_bytes()))?;
    let used = collector.histogram(&samples, setting.as_deref());
    let sum = collector.binary(&mut &[2u8, 0, 0, 0, 1, 0, 0, 0, 5, 6][..])?;
    let checked = collector.checked(&mut &[1u8, 0, 9][..])?;
    let smooth = collector.smooth(&samples);
    collector.show(&samples);
    let summary = collector.summarize(&samples).into_inner();
    drop(samples);
    drop(frame);
    println!("{channel} {used} {sum} {checked} {smooth} {} {} {}", collector.bad_lines, summary.count, summary.highest);
    Ok(())
}
