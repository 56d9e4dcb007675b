//! From a live cluster and its pools to what a person would have declared: the other way round
//! than [`super::expand`]. What there is no word for becomes a comment, never something similar.

use super::discover_pools::{Machines, pools};
use crate::model::Found;
use crate::project::discover::{Entry, Said, Seen, keys, left_out, object};
use crate::project::layout::Laid;
use crate::providers::gcp::gke_cluster::{AUTOPILOT, Limit, Maintenance, Private, Spec};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The kind of a cluster.
const CLUSTER: &str = "gke-cluster";
/// The kind of a pool of machines.
pub(super) const POOL: &str = "gke-node-pool";

/// A cluster that is nobody's, its settings, and the environment that it would belong to.
type Stranger<'a> = (&'a Found, Spec, &'a Laid);

/// Every cluster that is nobody's, with its pools.
pub(crate) fn discover(seen: &Seen<'_>) -> Vec<Entry> {
    let (mut entries, mut clusters): (Vec<Entry>, Vec<Stranger<'_>>) = (Vec::new(), Vec::new());
    let mut names = BTreeSet::new();
    for found in seen.strangers(CLUSTER) {
        if !names.insert(found.name.as_str()) {
            entries.push(left_out(&origin(found), "there is another cluster of that name"));
            continue;
        }
        let googles = seen.wordless(CLUSTER, &found.name).iter().any(|it| it.what == AUTOPILOT);
        match (Spec::deserialize(&found.spec), seen.environment(found)) {
            (Ok(spec), Some(laid)) if !googles && is_near(&spec, laid) => {
                clusters.push((found, spec, laid));
            }
            (_, None) => {
                let why = "no environment of these is in its project";
                entries.push(left_out(&origin(found), why));
            }
            _ if googles => entries.push(left_out(&origin(found), AUTOPILOT)),
            _ => entries.push(left_out(&origin(found), "it is in another region or zone")),
        }
    }
    entries.extend(pools_beside(seen));
    let declared = seen.layout.iter().flat_map(|laid| laid.declaration.clusters.keys().cloned());
    let named = clusters.iter().map(|(found, _, laid)| (found.name.as_str(), *laid));
    let keys = keys(declared, named, 'c');
    entries.extend(clusters.iter().zip(&keys).map(|(cluster, key)| entry(seen, cluster, key)));
    entries
}

/// A regional cluster is in the region of the stack, a zonal one in its zone.
fn is_near(spec: &Spec, laid: &Laid) -> bool {
    let cloud = &laid.declaration.cloud;
    spec.location == cloud.region || cloud.zone.as_ref() == Some(&spec.location)
}

fn origin(found: &Found) -> String {
    let place = found.place.location.as_deref().unwrap_or_default();
    format!("cluster {} in {place}, project {}", found.name, found.place.project)
}

/// Pools that nobody declares in clusters that somebody does.
fn pools_beside(seen: &Seen<'_>) -> Vec<Entry> {
    let strange: BTreeSet<&str> =
        seen.strangers(CLUSTER).iter().map(|found| found.name.as_str()).collect();
    let of_ours = |found: &&Found| {
        found.place.parent.as_deref().is_some_and(|cluster| !strange.contains(cluster))
    };
    let entry = |found: &Found| {
        let origin = format!("pool {} in project {}", found.name, found.place.project);
        left_out(&origin, "its cluster is declared already; declare it there, under `pools`")
    };
    seen.strangers(POOL).iter().filter(of_ours).map(entry).collect()
}

fn entry(seen: &Seen<'_>, (found, spec, laid): &Stranger<'_>, key: &str) -> Entry {
    let Spec {
        location,
        node_zones,
        version,
        release_channel,
        network,
        subnetwork,
        private,
        network_policy,
        http_load_balancing,
        horizontal_pod_autoscaling,
        autoscaling_profile,
        auto_provisioning,
        workload_identity,
        logging,
        monitoring,
        managed_prometheus,
        cost_allocation,
        maintenance,
        default_pool,
        labels,
        protect: _, // a wish of the declaration, which marking does not write down
    } = spec;
    let mut said = Said::of(found, laid, key, origin(found));
    said.say("protect", false);
    said.unless_usual("regional", *location == laid.declaration.cloud.region, true);
    if node_zones.as_slice() != std::slice::from_ref(location) && !node_zones.is_empty() {
        said.say("node_zones", json!(node_zones));
    }
    version.iter().for_each(|version| said.say("version", version.as_str()));
    release_channel.iter().for_each(|name| channel(&mut said, name));
    said.unless_usual("network", network.as_str(), "default");
    said.unless_usual("subnetwork", subnetwork.as_str(), "default");
    private.iter().for_each(|private| said.say("private", self::private(private)));
    if *network_policy {
        said.say("network_policy", "calico");
    }
    profile(&mut said, autoscaling_profile);
    limits(&mut said, auto_provisioning);
    identities(&mut said, workload_identity.as_deref(), &found.place.project);
    observed(&mut said, logging, monitoring);
    for (name, on) in [
        ("managed_prometheus", managed_prometheus),
        ("cost_allocation", cost_allocation),
        ("http_load_balancing", http_load_balancing),
        ("horizontal_pod_autoscaling", horizontal_pod_autoscaling),
        ("keep_default_pool", default_pool),
    ] {
        said.unless_usual(name, *on, false);
    }
    maintenance.iter().for_each(|window| said.say("maintenance", self::window(window)));
    said.labels(labels, laid);
    seen.wordless(CLUSTER, &found.name).iter().for_each(|one| said.cannot(&one.what));
    pools(&mut said, &Machines::of(seen, found, spec, laid));
    said.entry(key.to_owned(), None)
}

fn channel(said: &mut Said, name: &str) {
    match ["rapid", "regular", "stable", "extended"].iter().find(|it| it.to_uppercase() == name) {
        Some(word) => said.say("release_channel", *word),
        None => said.cannot(format!("the release channel {name}")),
    }
}

fn private(private: &Private) -> Value {
    let Private { endpoint, control_plane_range } = private;
    let range = Some(control_plane_range).filter(|range| !range.is_empty());
    object([
        ("endpoint", endpoint.then(|| json!(true))),
        ("control_plane_range", range.map(|range| json!(range))),
    ])
}

fn profile(said: &mut Said, name: &str) {
    match name {
        "BALANCED" => {}
        "OPTIMIZE_UTILIZATION" => said.say("autoscaling_profile", "optimize_utilization"),
        other => said.cannot(format!("the autoscaling profile {other}")),
    }
}

fn limits(said: &mut Said, limits: &[Limit]) {
    let mut written = Map::new();
    for Limit { resource, min, max } in limits {
        match (i32::try_from(*min), i32::try_from(*max)) {
            (Ok(0..), Ok(0..)) => {
                written.insert(resource.clone(), json!(format!("{min}..{max}")));
            }
            _ => said.cannot(format!("pools that Google makes use {min} to {max} {resource}")),
        }
    }
    if !written.is_empty() {
        said.say("node_auto_provisioning", written);
    }
}

fn identities(said: &mut Said, pool: Option<&str>, project: &str) {
    match pool {
        None => said.say("workload_identity", false),
        Some(pool) if pool == own_pool(project) => {}
        Some(other) => said.cannot(format!("pods are somebody in {other}")),
    }
}

/// The pool of identities of a project's own clusters.
pub(super) fn own_pool(project: &str) -> String {
    format!("{project}.svc.id.goog")
}

fn observed(said: &mut Said, logging: &[String], monitoring: &[String]) {
    let words = |list: &[String]| list.iter().map(|name| name.to_lowercase()).collect::<Vec<_>>();
    let (logging, monitoring) = (words(logging), words(monitoring));
    if logging != ["system_components", "workloads"] {
        said.say("logging", json!(logging));
    }
    if monitoring != ["system_components"] {
        said.say("monitoring", json!(monitoring));
    }
}

fn window(maintenance: &Maintenance) -> Value {
    match maintenance {
        Maintenance::Daily(at) => json!({ "daily_at": at }),
        Maintenance::Recurring { start, end, recurrence } => {
            json!({ "start": start, "end": end, "repeat": recurrence })
        }
    }
}
