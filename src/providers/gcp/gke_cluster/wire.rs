//! The settings of a cluster, ours and the API's. Pure.

use crate::model::Mark;
use crate::providers::gcp::container::{is_written, version};
use crate::providers::gcp::gke_cluster::{Limit, Maintenance, Private, Spec};
use google_cloud_container_v1::model as api;
use google_cloud_container_v1::model::maintenance_window::Policy;
use google_cloud_container_v1::model::{Cluster as Live, logging_component_config as logs};
use google_cloud_container_v1::model::{monitoring_component_config as figures, network_policy};
use std::collections::BTreeMap;

/// The label that says `protect: true` when the declaration is gone.
const PROTECT: &str = "leap-infra-protect";

/// The pool that Google makes with every cluster.
pub(crate) const DEFAULT_POOL: &str = "default-pool";

/// A new cluster. It comes with a pool of one machine, which is removed afterwards: the API makes
/// no cluster without.
pub(super) fn to_wire(name: &str, spec: &Spec, labels: &BTreeMap<String, String>) -> Live {
    let Spec {
        location: _, // in the path
        node_zones,
        version,
        release_channel,
        network,
        subnetwork,
        private,
        network_policy: _,
        http_load_balancing: _,
        horizontal_pod_autoscaling: _,
        autoscaling_profile: _,
        auto_provisioning: _,
        workload_identity,
        logging,
        monitoring,
        managed_prometheus,
        cost_allocation,
        maintenance,
        default_pool: _, // afterwards
        labels: _,       // handed in, together with those of the mark
        protect: _,
    } = spec;
    let identity = workload_identity.as_ref();
    let identity = identity.map(|pool| api::WorkloadIdentityConfig::new().set_workload_pool(pool));
    Live::new()
        .set_name(name)
        .set_node_pools([api::NodePool::new().set_name(DEFAULT_POOL).set_initial_node_count(1)])
        .set_locations(node_zones)
        .set_initial_cluster_version(version.as_deref().unwrap_or_default())
        .set_release_channel(channel(release_channel.as_deref()))
        .set_network(network)
        .set_subnetwork(subnetwork)
        .set_or_clear_private_cluster_config(private.as_ref().map(private_to_wire))
        .set_network_policy(policy(spec))
        .set_addons_config(addons(spec))
        .set_autoscaling(autoscaling(spec))
        .set_or_clear_workload_identity_config(identity)
        .set_logging_config(logging_config(logging))
        .set_monitoring_config(monitoring_config(monitoring, *managed_prometheus))
        .set_cost_management_config(costs(*cost_allocation))
        .set_or_clear_maintenance_policy(
            maintenance.as_ref().and_then(|it| maintenance_policy(Some(it), None)),
        )
        .set_ip_allocation_policy(api::IPAllocationPolicy::new().set_use_ip_aliases(true))
        .set_resource_labels(labels)
}

/// The settings of a live cluster, server defaults made explicit. What the server chooses where
/// `wanted` asks for nothing is not said.
pub(super) fn from_wire(cluster: &Live, wanted: Option<&Spec>) -> Spec {
    let asked = wanted.and_then(|wanted| wanted.version.as_deref());
    let addons = cluster.addons_config.as_ref();
    let off = |disabled: Option<bool>| disabled.is_none_or(|disabled| !disabled);
    let balancing = addons.and_then(|it| it.http_load_balancing.as_ref()).map(|it| it.disabled);
    let scaling = addons.and_then(|it| it.horizontal_pod_autoscaling.as_ref());
    let identity = cluster.workload_identity_config.as_ref();
    let identity = identity.map(|it| it.workload_pool.clone()).filter(|pool| !pool.is_empty());
    let chosen = wanted.is_some_and(|wanted| wanted.node_zones.is_empty());
    let written = cluster.resource_labels.iter().filter(|(key, _)| is_written(key));
    let protect = cluster.resource_labels.get(PROTECT).is_some_and(|value| value == "true");
    let (logging, (monitoring, managed_prometheus)) = (logging(cluster), monitoring(cluster));
    let maintenance = cluster.maintenance_policy.as_ref();
    Spec {
        location: cluster.location.clone(),
        node_zones: if chosen { Vec::new() } else { cluster.locations.clone() },
        version: version(asked, &cluster.current_master_version),
        release_channel: channel_of(cluster),
        network: last(&cluster.network),
        subnetwork: last(&cluster.subnetwork),
        private: private_from_wire(cluster, wanted),
        network_policy: cluster.network_policy.as_ref().is_some_and(|policy| policy.enabled),
        http_load_balancing: off(balancing),
        horizontal_pod_autoscaling: off(scaling.map(|it| it.disabled)),
        autoscaling_profile: profile(cluster),
        auto_provisioning: limits(cluster),
        workload_identity: identity,
        logging,
        monitoring,
        managed_prometheus,
        cost_allocation: cluster.cost_management_config.as_ref().is_some_and(|it| it.enabled),
        maintenance: maintenance.and_then(maintenance_from_wire),
        default_pool: cluster.node_pools.iter().any(|pool| pool.name == DEFAULT_POOL),
        labels: written.map(|(key, value)| (key.clone(), value.clone())).collect(),
        protect,
    }
    .normal()
}

