//! The values of what asks hubs as people do.
//!
//! <https://github.com/prometheus-community/helm-charts/tree/main/charts/prometheus-blackbox-exporter>

use crate::project::monitoring::made::Made;
use serde_json::{Value, json};

/// The values of the chart.
pub(in crate::project::monitoring) fn values(made: &Made<'_>) -> Value {
    let asked = json!({
        "prober": "http",
        "timeout": "10s",
        "http": { "preferred_ip_protocol": "ip4", "fail_if_not_ssl": true },
    });
    let mut values = json!({
        "fullnameOverride": "blackbox-exporter",
        "config": { "modules": { "http_2xx": asked } },
        "resources": { "requests": { "cpu": "10m", "memory": "32Mi" }, "limits": { "memory": "128Mi" } },
    });
    super::lay(&mut values, made.there());
    values
}
