//! From declared disks to complete resources.

use super::format::{days, often};
use super::placed::{Placed, placed};
use super::settings::{Disk, Snapshots};
use crate::model::{Keys, Place, Resource, ResourceId, Source};
use crate::project::format::whole_gb;
use crate::project::layout::Laid;
use crate::project::problem::Range;
use crate::project::{address, services};
use crate::providers::gcp::{gce_disk, gce_snapshot_policy};
use serde_json::Value;
use std::collections::BTreeSet;

/// The kind of a disk.
pub(super) const DISK: &str = "gce-disk";
/// The kind of a snapshot schedule.
const POLICY: &str = "gce-snapshot-policy";

/// Every disk of every environment, and its snapshot schedule.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    let mut schedules = BTreeSet::new();
    for placed in &placed(layout) {
        let Some(spec) = disk(placed) else { continue };
        let api = services::enabling(layout, project(placed), services::COMPUTE);
        let range = &placed.key.range;
        let disk = resource(placed, DISK, &placed.name, json(&spec), range);
        resources.push(Resource { needs: api.clone().into_iter().collect(), ..disk });
        let (Some(name), Some(spec)) = (placed.schedule(), policy(placed)) else { continue };
        // Disks may share a schedule.
        if schedules.insert((placed.laid.env(), name.clone())) {
            let range = placed.node.entry("snapshots").map_or(range, |(key, _)| &key.range);
            let mut policy = resource(placed, POLICY, &name, json(&spec), range);
            policy.place.location = Some(placed.laid.declaration.cloud.region.clone());
            resources.push(Resource { needs: api.into_iter().collect(), ..policy });
        }
    }
}

/// The key of every disk, with the disk and its schedule in each environment.
pub(crate) fn keys(layout: &[Laid], keys: &mut Keys) {
    for placed in &placed(layout) {
        let all = keys.entry(address::written("disk", &placed.key.name)).or_default();
        all.insert(ResourceId::new(placed.laid.env(), DISK, &placed.name));
        let schedule = placed.schedule();
        all.extend(schedule.map(|name| ResourceId::new(placed.laid.env(), POLICY, name)));
    }
}

fn project<'a>(placed: &Placed<'a>) -> &'a str {
    &placed.laid.declaration.cloud.project
}

fn resource(placed: &Placed<'_>, kind: &str, name: &str, spec: Value, range: &Range) -> Resource {
    let location = placed.location().map(str::to_owned);
    Resource {
        id: ResourceId::new(placed.laid.env(), kind, name),
        place: Place { location, ..Place::project(project(placed)) },
        spec,
        manage: placed.disk.manage.into(),
        needs: BTreeSet::new(),
        source: Source::from(range),
        notes: Vec::new(),
    }
}

fn json(spec: &impl serde::Serialize) -> Value {
    serde_json::to_value(spec).expect("specs are maps of plain values")
}

fn disk(placed: &Placed<'_>) -> Option<gce_disk::Spec> {
    let Disk {
        environments: _,
        name: _,
        previously: _,
        manage: _,
        size: written,
        kind,
        zone: _, // with the location
        replicas,
        iops,
        throughput,
        snapshots: _, // by the name of the schedule
        labels,
        protect,
    } = placed.disk;
    let mut all_labels = placed.laid.declaration.cloud.labels.clone();
    all_labels.extend(labels.clone());
    let mut replicas = replicas.clone();
    replicas.sort();
    Some(gce_disk::Spec {
        location: placed.location()?.to_owned(),
        replicas,
        kind: kind.clone(),
        size_gb: whole_gb(written)?.into(),
        iops: *iops,
        throughput: *throughput,
        snapshots: placed.schedule(),
        labels: all_labels,
        protect: *protect,
    })
}

/// The snapshot schedule of a disk.
pub(super) fn policy(placed: &Placed<'_>) -> Option<gce_snapshot_policy::Spec> {
    let Snapshots { every, at, keep, outlive_disk, kept_in, labels, name: _ } =
        placed.disk.snapshots.clone()?;
    Some(gce_snapshot_policy::Spec {
        region: placed.laid.declaration.cloud.region.clone(),
        every: often(&every)?,
        at,
        keep_days: days(&keep)?,
        outlive_disk,
        kept_in: kept_in.map(|place| place.to_lowercase()),
        labels,
    })
}
