//! When something is wrong with hubs. Where each measure comes from is said with it; all carry the
//! `namespace` that they were found in.

use super::When;
use crate::project::monitoring::made::{Made, Watched};

/// The claim on the disk of homes that people's servers mount, and that of what serves it.
const HOMES: &str = "home-nfs.*";
/// The claim of a hub's own database.
/// <https://z2jh.jupyter.org/en/stable/resources/reference.html#hub-db-pvc>
const DATABASE: &str = "hub-db-dir";
/// How long it takes to start a server, counted by how that ended, as a hub measures it.
/// <https://jupyterhub.readthedocs.io/en/stable/reference/metrics.html>
const STARTS: &str = "jupyterhub_server_spawn_duration_seconds";

/// The namespaces of hubs as an expression takes them, if there are any.
fn namespaces(hubs: &[Watched]) -> Option<String> {
    let mut names: Vec<&str> = hubs.iter().map(|hub| hub.namespace.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| names.join("|"))
}

fn of_all(made: &Made<'_>, when: impl FnOnce(&str) -> When) -> Vec<When> {
    namespaces(&made.hubs()).map(|names| when(&names)).into_iter().collect()
}

/// How full a claim is, as kubelets measure it: those of all machines say the same of one that many
/// mount. <https://kubernetes.io/docs/reference/instrumentation/metrics/>
pub(super) fn free_below(claim: &str, namespaces: &str, percent: f64) -> String {
    let of = |what: &str| {
        format!(
            "min by (namespace) (kubelet_volume_stats_{what}_bytes\
             {{namespace=~\"{namespaces}\", persistentvolumeclaim=~\"{claim}\"}})"
        )
    };
    format!("100 * {} / {} < {percent}", of("available"), of("capacity"))
}

pub(super) fn home_disk_full(made: &Made<'_>, percent: f64) -> Vec<When> {
    let hubs: Vec<Watched> = made.hubs().into_iter().filter(|hub| hub.homes).collect();
    let when = |names: String| {
        let summary = "the disk of homes of {{ $labels.namespace }} has \
                       {{ $value | humanize }}% left";
        When::new(free_below(HOMES, &names, percent), summary)
    };
    namespaces(&hubs).map(when).into_iter().collect()
}

pub(super) fn database_full(made: &Made<'_>, percent: f64) -> Vec<When> {
    of_all(made, |names| {
        let summary =
            "the database of the hub {{ $labels.namespace }} has {{ $value | humanize }}% left";
        When::new(free_below(DATABASE, names, percent), summary)
    })
}

/// Asked for from outside, as people ask for it.
/// <https://github.com/prometheus/blackbox_exporter>
pub(super) fn down(made: &Made<'_>, _: f64) -> Vec<When> {
    let summary = "{{ $labels.instance }} does not answer";
    of_all(made, |_| When::new("probe_success{job=\"hubs\"} == 0".to_owned(), summary))
}

pub(super) fn certificate_ends(_: &Made<'_>, days: f64) -> Vec<When> {
    let expression =
        format!("(probe_ssl_earliest_cert_expiry{{job=\"hubs\"}} - time()) / 86400 < {days}");
    let summary = "the certificate of {{ $labels.instance }} ends in {{ $value | humanize }} days";
    vec![When::new(expression, summary)]
}

/// Nine of ten servers are there sooner than that.
pub(super) fn slow(made: &Made<'_>, seconds: f64) -> Vec<When> {
    of_all(made, |names| {
        let rate =
            format!("rate({STARTS}_bucket{{namespace=~\"{names}\", status=\"success\"}}[30m])");
        let expression =
            format!("histogram_quantile(0.9, sum by (namespace, le) ({rate})) > {seconds}");
        let summary = "servers on {{ $labels.namespace }} take {{ $value | humanizeDuration }}";
        When::new(expression, summary)
    })
}

/// What is counted for the first time was nothing before, which an increase alone does not see.
pub(super) fn servers_fail(made: &Made<'_>, times: f64) -> Vec<When> {
    of_all(made, |names| {
        let count = format!("{STARTS}_count{{namespace=~\"{names}\", status=\"failure\"}}");
        let expression = format!(
            "round(sum by (namespace) (({count} unless {count} offset 30m) \
             or increase({count}[30m]))) >= {times}"
        );
        let summary =
            "{{ $value }} servers on {{ $labels.namespace }} did not start in half an hour";
        When::new(expression, summary)
    })
}

/// Counted by kube-state-metrics.
/// <https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/pod-metrics.md>
pub(super) fn restarts(made: &Made<'_>, times: f64) -> Vec<When> {
    of_all(made, |names| {
        let of = format!("namespace=~\"{names}\", pod=~\"(hub|proxy|home-nfs)-.*\"");
        let expression = format!(
            "round(sum by (namespace, pod) \
             (increase(kube_pod_container_status_restarts_total{{{of}}}[30m]))) >= {times}"
        );
        let summary = "{{ $labels.pod }} of {{ $labels.namespace }} began anew {{ $value }} times";
        When::new(expression, summary)
    })
}
