//! Several programs in one workspace: what one of them does says nothing of another, unless a third crate is in both.

use crate::support::{Workspace, manifest};

const LISTEN: &str = "use std::io::BufRead;
pub fn listen(alloc: &framealloc::SmartAlloc, input: impl BufRead) {
    for line in input.lines().map_while(Result::ok) {
        let text = framealloc::frame_format!(alloc, \"{line}\");
        println!(\"{}\", text.as_str());
    }
}
";
const BEGIN: &str = "pub fn begin(alloc: &framealloc::SmartAlloc) {\n    alloc.begin_frame();\n}\n";
const END: &str = "fn end(alloc: &framealloc::SmartAlloc) {\n    alloc.end_frame();\n}\n";
const LIMIT: &str = "fn limit() -> framealloc::AllocConfig {
    framealloc::AllocConfig::default().with_frame_limit(1 << 20)
}
";

/// The files and codes of what is found.
fn found(workspace: &Workspace) -> Vec<String> {
    let report = workspace.run(&["--workspace", "--format", "json", "--exit-zero"]).ends(0).stdout;
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let place = |found: &serde_json::Value| {
        format!("{} {}", found["file"].as_str().unwrap(), found["code"].as_str().unwrap())
    };
    report["diagnostics"].as_array().unwrap().iter().map(place).collect()
}

#[test]
fn programs_of_a_package_are_apart() {
    let workspace = Workspace::new("fn main() {}\n");
    workspace.write("src/bin/server.rs", &format!("{LISTEN}{BEGIN}fn main() {{}}\n"));
    assert_eq!(found(&workspace), ["src/bin/server.rs FA301", "src/bin/server.rs FA603"]);
    workspace.write("src/bin/other.rs", &format!("{LIMIT}{END}fn main() {{}}\n"));
    assert_eq!(found(&workspace), ["src/bin/server.rs FA301", "src/bin/server.rs FA603"]);
    workspace.write("src/bin/server.rs", &format!("{LISTEN}{BEGIN}{LIMIT}{END}fn main() {{}}\n"));
    assert_eq!(found(&workspace), [""; 0]);
}

#[test]
fn a_library_is_a_part_of_the_programs_that_know_it() {
    let workspace = Workspace::new(&format!("{LIMIT}{END}fn main() {{}}\n"));
    workspace.write("src/lib.rs", &format!("{LISTEN}{BEGIN}"));
    assert_eq!(found(&workspace), [""; 0]);
    // Also where two libraries meet in a program of a third package.
    workspace.write("src/main.rs", "fn main() {}\n");
    assert_eq!(found(&workspace), ["src/lib.rs FA301", "src/lib.rs FA603"]);
    let members = "\n[workspace]\nmembers = [\"limits\", \"app\"]\n";
    workspace.write("Cargo.toml", &(manifest("game") + members));
    workspace.write("limits/Cargo.toml", &manifest("limits"));
    workspace.write("limits/src/lib.rs", &format!("{LIMIT}{END}"));
    let app = manifest("app") + "game = { path = \"..\" }\nlimits = { path = \"../limits\" }\n";
    workspace.write("app/Cargo.toml", &app);
    workspace.write("app/src/main.rs", "fn main() {}\n");
    assert_eq!(found(&workspace), [""; 0]);
}
