//! A checked `.fa.toml`. The tree is walked by hand: derived reading stops at the first thing that is wrong.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{ConfigError, ConfigProblem};
use crate::lint::level::Level;
use crate::lint::nearest::did_you_mean;
use crate::lint::options::{KnownTag, LintOptions, THRESHOLDS, TaggedModules};
use crate::lint::registry::Registry;
use crate::source::{Disk, Files, Span};

/// A tag and where it is written.
type Tag = (String, Range<usize>);

/// What a `.fa.toml` says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Where it is; nowhere is the configuration of those who have none.
    pub path: Option<PathBuf>,
    text: Arc<str>,
    /// The levels that it sets.
    pub levels: Vec<(&'static str, Level)>,
    thresholds: Vec<(&'static str, &'static str, u64)>,
    exclude: GlobSet,
    known: Option<Vec<Tag>>,
    modules: Vec<(Glob, Tag)>,
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, in the order of the file.
    pub fn read(path: &Path, shown: &str, registry: Registry, disk: &Disk) -> Result<Self, ConfigError> {
        let text = disk.read(path).map_err(|error| ConfigError {
            path: shown.to_owned(),
            text: String::new(),
            problems: vec![ConfigProblem {
                range: 0..0,
                message: format!("cannot read the configuration: {error}"),
                help: "name another with `--config`, or none with `--isolated`".to_owned(),
            }],
        })?;
        let mut config = Self::parse(&text, registry).map_err(|problems| ConfigError {
            path: shown.to_owned(),
            text: text.to_string(),
            problems,
        })?;
        config.path = Some(path.to_owned());
        Ok(config)
    }

    /// Checks a text.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn parse(text: &str, registry: Registry) -> Result<Self, Vec<ConfigProblem>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let problems = errors.iter().map(|error| ConfigProblem {
            range: error.span().unwrap_or(0..0),
            message: format!("this is not TOML: {}", error.message()),
            help: String::new(),
        });
        let config = Self { text: Arc::from(text), ..Self::default() };
        let mut reader = Reader { registry, problems: problems.collect(), config };
        reader.file(table.get_ref());
        reader.problems.sort_by_key(|problem| problem.range.start);
        if reader.problems.is_empty() { Ok(reader.config) } else { Err(reader.problems) }
    }

    /// The folder that its globs begin at, for a workspace: its own, or the workspace's if it lies elsewhere.
    fn folder<'a>(&'a self, workspace: &'a Path) -> &'a Path {
        let own = self.path.as_deref().and_then(Path::parent);
        own.filter(|folder| folder.starts_with(workspace)).unwrap_or(workspace)
    }

    /// Whether a file is left out.
    pub fn excludes(&self, file: &Path, workspace: &Path) -> bool {
        file.strip_prefix(self.folder(workspace)).is_ok_and(|inside| self.exclude.is_match(inside))
    }

    /// What it says to the lints. It becomes one of the files, so that findings can point into it.
    pub fn options(&self, workspace: &Path, files: &mut Files) -> LintOptions {
        let file = self.path.as_ref().map(|path| {
            let display = display(path.strip_prefix(workspace).unwrap_or(path));
            files.add(path.clone(), display, self.text.clone())
        });
        let span = |range: &Range<usize>| {
            file.map(|file| Span { file, start: range.start as u32, end: range.end as u32 })
        };
        let mut folder = display(self.folder(workspace).strip_prefix(workspace).unwrap_or(Path::new("")));
        if !folder.is_empty() {
            folder.push('/');
        }
        LintOptions {
            known_tags: self.known.as_ref().map(|known| {
                known.iter().map(|(name, range)| KnownTag { name: name.clone(), span: span(range) }).collect()
            }),
            tag_modules: self
                .modules
                .iter()
                .map(|(glob, (tag, range))| TaggedModules {
                    glob: glob.glob().to_owned(),
                    matcher: glob.compile_matcher(),
                    tag: tag.clone(),
                    span: span(range),
                })
                .collect(),
            folder,
            thresholds: self.thresholds.clone(),
        }
    }
}

fn display(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The entries of a table in the order of the file.
fn entries<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t str, Range<usize>, &'t Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> =
        table.iter().map(|(key, value)| (key.get_ref().as_ref(), key.span(), value)).collect();
    entries.sort_by_key(|(_, range, _)| range.start);
    entries
}

struct Reader {
    registry: Registry,
    problems: Vec<ConfigProblem>,
    config: Config,
}

impl Reader {
    fn problem(&mut self, range: Range<usize>, message: String, help: impl Into<String>) {
        self.problems.push(ConfigProblem { range, message, help: help.into() });
    }

    fn unknown_key(&mut self, key: &str, range: Range<usize>, known: &[&str]) {
        let all = known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let hint = did_you_mean(key, known.iter().copied());
        let help = match (hint.is_empty(), known.is_empty()) {
            (false, _) => hint,
            (true, false) => format!("known here: {all}"),
            (true, true) => "nothing can be set here".to_owned(),
        };
        self.problem(range, format!("unknown key `{key}`"), help);
    }

