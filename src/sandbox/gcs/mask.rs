//! Changing only the fields that a mask names.
//!
//! Works on the JSON form of a message, so that every field is treated alike.

use serde_json::{Map, Value};

use crate::sandbox::refusal::Refusal;

/// Copies what `paths` name from `patch` to `target`; both are complete forms of one message.
pub(super) fn merge(target: &mut Value, patch: &Value, paths: &[String]) -> Result<(), Refusal> {
    paths.iter().try_for_each(|path| {
        let unknown = || Refusal::invalid(format!("Invalid field mask path: '{path}'"));
        copy(target, patch, path).ok_or_else(unknown)
    })
}

/// None if there is no such field.
fn copy(target: &mut Value, patch: &Value, path: &str) -> Option<()> {
    if target.is_null() {
        *target = Value::Object(Map::new());
    }
    let target = target.as_object_mut()?;
    if let Some(("labels", key)) = path.split_once('.') {
        return copy_label(target, patch, key);
    }
    match path.split_once('.') {
        None => {
            // An absent message stands for one whose fields all have their default.
            match patch {
                Value::Null => target.remove(path),
                _ => target.insert(path.to_owned(), patch.get(path)?.clone()),
            };
            Some(())
        }
        Some((field, rest)) => {
            let patch = if patch.is_null() { &Value::Null } else { patch.get(field)? };
            let target = target.entry(field).or_insert(Value::Null);
            copy(target, patch, rest)
        }
    }
}

/// Keys of a map are not fields: one that the patch lacks is removed.
fn copy_label(target: &mut Map<String, Value>, patch: &Value, key: &str) -> Option<()> {
    let labels = target.entry("labels").or_insert_with(|| Value::Object(Map::new()));
    let labels = labels.as_object_mut()?;
    match patch.get("labels").and_then(|labels| labels.get(key)) {
        Some(value) => labels.insert(key.to_owned(), value.clone()),
        None => labels.remove(key),
    };
    Some(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(target: Value, patch: Value, path: &str) -> Result<Value, Refusal> {
        let mut target = target;
        merge(&mut target, &patch, &[path.to_owned()])?;
        Ok(target)
    }

    #[test]
    fn a_field_is_replaced_whole() {
        let target = json!({ "labels": { "a": "1" }, "rpo": "x" });
        let patch = json!({ "labels": { "b": "2" }, "rpo": "" });
        let expected = json!({ "labels": { "b": "2" }, "rpo": "x" });
        assert_eq!(merged(target, patch, "labels").unwrap(), expected);
    }

    #[test]
    fn a_label_is_set_or_removed_alone() {
        let target = json!({ "labels": { "a": "1", "b": "2" } });
        let patch = json!({ "labels": { "a": "9" } });
        let set = merged(target.clone(), patch.clone(), "labels.a").unwrap();
        assert_eq!(set, json!({ "labels": { "a": "9", "b": "2" } }));
        let removed = merged(target, patch, "labels.b").unwrap();
        assert_eq!(removed, json!({ "labels": { "a": "1" } }));
    }

    #[test]
    fn a_nested_field_leaves_its_neighbours() {
        let target =
            json!({ "iam_config": { "uniform": { "enabled": false }, "prevention": "x" } });
        let patch = json!({ "iam_config": { "uniform": { "enabled": true }, "prevention": "" } });
        let expected =
            json!({ "iam_config": { "uniform": { "enabled": true }, "prevention": "x" } });
        assert_eq!(merged(target, patch, "iam_config.uniform.enabled").unwrap(), expected);
    }

    #[test]
    fn a_field_of_an_absent_message_goes_back_to_its_default() {
        let target = json!({ "versioning": { "enabled": true } });
        let patch = json!({ "versioning": null });
        assert_eq!(
            merged(target, patch, "versioning.enabled").unwrap(),
            json!({ "versioning": {} })
        );
    }

    #[test]
    fn an_unknown_field_is_refused() {
        let refusal = merged(json!({ "rpo": "" }), json!({ "rpo": "" }), "colour").unwrap_err();
        assert_eq!(refusal.message, "Invalid field mask path: 'colour'");
    }
}
