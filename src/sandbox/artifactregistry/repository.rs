//! Repositories, and the packages that lie in them.
//!
//! <https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories>

use serde_json::{Value, json};

use super::path::Path;
use super::{operation, rule};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::rest::{self, Parameters};
use crate::sandbox::{Transaction, World};

/// What an update may name.
const MAY_CHANGE: &[&str] = &[
    "cleanupPolicies",
    "cleanupPolicyDryRun",
    "description",
    "dockerConfig",
    "labels",
    "vulnerabilityScanningConfig",
];

/// What somebody may say of a new repository, beyond that.
const MAY_SAY: &[&str] = &["format", "kmsKeyName", "mode"];

pub(super) fn key(path: &Path, name: &str) -> String {
    format!("artifactregistry/{}", path.repository(name))
}

/// The prefix of the keys of what lies in a repository with this key.
pub(super) fn packages_of(key: &str) -> String {
    format!("artifactregistry/packages/{key}/")
}

/// Removes a repository and whatever lies in it.
pub(super) fn forget(tx: &mut Transaction<'_>, key: &str) {
    let inside: Vec<String> =
        tx.scan(&packages_of(key), "").map(|(key, _)| key.to_owned()).collect();
    inside.iter().for_each(|key| tx.remove(key));
    tx.remove(key);
}

fn known(tx: &Transaction<'_>, path: &Path, name: &str) -> Result<Value, Refusal> {
    let missing = || {
        let name = path.repository(name);
        Refusal::not_found(format!("Repository \"{name}\" was not found."))
    };
    tx.value(&key(path, name)).map(|found| (*found).clone()).ok_or_else(missing)
}

/// How a repository is stored: without what is at its default.
fn complete(path: &Path, name: &str, mut repository: Value) -> Value {
    let project = &path.project;
    repository["name"] = json!(path.repository(name));
    if repository["mode"].as_str().is_none_or(|mode| mode == "MODE_UNSPECIFIED") {
        repository["mode"] = json!("STANDARD_REPOSITORY");
    }
    let kind = repository["format"].as_str().unwrap_or_default().to_lowercase();
    let host = format!("{}-{kind}.pkg.dev", path.location);
    repository["registryUri"] = json!(format!("{host}/{project}/{name}"));
    repository
}

pub(super) fn create(
    world: &World,
    path: &Path,
    query: &Parameters,
    body: Value,
) -> Result<Value, Refusal> {
    let name = query.get("repositoryId").map_or("", String::as_str);
    rule::location(&path.location)?;
    rule::name(name)?;
    let said =
        |field: &&String| MAY_CHANGE.contains(&field.as_str()) || MAY_SAY.contains(&field.as_str());
    let mut made = json!({});
    for (field, value) in body.as_object().into_iter().flatten().filter(|(field, _)| said(field)) {
        made[field] = value.clone();
    }
    let made = complete(path, name, made);
    rule::repository(&made)?;
    world.store.transact(|tx| {
        let there = tx.value(&key(path, name)).is_some();
        if there || operation::under_way(tx, &key(path, name)).is_some() {
            return Err(Refusal::exists("the repository already exists"));
        }
        Ok(operation::begin(world, tx, path, name, Some(made.clone())))
    })
}

pub(super) fn get(world: &World, path: &Path, name: &str) -> Result<Value, Refusal> {
    world.store.read(|view| known(view, path, name))
}

/// The repositories of one location: there is no list of all places.
pub(super) fn list(world: &World, path: &Path, query: &Parameters) -> Result<Value, Refusal> {
    rule::location(&path.location)?;
    let prefix = key(path, "");
    let all: Vec<Value> = world.store.read(|view| {
        Ok::<_, Refusal>(view.scan(&prefix, "").map(|(_, value)| value.clone()).collect())
    })?;
    rest::listed(world, query, "repositories", all)
}

/// Changes what the mask names, at once.
pub(super) fn update(
    world: &World,
    path: &Path,
    name: &str,
    query: &Parameters,
    body: &Value,
) -> Result<Value, Refusal> {
    let mask = query.get("updateMask").map_or("", String::as_str);
    let now = world.clock.now();
    world.store.transact(|tx| {
        let mut repository = known(tx, path, name)?;
        operation::alone(tx, path, name)?;
        rest::masked(&mut repository, body, mask, MAY_CHANGE)?;
        rule::repository(&repository)?;
        repository["updateTime"] = json!(now.rfc3339());
        tx.put(key(path, name), repository.clone());
        Ok(repository)
    })
}

/// Deletes it with everything in it, as the real method does.
pub(super) fn delete(world: &World, path: &Path, name: &str) -> Result<Value, Refusal> {
    world.store.transact(|tx| {
        known(tx, path, name)?;
        operation::alone(tx, path, name)?;
        Ok(operation::begin(world, tx, path, name, None))
    })
}

pub(super) fn packages(
    world: &World,
    path: &Path,
    name: &str,
    query: &Parameters,
) -> Result<Value, Refusal> {
    let all: Vec<Value> = world.store.read(|view| {
        known(view, path, name)?;
        let all = view.scan(&packages_of(&key(path, name)), "");
        Ok::<_, Refusal>(all.map(|(_, value)| value.clone()).collect())
    })?;
    rest::listed(world, query, "packages", all)
}
