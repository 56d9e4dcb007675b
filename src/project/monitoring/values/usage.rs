//! The values of what tells Prometheus which people are in which teams.
//!
//! <https://github.com/2i2c-org/jupyterhub-groups-exporter>

use crate::project::monitoring::made::Made;
use serde_json::{Value, json};

/// What a hub calls it, by which the hub knows what it may ask.
pub(in crate::project::monitoring) const SERVICE: &str = "jupyterhub-groups-exporter";

/// The values of the chart: it asks its hub with the token that the hub's chart made for it.
pub(in crate::project::monitoring) fn values(made: &Made<'_>) -> Value {
    let token = json!({ "secretKeyRef": {
        "name": "hub", "key": format!("hub.services.{SERVICE}.apiToken"),
    } });
    let mut values = json!({
        "extraEnv": [
            { "name": "JUPYTERHUB_API_TOKEN", "valueFrom": token },
            { "name": "PYTHONUNBUFFERED", "value": "1" },
        ],
        "resources": { "requests": { "cpu": "10m", "memory": "64Mi" }, "limits": { "memory": "256Mi" } },
    });
    super::lay(&mut values, made.there());
    values
}
