//! Runs every lint over crates that know little or nothing of framealloc, and says what that costs beside parsing alone.
//!
//! `cargo run --release -p cargo-fa --example over_crates -- [--together] [FOLDER]..`, each the folder of a package: each
//! by itself, or all of them as one program with `--together`. Without folders: Bevy's own packages, together, which cargo
//! downloads where they are not yet.
//!
//! Each row is from processes of its own, with a single thread and with all of them. One also parses the same files with
//! `syn` alone, after everything else. Findings are false alarms, and are shown.
#![expect(clippy::print_stdout, reason = "a developer reads it")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use cargo_fa::flow::Program;
use cargo_fa::lint::finding::Finding;
use cargo_fa::lint::options::LintOptions;
use cargo_fa::lints::LINTS;
use cargo_fa::source::{Selection, load, load_files};
use cargo_metadata::{MetadataCommand, Package, TargetKind};
use rayon::prelude::*;

/// The version whose sources are read when no folder is given; a fixed one, so that figures can be compared.
const BEVY: &str = "0.20.1";
/// How often times on the wall are taken, in processes that take turns: what others do on the machine only adds to them, and
/// the least of many is what the work takes.
const ROUNDS: usize = 10;
/// Says to a process of this program that it measures, and what.
const MEASURE: &str = "--measure";
/// The same for the time on the wall.
const CLOCK: &str = "--clock";

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    match &*arguments {
        [what, folder] if what == MEASURE => return measure(Path::new(folder)),
        [what, folder] if what == CLOCK => return clock(Path::new(folder)),
        _ => {}
    }
    let before = arguments.len();
    arguments.retain(|argument| argument != "--together");
    let together = arguments.len() < before || arguments.is_empty();
    let packages = match arguments.is_empty() {
        true => bevy()?,
        false => arguments.iter().map(|folder| package(Path::new(folder))).collect::<Result<_, _>>()?,
    };
    let threads = std::thread::available_parallelism()?;
    println!(
        "| files of | lines | functions kept | `syn` alone | `cargo fa` | ratio | most memory | one thread | {threads} threads | faster | parsing alone | of {threads} processors |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    let mut findings = String::new();
    if together {
        let name = match &*packages {
            [one] => one.name.to_string(),
            several if arguments.is_empty() => format!("bevy {BEVY}, {} packages", several.len()),
            several => format!("{} packages", several.len()),
        };
        findings.push_str(&row(&name, &packages.iter().collect::<Vec<_>>())?);
    } else {
        for package in &packages {
            findings.push_str(&row(&package.name, &[package])?);
        }
    }
    print!("{findings}");
    Ok(())
}

/// Bevy's own packages.
fn bevy() -> Result<Vec<Package>, Error> {
    let folder = tempfile::tempdir()?;
    let manifest = format!(
        "[package]\nname = \"game\"\nedition = \"2024\"\n[lib]\npath = \"lib.rs\"\n[dependencies]\nbevy = \"={BEVY}\"\n"
    );
    std::fs::write(folder.path().join("Cargo.toml"), manifest)?;
    std::fs::write(folder.path().join("lib.rs"), "")?;
    let metadata = MetadataCommand::new().manifest_path(folder.path().join("Cargo.toml")).exec()?;
    let is_own = |package: &Package| package.name.starts_with("bevy") && library(package).is_some();
    Ok(metadata.packages.into_iter().filter(is_own).collect())
}

fn package(folder: &Path) -> Result<Package, Error> {
    let metadata = MetadataCommand::new().manifest_path(folder.join("Cargo.toml")).no_deps().exec()?;
    metadata
        .packages
        .into_iter()
        .next()
        .ok_or_else(|| format!("{} holds no package", folder.display()).into())
}

fn library(package: &Package) -> Option<&Path> {
    let target = package.targets.iter().find(|target| target.kind.contains(&TargetKind::Lib))?;
    Some(target.src_path.as_std_path())
}

/// Measures and prints one row; returns what was found.
fn row(name: &str, packages: &[&Package]) -> Result<String, Error> {
    let folder = tempfile::tempdir()?;
    workspace(folder.path(), packages)?;
    let one = in_process(MEASURE, folder.path(), Some("1"))?;
    let all = in_process(MEASURE, folder.path(), None)?;
    let (Some([lines, kept, syn, ours, peak]), Some([_, _, _, _, peak_of_all])) =
        (one.numbers(), all.numbers())
    else {
        return Err("a process did not say five numbers".into());
    };
    let (mut alone, mut together) = ([u64::MAX; 2], [u64::MAX; 2]);
    let mut used = Vec::new();
    for _ in 0..ROUNDS {
        for (least, threads) in [(&mut alone, Some("1")), (&mut together, None)] {
            let said = in_process(CLOCK, folder.path(), threads)?;
            let Some([ours, syn, busy]) = said.numbers() else {
                return Err("a process did not say three numbers".into());
            };
            *least = [least[0].min(ours), least[1].min(syn)];
            if threads.is_none() {
                used.push(busy as f64 / ours.max(1) as f64);
            }
        }
    }
    used.sort_unstable_by(f64::total_cmp);
    let faster = |which: usize| alone[which] as f64 / together[which].max(1) as f64;
    println!(
        "| {name} | {lines} | {kept} | {syn} ms | {ours} ms | {:.2} | {} MB | {} ms | {} ms | {:.2}× | {:.2}× | {:.2} |",
        ours as f64 / syn.max(1) as f64,
        peak.max(peak_of_all) >> 10,
        alone[0],
        together[0],
        faster(0),
        faster(1),
        used[ROUNDS / 2],
    );
    Ok(one.findings)
}

