//! Making and changing objects: the way that every write goes, whatever it came as.

use axum::response::Response;
use serde_json::{Value, json};

use super::apply::{self, Shape, Writer};
use super::call::{Call, Run};
use super::cluster::{Cluster, Found, Undone};
use super::failure::{Cause, Failure};
use super::kind::{Origin, Type};
use super::{answer, beginning, controller, default, list, namespace, rule};
use crate::sandbox::Transaction;

/// Who owns the fields that a write changes.
pub(super) enum Owned {
    /// Whoever writes; they are written down from what differs.
    ByWriter,
    /// It is written down already.
    Settled,
}

/// Carries a change out, or only tells what it would do.
pub(super) fn transact(
    call: &Call<'_>,
    run: Run,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<(u16, Value), Failure>,
) -> Result<Response, Failure> {
    let done = call.cluster.world.store.transact(|tx| {
        let (status, body) = work(tx)?;
        let body = if body["kind"] == "Status" { body } else { list::in_version(call, body) };
        match run {
            Run::Real => Ok((status, body)),
            Run::Dry => Err(Undone::Tried(status, body)),
        }
    });
    answer::outcome(call, done)
}

pub(super) fn create(call: &Call<'_>) -> Result<Response, Failure> {
    let sent = call.sent()?;
    let run = call.run(None)?;
    transact(call, run, |tx| Ok((201, make(call, tx, sent, &Owned::ByWriter)?)))
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response, Failure> {
    let sent = call.sent()?;
    let run = call.run(None)?;
    transact(call, run, |tx| {
        let found = existing(call, tx)?;
        if call.objects.below.as_deref() == Some("scale") {
            let scaled = scaled(&found.object, &sent);
            let after = update(call, tx, &found, scaled, &Owned::ByWriter)?;
            return Ok((200, scale(&after)));
        }
        let unconditional = call.kind.origin == Origin::BuiltIn;
        if !unconditional
            && sent["metadata"]["resourceVersion"].as_str().unwrap_or_default().is_empty()
        {
            let cause = Cause::invalid(
                "metadata.resourceVersion",
                &json!(0),
                "must be specified for an update",
            );
            return Err(Failure::invalid(&call.kind, call.name()?, &[cause]));
        }
        Ok((200, update(call, tx, &found, sent, &Owned::ByWriter)?))
    })
}

/// The object that a call is about.
pub(super) fn existing(call: &Call<'_>, tx: &Transaction<'_>) -> Result<Found, Failure> {
    let found = call.cluster.find(tx, &call.key()?)?;
    found.ok_or_else(|| Failure::not_found(&call.kind, call.name().unwrap_or_default()))
}

/// Who writes in this call.
pub(super) fn writer(call: &Call<'_>) -> Writer {
    Writer {
        manager: call.manager(),
        api_version: call.kind.api_version(),
        subresource: call.objects.below.clone(),
        time: call.cluster.world.clock.now().rfc3339(),
    }
}

/// Makes an object.
pub(super) fn make(
    call: &Call<'_>,
    tx: &mut Transaction<'_>,
    mut object: Value,
    owned: &Owned,
) -> Result<Value, Failure> {
    let Call { cluster, kind, .. } = call;
    let definition = cluster.definition(tx, kind)?;
    rule::known(call, &mut object, definition.as_ref())?;
    rule::identity(call, &mut object)?;
    if object["metadata"]["resourceVersion"].as_str().is_some_and(|it| !it.is_empty()) {
        let message = "resourceVersion should not be set on objects to be created";
        return Err(Failure::asked_for(500, message));
    }
    name_it(call, tx, &mut object);
    let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    namespace::open(cluster, tx, kind, call.namespace(), &name)?;
    begin(cluster, tx, kind, &mut object);
    default::complete(kind, &mut object, cluster.version(tx));
    rule::new(kind, &name, &object)?;
    let key = cluster.key(kind, call.namespace(), &name);
    if tx.value(&key).is_some() {
        return Err(Failure::already_exists(kind, &name));
    }
    if matches!(owned, Owned::ByWriter) {
        if let Some(metadata) = object["metadata"].as_object_mut() {
            metadata.remove("managedFields");
        }
        let nothing = json!({ "metadata": {}, "spec": {} });
        apply::updated(
            &nothing,
            &mut object,
            &apply::shape(definition.as_ref(), kind),
            &writer(call),
        );
    }
    cluster.keep(tx, &key, &mut object)?;
    beginning::comes_with(cluster, tx, kind, &object)?;
    controller::watch(cluster, tx, kind, &key);
    Ok(object)
}

/// A name for what asks for one by how it begins.
fn name_it(call: &Call<'_>, tx: &Transaction<'_>, object: &mut Value) {
    let metadata = &mut object["metadata"];
    let Some(prefix) = metadata["generateName"].as_str() else { return };
    if metadata["name"].as_str().unwrap_or_default().is_empty() {
        let number = crc32c::crc32c(format!("{prefix}{}", call.cluster.version(tx)).as_bytes());
        metadata["name"] = json!(format!("{prefix}{:05x}", number & 0xf_ffff));
    }
}

/// What the server says of a new object.
pub(super) fn begin(cluster: &Cluster<'_>, tx: &Transaction<'_>, kind: &Type, object: &mut Value) {
    let uid = uid(&format!("{kind:?} {} {}", object["metadata"], cluster.version(tx)));
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for field in ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation"] {
            metadata.remove(field);
        }
        metadata.insert("uid".to_owned(), json!(uid));
        let now = cluster.world.clock.now().rfc3339();
        metadata.insert("creationTimestamp".to_owned(), json!(now));
        if kind.has_generation() {
            metadata.insert("generation".to_owned(), json!(1));
        }
    }
    if let Some(fields) = object.as_object_mut().filter(|_| kind.has_status()) {
        fields.remove("status");
    }
}

