//! What the schema cannot say about monitoring. `checks/` has what concerns alerts, and what is
//! referred to.

mod alerts;
mod parts;

use super::charts::{chart, chart_names};
use super::made::{Made, gigabytes};
use super::placed::{Placed, placed};
use super::room::Room;
use super::settings::Prometheus;
use crate::project::environments::members;
use crate::project::format::span;
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem};
use crate::project::releases::{Deployed, check_values};
use crate::project::tree::Node;

/// How often Prometheus can measure, in seconds: what is older than five minutes counts as gone.
/// <https://prometheus.io/docs/prometheus/latest/querying/basics/#staleness>
const EVERY: std::ops::RangeInclusive<u64> = 10..=120;

/// Checks the monitorings of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    members(layout, "monitoring", "monitoring", findings);
    let all = placed(layout);
    let mut seen: Vec<(String, &Placed<'_>)> = Vec::new();
    for placed in &all {
        let Some(made) = Made::of(placed, layout) else {
            findings.push(cluster(placed));
            continue;
        };
        let place = made.cluster.place();
        let other = seen.iter().find(|(known, _)| *known == place).map(|(_, other)| *other);
        findings.extend(other.map(|other| twice(placed, other)));
        seen.push((place, placed));
        alerts::check(&made, findings);
        parts::check(&made, findings);
        room(&made, findings);
        charts(&made, findings);
    }
}

/// The cluster is one of those that there are.
fn cluster(placed: &Placed<'_>) -> Problem {
    let known = placed.laid.declaration.clusters.keys().map(String::as_str);
    let range = placed.range_at(&["cluster"]);
    match placed.monitoring.cluster.as_deref() {
        Some(key) => Problem::unknown("cluster", key, range, known),
        None => {
            let message = "it does not say which cluster it watches";
            Problem::error("monitoring-cluster", range, message)
                .expected("`cluster: KEY` of a declared one")
        }
    }
}

fn twice(placed: &Placed<'_>, other: &Placed<'_>) -> Problem {
    let message = "a cluster is watched twice";
    let problem = Problem::error("monitoring-twice", &placed.key.range, message);
    if placed.key.range == other.key.range {
        return problem.suggest("write `in: [shared]`".to_owned());
    }
    problem.related(&other.key.range, "the other one").expected("one for each cluster")
}

/// It has a pool to run on, and what it asks for is there.
fn room(made: &Made<'_>, findings: &mut Findings) {
    let placed = made.placed;
    let Some((key, pool)) = made.pool() else {
        findings.push(no_pool(made));
        return;
    };
    let Some(settings) = &placed.monitoring.prometheus else { return };
    let memory = gigabytes(&settings.memory);
    if let Some((_, left)) = pool.left.filter(|(_, left)| memory > *left) {
        let message = format!(
            "Prometheus would have {}, and a {} of the pool `{key}` has {left:.1} GB left",
            settings.memory, pool.spec.machine
        );
        let range = placed.range_at(&["prometheus", "memory"]);
        let problem = Problem::error("prometheus-memory", range, message);
        findings.push(problem.expected("less memory, or larger machines"));
    }
    findings.extend(measures(placed, settings));
    findings.extend(kept(made, settings));
}

fn no_pool(made: &Made<'_>) -> Problem {
    let placed = made.placed;
    let range = placed.range_at(&["on"]);
    let pools = made.cluster.pools();
    match placed.monitoring.on.as_deref() {
        Some(key) => Problem::unknown("pool", key, range, pools.iter().map(String::as_str)),
        None => {
            let message = "the cluster has no pool with the role `core` to run on";
            Problem::error("monitoring-pool", range, message).expected("`on: POOL`")
        }
    }
}

fn measures(placed: &Placed<'_>, settings: &Prometheus) -> Option<Problem> {
    let range = placed.range_at(&["prometheus", "every"]);
    (!EVERY.contains(&span(&settings.every))).then(|| {
        let message = format!("Prometheus cannot measure every `{}`", settings.every);
        Problem::error("prometheus-every", range, message)
            .expected("from 10 seconds to 2 minutes: what is older than five is taken to be gone")
    })
}

/// The disk holds what is to be kept, as far as one can know.
fn kept(made: &Made<'_>, settings: &Prometheus) -> Option<Problem> {
    let room = Room::of(made, settings);
    let range = made.placed.range_at(&["prometheus", "disk"]);
    (room.gb > room.has_gb).then(|| {
        let message = "the disk will not hold what is to be kept: what is oldest goes earlier";
        let least = (room.gb / room.has_gb * gigabytes(&settings.disk) / 10.0).ceil() * 10.0;
        let problem = Problem::warning("prometheus-disk", range, message);
        problem
            .expected(room.told(settings))
            .suggest(format!("write `disk: {least:.0} GB`, or keep it for a shorter time"))
    })
}

/// Versions and values are those of charts that a monitoring is made of.
fn charts(made: &Made<'_>, findings: &mut Findings) {
    let placed = made.placed;
    for setting in ["charts", "values"] {
        for (key, node) in placed.node.child(setting).map(Node::entries).unwrap_or_default() {
            if !chart_names().any(|name| name == key.name) {
                findings.push(Problem::unknown("chart", &key.name, &key.range, chart_names()));
            } else if setting == "values" {
                let path = format!("monitoring.{}.values.{}", placed.key.name, key.name);
                let (laid, chart) = (placed.laid, &chart(made, &key.name));
                check_values(Deployed { laid, chart, under: None, path: &path }, node, findings);
            }
        }
    }
}
