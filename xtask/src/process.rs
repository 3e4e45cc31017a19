//! Runs other programs: their output goes straight through, and none runs for ever.

use std::ffi::OsStr;
use std::io::{IsTerminal as _, Seek as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::output::{self, Copies};
use crate::plan::{StepResult, Unfinished};

/// After this long a program counts as hung. A deadlock is among what the tests look for.
const TIME_LIMIT: Duration = Duration::from_secs(15 * 60);

/// A program to run, shown as a line that can be pasted into a shell.
pub(crate) struct Run {
    command: Command,
    /// For messages: what the line is about.
    name: String,
    shown: String,
    time_limit: Duration,
}

impl Run {
    /// `cargo`, of the toolchain that runs this program.
    pub(crate) fn cargo(subcommand: &str) -> Self {
        Self::program("cargo").arg(subcommand).named(format!("cargo {subcommand}"))
    }

    /// `cargo +toolchain`.
    pub(crate) fn cargo_of(toolchain: &str, subcommand: &str) -> Self {
        Self::program("cargo")
            .arg(format!("+{toolchain}"))
            .arg(subcommand)
            .named(format!("cargo +{toolchain} {subcommand}"))
    }

    pub(crate) fn program(program: impl AsRef<OsStr>) -> Self {
        let shown = program.as_ref().to_string_lossy().into_owned();
        Self { command: Command::new(program), name: shown.clone(), shown, time_limit: TIME_LIMIT }
    }

    fn named(mut self, name: String) -> Self {
        self.name = name;
        self
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.shown = format!("{} {}", self.shown, quoted(&arg.as_ref().to_string_lossy()));
        self.command.arg(arg);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(self, args: impl IntoIterator<Item = A>) -> Self {
        args.into_iter().fold(self, Self::arg)
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.shown = format!("{name}={} {}", quoted(&value.as_ref().to_string_lossy()), self.shown);
        self.command.env(name, value);
        self
    }

    pub(crate) fn directory(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    pub(crate) fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Runs it with its output shown.
    pub(crate) fn stream(mut self) -> StepResult {
        println!("$ {}", self.shown);
        flush();
        self.start_shown()?.end(&self)
    }

    /// Runs two that use one core each at the same time. What the second says is shown when the first is done.
    pub(crate) fn stream_beside(mut self, mut second: Self) -> StepResult {
        let failed = |error: std::io::Error| Unfinished::Failed(format!("a file for output: {error}"));
        let mut said = tempfile::tempfile().map_err(failed)?;
        let kept = || said.try_clone().map_err(failed);
        println!("$ {} &\n$ {}", second.shown, self.shown);
        flush();
        second.command.stdout(kept()?).stderr(kept()?);
        let beside = second.start()?;
        let first = self.start_shown().and_then(|shown| shown.end(&self));
        // Also when the first has failed: one run tells everything that is wrong.
        let ended = second.end(beside);
        println!("$ {}", second.shown);
        said.rewind().and_then(|()| output::copy(&mut said)).map_err(failed)?;
        first.and(ended)
    }

    /// On a terminal it has that for itself; else what it says is kept as well.
    fn start_shown(&mut self) -> Result<Shown, Unfinished> {
        if std::io::stdout().is_terminal() {
            return Ok(Shown { child: self.start()?, copies: Copies::default() });
        }
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.start()?;
        let mut copies = Copies::default();
        child.stdout.take().into_iter().for_each(|from| copies.begin(from));
        child.stderr.take().into_iter().for_each(|from| copies.begin(from));
        Ok(Shown { child, copies })
    }

    fn start(&mut self) -> Result<Child, Unfinished> {
        let child = self.command.stdin(Stdio::null()).spawn();
        child.map_err(|error| Unfinished::Failed(format!("cannot start `{}`: {error}", self.name)))
    }

    fn end(&self, mut child: Child) -> StepResult {
        match wait(&mut child, self.time_limit) {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(Unfinished::Failed(format!("`{}`: {status}", self.name))),
            None => {
                let seconds = self.time_limit.as_secs();
                Err(Unfinished::Failed(format!("`{}` was stopped after {seconds} s", self.name)))
            }
        }
    }

    /// Runs it for what it prints; the error is what it complained of.
    pub(crate) fn capture(mut self) -> Result<String, String> {
        let output = self.command.stdin(Stdio::null()).output();
        let output = output.map_err(|error| format!("cannot start `{}`: {error}", self.name))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            let complaint = String::from_utf8_lossy(&output.stderr);
            Err(format!("`{}`: {}", self.shown, complaint.trim()))
        }
    }
}

/// A program that runs and is listened to.
struct Shown {
    child: Child,
    copies: Copies,
}

impl Shown {
    fn end(self, run: &Run) -> StepResult {
        let result = run.end(self.child);
        self.copies.end();
        result
    }
}

/// Children write to the same terminal: what we printed must be out before they start.
pub(crate) fn flush() {
    // Nothing can be told to anybody if the output is gone.
    let _ = std::io::stdout().flush();
}

/// Waits for the end, or for the limit: then ends the child with all that it started.
fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    loop {
        // An error here means that the child is not ours to wait for, which cannot be.
        if let Some(status) = child.try_wait().expect("waiting for a child") {
            return Some(status);
        }
        if start.elapsed() >= limit {
            // `cargo` is the child, the hung test its grandchild, which would live on.
            for process in descendants(child.id()) {
                let _ = Command::new("kill").arg("-KILL").arg(process.to_string()).status();
            }
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        sleep(Duration::from_millis(20));
    }
}

/// All processes below `root`, as Linux lists them; nothing elsewhere.
fn descendants(root: u32) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let parents: Vec<(u32, u32)> = entries
        .filter_map(|entry| {
            let process: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
            let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
            Some((process, parent.trim().parse().ok()?))
        })
        .collect();
    let mut found = vec![root];
    let mut next = 0;
    while next < found.len() {
        let parent = found[next];
        found.extend(parents.iter().filter(|&&(_, its)| its == parent).map(|&(process, _)| process));
        next += 1;
    }
    found.split_off(1)
}

fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=+./,:@".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("'{text}'") }
}

