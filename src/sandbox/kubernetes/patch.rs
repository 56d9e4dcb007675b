//! Patches: merging, by operations, strategic, and applying a declaration.
//!
//! <https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply>

use axum::response::Response;
use serde_json::{Map, Value, json};

use super::apply::{self, Force};
use super::call::Call;
use super::change::{self, Owned, existing, transact, writer};
use super::failure::{Cause, Failure};
use super::kind::Origin;
use super::strategic;
use crate::sandbox::Transaction;

const MERGE: &str = "application/merge-patch+json";
const STRATEGIC: &str = "application/strategic-merge-patch+json";
const OPERATIONS: &str = "application/json-patch+json";
const APPLY: &str = "application/apply-patch+yaml";

pub(super) fn patch(call: &Call<'_>) -> Result<Response, Failure> {
    let run = call.run(None)?;
    if call.media() == APPLY {
        let declared = declaration(call)?;
        return transact(call, run, |tx| applied(call, tx, declared));
    }
    let sent = call.sent()?;
    transact(call, run, |tx| {
        let found = existing(call, tx)?;
        let scales = call.objects.below.as_deref() == Some("scale");
        let before = if scales { change::scale(&found.object) } else { found.object.clone() };
        let after = patched(call, &before, &sent)?;
        if scales {
            let scaled = change::scaled(&found.object, &after);
            let after = change::update(call, tx, &found, scaled, &Owned::ByWriter)?;
            return Ok((200, change::scale(&after)));
        }
        Ok((200, change::update(call, tx, &found, after, &Owned::ByWriter)?))
    })
}

fn patched(call: &Call<'_>, before: &Value, sent: &Value) -> Result<Value, Failure> {
    let mut after = before.clone();
    match call.media() {
        MERGE => merge(&mut after, sent),
        OPERATIONS => operate(&mut after, sent)?,
        STRATEGIC if call.kind.origin == Origin::BuiltIn => strategic::merge(&mut after, sent)?,
        _ => {
            let message = format!(
                "the body of the request was in an unknown format - accepted media types include: \
                 {OPERATIONS}, {MERGE}, {APPLY}"
            );
            return Err(Failure::media(message));
        }
    }
    Ok(after)
}

