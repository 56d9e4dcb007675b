//! `gce-disk`: a disk of Compute Engine, such as that of the homes.
//!
//! The name is the disk's own; where it is stands in the spec. See
//! `providers::gcp::compute`.

mod wire;

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Amount, Need, Observation, Owner, Scope, Transition, Usage};
use crate::providers::description::Marks;
use crate::providers::gcp::compute::{self, Computed, Edit, label};
use crate::providers::gcp::gce_snapshot_policy::SnapshotPolicy;
use crate::providers::gcp::usage::disks;
use crate::providers::gcp::{Reader, Writer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The complete settings of a disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The zone, or the region of a disk that is in two zones. Cannot be changed.
    pub location: String,
    /// The two zones of a regional disk, sorted; else empty. Cannot be changed.
    #[serde(default)]
    pub replicas: Vec<String>,
    /// The type, `pd-balanced`. Cannot be changed.
    #[serde(rename = "type")]
    pub kind: String,
    /// The size, in GB. It only grows.
    pub size_gb: u64,
    /// Operations in a second, where the type has them provisioned and somebody says how many.
    #[serde(default)]
    pub iops: Option<u64>,
    /// MB in a second, likewise.
    #[serde(default)]
    pub throughput: Option<u64>,
    /// The snapshot schedule, by its name in the region.
    #[serde(default)]
    pub snapshots: Option<String>,
    /// The labels that a person wrote; those of the mark are not among them.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Whether removing the disk needs to be said twice. Kept on the disk as a label, so that it
    /// holds when the declaration is gone.
    #[serde(default)]
    pub protect: bool,
}

/// The kind `gce-disk`.
#[derive(Debug)]
pub enum Disk {}

impl Kind for Disk {
    const NAME: &'static str = "gce-disk";
    const PROTECTED: bool = true;
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        compute::observe::observe::<Self>(reader, scope).await
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        compute::apply::<Self>(writer, step, change).await
    }

    fn usage(_: &str, spec: &Spec) -> Vec<Usage> {
        // A regional disk is paid for in each of its zones.
        let copies = if spec.replicas.is_empty() { 1.0 } else { 2.0 };
        let number = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
        let speed = (spec.iops.map(number), spec.throughput.map(number));
        let region = compute::region(&spec.location);
        disks(&spec.kind, region, spec.size_gb as f64, speed, Amount::exactly(copies))
    }

    fn transition(before: &Spec, after: &Spec) -> Transition {
        let lost = "what is on it would be lost";
        if before.size_gb > after.size_gb {
            let (from, to) = (before.size_gb, after.size_gb);
            return Transition::Refuse(format!(
                "a disk cannot shrink, and this one has {from} GB, not {to}: say `{from} GB` or more, \
                 or copy what is on it to another disk"
            ));
        }
        let place = |spec: &Spec| (spec.location.clone(), spec.replicas.clone());
        if place(before) != place(after) {
            Transition::Replace(format!("a disk cannot move, and {lost}"))
        } else if before.kind != after.kind {
            Transition::Replace(format!("a disk cannot change its type, and {lost}"))
        } else {
            Transition::InPlace
        }
    }

    fn needs(_name: &str, spec: &Spec) -> BTreeSet<Need> {
        spec.snapshots.iter().map(|name| Need::refers(SnapshotPolicy::NAME, name)).collect()
    }

    fn protection(spec: &Spec) -> Option<String> {
        let why = "everything on it goes with it; only snapshots that were taken stay";
        spec.protect.then(|| why.to_owned())
    }

    fn disruption(before: Option<&Spec>, after: Option<&Spec>) -> Vec<String> {
        match (before, after) {
            (Some(before), Some(after)) if before.size_gb < after.size_gb => {
                vec!["the file system on it must be told to grow as well".to_owned()]
            }
            _ => Vec::new(),
        }
    }
}

impl Computed for Disk {
    const COLLECTION: &'static str = "disks";

    fn location(spec: &Spec) -> &str {
        &spec.location
    }

    fn read(live: &Value, wanted: Option<&Spec>) -> Spec {
        wire::read(live, wanted)
    }

    /// Between leaving one schedule and following the other, it follows none.
    fn lenient(now: Spec, after: &Spec) -> Spec {
        let snapshots = now.snapshots.or_else(|| after.snapshots.clone());
        Spec { snapshots, ..now }
    }

    fn owner(live: &Value, stack: &str) -> Owner {
        label::owner(live, stack, Self::NAME)
    }

    /// Disks of machines and of claims in clusters.
    fn is_derived(live: &Value) -> bool {
        label::is_googles(live)
    }

    fn holds(live: &Value) -> Option<String> {
        let users = live["users"].as_array().into_iter().flatten();
        let users: Vec<&str> = users.map(compute::last).collect();
        (!users.is_empty()).then(|| format!("is attached to {}", users.join(", ")))
    }

    fn body(spec: &Spec, step: &StepContext) -> Value {
        wire::body(spec, step)
    }

    fn next(live: &Value, after: &Spec, step: &StepContext) -> Option<Edit> {
        if let Some(edit) = wire::part(live, after, step) {
            return Some(label::unfinished(live).unwrap_or(edit));
        }
        let labels = label::wanted(&after.labels, after.protect, &step.mark, Some(live));
        (labels != label::all(live)).then(|| label::set("labelling", live, &labels))
    }

    fn remark(live: &Value, step: &StepContext, marks: Marks) -> Edit {
        label::remark(live, step, marks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk() -> Spec {
        Spec {
            location: "us-central1-c".into(),
            replicas: Vec::new(),
            kind: "pd-balanced".into(),
            size_gb: 100,
            iops: None,
            throughput: None,
            snapshots: None,
            labels: BTreeMap::new(),
            protect: true,
        }
    }

    #[test]
    fn a_disk_grows_where_it_stands_and_never_shrinks() {
        let larger = Spec { size_gb: 200, ..disk() };
        assert_eq!(Disk::transition(&disk(), &larger), Transition::InPlace);
        assert!(matches!(Disk::transition(&larger, &disk()), Transition::Refuse(_)));
        // Not even by making it anew somewhere else.
        let away = Spec { location: "us-central1-a".into(), ..disk() };
        assert!(matches!(Disk::transition(&larger, &away), Transition::Refuse(_)));
        assert!(matches!(Disk::transition(&disk(), &away), Transition::Replace(_)));
    }
}
