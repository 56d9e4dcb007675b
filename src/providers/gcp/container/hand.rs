//! The calls that change something, and those that read afresh to do it safely.

use crate::providers::gcp::client::Connection;
use crate::providers::gcp::container::{At, sight};
use crate::providers::gcp::error::{CallFailed, Purpose, unless_absent};
use google_cloud_container_v1::client::ClusterManager;
use google_cloud_container_v1::model::{
    Cluster, ClusterUpdate, MaintenancePolicy, NetworkPolicy, NodeManagement, NodePool,
    NodePoolAutoscaling, Operation, UpdateNodePoolRequest,
};
use google_cloud_gax::error::Error;
use std::collections::BTreeMap;

/// Changes clusters and pools. Every change is an operation that is still to be waited for.
#[derive(Debug)]
pub(crate) struct Hand {
    client: ClusterManager,
}

type Begun = Result<Operation, CallFailed>;

impl Hand {
    pub(crate) fn new(connection: &Connection) -> Self {
        Self { client: connection.clusters.clone() }
    }

    /// A cluster as it is now.
    pub(crate) async fn cluster(&self, at: &At) -> Result<Option<Cluster>, CallFailed> {
        let answer = self.client.get_cluster().set_name(at.path()).send().await;
        unless_absent(answer, || format!("cluster {}", at.cluster))
    }

    /// A pool as it is now.
    pub(crate) async fn pool(&self, at: &At, pool: &str) -> Result<Option<NodePool>, CallFailed> {
        let answer = self.client.get_node_pool().set_name(at.pool(pool)).send().await;
        unless_absent(answer, || format!("node pool {}/{pool}", at.cluster))
    }

    /// An operation as it is now.
    pub(crate) async fn operation(&self, at: &At, name: &str) -> Result<Operation, CallFailed> {
        let answer = self.client.get_operation().set_name(at.operation(name)).send().await;
        answer.map_err(|error| CallFailed::new(Purpose::Read, format!("operation {name}"), &error))
    }

    /// The operations beside a cluster.
    pub(crate) async fn operations(&self, at: &At) -> Result<Vec<Operation>, CallFailed> {
        sight::operations(&self.client, &at.project, &at.location).await
    }

    pub(crate) async fn create(&self, at: &At, cluster: Cluster) -> Begun {
        let request = self.client.create_cluster().set_parent(at.parent()).set_cluster(cluster);
        request.send().await.map_err(failed("creating cluster", &at.cluster))
    }

    pub(crate) async fn delete(&self, at: &At) -> Begun {
        let request = self.client.delete_cluster().set_name(at.path());
        request.send().await.map_err(failed("deleting cluster", &at.cluster))
    }

    /// Changes one thing of a cluster that still has its entity tag.
    pub(crate) async fn update(&self, at: &At, update: ClusterUpdate) -> Begun {
        let request = self.client.update_cluster().set_name(at.path()).set_update(update);
        request.send().await.map_err(failed("changing cluster", &at.cluster))
    }

    /// Replaces the labels of a cluster, if they are still those with this fingerprint.
    pub(crate) async fn set_labels(
        &self,
        at: &At,
        labels: &BTreeMap<String, String>,
        fingerprint: &str,
    ) -> Begun {
        let request = self.client.set_labels().set_name(at.path()).set_resource_labels(labels);
        let request = request.set_label_fingerprint(fingerprint);
        request.send().await.map_err(failed("labelling cluster", &at.cluster))
    }

    pub(crate) async fn set_network_policy(&self, at: &At, policy: NetworkPolicy) -> Begun {
        let request = self.client.set_network_policy().set_name(at.path());
        let request = request.set_network_policy(policy);
        request.send().await.map_err(failed("setting the network policy of cluster", &at.cluster))
    }

    /// Its version stands in the policy itself.
    pub(crate) async fn set_maintenance(&self, at: &At, policy: MaintenancePolicy) -> Begun {
        // This method wants its parts one by one as well.
        let request = self.client.set_maintenance_policy().set_name(at.path());
        let request = request.set_project_id(&at.project).set_zone(&at.location);
        let request = request.set_cluster_id(&at.cluster).set_maintenance_policy(policy);
        request.send().await.map_err(failed("setting the maintenance of cluster", &at.cluster))
    }

    pub(crate) async fn create_pool(&self, at: &At, pool: NodePool) -> Begun {
        let name = format!("{}/{}", at.cluster, pool.name);
        let request = self.client.create_node_pool().set_parent(at.path()).set_node_pool(pool);
        request.send().await.map_err(failed("creating node pool", &name))
    }

    pub(crate) async fn delete_pool(&self, at: &At, pool: &str) -> Begun {
        let request = self.client.delete_node_pool().set_name(at.pool(pool));
        let name = format!("{}/{pool}", at.cluster);
        request.send().await.map_err(failed("deleting node pool", &name))
    }

    /// Changes one thing of a pool that still has its entity tag.
    pub(crate) async fn update_pool(
        &self,
        at: &At,
        pool: &str,
        update: UpdateNodePoolRequest,
    ) -> Begun {
        let request = self.client.update_node_pool().with_request(update.set_name(at.pool(pool)));
        let name = format!("{}/{pool}", at.cluster);
        request.send().await.map_err(failed("changing node pool", &name))
    }

    pub(crate) async fn set_autoscaling(
        &self,
        at: &At,
        pool: &str,
        limits: NodePoolAutoscaling,
    ) -> Begun {
        let request = self.client.set_node_pool_autoscaling().set_name(at.pool(pool));
        let name = format!("{}/{pool}", at.cluster);
        let request = request.set_autoscaling(limits);
        request.send().await.map_err(failed("setting the limits of node pool", &name))
    }

    pub(crate) async fn set_management(
        &self,
        at: &At,
        pool: &str,
        management: NodeManagement,
    ) -> Begun {
        let request = self.client.set_node_pool_management().set_name(at.pool(pool));
        let name = format!("{}/{pool}", at.cluster);
        let request = request.set_management(management);
        request.send().await.map_err(failed("setting the upkeep of node pool", &name))
    }
}

fn failed(doing: &str, name: &str) -> impl FnOnce(Error) -> CallFailed {
    move |error| CallFailed::new(Purpose::Write, format!("{doing} {name}"), &error)
}
