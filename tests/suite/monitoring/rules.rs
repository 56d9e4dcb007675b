//! The rules of alerts, as far as they can be read without Prometheus: brackets close, every measure is
//! one that something measures, every text that names a label names one that is there.

use super::{WATCHED, told};
use serde_json::Value;
use std::collections::BTreeSet;

/// What is measured, and by whom.
const MEASURED: &[(&str, &str)] = &[
    ("jupyterhub_server_spawn_duration_seconds_bucket", "a hub"),
    ("jupyterhub_server_spawn_duration_seconds_count", "a hub"),
    ("kube_node_labels", "kube-state-metrics"),
    ("kube_node_status_condition", "kube-state-metrics"),
    ("kube_pod_container_status_restarts_total", "kube-state-metrics"),
    ("kube_pod_status_unschedulable", "kube-state-metrics"),
    ("kubelet_volume_stats_available_bytes", "kubelets"),
    ("kubelet_volume_stats_capacity_bytes", "kubelets"),
    ("node_disk_io_time_seconds_total", "node-exporter"),
    ("probe_ssl_earliest_cert_expiry", "blackbox-exporter"),
    ("probe_success", "blackbox-exporter"),
];

/// The words of the language of expressions that are used.
const WORDS: &[&str] = &[
    "by",
    "count",
    "histogram_quantile",
    "increase",
    "min",
    "offset",
    "or",
    "rate",
    "round",
    "sum",
    "time",
    "unless",
];

/// The rules of a monitoring, as Prometheus gets them.
pub(super) fn rules(monitoring: &str) -> Vec<Value> {
    let values = told(monitoring, "prometheus");
    let rules = &values["serverFiles"]["alerting_rules.yml"]["groups"][0]["rules"];
    rules.as_array().unwrap().clone()
}

/// Names outside of braces, brackets after `by`, and quotes.
fn names(expression: &str) -> BTreeSet<String> {
    let mut outside = String::new();
    let (mut depth, mut skipped) = (0_i32, false);
    for c in expression.replace("by (", "by [").chars() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            ')' if skipped => depth -= 1,
            _ if depth == 0 => outside.push(c),
            _ => {}
        }
        skipped = depth > 0 && (c == '[' || skipped);
        if depth == 0 {
            skipped = false;
        }
    }
    let name = |word: &&str| word.starts_with(|c: char| c.is_ascii_alphabetic());
    let inside = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    outside.split(inside).filter(name).map(str::to_owned).collect()
}

#[test]
fn every_expression_closes_its_brackets_and_asks_for_what_something_measures() {
    let all = WATCHED.replace("      disk-busy: { off: true }\n", "");
    let mut asked = BTreeSet::new();
    for rule in rules(&all) {
        let expression = rule["expr"].as_str().unwrap();
        for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
            assert_eq!(expression.matches(open).count(), expression.matches(close).count());
        }
        assert_eq!(expression.matches('"').count() % 2, 0, "{expression}");
        for name in names(expression) {
            let known = MEASURED.iter().any(|(measure, _)| *measure == name);
            assert!(known || WORDS.contains(&name.as_str()), "{name} in {expression}");
            asked.extend(known.then_some(name));
        }
    }
    let measured: BTreeSet<String> = MEASURED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(asked, measured);
}

#[test]
fn what_is_switched_off_is_not_looked_for_and_a_limit_stands_in_the_expression() {
    let all = rules(WATCHED);
    let of = |title: &str| all.iter().filter(|rule| rule["alert"] == title).count();
    assert_eq!((of("DiskBusy"), of("HubSlow"), of("PoolFull")), (0, 1, 2));
    let slow = all.iter().find(|rule| rule["alert"] == "HubSlow").unwrap();
    assert!(slow["expr"].as_str().unwrap().ends_with("> 120"), "{slow}");
    assert_eq!(slow["for"], "30m");
}

#[test]
fn the_most_machines_of_a_pool_are_those_that_are_declared() {
    let all = rules(WATCHED);
    let full = all.iter().filter(|rule| rule["alert"] == "PoolFull");
    let told: Vec<String> = full
        .map(|rule| format!("{}: {}", rule["labels"]["pool"], rule["annotations"]["summary"]))
        .collect();
    assert_eq!(
        told,
        [
            "\"core\": \"the pool core has {{ $value | humanize }}% of 5 machines (lab-main)\"",
            "\"small\": \"the pool small has {{ $value | humanize }}% of 9 machines (lab-main)\"",
        ]
    );
}

#[test]
fn an_alert_goes_to_whom_it_says_and_else_to_everybody() {
    let values = told(WATCHED, "prometheus");
    let routes = &values["alertmanager"]["config"]["route"]["routes"];
    let hears = |receiver: &str, title: &str| {
        let route = routes.as_array().unwrap().iter().find(|it| it["receiver"] == receiver);
        route.unwrap()["matchers"][0].as_str().unwrap().contains(title)
    };
    assert!(hears("channel", "HubSlow") && !hears("on-call", "HubSlow"));
    for receiver in ["channel", "on-call", "people"] {
        assert!(hears(receiver, "HubDown") && !hears(receiver, "DiskBusy"), "{receiver}");
    }
}
