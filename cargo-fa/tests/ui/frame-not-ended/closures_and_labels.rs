//! Frames that some ways out leave open: labelled breaks, closures with `?`, guards of conditions.
use framealloc::SmartAlloc;

struct Level {
    alloc: SmartAlloc,
    rows: Vec<Vec<u32>>,
}

impl Level {
    fn find(&self, wanted: u32) -> Option<(usize, usize)> {
        let mut found = None;
        'rows: for (y, row) in self.rows.iter().enumerate() {
            self.alloc.begin_frame();
            let copy = self.alloc.frame_slice_copy(row);
            for (x, cell) in copy.iter().enumerate() {
                if *cell == wanted {
                    found = Some((y, x));
                    break 'rows; //~ FA603
                }
            }
            drop(copy);
            self.alloc.end_frame();
        }
        found
    }

    fn sum(&self) -> Result<u32, std::num::TryFromIntError> {
        let total = |row: &[u32]| -> Result<u32, std::num::TryFromIntError> {
            self.alloc.begin_frame();
            let copy = self.alloc.frame_slice_copy(row);
            let sum: u64 = copy.iter().map(|cell| u64::from(*cell)).sum();
            let sum = u32::try_from(sum)?; //~ FA603
            drop(copy);
            self.alloc.end_frame();
            Ok(sum)
        };
        let mut sum = 0;
        for row in &self.rows {
            sum += total(row)?;
        }
        Ok(sum)
    }

    fn guarded(&self, row: usize) -> u32 {
        self.alloc.begin_frame();
        let value = match self.rows.get(row) {
            Some(row) if row.is_empty() => return 0, //~ FA603
            Some(row) => *self.alloc.frame_box(row[0]),
            None => {
                self.alloc.end_frame();
                return 1;
            }
        };
        self.alloc.end_frame();
        value
    }

    fn labelled(&self, deep: bool) -> u32 {
        let mut count = 0;
        let value = 'work: {
            self.alloc.begin_frame();
            if deep {
                count += 1;
                if self.rows.is_empty() {
                    return 0; //~ FA603
                }
                self.alloc.end_frame();
                break 'work 1;
            }
            self.alloc.end_frame();
            2
        };
        value + count
    }

    fn while_some(&self) -> u32 {
        let mut rows = self.rows.iter();
        let mut sum = 0;
        while let Some(row) = rows.next() {
            self.alloc.begin_frame();
            let Some(first) = row.first() else { continue }; //~ FA603
            sum += *self.alloc.frame_box(*first);
            self.alloc.end_frame();
        }
        sum
    }
}

fn main() {
    let level = Level { alloc: SmartAlloc::with_defaults(), rows: vec![vec![1, 2], vec![]] };
    println!("{:?} {:?} {}", level.find(2), level.sum(), level.guarded(0));
    println!("{} {}", level.labelled(true), level.while_some());
}