/// Writes a workspace whose packages are these, as if they used framealloc.
fn workspace(folder: &Path, packages: &[&Package]) -> Result<(), Error> {
    let mut members = Vec::new();
    for (number, package) in packages.iter().enumerate() {
        let Some(root) = library(package) else { continue };
        let known =
            |name: &str| packages.iter().position(|other| *other.name == *name && library(other).is_some());
        let mut manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.{number}\"\nedition = \"2024\"\n[lib]\npath = {root:?}\n[dependencies]\nframealloc = \"*\"\n",
            package.name
        );
        let mut names: Vec<&str> = package.dependencies.iter().map(|dependency| &*dependency.name).collect();
        names.sort_unstable();
        names.dedup();
        for name in names.into_iter().filter(|name| *name != &**package.name) {
            if let Some(other) = known(name) {
                writeln!(manifest, "{name} = {{ path = \"../m{other}\" }}")?;
            }
        }
        let member = format!("m{number}");
        std::fs::create_dir(folder.join(&member))?;
        std::fs::write(folder.join(&member).join("Cargo.toml"), manifest)?;
        members.push(member);
    }
    let root = format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n");
    Ok(std::fs::write(folder.join("Cargo.toml"), root)?)
}

/// What a process said: numbers, and what was found.
struct Said {
    first: String,
    findings: String,
}

impl Said {
    /// All that the first line holds.
    fn numbers<const COUNT: usize>(&self) -> Option<[u64; COUNT]> {
        let numbers: Option<Vec<u64>> = self.first.split(' ').map(|number| number.parse().ok()).collect();
        numbers?.try_into().ok()
    }
}

fn in_process(what: &str, folder: &Path, threads: Option<&str>) -> Result<Said, Error> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(what).arg(folder);
    if let Some(threads) = threads {
        command.env("RAYON_NUM_THREADS", threads);
    }
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let text = String::from_utf8(output.stdout)?;
    let (first, findings) = text.split_once('\n').unwrap_or((&text, ""));
    Ok(Said { first: first.to_owned(), findings: findings.to_owned() })
}

fn selection(folder: &Path) -> Selection {
    let manifest_path = Some(PathBuf::from(folder).join("Cargo.toml"));
    Selection { manifest_path, workspace: true, tests: true, ..Selection::default() }
}

/// Says how long all of it takes on the wall, for texts in memory: without cargo and the disk. Then the same of parsing the
/// files with `syn`, which threads have nothing to do with each other for: what this machine gives. And what the first has
/// used of processors, which tells how long threads waited for each other whatever else the machine does.
fn clock(folder: &Path) -> Result<(), Error> {
    let loaded = load(&selection(folder)).map_err(|problem| problem.message)?;
    let roots = loaded.crates.iter().filter_map(|krate| krate.modules.first());
    let mut root = String::new();
    for (number, module) in roots.enumerate() {
        writeln!(root, "#[path = {:?}] mod m{number};", loaded.files.get(module.file).path)?;
    }
    let mut texts = vec![("root.rs".to_owned(), root)];
    texts.extend(loaded.files.iter().map(|file| (file.path.display().to_string(), file.text.to_string())));
    drop(loaded);
    let files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (&**path, &**text)).collect();
    let (begun, used) = (Instant::now(), processor()?);
    let program = Program::build(load_files(&files, true));
    check(&program);
    let (ours, used) = (begun.elapsed().as_millis(), processor()? - used);
    let begun = Instant::now();
    files.par_iter().for_each(|(_, text)| {
        drop(syn::parse_file(text));
        proc_macro2::extra::invalidate_current_thread_spans();
    });
    println!("{ours} {} {used}", begun.elapsed().as_millis());
    Ok(())
}

fn check(program: &Program) -> Vec<Finding> {
    let mut found = Vec::new();
    for lint in LINTS {
        (lint.check)(program, &LintOptions::default(), &mut found);
    }
    found
}

fn measure(folder: &Path) -> Result<(), Error> {
    let at_begin = processor()?;
    let program = Program::build(load(&selection(folder)).map_err(|problem| problem.message)?);
    let found = check(&program);
    let (ours, most) = (processor()? - at_begin, peak()?);
    let at_begin = processor()?;
    for file in program.files.iter() {
        drop(syn::parse_file(&file.text));
        proc_macro2::extra::invalidate_current_thread_spans();
    }
    let syn = processor()? - at_begin;
    let lines: u32 = program.files.iter().map(|file| file.line_count()).sum();
    println!("{lines} {} {syn} {ours} {most}", program.functions().count());
    for finding in &found {
        let file = program.files.get(finding.primary.span.file);
        let line = file.line_column(finding.primary.span.start).0;
        let (code, confidence) = (finding.lint.code, finding.confidence);
        println!("  {}:{line}: {code} {confidence:?} {}", file.display, finding.message);
    }
    Ok(())
}

/// What this process has used of processors, in milliseconds; to ten of them.
fn processor() -> Result<u64, Error> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    Ok(ticks.sum::<Result<u64, _>>()? * 10)
}

/// The most memory that it ever had, in KiB.
fn peak() -> Result<u64, Error> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    Ok(line.split_whitespace().next().unwrap_or("0").parse()?)
}
