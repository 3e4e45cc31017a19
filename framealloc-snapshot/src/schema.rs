//! The schema in `schemas/` is that of the types.

use std::path::{Path, PathBuf};

use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::snapshot::Snapshot;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/snapshot-v1.json")
}

/// As files are written: what is always there is required.
fn generated() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema: Value = generator.into_root_schema_for::<Snapshot>().to_value();
    schema["properties"]["version"] = serde_json::json!({
        "description": "The version of the schema: 1.",
        "const": crate::VERSION,
    });
    let mut text = serde_json::to_string_pretty(&schema).unwrap();
    text.push('\n');
    text
}

#[test]
fn the_schema_is_that_of_the_types() {
    let kept = std::fs::read_to_string(path()).unwrap_or_default();
    assert!(
        kept == generated(),
        "schemas/snapshot-v1.json is out of date: run\n  \
         cargo test --package framealloc-snapshot write_the_schema -- --ignored\n\
         and see in the crate's documentation how the schema may change"
    );
}

#[test]
#[ignore = "writes the file"]
fn write_the_schema() {
    std::fs::write(path(), generated()).unwrap();
}

#[test]
fn no_reader_is_told_to_refuse_what_it_does_not_know() {
    assert!(!generated().contains("additionalProperties"));
}
