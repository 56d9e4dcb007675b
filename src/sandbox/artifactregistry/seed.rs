//! What a test puts there past the API: other people's repositories, images, trouble.

use serde_json::{Value, json};

use super::path::{Path, Target};
use super::repository::{key, packages_of};
use crate::sandbox::{StoreError, Transaction, World};

/// The key of a repository by its path, `projects/P/locations/L/repositories/R`.
fn key_of(repository: &str) -> String {
    let path = Path::read(&format!("/artifactregistry/v1/{repository}"));
    match path {
        Some(path) => match &path.target {
            Target::Repository(name) => key(&path, name),
            _ => String::new(),
        },
        None => String::new(),
    }
}

/// Puts a repository there as it goes over the wire.
///
/// # Errors
/// When the store refuses.
pub fn seed(world: &World, repository: &str, mut value: Value) -> Result<(), StoreError> {
    value["name"] = json!(repository);
    world.store.transact(|tx| {
        tx.put(key_of(repository), value);
        Ok(())
    })
}

/// Changes fields of a repository as if somebody else had.
///
/// # Errors
/// When the store refuses.
pub fn change(world: &World, repository: &str, fields: &Value) -> Result<(), StoreError> {
    let key = key_of(repository);
    world.store.transact(|tx| {
        let mut value = tx.value(&key).map_or(json!({}), |value| (*value).clone());
        for (name, field) in fields.as_object().into_iter().flatten() {
            value[name] = field.clone();
        }
        tx.put(key, value);
        Ok(())
    })
}

/// Pushes a package of so many bytes into a repository.
///
/// # Errors
/// When the store refuses.
pub fn push(world: &World, repository: &str, package: &str, bytes: u64) -> Result<(), StoreError> {
    let key = key_of(repository);
    world.store.transact(|tx| {
        let name = format!("{repository}/packages/{package}");
        tx.put(format!("{}{package}", packages_of(&key)), json!({ "name": name }));
        if let Some(value) = tx.value(&key) {
            let mut value = (*value).clone();
            let held = value["sizeBytes"].as_str().and_then(|size| size.parse::<u64>().ok());
            value["sizeBytes"] = json!((held.unwrap_or_default() + bytes).to_string());
            tx.put(key, value);
        }
        Ok(())
    })
}

/// How making a repository ends from now on: with this error, by its code of `google.rpc`; well
/// again for none.
///
/// # Errors
/// When the store refuses.
pub fn trouble(
    world: &World,
    repository: &str,
    error: Option<(i32, &str)>,
) -> Result<(), StoreError> {
    let key = trouble_key(&key_of(repository));
    world.store.transact(|tx| {
        match error {
            None => tx.remove(&key),
            Some((code, message)) => tx.put(key, json!({ "code": code, "message": message })),
        }
        Ok(())
    })
}

fn trouble_key(key: &str) -> String {
    format!("artifactregistry/trouble/{key}")
}

pub(super) fn trouble_of(view: &Transaction<'_>, key: &str) -> Option<Value> {
    view.value(&trouble_key(key)).map(|error| (*error).clone())
}
