//! Changes: some record sets go and others come, all or none. What goes must be told exactly as it
//! is, which is the API's precondition.
//!
//! <https://cloud.google.com/dns/docs/reference/rest/v1/changes/create>

use serde_json::{Value, json};

use super::{Asked, page, record, rule, zone};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Moment, Transaction, World};

/// Where the changes of a zone lie.
fn within(asked: &Asked<'_>) -> String {
    format!("dns/operation/{}/{}/", asked.project, asked.zone)
}

fn key(asked: &Asked<'_>, id: &str) -> String {
    format!("{}{id:0>12}", within(asked))
}

pub(super) fn create(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let Asked { world, body, .. } = asked;
    let sets = |field: &str| body[field].as_array().cloned().unwrap_or_default();
    let (additions, deletions) = (sets("additions"), sets("deletions"));
    if additions.is_empty() && deletions.is_empty() {
        return Err(rule::required("entity.change"));
    }
    world.store.transact(|tx| {
        let domain = zone::one(tx, asked)?["dnsName"].as_str().unwrap_or_default().to_owned();
        for (number, set) in deletions.iter().enumerate() {
            delete(asked, tx, number, set)?;
        }
        for (number, set) in additions.iter().enumerate() {
            rule::added(set, &domain)?;
            add(asked, tx, number, set)?;
        }
        let id = tx.scan(&within(asked), "").count().to_string();
        let mut change = json!({
            "kind": "dns#change",
            "id": id,
            "startTime": world.clock.now().rfc3339(),
            "began": world.clock.now().0,
        });
        for (field, sets) in [("additions", additions.clone()), ("deletions", deletions.clone())] {
            if !sets.is_empty() {
                change[field] = sets.iter().map(record::shown).collect();
            }
        }
        tx.put(key(asked, &id), change.clone());
        Ok(shown(world, &change))
    })
}

fn place(asked: &Asked<'_>, set: &Value) -> (String, String) {
    let text = |field: &str| set[field].as_str().unwrap_or_default();
    let told = format!("{} ({})", text("name"), text("type"));
    (record::key(asked.project, asked.zone, text("name"), text("type")), told)
}

fn delete(
    asked: &Asked<'_>,
    tx: &mut Transaction<'_>,
    number: usize,
    set: &Value,
) -> Result<(), Refusal> {
    let (key, told) = place(asked, set);
    let what = format!("entity.change.deletions[{number}]");
    let live = tx.value(&key).ok_or_else(|| rule::missing(&what, &told))?;
    if !["ttl", "rrdatas"].iter().all(|field| live[*field] == set[*field]) {
        return Err(rule::not_as_it_is(number));
    }
    tx.remove(&key);
    Ok(())
}

fn add(
    asked: &Asked<'_>,
    tx: &mut Transaction<'_>,
    number: usize,
    set: &Value,
) -> Result<(), Refusal> {
    let (key, told) = place(asked, set);
    if tx.value(&key).is_some() {
        return Err(rule::exists(&format!("entity.change.additions[{number}]"), &told));
    }
    let text = |field: &str| set[field].as_str().unwrap_or_default();
    let (name, kind) = (text("name"), text("type"));
    let is_there =
        |kind: &&&str| tx.value(&record::key(asked.project, asked.zone, name, kind)).is_some();
    let mut beside = rule::TYPES.iter().filter(is_there);
    if beside.any(|other| [kind, other].contains(&"CNAME")) {
        return Err(rule::beside_an_alias(name, kind));
    }
    let mut kept = json!({});
    for field in ["name", "type", "ttl", "rrdatas"] {
        kept[field] = set[field].clone();
    }
    tx.put(key, kept);
    Ok(())
}

/// A change as it is shown: `pending` until all servers have it, though the lists do at once.
fn shown(world: &World, change: &Value) -> Value {
    let began = Moment(change["began"].as_i64().unwrap_or_default());
    let done = began.plus(world.behaviour.operation_time) <= world.clock.now();
    let mut shown = change.clone();
    shown["status"] = json!(if done { "done" } else { "pending" });
    shown.as_object_mut().map(|fields| fields.remove("began"));
    shown
}

pub(super) fn look(asked: &Asked<'_>, id: &str) -> Result<Value, Refusal> {
    asked.world.store.read(|view| {
        zone::one(view, asked)?;
        let change = view.value(&key(asked, id));
        let change = change.ok_or_else(|| rule::missing("parameters.changeId", id))?;
        Ok(shown(asked.world, &change))
    })
}

/// All changes of a zone, the newest first.
pub(super) fn list(asked: &Asked<'_>) -> Result<Value, Refusal> {
    asked.world.store.read(|view| {
        zone::one(view, asked)?;
        let changes = view.scan(&within(asked), "").map(|(_, change)| shown(asked.world, change));
        let mut changes: Vec<Value> = changes.collect();
        changes.reverse();
        page(asked, "changes", "dns#changesListResponse", changes)
    })
}