#[cfg(all(test, unix))]
mod tests {
    use super::{Run, quoted};
    use crate::plan::Unfinished;
    #[cfg(target_os = "linux")]
    use std::time::Duration;

    #[test]
    fn a_command_line_can_be_pasted() {
        assert_eq!(quoted("--target"), "--target");
        assert_eq!(quoted("-Zsanitizer=address --cfg asan"), "'-Zsanitizer=address --cfg asan'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn of_two_at_once_both_must_pass() {
        let exit = |status: &str| Run::program("sh").args(["-c", status]);
        assert_eq!(exit("true").stream_beside(exit("true")), Ok(()));
        assert!(exit("false").stream_beside(exit("true")).is_err());
        assert!(exit("true").stream_beside(exit("false")).is_err());
    }

    #[test]
    fn a_status_other_than_zero_is_a_failure() {
        assert_eq!(Run::program("true").stream(), Ok(()));
        assert!(matches!(Run::program("false").stream(), Err(Unfinished::Failed(_))));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_program_that_hangs_is_ended_with_its_children() {
        let note = std::env::temp_dir().join(format!("xtask-hang-{}", std::process::id()));
        let script = format!("sleep 600 & echo $! > '{}'; wait", note.display());
        let outer = Run::program("sh").args(["-c", &script]).time_limit(Duration::from_millis(500)).stream();
        let grandchild = std::fs::read_to_string(&note).expect("the script writes its child's id");
        let _ = std::fs::remove_file(&note);

        let Err(Unfinished::Failed(message)) = outer else { panic!("not stopped") };
        assert!(message.contains("was stopped"), "{message}");
        // Gone, or dead and waiting for somebody to ask after it; on a busy machine it may take a moment to die.
        let lives = || {
            let status = std::fs::read_to_string(format!("/proc/{}/status", grandchild.trim()));
            status.is_ok_and(|status| !status.contains("State:\tZ"))
        };
        let looks = (0..200).take_while(|_| lives()).map(|_| std::thread::sleep(Duration::from_millis(50)));
        assert!(looks.count() < 200, "the child lives on");
    }
}
