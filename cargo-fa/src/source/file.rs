//! The files of an analysis, and the lines in them.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::span::{FileId, Span};

/// One file.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its place in the [`Files`].
    pub id: FileId,
    /// Where it is, absolute.
    pub path: PathBuf,
    /// How it is shown: relative to the workspace, with `/`.
    pub display: String,
    /// What is in it.
    pub text: Arc<str>,
    /// The first byte of each line.
    lines: Vec<u32>,
    /// What was not read, because features that it needs are off.
    pub excluded: Vec<Range<usize>>,
}

impl SourceFile {
    /// A file with the text given.
    #[must_use]
    pub fn new(id: FileId, path: PathBuf, display: String, text: Arc<str>) -> Self {
        let lines = line_starts(&text);
        Self { id, path, display, text, lines, excluded: Vec::new() }
    }

    /// Line and column of a byte, both from 1; columns are in characters.
    #[must_use]
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let line = self.lines.partition_point(|&start| start <= offset).max(1);
        let start = self.lines[line - 1] as usize;
        let mut end = (offset as usize).clamp(start, self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        (line as u32, self.text[start..end].chars().count() as u32 + 1)
    }

    /// The text of a line, counted from 1, without its end.
    #[must_use]
    pub fn line(&self, line: u32) -> &str {
        let index = (line as usize).saturating_sub(1);
        let Some(&start) = self.lines.get(index) else { return "" };
        let end = self.lines.get(index + 1).map_or(self.text.len(), |&next| next as usize);
        self.text[start as usize..end].trim_end_matches(['\n', '\r'])
    }

    /// Whether a byte belongs to what was not read.
    #[must_use]
    pub fn excludes(&self, offset: u32) -> bool {
        self.excluded.iter().any(|place| place.contains(&(offset as usize)))
    }

    /// How many lines there are.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        self.lines.len() as u32
    }

    /// The text of a range; empty if the range is not one of this text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}

/// The first byte of each line of a text.
pub(super) fn line_starts(text: &str) -> Vec<u32> {
    let ends = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
    std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect()
}

/// All files of an analysis.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// By number. A file that is gone leaves its place empty, so that the others keep theirs.
    files: Vec<Option<Arc<SourceFile>>>,
}

impl Files {
    /// Adds a file.
    pub fn add(&mut self, path: PathBuf, display: String, text: Arc<str>) -> FileId {
        let id = FileId(self.files.len() as u32);
        self.files.push(Some(Arc::new(SourceFile::new(id, path, display, text))));
        id
    }

    /// Puts a file that has its number already in its place.
    pub(super) fn put(&mut self, file: Arc<SourceFile>) {
        let place = file.id.0 as usize;
        if self.files.len() <= place {
            self.files.resize(place + 1, None);
        }
        self.files[place] = Some(file);
    }

    /// The file with this number.
    ///
    /// # Panics
    ///
    /// When the number comes from another analysis.
    #[must_use]
    pub fn get(&self, id: FileId) -> &SourceFile {
        let place = id.0 as usize;
        self.files[place].as_deref().unwrap_or_else(|| panic!("no file has the number {place}"))
    }

    /// The file that is shown so.
    #[must_use]
    pub fn by_display(&self, display: &str) -> Option<&SourceFile> {
        self.iter().find(|file| file.display == display)
    }

    /// The file at this path.
    #[must_use]
    pub fn by_path(&self, path: &Path) -> Option<&SourceFile> {
        self.iter().find(|file| file.path == path)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().flatten().map(|file| &**file)
    }
}

/// A file that could not be read or understood. The rest is analysed all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The place, when the file could be read.
    pub span: Option<Span>,
    /// The file, as it is shown.
    pub file: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_characters() {
        let file = SourceFile::new(FileId(0), PathBuf::new(), String::new(), "aé\nbcd\n".into());
        assert_eq!(file.line_column(0), (1, 1));
        assert_eq!(file.line_column(3), (1, 3), "é has two bytes");
        assert_eq!(file.line_column(6), (2, 3));
        assert_eq!(file.line_column(99), (3, 1));
        assert_eq!((file.line(1), file.line(2), file.line(9)), ("aé", "bcd", ""));
    }
}