    fn table<'t, 'i>(&mut self, key: &str, value: &'t Spanned<DeValue<'i>>) -> Option<&'t DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let kind = value.get_ref().type_str();
            self.problem(
                value.span(),
                format!("`{key}` is a table, not a value of type {kind}"),
                format!("write `[{key}]`"),
            );
        }
        table
    }

    fn text<'t>(&mut self, key: &str, value: &'t Spanned<DeValue<'_>>) -> Option<&'t str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            let kind = value.get_ref().type_str();
            self.problem(
                value.span(),
                format!("`{key}` is a string, not a value of type {kind}"),
                "put it in quotes",
            );
        }
        text
    }

    fn texts<'t>(&mut self, key: &str, value: &'t Spanned<DeValue<'_>>) -> Vec<(&'t str, Range<usize>)> {
        let Some(array) = value.get_ref().as_array() else {
            let kind = value.get_ref().type_str();
            self.problem(
                value.span(),
                format!("`{key}` is a list, not a value of type {kind}"),
                format!("write `{key} = [\"..\"]`"),
            );
            return Vec::new();
        };
        array.iter().filter_map(|value| Some((self.text(key, value)?, value.span()))).collect()
    }

    fn file(&mut self, table: &DeTable<'_>) {
        for (key, range, value) in entries(table) {
            match key {
                "global" => self.global(value),
                "lints" => self.lints(value),
                "tags" => self.tags(value),
                _ => self.unknown_key(key, range, &["global", "lints", "tags"]),
            }
        }
    }

    fn global(&mut self, value: &Spanned<DeValue<'_>>) {
        for (key, range, value) in self.table("global", value).map(entries).unwrap_or_default() {
            match key {
                "exclude" => {
                    let mut set = GlobSetBuilder::new();
                    for (text, range) in self.texts(key, value) {
                        // A folder stands for all that is in it.
                        let inside = format!("{}/**", text.trim_end_matches('/'));
                        for text in [text, &inside] {
                            let Some(glob) = self.glob(text, range.clone()) else { break };
                            set.add(glob);
                        }
                    }
                    self.config.exclude = set.build().unwrap_or_default();
                }
                _ => self.unknown_key(key, range, &["exclude"]),
            }
        }
    }

    fn lints(&mut self, value: &Spanned<DeValue<'_>>) {
        for (key, range, value) in self.table("lints", value).map(entries).unwrap_or_default() {
            let Some(lint) = self.registry.lint(key) else {
                let hint = did_you_mean(key, self.registry.names());
                let help =
                    if hint.is_empty() { "`cargo fa list` has the codes of all".to_owned() } else { hint };
                self.problem(range, format!("there is no lint `{key}`"), help);
                continue;
            };
            for (key, range, value) in
                self.table(&format!("lints.{key}"), value).map(entries).unwrap_or_default()
            {
                let threshold = THRESHOLDS.iter().find(|known| known.code == lint.code && known.key == key);
                match (key, threshold) {
                    ("level", _) => {
                        let level = self.level(value);
                        self.config.levels.extend(level.map(|level| (lint.code, level)));
                    }
                    (_, Some(threshold)) => {
                        let number = self.number(key, value);
                        let set = number.map(|number| (threshold.code, threshold.key, number));
                        self.config.thresholds.extend(set);
                    }
                    _ => {
                        let own =
                            THRESHOLDS.iter().filter(|known| known.code == lint.code).map(|known| known.key);
                        let known: Vec<&str> = std::iter::once("level").chain(own).collect();
                        self.unknown_key(key, range, &known);
                    }
                }
            }
        }
    }

    fn level(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Level> {
        let text = self.text("level", value)?;
        let levels = [Level::Allow, Level::Warn, Level::Deny];
        let level = levels.into_iter().find(|level| level.name() == text);
        if level.is_none() {
            let hint = did_you_mean(text, levels.map(Level::name));
            let help =
                if hint.is_empty() { "write \"allow\", \"warn\" or \"deny\"".to_owned() } else { hint };
            self.problem(value.span(), format!("there is no level `{text}`"), help);
        }
        level
    }

    fn number(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<u64> {
        let integer = value.get_ref().as_integer();
        let number = integer
            .and_then(|number| u64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok());
        if number.is_none() {
            self.problem(
                value.span(),
                format!("`{key}` is a whole number from 0"),
                "write it without quotes",
            );
        }
        number
    }

    fn tags(&mut self, value: &Spanned<DeValue<'_>>) {
        for (key, range, value) in self.table("tags", value).map(entries).unwrap_or_default() {
            match key {
                "known" => {
                    let mut known: Vec<Tag> = Vec::new();
                    for (text, range) in self.texts(key, value) {
                        if known.iter().any(|(tag, _)| tag == text) {
                            self.problem(range, format!("the tag `{text}` is listed twice"), "remove one");
                        } else {
                            known.extend(self.tag(text, range));
                        }
                    }
                    self.config.known = Some(known);
                }
                "modules" => {
                    for (glob, range, value) in
                        self.table("tags.modules", value).map(entries).unwrap_or_default()
                    {
                        let glob = self.glob(glob, range);
                        let tag =
                            self.text("tags.modules", value).and_then(|text| self.tag(text, value.span()));
                        self.config.modules.extend(glob.zip(tag));
                    }
                }
                _ => self.unknown_key(key, range, &["known", "modules"]),
            }
        }
    }

    fn tag(&mut self, text: &str, range: Range<usize>) -> Option<Tag> {
        if text.split('/').any(|part| part.trim().is_empty()) {
            let help = "a tag is a name, and a sub-tag names separated by `/`: \"physics/contacts\"";
            self.problem(range, format!("`{text}` is not a tag"), help);
            return None;
        }
        Some((text.to_owned(), range))
    }

    fn glob(&mut self, text: &str, range: Range<usize>) -> Option<Glob> {
        match GlobBuilder::new(text).literal_separator(true).build() {
            Ok(glob) => Some(glob),
            Err(error) => {
                let help = "paths are from the folder of this file, `*` is any name and `**` any folders";
                self.problem(range, format!("`{text}` is not a glob: {}", error.kind()), help);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
