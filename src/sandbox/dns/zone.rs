//! Managed zones: made with their two records of their own, gone only when nothing else is left.
//!
//! <https://cloud.google.com/dns/docs/reference/rest/v1/managedZones>

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Asked, page, record, rule};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{StoreError, Transaction, World, rest};

/// The servers that a zone here would be asked at.
const SERVERS: [&str; 2] = ["ns-cloud-a1.googledomains.com.", "ns-cloud-a2.googledomains.com."];

/// Puts a zone there as if somebody had made it: `name` in `project`, for `domain.`.
///
/// # Errors
/// When the store refuses.
pub fn put_zone(world: &World, project: &str, name: &str, domain: &str) -> Result<(), StoreError> {
    world.store.transact(|tx| {
        put(tx, project, &json!({ "name": name, "dnsName": domain, "visibility": "public" }));
        Ok(())
    })
}

/// Puts a record set into a zone past the API: one that somebody else made, or changed.
///
/// # Errors
/// When the store refuses.
pub fn put_record(
    world: &World,
    project: &str,
    zone: &str,
    (name, kind): (&str, &str),
    data: &[&str],
) -> Result<(), StoreError> {
    world.store.transact(|tx| {
        let key = record::key(project, zone, name, kind);
        match data {
            [] => tx.remove(&key),
            data => tx.put(key, json!({ "name": name, "type": kind, "ttl": 300, "rrdatas": data })),
        }
        Ok(())
    })
}

fn key(project: &str, name: &str) -> String {
    format!("dns/zones/{project}/{name}")
}

/// All zones that there are, with their projects.
pub(super) fn all(view: &Transaction<'_>) -> Vec<(String, Value)> {
    let project = |key: &str| key.split('/').nth(2).unwrap_or_default().to_owned();
    view.scan("dns/zones/", "").map(|(key, zone)| (project(key), zone.clone())).collect()
}

/// The zone that a call is about.
pub(super) fn one(tx: &Transaction<'_>, asked: &Asked<'_>) -> Result<Arc<Value>, Refusal> {
    tx.value(&key(asked.project, asked.zone))
        .ok_or_else(|| rule::missing("parameters.managedZone", asked.zone))
}

fn put(tx: &mut Transaction<'_>, project: &str, body: &Value) -> Value {
    let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
    let (name, domain) = (text("name"), text("dnsName"));
    let visibility = body["visibility"].as_str().unwrap_or("public");
    let zone = json!({
        "kind": "dns#managedZone",
        "id": crc32c::crc32c(key(project, &name).as_bytes()).to_string(),
        "name": name,
        "dnsName": domain,
        "description": text("description"),
        "visibility": visibility,
        "nameServers": SERVERS,
        "creationTime": "2026-01-01T00:00:00.000Z",
    });
    let start = format!("{} cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300", SERVERS[0]);
    for (kind, data) in [("NS", json!(SERVERS)), ("SOA", json!([start]))] {
        let set = json!({ "name": domain, "type": kind, "ttl": 21600, "rrdatas": data });
        tx.put(record::key(project, &name, &domain, kind), set);
    }
    tx.put(key(project, &name), zone.clone());
    zone
}

pub(super) fn create(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let Asked { world, project, body, .. } = asked;
    let name = body["name"].as_str().unwrap_or_default();
    if !rest::is_name(name, 1..=63) {
        return Err(rule::invalid("entity.managedZone.name", name));
    }
    let domain = body["dnsName"].as_str().unwrap_or_default();
    if !rule::is_name(domain) {
        return Err(rule::invalid("entity.managedZone.dnsName", domain));
    }
    world.store.transact(|tx| {
        if tx.value(&key(project, name)).is_some() {
            return Err(rule::exists("entity.managedZone", name));
        }
        Ok(put(tx, project, body))
    })
}

pub(super) fn look(asked: &Asked<'_>) -> Result<Value, Refusal> {
    asked.world.store.read(|view| Ok((*one(view, asked)?).clone()))
}

pub(super) fn list(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let prefix = key(asked.project, "");
    asked.world.store.read(|view| {
        let zones = view.scan(&prefix, "").map(|(_, zone)| zone.clone()).collect();
        page(asked, "managedZones", "dns#managedZonesListResponse", zones)
    })
}

pub(super) fn delete(asked: &Asked<'_>) -> Result<Value, Refusal> {
    asked.world.store.transact(|tx| {
        let zone = one(tx, asked)?;
        let sets = record::of_zone(tx, asked.project, asked.zone);
        let own = |set: &Value| {
            set["name"] == zone["dnsName"] && ["NS", "SOA"].iter().any(|kind| set["type"] == *kind)
        };
        if !sets.iter().all(own) {
            return Err(rule::holds_records(asked.zone));
        }
        for set in sets {
            let text = |field: &str| set[field].as_str().unwrap_or_default().to_owned();
            tx.remove(&record::key(asked.project, asked.zone, &text("name"), &text("type")));
        }
        tx.remove(&key(asked.project, asked.zone));
        Ok(json!({}))
    })
}
