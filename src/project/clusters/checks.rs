//! What the schema cannot say about clusters and their pools: limits, machines, accelerators,
//! zones, labels.

use super::format::taint_parts;
use super::hardware::Gpu;
use super::machines::allocatable;
use super::placed::{Placed, PlacedPool, placed};
use super::settings::Role;
use super::{names, pools, pulls, role};
use crate::project::environments::members;
use crate::project::layout::Laid;
use crate::project::managed::check_previously;
use crate::project::problem::{Findings, Problem};
use crate::project::words::{either, nearest, quoted};
use crate::providers::gcp::gke_node_pool::{Counted, Spec};
use std::collections::BTreeMap;

/// The least memory for pods on a machine that is worth having, in GiB.
const WORTH: f64 = 1.0;

/// Checks the clusters of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    members(layout, "clusters", "cluster", findings);
    let clusters = placed(layout);
    names::check(&clusters, findings);
    for placed in &clusters {
        findings.extend(zonal(placed));
        pulls::check(placed, findings);
        renamed(&clusters, placed, findings);
        let pools = placed.pools();
        for pool in &pools {
            findings.extend(limits(placed, pool));
            findings.extend(machine(placed, pool));
            findings.extend(zones(placed, pool));
            accelerators(placed, pool, findings);
            labels(pool, findings);
            findings.extend(upgrades(placed, pool));
            findings.extend(markets(pool));
        }
        twins(placed, &pools, findings);
        quotas(placed, &pools, findings);
    }
}

