//! The names of the files that hold snapshots.

use std::fmt;

/// The file that always holds the latest snapshot of a directory.
pub const LATEST: &str = "latest.json";

const PREFIX: &str = "snapshot-";
const SUFFIX: &str = ".json";
/// Fewer digits are filled up with zeroes, so that the names of a directory sort by age.
const DIGITS: usize = 10;
const WRITER_DIGITS: usize = 12;

/// The name of a file that holds a snapshot: `snapshot-0000000042-0000a1b20001.json`.
///
/// Nothing else in a directory is taken for one of ours, and nothing else is removed to make room.
///
/// # Examples
///
/// ```
/// use framealloc_snapshot::SnapshotFileName;
///
/// let name = SnapshotFileName::parse("snapshot-0000000042-0000a1b20001.json").unwrap();
/// assert_eq!(name.sequence, 42);
/// assert!(SnapshotFileName::parse("snapshot-before-the-fix.json").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotFileName {
    /// Goes up from file to file, also from run to run: the oldest file has the lowest.
    pub sequence: u64,
    /// Whose file it is: of two programs that write to one directory, neither writes over the other's files. Less
    /// than 2⁴⁸.
    pub writer: u64,
}

impl SnapshotFileName {
    /// Reads a name; `None` for any other than those that [`Display`](fmt::Display) writes.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (sequence, writer) = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.split_once('-')?;
        // `parse` would take a sign.
        let plain = sequence.bytes().all(|byte| byte.is_ascii_digit());
        let hex = writer.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !plain || !hex || writer.len() != WRITER_DIGITS {
            return None;
        }
        let found = Self { sequence: sequence.parse().ok()?, writer: u64::from_str_radix(writer, 16).ok()? };
        (found.to_string() == name).then_some(found)
    }
}

impl fmt::Display for SnapshotFileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{:0DIGITS$}-{:0WRITER_DIGITS$x}{SUFFIX}", self.sequence, self.writer)
    }
}

#[cfg(test)]
mod tests {
    use super::SnapshotFileName;

    #[test]
    fn what_is_written_is_read() {
        for sequence in [0, 1, 9_999_999_999, 10_000_000_000, u64::MAX] {
            let name = SnapshotFileName { sequence, writer: 0xA1B2_0001 };
            assert_eq!(SnapshotFileName::parse(&name.to_string()), Some(name));
        }
    }

    #[test]
    fn other_names_are_others() {
        for name in [
            "",
            "latest.json",
            "snapshot-.json",
            "snapshot-0000000042.json",
            "snapshot-42-0000a1b20001.json",
            "snapshot-+000000042-0000a1b20001.json",
            "snapshot-00000000042-0000a1b20001.json",
            "snapshot-0000000042-0000A1B20001.json",
            "snapshot-0000000042-a1b20001.json",
            "snapshot-0000000042-0000a1b20001.json.bak",
            "my-snapshot-0000000042-0000a1b20001.json",
            "snapshot-99999999999999999999-0000a1b20001.json",
            "snapshot-٤٤٤٤٤٤٤٤٤٤-0000a1b20001.json",
        ] {
            assert_eq!(SnapshotFileName::parse(name), None, "{name}");
        }
    }

    #[test]
    fn names_sort_by_age() {
        let name = |sequence, writer| SnapshotFileName { sequence, writer };
        assert!(name(9, 5).to_string() < name(10, 1).to_string());
        assert!(name(9, 5) < name(10, 1));
    }
}
