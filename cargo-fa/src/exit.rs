//! How a run ends. Scripts go by these numbers.

use std::process::{ExitCode, Termination};

/// The exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: nothing was found that makes a run fail.
    Clean,
    /// 1: something was found at the level `deny`.
    Findings,
    /// 2: the command line, the configuration or the workspace is not as it should be; nothing was analysed.
    Usage,
    /// 3: a mistake of the analyser's own.
    Internal,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Internal => 3,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}
