//! What there is to be had: zones, machine types, accelerators, quotas. From a small table, which
//! is made up but for its forms.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use super::path::Path;
use super::{Asked, record, rule};
use crate::sandbox::Transaction;
use crate::sandbox::refusal::Refusal;

#[derive(Deserialize)]
struct Catalog {
    zones: BTreeMap<String, Vec<String>>,
    machines: BTreeMap<String, Machine>,
    accelerators: BTreeMap<String, Accelerator>,
    quotas: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
struct Machine {
    cpu: u32,
    mb: u32,
    gpu: Option<String>,
    count: Option<u32>,
    #[serde(default)]
    not_in: Vec<String>,
}

#[derive(Deserialize)]
struct Accelerator {
    words: String,
    most: u32,
    not_in: Vec<String>,
}

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    serde_json::from_str(include_str!("catalog.json")).expect("a test reads the table")
});

/// Whether a call is about this.
pub(super) fn knows(path: &Path) -> bool {
    ["acceleratorTypes", "machineTypes", "regions", "zones"].contains(&path.collection.as_str())
}

pub(super) fn serve(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let path = asked.path;
    if path.scope.is_empty() {
        return places(asked);
    }
    let of = |zone: &str| match path.collection.as_str() {
        "machineTypes" => machines(path, zone),
        _ => accelerators(path, zone),
    };
    let zones = CATALOG.zones.values().flatten();
    if path.scope == "aggregated" {
        let all = zones
            .flat_map(|zone| of(zone).into_iter().map(move |one| (format!("zones/{zone}"), one)));
        return record::aggregated(asked, all.collect());
    }
    let zone = path.scope.trim_start_matches("zones/");
    if !zones.into_iter().any(|known| known == zone) {
        return Err(rule::missing(&format!("projects/{}/{}", path.project, path.scope)));
    }
    if !path.is_one() {
        return record::page(asked, of(zone));
    }
    let one = of(zone).into_iter().find(|one| one["name"] == asked.name);
    one.ok_or_else(|| rule::missing(&path.thing(asked.name)))
}

fn machines(path: &Path, zone: &str) -> Vec<Value> {
    let here = CATALOG.machines.iter().filter(|(_, it)| !it.not_in.iter().any(|not| not == zone));
    here.map(|(name, machine)| {
        let mut shown = json!({
            "kind": "compute#machineType", "name": name, "zone": zone,
            "id": record::number(name).to_string(),
            "guestCpus": machine.cpu, "memoryMb": machine.mb, "isSharedCpu": false,
            "selfLink": in_zone(path, zone, name),
        });
        if let (Some(gpu), Some(count)) = (&machine.gpu, machine.count) {
            shown["accelerators"] =
                json!([{ "guestAcceleratorType": gpu, "guestAcceleratorCount": count }]);
        }
        shown
    })
    .collect()
}

fn accelerators(path: &Path, zone: &str) -> Vec<Value> {
    let all = CATALOG.accelerators.iter();
    let here = all.filter(|(_, it)| !it.not_in.iter().any(|not| not == zone));
    here.map(|(name, accelerator)| {
        json!({
            "kind": "compute#acceleratorType", "name": name, "description": accelerator.words,
            "id": record::number(name).to_string(),
            "maximumCardsPerInstance": accelerator.most,
            "zone": record::link(&format!("projects/{}/zones/{zone}", path.project)),
            "selfLink": in_zone(path, zone, name),
        })
    })
    .collect()
}

fn in_zone(path: &Path, zone: &str, name: &str) -> String {
    record::link(&format!("projects/{}/zones/{zone}/{}/{name}", path.project, path.collection))
}

/// Zones and regions, each or all of them.
fn places(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let path = asked.path;
    asked.world.store.read(|view| {
        let all: Vec<Value> = match path.collection.as_str() {
            "regions" => CATALOG.zones.keys().map(|name| region(view, path, name)).collect(),
            _ => CATALOG
                .zones
                .iter()
                .flat_map(|(region, zones)| zones.iter().map(move |zone| (region, zone)))
                .map(|(region, zone)| {
                    place(path, "zones", zone, &json!({ "region": link(path, "regions", region) }))
                })
                .collect(),
        };
        if !path.is_one() {
            return record::page(asked, all);
        }
        let one = all.into_iter().find(|one| one["name"] == asked.name);
        let thing = format!("projects/{}/{}/{}", path.project, path.collection, asked.name);
        one.ok_or_else(|| rule::missing(&thing))
    })
}

/// A region with what the project may have in it.
fn region(view: &Transaction<'_>, path: &Path, name: &str) -> Value {
    let mut quotas = CATALOG.quotas.clone();
    // Those that a test has set count for clusters as well.
    let prefix = format!("gke/quota/{}/{name}/", path.project);
    for (key, limit) in view.scan(&prefix, "") {
        quotas.insert(key[prefix.len()..].to_owned(), limit.as_u64().unwrap_or_default());
    }
    let quotas: Vec<Value> = quotas
        .iter()
        .map(|(metric, limit)| json!({ "metric": metric, "limit": limit, "usage": 0 }))
        .collect();
    let zones = CATALOG.zones.get(name).into_iter().flatten();
    let zones: Vec<String> = zones.map(|zone| link(path, "zones", zone)).collect();
    place(path, "regions", name, &json!({ "quotas": quotas, "zones": zones }))
}

fn link(path: &Path, kind: &str, name: &str) -> String {
    record::link(&format!("projects/{}/{kind}/{name}", path.project))
}

fn place(path: &Path, kind: &str, name: &str, more: &Value) -> Value {
    let mut shown = json!({
        "kind": format!("compute#{}", kind.trim_end_matches('s')), "name": name, "status": "UP",
        "id": record::number(name).to_string(), "selfLink": link(path, kind, name),
    });
    for (field, value) in more.as_object().into_iter().flatten() {
        shown[field] = value.clone();
    }
    shown
}
