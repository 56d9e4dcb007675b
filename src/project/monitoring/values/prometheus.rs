//! The values of Prometheus, and of what measures machines and objects for it.
//!
//! <https://github.com/prometheus-community/helm-charts/tree/main/charts/prometheus>

use crate::project::format::span;
use crate::project::monitoring::alerts;
use crate::project::monitoring::made::{Made, gigabytes, written};
use crate::project::monitoring::settings::Prometheus;
use serde_json::{Value, json};

/// The claim on its disk.
pub(in crate::project::monitoring) const CLAIM: &str = "prometheus-server";
/// The secret with who may ask it from outside, and the field that the ingress reads.
/// <https://kubernetes.github.io/ingress-nginx/examples/auth/basic/>
pub(in crate::project::monitoring) const READERS: (&str, &str) = ("prometheus-readers", "auth");
/// What lets a pod ask the hub of any namespace.
/// <https://z2jh.jupyter.org/en/stable/administrator/security.html#kubernetes-network-policies>
const ASKS_HUBS: &str = "hub.jupyter.org/network-access-hub";
/// How much of the disk may be filled with what was measured: the rest is for what is being written.
pub(in crate::project::monitoring) const FILLED: f64 = 0.85;

/// The values of the chart, without those of alerts' ways.
pub(in crate::project::monitoring) fn values(made: &Made<'_>, settings: &Prometheus) -> Value {
    let mut values = json!({
        "server": server(settings),
        "serverFiles": { "alerting_rules.yml": alerts::rules(made) },
        "extraScrapeConfigs": probes(made),
        "kube-state-metrics": {
            // By which pool machines are of, and which person's pods are whose.
            "metricLabelsAllowlist": [
                "nodes=[cloud.google.com/gke-nodepool]",
                "pods=[app,component,hub.jupyter.org/username]",
            ],
            "metricAnnotationsAllowList": ["pods=[hub.jupyter.org/username]"],
        },
        // Machines of every pool are measured, whatever keeps others away from them.
        "prometheus-node-exporter": { "tolerations": [{ "operator": "Exists" }] },
        "prometheus-pushgateway": { "enabled": false },
    });
    let there = made.there();
    for part in ["server", "kube-state-metrics"] {
        super::lay(&mut values[part], there.clone());
    }
    if let Some(domain) = &settings.domain {
        super::lay(&mut values["server"], json!({ "ingress": outside(made, settings, domain) }));
    }
    values
}

fn server(settings: &Prometheus) -> Value {
    let memory = format!("{:.0}Mi", gigabytes(&settings.memory) * 1024.0);
    let megabytes = gigabytes(&settings.disk) * 1024.0 * FILLED;
    json!({
        "global": {
            "scrape_interval": written(span(&settings.every)),
            "scrape_timeout": written(span(&settings.every).min(30)),
            "evaluation_interval": written(span(&settings.every)),
        },
        "persistentVolume": { "existingClaim": CLAIM },
        "retention": written(span(&settings.retention)),
        "retentionSize": format!("{megabytes:.0}MB"),
        "podLabels": { ASKS_HUBS: "true" },
        "resources": {
            "requests": { "cpu": format!("{:.0}m", settings.cpu * 200.0), "memory": memory },
            "limits": { "cpu": format!("{:.0}m", settings.cpu * 1000.0), "memory": memory },
        },
        "service": { "type": "ClusterIP" },
        // Only one at a time can have the disk.
        "strategy": { "type": "Recreate" },
    })
}

fn outside(made: &Made<'_>, settings: &Prometheus, domain: &str) -> Value {
    let mut ingress = super::ingress(made, domain, "prometheus-tls");
    if settings.readers.is_some() {
        let asked = json!({ "annotations": {
            "nginx.ingress.kubernetes.io/auth-type": "basic",
            "nginx.ingress.kubernetes.io/auth-secret": READERS.0,
            "nginx.ingress.kubernetes.io/auth-realm": "Prometheus",
        } });
        super::lay(&mut ingress, asked);
    }
    ingress
}

/// What asks every hub as people do, as the text that the chart takes. JSON is YAML.
fn probes(made: &Made<'_>) -> String {
    let health = |domain: &str| format!("https://{domain}/hub/health");
    let hubs: Vec<String> = made.hubs().iter().map(|hub| health(&hub.domain)).collect();
    let exporter = format!("blackbox-exporter.{}.svc:9115", made.namespace());
    let job = json!({
        "job_name": "hubs",
        "metrics_path": "/probe",
        "params": { "module": ["http_2xx"] },
        "static_configs": [{ "targets": hubs }],
        "relabel_configs": [
            { "source_labels": ["__address__"], "target_label": "__param_target" },
            { "source_labels": ["__param_target"], "target_label": "instance" },
            { "target_label": "__address__", "replacement": exporter },
        ],
    });
    if hubs.is_empty() { String::new() } else { format!("- {job}\n") }
}
