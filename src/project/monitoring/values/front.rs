//! The values of what lets people in, and of who has certificates signed; and who signs them.

use crate::project::monitoring::made::Made;
use crate::project::monitoring::settings::{Certificates, Ingress};
use serde_json::{Value, json};

/// What lets a pod ask the proxy of the hub of any namespace.
/// <https://z2jh.jupyter.org/en/stable/administrator/security.html#kubernetes-network-policies>
const ASKS_PROXIES: &str = "hub.jupyter.org/network-access-proxy-http";
/// Who signs, and who does for trying out.
/// <https://letsencrypt.org/docs/acme-protocol-updates/>
const SIGNERS: (&str, &str) = (
    "https://acme-v02.api.letsencrypt.org/directory",
    "https://acme-staging-v02.api.letsencrypt.org/directory",
);

/// The values of ingress-nginx.
///
/// <https://github.com/kubernetes/ingress-nginx/tree/main/charts/ingress-nginx>
pub(in crate::project::monitoring) fn ingress(made: &Made<'_>, settings: &Ingress) -> Value {
    let mut controller = json!({
        "replicaCount": settings.replicas,
        "ingressClass": settings.class,
        "ingressClassResource": { "name": settings.class },
        "podLabels": { ASKS_PROXIES: "true" },
        "podAnnotations": super::measured(10254, "/metrics"),
        "metrics": { "enabled": true },
        "resources": { "requests": { "cpu": "100m", "memory": "256Mi" } },
    });
    if let Some(name) = address(made, settings) {
        super::lay(&mut controller, json!({ "service": { "annotations": named(&name) } }));
    }
    super::lay(&mut controller, made.there());
    json!({ "controller": controller })
}

/// The name of the static address, `hub`.
fn address(made: &Made<'_>, settings: &Ingress) -> Option<String> {
    let whole = crate::project::addresses::reference(
        made.layout,
        made.placed.laid,
        settings.address.as_deref()?,
    )?;
    whole.rsplit('/').next().map(str::to_owned)
}

/// GKE takes an address by its name, so that what it is need not be known before it is there.
/// <https://cloud.google.com/kubernetes-engine/docs/concepts/service-load-balancer-parameters>
fn named(address: &str) -> Value {
    json!({
        "cloud.google.com/l4-rbs": "enabled",
        "networking.gke.io/load-balancer-ip-addresses": address,
    })
}

/// The values of cert-manager.
///
/// <https://cert-manager.io/docs/installation/helm/>
pub(in crate::project::monitoring) fn certificates(made: &Made<'_>) -> Value {
    let there = made.there();
    // Its types go with it only where a person says so: with them go all certificates.
    let mut values = json!({
        "crds": { "enabled": true, "keep": true },
        "webhook": there,
        "cainjector": there,
        "startupapicheck": there,
    });
    super::lay(&mut values, there);
    values
}

/// Who signs, as cert-manager takes it: whoever asks shows by the ingress that the name is theirs.
///
/// <https://cert-manager.io/docs/configuration/acme/>
pub(in crate::project::monitoring) fn issuer(settings: &Certificates, class: &str) -> Value {
    let server = if settings.trial { SIGNERS.1 } else { SIGNERS.0 };
    json!({
        "apiVersion": "cert-manager.io/v1",
        "kind": "ClusterIssuer",
        "metadata": { "name": settings.issuer },
        "spec": { "acme": {
            "email": settings.mail,
            "server": server,
            "privateKeySecretRef": { "name": format!("{}-account", settings.issuer) },
            "solvers": [{ "http01": { "ingress": { "ingressClassName": class } } }],
        } },
    })
}
