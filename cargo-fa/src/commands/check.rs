//! `cargo fa`, `cargo fa check` and `cargo fa show FILE`.

use super::analysis::Analysis;
use super::baseline;
use super::cache;
use super::failure::Failure;
use super::fix;
use super::output;
use super::progress::Progress;
use super::session::Session;
use super::settings::{Fixing, Settings};
use super::watch;
use crate::exit::Exit;
use crate::lint::level::Level;
use crate::lints::REGISTRY;
use crate::report::diagnostic::Report;
use crate::report::{self, Format};
use crate::source::Disk;

/// Analyses and reports.
///
/// # Errors
///
/// When nothing could be analysed.
pub fn run(settings: &Settings) -> Result<Exit, Failure> {
    let mut session = if settings.watch { Session::default() } else { Session::once() };
    if settings.watch {
        return watch::run(settings, || {
            session.doubt_manifests();
            once(settings, &mut session).map(|(exit, analysis)| (exit, analysis.root))
        });
    }
    once(settings, &mut session).map(|(exit, _)| exit)
}

fn once(settings: &Settings, session: &mut Session) -> Result<(Exit, Analysis), Failure> {
    // Before the work, so that a mistake in it costs nobody the time.
    let known = settings.baseline.as_deref().map(baseline::read).transpose()?;
    let mut all = || {
        let mut analysis = match settings.cached {
            true => cache::analyse(&settings.question, session)?,
            false => session.analyse(&settings.question, &Disk::default())?,
        };
        if let Some(file) = &settings.file {
            analysis.only(file)?;
        }
        Ok::<_, Failure>(analysis)
    };
    if let Some(path) = &settings.write_baseline {
        let analysis = all()?;
        baseline::write(path, &analysis.report)?;
        return Ok((Exit::Clean, analysis));
    }
    let mut analyse = || {
        let progress = Progress::begin("    Analysing ...");
        let mut analysis = all()?;
        drop(progress);
        if let Some(known) = &known {
            known.apply(&mut analysis, &settings.question.levels, REGISTRY);
        }
        analysis.report.diagnostics.retain(|found| found.level >= settings.least);
        Ok::<_, Failure>(analysis)
    };
    let analysis = match settings.fixing {
        Fixing::Apply { allow_dirty, allow_no_vcs } => {
            let first = analyse()?;
            fix::allowed(&first.root, allow_dirty, allow_no_vcs)?;
            fix::apply(first, analyse)?
        }
        Fixing::Diff | Fixing::No => analyse()?,
    };
    let text = match settings.fixing {
        Fixing::Diff => fix::diff(&analysis.report),
        _ => report::render(&analysis.report, settings.format, REGISTRY, settings.color),
    };
    output::write(&text, settings.output.as_deref())?;
    if !analysis.any && settings.format == Format::Human {
        output::to_stderr("note: no package that was selected depends on framealloc\n");
    }
    Ok((exit(settings, &analysis.report), analysis))
}

fn exit(settings: &Settings, report: &Report) -> Exit {
    if report.count(Level::Deny) > 0 && !settings.exit_zero { Exit::Findings } else { Exit::Clean }
}
