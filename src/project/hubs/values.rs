//! From a hub to the values of the charts that it is made of: JupyterHub's here, those of what
//! stands beside it in `values/`. Data is built as data; only texts are templates.

pub(super) mod builds;
pub(super) mod dask;
pub(super) mod home;
mod hub;
pub(super) mod login;
pub(super) mod profiles;
pub(super) mod servers;

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

/// Lays values over others: maps key by key, everything else takes the place of what was there.
pub(super) fn lay(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, value) in above {
                lay(below.entry(key).or_insert(Value::Null), value);
            }
        }
        (below, above) => *below = above,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_changes_what_it_names_and_nothing_else() {
        let mut values = json!({ "hub": { "a": 1, "list": [1, 2] }, "proxy": true });
        lay(&mut values, json!({ "hub": { "list": [3], "b": { "c": 4 } } }));
        assert_eq!(
            values,
            json!({ "hub": { "a": 1, "list": [3], "b": { "c": 4 } }, "proxy": true })
        );
    }
}
