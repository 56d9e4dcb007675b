//! Versions of secrets: values that are sealed in the store, and what state they are in.

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::record::{self, DESTROYED, ENABLED, Name};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Transaction, World, rest};

/// <https://cloud.google.com/secret-manager/quotas#content_limits>
const LARGEST: usize = 64 * 1024;

pub(super) fn add(world: &World, name: &Name, body: &Value) -> Result<Value, Refusal> {
    let payload = &body["payload"];
    let data = payload["data"].as_str().unwrap_or_default();
    let data = BASE64.decode(data.as_bytes()).map_err(|_| {
        Refusal::invalid("Invalid value at 'payload.data' (TYPE_BYTES), Base64 decoding failed.")
    })?;
    if data.is_empty() || data.len() > LARGEST {
        return Err(Refusal::invalid("The payload must be between 1 and 65536 bytes."));
    }
    let sum = i64::from(crc32c::crc32c(&data));
    let given = number(&payload["dataCrc32c"]);
    if given.is_some_and(|given| given != sum) {
        return Err(Refusal::invalid("The checksum of the payload does not match its data."));
    }
    let now = world.clock.now();
    world.store.transact(|transaction| {
        record::secret(transaction, name, now)?;
        let next = numbers(transaction, name).last().map_or(1, |last| last + 1);
        let key = name.version_key(next);
        let mut version = json!({
            "name": format!("{}/versions/{next}", name.path()),
            "createTime": record::written(now),
            "state": ENABLED,
        });
        if given.is_some() {
            version["clientSpecifiedPayloadChecksum"] = json!(true);
        }
        rest::touch(&mut version, now);
        let sealed = world.vault.seal(&key, &data)?;
        let record = json!({ "version": version, "sealed": sealed, "crc32c": sum });
        transaction.put(key, record);
        Ok(version)
    })
}

/// The versions of a secret, newest first.
pub(super) fn list(world: &World, name: &Name) -> Result<Vec<Value>, Refusal> {
    let now = world.clock.now();
    world.store.read(|view| {
        record::secret(view, name, now)?;
        let prefix = name.versions();
        let all = view.scan(&prefix, "").map(|(_, record)| record["version"].clone());
        let mut all: Vec<Value> = all.collect();
        all.reverse();
        Ok(all)
    })
}

pub(super) fn get(world: &World, name: &Name, version: &str) -> Result<Value, Refusal> {
    let (_, record) = world.store.read(|view| find(world, view, name, version))?;
    Ok(record["version"].clone())
}

pub(super) fn access(world: &World, name: &Name, version: &str) -> Result<Value, Refusal> {
    let (key, record) = world.store.read(|view| find(world, view, name, version))?;
    let version = &record["version"];
    enabled(version)?;
    let data = world.vault.opened(&key, record["sealed"].as_str().unwrap_or_default())?;
    let payload = json!({
        "data": BASE64.encode(&data),
        "dataCrc32c": record["crc32c"].to_string(),
    });
    Ok(json!({ "name": version["name"], "payload": payload }))
}

/// Brings a version into another state; what is destroyed stays so.
pub(super) fn turn(
    world: &World,
    name: &Name,
    version: &str,
    state: &str,
    etag: &str,
) -> Result<Value, Refusal> {
    let now = world.clock.now();
    world.store.transact(|transaction| {
        let (key, mut record) = find(world, transaction, name, version)?;
        let version = &mut record["version"];
        record::check_etag(etag, version)?;
        if version["state"] == DESTROYED {
            return Err(in_state(version));
        }
        version["state"] = json!(state);
        if state == DESTROYED {
            version["destroyTime"] = json!(record::written(now));
        }
        rest::touch(version, now);
        let version = version.clone();
        if state == DESTROYED {
            record["sealed"] = json!("");
        }
        transaction.put(key, record);
        Ok(version)
    })
}

/// A version by its number, or the newest, and its key.
fn find(
    world: &World,
    view: &Transaction<'_>,
    name: &Name,
    version: &str,
) -> Result<(String, Value), Refusal> {
    record::secret(view, name, world.clock.now())?;
    let path = name.path();
    let (number, absent) = match version {
        "latest" => {
            let absent = format!("Secret [{path}] not found or has no versions.");
            (numbers(view, name).last(), absent)
        }
        number => {
            let absent = format!("Secret Version [{path}/versions/{number}] not found.");
            (number.parse().ok(), absent)
        }
    };
    let key = number.map(|number| name.version_key(number));
    let found = key.and_then(|key| view.value(&key).map(|record| (key, (*record).clone())));
    found.ok_or_else(|| Refusal::not_found(absent))
}

fn numbers(view: &Transaction<'_>, name: &Name) -> impl Iterator<Item = u64> {
    let prefix = name.versions().len();
    let keys: Vec<&str> = view.scan(&name.versions(), "").map(|(key, _)| key).collect();
    keys.into_iter().filter_map(move |key| key.get(prefix..)?.parse().ok())
}

fn enabled(version: &Value) -> Result<(), Refusal> {
    if version["state"] == ENABLED { Ok(()) } else { Err(in_state(version)) }
}

fn in_state(version: &Value) -> Refusal {
    let text = |field: &str| version[field].as_str().unwrap_or_default().to_owned();
    let (name, state) = (text("name"), text("state"));
    Refusal::state(format!("Secret Version [{name}] is in {state} state."))
}

/// 64-bit integers are texts in JSON; plain numbers are taken as well.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}
