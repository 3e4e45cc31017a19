//! JUnit's XML against its schema. A checker for the part of XML Schema that the file uses: elements by name, what they
//! hold in which order, attributes and whether they must be there.

use std::path::Path;

use roxmltree::{Document, Node};

use super::rendered;
use crate::report::Format;

const XS: &str = "http://www.w3.org/2001/XMLSchema";

pub(super) fn assert_junit(text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/junit-10.xsd");
    let schema = std::fs::read_to_string(path).unwrap();
    let schema = Document::parse(&schema).unwrap();
    let document = Document::parse(text).unwrap();
    let mut problems = Vec::new();
    check(&schema, document.root_element(), &mut problems);
    assert!(problems.is_empty(), "{problems:#?}");
}

fn parts<'a>(node: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(move |child| child.has_tag_name((XS, name)))
}

/// Looks the declaration of an element up at the top of the schema, where all of them are.
fn check<'a>(schema: &'a Document<'a>, element: Node<'a, 'a>, problems: &mut Vec<String>) {
    let name = element.tag_name().name();
    let declared =
        parts(schema.root_element(), "element").find(|found| found.attribute("name") == Some(name));
    let Some(declared) = declared else {
        problems.push(format!("there is no element `{name}`"));
        return;
    };
    let Some(kind) = parts(declared, "complexType").next() else { return };
    let attributes: Vec<Node<'_, '_>> = parts(kind, "attribute").collect();
    for given in element.attributes() {
        if !attributes.iter().any(|known| known.attribute("name") == Some(given.name())) {
            problems.push(format!("`{name}` has no attribute `{}`", given.name()));
        }
        if given.name() == "time" && given.value().parse::<f64>().is_err() {
            problems.push(format!("`{}` is not a time", given.value()));
        }
    }
    for known in attributes.iter().filter(|known| known.attribute("use") == Some("required")) {
        let wanted = known.attribute("name").unwrap();
        if !element.has_attribute(wanted) {
            problems.push(format!("`{name}` lacks `{wanted}`"));
        }
    }
    let allowed: Vec<&str> = kind
        .descendants()
        .filter(|node| node.has_tag_name((XS, "element")))
        .filter_map(|node| node.attribute("ref"))
        .collect();
    for child in element.children() {
        if child.is_element() && !allowed.contains(&child.tag_name().name()) {
            problems.push(format!("`{name}` holds no `{}`", child.tag_name().name()));
        } else if child.is_element() {
            check(schema, child, problems);
        } else if child.is_text()
            && kind.attribute("mixed") != Some("true")
            && !child.text().unwrap().trim().is_empty()
        {
            problems.push(format!("`{name}` holds no text"));
        }
    }
}

#[test]
fn junit_is_what_its_schema_says() {
    assert_junit(&rendered(Format::Junit));
}

#[test]
fn the_checker_sees_what_is_wrong() {
    let wrong = |from: &str, to: &str| {
        let text = rendered(Format::Junit).replacen(from, to, 1);
        std::panic::catch_unwind(|| assert_junit(&text)).is_err()
    };
    assert!(!wrong("", ""));
    assert!(wrong("<testcase name=", "<testcase nam="));
    assert!(wrong("classname=", "class="));
    assert!(wrong("</failure>", "</failure>text"));
    assert!(wrong("<testcase", "<case/><testcase"));
}