/// The labels of a cluster: a person's, those of the mark, and what else others put there.
pub(super) fn labels(spec: &Spec, mark: &Mark, live: Option<&Live>) -> BTreeMap<String, String> {
    let theirs = live.into_iter().flat_map(|live| &live.resource_labels);
    let theirs = theirs.filter(|(key, _)| key.starts_with("goog-"));
    let mut labels: BTreeMap<String, String> =
        theirs.map(|(key, value)| (key.clone(), value.clone())).collect();
    labels.extend(spec.labels.clone());
    labels.extend(mark.labels());
    labels.extend(spec.protect.then(|| (PROTECT.to_owned(), "true".to_owned())));
    labels
}

pub(super) fn channel(name: Option<&str>) -> api::ReleaseChannel {
    // Left out, the server would choose; `UNSPECIFIED` says that nobody upgrades but us.
    api::ReleaseChannel::new().set_channel(name.unwrap_or("UNSPECIFIED"))
}

/// The channel that upgrades a cluster by itself; none if nobody does but us.
pub(super) fn channel_of(cluster: &Live) -> Option<String> {
    let channel = &cluster.release_channel.as_ref()?.channel;
    channel.name().filter(|name| *name != "UNSPECIFIED").map(str::to_owned)
}

pub(super) fn policy(spec: &Spec) -> api::NetworkPolicy {
    let policy = api::NetworkPolicy::new().set_enabled(spec.network_policy);
    match spec.network_policy {
        true => policy.set_provider(network_policy::Provider::Calico),
        false => policy,
    }
}

pub(super) fn addons(spec: &Spec) -> api::AddonsConfig {
    let balancing = api::HttpLoadBalancing::new().set_disabled(!spec.http_load_balancing);
    let scaling = api::HorizontalPodAutoscaling::new();
    let policy = api::NetworkPolicyConfig::new().set_disabled(!spec.network_policy);
    api::AddonsConfig::new()
        .set_http_load_balancing(balancing)
        .set_horizontal_pod_autoscaling(scaling.set_disabled(!spec.horizontal_pod_autoscaling))
        .set_network_policy_config(policy)
}

pub(super) fn autoscaling(spec: &Spec) -> api::ClusterAutoscaling {
    let limits = spec.auto_provisioning.iter().map(|Limit { resource, min, max }| {
        api::ResourceLimit::new().set_resource_type(resource).set_minimum(*min).set_maximum(*max)
    });
    api::ClusterAutoscaling::new()
        .set_autoscaling_profile(spec.autoscaling_profile.as_str())
        .set_enable_node_autoprovisioning(!spec.auto_provisioning.is_empty())
        .set_resource_limits(limits)
}

fn profile(cluster: &Live) -> String {
    let profile = cluster.autoscaling.as_ref().and_then(|it| it.autoscaling_profile.name());
    let profile = profile.filter(|name| *name != "PROFILE_UNSPECIFIED");
    profile.unwrap_or("BALANCED").to_owned()
}

fn limits(cluster: &Live) -> Vec<Limit> {
    let on = cluster.autoscaling.as_ref().filter(|it| it.enable_node_autoprovisioning);
    let limits = on.into_iter().flat_map(|it| &it.resource_limits);
    let limit = |it: &api::ResourceLimit| Limit {
        resource: it.resource_type.clone(),
        min: it.minimum,
        max: it.maximum,
    };
    limits.map(limit).collect()
}

pub(super) fn logging_config(components: &[String]) -> api::LoggingConfig {
    let components = components.iter().map(|name| logs::Component::from(name.as_str()));
    let config = api::LoggingComponentConfig::new().set_enable_components(components);
    api::LoggingConfig::new().set_component_config(config)
}

