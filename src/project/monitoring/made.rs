//! A monitoring whose cluster is there, with everything that what is made of it is told from.

use super::placed::Placed;
use crate::project::clusters::{self, Found, Role, Room};
use crate::project::format;
use crate::project::hubs;
use crate::project::inside::Inside;
use crate::project::layout::Laid;
use serde_json::{Value, json};

/// A monitoring whose cluster is there.
pub(super) struct Made<'a> {
    /// The monitoring.
    pub(super) placed: &'a Placed<'a>,
    /// All environments.
    pub(super) layout: &'a [Laid],
    /// The cluster.
    pub(super) cluster: Found<'a>,
}

/// A hub of the cluster, as what watches it sees it.
pub(super) struct Watched {
    /// The environment that has it.
    pub(super) env: String,
    /// The namespace that it is in.
    pub(super) namespace: String,
    /// Where people find it.
    pub(super) domain: String,
    /// Whether people have homes there.
    pub(super) homes: bool,
    /// Whether it is deployed from here, and the release in its namespace.
    pub(super) release: Option<String>,
}

impl<'a> Made<'a> {
    /// The monitoring, if its cluster is there.
    pub(super) fn of(placed: &'a Placed<'a>, layout: &'a [Laid]) -> Option<Self> {
        let cluster = clusters::find(layout, placed.cluster()?, placed.laid.env())?;
        Some(Self { placed, layout, cluster })
    }

    /// The pool that it runs on, with its key: the one that is said, else the first of the core ones.
    pub(super) fn pool(&self) -> Option<(String, Room)> {
        let said = self.placed.monitoring.on.as_deref();
        let mut rooms = self.cluster.rooms().into_iter();
        rooms.find(|(key, room)| match said {
            Some(said) => key == said,
            None => room.role == Role::Core && !room.retiring,
        })
    }

    /// What keeps pods on the machines of the pool, and lets them on there.
    pub(super) fn there(&self) -> Value {
        let Some((_, room)) = self.pool() else { return json!({}) };
        let tolerations = hubs::tolerations(&room.spec.taints);
        let mut there = json!({ "nodeSelector": { hubs::POOL: room.name } });
        if tolerations.as_array().is_some_and(|all| !all.is_empty()) {
            there["tolerations"] = tolerations;
        }
        there
    }

    /// The hubs of the cluster, of all environments.
    pub(super) fn hubs(&self) -> Vec<Watched> {
        let here = |placed: &hubs::Placed<'_>| {
            let key = placed.hub.cluster.as_deref();
            let cluster = key.and_then(|key| clusters::find(self.layout, key, placed.laid.env()));
            cluster.is_some_and(|cluster| cluster.id() == self.cluster.id())
        };
        let watched = |placed: hubs::Placed<'_>| Watched {
            env: placed.laid.env().to_owned(),
            namespace: placed.namespace().to_owned(),
            domain: placed.hub.domain.clone(),
            homes: placed.hub.home.is_some(),
            release: placed.hub.deploy.then(|| placed.release().to_owned()),
        };
        hubs::placed(self.layout).into_iter().filter(here).map(watched).collect()
    }

    /// The namespace that all of it is in.
    pub(super) fn namespace(&self) -> &'a str {
        &self.placed.monitoring.namespace
    }

    /// Where its things are.
    pub(super) fn inside(&self) -> Inside<'a> {
        Inside {
            layout: self.layout,
            laid: self.placed.laid,
            cluster: self.cluster.place(),
            namespace: self.namespace(),
            source: &self.placed.key.range,
        }
    }

    /// Where the things of a hub are, as far as they are of the monitoring.
    pub(super) fn beside<'b>(&'b self, hub: &'b Watched) -> Option<Inside<'b>> {
        let laid = self.layout.iter().find(|laid| laid.env() == hub.env)?;
        Some(Inside { laid, namespace: &hub.namespace, ..self.inside() })
    }
}

/// The gigabytes of a volume; the checks tell where it is none.
pub(super) fn gigabytes(text: &str) -> f64 {
    format::volume_gb(text).unwrap_or_default()
}

/// A time span as Prometheus writes it.
/// <https://prometheus.io/docs/prometheus/latest/querying/basics/#float-literals-and-time-durations>
pub(super) fn written(seconds: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(86_400, "d"), (3_600, "h"), (60, "m")];
    let whole = UNITS.iter().find(|(unit, _)| seconds > 0 && seconds.is_multiple_of(*unit));
    whole.map_or(format!("{seconds}s"), |(unit, letter)| format!("{}{letter}", seconds / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_spans_are_written_in_the_largest_unit_that_fits() {
        let all = [(86_400, "1d"), (90_000, "25h"), (300, "5m"), (90, "90s"), (0, "0s")];
        for (seconds, text) in all {
            assert_eq!(written(seconds), text);
        }
    }
}
