//! The values of Dask Gateway, and what the hub and its servers know of it.

use super::profiles::{POOL, tolerations};
use crate::project::format::span;
use crate::project::hubs::made::Made;
use crate::project::hubs::settings::{Dask, Limit, Per};
use crate::project::hubs::share::Machine;
use crate::render::hub::{DASK, Dask as DaskText};
use serde_json::{Value, json};

/// The release, and what its services are called after.
pub(in crate::project::hubs) const RELEASE: &str = "dask-gateway";
/// Where it is found below the hub.
const PREFIX: &str = "/services/dask-gateway";

/// What the hub and people's servers know of it.
pub(super) fn for_hub(made: &Made<'_>, _: &Dask) -> Value {
    let service = format!("http://traefik-{RELEASE}.{}", made.namespace());
    let gateway =
        json!({ "podSelector": { "matchLabels": { "app.kubernetes.io/name": RELEASE } } });
    json!({
        "hub": {
            "services": { RELEASE: { "display": false, "url": service } },
            "networkPolicy": { "ingress": [{
                "from": [gateway],
                "ports": [{ "port": "http", "protocol": "TCP" }],
            }] },
        },
        "singleuser": { "extraEnv": {
            "DASK_GATEWAY__ADDRESS": format!("http://proxy-public{PREFIX}"),
            "DASK_GATEWAY__AUTH__TYPE": "jupyterhub",
            // The braces are doubled: KubeSpawner puts in what stands between single ones.
            "DASK_GATEWAY__CLUSTER__OPTIONS__IMAGE": "{{JUPYTER_IMAGE_SPEC}}",
            "DASK_GATEWAY__PROXY_ADDRESS": format!("gateway://traefik-{RELEASE}.{}:80", made.namespace()),
            "DASK_GATEWAY__PUBLIC_ADDRESS": format!("{PREFIX}/"),
        } },
    })
}

/// The values of its chart.
pub(in crate::project::hubs) fn values(made: &Made<'_>, dask: &Dask) -> Value {
    let rules = rules(made, dask).to_string();
    let text = DaskText { rules: json!(rules).to_string(), idle: span(&dask.idle) };
    json!({
        "fullnameOverride": RELEASE,
        "gateway": {
            "prefix": PREFIX,
            "auth": { "type": "jupyterhub", "jupyterhub": {
                "apiTokenFromSecretName": "hub",
                "apiTokenFromSecretKey": format!("hub.services.{RELEASE}.apiToken"),
            } },
            "backend": { "scheduler": {
                "cores": { "request": 1, "limit": 2 },
                "memory": { "request": "4G", "limit": "4G" },
            } },
            "extraConfig": { "01-options": made.text(DASK, &text) },
        },
        "traefik": { "service": { "type": "ClusterIP" } },
    })
}

/// What the options of clusters are told from.
fn rules(made: &Made<'_>, dask: &Dask) -> Value {
    let Some(room) = made.cluster.room(&dask.workers_on) else { return json!({}) };
    let hub = made.placed.hub;
    let all = made.accounts();
    let one = hub.identity.as_ref().is_some_and(|account| account.per == Per::Hub);
    let accounts: Vec<Value> = all
        .iter()
        .filter_map(|it| {
            let who = made.given.category(it.category.as_deref()?);
            Some(json!({ "name": it.name, "who": who }))
        })
        .collect();
    json!({
        "sizes": Machine::of(&room).map(|machine| sizes(&machine, dask)).unwrap_or_default(),
        "account": one.then(|| all.first().map(|it| it.name.clone())).flatten(),
        "accounts": accounts,
        "worker_pod": {
            "nodeSelector": { POOL: room.name },
            "tolerations": tolerations(&room.spec.taints),
        },
        "scheduler_pod": {
            "nodeSelector": { "k8s.dask.org/node-purpose": "scheduler" },
            "tolerations": [{
                "key": "hub.jupyter.org_dedicated",
                "operator": "Equal",
                "value": "user",
                "effect": "NoSchedule",
            }],
        },
    })
}

/// A worker with so many CPUs has the same share of a machine's memory.
fn sizes(machine: &Machine, dask: &Dask) -> Vec<Value> {
    let size = |cpus: &u32| {
        let memory = machine.memory * f64::from(*cpus) / machine.cpu;
        let share = machine.share(memory, Limit::Size)?;
        let cpu = machine.cpu_left / f64::from(share.on_each);
        Some(json!({
            "title": format!("{cpus} CPUs, {} GB", share.memory),
            "cpu": (cpu * 1000.0).floor() / 1000.0,
            "cpu_limit": cpus,
            "memory": format!("{} G", share.memory),
        }))
    };
    dask.cpus.iter().filter_map(size).collect()
}
