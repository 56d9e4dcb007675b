//! The values of the hub itself: what it may use, where it is found, and what goes when.

use super::profiles::profile_list;
use crate::project::format::span;
use crate::project::format::volume_gb;
use crate::project::hubs::made::Made;
use crate::project::hubs::share::plain;
use crate::project::monitoring;
use crate::render::hub::{HOME, SERVERS, TEAMS};
use serde_json::{Value, json};

/// Where the hub finds pages of its own.
const PAGES: &str = "/usr/local/share/leap-infra/templates";

/// Idle kernels and servers are looked for this often, in seconds.
pub(super) const EVERY: u64 = 300;

pub(super) fn values(made: &Made<'_>) -> Value {
    let hub = made.placed.hub;
    let cull = &hub.cull;
    let mut values = json!({
        "hub": {
            "allowNamedServers": hub.named_servers.is_some(),
            "annotations": { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
            "concurrentSpawnLimit": hub.starting_at_once,
            "config": { "JupyterHub": { "template_paths": [PAGES] } },
            "extraConfig": {
                "01-teams": made.text(TEAMS, &json!({})),
                "03-servers": made.text(SERVERS, &json!({})),
            },
            "extraFiles": {
                "login-page": {
                    "mountPath": format!("{PAGES}/login.html"),
                    "stringData": made.text(HOME, &made.page()),
                },
            },
            "resources": resources(made),
        },
        "cull": {
            "enabled": true,
            "every": EVERY,
            "timeout": span(&cull.server_idle),
            "maxAge": cull.server_age.as_deref().map_or(0, span),
        },
        "singleuser": { "profileList": profile_list(made) },
        "scheduling": { "podPriority": { "enabled": true }, "userScheduler": { "enabled": true } },
        "prePuller": { "continuous": { "enabled": false }, "hook": { "enabled": false } },
    });
    if let Some(most) = hub.named_servers {
        super::lay(&mut values, json!({ "hub": { "namedServerLimitPerUser": most } }));
    }
    super::lay(&mut values, found_at(made));
    super::lay(&mut values, watched(made));
    values
}

/// What whoever watches the cluster needs of the hub. Its measures name nobody, and only pods that
/// are let through to the hub can ask for them.
fn watched(made: &Made<'_>) -> Value {
    let categories = monitoring::of_categories(made.layout, &made.cluster);
    let mut values = categories.unwrap_or_else(|| json!({}));
    if monitoring::is_measured(made.layout, &made.cluster) {
        let open = json!({ "JupyterHub": { "authenticate_prometheus": false } });
        // It asks from another namespace, where a hub hears nobody unless it says so.
        let heard = json!({ "interNamespaceAccessLabels": "accept" });
        super::lay(&mut values, json!({ "hub": { "config": open, "networkPolicy": heard } }));
    }
    values
}

/// Where people find it.
fn found_at(made: &Made<'_>) -> Value {
    let (domain, front) = (&made.placed.hub.domain, made.front());
    json!({
        "ingress": {
            "enabled": true,
            "ingressClassName": front.class,
            "annotations": {
                "cert-manager.io/cluster-issuer": front.issuer,
                "nginx.ingress.kubernetes.io/proxy-body-size": "256m",
            },
            "hosts": [domain],
            "tls": [{ "hosts": [domain], "secretName": "https-auto-tls" }],
        },
        "proxy": { "https": { "enabled": false }, "service": { "type": "ClusterIP" } },
    })
}

/// What the hub may use: half of the memory and a tenth of the CPUs are set aside for it.
fn resources(made: &Made<'_>) -> Value {
    let room = &made.placed.hub.room;
    let memory = volume_gb(&room.memory).unwrap_or(1.0) * 1024.0;
    let cpu = |cpus: f64| plain(cpus);
    json!({
        "requests": { "cpu": cpu(room.cpu / 10.0), "memory": format!("{:.0}Mi", memory / 2.0) },
        "limits": { "cpu": cpu(room.cpu), "memory": format!("{memory:.0}Mi") },
    })
}
