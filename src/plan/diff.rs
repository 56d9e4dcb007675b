//! The difference between two specs, field by field.

use crate::model::path::join;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Where it stands in the spec, `logging.bucket`.
    pub path: String,
    /// What is there; null when nothing is.
    pub before: Value,
    /// What shall be there; null when nothing shall be.
    pub after: Value,
}

/// The fields that differ, in the order of their names. Maps are compared key by key, lists as
/// a whole. Where one side says null and the other says nothing, both are told as null.
pub(crate) fn diff(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    collect("", Some(before), Some(after), &mut changes);
    changes
}

fn collect(
    path: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    changes: &mut Vec<FieldChange>,
) {
    match (before, after) {
        _ if before == after => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for key in keys {
                collect(&join(path, key), old.get(key), new.get(key), changes);
            }
        }
        _ => changes.push(FieldChange {
            path: path.to_owned(),
            before: before.cloned().unwrap_or_default(),
            after: after.cloned().unwrap_or_default(),
        }),
    }
}

/// The fields of a new object that are not at their default: what a person would have written.
pub(crate) fn told(spec: &Value, defaults: &Map<String, Value>) -> Vec<FieldChange> {
    let Value::Object(fields) = spec else { return Vec::new() };
    let told = fields.iter().filter(|(name, value)| defaults.get(*name) != Some(*value));
    told.map(|(name, value)| FieldChange {
        path: name.clone(),
        before: Value::Null,
        after: value.clone(),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn paths(before: &Value, after: &Value) -> Vec<String> {
        diff(before, after).into_iter().map(|change| change.path).collect()
    }

    #[test]
    fn a_difference_is_named_by_its_path() {
        let before = json!({ "age": 60, "logging": { "bucket": "a", "prefix": "p" } });
        let after = json!({ "age": 60, "logging": { "bucket": "b", "prefix": "p" }, "new": 1 });
        assert_eq!(paths(&before, &after), ["logging.bucket", "new"]);
    }

    #[test]
    fn a_key_with_dots_or_spaces_stands_in_brackets() {
        let before = json!({ "labels": { "app.kubernetes.io/name": "a" }, "sizes": { "8 GB": 1 } });
        assert_eq!(
            paths(&before, &json!({ "labels": {}, "sizes": {} })),
            ["labels[app.kubernetes.io/name]", "sizes[8 GB]"]
        );
    }

    #[test]
    fn null_differs_from_nothing() {
        assert_eq!(paths(&json!({ "a": null }), &json!({})), ["a"]);
    }

    #[test]
    fn a_list_is_compared_as_a_whole() {
        assert_eq!(paths(&json!({ "l": [1, 2] }), &json!({ "l": [2, 1] })), ["l"]);
    }
}
