//! Every file is what `schemas/snapshot-v1.json` says. A checker for the part of JSON Schema that the file uses; it
//! refuses what it does not know, so that nothing passes unseen.

use std::fs;
use std::path::Path;

use framealloc::snapshot::{CallSite, Diagnostic, Location};
use framealloc::{ScratchConfig, SmartAlloc, Snapshot, SnapshotEmitter};
use serde_json::{Value, json};

use super::{Place, as_taken, files, written};
use crate::support::small;

pub(super) fn schema() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/snapshot-v1.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Fails unless `value` is what the schema says.
#[track_caller]
pub(super) fn check(schema: &Value, value: &Value) {
    let mut found = Vec::new();
    visit(schema, schema, value, "$", &mut found);
    assert_eq!(found, [""; 0]);
}

fn visit(root: &Value, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
    let mut wrong = |what: String| found.push(format!("{place}: {what}"));
    let mut deeper: Vec<(&Value, &Value, String)> = Vec::new();
    for (keyword, rule) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "default" | "format" => {}
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                deeper.push((&root["$defs"][name], value, place.to_owned()));
            }
            "type" => {
                let names = rule.as_array().cloned().unwrap_or_else(|| vec![rule.clone()]);
                if !names.iter().any(|name| has_type(value, name.as_str().unwrap())) {
                    wrong(format!("{value} is no {rule}"));
                }
            }
            "const" if rule != value => wrong(format!("{value} is not {rule}")),
            "const" => {}
            "minimum" | "maximum" => {
                let (limit, number) = (rule.as_f64().unwrap(), value.as_f64());
                let holds = |number| if keyword == "minimum" { number >= limit } else { number <= limit };
                if number.is_some_and(|number| !holds(number)) {
                    wrong(format!("{value} exceeds {rule}"));
                }
            }
            "required" => {
                for name in rule.as_array().unwrap() {
                    if value.is_object() && value.get(name.as_str().unwrap()).is_none() {
                        wrong(format!("lacks {name}"));
                    }
                }
            }
            "properties" => {
                for (name, rule) in rule.as_object().unwrap() {
                    deeper.extend(value.get(name).map(|value| (rule, value, format!("{place}.{name}"))));
                }
            }
            "items" => {
                let items = value.as_array().into_iter().flatten().enumerate();
                deeper.extend(items.map(|(index, value)| (rule, value, format!("{place}[{index}]"))));
            }
            "oneOf" | "anyOf" => {
                let fits = |rule: &&Value| {
                    let mut wrong = Vec::new();
                    visit(root, rule, value, place, &mut wrong);
                    wrong.is_empty()
                };
                let count = rule.as_array().unwrap().iter().filter(fits).count();
                if count == 0 || (keyword == "oneOf" && count > 1) {
                    wrong(format!("{value} fits {count} of {rule}"));
                }
            }
            other => wrong(format!("the checker does not know `{other}`")),
        }
    }
    for (schema, value, place) in deeper {
        visit(root, schema, value, &place, found);
    }
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("`{other}`"),
    }
}

/// Has something in every field that the library fills.
fn busy() -> SmartAlloc {
    let alloc = small();
    alloc.enable_behavior_filter();
    alloc.set_thread_pool_budget(1 << 20);
    alloc.set_tag_budget("ai", 64);
    let _ = alloc.snapshot();
    for _ in 0..5 {
        alloc.begin_frame();
        alloc.with_tag("ai", |alloc| {
            let _phase = alloc.phase("plan");
            let _ = alloc.try_frame_slice::<u8>(100);
            alloc.with_tag("ways \"and\" \\means\n", |alloc| drop(alloc.frame_box(1)));
        });
        alloc.end_frame();
        alloc.end_frame();
    }
    alloc
}

#[test]
fn every_file_is_as_the_schema_says() {
    let (place, schema) = (Place::new(), schema());
    let alloc = busy();
    let _scratch = alloc.create_scratch_allocator_with(ScratchConfig::new(64).with_name("s"));
    let full = alloc
        .snapshot()
        .with_call_site(CallSite::new(Location::new("src/main.rs", 1, 2), "frame"))
        .with_diagnostic(Diagnostic::new("mine", "a remark"));
    assert!(full.call_sites.as_ref().is_some_and(|sites| sites.len() > 1 && sites[0].tag.is_some()));
    assert!(full.window.is_some() && full.phases[0].nanoseconds.is_some() && full.diagnostics.len() == 3);
    for snapshot in [Snapshot::new(0), Snapshot::new(u64::MAX), alloc.snapshot(), full] {
        let text = fs::read(written(place.emitter().maybe_emit(&snapshot))).unwrap();
        check(&schema, &serde_json::from_slice(&text).unwrap());
        assert_eq!(as_taken(Snapshot::from_json(&text).unwrap()), snapshot);
    }
    assert_eq!(files(&place.0).len(), 4);
    drop(SnapshotEmitter::new(place.config()));
}

#[test]
fn the_checker_finds_what_is_wrong() {
    let schema = schema();
    let good: Value = serde_json::from_str(&busy().snapshot().to_json()).unwrap();
    let spoil = |change: &dyn Fn(&mut Value)| {
        let mut bad = good.clone();
        change(&mut bad);
        let mut found = Vec::new();
        visit(&schema, &schema, &bad, "$", &mut found);
        found.len()
    };
    assert_eq!(spoil(&|_| ()), 0);
    assert_eq!(spoil(&|json| json["version"] = json!(2)), 1);
    assert_eq!(spoil(&|json| json["frame"] = json!(-1)), 1);
    assert_eq!(spoil(&|json| json["tags"][0]["path"] = json!(7)), 1);
    assert_eq!(spoil(&|json| json["diagnostics"][0]["severity"] = json!("bad")), 1);
    assert_eq!(spoil(&|json| drop(json["threads"][0].as_object_mut().unwrap().remove("name"))), 1);
    assert_eq!(spoil(&|json| json["summary"] = json!([])), 1);
    assert_eq!(spoil(&|json| json["unknown"] = json!({ "x": 1 })), 0, "more is fine");
}

#[test]
fn readers_leave_alone_what_they_do_not_know() {
    fn spread(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.values_mut().for_each(spread);
                fields.insert("a field of tomorrow".to_owned(), json!([{ "deep": null }]));
            }
            Value::Array(items) => items.iter_mut().for_each(spread),
            _ => {}
        }
    }
    let snapshot = busy().snapshot();
    let mut json: Value = serde_json::from_str(&snapshot.to_json()).unwrap();
    spread(&mut json);
    assert_eq!(Snapshot::from_json(json.to_string().as_bytes()).unwrap(), snapshot);
    // A field that is missing is nothing.
    let least =
        Snapshot::from_json(br#"{"version":1,"frame":3,"tags":[{"path":"a"}],"threads":[{}]}"#).unwrap();
    assert_eq!((least.tags[0].bytes, least.threads[0].name.as_str()), (0, ""));
    // A remark of a severity of tomorrow is at least a note.
    let newer = br#"{"version":1,"frame":3,"diagnostics":[{"code":"x","severity":"grave"}]}"#;
    assert_eq!(Snapshot::from_json(newer).unwrap().diagnostics[0].code, "x");
}
