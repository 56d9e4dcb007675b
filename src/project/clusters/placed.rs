//! Which environments have which cluster, and under which name.

use super::settings::{Cluster, Pool, Version};
use crate::model::ResourceId;
use crate::project::declaration::Declaration;
use crate::project::layout::{Laid, shared_or_first};
use crate::project::names;
use crate::project::problem::Range;
use crate::project::tree::{Key, Node};

/// One cluster in one environment.
pub(super) struct Placed<'a> {
    /// The environment.
    pub(super) laid: &'a Laid,
    /// The short key and where it was written.
    pub(super) key: &'a Key,
    /// The settings as they were written.
    pub(super) node: &'a Node,
    /// The settings.
    pub(super) cluster: &'a Cluster,
    /// The name in the cloud.
    pub(super) name: String,
}

/// One pool of it.
pub(super) struct PlacedPool<'a> {
    /// The short key and where it was written.
    pub(super) key: &'a Key,
    /// The settings as they were written.
    pub(super) node: &'a Node,
    /// The settings.
    pub(super) pool: &'a Pool,
}

impl Placed<'_> {
    /// Where a setting was written, or else the cluster's key.
    pub(super) fn range(&self, setting: &str) -> &Range {
        self.node.child(setting).map_or(&self.key.range, |node| &node.range)
    }

    /// The region or the zone.
    pub(super) fn location(&self) -> &str {
        let cloud = &self.laid.declaration.cloud;
        match (self.cluster.regional, &cloud.zone) {
            (false, Some(zone)) => zone,
            _ => &cloud.region,
        }
    }

    /// Where it is, as Google writes it.
    pub(super) fn place(&self) -> String {
        let (project, name) = (&self.laid.declaration.cloud.project, &self.name);
        format!("projects/{project}/locations/{}/clusters/{name}", self.location())
    }

    /// The pools, in the order in which they were written.
    pub(super) fn pools(&self) -> Vec<PlacedPool<'_>> {
        let written = self.node.child("pools").map(Node::entries).unwrap_or_default();
        let pool =
            |(key, node)| Some(PlacedPool { key, node, pool: self.cluster.pools.get(&key.name)? });
        written.iter().map(|(key, node)| (key, node)).filter_map(pool).collect()
    }

    /// The zones of a pool; none where Google chooses.
    pub(super) fn zones<'p>(&'p self, pool: &'p Pool) -> Vec<&'p str> {
        let zones = match (pool.zones.is_empty(), self.cluster.regional) {
            (false, _) => &pool.zones,
            (true, true) => &self.cluster.node_zones,
            (true, false) => return vec![self.location()],
        };
        zones.iter().map(String::as_str).collect()
    }

    /// The version that the control plane shall have.
    pub(super) fn version(&self) -> Option<&str> {
        match self.cluster.version.as_ref()? {
            Version::One(version) => Some(version),
            Version::Each(each) => each.control_plane.as_deref(),
        }
    }
}

impl PlacedPool<'_> {
    /// Where a setting was written, or else the pool's key.
    pub(super) fn range(&self, setting: &str) -> &Range {
        self.node.child(setting).map_or(&self.key.range, |node| &node.range)
    }
}

/// Every cluster in every environment that has it.
pub(super) fn placed(layout: &[Laid]) -> Vec<Placed<'_>> {
    let default = shared_or_first(layout);
    let mut list = Vec::new();
    for laid in layout {
        let written = laid.tree.child("clusters").map(Node::entries).unwrap_or_default();
        for (key, node) in written {
            let Some(cluster) = laid.declaration.clusters.get(&key.name) else { continue };
            let environments = cluster.environments.as_ref().unwrap_or(&default);
            if environments.iter().any(|name| name == laid.env()) {
                let name = final_name(laid, &key.name, cluster);
                list.push(Placed { laid, key, node, cluster, name });
            }
        }
    }
    list
}

/// The clusters of a project whose programs may act as accounts: the first of them brings the
/// project's pool of identities, `PROJECT.svc.id.goog`.
/// <https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity>
pub(crate) fn with_identities(layout: &[Laid], project: &str) -> Vec<ResourceId> {
    let all = placed(layout).into_iter().filter(|placed| placed.cluster.workload_identity);
    let here = all.filter(|placed| placed.laid.declaration.cloud.project == project);
    here.map(|it| ResourceId::new(it.laid.env(), "gke-cluster", it.name)).collect()
}

/// The key of the only declared cluster.
pub(crate) fn only(laid: &Laid) -> Option<&str> {
    let mut keys = laid.declaration.clusters.keys();
    keys.next().filter(|_| keys.next().is_none()).map(String::as_str)
}

/// Whether an environment has clusters in a project.
pub(crate) fn any(laid: &Laid, project: &str) -> bool {
    let Declaration { cloud, clusters, .. } = &laid.declaration;
    cloud.project == project && !clusters.is_empty()
}

fn final_name(laid: &Laid, key: &str, cluster: &Cluster) -> String {
    names::final_name(laid, key, cluster.name.as_deref(), cluster.previously.as_deref())
}

/// What a setting of a cluster is when it is not said and follows from something else.
pub(crate) fn derived(layout: &[Laid], laid: &Laid, key: &str, setting: &str) -> Option<String> {
    let cluster = laid.declaration.clusters.get(key)?;
    match setting {
        "name" => Some(final_name(laid, key, cluster)),
        "in" => Some(format!("[{}]", shared_or_first(layout).join(", "))),
        _ => None,
    }
}
