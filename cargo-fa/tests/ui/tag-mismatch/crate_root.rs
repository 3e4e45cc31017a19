// The whole program is mapped to one tag, by the file of its root.
use framealloc::{SmartAlloc, frame_format};

struct Report<'a> {
    alloc: &'a SmartAlloc,
    lines: usize,
}

impl Report<'_> {
    fn header(&mut self, name: &str) {
        self.lines += self.alloc.with_tag("tools", |a| frame_format!(a, "== {name}").lines().count());
    }

    fn body(&mut self, rows: &[&str]) {
        self.lines += self.alloc.with_tag("tools/body", |a| {
            let mut list = a.frame_vec_with_capacity::<usize>(rows.len());
            list.extend(rows.iter().map(|row| row.len()));
            list.len()
        });
        self.lines += self.alloc.with_tag("toolsmith", |a| a.frame_slice::<u8>(4).len()); //~ FA801
    }

    fn footer(&mut self) {
        let _phase = self.alloc.phase("footer");
        let _tag = self.alloc.tag("ui"); //~ FA801
        self.lines += self.alloc.frame_str("done").lines().count();
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut report = Report { alloc: &alloc, lines: 0 };
    let frame = alloc.frame();
    report.header("sizes");
    report.body(&["a", "bc"]);
    report.footer();
    drop(frame);
    println!("{}", report.lines);
}
