//! Disks: making them, letting them grow, their performance, and their snapshot schedules.
//!
//! <https://cloud.google.com/compute/docs/reference/rest/v1/disks>

use serde_json::{Value, json};

use super::operation::{self, Effect};
use super::{Asked, record, rule};
use crate::sandbox::Transaction;
use crate::sandbox::refusal::Refusal;

/// The types whose performance is provisioned, with what they have when nobody says.
const PROVISIONED: [(&str, Option<u64>, Option<u64>); 5] = [
    ("hyperdisk-balanced", Some(3000), Some(140)),
    ("hyperdisk-extreme", Some(3000), None),
    ("hyperdisk-ml", None, Some(400)),
    ("hyperdisk-throughput", None, Some(90)),
    ("pd-extreme", Some(100_000), None),
];

/// The rest of the types. <https://cloud.google.com/compute/docs/disks>
const PLAIN: [&str; 3] = ["pd-balanced", "pd-ssd", "pd-standard"];

pub(super) fn insert(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let Asked { path, body, .. } = asked;
    rule::labels(&body["labels"])?;
    let kind = body["type"].as_str().unwrap_or("pd-standard").rsplit('/').next().unwrap_or("");
    let provisioned = PROVISIONED.iter().find(|(name, ..)| *name == kind);
    if provisioned.is_none() && !PLAIN.contains(&kind) {
        let why = format!("projects/{}/{}/diskTypes/{kind}", path.project, path.scope);
        return Err(rule::missing(&why));
    }
    let from = source(asked)?;
    let usual = from.as_ref().and_then(|from| number(&from["diskSizeGb"])).unwrap_or(500);
    let size = number(&body["sizeGb"]).unwrap_or(usual);
    if from.is_some() && size < usual {
        let why = format!("It must be at least the size of the snapshot, {usual} GB");
        return Err(rule::field("sizeGb", &size.to_string(), &why));
    }
    if size == 0 || size > 65_536 {
        return Err(rule::field("sizeGb", &size.to_string(), "Disk size must be 1 to 65536 GB"));
    }
    replicas(asked)?;
    let kind_link = format!("projects/{}/{}/diskTypes/{kind}", path.project, path.scope);
    let mut disk = json!({
        "kind": "compute#disk",
        "sizeGb": size.to_string(),
        "type": record::link(&kind_link),
        "physicalBlockSizeBytes": "4096",
    });
    if let Some(from) = from {
        disk["sourceSnapshot"] = from["selfLink"].clone();
        disk["sourceSnapshotId"] = from["id"].clone();
    }
    for field in ["description", "labels", "replicaZones"] {
        if let Some(said) = body.get(field) {
            disk[field] = said.clone();
        }
    }
    let (iops, throughput) = provisioned.map_or((None, None), |(_, iops, each)| (*iops, *each));
    provision(&mut disk, body, "provisionedIops", iops)?;
    provision(&mut disk, body, "provisionedThroughput", throughput)?;
    asked.world.store.transact(|tx| {
        let policies = known_policies(asked, tx, &body["resourcePolicies"])?;
        if !policies.is_empty() {
            disk["resourcePolicies"] = json!(policies);
        }
        record::insert(asked, tx, disk.clone(), ("CREATING", "READY"))
    })
}

/// The snapshot that a disk is made from, if it says one.
/// <https://cloud.google.com/compute/docs/disks/restore-snapshot>
fn source(asked: &Asked<'_>) -> Result<Option<Value>, Refusal> {
    let Some(said) = asked.body["sourceSnapshot"].as_str() else { return Ok(None) };
    let (project, name) = (&asked.path.project, said.rsplit('/').next().unwrap_or_default());
    let key = format!("compute/snapshots/{project}/global/{name}");
    let found = asked.world.store.read(|view| Ok::<_, Refusal>(view.value(&key)))?;
    let missing = || rule::missing(&format!("projects/{project}/global/snapshots/{name}"));
    found.map(|it| Some((*it).clone())).ok_or_else(missing)
}

/// What is provisioned, where the type has such a thing.
fn provision(
    disk: &mut Value,
    body: &Value,
    field: &str,
    usual: Option<u64>,
) -> Result<(), Refusal> {
    match (number(&body[field]), usual) {
        (Some(said), None) => {
            Err(rule::field(field, &said.to_string(), "The disk type does not support it"))
        }
        (said, Some(usual)) => {
            disk[field] = json!(said.unwrap_or(usual).to_string());
            Ok(())
        }
        (None, None) => Ok(()),
    }
}

