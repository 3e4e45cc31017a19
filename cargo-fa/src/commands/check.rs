//! `cargo fa`, `cargo fa check` and `cargo fa show FILE`.

use super::analysis::{self, Analysis};
use super::baseline;
use super::failure::Failure;
use super::fix;
use super::output;
use super::progress::Progress;
use super::settings::{Fixing, Settings};
use super::watch;
use crate::exit::Exit;
use crate::lint::level::Level;
use crate::lints::REGISTRY;
use crate::report::diagnostic::Report;
use crate::report::{self, Format};

/// Analyses and reports.
///
/// # Errors
///
/// When nothing could be analysed.
pub fn run(settings: &Settings) -> Result<Exit, Failure> {
    if settings.watch {
        return watch::run(settings, || once(settings).map(|(exit, analysis)| (exit, analysis.root)));
    }
    once(settings).map(|(exit, _)| exit)
}

fn once(settings: &Settings) -> Result<(Exit, Analysis), Failure> {
    // Before the work, so that a mistake in it costs nobody the time.
    let known = settings.baseline.as_deref().map(baseline::read).transpose()?;
    let analyse = || {
        let progress = Progress::begin("    Analysing ...");
        let mut analysis = analysis::run(settings)?;
        drop(progress);
        if let Some(known) = &known {
            known.apply(&mut analysis, &settings.levels, REGISTRY);
        }
        analysis.report.diagnostics.retain(|found| found.level >= settings.least);
        Ok::<_, Failure>(analysis)
    };
    if let Some(path) = &settings.write_baseline {
        let analysis = analysis::run(settings)?;
        baseline::write(path, &analysis.report)?;
        return Ok((Exit::Clean, analysis));
    }
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
