//! From a live disk and its snapshot schedule to what a person would have declared.

use crate::model::Found;
use crate::project::discover::{Entry, NAMESAKE, Said, Seen, keys, left_out};
use crate::project::layout::Laid;
use crate::providers::gcp::{gce_disk, gce_snapshot_policy};
use serde::Deserialize as _;
use serde_json::{Value, json};

/// The kind of a disk.
const DISK: &str = "gce-disk";

/// Every disk that is nobody's.
pub(crate) fn discover(seen: &Seen<'_>) -> Vec<Entry> {
    let (mut entries, mut disks) = (Vec::new(), Vec::new());
    for found in seen.strangers(DISK) {
        match (gce_disk::Spec::deserialize(&found.spec), seen.environment(found)) {
            (Ok(_), Some(_)) if seen.is_namesake(DISK, found) => {
                entries.push(left_out(&origin(found), NAMESAKE));
            }
            (Ok(spec), Some(laid)) if is_near(&spec, laid) => disks.push((found, spec, laid)),
            (_, None) => {
                let why = "no environment of these is in its project";
                entries.push(left_out(&origin(found), why));
            }
            _ => entries.push(left_out(&origin(found), "it is in another region")),
        }
    }
    entries.extend(unused(seen));
    let declared = seen.layout.iter().flat_map(|laid| laid.declaration.disks.keys().cloned());
    let named = disks.iter().map(|(found, _, laid)| (found.name.as_str(), *laid));
    let keys = keys(declared, named, 'd');
    let keyed = disks.iter().zip(&keys);
    entries.extend(keyed.map(|((found, spec, laid), key)| entry(seen, found, spec, laid, key)));
    entries
}

/// Snapshot schedules that are nobody's and that no such disk has.
fn unused(seen: &Seen<'_>) -> Vec<Entry> {
    let disks = seen.strangers(DISK).iter();
    let used: Vec<&str> = disks.filter_map(|found| found.spec["snapshots"].as_str()).collect();
    let schedules = seen.strangers("gce-snapshot-policy").iter();
    let unused = schedules.filter(|found| !used.contains(&found.name.as_str()));
    let entry = |found: &Found| {
        let origin = format!("snapshot schedule {}, project {}", found.name, found.place.project);
        left_out(&origin, "a schedule is declared with its disk, and no disk here has this one")
    };
    unused.map(entry).collect()
}

fn is_near(spec: &gce_disk::Spec, laid: &Laid) -> bool {
    let region = &laid.declaration.cloud.region;
    spec.location == *region
        || spec.location.rsplit_once('-').is_some_and(|(of, _)| of == region.as_str())
}

fn origin(found: &Found) -> String {
    let place = found.place.location.as_deref().unwrap_or_default();
    format!("disk {} in {place}, project {}", found.name, found.place.project)
}

fn entry(seen: &Seen<'_>, found: &Found, spec: &gce_disk::Spec, laid: &Laid, key: &str) -> Entry {
    let gce_disk::Spec {
        location,
        replicas,
        kind,
        size_gb,
        iops,
        throughput,
        snapshots,
        labels,
        protect: _, // a wish of the declaration, which marking does not write down
    } = spec;
    let mut said = Said::of(found, laid, key, origin(found));
    said.say("size", format!("{size_gb} GB"));
    said.say("type", kind.as_str());
    said.say("protect", false);
    match replicas.as_slice() {
        [] if laid.declaration.cloud.zone.as_ref() != Some(location) => {
            said.say("zone", location.as_str());
        }
        [] => {}
        zones => said.say("replicas", json!(zones)),
    }
    iops.iter().for_each(|iops| said.say("iops", *iops));
    throughput.iter().for_each(|throughput| said.say("throughput", *throughput));
    said.labels(labels, laid);
    match snapshots.as_ref().map(|name| (name, policy(seen, name))) {
        None => {}
        Some((name, Some(policy))) => said.say("snapshots", schedule(name, &policy)),
        Some((name, None)) => said.cannot(format!("its snapshot schedule {name}")),
    }
    said.entry(key.to_owned(), None)
}

/// A schedule that is nobody's, if it can be declared.
fn policy(seen: &Seen<'_>, name: &str) -> Option<gce_snapshot_policy::Spec> {
    let found = seen.strangers("gce-snapshot-policy").iter().find(|found| found.name == name)?;
    let spec = gce_snapshot_policy::Spec::deserialize(&found.spec).ok()?;
    super::format::rhythm(&spec.every).is_ok().then_some(spec)
}

fn schedule(name: &str, policy: &gce_snapshot_policy::Spec) -> Value {
    let gce_snapshot_policy::Spec {
        region: _,
        every,
        at,
        keep_days,
        outlive_disk,
        kept_in,
        labels,
    } = policy;
    let mut said = json!({
        "every": every, "at": at, "keep": format!("{keep_days} days"), "name": name,
    });
    if !outlive_disk {
        said["outlive_disk"] = json!(false);
    }
    kept_in.iter().for_each(|place| said["kept_in"] = json!(place));
    if !labels.is_empty() {
        said["labels"] = json!(labels);
    }
    said
}
