//! What a test puts there past the API: other people's things, users of things, trouble.

use serde_json::{Value, json};

use super::{path::Path, record};
use crate::sandbox::{StoreError, Transaction, World};

/// Puts a thing there as it goes over the wire; `thing` is its path,
/// `projects/P/zones/Z/disks/D`.
///
/// # Errors
/// When the store refuses.
pub fn seed(world: &World, thing: &str, mut value: Value) -> Result<(), StoreError> {
    let Some(path) = Path::read(&format!("/compute/v1/{thing}")) else { return Ok(()) };
    let name = path.name.clone().unwrap_or_default();
    record::complete(&path, &name, &mut value, "2026-01-01T00:00:00Z");
    world.store.transact(|tx| {
        tx.put(record::key(&path, &name), value);
        Ok(())
    })
}

/// Changes fields of a thing as if somebody else had.
///
/// # Errors
/// When the store refuses.
pub fn change(world: &World, thing: &str, fields: &Value) -> Result<(), StoreError> {
    let Some(path) = Path::read(&format!("/compute/v1/{thing}")) else { return Ok(()) };
    let key = record::key(&path, path.name.as_deref().unwrap_or_default());
    world.store.transact(|tx| {
        let mut value = tx.value(&key).map_or(json!({}), |value| (*value).clone());
        for (name, field) in fields.as_object().into_iter().flatten() {
            value[name] = field.clone();
        }
        tx.put(key, value);
        Ok(())
    })
}

/// Lets something be used by something else, as a machine uses a disk.
///
/// # Errors
/// When the store refuses.
pub fn use_by(world: &World, thing: &str, user: &str) -> Result<(), StoreError> {
    let status = if thing.contains("/addresses/") { "IN_USE" } else { "READY" };
    change(world, thing, &json!({ "users": [record::link(user)], "status": status }))
}

/// How every operation on a thing ends from now on, but its deletion: with this error of the API,
/// `QUOTA_EXCEEDED`; well again for none.
///
/// # Errors
/// When the store refuses.
pub fn trouble(
    world: &World,
    thing: &str,
    error: Option<(u16, &str, &str)>,
) -> Result<(), StoreError> {
    let Some(path) = Path::read(&format!("/compute/v1/{thing}")) else { return Ok(()) };
    let key = trouble_key(&record::key(&path, path.name.as_deref().unwrap_or_default()));
    world.store.transact(|tx| {
        match error {
            None => tx.remove(&key),
            Some((status, code, message)) => {
                let error = json!({ "code": code, "message": message });
                tx.put(key, json!([{ "status": status, "error": error }]));
            }
        }
        Ok(())
    })
}

fn trouble_key(key: &str) -> String {
    format!("compute/trouble/{key}")
}

pub(super) fn trouble_of(view: &Transaction<'_>, key: &str) -> Option<Value> {
    Some(view.value(&trouble_key(key))?[0].clone())
}
