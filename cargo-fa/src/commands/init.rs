//! `cargo fa init`: a `.fa.toml` that explains itself.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::failure::Failure;
use super::output;
use super::settings::Question;
use crate::config::FILE;
use crate::exit::Exit;
use crate::flow::Program;
use crate::lint::options::THRESHOLDS;
use crate::lints::REGISTRY;
use crate::source::{self, Disk, Memory, Selection};

/// Writes the file into the folder of the workspace.
///
/// # Errors
///
/// When there is one and it is not to be overwritten, or when it cannot be written.
pub fn run(question: Question, force: bool) -> Result<Exit, Failure> {
    let disk = Disk::default();
    let selection = Selection { workspace: true, ..question.selection };
    let metadata = source::metadata(selection.manifest_path.as_deref(), &disk)?;
    let path = metadata.workspace_root.as_std_path().join(FILE);
    if path.exists() && !force {
        let message = format!("there is a `{}` already", path.display());
        return Err(Failure::usage(message, "edit it, or overwrite it with `--force`"));
    }
    let loaded = Memory::default().load(&selection, &metadata, &disk)?;
    let tags = opened(&Program::build(loaded));
    output::write(&text(tags.iter().map(String::as_str)), Some(&path))?;
    output::to_stderr(&format!("wrote {}\n", path.display()));
    Ok(Exit::Clean)
}

/// The paths of the tags that a program opens, where the names of all that are open around them are known.
fn opened(program: &Program) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for found in program.tags().uses().iter().filter(|found| found.opens) {
        for stack in &found.outer {
            let parts: Option<Vec<&str>> =
                stack.iter().chain([&found.tag]).map(|tag| tag.as_deref()).collect();
            paths.extend(parts.map(|parts| parts.join("/")));
        }
    }
    paths
}

fn text<'a>(tags: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::from(
        "# What `cargo fa` is told about this project. Every key may be left out.\n\
         \n\
         [global]\n\
         # Files and folders that are not reported on, from the folder of this file. `*` is any name, `**` any folders.\n\
         exclude = []\n\
         \n\
         # The level of a lint: \"allow\", \"warn\" or \"deny\". `cargo fa list` names all of them.\n",
    );
    for lint in REGISTRY.iter() {
        let own: Vec<_> = THRESHOLDS.iter().filter(|threshold| threshold.code == lint.code).collect();
        if own.is_empty() {
            continue;
        }
        let _ = write!(text, "#\n# [lints.{}]\n# level = \"{}\"\n", lint.code, lint.level.name());
        for threshold in own {
            let _ = write!(text, "# # {}\n# {} = {}\n", threshold.summary, threshold.key, threshold.default);
        }
    }
    text.push_str(
        "\n\
         [tags]\n\
         # The tags there are, sub-tags with the tags that they are inside of. With this list, a tag that is not in it is\n\
         # reported (FA802), and so is one in it that nothing uses (FA804).\n",
    );
    let tags: Vec<String> = tags.map(|tag| format!("    {},\n", toml::Value::from(tag))).collect();
    match tags.is_empty() {
        true => text.push_str("# known = [\"physics\", \"physics/contacts\"]\n"),
        false => {
            let _ = write!(text, "known = [\n{}]\n", tags.concat());
        }
    }
    text.push_str(
        "\n\
         [tags.modules]\n\
         # The tag of all that these files allocate (FA801); the first that matches counts.\n\
         # \"src/physics/**\" = \"physics\"\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::config::valid::Config;
    use crate::lints::REGISTRY;
    use crate::source::Files;

    #[test]
    fn what_is_written_can_be_read() {
        let written = text(["physics", "physics/\"odd\""].into_iter());
        let config = Config::parse(&written, REGISTRY).unwrap();
        let known = config.options(std::path::Path::new(""), &mut Files::default()).known_tags.unwrap();
        let names: Vec<_> = known.iter().map(|tag| tag.name.as_str()).collect();
        assert_eq!(names, ["physics", "physics/\"odd\""]);
    }

    #[test]
    fn without_tags_no_tag_is_wrong() {
        let config = Config::parse(&text(std::iter::empty()), REGISTRY).unwrap();
        assert!(config.options(std::path::Path::new(""), &mut Files::default()).known_tags.is_none());
    }

    #[test]
    fn what_is_commented_out_can_be_read_too() {
        let lines = text(std::iter::empty());
        let code = |line: &str| line.contains(" = ") || line.starts_with('[');
        let all: Vec<&str> =
            lines.lines().map(|line| line.trim_start_matches("# ")).filter(|line| code(line)).collect();
        Config::parse(&all.join("\n"), REGISTRY).unwrap();
    }
}
