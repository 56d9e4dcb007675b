//! From a hub to the values of the charts that it is made of: JupyterHub's here, those of what
//! stands beside it in `values/`. Data is built as data; only texts are templates.

pub(super) mod builds;
pub(super) mod dask;
pub(super) mod home;
mod hub;
pub(super) mod login;
pub(in crate::project) mod profiles;
pub(super) mod servers;

pub(super) use crate::project::releases::lay;

use super::made::Made;
use crate::project::releases::nested;
use serde_json::{Map, Value, json};

/// The values of JupyterHub's chart, and of what wraps it.
pub(super) fn jupyterhub(made: &Made<'_>) -> Value {
    let hub = made.placed.hub;
    let mut values = json!({ "custom": { "leap_infra": login::rules(made) } });
    for part in [hub::values(made), login::values(made), servers::values(made)] {
        lay(&mut values, part);
    }
    let under = hub.release.as_ref().and_then(|release| release.values_under.as_deref());
    let mut values = nested(values, under);
    // The person's word is the last one, and is said from the top of the chart.
    let own: Map<String, Value> = hub.values.clone().into_iter().collect();
    lay(&mut values, Value::Object(own));
    values
}
