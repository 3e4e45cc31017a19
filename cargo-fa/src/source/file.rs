//! The files of an analysis, and the lines in them.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::change::Change;
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
    /// What is there now, where this is what was there before and could be read.
    draft: Option<Draft>,
}

/// A text that is not Rust, such as one that somebody is typing, and what of it differs from what is analysed in its place.
#[derive(Clone, Copy, Debug)]
struct Draft {
    file: FileId,
    change: Change,
}

impl SourceFile {
    /// A file with the text given.
    #[must_use]
    pub fn new(id: FileId, path: PathBuf, display: String, text: Arc<str>) -> Self {
        let lines = line_starts(&text);
        Self { id, path, display, text, lines, excluded: Vec::new(), draft: None }
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
    /// Those of them that are what is there now, each with what is analysed in its place.
    drafts: Vec<(FileId, FileId)>,
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

    /// Adds what is there now at the path of a file, and is not analysed.
    pub(super) fn add_draft(&mut self, now: &SourceFile) -> FileId {
        let id = self.add(now.path.clone(), now.display.clone(), now.text.clone());
        self.drafts.push((id, now.id));
        if let Some(read) = self.files.get_mut(now.id.0 as usize).and_then(Option::as_mut) {
            let change = Change::between(&read.text, &now.text);
            Arc::make_mut(read).draft = Some(Draft { file: id, change });
        }
        id
    }

    /// The text that somebody sees who looks at a place, and where it is there.
    #[must_use]
    pub fn shown(&self, span: Span) -> (&SourceFile, Span) {
        let file = self.get(span.file);
        match file.draft {
            Some(Draft { file, change }) => (self.get(file), Span { file, ..change.moved(span) }),
            None => (file, span),
        }
    }

    /// Whether nothing of what was read at a place is there any more.
    #[must_use]
    pub fn is_gone(&self, span: Span) -> bool {
        self.get(span.file).draft.is_some_and(|draft| draft.change.removes(span))
    }

    /// Whether what somebody sees at a place is what was read there.
    #[must_use]
    pub fn is_as_shown(&self, span: Span) -> bool {
        self.get(span.file).draft.is_none_or(|draft| draft.change.spares(span))
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

    /// All that are analysed.
    pub fn iter(&self) -> impl Iterator<Item = &SourceFile> {
        let files = self.files.iter().flatten().map(|file| &**file);
        files.filter(|file| self.read_as(file.id) == file.id)
    }

    /// What is analysed in the place of a file: itself, unless it is not Rust now and was before.
    #[must_use]
    pub fn read_as(&self, id: FileId) -> FileId {
        self.drafts.iter().find(|(draft, _)| *draft == id).map_or(id, |(_, read)| *read)
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
