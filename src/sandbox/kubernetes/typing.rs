//! Values that are of another type than their field, as far as the sandbox knows which that is.

use serde_json::Value;

use super::kind::{Origin, Type};

/// Maps whose entries are texts, wherever they are in a built-in type.
const TEXTS: &[&str] = &["labels", "annotations", "stringData", "nodeSelector", "matchLabels"];

/// Fields that are objects.
const OBJECTS: &[&str] =
    &["jobTemplate", "metadata", "names", "roleRef", "rollingUpdate", "spec", "template"];

/// Fields that are numbers.
const NUMBERS: &[&str] = &[
    "activeDeadlineSeconds",
    "backoffLimit",
    "completions",
    "containerPort",
    "minReadySeconds",
    "nodePort",
    "parallelism",
    "progressDeadlineSeconds",
    "replicas",
    "revisionHistoryLimit",
    "terminationGracePeriodSeconds",
];

/// What the server says of a value that is of another type than its field, if one is.
pub(super) fn mistyped(kind: &Type, object: &Value) -> Option<String> {
    if !object.is_object() {
        return Some("json: cannot unmarshal into Go value of an object's type".to_owned());
    }
    let is_said = |name: &str| !object[name].is_null() && !object[name].is_object();
    let fields: &[&str] = match kind.origin {
        Origin::BuiltIn => &["metadata", "spec", "status", "data"],
        Origin::Custom => &["metadata"],
    };
    if let Some(name) = fields.iter().find(|name| is_said(name)) {
        return Some(format!("json: cannot unmarshal into Go struct field .{name} of type map"));
    }
    let metadata = field("metadata", &object["metadata"]);
    if kind.origin == Origin::Custom {
        return metadata;
    }
    if kind.is("", "ConfigMap") || kind.is("", "Secret") {
        let data = object["data"].as_object().into_iter().flatten().map(|(_, value)| value);
        return not_a_text("data", data).or(metadata);
    }
    wrong(object)
}

fn wrong(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) => items.iter().find_map(wrong),
        Value::Object(fields) => fields.iter().find_map(|(name, value)| field(name, value)),
        _ => None,
    }
}

fn field(name: &str, value: &Value) -> Option<String> {
    let is_map = TEXTS.contains(&name) || OBJECTS.contains(&name);
    match value {
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Array(_) if is_map => {
            Some(format!("json: cannot unmarshal into Go struct field .{name} of type map"))
        }
        Value::Object(entries) if TEXTS.contains(&name) => not_a_text(name, entries.values()),
        Value::String(_) if NUMBERS.contains(&name) => Some(format!(
            "json: cannot unmarshal string into Go struct field .{name} of type int32"
        )),
        value => wrong(value),
    }
}

fn not_a_text<'v>(field: &str, mut values: impl Iterator<Item = &'v Value>) -> Option<String> {
    let wrong = values.find(|value| !value.is_string() && !value.is_null())?;
    let kind = match wrong {
        Value::Number(_) => "number",
        Value::Bool(_) => "bool",
        Value::Array(_) => "array",
        _ => "object",
    };
    Some(format!("json: cannot unmarshal {kind} into Go struct field .{field} of type string"))
}
