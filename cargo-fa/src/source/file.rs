//! What was read: texts with their paths and lines, and what could not be read.

use std::path::PathBuf;
use std::sync::Arc;

use super::span::{FileId, Span};

/// A text with the places of its lines.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its place in the table.
    pub id: FileId,
    /// The absolute path.
    pub path: PathBuf,
    /// The path from the workspace, with `/`.
    pub display: String,
    /// What is in it.
    pub text: Arc<str>,
    starts: Vec<u32>,
}

impl SourceFile {
    fn new(id: FileId, path: PathBuf, display: String, text: Arc<str>) -> Self {
        let ends = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect();
        Self { id, path, display, text, starts }
    }

    /// Line and column of a byte, both from 1, the column in characters.
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let line = self.starts.partition_point(|&start| start <= offset) - 1;
        let before = &self.text[self.starts[line] as usize..offset as usize];
        (line as u32 + 1, before.chars().count() as u32 + 1)
    }
}

/// All files that were read.
#[derive(Clone, Debug, Default)]
pub struct Files {
    files: Vec<SourceFile>,
}

impl Files {
    /// Adds a file and says where it is.
    pub fn add(&mut self, path: PathBuf, display: String, text: Arc<str>) -> FileId {
        let id = FileId(self.files.len() as u32);
        self.files.push(SourceFile::new(id, path, display, text));
        id
    }

    /// The file of an id that this table gave.
    pub fn get(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The file with this path from the workspace.
    pub fn by_display(&self, display: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.display == display)
    }

    /// Each file.
    pub fn iter(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter()
    }
}

/// Something that could not be read; the rest was.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Where, if it has a place in a text that was read.
    pub span: Option<Span>,
    /// The path from the workspace.
    pub file: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}
