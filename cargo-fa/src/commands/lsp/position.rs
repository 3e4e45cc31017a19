//! Places as the protocol counts them: lines from 0, columns in the units that were agreed on.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// What every editor can.
    Utf16,
}

impl Encoding {
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn width(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
        }
    }

    /// The place of a byte; one behind the end is the end.
    pub(super) fn position(self, text: &str, byte: usize) -> Position {
        let before = &text.as_bytes()[..byte.min(text.len())];
        let line = before.iter().filter(|&&byte| byte == b'\n').count();
        self.position_on(line as u32, text, byte)
    }

    /// The place of a byte of which the line is known, as it is of a finding's: of many findings in a long text each would
    /// count all lines before it.
    pub(super) fn position_on(self, line: u32, text: &str, byte: usize) -> Position {
        let mut byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        let start = text[..byte].rfind('\n').map_or(0, |at| at + 1);
        let column: usize = text[start..byte].chars().map(|c| self.width(c)).sum();
        Position { line, character: column as u32 }
    }

    /// The place of some bytes.
    pub(super) fn range(self, text: &str, bytes: std::ops::Range<usize>) -> Range {
        Range { start: self.position(text, bytes.start), end: self.position(text, bytes.end) }
    }

    /// The byte at a place; a column behind the line is its end.
    pub(super) fn byte(self, text: &str, position: Position) -> usize {
        let mut lines = text.split_inclusive('\n');
        let start: usize = lines.by_ref().take(position.line as usize).map(str::len).sum();
        let line = text[start..].lines().next().unwrap_or_default();
        let mut left = position.character as usize;
        for (at, c) in line.char_indices() {
            let width = self.width(c);
            if left < width {
                return start + at;
            }
            left -= width;
        }
        start + line.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, Position};

    #[test]
    fn there_and_back() {
        let text = "aé😀b\nx\r\n\nend";
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            for (at, _) in text.char_indices().filter(|(_, c)| *c != '\n') {
                let position = encoding.position(text, at);
                let back = encoding.byte(text, position);
                assert_eq!(encoding.position_on(position.line, text, at), position);
                assert!(back == at || text[at..].starts_with('\r'), "{encoding:?} {at} {position:?} {back}");
            }
        }
        let place = |encoding: Encoding| encoding.position(text, text.find('b').unwrap()).character;
        assert_eq!((place(Encoding::Utf8), place(Encoding::Utf16)), (7, 4));
    }

    #[test]
    fn what_is_not_there_is_the_end() {
        let far = Position { line: 9, character: 9 };
        assert_eq!(Encoding::Utf16.byte("a\nb", far), 3);
        assert_eq!(Encoding::Utf16.byte("a\nb", Position { line: 0, character: 9 }), 1);
        assert_eq!(Encoding::Utf16.position("a\nb", 99), Position { line: 1, character: 1 });
    }
}
