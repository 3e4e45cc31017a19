//! The report as SARIF 2.1.0, as code scanning on GitHub reads it: rules with their help, paths from the root of the
//! repository, fingerprints that stay when lines move.

mod model;

use super::diagnostic::{Diagnostic, Note, Place, Report, Rewrite};
use crate::lint::declare::Lint;
use crate::lint::level::Level;
use crate::lint::page;
use crate::lint::registry::Registry;
use model::{
    ArtifactChange, ArtifactLocation, Configuration, Content, Driver, Fingerprints, Fix, Help, Invocation,
    Location, Log, Message, Notification, PhysicalLocation, Properties, Region, Replacement, Rule,
    RuleProperties, Run, SarifResult, Tool, UriBase, UriBases,
};

/// More results than this are refused by code scanning.
const MOST: usize = 25_000;

/// The document.
pub fn render(report: &Report, registry: Registry) -> String {
    let mut text = serde_json::to_string_pretty(&log(report, registry)).expect("texts and numbers are JSON");
    text.push('\n');
    text
}

fn log(report: &Report, registry: Registry) -> Log {
    let rules: Vec<&'static Lint> = registry.iter().collect();
    let results = report.diagnostics.iter().take(MOST).map(|found| result(found, &rules)).collect();
    let left_out = report.diagnostics.len().saturating_sub(MOST);
    let notice = (left_out > 0).then(|| Notification {
        level: "warning",
        message: Message::new(format!("{left_out} more findings are left out: {MOST} are the limit")),
    });
    Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "cargo-fa",
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules: rules.iter().copied().map(rule).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: notice.into_iter().collect(),
            }],
            column_kind: "unicodeCodePoints",
            original_uri_base_ids: UriBases {
                root: UriBase { description: Message::new("The root of the workspace.".to_owned()) },
            },
            results,
        }],
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Allow => "none",
        Level::Warn => "warning",
        Level::Deny => "error",
    }
}

fn rule(lint: &'static Lint) -> Rule {
    let page = page::markdown(lint);
    let first =
        page.split("\n\n").next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    Rule {
        id: lint.code,
        name: lint.name,
        short_description: Message::new(lint.summary.to_owned()),
        full_description: Message::new(first),
        default_configuration: Configuration {
            enabled: lint.level != Level::Allow,
            level: level(lint.level.max(Level::Warn)),
        },
        help: Help { text: page.clone(), markdown: page },
        properties: RuleProperties { tags: ["framealloc", lint.group.name()], precision: "high" },
    }
}

fn result(found: &Diagnostic, rules: &[&Lint]) -> SarifResult {
    let message = match found.help.is_empty() {
        true => found.message.clone(),
        false => format!("{}\n\n{}", found.message, found.help),
    };
    SarifResult {
        rule_id: found.lint.code,
        rule_index: rules.iter().position(|rule| rule.code == found.lint.code),
        level: level(found.level),
        message: Message::new(message),
        locations: [location(&found.primary, None)],
        related_locations: found
            .notes
            .iter()
            .enumerate()
            .map(|(id, note)| location(note, Some(id)))
            .collect(),
        partial_fingerprints: Fingerprints {
            line_hash: found.fingerprint.clone(),
            own: found.fingerprint.clone(),
        },
        fixes: found.fix.iter().map(fix).collect(),
        properties: Properties { confidence: found.confidence.name() },
    }
}

fn location(note: &Note, id: Option<usize>) -> Location {
    Location {
        id,
        physical_location: PhysicalLocation {
            artifact_location: artifact(&note.place),
            region: region(&note.place),
        },
        message: (!note.text.is_empty()).then(|| Message::new(note.text.clone())),
    }
}

fn artifact(place: &Place) -> ArtifactLocation {
    ArtifactLocation { uri: uri(&place.file), uri_base_id: "%SRCROOT%" }
}

fn region(place: &Place) -> Region {
    Region {
        start_line: place.line,
        start_column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
    }
}

/// A path is a relative reference: what has a meaning in one is written as its bytes.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

fn fix(fix: &Rewrite) -> Fix {
    let files = fix.replacements.chunk_by(|a, b| a.place.file == b.place.file);
    let change = |edits: &'_ [super::diagnostic::Replacement]| ArtifactChange {
        artifact_location: artifact(&edits[0].place),
        replacements: edits
            .iter()
            .map(|edit| Replacement {
                deleted_region: region(&edit.place),
                inserted_content: (!edit.text.is_empty()).then(|| Content { text: edit.text.clone() }),
            })
            .collect(),
    };
    Fix { description: Message::new(fix.title.clone()), artifact_changes: files.map(change).collect() }
}
