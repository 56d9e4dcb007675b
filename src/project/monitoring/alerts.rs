//! What is alerted of: a table of alerts with what is usual, what a stack changes about them, and the
//! rules that Prometheus gets. `alerts/known.rs` has the table, `alerts/hubs.rs` and
//! `alerts/cluster.rs` say when each is so.

mod cluster;
mod hubs;
mod known;

pub(super) use known::{ALERTS, Known, Unit, known};

use super::made::{Made, written};
use super::settings::Alert;
use crate::project::format::span;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What an alert is when what a stack says is laid over what is usual.
pub(super) struct Wanted<'a> {
    /// The alert.
    pub(super) known: &'static Known,
    /// From which number on.
    pub(super) limit: f64,
    /// How many seconds it must have been so.
    pub(super) lasting: u64,
    /// Whom it is told.
    pub(super) tell: Vec<&'a str>,
}

/// When something is so.
pub(super) struct When {
    /// The expression, which gives something for each case.
    pub(super) expression: String,
    /// What is told, with `{{ $labels.… }}` where the case is named.
    pub(super) summary: String,
    /// What the case is called beside what the expression tells.
    pub(super) labels: BTreeMap<&'static str, String>,
}

impl When {
    fn new(expression: String, summary: impl Into<String>) -> Self {
        Self { expression, summary: summary.into(), labels: BTreeMap::new() }
    }
}

/// Every alert that is looked for.
pub(super) fn wanted<'a>(made: &Made<'a>) -> Vec<Wanted<'a>> {
    let monitoring = made.placed.monitoring;
    let usual = Alert::default();
    let one = |known: &'static Known| {
        let said = monitoring.alerts.get(known.name);
        let off = said.is_some_and(|said| said.off);
        let Alert { limit, lasting, tell, .. } = match said {
            Some(said) => said.clone(),
            None => usual.clone(),
        };
        let chosen = |key: &&str| tell.as_ref().is_none_or(|some| some.iter().any(|it| it == key));
        (!off).then(|| Wanted {
            known,
            limit: limit.unwrap_or(known.limit),
            lasting: lasting.as_deref().map_or(known.lasting, span),
            tell: monitoring.tell.keys().map(String::as_str).filter(chosen).collect(),
        })
    };
    ALERTS.iter().filter_map(one).collect()
}

/// The rules of Prometheus, as it takes them in a file.
/// <https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/>
pub(super) fn rules(made: &Made<'_>) -> Value {
    let rules: Vec<Value> = wanted(made).iter().flat_map(|wanted| of(made, wanted)).collect();
    json!({ "groups": [{ "name": "leap-infra", "rules": rules }] })
}

fn of(made: &Made<'_>, wanted: &Wanted<'_>) -> Vec<Value> {
    let known = wanted.known;
    let cluster = made.cluster.id().name;
    let rule = |when: When| {
        let mut labels = json!(when.labels);
        labels["cluster"] = json!(cluster);
        labels["severity"] = json!(known.severity);
        json!({
            "alert": known.title,
            "expr": when.expression,
            "for": written(wanted.lasting),
            "labels": labels,
            "annotations": { "summary": format!("{} ({cluster})", when.summary) },
        })
    };
    (known.when)(made, wanted.limit).into_iter().map(rule).collect()
}
