//! The parts of a pool that change in a call of their own, and those calls.

use crate::model::Mark;
use crate::providers::gcp::container::{At, Hand};
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::gke_node_pool::{Spec, wire};
use google_cloud_container_v1::model::{
    NetworkTags, NodeLabels, NodePool as Live, NodeTaints, Operation, ResourceLabels,
    UpdateNodePoolRequest,
};

/// A part that changes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Taints,
    Labels,
    ResourceLabels,
    Tags,
    Zones,
    Limits,
    Upkeep,
    Version,
    Metadata,
    Kubelet,
}

/// What keeps people away or lets them in comes first, what makes machines anew last.
const ALL: [Part; 10] = [
    Part::Taints,
    Part::Labels,
    Part::ResourceLabels,
    Part::Tags,
    Part::Zones,
    Part::Limits,
    Part::Upkeep,
    Part::Version,
    Part::Metadata,
    Part::Kubelet,
];

impl Part {
    /// The first part in which a pool is not yet as wanted.
    pub(super) fn first(now: &Spec, after: &Spec) -> Option<Self> {
        ALL.into_iter().find(|part| part.differs(now, after))
    }

    fn differs(self, now: &Spec, after: &Spec) -> bool {
        match self {
            Self::Taints => now.taints != after.taints,
            Self::Labels => now.labels != after.labels,
            Self::ResourceLabels => now.resource_labels != after.resource_labels,
            Self::Tags => now.tags != after.tags,
            Self::Zones => now.zones != after.zones,
            Self::Limits => now.limits != after.limits,
            Self::Upkeep => {
                (now.auto_repair, now.auto_upgrade) != (after.auto_repair, after.auto_upgrade)
            }
            Self::Version => now.version != after.version,
            Self::Metadata => now.gke_metadata != after.gke_metadata,
            Self::Kubelet => now.single_process_oom_kill != after.single_process_oom_kill,
        }
    }

    /// What is being done, for people.
    pub(super) fn words(self, name: &str) -> String {
        let what = match self {
            Self::Taints => "the taints",
            Self::Labels => "the labels",
            Self::ResourceLabels => "the resource labels",
            Self::Tags => "the network tags",
            Self::Zones => "the zones",
            Self::Limits => "the limits",
            Self::Upkeep => "the upkeep",
            Self::Version => "the version",
            Self::Metadata => "the metadata",
            Self::Kubelet => "the kubelet",
        };
        format!("changing {what} of node pool {name}")
    }

    /// Begins the change, for exactly the pool that was read where the API can check that.
    pub(super) async fn begin(
        self,
        hand: &Hand,
        at: &At,
        live: &Live,
        after: &Spec,
        mark: &Mark,
    ) -> Result<Operation, CallFailed> {
        let name = &live.name;
        let update = UpdateNodePoolRequest::new().set_etag(&live.etag);
        let update = match self {
            Self::Taints => {
                let taints = after.taints.iter().map(wire::taint);
                update.set_taints(NodeTaints::new().set_taints(taints))
            }
            Self::Labels => update.set_labels(NodeLabels::new().set_labels(&after.labels)),
            Self::ResourceLabels => {
                let labels = wire::resource_labels(after, mark);
                update.set_resource_labels(ResourceLabels::new().set_labels(labels))
            }
            Self::Tags => update.set_tags(NetworkTags::new().set_tags(&after.tags)),
            Self::Zones => update.set_locations(&after.zones),
            Self::Version => update.set_node_version(after.version.as_deref().unwrap_or("-")),
            Self::Metadata => {
                update.set_workload_metadata_config(wire::metadata(after.gke_metadata))
            }
            Self::Kubelet => {
                let kubelet = after.single_process_oom_kill.map(wire::kubelet);
                update.set_kubelet_config(kubelet.unwrap_or_default())
            }
            Self::Limits => {
                return hand.set_autoscaling(at, name, wire::autoscaling(&after.limits)).await;
            }
            Self::Upkeep => return hand.set_management(at, name, wire::management(after)).await,
        };
        hand.update_pool(at, name, update).await
    }
}
