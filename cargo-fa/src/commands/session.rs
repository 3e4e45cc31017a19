//! What one analysis leaves behind that the next can use: what cargo said, and the files as they were read.

use std::collections::BTreeSet;

use cargo_metadata::Metadata;

use super::analysis::{self, Analysis};
use super::failure::Failure;
use super::settings::Question;
use crate::source::{self, Disk, Memory, Seen};

/// Analyses again and again.
#[derive(Debug, Default)]
pub struct Session {
    memory: Memory,
    cargo: Option<Cargo>,
}

/// What cargo said, and what it looked at before it did.
#[derive(Debug)]
struct Cargo {
    metadata: Metadata,
    seen: Option<Seen>,
}

impl Session {
    /// Analyses what is asked for, as it is on this disk.
    ///
    /// # Errors
    ///
    /// When the workspace or its configuration is not as it should be.
    pub fn analyse(&mut self, question: &Question, disk: &Disk) -> Result<Analysis, Failure> {
        let cargo = match self.cargo.take() {
            Some(cargo) => cargo,
            None => Cargo::ask(question)?,
        };
        disk.adopt(cargo.seen.as_ref());
        let analysis = analysis::run(question, &cargo.metadata, &mut self.memory, disk);
        self.cargo = Some(cargo);
        analysis
    }

    /// Manifests may have changed: cargo is asked again if what it looked at has.
    pub fn doubt_manifests(&mut self) {
        self.cargo = self
            .cargo
            .take()
            .filter(|cargo| cargo.seen.as_ref().is_some_and(|seen| seen.again(&BTreeSet::new()).is_some()));
    }

    /// How many files the last analysis had to parse.
    pub fn parsed(&self) -> usize {
        self.memory.parsed()
    }
}

impl Cargo {
    fn ask(question: &Question) -> Result<Self, Failure> {
        // Not the one of the analysis: what an editor has open, cargo does not see.
        let disk = Disk::default();
        let metadata = source::metadata(question.selection.manifest_path.as_deref(), &disk)?;
        Ok(Self { metadata, seen: disk.seen() })
    }
}
