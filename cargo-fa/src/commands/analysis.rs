//! From settings to a report: the one place where loading, checking and judging meet.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use cargo_metadata::Metadata;

use super::failure::Failure;
use super::found::{Found, STACK};
use super::settings::{ConfigSource, Question};
use crate::config::discover;
use crate::config::valid::Config;
use crate::flow::{Past, Program};
use crate::lint::finding::Finding;
use crate::lint::level::Levels;
use crate::lint::nearest::did_you_mean;
use crate::lint::options::LintOptions;
use crate::lint::sink::{Sink, Verdict};
use crate::lints::REGISTRY;
use crate::report::diagnostic::Report;
use crate::source::{self, Disk, FileId, Files, Loaded, Memory, Problem, Span};

/// What came out, and where it is.
#[derive(Debug, Default)]
pub struct Analysis {
    /// What was found.
    pub report: Report,
    /// The folder that the paths in the report begin at.
    pub root: PathBuf,
    /// The folder for what cargo builds.
    pub target: PathBuf,
    /// Whether any package depends on framealloc.
    pub any: bool,
    /// The files that findings may be in; others may have some that were not looked for.
    pub covered: HashSet<String>,
}

/// What one analysis leaves behind for the next.
#[derive(Debug, Default)]
pub struct Before {
    /// The files as they were read.
    pub files: Memory,
    /// The functions, and what flows through them.
    pub functions: Past,
    /// What lints found.
    pub found: Found,
}

impl Before {
    /// For an analysis without a next one.
    pub fn none() -> Self {
        Self { files: Memory::default(), functions: Past::none(), found: Found::none() }
    }
}

/// The packages that go by one configuration.
#[derive(Debug)]
struct Scope {
    config: Config,
    files: Vec<FileId>,
}

/// Analyses what is asked for, in the workspace that cargo described.
///
/// # Errors
///
/// When the configuration or a name in the question is not as it should be.
pub fn run(
    question: &Question,
    metadata: &Metadata,
    before: &mut Before,
    disk: &Disk,
) -> Result<Analysis, Failure> {
    features(question, metadata)?;
    let mut loaded = before.files.load(&question.selection, metadata, disk)?;
    let root = metadata.workspace_root.clone().into_std_path_buf();
    let any = !loaded.crates.is_empty();
    let scopes = scopes(question, &loaded, &root, disk)?;
    // Before the program is built, so that it knows the configurations that findings point into.
    let options: Vec<LintOptions> =
        scopes.iter().map(|scope| scope.config.options(&root, &mut loaded.files)).collect();
    let mut left = loaded.problems.clone();
    let program = Program::build_after(loaded, &mut before.functions);
    let files = &program.files;
    let mut verdicts = Vec::new();
    before.found.begin(scopes.len());
    for (number, (scope, options)) in scopes.iter().zip(&options).enumerate() {
        let levels = question.levels.over(&scope.config.levels);
        let own = Own { scope, files, root: &root };
        let mut found = before.found.check(number, &program, options, &levels);
        found.retain(|finding| own.finding(finding));
        let (mine, others) = left.into_iter().partition(|problem| own.problem(problem));
        left = others;
        let read: Vec<FileId> = scope.files.iter().copied().filter(|file| own.file(*file)).collect();
        verdicts.push(judge(question, files, &levels, &read, found, mine));
    }
    // Those that are left with a place in a file of some scope are in files that are left out.
    let placed = |span: Span| scopes.iter().any(|scope| scope.files.contains(&files.read_as(span.file)));
    left.retain(|problem| !problem.span.is_some_and(placed));
    verdicts.push(judge(question, files, &question.levels, &[], Vec::new(), left));
    let report = Report::new(files, verdicts);
    let covered = files.iter().map(|file| file.display.clone()).collect();
    let target = metadata.target_directory.clone().into_std_path_buf();
    // Nobody waits until it has gone. Where there is no thread for that, it goes here.
    let _ = std::thread::Builder::new().stack_size(STACK).spawn(move || drop(program));
    Ok(Analysis { report, root, target, any, covered })
}

impl Analysis {
    /// Leaves out what is found elsewhere.
    ///
    /// # Errors
    ///
    /// When the file is not among those that findings may be in.
    pub fn only(&mut self, path: &Path) -> Result<(), Failure> {
        let shown = self.shown(path)?;
        self.report.diagnostics.retain(|found| found.primary.place.file == shown);
        self.covered = HashSet::from([shown]);
        Ok(())
    }

