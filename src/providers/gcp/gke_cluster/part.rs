//! The parts of a cluster that change in a call of their own, and those calls.
//!
//! The API changes one thing of a cluster at a time, and each change is an operation.

use crate::providers::gcp::container::{At, Hand};
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::gke_cluster::{Spec, wire};
use google_cloud_container_v1::model::{Cluster as Live, ClusterUpdate, Operation};

/// A part that changes by itself, in the order in which they are changed: what others stand on
/// comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Channel,
    Version,
    Zones,
    Addons,
    NetworkPolicy,
    Autoscaling,
    WorkloadIdentity,
    Logging,
    Monitoring,
    CostAllocation,
    Maintenance,
    DefaultPool,
}

const ALL: [Part; 12] = [
    Part::Channel,
    Part::Version,
    Part::Zones,
    Part::Addons,
    Part::NetworkPolicy,
    Part::Autoscaling,
    Part::WorkloadIdentity,
    Part::Logging,
    Part::Monitoring,
    Part::CostAllocation,
    Part::Maintenance,
    Part::DefaultPool,
];

impl Part {
    /// The first part in which a live cluster is not yet as wanted.
    pub(super) fn first(live: &Live, after: &Spec) -> Option<Self> {
        let now = wire::from_wire(live, Some(after));
        ALL.into_iter().find(|part| part.differs(live, &now, after))
    }

    fn differs(self, live: &Live, now: &Spec, after: &Spec) -> bool {
        match self {
            Self::Channel => now.release_channel != after.release_channel,
            Self::Version => now.version != after.version,
            Self::Zones => now.node_zones != after.node_zones,
            Self::Addons => {
                let policy = live.addons_config.as_ref();
                let policy = policy.and_then(|it| it.network_policy_config.as_ref());
                // Off for machines first, then for the control plane.
                let early = now.network_policy && !after.network_policy;
                let policy = !early && policy.is_some_and(|it| it.disabled == after.network_policy);
                let balancing = now.http_load_balancing != after.http_load_balancing;
                let scaling = now.horizontal_pod_autoscaling != after.horizontal_pod_autoscaling;
                policy || balancing || scaling
            }
            Self::NetworkPolicy => now.network_policy != after.network_policy,
            Self::Autoscaling => {
                now.autoscaling_profile != after.autoscaling_profile
                    || now.auto_provisioning != after.auto_provisioning
            }
            Self::WorkloadIdentity => now.workload_identity != after.workload_identity,
            Self::Logging => now.logging != after.logging,
            Self::Monitoring => {
                now.monitoring != after.monitoring
                    || now.managed_prometheus != after.managed_prometheus
            }
            Self::CostAllocation => now.cost_allocation != after.cost_allocation,
            Self::Maintenance => now.maintenance != after.maintenance,
            Self::DefaultPool => now.default_pool && !after.default_pool,
        }
    }

    /// What is being done, for people.
    pub(super) fn words(self, cluster: &str) -> String {
        let what = match self {
            Self::Channel => "the release channel",
            Self::Version => "the version",
            Self::Zones => "the zones",
            Self::Addons => "the add-ons",
            Self::NetworkPolicy => "the network policy",
            Self::Autoscaling => "the autoscaling",
            Self::WorkloadIdentity => "the workload identity",
            Self::Logging => "the logging",
            Self::Monitoring => "the monitoring",
            Self::CostAllocation => "the cost allocation",
            Self::Maintenance => "the maintenance window",
            Self::DefaultPool => "the default pool",
        };
        format!("changing {what} of cluster {cluster}")
    }

    /// Begins the change, for exactly the cluster that was read where the API can check that.
    pub(super) async fn begin(
        self,
        hand: &Hand,
        at: &At,
        live: &Live,
        after: &Spec,
    ) -> Result<Operation, CallFailed> {
        let update = ClusterUpdate::new().set_etag(&live.etag);
        let update = match self {
            Self::Channel => {
                update.set_desired_release_channel(wire::channel(after.release_channel.as_deref()))
            }
            Self::Version => {
                update.set_desired_master_version(after.version.as_deref().unwrap_or("-"))
            }
            Self::Zones => update.set_desired_locations(&after.node_zones),
            Self::Addons => update.set_desired_addons_config(wire::addons(after)),
            Self::Autoscaling => update.set_desired_cluster_autoscaling(wire::autoscaling(after)),
            Self::WorkloadIdentity => {
                let pool = after.workload_identity.as_deref().unwrap_or_default();
                let config = google_cloud_container_v1::model::WorkloadIdentityConfig::new();
                update.set_desired_workload_identity_config(config.set_workload_pool(pool))
            }
            Self::Logging => {
                update.set_desired_logging_config(wire::logging_config(&after.logging))
            }
            Self::Monitoring => {
                let prometheus = after.managed_prometheus;
                let config = wire::monitoring_config(&after.monitoring, prometheus);
                update.set_desired_monitoring_config(config)
            }
            Self::CostAllocation => {
                update.set_desired_cost_management_config(wire::costs(after.cost_allocation))
            }
            Self::NetworkPolicy => return hand.set_network_policy(at, wire::policy(after)).await,
            Self::Maintenance => {
                let (wanted, policy) =
                    (after.maintenance.as_ref(), live.maintenance_policy.as_ref());
                let policy = wire::maintenance_policy(wanted, policy);
                return hand.set_maintenance(at, policy.unwrap_or_default()).await;
            }
            Self::DefaultPool => return hand.delete_pool(at, wire::DEFAULT_POOL).await,
        };
        hand.update(at, update).await
    }
}
