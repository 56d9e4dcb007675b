//! What the schema cannot say about alerts: which there are, what their limits can be, and that
//! somebody hears of them.

use crate::project::monitoring::alerts::{ALERTS, Known, Unit, known, wanted};
use crate::project::monitoring::made::Made;
use crate::project::problem::{Findings, Problem};
use crate::project::tree::Node;

pub(super) fn check(made: &Made<'_>, findings: &mut Findings) {
    let node = made.placed.node;
    for (key, node) in node.child("alerts").map(Node::entries).unwrap_or_default() {
        match known(&key.name) {
            Some(known) => alert(made, known, node, findings),
            None => {
                let all = ALERTS.iter().map(|known| known.name);
                let problem = Problem::unknown("alert", &key.name, &key.range, all.clone());
                let all: Vec<&str> = all.collect();
                findings.push(problem.expected(format!("one of {}", all.join(", "))));
            }
        }
    }
    findings.extend(without_prometheus(made));
    nobody(made, findings);
}

fn alert(made: &Made<'_>, known: &Known, node: &Node, findings: &mut Findings) {
    findings.extend(limit(made, known, node));
    let Some(tell) = node.child("tell") else { return };
    let receivers = &made.placed.monitoring.tell;
    for item in tell.items() {
        let key = item.text().unwrap_or_default();
        if !receivers.contains_key(key) {
            let all = receivers.keys().map(String::as_str);
            let problem = Problem::unknown("receiver", key, &item.range, all);
            findings.push(problem.expected("a key of `tell`"));
        }
    }
    let off = made.placed.monitoring.alerts.get(known.name).is_some_and(|alert| alert.off);
    if tell.items().is_empty() && !off {
        let message = format!("the alert `{}` goes nowhere", known.name);
        let problem = Problem::error("alert-nowhere", &tell.range, message);
        findings.push(problem.expected("a key of `tell`, or `off: true`"));
    }
}

fn limit(made: &Made<'_>, known: &Known, node: &Node) -> Option<Problem> {
    let (limit, at) = (
        made.placed.monitoring.alerts.get(known.name)?.limit?,
        node.child("limit").map(|node| &node.range)?,
    );
    let (least, most) = known.range;
    if known.unit == Unit::None {
        let message = format!("`{}` is so or not, and has no limit", known.name);
        let problem = Problem::error("alert-limit", at, message);
        return Some(problem.expected("`lasting`, for how long it must have been so"));
    }
    (!(least..=most).contains(&limit)).then(|| {
        let message = format!("`{limit}` is no limit of `{}`", known.name);
        let words = known.unit.words();
        Problem::error("alert-limit", at, message)
            .expected(format!("from {least} to {most}{words}; usually {}", known.limit))
    })
}

/// Who looks for alerts is Prometheus.
fn without_prometheus(made: &Made<'_>) -> Option<Problem> {
    let placed = made.placed;
    if placed.monitoring.prometheus.is_some() {
        return None;
    }
    let said = ["alerts", "tell", "usage_by_category", "grafana"];
    let (key, _) = said.iter().find_map(|setting| placed.node.entry(setting))?;
    let message = format!("`{}` does nothing without Prometheus", key.name);
    let problem = Problem::warning("no-prometheus", &key.range, message);
    Some(problem.suggest("write `prometheus: {}` beside it".to_owned()))
}

/// Alerts that nobody hears of, and receivers that hear nothing.
fn nobody(made: &Made<'_>, findings: &mut Findings) {
    let monitoring = made.placed.monitoring;
    if monitoring.prometheus.is_none() {
        return;
    }
    let wanted = wanted(made);
    if monitoring.tell.is_empty() && !wanted.is_empty() {
        let message = "nobody is told of alerts";
        let range = made.placed.range_at(&["prometheus"]);
        let problem = Problem::warning("alert-nowhere", range, message);
        let help = "write `tell: { team: { slack: { webhook: KEY, channel: \"#platform\" } } }`";
        findings.push(problem.suggest(help.to_owned()));
    }
    for (key, _) in made.placed.node.child("tell").map(Node::entries).unwrap_or_default() {
        if !wanted.iter().any(|alert| alert.tell.contains(&key.name.as_str())) {
            let message = format!("no alert goes to `{}`", key.name);
            findings.push(Problem::warning("unused", &key.range, message));
        }
    }
}
