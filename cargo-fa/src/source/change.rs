//! What differs between two versions of a text: one piece, before and behind which they are the same.

use super::span::Span;

/// The piece that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its first byte, in both versions.
    pub start: u32,
    /// One past its last byte in the earlier version.
    pub before: u32,
    /// One past its last byte in the later one.
    pub after: u32,
}

impl Change {
    /// From one version to another.
    ///
    /// # Examples
    ///
    /// ```
    /// use cargo_fa::source::Change;
    ///
    /// let change = Change::between("let a = 1;", "let a = 12 + 1;");
    /// assert_eq!((change.start, change.before, change.after), (9, 9, 14));
    /// ```
    #[must_use]
    pub fn between(before: &str, after: &str) -> Self {
        let (one, other) = (before.as_bytes(), after.as_bytes());
        let most = one.len().min(other.len());
        let mut head = one.iter().zip(other).take_while(|(one, other)| one == other).count();
        while !(before.is_char_boundary(head) && after.is_char_boundary(head)) {
            head -= 1;
        }
        let back = one.iter().rev().zip(other.iter().rev());
        let mut tail = back.take(most - head).take_while(|(one, other)| one == other).count();
        while !(before.is_char_boundary(one.len() - tail) && after.is_char_boundary(other.len() - tail)) {
            tail -= 1;
        }
        Self { start: head as u32, before: (one.len() - tail) as u32, after: (other.len() - tail) as u32 }
    }

    /// Where what was at a place is now; a place within the piece becomes all of it.
    #[must_use]
    pub fn moved(self, span: Span) -> Span {
        let behind = |at: u32| at - self.before + self.after;
        let start = match span.start {
            at if at < self.start || span.end <= self.start => at,
            at if at >= self.before => behind(at),
            _ => self.start,
        };
        let end = match span.end {
            at if at <= self.start => at,
            at if at >= self.before => behind(at),
            _ => self.after,
        };
        Span { start, end, ..span }
    }

    /// Whether nothing is left of a place.
    #[must_use]
    pub fn removes(self, span: Span) -> bool {
        span.start < span.end && self.start <= span.start && span.end <= self.before
    }

    /// Whether all of a place is as it was, though perhaps elsewhere.
    #[must_use]
    pub fn spares(self, span: Span) -> bool {
        span.end <= self.start || span.start >= self.before
    }
}

#[cfg(test)]
mod tests {
    use super::Change;
    use crate::source::{FileId, Span};

    fn moved(before: &str, after: &str, what: &str) -> String {
        let start = before.find(what).unwrap() as u32;
        let span = Span { file: FileId(0), start, end: start + what.len() as u32 };
        let change = Change::between(before, after);
        let now = change.moved(span);
        let text = &after[now.start as usize..now.end as usize];
        assert!(!change.spares(span) || text == what, "{text}");
        assert!(!(change.spares(span) && change.removes(span)));
        text.to_owned()
    }

    #[test]
    fn a_place_goes_along_with_its_text() {
        for what in ["let", "a", "= 1;", "let a = 1;"] {
            let expected = if what.len() > 5 { "let bca = 1;" } else { what };
            assert_eq!(moved("let a = 1;", "let bca = 1;", what), expected);
        }
        assert_eq!(moved("f(x)", "f(x).", "f(x)"), "f(x)");
        assert_eq!(moved("f(x)", ".f(x)", "f(x)"), "f(x)");
        assert_eq!(moved("a bcd e", "a xy e", "c"), "xy");
        assert_eq!(moved("a bcd e", "a xy e", "a bc"), "a xy");
        assert_eq!(moved("a bcd e", "a xy e", "cd e"), "xy e");
        assert_eq!(moved("a bcd e", "a  e", "bcd"), "");
    }

    #[test]
    fn what_is_replaced_is_gone() {
        let change = Change::between("a bcd e", "a xy e");
        let removes = |start, end| change.removes(Span { file: FileId(0), start, end });
        assert!(removes(2, 5) && removes(3, 4));
        assert!(!removes(1, 5) && !removes(2, 6) && !removes(0, 1) && !removes(6, 7) && !removes(3, 3));
    }

    #[test]
    fn what_is_said_twice_belongs_to_one_of_both_sides() {
        let change = Change::between("aa", "aaa");
        assert_eq!(change, Change { start: 2, before: 2, after: 3 });
        assert_eq!(Change::between("aaa", "aa"), Change { start: 2, before: 3, after: 2 });
        assert_eq!(Change::between("a", "a"), Change { start: 1, before: 1, after: 1 });
    }

    #[test]
    fn no_character_is_cut() {
        // They begin with the same byte, or end with it.
        assert_eq!(Change::between("é.", "è."), Change { start: 0, before: 2, after: 2 });
        assert_eq!(Change::between(".é", ".ũ"), Change { start: 1, before: 3, after: 3 });
    }
}
