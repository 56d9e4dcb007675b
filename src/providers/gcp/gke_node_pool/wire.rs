//! The settings of a pool, ours and the API's. Pure.

use crate::model::{Mark, label};
use crate::providers::gcp::container::{is_written, version};
use crate::providers::gcp::gke_node_pool::{Counted, Disk, Gpu, Limits, Market, Spec, Taint};
use google_cloud_container_v1::model as api;
use google_cloud_container_v1::model::NodePool as Live;
use google_cloud_container_v1::model::node_pool_autoscaling::LocationPolicy;
use google_cloud_container_v1::model::workload_metadata_config::Mode;
use std::collections::BTreeMap;

/// A new pool. `zones` is in how many zones its machines will be.
pub(super) fn to_wire(name: &str, spec: &Spec, mark: &Mark, zones: usize) -> Live {
    let Spec {
        location: _, // in the path
        machine,
        limits,
        disk,
        image,
        gpu,
        zones: in_zones,
        market,
        service_account,
        scopes,
        gke_metadata,
        single_process_oom_kill,
        labels,
        taints,
        resource_labels: _, // with those of the mark
        tags,
        version,
        auto_repair: _, // with the upkeep
        auto_upgrade: _,
    } = spec;
    let config = api::NodeConfig::new()
        .set_machine_type(machine)
        .set_boot_disk(boot_disk(disk))
        .set_disk_type(&disk.kind)
        .set_disk_size_gb(i32::try_from(disk.size_gb).unwrap_or(i32::MAX))
        .set_image_type(image)
        .set_accelerators(gpu.as_ref().map(accelerator))
        .set_spot(*market == Market::Spot)
        .set_preemptible(*market == Market::Preemptible)
        .set_service_account(service_account)
        .set_oauth_scopes(scopes)
        .set_workload_metadata_config(metadata(*gke_metadata))
        .set_or_clear_kubelet_config(single_process_oom_kill.map(kubelet))
        .set_labels(labels)
        .set_taints(taints.iter().map(taint))
        .set_resource_labels(resource_labels(spec, mark))
        .set_tags(tags);
    Live::new()
        .set_name(name)
        .set_initial_node_count(first(limits, zones))
        .set_locations(in_zones)
        .set_version(version.as_deref().unwrap_or_default())
        .set_config(config)
        .set_autoscaling(autoscaling(limits))
        .set_management(management(spec))
}

/// The settings of a live pool, server defaults made explicit. What the server chooses where
/// `wanted` asks for nothing is not said.
pub(super) fn from_wire(location: &str, pool: &Live, wanted: Option<&Spec>) -> Spec {
    let nothing = api::NodeConfig::new();
    let config = pool.config.as_ref().unwrap_or(&nothing);
    let asked = wanted.and_then(|wanted| wanted.version.as_deref());
    let chosen = wanted.is_some_and(|wanted| wanted.zones.is_empty());
    let metadata = config.workload_metadata_config.as_ref();
    let kubelet = config.kubelet_config.as_ref();
    let resource_labels = config.resource_labels.iter().filter(|(key, _)| is_written(key));
    let management = pool.management.as_ref();
    Spec {
        location: location.to_owned(),
        machine: config.machine_type.clone(),
        limits: limits(pool),
        disk: disk(config),
        image: config.image_type.clone(),
        gpu: config.accelerators.first().map(gpu),
        zones: if chosen { Vec::new() } else { pool.locations.clone() },
        market: match (config.spot, config.preemptible) {
            (true, _) => Market::Spot,
            (false, true) => Market::Preemptible,
            (false, false) => Market::OnDemand,
        },
        service_account: config.service_account.clone(),
        scopes: config.oauth_scopes.clone(),
        gke_metadata: metadata.is_some_and(|metadata| metadata.mode == Mode::GkeMetadata),
        single_process_oom_kill: kubelet.and_then(|kubelet| kubelet.single_process_oom_kill),
        labels: sorted(config.labels.iter()),
        taints: config.taints.iter().map(taint_from_wire).collect(),
        resource_labels: sorted(resource_labels),
        tags: config.tags.clone(),
        version: version(asked, &pool.version),
        auto_repair: management.is_some_and(|it| it.auto_repair),
        auto_upgrade: management.is_some_and(|it| it.auto_upgrade),
    }
    .normal()
}

fn sorted<'a>(labels: impl Iterator<Item = (&'a String, &'a String)>) -> BTreeMap<String, String> {
    labels.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// How many machines a new pool has in each zone: its least, rounded up.
fn first(limits: &Limits, zones: usize) -> i32 {
    let zones = i32::try_from(zones.max(1)).unwrap_or(i32::MAX);
    match limits.counted {
        Counted::PerZone => limits.min,
        Counted::Total => (limits.min + zones - 1) / zones,
    }
}

