//! Deleting: at once, or once everybody who holds an object has let go of it.
//!
//! <https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/>,
//! <https://kubernetes.io/docs/concepts/architecture/garbage-collection/>

use axum::response::Response;
use serde_json::{Value, json};

use super::call::Call;
use super::change::{existing, transact};
use super::cluster::{Cluster, Found};
use super::failure::Failure;
use super::kind::Type;
use super::{change, controller, list, namespace};
use crate::sandbox::Transaction;

/// What becomes of what belongs to a deleted object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Belongings {
    Go,
    Stay,
}

pub(super) fn one(call: &Call<'_>) -> Result<Response, Failure> {
    let options = call.sent()?;
    let run = call.run(Some(&options))?;
    transact(call, run, |tx| {
        let found = existing(call, tx)?;
        let name = call.name()?;
        precondition(call, name, &options, &found.object)?;
        namespace::may_go(&call.kind, name, &found.object)?;
        gone(call, tx, &found, &options)
    })
}

/// What a deletion comes to: the object if it still is there, or that it is gone.
fn gone(
    call: &Call<'_>,
    tx: &mut Transaction<'_>,
    found: &Found,
    options: &Value,
) -> Result<(u16, Value), Failure> {
    match delete(call.cluster, tx, found, owned(call, options))? {
        Some(object) => Ok((200, object)),
        None => {
            let (kind, uid) = (&call.kind, &found.object["metadata"]["uid"]);
            let mut details = json!({ "name": call.name()?, "kind": kind.plural, "uid": uid });
            if !kind.group.is_empty() {
                details["group"] = json!(kind.group);
            }
            let status = json!({
                "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
                "details": details,
            });
            Ok((200, status))
        }
    }
}

fn owned(call: &Call<'_>, options: &Value) -> Belongings {
    let policy = options["propagationPolicy"].as_str();
    match policy.unwrap_or_else(|| call.parameter("propagationPolicy")) {
        "Orphan" => Belongings::Stay,
        _ => Belongings::Go,
    }
}

fn precondition(
    call: &Call<'_>,
    name: &str,
    options: &Value,
    object: &Value,
) -> Result<(), Failure> {
    for (field, word) in [("uid", "UID"), ("resourceVersion", "ResourceVersion")] {
        let is = object["metadata"][field].as_str().unwrap_or_default();
        if let Some(said) = options["preconditions"][field].as_str().filter(|said| *said != is) {
            let why = format!(
                "Precondition failed: {word} in precondition: {said}, {word} in object meta: {is}"
            );
            return Err(Failure::conflict(&call.kind, name, &why));
        }
    }
    Ok(())
}

/// Everything that is selected, one by one in one go.
pub(super) fn collection(call: &Call<'_>) -> Result<Response, Failure> {
    if call.kind.is("", "Namespace") {
        return Err(Failure::method());
    }
    let options = call.sent()?;
    let run = call.run(Some(&options))?;
    transact(call, run, |tx| {
        let all = list::selected(call, tx, "")?;
        for found in &all {
            delete(call.cluster, tx, found, owned(call, &options))?;
        }
        let items: Vec<Value> = all.into_iter().map(|found| found.object).collect();
        let version = call.cluster.version(tx).to_string();
        Ok((
            200,
            json!({
                "kind": format!("{}List", call.kind.kind),
                "metadata": { "resourceVersion": version }, "items": items,
            }),
        ))
    })
}

/// Deletes an object with what belongs to it.
pub(super) fn remove(
    cluster: &Cluster<'_>,
    tx: &mut Transaction<'_>,
    found: &Found,
) -> Result<(), Failure> {
    delete(cluster, tx, found, Belongings::Go).map(|_| ())
}

/// Deletes an object; what is told of it if somebody still holds it.
fn delete(
    cluster: &Cluster<'_>,
    tx: &mut Transaction<'_>,
    found: &Found,
    owned: Belongings,
) -> Result<Option<Value>, Failure> {
    let mut object = found.object.clone();
    let kind = cluster.kind_of(tx, &object).ok_or_else(Failure::unknown)?;
    if change::is_released(&kind, &object) {
        release(cluster, tx, &kind, found, owned)?;
        return Ok(None);
    }
    if object["metadata"]["deletionTimestamp"].is_null() {
        object["metadata"]["deletionTimestamp"] = json!(cluster.world.clock.now().rfc3339());
        object["metadata"]["deletionGracePeriodSeconds"] = json!(0);
        if let Some(generation) = object["metadata"]["generation"].as_u64() {
            object["metadata"]["generation"] = json!(generation + 1);
        }
        if kind.is("", "Namespace") {
            object["status"]["phase"] = json!("Terminating");
        }
        cluster.keep(tx, &found.key, &mut object)?;
        controller::watch(cluster, tx, &kind, &found.key);
    }
    Ok(Some(object))
}

/// Takes an object away, with what belongs to it and, for a definition, all objects of its type.
pub(super) fn release(
    cluster: &Cluster<'_>,
    tx: &mut Transaction<'_>,
    kind: &Type,
    found: &Found,
    owned: Belongings,
) -> Result<(), Failure> {
    if kind.is("apiextensions.k8s.io", "CustomResourceDefinition") {
        let name = found.object["metadata"]["name"].as_str().unwrap_or_default();
        let prefix = format!("{}{name}/", cluster.everything());
        for one in cluster.all(tx, &prefix, "")? {
            cluster.drop(tx, &one)?;
        }
    }
    cluster.drop(tx, found)?;
    let uid = &found.object["metadata"]["uid"];
    for mut dependent in cluster.owned(tx, uid)? {
        if tx.value(&dependent.key).is_none() {
            continue;
        }
        let owners = dependent.object["metadata"]["ownerReferences"].as_array_mut();
        let alone = owners.is_some_and(|owners| {
            owners.retain(|owner| owner["uid"] != *uid);
            owners.is_empty()
        });
        if alone && owned == Belongings::Go {
            let found = cluster.find(tx, &dependent.key)?;
            found.map_or(Ok(()), |found| remove(cluster, tx, &found))?;
        } else {
            cluster.keep(tx, &dependent.key, &mut dependent.object)?;
        }
    }
    Ok(())
}
