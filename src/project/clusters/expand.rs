//! From declared clusters to complete resources.

use super::format::bounds;
use super::placed::{Placed, PlacedPool, placed};
use super::pools;
use super::settings::{Cluster, Maintenance, NetworkPolicy, Profile, ReleaseChannel};
use crate::model::{Keys, Place, Resource, ResourceId, Source};
use crate::project::layout::Laid;
use crate::project::problem::Range;
use crate::project::{address, services};
use crate::providers::gcp::gke_cluster;
use crate::providers::gcp::gke_node_pool::{Counted, Spec as PoolSpec};
use serde_json::Value;
use std::collections::BTreeSet;

/// The kind of a cluster.
const CLUSTER: &str = "gke-cluster";
/// The kind of a pool of machines.
const POOL: &str = "gke-node-pool";

/// Every cluster of every environment, and its pools.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    for placed in &placed(layout) {
        let spec = json(&cluster(placed));
        let mut cluster = resource(placed, CLUSTER, &placed.name, spec, &placed.key.range);
        cluster.needs.extend(services::enabling(layout, &cluster.place.project, gke_cluster::API));
        resources.push(cluster);
        for pool in &placed.pools() {
            resources.push(self::pool(placed, pool));
        }
    }
}

/// The key of every cluster, with the cluster and its pools in each environment. A pool is called
/// by its key, `pool:core`, or with that of its cluster before it, `pool:main.core`.
pub(crate) fn keys(layout: &[Laid], keys: &mut Keys) {
    for placed in &placed(layout) {
        let env = placed.laid.env();
        let mut all = BTreeSet::from([ResourceId::new(env, CLUSTER, &placed.name)]);
        for pool in &placed.pools() {
            let name = pools::name(placed, pool, &pools::spec(placed, pool.pool));
            let (id, key) = (ResourceId::new(env, POOL, name), &pool.key.name);
            for name in [key.clone(), format!("{}.{key}", placed.key.name)] {
                keys.entry(address::written("pool", &name)).or_default().insert(id.clone());
            }
            all.insert(id);
        }
        let name = address::written("cluster", &placed.key.name);
        keys.entry(name).or_default().extend(all);
    }
}

fn pool(placed: &Placed<'_>, pool: &PlacedPool<'_>) -> Resource {
    let spec = pools::spec(placed, pool.pool);
    let name = pools::name(placed, pool, &spec);
    let notes = notes(placed, pool, &spec);
    let mut resource = resource(placed, POOL, &name, json(&spec), &pool.key.range);
    resource.place.parent = Some(placed.name.clone());
    Resource { notes, ..resource }
}

/// What a person should be told in words.
fn notes(placed: &Placed<'_>, pool: &PlacedPool<'_>, spec: &PoolSpec) -> Vec<String> {
    let (limits, zones) = (&spec.limits, placed.zones(pool.pool).len());
    let mut notes = Vec::new();
    if limits.counted == Counted::PerZone && zones > 1 {
        let (max, all) = (limits.max, i64::from(limits.max) * i64::try_from(zones).unwrap_or(1));
        notes.push(format!("{max} machines in each of {zones} zones: {all} in all"));
    }
    if pool.pool.retiring {
        notes.push("nothing new starts here; remove the pool once it is empty".to_owned());
    }
    notes
}

fn resource(placed: &Placed<'_>, kind: &str, name: &str, spec: Value, range: &Range) -> Resource {
    let mut place = Place::project(&placed.laid.declaration.cloud.project);
    place.location = Some(placed.location().to_owned());
    Resource {
        id: ResourceId::new(placed.laid.env(), kind, name),
        place,
        spec,
        manage: placed.cluster.manage.into(),
        needs: BTreeSet::new(),
        source: Source::from(range),
        notes: Vec::new(),
    }
}

fn json(spec: &impl serde::Serialize) -> Value {
    serde_json::to_value(spec).expect("specs are maps of plain values")
}

fn cluster(placed: &Placed<'_>) -> gke_cluster::Spec {
    let Cluster {
        environments: _,
        name: _,
        previously: _,
        manage: _,   // of the resource
        regional: _, // with the location
        node_zones,
        version: _,
        release_channel,
        network,
        subnetwork,
        private,
        network_policy,
        autoscaling_profile,
        node_auto_provisioning,
        workload_identity,
        logging,
        monitoring,
        managed_prometheus,
        cost_allocation,
        http_load_balancing,
        horizontal_pod_autoscaling,
        maintenance,
        keep_default_pool,
        service_account: _, // of the pools
        single_process_oom_kill: _,
        labels,
        protect,
        registries: _, // what their account may do in the project
        pools: _,
    } = placed.cluster;
    let cloud = &placed.laid.declaration.cloud;
    let mut all_labels = cloud.labels.clone();
    all_labels.extend(labels.clone());
    let words = |list: &[String]| list.iter().map(|word| word.to_uppercase()).collect();
    gke_cluster::Spec {
        node_zones: node_zones.clone(),
        version: placed.version().map(str::to_owned),
        release_channel: release_channel.map(channel),
        network: network.clone(),
        subnetwork: subnetwork.clone(),
        private: private.as_ref().map(|private| gke_cluster::Private {
            endpoint: private.endpoint,
            control_plane_range: private.control_plane_range.clone().unwrap_or_default(),
        }),
        network_policy: *network_policy == Some(NetworkPolicy::Calico),
        http_load_balancing: *http_load_balancing,
        horizontal_pod_autoscaling: *horizontal_pod_autoscaling,
        autoscaling_profile: match autoscaling_profile {
            Profile::Balanced => "BALANCED",
            Profile::OptimizeUtilization => "OPTIMIZE_UTILIZATION",
        }
        .to_owned(),
        auto_provisioning: node_auto_provisioning.iter().filter_map(limit).collect(),
        workload_identity: workload_identity.then(|| format!("{}.svc.id.goog", cloud.project)),
        logging: words(logging),
        monitoring: words(monitoring),
        managed_prometheus: *managed_prometheus,
        cost_allocation: *cost_allocation,
        maintenance: maintenance.as_ref().map(window),
        default_pool: *keep_default_pool,
        labels: all_labels,
        protect: *protect,
        ..gke_cluster::Spec::new(placed.location())
    }
    .normal()
}

fn channel(channel: ReleaseChannel) -> String {
    match channel {
        ReleaseChannel::Rapid => "RAPID",
        ReleaseChannel::Regular => "REGULAR",
        ReleaseChannel::Stable => "STABLE",
        ReleaseChannel::Extended => "EXTENDED",
    }
    .to_owned()
}

fn limit((resource, text): (&String, &String)) -> Option<gke_cluster::Limit> {
    let (min, max) = bounds(text)?;
    Some(gke_cluster::Limit { resource: resource.clone(), min: min.into(), max: max.into() })
}

fn window(maintenance: &Maintenance) -> gke_cluster::Maintenance {
    match maintenance.clone() {
        Maintenance::Daily { daily_at } => gke_cluster::Maintenance::Daily(daily_at),
        Maintenance::Recurring { start, end, repeat } => {
            gke_cluster::Maintenance::Recurring { start, end, recurrence: repeat }
        }
    }
}