/// <https://www.rfc-editor.org/rfc/rfc7396>
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(into) = target.as_object_mut() else { return };
    for (name, value) in fields {
        if value.is_null() {
            into.remove(name);
        } else {
            merge(into.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

/// <https://www.rfc-editor.org/rfc/rfc6902>
fn operate(target: &mut Value, patch: &Value) -> Result<(), Failure> {
    let Some(operations) = patch.as_array() else {
        return Err(Failure::bad_request("a JSON patch is a list of operations"));
    };
    operations.iter().try_for_each(|operation| {
        operate_once(target, operation).ok_or_else(|| {
            let message = "the server rejected our request due to an error in our request";
            Failure::unprocessable(message)
        })
    })
}

fn operate_once(target: &mut Value, operation: &Value) -> Option<()> {
    let path = operation["path"].as_str()?;
    let value = operation.get("value").cloned();
    match operation["op"].as_str()? {
        "add" => put(target, path, value?),
        "replace" => {
            *target.pointer_mut(path)? = value?;
            Some(())
        }
        "remove" => take(target, path).map(|_| ()),
        "test" => (target.pointer(path)? == &value?).then_some(()),
        "copy" => {
            let value = target.pointer(operation["from"].as_str()?)?.clone();
            put(target, path, value)
        }
        "move" => {
            let value = take(target, operation["from"].as_str()?)?;
            put(target, path, value)
        }
        _ => None,
    }
}

/// The thing that holds what a pointer is to, and its name there.
fn holder<'v>(target: &'v mut Value, path: &str) -> Option<(&'v mut Value, String)> {
    let (way, last) = path.rsplit_once('/')?;
    Some((target.pointer_mut(way)?, last.replace("~1", "/").replace("~0", "~")))
}

fn put(target: &mut Value, path: &str, value: Value) -> Option<()> {
    let (holder, name) = holder(target, path)?;
    match holder {
        Value::Object(fields) => _ = fields.insert(name, value),
        Value::Array(items) => {
            let at = if name == "-" { items.len() } else { name.parse().ok()? };
            (at <= items.len()).then(|| items.insert(at, value))?;
        }
        _ => return None,
    }
    Some(())
}

fn take(target: &mut Value, path: &str) -> Option<Value> {
    let (holder, name) = holder(target, path)?;
    match holder {
        Value::Object(fields) => fields.remove(&name),
        Value::Array(items) => {
            let at = name.parse::<usize>().ok()?;
            (at < items.len()).then(|| items.remove(at))
        }
        _ => None,
    }
}

/// What is applied: JSON or YAML.
fn declaration(call: &Call<'_>) -> Result<Value, Failure> {
    let bad = |error: String| Failure::bad_request(format!("error decoding YAML: {error}"));
    let text = std::str::from_utf8(&call.body).map_err(|error| bad(error.to_string()))?;
    let declared: Value = serde_saphyr::from_str(text).map_err(|error| bad(error.to_string()))?;
    if call.parameter("fieldManager").is_empty() {
        let cause = Cause::required("fieldManager", "is required for apply patch");
        return Err(Failure::options("PatchOptions", &[cause]));
    }
    let owners = &declared["metadata"]["managedFields"];
    if owners.as_array().is_some_and(|owners| !owners.is_empty()) {
        return Err(Failure::bad_request("metadata.managedFields must be nil"));
    }
    Ok(declared)
}

fn applied(
    call: &Call<'_>,
    tx: &mut Transaction<'_>,
    mut declared: Value,
) -> Result<(u16, Value), Failure> {
    let found = call.cluster.find(tx, &call.key()?)?;
    if found.is_none() && call.objects.below.is_some() {
        return Err(Failure::not_found(&call.kind, call.name()?));
    }
    super::rule::identity(call, &mut declared)?;
    if let Some(found) = &found {
        super::rule::current(&call.kind, call.name()?, &found.object, &declared)?;
    }
    only_its_part(call, &mut declared);
    let definition = call.cluster.definition(tx, &call.kind)?;
    super::rule::known(call, &mut declared, definition.as_ref())?;
    let shape = apply::shape(definition.as_ref(), &call.kind);
    let nothing = json!({ "metadata": {} });
    let live = found.as_ref().map_or(&nothing, |found| &found.object);
    let force = if call.is_set("force") { Force::Takes } else { Force::Conflicts };
    let object = apply::applied(live, &declared, &shape, &writer(call), force)?;
    match found {
        Some(found) => Ok((200, change::update(call, tx, &found, object, &Owned::Settled)?)),
        None => Ok((201, change::make(call, tx, object, &Owned::Settled)?)),
    }
}

/// Only the part of the declaration that the call is about is applied, without what only the server
/// says.
fn only_its_part(call: &Call<'_>, declared: &mut Value) {
    let Some(fields) = declared.as_object_mut() else { return };
    match call.objects.below.as_deref() {
        Some("status") => fields.retain(|name, _| {
            matches!(name.as_str(), "apiVersion" | "kind" | "metadata" | "status")
        }),
        _ if call.kind.has_status() => _ = fields.remove("status"),
        _ => {}
    }
    let metadata = fields.get_mut("metadata").and_then(Value::as_object_mut);
    if let Some(metadata) = metadata {
        for field in ["resourceVersion", "uid", "creationTimestamp", "generation", "managedFields"]
        {
            metadata.remove(field);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_change_one_after_the_other_or_none_at_all() {
        let mut object = json!({ "a": { "b/c": [1, 2] } });
        let patch = json!([
            { "op": "test", "path": "/a/b~1c/0", "value": 1 },
            { "op": "add", "path": "/a/b~1c/-", "value": 3 },
            { "op": "move", "from": "/a/b~1c/0", "path": "/d" },
            { "op": "replace", "path": "/d", "value": 9 },
        ]);
        operate(&mut object, &patch).unwrap();
        assert_eq!(object, json!({ "a": { "b/c": [2, 3] }, "d": 9 }));
        let wrong = json!([{ "op": "test", "path": "/d", "value": 1 }]);
        assert!(operate(&mut object, &wrong).is_err());
    }

    #[test]
    fn merging_removes_what_is_null() {
        let mut object = json!({ "a": { "b": 1, "c": 2 } });
        merge(&mut object, &json!({ "a": { "b": null, "d": { "e": null } } }));
        assert_eq!(object, json!({ "a": { "c": 2, "d": {} } }));
    }
}
