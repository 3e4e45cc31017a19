//! `--watch`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::{STALE, Workspace};

#[test]
fn a_change_is_analysed() {
    let workspace = Workspace::new("fn main() {}\n");
    let mut child = workspace
        .command(&["--watch", "--format", "compact"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut reported = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(said.next().unwrap().unwrap().starts_with("waiting for changes"));
    workspace.write("src/main.rs", STALE);
    assert!(reported.next().unwrap().unwrap().starts_with("src/main.rs:2:5"));
    // Not yet waiting, or already: either way the next change counts.
    workspace.write("src/main.rs", "fn main( {");
    let next = reported.by_ref().map(Result::unwrap).find(|line| line.contains("FA000"));
    assert!(next.is_some());
    child.kill().unwrap();
    child.wait().unwrap();
}