/// A regional disk is in two zones of its region.
fn replicas(asked: &Asked<'_>) -> Result<(), Refusal> {
    let Asked { path, body, .. } = asked;
    let zones: Vec<&str> =
        body["replicaZones"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let regional = path.scope.starts_with("regions/");
    let here =
        |zone: &&str| zone.rsplit('/').next().is_some_and(|it| it.starts_with(path.region()));
    match (regional, zones.len()) {
        (false, 0) => Ok(()),
        (true, 2) if zones.iter().all(here) && zones[0] != zones[1] => Ok(()),
        (true, _) => {
            let why = "Regional disks must have exactly two replica zones in their region";
            Err(rule::field("replicaZones", &zones.join(","), why))
        }
        (false, _) => {
            let why = "Zonal disks have no replica zones";
            Err(rule::field("replicaZones", &zones.join(","), why))
        }
    }
}

pub(super) fn verb(asked: &Asked<'_>, verb: &str) -> Result<Value, Refusal> {
    match verb {
        "resize" => resize(asked),
        "addResourcePolicies" | "removeResourcePolicies" => policies(asked, verb),
        _ => Err(Refusal::unimplemented("the sandbox does not have this method")),
    }
}

/// <https://cloud.google.com/compute/docs/disks/resize-persistent-disk>
fn resize(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let size = number(&asked.body["sizeGb"]).unwrap_or_default();
    asked.world.store.transact(|tx| {
        let disk = record::one(tx, asked.path, asked.name)?;
        operation::alone(asked, tx)?;
        let now = number(&disk["sizeGb"]).unwrap_or_default();
        if size <= now {
            let why =
                format!("New disk size '{size}' GiB must be larger than existing size '{now}' GiB");
            return Err(rule::field("sizeGb", &size.to_string(), &why));
        }
        let becomes = json!({ "sizeGb": size.to_string() });
        operation::begin(asked, tx, "resizeDisk", Effect::Becomes(becomes))
    })
}

/// What is provisioned can be changed where it stands.
pub(super) fn update(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let mask = asked.query.get("updateMask").or(asked.query.get("paths"));
    let fields: Vec<&str> = mask.map_or("", String::as_str).split(',').collect();
    asked.world.store.transact(|tx| {
        let disk = record::one(tx, asked.path, asked.name)?;
        operation::alone(asked, tx)?;
        let mut becomes = json!({});
        for field in fields.iter().copied() {
            let may = ["provisionedIops", "provisionedThroughput"].contains(&field);
            let wanted = number(&asked.body[field]).filter(|_| may && disk.get(field).is_some());
            let Some(wanted) = wanted else {
                return Err(rule::field(
                    field,
                    &asked.body[field].to_string(),
                    "It cannot be updated",
                ));
            };
            becomes[field] = json!(wanted.to_string());
        }
        operation::begin(asked, tx, "update", Effect::Becomes(becomes))
    })
}

fn policies(asked: &Asked<'_>, verb: &str) -> Result<Value, Refusal> {
    asked.world.store.transact(|tx| {
        let disk = record::one(tx, asked.path, asked.name)?;
        operation::alone(asked, tx)?;
        let named = known_policies(asked, tx, &asked.body["resourcePolicies"])?;
        let there = disk["resourcePolicies"].as_array().into_iter().flatten();
        let mut there: Vec<String> = there.filter_map(Value::as_str).map(str::to_owned).collect();
        if verb == "addResourcePolicies" {
            there.extend(named);
        } else {
            there.retain(|policy| !named.contains(policy));
        }
        // One schedule at most: <https://cloud.google.com/compute/docs/disks/scheduled-snapshots#limitations>
        if there.len() > 1 {
            let why = "A disk can have at most one snapshot schedule";
            return Err(rule::field("resourcePolicies", &there.join(","), why));
        }
        let becomes = match there.is_empty() {
            true => json!({ "resourcePolicies": null }),
            false => json!({ "resourcePolicies": there }),
        };
        operation::begin(asked, tx, verb, Effect::Becomes(becomes))
    })
}

/// Policies that are there, in the region of the disk, as links.
fn known_policies(
    asked: &Asked<'_>,
    tx: &Transaction<'_>,
    named: &Value,
) -> Result<Vec<String>, Refusal> {
    let region = asked.path.region();
    let named = named.as_array().into_iter().flatten().filter_map(Value::as_str);
    let known = |policy: &str| {
        let name = policy.rsplit('/').next().unwrap_or_default();
        let thing =
            format!("projects/{}/regions/{region}/resourcePolicies/{name}", asked.path.project);
        let key =
            format!("compute/resourcePolicies/{}/regions/{region}/{name}", asked.path.project);
        tx.value(&key).map(|_| record::link(&thing)).ok_or_else(|| rule::missing(&thing))
    };
    named.map(known).collect()
}

/// A number, which JSON has as a text where it may be long.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}
