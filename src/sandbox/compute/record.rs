//! What disks, policies and addresses have in common: where they lie, how they are shown and
//! listed, their labels, and how they go.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::operation::{self, Effect};
use super::path::Path;
use super::{Asked, rule};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Transaction, container, rest};

/// Lists that others fill: nobody makes these here.
const LOOKED_AT: [&str; 3] = ["forwardingRules", "instances", "snapshots"];

/// The address of something, as the API gives it.
pub(super) fn link(thing: &str) -> String {
    format!("https://www.googleapis.com/compute/v1/{thing}")
}

pub(super) fn key(path: &Path, name: &str) -> String {
    let Path { collection, project, scope, .. } = path;
    format!("compute/{collection}/{project}/{scope}/{name}")
}

pub(super) fn is_looked_at(path: &Path) -> bool {
    LOOKED_AT.contains(&path.collection.as_str())
}

/// Whether it is still being made.
pub(super) fn is_new(value: &Value) -> bool {
    ["CREATING", "RESERVING"].iter().any(|status| value["status"] == *status)
}

/// A number that is always the same for the same thing.
pub(super) fn number(key: &str) -> u32 {
    crc32c::crc32c(key.as_bytes())
}

pub(super) fn one(tx: &Transaction<'_>, path: &Path, name: &str) -> Result<Arc<Value>, Refusal> {
    tx.value(&key(path, name)).ok_or_else(|| rule::missing(&path.thing(name)))
}

/// Puts a new thing there with what every thing has, and begins to make it ready.
pub(super) fn insert(
    asked: &Asked<'_>,
    tx: &mut Transaction<'_>,
    mut made: Value,
    (making, made_status): (&str, &str),
) -> Result<Value, Refusal> {
    let Asked { world, path, name, .. } = asked;
    if let Some(begun) = operation::repeated(asked, tx) {
        return Ok(begun);
    }
    let key = key(path, name);
    if tx.value(&key).is_some() {
        return Err(rule::exists(&path.thing(name)));
    }
    complete(path, name, &mut made, &world.clock.now().rfc3339());
    made["status"] = json!(making);
    tx.put(key, made);
    operation::begin(asked, tx, "insert", Effect::Becomes(json!({ "status": made_status })))
}

/// What every thing has.
pub(super) fn complete(path: &Path, name: &str, made: &mut Value, now: &str) {
    let place = path.scope.split_once('/');
    made["name"] = json!(name);
    made["id"] = json!((u64::from(number(&key(path, name))) << 20).to_string());
    made["creationTimestamp"] = json!(now);
    made["selfLink"] = json!(link(&path.thing(name)));
    if let Some((kind, _)) = place {
        let at = link(&format!("projects/{}/{}", path.project, path.scope));
        made[kind.trim_end_matches('s')] = json!(at);
    }
}

/// A thing as it is shown: with the fingerprint of its labels.
pub(super) fn shown(value: &Value) -> Value {
    let mut shown = value.clone();
    if shown["kind"] != "compute#resourcePolicy" {
        shown["labelFingerprint"] = json!(fingerprint(value));
    }
    shown
}

fn fingerprint(value: &Value) -> String {
    let labels = value.get("labels").unwrap_or(&Value::Null).to_string();
    data_encoding::BASE64.encode(&number(&labels).to_be_bytes())
}

pub(super) fn look(asked: &Asked<'_>) -> Result<Value, Refusal> {
    asked.world.store.read(|view| Ok(shown(&*one(view, asked.path, asked.name)?)))
}

/// A list of one place, or of all with each place's own.
pub(super) fn list(asked: &Asked<'_>) -> Result<Value, Refusal> {
    if asked.query.contains_key("filter") {
        return Err(Refusal::unimplemented("the sandbox does not filter lists"));
    }
    let Asked { path, world, .. } = asked;
    let Path { project, scope, collection, .. } = path;
    let machines = match collection.as_str() {
        "instances" => container::machines(world, project)?,
        _ => Vec::new(),
    };
    world.store.read(|view| {
        let prefix = format!("compute/{collection}/{project}/");
        let all = view.scan(&prefix, "");
        let mut found: Vec<(String, Value)> = all
            .map(|(key, value)| {
                let below = &key[prefix.len()..];
                let scope = below.rsplit_once('/').map_or("", |(scope, _)| scope);
                (scope.to_owned(), shown(value))
            })
            .collect();
        found.extend(machines.iter().map(|machine| {
            let mut shown = json!({
                "kind": "compute#instance", "status": "RUNNING", "labels": machine.labels,
            });
            let scope = format!("zones/{}", machine.zone);
            let path = Path { scope: scope.clone(), ..(*path).clone() };
            complete(&path, &machine.name, &mut shown, "2026-01-01T00:00:00Z");
            (scope, shown)
        }));
        if scope == "aggregated" {
            return aggregated(asked, found);
        }
        let here = found.into_iter().filter(|(at, _)| at == scope).map(|(_, value)| value);
        page(asked, here.collect())
    })
}