/// The earlier keys of a cluster and of its pools are nobody else's now.
fn renamed(clusters: &[Placed<'_>], placed: &Placed<'_>, findings: &mut Findings) {
    let previously = placed.cluster.previously.as_deref();
    let mut here = clusters.iter().filter(|it| it.laid.env() == placed.laid.env());
    let still = here.find(|it| Some(it.key.name.as_str()) == previously).map(|it| it.key);
    check_previously(placed.node, previously, still, findings);
    let pools = placed.pools();
    for pool in &pools {
        let previously = pool.pool.previously.as_deref();
        let still = pools.iter().find(|it| Some(it.key.name.as_str()) == previously);
        check_previously(pool.node, previously, still.map(|it| it.key), findings);
    }
}

/// A cluster in one zone needs to know which.
fn zonal(placed: &Placed<'_>) -> Option<Problem> {
    let missing = !placed.cluster.regional && placed.laid.declaration.cloud.zone.is_none();
    let message = "a cluster in one zone needs `cloud.zone`";
    missing.then(|| Problem::error("cluster-zone", placed.range("regional"), message))
}

fn limits(placed: &Placed<'_>, pool: &PlacedPool<'_>) -> Option<Problem> {
    let (range, nodes) = (pool.range("nodes"), &pool.pool.nodes);
    let Some(limits) = pools::limits(pool.pool) else {
        let message = match (&nodes.total, &nodes.per_zone) {
            (Some(_), Some(_)) => "limits are totals or for each zone, not both",
            _ => "how many machines there may be is not said",
        };
        let problem = Problem::error("limits", range, message);
        return Some(problem.expected("`{ total: 0..100 }` or `{ per_zone: 1..5 }`"));
    };
    if limits.max < 1 {
        let problem = Problem::error("limits", range, "this pool can never have a machine");
        return Some(problem.expected("at least 1 as the most"));
    }
    if limits.min > limits.max {
        let (min, max) = (limits.min, limits.max);
        let message = format!("the least, {min}, is above the most, {max}");
        let swapped = pool.pool.warm.is_none().then(|| format!("write `{max}..{min}`"));
        return Some(Problem::error("limits", range, message).suggest(swapped));
    }
    let zones = placed.zones(pool.pool).len();
    (limits.counted == Counted::PerZone && zones > 1).then(|| {
        let zones = i32::try_from(zones).unwrap_or(i32::MAX);
        let all = (limits.min.saturating_mul(zones), limits.max.saturating_mul(zones));
        let message = format!(
            "{}..{} in each of {zones} zones is {}..{} in all",
            limits.min, limits.max, all.0, all.1
        );
        let help =
            format!("write `total: {}..{}` to mean all zones together", limits.min, limits.max);
        Problem::warning("per-zone", range, message).suggest(help)
    })
}

fn machine(placed: &Placed<'_>, pool: &PlacedPool<'_>) -> Option<Problem> {
    let (machines, name) = (&placed.laid.tables.machines, &pool.pool.machine);
    let range = pool.range("machine");
    let Some(size) = machines.size(name) else {
        let names = machines.names();
        let near = nearest(name, names.iter().map(String::as_str));
        // A series that is newer than the table may well have it.
        if !machines.knows_family(name) && near.is_none() {
            return None;
        }
        let (as_of, source) = (&machines.as_of, &machines.source);
        let message = format!("there is no machine type `{name}`, as of {as_of} ({source})");
        let near = near.map(|near| format!("did you mean `{near}`?"));
        return Some(Problem::error("machine", range, message).suggest(near));
    };
    let left = allocatable(size);
    (left.memory_gb < WORTH).then(|| {
        let message = format!("`{name}` leaves {:.1} GB of memory for pods", left.memory_gb);
        Problem::warning("machine-small", range, message).expected("a larger machine")
    })
}

fn zones(placed: &Placed<'_>, pool: &PlacedPool<'_>) -> Option<Problem> {
    let region = &placed.laid.declaration.cloud.region;
    let away = pool.pool.zones.iter().find(|zone| !is_in(zone, region))?;
    let message = format!("the zone `{away}` is not in {region}, where the cluster is");
    Some(Problem::error("zone", pool.range("zones"), message))
}

fn is_in(zone: &str, region: &str) -> bool {
    zone.rsplit_once('-').is_some_and(|(of, _)| of == region)
}

/// Accelerators that are known, go with the machine, and are in the zones.
fn accelerators(placed: &Placed<'_>, pool: &PlacedPool<'_>, findings: &mut Findings) {
    let (Some(gpu), machine) = (&pool.pool.gpu, &pool.pool.machine) else { return };
    let (table, range) = (&placed.laid.tables.gpus, pool.range("gpu"));
    let kind = pools::gpu_kind(gpu);
    let Some(known) = table.gpus.get(kind) else {
        let names = table.gpus.keys().map(String::as_str);
        let part = table.gpus.keys().find(|name| name.ends_with(&kind.to_lowercase()));
        let near = part.map(String::as_str).or_else(|| nearest(kind, names.clone()));
        let near = near.map(|near| format!("did you mean `{near}`?"));
        let message = format!("there is no GPU `{kind}`, as of {} ({})", table.as_of, table.source);
        let known: Vec<&str> = names.collect();
        let problem = Problem::error("gpu", range, message);
        findings.push(problem.expected(format!("one of {}", quoted(&known))).suggest(near));
        return;
    };
    match known.counts(machine) {
        None => {
            let fits: Vec<&str> =
                known.machines.keys().map(|name| name.trim_end_matches('-')).collect();
            let message = format!("`{kind}` does not go with the machine `{machine}`");
            let problem = Problem::error("gpu-machine", pool.range("machine"), message);
            let expected = match fits.as_slice() {
                [family] if !family.contains('-') => format!("a machine of the series `{family}`"),
                fits => either(fits),
            };
            findings.push(problem.related(range, "the GPU").expected(expected));
        }
        Some(counts) => {
            let count = pools::gpu_count(placed, machine, gpu);
            if !counts.contains(&count) {
                let counts: Vec<String> = counts.iter().map(i64::to_string).collect();
                let message = format!("a `{machine}` cannot have {count} of `{kind}`");
                let problem = Problem::error("gpu-count", range, message);
                findings.push(problem.expected(either(&counts)));
            }
        }
    }
    sharing(gpu, range, findings);
    let here: Vec<&String> = known
        .zones
        .iter()
        .filter(|zone| is_in(zone, &placed.laid.declaration.cloud.region))
        .collect();
    for zone in
        placed.zones(pool.pool).iter().filter(|zone| !known.zones.iter().any(|it| it == *zone))
    {
        let message = format!("the zone `{zone}` has no `{kind}`, as of {}", table.as_of);
        let problem = Problem::error("gpu-zone", pool.range("zones"), message);
        let help = match here.as_slice() {
            [] => None,
            here => Some(format!("write `zones: [{}]`", joined(here))),
        };
        findings.push(problem.related(range, "the GPU").suggest(help));
    }
}

fn joined(names: &[&String]) -> String {
    names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
}

fn sharing(gpu: &Gpu, range: &crate::project::problem::Range, findings: &mut Findings) {
    let Gpu::Full(full) = gpu else { return };
    if full.clients.is_some() && full.shared.is_none() {
        let message = "how the GPU is shared between its clients is not said";
        let problem = Problem::error("gpu-sharing", range, message);
        findings.push(problem.expected("`shared: time_sharing` or `shared: mps`"));
    }
}

/// Labels that a role stands for are not another's to change, and what nothing tolerates keeps
/// everything away.
fn labels(pool: &PlacedPool<'_>, findings: &mut Findings) {
    let fixed = role::labels(pool.pool);
    for (key, value) in &pool.pool.labels {
        let Some(own) = fixed.get(key).filter(|own| *own != value) else { continue };
        let message = format!(
            "`{key}` is `{own}` on pools of the role `{}`: what selects them would not find this one",
            pool.pool.role.word()
        );
        let problem = Problem::error("label-selector", pool.range("labels"), message);
        findings.push(problem.suggest("leave it out, or choose another role".to_owned()));
    }
    for text in &pool.pool.taints {
        let Some((key, _, effect)) = taint_parts(text) else { continue };
        if effect != "PREFER_NO_SCHEDULE" && !role::TOLERATED.contains(&key) {
            let message = format!("nothing of ours tolerates the taint `{key}`");
            let problem = Problem::warning("taint", pool.range("taints"), message);
            findings.push(problem.expected("a taint that some pod of yours tolerates"));
        }
    }
}

/// Where Google upgrades the cluster, it upgrades the machines too.
fn upgrades(placed: &Placed<'_>, pool: &PlacedPool<'_>) -> Option<Problem> {
    let channel = placed.cluster.release_channel.is_some();
    (channel && pool.pool.auto_upgrade == Some(false)).then(|| {
        let message = "a cluster with a release channel upgrades its machines by itself";
        let problem = Problem::error("auto-upgrade", pool.range("auto_upgrade"), message);
        problem.related(placed.range("release_channel"), "the channel")
    })
}

fn markets(pool: &PlacedPool<'_>) -> Option<Problem> {
    let both = pool.pool.spot && pool.pool.preemptible;
    let message = "machines are spot or preemptible, not both";
    both.then(|| Problem::error("market", pool.range("preemptible"), message))
}

/// Two pools that differ in nothing but their names are one pool too many.
fn twins(placed: &Placed<'_>, pools: &[PlacedPool<'_>], findings: &mut Findings) {
    let specs: Vec<Spec> = pools.iter().map(|pool| pools::spec(placed, pool.pool)).collect();
    for (at, pool) in pools.iter().enumerate() {
        let Some(first) = specs[..at].iter().position(|spec| *spec == specs[at]) else { continue };
        let (one, other) = (&pools[first].key.name, &pool.key.name);
        let message = format!("the pools `{one}` and `{other}` differ in nothing");
        let problem = Problem::warning("twin-pools", &pool.key.range, message);
        findings.push(problem.related(&pools[first].key.range, "the other one"));
    }
    let core = pools.iter().any(|pool| pool.pool.role == Role::Core);
    if !pools.is_empty() && !core {
        let message = format!("the cluster `{}` has no pool with the role `core`", placed.key.name);
        let problem = Problem::warning("no-core", placed.range("pools"), message);
        findings
            .push(problem.suggest("what the platform itself needs has no place to run".to_owned()));
    }
}

