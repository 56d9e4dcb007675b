//! The settings of a disk, ours and the API's, and the calls that lead from one to the other. Pure.

use super::Spec;
use crate::kind::StepContext;
use crate::providers::gcp::compute::{self, Edit, label, last, location, number, region};
use http::Method;
use serde_json::{Map, Value, json};

/// The settings of a live disk. What the type has provisioned by itself is the server's, unless it
/// is `wanted`.
pub(super) fn read(live: &Value, wanted: Option<&Spec>) -> Spec {
    let zones = live["replicaZones"].as_array().into_iter().flatten();
    let mut replicas: Vec<String> = zones.map(|zone| last(zone).to_owned()).collect();
    replicas.sort();
    let said = |field: &str, say: fn(&Spec) -> Option<u64>| {
        let asked = wanted.is_none_or(|wanted| say(wanted).is_some());
        number(&live[field]).filter(|_| asked)
    };
    let snapshots = Some(last(&live["resourcePolicies"][0])).filter(|name| !name.is_empty());
    Spec {
        location: location(live),
        replicas,
        kind: last(&live["type"]).to_owned(),
        size_gb: number(&live["sizeGb"]).unwrap_or_default(),
        iops: said("provisionedIops", |wanted| wanted.iops),
        throughput: said("provisionedThroughput", |wanted| wanted.throughput),
        snapshots: snapshots.map(str::to_owned),
        labels: label::persons(live),
        protect: label::is_protected(live),
    }
}

/// What is sent to make a disk, mark and schedule included.
pub(super) fn body(spec: &Spec, step: &StepContext) -> Value {
    let Spec { location, replicas, kind, size_gb, iops, throughput, snapshots, labels, protect } =
        spec;
    let project = &step.place.project;
    let scope = compute::scope(location);
    let mut body = Map::new();
    body.insert("name".to_owned(), json!(step.id.name));
    body.insert("type".to_owned(), json!(format!("projects/{project}/{scope}/diskTypes/{kind}")));
    body.insert("sizeGb".to_owned(), json!(size_gb.to_string()));
    body.insert("labels".to_owned(), json!(label::wanted(labels, *protect, &step.mark, None)));
    if !replicas.is_empty() {
        let zones = replicas.iter().map(|zone| format!("projects/{project}/zones/{zone}"));
        body.insert("replicaZones".to_owned(), zones.collect());
    }
    for (field, said) in [("provisionedIops", iops), ("provisionedThroughput", throughput)] {
        let said = said.map(|said| (field.to_owned(), json!(said.to_string())));
        body.extend(said);
    }
    if let Some(policy) = snapshots {
        body.insert("resourcePolicies".to_owned(), json!([link(policy, location, step)]));
    }
    Value::Object(body)
}

fn link(policy: &str, location: &str, step: &StepContext) -> String {
    let (project, region) = (&step.place.project, region(location));
    format!("projects/{project}/regions/{region}/resourcePolicies/{policy}")
}

/// The next call that brings a live disk to its settings, labels aside.
pub(super) fn part(live: &Value, after: &Spec, step: &StepContext) -> Option<Edit> {
    let now = read(live, Some(after));
    if now.size_gb != after.size_gb {
        let body = json!({ "sizeGb": after.size_gb.to_string() });
        return Some(Edit::post("growing", "/resize", body));
    }
    if (now.iops, now.throughput) != (after.iops, after.throughput) {
        return Some(provision(&now, after, step));
    }
    let policies = |name: &str| json!({ "resourcePolicies": [link(name, &after.location, step)] });
    match (&now.snapshots, &after.snapshots) {
        (now, after) if now == after => None,
        (Some(old), _) => {
            let doing = "taking the snapshot schedule off";
            Some(Edit::post(doing, "/removeResourcePolicies", policies(old)))
        }
        (None, Some(new)) => {
            let doing = "putting the snapshot schedule on";
            Some(Edit::post(doing, "/addResourcePolicies", policies(new)))
        }
        (None, None) => None,
    }
}

/// <https://cloud.google.com/compute/docs/reference/rest/v1/disks/update>
fn provision(now: &Spec, after: &Spec, step: &StepContext) -> Edit {
    let mut body = Map::from_iter([("name".to_owned(), json!(step.id.name))]);
    let mut fields = Vec::new();
    for (field, was, shall) in [
        ("provisionedIops", now.iops, after.iops),
        ("provisionedThroughput", now.throughput, after.throughput),
    ] {
        if let Some(shall) = shall.filter(|_| was != shall) {
            body.insert(field.to_owned(), json!(shall.to_string()));
            fields.push(field);
        }
    }
    Edit {
        doing: "provisioning",
        method: Method::PATCH,
        below: "",
        query: vec![("updateMask", fields.join(","))],
        body: Value::Object(body),
    }
}
