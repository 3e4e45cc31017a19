//! JSON against its schemas: that of the standard for SARIF, and our own, which is that of the types.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::rendered;
use crate::report::{Format, wire};

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file(path)).unwrap()).unwrap()
}

fn assert_valid(schema: &Value, text: &str) {
    let document: Value = serde_json::from_str(text).unwrap();
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

pub(super) fn assert_sarif(text: &str) {
    let mut schema = read("tests/schemas/sarif-2.1.0.json");
    // A bracket in it is not closed, which is a mistake to this reader of regular expressions. Nothing writes a language.
    for part in ["run", "toolComponent"] {
        let language = schema["definitions"][part]["properties"]["language"].as_object_mut().unwrap();
        assert!(language.remove("pattern").is_some());
    }
    assert_valid(&schema, text);
}

#[test]
fn sarif_is_what_the_standard_says() {
    assert_sarif(&rendered(Format::Sarif));
}

#[test]
#[should_panic(expected = "ruleID")]
fn the_standard_refuses_what_it_does_not_know() {
    assert_sarif(&rendered(Format::Sarif).replacen("ruleId", "ruleID", 1));
}

const OWN: &str = "../schemas/cargo-fa-v1.json";

/// As documents are written: what is always there is required.
fn generated() -> String {
    let generator = schemars::generate::SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<wire::Report<'_>>().to_value();
    schema["properties"]["version"] = serde_json::json!({
        "description": "The version of the schema: 1.",
        "const": wire::VERSION,
    });
    let mut text = serde_json::to_string_pretty(&schema).unwrap();
    text.push('\n');
    text
}

#[test]
fn json_is_what_its_schema_says() {
    assert_valid(&read(OWN), &rendered(Format::Json));
}

#[test]
fn the_schema_is_that_of_the_types() {
    let kept = std::fs::read_to_string(file(OWN)).unwrap_or_default();
    assert!(
        kept == generated(),
        "schemas/cargo-fa-v1.json is out of date: run\n  \
         cargo test --package cargo-fa write_the_schema -- --ignored\n\
         and see in `report/wire.rs` how the schema may change"
    );
}

#[test]
#[ignore = "writes the file"]
fn write_the_schema() {
    std::fs::write(file(OWN), generated()).unwrap();
}

#[test]
fn no_reader_is_told_to_refuse_what_it_does_not_know() {
    assert!(!generated().contains("additionalProperties"));
}