/// A name that nothing else ever has.
fn uid(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let hex = data_encoding::HEXLOWER.encode(&digest.as_ref()[..16]);
    let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..]);
    format!("{a}-{b}-4{c}-8{d}-{e}")
}

/// Puts a new state in place of an object's, as far as the part of it that the call is about goes.
pub(super) fn update(
    call: &Call<'_>,
    tx: &mut Transaction<'_>,
    found: &Found,
    mut object: Value,
    owned: &Owned,
) -> Result<Value, Failure> {
    let Call { cluster, kind, .. } = call;
    let (name, before) = (call.name()?, &found.object);
    let definition = cluster.definition(tx, kind)?;
    rule::known(call, &mut object, definition.as_ref())?;
    rule::identity(call, &mut object)?;
    rule::current(kind, name, before, &object)?;
    let owners = object["metadata"].get("managedFields").cloned();
    let mut after = only_its_part(call, before, object);
    default::carry_over(kind, before, &mut after);
    default::complete(kind, &mut after, cluster.version(tx));
    rule::changed(kind, name, before, &after)?;
    if matches!(owned, Owned::ByWriter) {
        let shape: Shape<'_> = apply::shape(definition.as_ref(), kind);
        apply::updated(before, &mut after, &shape, &writer(call));
    } else if let Some(owners) = owners {
        after["metadata"]["managedFields"] = owners;
    }
    if after == *before {
        return Ok(after);
    }
    count(kind, before, &mut after);
    let goes = !after["metadata"]["deletionTimestamp"].is_null() && is_released(kind, &after);
    if goes {
        cluster.drop(tx, found)?;
    } else {
        cluster.keep(tx, &found.key, &mut after)?;
        controller::watch(cluster, tx, kind, &found.key);
    }
    Ok(after)
}

/// Whether nobody holds an object that is to be deleted.
pub(super) fn is_released(kind: &Type, object: &Value) -> bool {
    let held = |list: &Value| list.as_array().is_some_and(|list| !list.is_empty());
    let in_spec = kind.is("", "Namespace") && held(&object["spec"]["finalizers"]);
    !held(&object["metadata"]["finalizers"]) && !in_spec
}

/// Of what was sent, only the part that the call is about; the rest stays as it is.
fn only_its_part(call: &Call<'_>, before: &Value, sent: Value) -> Value {
    let mut after = match call.objects.below.as_deref() {
        None => sent,
        Some("status") => with(before, &sent, "status"),
        Some(_) => with(before, &sent, "spec"),
    };
    if call.objects.below.is_none() && call.kind.has_status() {
        after = with(&after, before, "status");
    }
    // What only the server says.
    for field in [
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "generation",
        "resourceVersion",
        "namespace",
        "selfLink",
    ] {
        let earlier = before["metadata"].get(field).cloned();
        let Some(metadata) = after["metadata"].as_object_mut() else { continue };
        match earlier {
            Some(value) => _ = metadata.insert(field.to_owned(), value),
            None => _ = metadata.remove(field),
        }
    }
    after
}

/// An object with one field of another.
fn with(object: &Value, other: &Value, field: &str) -> Value {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        match other.get(field) {
            Some(value) => _ = fields.insert(field.to_owned(), value.clone()),
            None => _ = fields.remove(field),
        }
    }
    object
}

/// Counts another generation if anything but metadata and status changed.
fn count(kind: &Type, before: &Value, after: &mut Value) {
    let declared = |object: &Value| {
        let mut object = object.clone();
        for field in ["metadata", "status"] {
            object[field] = Value::Null;
        }
        object
    };
    if kind.has_generation() && declared(before) != declared(after) {
        let generation = before["metadata"]["generation"].as_u64().unwrap_or(1);
        after["metadata"]["generation"] = json!(generation + 1);
    }
}

/// How many of it there are, as `/scale` tells it.
pub(super) fn scale(object: &Value) -> Value {
    let metadata = &object["metadata"];
    let mut about = json!({});
    for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
        about[field] = metadata[field].clone();
    }
    let labels = object["spec"]["selector"]["matchLabels"].as_object().into_iter().flatten();
    let selector: Vec<String> = labels
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": about,
        "spec": { "replicas": object["spec"]["replicas"] },
        "status": {
            "replicas": object["status"]["replicas"].as_u64().unwrap_or_default(),
            "selector": selector.join(","),
        },
    })
}

/// An object of which there are to be as many as a scale says.
pub(super) fn scaled(object: &Value, scale: &Value) -> Value {
    let mut object = object.clone();
    object["spec"]["replicas"] = json!(scale["spec"]["replicas"].as_u64().unwrap_or_default());
    let version = &scale["metadata"]["resourceVersion"];
    if version.is_string() {
        object["metadata"]["resourceVersion"] = version.clone();
    }
    object
}
