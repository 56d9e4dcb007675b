//! From a declared pool to its complete settings.

use super::format::{bounds, size, taint_parts};
use super::hardware::{Disk, Driver, Gpu, Sharing};
use super::placed::{Placed, PlacedPool};
use super::role;
use super::settings::{Pool, Role, Version};
use crate::project::managed::naming_key;
use crate::providers::gcp::gke_node_pool as node_pool;
use crate::providers::gcp::gke_node_pool::{Counted, Limits, Market, Spec, Taint};

/// The name in the cloud, with the cluster before it.
pub(super) fn name(placed: &Placed<'_>, pool: &PlacedPool<'_>, spec: &Spec) -> String {
    match &pool.pool.name {
        Some(name) => format!("{}/{name}", placed.name),
        None => {
            let key = naming_key(&pool.key.name, pool.pool.previously.as_deref());
            node_pool::make_name(&format!("{}/{key}", placed.name), spec)
        }
    }
}

/// The complete settings.
pub(super) fn spec(placed: &Placed<'_>, pool: &Pool) -> Spec {
    let Pool {
        name: _,
        previously: _,
        role,
        machine,
        gpu,
        nodes: _, // with the limits
        warm: _,
        zones,
        disk,
        spot,
        preemptible,
        version,
        community: _, // with labels and taints
        retiring: _,
        service_account,
        single_process_oom_kill,
        labels,
        taints,
        resource_labels,
        tags,
        auto_repair,
        auto_upgrade,
    } = pool;
    let cluster = placed.cluster;
    let account = service_account.as_ref().or(cluster.service_account.as_ref());
    let version = version.as_deref().or_else(|| role_version(placed, *role));
    let written = taints.iter().filter_map(|text| taint_parts(text));
    let written = written.map(|(key, value, effect)| Taint {
        key: key.to_owned(),
        value: value.to_owned(),
        effect: effect.to_owned(),
    });
    let mut all_labels = role::labels(pool);
    all_labels.extend(labels.clone());
    let mut all_resource_labels = placed.laid.declaration.cloud.labels.clone();
    all_resource_labels.extend(role::resource_labels(pool));
    all_resource_labels.extend(resource_labels.clone());
    let plain = Spec::new(placed.location(), machine, limits(pool).unwrap_or(Limits::total(0, 1)));
    Spec {
        disk: self::disk(disk.as_ref(), *role),
        gpu: gpu.as_ref().map(|gpu| accelerators(placed, machine, gpu)),
        zones: if zones.is_empty() { cluster.node_zones.clone() } else { zones.clone() },
        market: match (spot, preemptible) {
            (true, _) => Market::Spot,
            (false, true) => Market::Preemptible,
            (false, false) => Market::OnDemand,
        },
        service_account: account.cloned().unwrap_or(plain.service_account.clone()),
        gke_metadata: cluster.workload_identity,
        single_process_oom_kill: single_process_oom_kill.or(cluster.single_process_oom_kill),
        labels: all_labels,
        taints: role::taints(pool).into_iter().chain(written).collect(),
        resource_labels: all_resource_labels,
        tags: tags.clone(),
        version: version.map(str::to_owned),
        auto_repair: *auto_repair,
        auto_upgrade: auto_upgrade.unwrap_or(cluster.release_channel.is_some()),
        ..plain
    }
    .normal()
}

/// The limits as they were written, the warm machines above the least.
pub(super) fn limits(pool: &Pool) -> Option<Limits> {
    let (counted, text) = match (&pool.nodes.total, &pool.nodes.per_zone) {
        (Some(total), None) => (Counted::Total, total),
        (None, Some(per_zone)) => (Counted::PerZone, per_zone),
        _ => return None,
    };
    let (least, max) = bounds(text)?;
    let warm = pool.warm.and_then(|warm| i32::try_from(warm).ok()).unwrap_or_default();
    // A pool on its way out is not kept warm.
    let min = if pool.retiring { 0 } else { least.max(warm) };
    Some(Limits { counted, min, max, any_zone: counted == Counted::Total })
}

/// The version that a role's machines shall have.
fn role_version<'a>(placed: &'a Placed<'_>, role: Role) -> Option<&'a str> {
    match placed.cluster.version.as_ref()? {
        Version::One(version) => Some(version),
        Version::Each(each) => match role {
            Role::Core => each.core.as_deref(),
            Role::User => each.user.as_deref(),
            Role::DaskWorker => each.dask_worker.as_deref(),
            Role::Build => each.build.as_deref(),
        },
    }
}

fn disk(written: Option<&Disk>, role: Role) -> node_pool::Disk {
    let plain = node_pool::Disk {
        kind: "pd-balanced".to_owned(),
        size_gb: role.disk_gb(),
        iops: None,
        throughput: None,
    };
    match written {
        None => plain,
        Some(Disk::Size(text)) => {
            node_pool::Disk { size_gb: size(text).unwrap_or(plain.size_gb), ..plain }
        }
        Some(Disk::Full(full)) => node_pool::Disk {
            kind: full.kind.clone().unwrap_or(plain.kind),
            size_gb: size(&full.size).unwrap_or(plain.size_gb),
            iops: full.iops.map(i64::from),
            throughput: full.throughput.map(i64::from),
        },
    }
}

/// The type of the accelerators of a pool.
pub(super) fn gpu_kind(gpu: &Gpu) -> &str {
    match gpu {
        Gpu::One(kind) => kind,
        Gpu::Full(full) => &full.kind,
    }
}

/// How many accelerators each machine has: as many as written, or as its type says.
pub(super) fn gpu_count(placed: &Placed<'_>, machine: &str, gpu: &Gpu) -> i64 {
    let written = match gpu {
        Gpu::One(_) => None,
        Gpu::Full(full) => full.count.map(i64::from),
    };
    let known = placed.laid.tables.gpus.gpus.get(gpu_kind(gpu));
    let counts = known.and_then(|known| known.counts(machine)).unwrap_or_default();
    written.or(counts.first().copied()).unwrap_or(1)
}

fn accelerators(placed: &Placed<'_>, machine: &str, gpu: &Gpu) -> node_pool::Gpu {
    let count = gpu_count(placed, machine, gpu);
    let plain = node_pool::Gpu {
        kind: gpu_kind(gpu).to_owned(),
        count,
        driver: "DEFAULT".to_owned(),
        sharing: None,
        clients: None,
    };
    let Gpu::Full(full) = gpu else { return plain };
    let driver = match full.driver {
        None | Some(Driver::Default) => "DEFAULT",
        Some(Driver::Latest) => "LATEST",
        Some(Driver::None) => "INSTALLATION_DISABLED",
    };
    let sharing = full.shared.map(|sharing| match sharing {
        Sharing::TimeSharing => "TIME_SHARING".to_owned(),
        Sharing::Mps => "MPS".to_owned(),
    });
    let clients = sharing.as_ref().map(|_| full.clients.map_or(2, i64::from));
    node_pool::Gpu { driver: driver.to_owned(), sharing, clients, ..plain }
}