pub(super) fn autoscaling(limits: &Limits) -> api::NodePoolAutoscaling {
    let Limits { counted, min, max, any_zone } = limits;
    let policy = if *any_zone { LocationPolicy::Any } else { LocationPolicy::Balanced };
    let limits = api::NodePoolAutoscaling::new().set_enabled(true).set_location_policy(policy);
    match counted {
        Counted::PerZone => limits.set_min_node_count(*min).set_max_node_count(*max),
        Counted::Total => limits.set_total_min_node_count(*min).set_total_max_node_count(*max),
    }
}

/// Without autoscaling, a pool keeps as many machines as it was made with.
fn limits(pool: &Live) -> Limits {
    let fixed = pool.initial_node_count;
    let on = pool.autoscaling.as_ref().filter(|limits| limits.enabled);
    let Some(limits) = on else { return Limits::per_zone(fixed, fixed) };
    let any_zone = limits.location_policy == LocationPolicy::Any;
    let (counted, min, max) = match limits.total_max_node_count {
        0 => (Counted::PerZone, limits.min_node_count, limits.max_node_count),
        most => (Counted::Total, limits.total_min_node_count, most),
    };
    Limits { counted, min, max, any_zone }
}

pub(super) fn management(spec: &Spec) -> api::NodeManagement {
    let management = api::NodeManagement::new().set_auto_repair(spec.auto_repair);
    management.set_auto_upgrade(spec.auto_upgrade)
}

fn boot_disk(disk: &Disk) -> api::BootDisk {
    api::BootDisk::new()
        .set_disk_type(&disk.kind)
        .set_size_gb(disk.size_gb)
        .set_provisioned_iops(disk.iops.unwrap_or_default())
        .set_provisioned_throughput(disk.throughput.unwrap_or_default())
}

/// The disk stands in two places; the newer one knows more.
fn disk(config: &api::NodeConfig) -> Disk {
    let some = |number: i64| (number != 0).then_some(number);
    match config.boot_disk.as_ref().filter(|disk| !disk.disk_type.is_empty()) {
        Some(disk) => Disk {
            kind: disk.disk_type.clone(),
            size_gb: disk.size_gb,
            iops: some(disk.provisioned_iops),
            throughput: some(disk.provisioned_throughput),
        },
        None => Disk {
            kind: config.disk_type.clone(),
            size_gb: config.disk_size_gb.into(),
            iops: None,
            throughput: None,
        },
    }
}

fn accelerator(gpu: &Gpu) -> api::AcceleratorConfig {
    let driver = api::GPUDriverInstallationConfig::new();
    let config = api::AcceleratorConfig::new()
        .set_accelerator_type(&gpu.kind)
        .set_accelerator_count(gpu.count)
        .set_gpu_driver_installation_config(driver.set_gpu_driver_version(gpu.driver.as_str()));
    match &gpu.sharing {
        None => config,
        Some(sharing) => config.set_gpu_sharing_config(
            api::GPUSharingConfig::new()
                .set_gpu_sharing_strategy(sharing.as_str())
                .set_max_shared_clients_per_gpu(gpu.clients.unwrap_or_default()),
        ),
    }
}

fn gpu(config: &api::AcceleratorConfig) -> Gpu {
    let driver = config.gpu_driver_installation_config.as_ref();
    let driver = driver.and_then(|driver| driver.gpu_driver_version.as_ref()?.name());
    let sharing = config.gpu_sharing_config.as_ref();
    let strategy = sharing.and_then(|it| it.gpu_sharing_strategy.as_ref()?.name());
    Gpu {
        kind: config.accelerator_type.clone(),
        count: config.accelerator_count,
        driver: driver.unwrap_or("DEFAULT").to_owned(),
        sharing: strategy.map(str::to_owned),
        clients: sharing.map(|sharing| sharing.max_shared_clients_per_gpu),
    }
}

pub(super) fn metadata(gke: bool) -> api::WorkloadMetadataConfig {
    let mode = if gke { Mode::GkeMetadata } else { Mode::GceMetadata };
    api::WorkloadMetadataConfig::new().set_mode(mode)
}

pub(super) fn kubelet(single: bool) -> api::NodeKubeletConfig {
    api::NodeKubeletConfig::new().set_single_process_oom_kill(single)
}

pub(super) fn taint(taint: &Taint) -> api::NodeTaint {
    let Taint { key, value, effect } = taint;
    api::NodeTaint::new().set_key(key).set_value(value).set_effect(effect.as_str())
}

fn taint_from_wire(taint: &api::NodeTaint) -> Taint {
    let effect = taint.effect.name().unwrap_or_default().to_owned();
    Taint { key: taint.key.clone(), value: taint.value.clone(), effect }
}

/// The labels of a pool's machines in the cloud: a person's, and those of the mark but for the
/// digest, which would have to be written with every change.
pub(super) fn resource_labels(spec: &Spec, mark: &Mark) -> BTreeMap<String, String> {
    let mut labels = spec.resource_labels.clone();
    labels.extend(mark.labels());
    labels.remove(label::SPEC);
    labels
}
