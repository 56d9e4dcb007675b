//! Secrets, without their values.

use serde_json::{Value, json};
use std::time::Duration;

use super::record::{self, Name};
use super::settings;
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Moment, World, project, rest};

/// What an update may name.
const MAY_CHANGE: &[&str] = &[
    "annotations",
    "expireTime",
    "labels",
    "rotation",
    "topics",
    "ttl",
    "versionAliases",
    "versionDestroyTtl",
];

pub(super) fn create(world: &World, name: &Name, mut secret: Value) -> Result<Value, Refusal> {
    let now = world.clock.now();
    world.store.transact(|transaction| {
        if record::secret(transaction, name, now).is_ok() {
            let message = format!("Secret [{}] already exists.", name.path());
            return Err(Refusal::exists(message));
        }
        settings::lifetime(&mut secret, now);
        settings::check(&secret, now, true)?;
        secret["name"] = json!(name.path());
        secret["createTime"] = json!(record::written(now));
        rest::touch(&mut secret, now);
        // What had the name before and whose time was over is gone for good.
        forget(transaction, name);
        transaction.put(name.key(), secret.clone());
        Ok(secret)
    })
}

pub(super) fn get(world: &World, name: &Name) -> Result<Value, Refusal> {
    let now = world.clock.now();
    world.store.read(|view| Ok(turned(record::secret(view, name, now)?, now)))
}

/// The secrets of a project, newest first.
pub(super) fn list(world: &World, project: &str) -> Result<Vec<Value>, Refusal> {
    let now = world.clock.now();
    let prefix = record::secrets(&project::number(project));
    let mut all: Vec<Value> = world.store.read(|view| {
        let all = view.scan(&prefix, "");
        let all = all.filter(|(_, secret)| !record::is_over(secret, now));
        Ok::<_, Refusal>(all.map(|(_, secret)| turned(secret.clone(), now)).collect())
    })?;
    all.sort_by_key(|secret| std::cmp::Reverse(secret["createTime"].to_string()));
    Ok(all)
}

pub(super) fn update(
    world: &World,
    name: &Name,
    patch: &Value,
    mask: &str,
) -> Result<Value, Refusal> {
    let now = world.clock.now();
    world.store.transact(|transaction| {
        let mut secret = turned(record::secret(transaction, name, now)?, now);
        record::check_etag(patch["etag"].as_str().unwrap_or_default(), &secret)?;
        let rotates = mask.contains("otation");
        rest::masked(&mut secret, patch, mask, MAY_CHANGE)?;
        settings::lifetime(&mut secret, now);
        settings::check(&secret, now, rotates)?;
        rest::touch(&mut secret, now);
        transaction.put(name.key(), secret.clone());
        Ok(secret)
    })
}

pub(super) fn delete(world: &World, name: &Name, etag: &str) -> Result<(), Refusal> {
    let now = world.clock.now();
    world.store.transact(|transaction| {
        let secret = record::secret(transaction, name, now)?;
        record::check_etag(etag, &secret)?;
        forget(transaction, name);
        Ok(())
    })
}

/// Removes a secret with its versions and its policy.
fn forget(transaction: &mut crate::sandbox::Transaction<'_>, name: &Name) {
    let versions: Vec<String> =
        transaction.scan(&name.versions(), "").map(|(key, _)| key.to_owned()).collect();
    versions.iter().for_each(|key| transaction.remove(key));
    transaction.remove(&name.policy_key());
    transaction.remove(&name.key());
}

/// The secret with its next rotation in the future: the service moves it on when it has come.
fn turned(mut secret: Value, now: Moment) -> Value {
    let next = secret["rotation"]["nextRotationTime"].as_str().and_then(record::moment);
    let period = settings::seconds(&secret["rotation"]["rotationPeriod"]);
    if let (Some(mut next), Some(period @ 1..)) = (next, period) {
        while next <= now {
            next = next.plus(Duration::from_secs(period));
        }
        secret["rotation"]["nextRotationTime"] = json!(record::written(next));
    }
    secret
}
