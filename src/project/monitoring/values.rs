//! From a monitoring to the values of the charts that it is made of, one file for each. Data is
//! built as data; what Prometheus and Grafana take as text is written by a library or by them.

pub(super) mod alertmanager;
pub(super) mod blackbox;
pub(super) mod front;
pub(super) mod grafana;
pub(super) mod guard;
pub(super) mod prometheus;
pub(super) mod usage;

pub(super) use crate::project::releases::lay;

use super::front::front;
use super::made::Made;
use serde_json::{Value, json};

/// An ingress as charts take it: found at a domain, with a certificate of its own.
fn ingress(made: &Made<'_>, domain: &str, secret: &str) -> Value {
    let front = front(made.layout, &made.cluster, made.placed.laid.env()).unwrap_or_default();
    json!({
        "enabled": true,
        "ingressClassName": front.class,
        "annotations": { "cert-manager.io/cluster-issuer": front.issuer },
        "hosts": [domain],
        "tls": [{ "hosts": [domain], "secretName": secret }],
    })
}

/// What says to Prometheus that a pod is measured, and where.
fn measured(port: u16, path: &str) -> Value {
    json!({
        "prometheus.io/scrape": "true",
        "prometheus.io/port": port.to_string(),
        "prometheus.io/path": path,
    })
}