    /// The displayed path of a file that somebody named.
    fn shown(&self, path: &Path) -> Result<String, Failure> {
        let absolute = path.canonicalize().map_err(|error| {
            let name = path.display().to_string();
            let hint = did_you_mean(&name, self.covered.iter().map(String::as_str));
            let help = if hint.is_empty() { "name a file of the workspace".to_owned() } else { hint };
            Failure::usage(format!("cannot read `{name}`: {error}"), help)
        })?;
        let same = |file: &&String| {
            let file = self.root.join(file);
            file == absolute || file.canonicalize().is_ok_and(|it| it == absolute)
        };
        self.covered.iter().find(same).cloned().ok_or_else(|| {
            let name = path.strip_prefix(&self.root).unwrap_or(path).display();
            Failure::usage(
                format!("`{name}` is not part of what is analysed"),
                "only modules of packages that depend on framealloc are; `-p` and `--workspace` select packages, \
                 `--tests` adds tests",
            )
        })
    }
}

fn judge(
    question: &Question,
    files: &Files,
    levels: &Levels,
    read: &[FileId],
    found: Vec<Finding>,
    problems: Vec<Problem>,
) -> Verdict {
    let sink = Sink {
        files,
        registry: REGISTRY,
        levels,
        pedantic: question.pedantic,
        tests: question.selection.tests,
    };
    // The parser is asked how far comments reach.
    source::on_deep_stack(|| sink.judge(read, found, problems))
}

/// What of the findings belongs to a configuration.
struct Own<'a> {
    scope: &'a Scope,
    files: &'a Files,
    root: &'a Path,
}

impl Own<'_> {
    fn file(&self, id: FileId) -> bool {
        self.scope.files.contains(&self.files.read_as(id))
            && !self.scope.config.excludes(&self.files.get(id).path, self.root)
    }

    /// In its files, or in the configuration itself.
    fn finding(&self, finding: &Finding) -> bool {
        let id = finding.primary.span.file;
        self.file(id) || Some(&self.files.get(id).path) == self.scope.config.path.as_ref()
    }

    fn problem(&self, problem: &Problem) -> bool {
        problem.span.is_some_and(|span| self.file(span.file))
    }
}

/// Reads the configurations and says which files go by which.
fn scopes(question: &Question, loaded: &Loaded, root: &Path, disk: &Disk) -> Result<Vec<Scope>, Failure> {
    let read = |path: &Path| {
        let shown = path.strip_prefix(root).unwrap_or(path).display().to_string();
        Config::read(path, &shown, REGISTRY, disk).map_err(Failure::Config)
    };
    let mut by_path: BTreeMap<Option<PathBuf>, Vec<FileId>> = BTreeMap::new();
    let mut seen = HashSet::new();
    for one in &loaded.crates {
        let Some(first) = one.modules.first() else { continue };
        let source = &loaded.files.get(first.file).path;
        let path = match &question.config {
            ConfigSource::Isolated => None,
            ConfigSource::File(path) => Some(std::path::absolute(path).unwrap_or_else(|_| path.clone())),
            ConfigSource::Nearest => discover::nearest(package(source, disk), root, |path| disk.has(path)),
        };
        let files = one.modules.iter().map(|module| module.file).filter(|file| seen.insert(*file));
        by_path.entry(path).or_default().extend(files);
    }
    // A mistake in a file that was named is told even when nothing goes by it.
    if let (true, ConfigSource::File(path)) = (by_path.is_empty(), &question.config) {
        read(path)?;
    }
    let scope = |(path, files): (Option<PathBuf>, Vec<FileId>)| {
        let config = path.as_deref().map(read).transpose()?.unwrap_or_default();
        Ok(Scope { config, files })
    };
    by_path.into_iter().map(scope).collect()
}

/// The folder of the package that a file belongs to.
fn package<'a>(source: &'a Path, disk: &Disk) -> &'a Path {
    let folder = source.ancestors().skip(1).find(|folder| disk.has(&folder.join("Cargo.toml")));
    folder.or(source.parent()).unwrap_or(source)
}

/// Refuses features that no package has.
fn features(question: &Question, metadata: &Metadata) -> Result<(), Failure> {
    let packages = metadata.workspace_packages();
    let known: Vec<&str> =
        packages.iter().flat_map(|package| package.features.keys().map(String::as_str)).collect();
    let chosen = question.selection.features.iter().flat_map(|chosen| &chosen.names);
    for feature in chosen {
        let name = feature.rsplit('/').next().unwrap_or(feature);
        if !known.contains(&name) {
            let hint = did_you_mean(name, known.iter().copied());
            let help = if hint.is_empty() { "see `[features]` in its Cargo.toml".to_owned() } else { hint };
            return Err(Failure::usage(format!("no package here has a feature `{name}`"), help));
        }
    }
    Ok(())
}
