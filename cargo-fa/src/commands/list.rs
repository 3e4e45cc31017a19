//! `cargo fa list`.

use std::fmt::Write as _;

use serde::Serialize;

use super::args::ListFormat;
use super::failure::Failure;
use super::output;
use crate::exit::Exit;
use crate::lint::declare::{Group, Lint};
use crate::lint::nearest::did_you_mean;
use crate::lints::REGISTRY;

#[derive(Debug, Serialize)]
struct Entry {
    code: &'static str,
    name: &'static str,
    category: &'static str,
    level: &'static str,
    summary: &'static str,
    explanation: String,
}

/// Prints the lints, or those of one category.
///
/// # Errors
///
/// When there is no such category.
pub fn run(category: Option<&str>, format: ListFormat) -> Result<Exit, Failure> {
    let group = category.map(group).transpose()?;
    let lints = || REGISTRY.iter().filter(|lint| group.is_none_or(|group| lint.group == group));
    let text = match format {
        ListFormat::Human => table(lints()),
        ListFormat::Json => {
            let entries: Vec<Entry> = lints().map(entry).collect();
            format!("{}\n", serde_json::to_string_pretty(&entries).expect("texts are JSON"))
        }
    };
    output::write(&text, None)?;
    Ok(Exit::Clean)
}

fn group(word: &str) -> Result<Group, Failure> {
    let lower = word.to_lowercase();
    let found =
        Group::ALL.into_iter().find(|group| lower == group.name() || Some(lower.as_str()) == group.option());
    found.ok_or_else(|| {
        let names = Group::ALL.map(Group::name);
        let hint = did_you_mean(word, names);
        let help = if hint.is_empty() { format!("there are {}", names.join(", ")) } else { hint };
        Failure::usage(format!("there is no category `{word}`"), help)
    })
}

fn entry(lint: &'static Lint) -> Entry {
    Entry {
        code: lint.code,
        name: lint.name,
        category: lint.group.name(),
        level: lint.level.name(),
        summary: lint.summary,
        explanation: crate::lint::page::markdown(lint),
    }
}

fn table(lints: impl Iterator<Item = &'static Lint>) -> String {
    let mut text = String::new();
    for lint in lints {
        let level = lint.level.name();
        let _ = writeln!(
            text,
            "{}  {:12}  {level:5}  {:26}  {}",
            lint.code,
            lint.group.name(),
            lint.name,
            lint.summary
        );
    }
    text
}