/// A page of a list.
pub(super) fn page(asked: &Asked<'_>, items: Vec<Value>) -> Result<Value, Refusal> {
    let mut page = rest::page("items", items, size(asked), token(asked))?;
    page["kind"] = json!(format!("compute#{}List", singular(&asked.path.collection)));
    Ok(page)
}

/// A page of things of all places: what is on the page, under its place; the others say that
/// nothing of theirs is on it.
/// <https://cloud.google.com/compute/docs/reference/rest/v1/disks/aggregatedList>
pub(super) fn aggregated(asked: &Asked<'_>, found: Vec<(String, Value)>) -> Result<Value, Refusal> {
    let collection = asked.path.collection.as_str();
    let all: Vec<Value> = found.into_iter().map(|(at, value)| json!([at, value])).collect();
    let page = rest::page("items", all, size(asked), token(asked))?;
    let mut items: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for entry in page["items"].as_array().into_iter().flatten() {
        let at = entry[0].as_str().unwrap_or_default().to_owned();
        items.entry(at).or_default().push(entry[1].clone());
    }
    let mut shown = json!({ "global": { "warning": {
        "code": "NO_RESULTS_ON_PAGE",
        "message": "There are no results for scope 'global' on this page.",
        "data": [{ "key": "scope", "value": "global" }],
    }}});
    for (at, things) in items {
        shown[at] = json!({ collection: things });
    }
    let kind = format!("compute#{}AggregatedList", singular(collection));
    let mut answer = json!({ "kind": kind, "items": shown });
    if let Some(next) = page.get("nextPageToken") {
        answer["nextPageToken"] = next.clone();
    }
    Ok(answer)
}

fn singular(collection: &str) -> String {
    match collection.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => collection
            .strip_suffix("es")
            .filter(|_| collection == "addresses")
            .map_or_else(|| collection.trim_end_matches('s').to_owned(), str::to_owned),
    }
}

fn size(asked: &Asked<'_>) -> usize {
    let asked_for = asked.query.get("maxResults").and_then(|size| size.parse().ok());
    // 500 at most: <https://cloud.google.com/compute/docs/reference/rest/v1/disks/list>
    asked.world.behaviour.page(asked_for.unwrap_or_default()).min(500)
}

fn token<'a>(asked: &'a Asked<'_>) -> &'a str {
    asked.query.get("pageToken").map_or("", String::as_str)
}

/// Refuses what is used: a disk by a machine, an address by a load balancer, a policy by a disk.
fn unused(asked: &Asked<'_>, tx: &Transaction<'_>, value: &Value) -> Result<(), Refusal> {
    let thing = asked.path.thing(asked.name);
    if let Some(user) = value["users"].get(0).and_then(Value::as_str) {
        return Err(rule::in_use(&thing, user));
    }
    if asked.path.collection == "resourcePolicies" {
        let here = link(&thing);
        let disks = format!("compute/disks/{}/", asked.path.project);
        let uses = |disk: &Value| {
            disk["resourcePolicies"].as_array().is_some_and(|all| all.contains(&json!(here)))
        };
        if let Some((_, disk)) = tx.scan(&disks, "").find(|(_, disk)| uses(disk)) {
            return Err(rule::in_use(&thing, disk["selfLink"].as_str().unwrap_or_default()));
        }
    }
    Ok(())
}

pub(super) fn delete(asked: &Asked<'_>) -> Result<Value, Refusal> {
    asked.world.store.transact(|tx| {
        if let Some(begun) = operation::repeated(asked, tx) {
            return Ok(begun);
        }
        let value = one(tx, asked.path, asked.name)?;
        operation::alone(asked, tx)?;
        unused(asked, tx, &value)?;
        let mut value = (*value).clone();
        value["status"] = json!("DELETING");
        tx.put(key(asked.path, asked.name), value);
        operation::begin(asked, tx, "delete", Effect::Goes)
    })
}

pub(super) fn set_labels(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let labels = asked.body.get("labels").cloned().unwrap_or(json!({}));
    rule::labels(&labels)?;
    asked.world.store.transact(|tx| {
        let value = one(tx, asked.path, asked.name)?;
        operation::alone(asked, tx)?;
        if asked.body["labelFingerprint"] != fingerprint(&value) {
            return Err(rule::stale());
        }
        operation::begin(asked, tx, "setLabels", Effect::Becomes(json!({ "labels": labels })))
    })
}
