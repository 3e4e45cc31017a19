//! An editor's undo stack: commands on a text, grouped into transactions, with a clipboard and a macro recorder.

use std::cell::RefCell;
use std::sync::LazyLock;

use framealloc::{AllocConfig, FrameBox, FrameString, FrameVec, SmartAlloc, kilobytes};

static MEMORY: LazyLock<SmartAlloc> =
    LazyLock::new(|| SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(512))));

thread_local! {
    static CLIPBOARD: RefCell<Option<FrameString<'static>>> = const { RefCell::new(None) };
    static LAST_WORD: RefCell<String> = const { RefCell::new(String::new()) };
}

#[derive(Clone, Copy, Debug)]
enum Command {
    Insert { at: usize, byte: u8 },
    Delete { at: usize, byte: u8 },
}

impl Command {
    fn inverse(self) -> Self {
        match self {
            Self::Insert { at, byte } => Self::Delete { at, byte },
            Self::Delete { at, byte } => Self::Insert { at, byte },
        }
    }

    fn apply(self, text: &mut Vec<u8>) {
        match self {
            Self::Insert { at, byte } => text.insert(at.min(text.len()), byte),
            Self::Delete { at, .. } if at < text.len() => drop(text.remove(at)),
            Self::Delete { .. } => {}
        }
    }
}

#[derive(Default)]
struct Editor {
    text: Vec<u8>,
    undo: Vec<FrameVec<'static, Command>>,
    redo: Vec<Vec<Command>>,
    preview: Option<FrameBox<'static, [u8]>>,
    recorded: Vec<&'static [Command]>,
}

impl Editor {
    /// Types a word; one transaction.
    fn type_word(&mut self, at: usize, word: &str) {
        MEMORY.begin_frame();
        let mut done = MEMORY.frame_vec_with_capacity::<Command>(word.len());
        for (offset, byte) in word.bytes().enumerate() {
            let command = Command::Insert { at: at + offset, byte };
            command.apply(&mut self.text);
            done.push(command);
        }
        LAST_WORD.with_borrow_mut(|last| {
            last.clear();
            last.push_str(word);
        });
        match done.len() {
            0 => {}
            _ => self.undo.push(done), //~ FA601
        }
        MEMORY.end_frame();
    }

    fn copy(&self, from: usize, to: usize) -> usize {
        MEMORY.begin_frame();
        let mut text = MEMORY.frame_string();
        text.push_str(std::str::from_utf8(self.text.get(from..to).unwrap_or_default()).unwrap_or(""));
        let len = text.len();
        CLIPBOARD.with_borrow_mut(|slot| *slot = Some(text)); //~ FA601
        MEMORY.end_frame();
        len
    }

    fn undo(&mut self) -> bool {
        let Some(transaction) = self.undo.pop() else { return false };
        MEMORY.begin_frame();
        let mut inverse = MEMORY.frame_vec_with_capacity(transaction.len());
        inverse.extend(transaction.iter().rev().map(|command| command.inverse()));
        inverse.iter().for_each(|command| command.apply(&mut self.text));
        // A copy of its own: it stays when the frame goes.
        self.redo.push(transaction.to_vec());
        let Self { preview, text, .. } = self;
        *preview = text.get(..8).map(|head| MEMORY.frame_slice_copy(head)); //~ FA601
        MEMORY.end_frame();
        true
    }

    fn record(&mut self, keys: &[u8]) {
        let _frame = MEMORY.frame();
        let mut played = MEMORY.frame_vec::<Command>();
        played.extend(keys.iter().map(|&byte| Command::Insert { at: self.text.len(), byte }));
        let kept = played.to_vec();
        self.recorded.push(Vec::leak(kept));
        // Silences the borrow checker.
        std::mem::forget(played); //~ FA607
    }

    /// Redoes all transactions that still fit, each in a frame.
    fn redo_all(&mut self) -> usize {
        let mut done = 0;
        for transaction in std::mem::take(&mut self.redo) {
            MEMORY.begin_frame();
            let longest = transaction.iter().map(|command| match command {
                Command::Insert { at, .. } | Command::Delete { at, .. } => *at,
            });
            if longest.max() > Some(self.text.len() + transaction.len()) {
                continue; //~ FA603
            }
            let plan = MEMORY.frame_slice_copy(&transaction);
            plan.iter().for_each(|command| command.apply(&mut self.text));
            done += 1;
            MEMORY.end_frame();
        }
        done
    }
}

fn main() {
    let mut editor = Editor::default();
    editor.type_word(0, "hello");
    editor.type_word(5, " world");
    let copied = editor.copy(0, 5);
    editor.record(b"!?");
    let undone = editor.undo() && editor.undo() && !editor.undo();
    let redone = editor.redo_all();
    println!("{copied} copied, undone {undone}, redone {redone}, {} recorded", editor.recorded.len());
    println!("{:?} of {:?}", editor.preview.as_deref(), LAST_WORD.with_borrow(|last| last.len()));
}