/// The most machines with a GPU against what the region lets the project have.
fn quotas(placed: &Placed<'_>, pools: &[PlacedPool<'_>], findings: &mut Findings) {
    let declaration = &placed.laid.declaration;
    let Some(quotas) = declaration.quotas.get(&declaration.cloud.region) else { return };
    let mut asked: BTreeMap<&str, i64> = BTreeMap::new();
    for pool in pools {
        let (Some(gpu), Some(limits)) = (&pool.pool.gpu, pools::limits(pool.pool)) else {
            continue;
        };
        let Some(known) = placed.laid.tables.gpus.gpus.get(pools::gpu_kind(gpu)) else { continue };
        let zones = match limits.counted {
            Counted::PerZone => placed.zones(pool.pool).len().max(1),
            Counted::Total => 1,
        };
        let zones = i64::try_from(zones).unwrap_or(1);
        let count = pools::gpu_count(placed, &pool.pool.machine, gpu);
        let sum = asked.entry(&known.quota).or_default();
        *sum += i64::from(limits.max) * zones * count;
        let Some(quota) = quotas.get(&known.quota) else { continue };
        if *sum > i64::try_from(*quota).unwrap_or(i64::MAX) {
            let message =
                format!("pools may ask for {sum} of {}, and the quota is {quota}", known.quota);
            let problem = Problem::warning("quota", pool.range("nodes"), message);
            findings.push(problem.suggest("lower the most, or ask Google for more".to_owned()));
        }
    }
}
