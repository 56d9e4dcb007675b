//! Operations: they take time, one at a time on each thing, and may fail at their end.
//!
//! <https://cloud.google.com/compute/docs/api/how-tos/api-requests-responses#handling_api_responses>

use http::Method;
use serde_json::{Value, json};

use super::path::Path;
use super::{Asked, record, rule, seed};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Moment, Transaction, World};

const OPERATIONS: &str = "compute/operation/";

/// How many ended operations of a project are remembered.
const KEPT: usize = 50;

/// What an operation does to a thing once it ends.
pub(super) enum Effect {
    /// These fields take the place of those that are there.
    Becomes(Value),
    /// It is gone.
    Goes,
}

/// Begins an operation on a thing, and shows it. A repeated request is not carried out again.
pub(super) fn begin(
    asked: &Asked<'_>,
    tx: &mut Transaction<'_>,
    kind: &str,
    effect: Effect,
) -> Result<Value, Refusal> {
    let Asked { world, path, name, query, .. } = asked;
    forget(tx, &path.project);
    let now = world.clock.now();
    let key = record::key(path, name);
    let number = tx.value("compute/operations").and_then(|it| it.as_u64()).unwrap_or_default() + 1;
    tx.put("compute/operations", json!(number));
    let called = format!("operation-{number:08}");
    let below = format!("projects/{}/{}", path.project, path.scope);
    let mut operation = json!({
        "kind": "compute#operation",
        "id": number.to_string(),
        "name": called,
        "operationType": kind,
        "targetLink": record::link(&path.thing(name)),
        "status": "RUNNING",
        "progress": 0,
        "insertTime": now.rfc3339(),
        "startTime": now.rfc3339(),
        "selfLink": record::link(&format!("{below}/operations/{called}")),
    });
    if let Some((place, _)) = path.scope.split_once('/') {
        operation[place.trim_end_matches('s')] =
            json!(record::link(&format!("projects/{}/{}", path.project, path.scope)));
    }
    let (then, fields) = match effect {
        Effect::Becomes(fields) => ("becomes", fields),
        Effect::Goes => ("goes", Value::Null),
    };
    let request = query.get("requestId").cloned().unwrap_or_default();
    let record = json!({
        "operation": operation, "key": key, "then": then, "fields": fields, "request": request,
        "ends": now.plus(world.behaviour.operation_time).0, "thing": path.thing(name),
    });
    tx.put(format!("{OPERATIONS}{}/{called}", path.project), record);
    Ok(operation)
}

/// The operation that a request has begun before, if it was sent again.
/// <https://cloud.google.com/compute/docs/reference/rest/v1/disks/insert#query-parameters>
pub(super) fn repeated(asked: &Asked<'_>, tx: &Transaction<'_>) -> Option<Value> {
    let request = asked.query.get("requestId")?;
    let mut all = tx.scan(&within(asked.path), "");
    let (_, known) = all.find(|(_, record)| record["request"] == **request)?;
    Some(known["operation"].clone())
}

/// Refuses a change while another is under way on the same thing.
pub(super) fn alone(asked: &Asked<'_>, tx: &Transaction<'_>) -> Result<(), Refusal> {
    let thing = asked.path.thing(asked.name);
    let mut all = tx.scan(&within(asked.path), "");
    let busy = all.any(|(_, it)| it["thing"] == *thing && it["operation"]["status"] != "DONE");
    if busy { Err(rule::not_ready(&thing)) } else { Ok(()) }
}

fn within(path: &Path) -> String {
    format!("{OPERATIONS}{}/", path.project)
}

/// Forgets what ended long ago.
fn forget(tx: &mut Transaction<'_>, project: &str) {
    let all = tx.scan(&format!("{OPERATIONS}{project}/"), "");
    let ended = all.filter(|(_, record)| record["operation"]["status"] == "DONE");
    let ended: Vec<String> = ended.map(|(key, _)| key.to_owned()).collect();
    ended[..ended.len().saturating_sub(KEPT)].iter().for_each(|key| tx.remove(key));
}

/// Lets everything happen whose time has come.
pub(super) fn settle(world: &World) -> Result<(), Refusal> {
    let now = world.clock.now();
    let due = |record: &Value| {
        record["operation"]["status"] != "DONE"
            && record["ends"].as_i64().is_some_and(|end| end <= now.0)
    };
    let any = |view: &Transaction<'_>| view.scan(OPERATIONS, "").any(|(_, it)| due(it));
    if !world.store.read(|view| Ok::<_, Refusal>(any(view)))? {
        return Ok(());
    }
    world.store.transact(|tx| {
        let ended = tx.scan(OPERATIONS, "").filter(|(_, record)| due(record));
        let ended: Vec<(String, Value)> =
            ended.map(|(key, record)| (key.to_owned(), record.clone())).collect();
        ended.into_iter().for_each(|(key, record)| end(tx, now, &key, record));
        Ok(())
    })
}

fn end(tx: &mut Transaction<'_>, now: Moment, key: &str, mut record: Value) {
    let thing = record["key"].as_str().unwrap_or_default().to_owned();
    let operation = &mut record["operation"];
    operation["status"] = json!("DONE");
    operation["progress"] = json!(100);
    operation["endTime"] = json!(now.rfc3339());
    match seed::trouble_of(tx, &thing) {
        Some(trouble) if record["then"] != "goes" => {
            record["operation"]["error"] = json!({ "errors": [trouble["error"]] });
            record["operation"]["httpErrorStatusCode"] = trouble["status"].clone();
            record["operation"]["httpErrorMessage"] = json!("FORBIDDEN");
            // What could not be made is not there.
            if tx.value(&thing).is_some_and(|it| record::is_new(&it)) {
                tx.remove(&thing);
            }
        }
        _ => happen(tx, &thing, &record),
    }
    tx.put(key, record);
}

fn happen(tx: &mut Transaction<'_>, thing: &str, record: &Value) {
    let Some(value) = tx.value(thing) else { return };
    if record["then"] == "goes" {
        return tx.remove(thing);
    }
    let mut value = (*value).clone();
    for (name, field) in record["fields"].as_object().into_iter().flatten() {
        value[name] = field.clone();
    }
    value.as_object_mut().into_iter().for_each(|fields| fields.retain(|_, it| !it.is_null()));
    tx.put(thing, value);
}

/// Looks at operations. Waiting answers at once with how it fares, as the real method may.
pub(super) fn serve(asked: &Asked<'_>, method: &Method) -> Result<Value, Refusal> {
    let Asked { world, path, name, .. } = asked;
    let looks =
        matches!((method.as_str(), path.verb.as_deref()), ("GET", None) | ("POST", Some("wait")));
    if !looks || !path.is_one() {
        return Err(Refusal::unimplemented("the sandbox does not have this method"));
    }
    let found = world
        .store
        .read(|view| Ok::<_, Refusal>(view.value(&format!("{}{name}", within(path)))))?;
    let found = found.ok_or_else(|| rule::missing(&path.thing(name)))?;
    Ok(found["operation"].clone())
}
