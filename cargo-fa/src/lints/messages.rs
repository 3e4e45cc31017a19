//! Messages read alike: a fragment that begins small and does not end with a stop, since every format puts something of
//! its own before and behind it.

use super::LINTS;
use super::testing::find_files;
use crate::lint::declare::Group;
use crate::lint::finding::Finding;
use crate::lint::options::LintOptions;
use crate::lint::page;

/// What is wrong with the texts of a finding.
fn problems(finding: &Finding) -> Vec<String> {
    let labels = finding.labels.iter().chain([&finding.primary]).map(|label| label.text.as_str());
    let fix = finding.fix.iter().map(|fix| fix.title.as_str());
    let mut problems = Vec::new();
    for text in labels.chain(fix).chain([finding.message.as_str(), finding.help.as_str()]) {
        // The name of a type begins large, in code quotes.
        if text.starts_with(char::is_uppercase) || text.ends_with(['.', '!']) || text.trim() != text {
            problems.push(format!("{}: `{text}`", finding.lint.code));
        }
    }
    if finding.message.is_empty() || finding.message.contains('\n') {
        problems.push(format!("{}: a message is one line", finding.lint.code));
    }
    if finding.help.is_empty() && finding.fix.is_none() {
        problems.push(format!("{}: nothing says what to do", finding.lint.code));
    }
    if finding.item.is_empty() {
        problems.push(format!("{}: without its item, a finding is not recognised", finding.lint.code));
    }
    problems
}

#[test]
fn messages_are_fragments_and_say_what_to_do() {
    let mut found = Vec::new();
    for lint in LINTS.iter().filter(|lint| lint.group != Group::Analyser) {
        for example in page::examples(lint, page::FIRES) {
            let source: String = example
                .lines()
                .map(|line| format!("{}\n", line.strip_prefix("# ").unwrap_or(line)))
                .collect();
            let findings = find_files(lint, &LintOptions::default(), &[("src/lib.rs", &source)]);
            found.extend(findings.iter().flat_map(|(_, finding)| problems(finding)));
        }
    }
    assert_eq!(found, [""; 0]);
}

#[test]
fn what_is_wrong_with_a_message_is_seen() {
    let lint = LINTS.iter().find(|lint| lint.code == "FA601").unwrap();
    let example = page::examples(lint, page::FIRES).remove(0).replace("# use", "use");
    let (_, good) = find_files(lint, &LintOptions::default(), &[("src/lib.rs", &example)]).remove(0);
    assert_eq!(problems(&good), [""; 0]);
    let bad = [
        Finding { message: "A value".to_owned(), ..good.clone() },
        Finding { message: "a value.".to_owned(), ..good.clone() },
        Finding { message: "a\nvalue".to_owned(), ..good.clone() },
        Finding { help: String::new(), fix: None, ..good.clone() },
        Finding { item: String::new(), ..good },
    ];
    assert!(bad.iter().all(|finding| problems(finding).len() == 1));
}
