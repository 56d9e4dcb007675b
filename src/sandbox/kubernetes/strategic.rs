//! Strategic merge patches: like merging, with lists of built-in types merged by their keys.
//!
//! <https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md>

use serde_json::{Map, Value};

use super::apply::{List, Shape};
use super::failure::Failure;

/// Merges a patch into an object of a built-in type.
pub(super) fn merge(target: &mut Value, patch: &Value) -> Result<(), Failure> {
    objects(target, patch, &Shape::root(None, false), true)
}

fn objects(target: &mut Value, patch: &Value, shape: &Shape<'_>, top: bool) -> Result<(), Failure> {
    let Some(fields) = patch.as_object() else {
        *target = patch.clone();
        return Ok(());
    };
    match fields.get("$patch").and_then(Value::as_str) {
        None | Some("merge") => {}
        Some("replace") => {
            *target = Value::Object(plain(fields));
            return Ok(());
        }
        Some("delete") => {
            *target = Value::Object(Map::new());
            return Ok(());
        }
        Some(other) => {
            return Err(Failure::bad_request(format!("unknown patch type {other:?} found")));
        }
    }
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(into) = target.as_object_mut() else { return Ok(()) };
    for (name, value) in fields {
        match name.split_once('/') {
            Some(("$deleteFromPrimitiveList", list)) => without(into, list, value),
            // The order of items is nothing that anybody here goes by.
            Some(("$setElementOrder", _)) => {}
            _ if name == "$retainKeys" => {
                let kept = value.as_array().cloned().unwrap_or_default();
                into.retain(|name, _| kept.iter().any(|it| it == name));
            }
            _ if name.starts_with('$') => {}
            _ if value.is_null() => _ = into.remove(name),
            _ => {
                let inner = into.entry(name.clone()).or_insert(Value::Null);
                one(inner, value, &shape.field(name, top))?;
            }
        }
    }
    Ok(())
}

fn one(target: &mut Value, patch: &Value, shape: &Shape<'_>) -> Result<(), Failure> {
    match (patch, shape.list()) {
        (Value::Object(_), _) => objects(target, patch, shape, false),
        (Value::Array(items), List::Keyed(keys)) => {
            let mut into = match target.take() {
                Value::Array(into) => into,
                _ => Vec::new(),
            };
            // A patch tells items apart by the first key only.
            let key = keys.first().map_or("name", String::as_str);
            items.iter().try_for_each(|item| keyed(&mut into, item, key, shape))?;
            *target = Value::Array(into);
            Ok(())
        }
        (Value::Array(items), List::Set) => {
            let mut into = target.as_array().cloned().unwrap_or_default();
            into.extend(items.iter().filter(|it| !into.contains(it)).cloned().collect::<Vec<_>>());
            *target = Value::Array(into);
            Ok(())
        }
        _ => {
            *target = patch.clone();
            Ok(())
        }
    }
}

fn keyed(into: &mut Vec<Value>, item: &Value, key: &str, shape: &Shape<'_>) -> Result<(), Failure> {
    let Some(value) = item.get(key) else {
        if item["$patch"] == "replace" {
            into.clear();
            return Ok(());
        }
        let message = format!("map: {item} does not contain declared merge key: {key}");
        return Err(Failure::unprocessable(&message));
    };
    let at = into.iter().position(|it| it.get(key) == Some(value));
    match (at, item["$patch"].as_str()) {
        (Some(at), Some("delete")) => _ = into.remove(at),
        (None, Some("delete")) => {}
        (Some(at), _) => objects(&mut into[at], item, &shape.item(), false)?,
        (None, _) => {
            let mut new = Value::Null;
            objects(&mut new, item, &shape.item(), false)?;
            into.push(new);
        }
    }
    Ok(())
}

/// What a patch says without its directives.
fn plain(fields: &Map<String, Value>) -> Map<String, Value> {
    let said = fields.iter().filter(|(name, _)| !name.starts_with('$'));
    said.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn without(into: &mut Map<String, Value>, list: &str, values: &Value) {
    let gone = values.as_array().cloned().unwrap_or_default();
    if let Some(items) = into.get_mut(list).and_then(Value::as_array_mut) {
        items.retain(|item| !gone.contains(item));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn containers_are_merged_by_name_and_can_be_taken_out() {
        let mut object = json!({ "spec": { "containers": [
            { "name": "a", "image": "1", "args": ["x"] }, { "name": "b", "image": "1" },
        ] } });
        let patch = json!({ "spec": {
            "$setElementOrder/containers": [{ "name": "a" }],
            "containers": [{ "name": "a", "image": "2" }, { "name": "b", "$patch": "delete" }],
        } });
        merge(&mut object, &patch).unwrap();
        let left = json!([{ "name": "a", "image": "2", "args": ["x"] }]);
        assert_eq!(object["spec"]["containers"], left);
    }

    #[test]
    fn lists_without_keys_are_replaced_and_null_removes() {
        let mut object =
            json!({ "spec": { "template": { "spec": { "tolerations": [1], "x": 1 } } } });
        let patch =
            json!({ "spec": { "template": { "spec": { "tolerations": [2], "x": null } } } });
        merge(&mut object, &patch).unwrap();
        assert_eq!(object["spec"]["template"]["spec"], json!({ "tolerations": [2] }));
    }
}
