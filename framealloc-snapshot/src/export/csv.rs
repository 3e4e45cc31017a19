//! A run as a table, for spreadsheets and data frames.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::snapshot::Snapshot;

/// A name, and the number under it.
type Column = (&'static str, fn(&Snapshot) -> u64);

/// The columns that every run has.
const COLUMNS: &[Column] = &[
    ("frame", |snapshot| snapshot.frame),
    ("frame_bytes", |snapshot| snapshot.summary.frame_bytes),
    ("frame_allocations", |snapshot| snapshot.summary.frame_allocations),
    ("frame_capacity_bytes", |snapshot| snapshot.summary.frame_capacity_bytes),
    ("peak_frame_bytes", |snapshot| snapshot.summary.peak_frame_bytes),
    ("parked_bytes", |snapshot| snapshot.summary.parked_bytes),
    ("pool_bytes", |snapshot| snapshot.summary.pool_bytes),
    ("heap_bytes", |snapshot| snapshot.summary.heap_bytes),
    ("refills", |snapshot| snapshot.summary.refills),
    ("budgets_exceeded", |snapshot| snapshot.summary.budgets_exceeded),
    ("window_frames", |snapshot| snapshot.window.as_ref().map_or(0, |window| window.frames)),
    ("window_worst_bytes", |snapshot| snapshot.window.as_ref().map_or(0, |window| window.worst_bytes)),
    ("window_p99_bytes", |snapshot| snapshot.window.as_ref().map_or(0, |window| window.p99_bytes)),
];

/// A run as comma-separated values: a row for each snapshot in the order given, a column for each number of the
/// summary, and one for the frame bytes of each tag that any of them has, named `tag:` and its path.
///
/// As RFC 4180 has it, lines end in CR LF, and a field with a comma, a quote or a line break is quoted.
///
/// # Examples
///
/// ```
/// use framealloc_snapshot::{Snapshot, TagSnapshot, csv};
///
/// let mut tag = TagSnapshot::new("ai");
/// tag.bytes = 64;
/// let table = csv(&[Snapshot::new(1), Snapshot::new(2).with_tag(tag)]);
/// let rows: Vec<&str> = table.lines().collect();
/// assert!(rows[0].starts_with("frame,frame_bytes,") && rows[0].ends_with(",tag:ai"));
/// assert!(rows[1].starts_with("1,0,") && rows[1].ends_with(","));
/// assert!(rows[2].starts_with("2,0,") && rows[2].ends_with(",64"));
/// ```
#[must_use]
pub fn csv<'a>(snapshots: impl IntoIterator<Item = &'a Snapshot>) -> String {
    let snapshots: Vec<&Snapshot> = snapshots.into_iter().collect();
    // Each tag's column.
    let mut tags: BTreeMap<&str, usize> =
        snapshots.iter().flat_map(|snapshot| &snapshot.tags).map(|tag| (tag.path.as_str(), 0)).collect();
    for (column, place) in tags.values_mut().enumerate() {
        *place = column;
    }

    let mut table: String = COLUMNS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",");
    for path in tags.keys() {
        table.push(',');
        push_field(&mut table, &format!("tag:{path}"));
    }
    table.push_str("\r\n");
    let mut row = vec![None; tags.len()];
    for snapshot in snapshots {
        for (column, (_, read)) in COLUMNS.iter().enumerate() {
            let comma = if column == 0 { "" } else { "," };
            let _ = write!(table, "{comma}{}", read(snapshot));
        }
        row.fill(None);
        for tag in &snapshot.tags {
            row[tags[tag.path.as_str()]] = Some(tag.bytes);
        }
        for bytes in &row {
            table.push(',');
            if let Some(bytes) = bytes {
                let _ = write!(table, "{bytes}");
            }
        }
        table.push_str("\r\n");
    }
    table
}

fn push_field(table: &mut String, field: &str) {
    if field.contains([',', '"', '\r', '\n']) {
        table.push('"');
        table.push_str(&field.replace('"', "\"\""));
        table.push('"');
    } else {
        table.push_str(field);
    }
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, csv};
    use crate::{Snapshot, TagSnapshot};

    #[test]
    fn every_row_has_every_column() {
        let mut odd = TagSnapshot::new("a,\"b\"\n");
        odd.bytes = 7;
        let plain = TagSnapshot::new("plain");
        let table = csv(&[Snapshot::new(1).with_tag(odd), Snapshot::new(2).with_tag(plain)]);
        assert!(table.contains(",\"tag:a,\"\"b\"\"\n\",tag:plain\r\n"), "{table}");
        let rows: Vec<&str> = table.split("\r\n").collect();
        assert_eq!(rows.len(), 4, "two rows, a header and nothing behind the last line's end");
        assert_eq!(rows[1].split(',').count(), COLUMNS.len() + 2);
        assert!(rows[1].ends_with(",7,") && rows[2].ends_with(",,0"), "{table}");
    }

    #[test]
    fn an_empty_run_is_a_header() {
        assert_eq!(csv(&[]).matches("\r\n").count(), 1);
    }
}
