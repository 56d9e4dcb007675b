//! What the schema cannot say about disks. That a disk would shrink shows once it was looked at:
//! how large it is stands nowhere but in the cloud.

use super::expand::policy;
use super::format::days;
use super::placed::{Placed, placed};
use crate::project::environments::members;
use crate::project::layout::Laid;
use crate::project::managed::check_previously;
use crate::project::names::{LONGEST, Taken, fault, suffix, twice};
use crate::project::problem::{Findings, Problem};
use crate::project::words::{nearest, quoted};
use crate::providers::gcp::gce_snapshot_policy;
use std::collections::BTreeMap;

/// The types that there are, and what of each is made to order: operations, and MiB per second.
/// <https://cloud.google.com/compute/docs/disks>
const TYPES: [(&str, bool, bool); 9] = [
    ("hyperdisk-balanced", true, true),
    ("hyperdisk-balanced-high-availability", true, true),
    ("hyperdisk-extreme", true, false),
    ("hyperdisk-ml", false, true),
    ("hyperdisk-throughput", false, true),
    ("pd-balanced", false, false),
    ("pd-extreme", true, false),
    ("pd-ssd", false, false),
    ("pd-standard", false, false),
];

/// Checks the disks of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    members(layout, "disks", "disk", findings);
    let disks = placed(layout);
    let mut taken = Taken::new();
    for placed in &disks {
        let range = placed.range("name");
        findings.extend(fault("disk-name", "disk", &placed.name, LONGEST, range));
        findings.extend(suffix(placed.laid, &placed.name, range));
        twice(&mut taken, &placed.name, range, findings);
        let previously = placed.disk.previously.as_deref();
        let here = |it: &&Placed<'_>| it.laid.env() == placed.laid.env();
        let mut all = disks.iter().filter(here);
        let still = all.find(|it| Some(it.key.name.as_str()) == previously).map(|it| it.key);
        check_previously(placed.node, previously, still, findings);
        findings.extend(place(placed));
        made_of(placed, findings);
        snapshots(placed, findings);
    }
    shared(&disks, findings);
}

fn place(placed: &Placed<'_>) -> Option<Problem> {
    let (disk, cloud) = (placed.disk, &placed.laid.declaration.cloud);
    let region = &cloud.region;
    let away = |zone: &&String| zone.rsplit_once('-').is_none_or(|(of, _)| of != region);
    if placed.location().is_none() {
        let message = "which zone this disk is in is not said";
        let problem = Problem::error("disk-zone", &placed.key.range, message);
        return Some(problem.expected("`zone:` here or in `cloud`"));
    }
    if let Some(zone) = disk.zone.iter().chain(&disk.replicas).find(away) {
        let setting = if disk.replicas.contains(zone) { "replicas" } else { "zone" };
        let message = format!("the zone `{zone}` is not in {region}, the region of this stack");
        return Some(Problem::error("disk-zone", placed.range(setting), message));
    }
    let range = placed.range("replicas");
    match (&disk.zone, disk.replicas.as_slice()) {
        (_, []) => None,
        (Some(_), _) => {
            let message = "a disk is in one zone or in two";
            Some(Problem::error("disk-zone", range, message).expected("`zone` or `replicas`"))
        }
        (None, [one, two]) if one != two => None,
        (None, _) => {
            let problem = Problem::error("disk-zone", range, "a disk has two replicas");
            Some(problem.expected(format!("two zones of {region}")))
        }
    }
}

fn made_of(placed: &Placed<'_>, findings: &mut Findings) {
    let (disk, range) = (placed.disk, placed.range("type"));
    let names = TYPES.map(|(name, ..)| name);
    let Some((name, iops, throughput)) = TYPES.iter().find(|(name, ..)| *name == disk.kind) else {
        let near = nearest(&disk.kind, names);
        // What is newer than this list may well be there.
        if near.is_some() || !disk.kind.starts_with("hyperdisk-") {
            let message = format!("there is no type of disk `{}`", disk.kind);
            let problem = Problem::error("disk-type", range, message);
            let near = near.map(|near| format!("did you mean `{near}`?"));
            findings.push(problem.expected(format!("one of {}", quoted(&names))).suggest(near));
        }
        return;
    };
    let said = [("iops", disk.iops, iops), ("throughput", disk.throughput, throughput)];
    for (setting, _, _) in said.into_iter().filter(|(_, said, may)| said.is_some() && !**may) {
        let message = format!("`{setting}` of a `{name}` follows from its size");
        let problem = Problem::error("disk-order", placed.range(setting), message);
        let order: Vec<&str> = TYPES
            .iter()
            .filter(|(_, iops, throughput)| if setting == "iops" { *iops } else { *throughput })
            .map(|(name, ..)| *name)
            .collect();
        findings.push(
            problem
                .related(range, "the type")
                .expected(format!("a type that is made to order: {}", quoted(&order))),
        );
    }
}

fn snapshots(placed: &Placed<'_>, findings: &mut Findings) {
    let (Some(snapshots), Some(name)) = (&placed.disk.snapshots, placed.schedule()) else { return };
    let range = placed.snapshot_range("name");
    findings.extend(fault("disk-name", "snapshot schedule", &name, LONGEST, range));
    findings.extend(snapshots.name.as_ref().and_then(|name| suffix(placed.laid, name, range)));
    if days(&snapshots.keep).is_none() {
        let message = "snapshots are kept for whole days";
        let problem = Problem::error("disk-keep", placed.snapshot_range("keep"), message);
        findings.push(problem.expected("a number of days or weeks, as in `14 days`"));
    }
}

/// Disks that name one schedule mean the same times, in one environment.
fn shared(disks: &[Placed<'_>], findings: &mut Findings) {
    let mut known: BTreeMap<String, (&Placed<'_>, gce_snapshot_policy::Spec)> = BTreeMap::new();
    for placed in disks {
        let (Some(name), Some(spec)) = (placed.schedule(), policy(placed)) else { continue };
        let Some((first, other)) = known.get(&name) else {
            known.insert(name, (placed, spec));
            continue;
        };
        let range = placed.snapshot_range("name");
        let message = if first.laid.env() != placed.laid.env() {
            let (one, two) = (first.laid.env(), placed.laid.env());
            format!("the snapshot schedule `{name}` is that of {one} and of {two}")
        } else if *other != spec {
            format!("two disks say different things of the snapshot schedule `{name}`")
        } else {
            continue;
        };
        let problem = Problem::error("name-collision", range, message);
        findings.push(if first.snapshot_range("name") == range {
            problem.suggest("write `${env}` or `${suffix}` into the name".to_owned())
        } else {
            problem.related(first.snapshot_range("name"), "the other one")
        });
    }
}
