//! `gce-snapshot-policy`: when snapshots of disks are taken, and for how long they are kept.
//!
//! The name is the policy's own, unique in its region. The mark is a suffix of the description:
//! policies have no labels. See `providers::gcp::compute`.

mod wire;

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Observation, Owner, Scope, Transition};
use crate::providers::description::{self, Marks};
use crate::providers::gcp::compute::{self, Computed, Edit};
use crate::providers::gcp::{Reader, Writer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The complete settings of a snapshot schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The region of the disks that follow it. Cannot be changed.
    pub region: String,
    /// `day`, `6 hours`, or days of the week in their order: `monday, thursday`.
    pub every: String,
    /// The full hour at which one begins, `04:00`, in UTC.
    pub at: String,
    /// For how many days a snapshot is kept.
    pub keep_days: u32,
    /// Whether snapshots outlive their disk: kept until somebody deletes them.
    #[serde(default = "yes")]
    pub outlive_disk: bool,
    /// Where snapshots are kept, a region or `us`; near the disk when not said. Cannot be changed.
    #[serde(default)]
    pub kept_in: Option<String>,
    /// The labels of each snapshot.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

fn yes() -> bool {
    true
}

/// The kind `gce-snapshot-policy`.
#[derive(Debug)]
pub enum SnapshotPolicy {}

impl Kind for SnapshotPolicy {
    const NAME: &'static str = "gce-snapshot-policy";
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

    /// A policy that disks follow cannot be deleted, so there is no making it anew.
    fn transition(before: &Spec, after: &Spec) -> Transition {
        let other = "give it another name: the disk then moves on to it, and this one goes";
        if before.region != after.region {
            Transition::Refuse(format!("a schedule cannot move to another region; {other}"))
        } else if before.kept_in != after.kept_in {
            Transition::Refuse(format!("where snapshots are kept cannot be changed; {other}"))
        } else {
            Transition::InPlace
        }
    }
}

impl Computed for SnapshotPolicy {
    const COLLECTION: &'static str = "resourcePolicies";

    fn location(spec: &Spec) -> &str {
        &spec.region
    }

    fn read(live: &Value, _wanted: Option<&Spec>) -> Spec {
        wire::read(live)
    }

    fn owner(live: &Value, stack: &str) -> Owner {
        told(live, stack).1
    }

    /// Policies that are no snapshot schedules.
    fn is_derived(live: &Value) -> bool {
        !live[wire::SCHEDULE].is_object()
    }

    fn body(spec: &Spec, step: &StepContext) -> Value {
        let description = description::marked("", &step.mark);
        json!({
            "name": step.id.name, "description": description, wire::SCHEDULE: wire::schedule(spec),
        })
    }

    fn next(live: &Value, after: &Spec, step: &StepContext) -> Option<Edit> {
        let (text, _) = told(live, &step.mark.stack);
        let description = description::marked(&text, &step.mark);
        let same = wire::read(live) == *after && live["description"] == *description;
        (!same).then(|| {
            let body = json!({ "description": description, wire::SCHEDULE: wire::schedule(after) });
            wire::patch("changing", &["description", wire::SCHEDULE], body)
        })
    }

    fn remark(live: &Value, step: &StepContext, marks: Marks) -> Edit {
        let (text, _) = told(live, &step.mark.stack);
        let body = json!({ "description": marks.description(&text, step) });
        wire::patch("marking", &["description"], body)
    }
}

/// The text of a live policy's description, and whose it is.
fn told(live: &Value, stack: &str) -> (String, Owner) {
    let name = live["name"].as_str().unwrap_or_default();
    let text = live["description"].as_str().unwrap_or_default();
    description::read(stack, SnapshotPolicy::NAME, name, text)
}