fn logging(cluster: &Live) -> Vec<String> {
    let config = cluster.logging_config.as_ref().and_then(|it| it.component_config.as_ref());
    let names = config.into_iter().flat_map(|it| &it.enable_components);
    names.filter_map(|component| component.name().map(str::to_owned)).collect()
}

pub(super) fn monitoring_config(components: &[String], prometheus: bool) -> api::MonitoringConfig {
    let components = components.iter().map(|name| figures::Component::from(name.as_str()));
    let config = api::MonitoringComponentConfig::new().set_enable_components(components);
    api::MonitoringConfig::new()
        .set_component_config(config)
        .set_managed_prometheus_config(api::ManagedPrometheusConfig::new().set_enabled(prometheus))
}

fn monitoring(cluster: &Live) -> (Vec<String>, bool) {
    let config = cluster.monitoring_config.as_ref();
    let components = config.and_then(|it| it.component_config.as_ref());
    let names = components.into_iter().flat_map(|it| &it.enable_components);
    let prometheus = config.and_then(|it| it.managed_prometheus_config.as_ref());
    let names = names.filter_map(|component| component.name().map(str::to_owned)).collect();
    (names, prometheus.is_some_and(|it| it.enabled))
}

pub(super) fn costs(allocated: bool) -> api::CostManagementConfig {
    api::CostManagementConfig::new().set_enabled(allocated)
}

#[expect(deprecated, reason = "the newer field says nothing of clusters that are older")]
fn private_to_wire(private: &Private) -> api::PrivateClusterConfig {
    api::PrivateClusterConfig::new()
        .set_enable_private_nodes(true)
        .set_enable_private_endpoint(private.endpoint)
        .set_master_ipv4_cidr_block(&private.control_plane_range)
}

#[expect(deprecated, reason = "the newer field says nothing of clusters that are older")]
fn private_from_wire(cluster: &Live, wanted: Option<&Spec>) -> Option<Private> {
    let config = cluster.private_cluster_config.as_ref().filter(|it| it.enable_private_nodes)?;
    let asked = wanted.and_then(|wanted| wanted.private.as_ref());
    let chosen = asked.is_some_and(|asked| asked.control_plane_range.is_empty());
    Some(Private {
        endpoint: config.enable_private_endpoint,
        control_plane_range: if chosen {
            String::new()
        } else {
            config.master_ipv4_cidr_block.clone()
        },
    })
}

/// A policy for the version that was read, with the exclusions that others made; none when times
/// cannot be read.
pub(super) fn maintenance_policy(
    maintenance: Option<&Maintenance>,
    live: Option<&api::MaintenancePolicy>,
) -> Option<api::MaintenancePolicy> {
    let version = live.map(|live| live.resource_version.as_str()).unwrap_or_default();
    let policy = api::MaintenancePolicy::new().set_resource_version(version);
    let kept = live.and_then(|live| live.window.as_ref());
    let kept = kept.map(|window| window.maintenance_exclusions.clone()).unwrap_or_default();
    let window = api::MaintenanceWindow::new().set_maintenance_exclusions(kept);
    let window = match maintenance {
        None => return Some(policy.set_window(window)),
        Some(Maintenance::Daily(at)) => window
            .set_daily_maintenance_window(api::DailyMaintenanceWindow::new().set_start_time(at)),
        Some(Maintenance::Recurring { start, end, recurrence }) => {
            let time = |text: &str| google_cloud_wkt::Timestamp::try_from(text).ok();
            let times =
                api::TimeWindow::new().set_start_time(time(start)?).set_end_time(time(end)?);
            let window_of = api::RecurringTimeWindow::new().set_window(times);
            window.set_recurring_window(window_of.set_recurrence(recurrence))
        }
    };
    Some(policy.set_window(window))
}

fn maintenance_from_wire(policy: &api::MaintenancePolicy) -> Option<Maintenance> {
    match policy.window.as_ref()?.policy.as_ref()? {
        Policy::DailyMaintenanceWindow(daily) => Some(Maintenance::Daily(daily.start_time.clone())),
        Policy::RecurringWindow(recurring) => {
            let window = recurring.window.as_ref()?;
            Some(Maintenance::Recurring {
                start: String::from(window.start_time?),
                end: String::from(window.end_time?),
                recurrence: recurring.recurrence.clone(),
            })
        }
        _ => None,
    }
}

/// A name without the path before it.
fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}
