//! When something is wrong with the cluster itself: its machines, its pools, and what measures.

use super::When;
use super::hubs::free_below;
use crate::project::clusters::Room;
use crate::project::monitoring::made::Made;
use crate::project::monitoring::values::prometheus::CLAIM;

/// What pods are called that only keep a place for others: they wait when there is none.
const PLACEHOLDERS: &str = "user-placeholder-.*";

/// The machines of a pool, as kube-state-metrics tells them by their label.
/// <https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/cluster/node-metrics.md>
pub(super) fn pool_full(made: &Made<'_>, percent: f64) -> Vec<When> {
    let growing = made.cluster.rooms().into_iter().filter(|(_, room)| !room.retiring);
    let one = |(key, room): (String, Room)| {
        let (_, most) = Some(room.spec.machines()).filter(|(least, most)| least < most)?;
        let name = &room.name;
        let expression = format!(
            "100 * count(kube_node_labels{{label_cloud_google_com_gke_nodepool=\"{name}\"}}) \
             / {most} >= {percent}"
        );
        let summary = format!("the pool {key} has {{{{ $value | humanize }}}}% of {most} machines");
        Some(When { labels: [("pool", key)].into(), ..When::new(expression, summary) })
    };
    growing.filter_map(one).collect()
}

pub(super) fn node_not_ready(_: &Made<'_>, _: f64) -> Vec<When> {
    let expression = "kube_node_status_condition{condition=\"Ready\", status=\"true\"} == 0";
    vec![When::new(expression.to_owned(), "the machine {{ $labels.node }} is not ready")]
}

pub(super) fn pod_not_scheduled(_: &Made<'_>, _: f64) -> Vec<When> {
    let expression = format!(
        "sum by (namespace, pod) (kube_pod_status_unschedulable{{pod!~\"{PLACEHOLDERS}\"}}) > 0"
    );
    let summary = "there is no machine for {{ $labels.pod }} of {{ $labels.namespace }}";
    vec![When::new(expression, summary)]
}

pub(super) fn prometheus_disk_full(made: &Made<'_>, percent: f64) -> Vec<When> {
    let summary = "the disk of Prometheus has {{ $value | humanize }}% left";
    vec![When::new(free_below(CLAIM, made.namespace(), percent), summary)]
}

/// How much of the time a disk works, as node-exporter measures it.
/// <https://github.com/prometheus/node_exporter>
pub(super) fn disk_busy(_: &Made<'_>, percent: f64) -> Vec<When> {
    let expression = format!(
        "100 * sum by (node, device) (rate(node_disk_io_time_seconds_total[5m])) > {percent}"
    );
    let summary = "the disk {{ $labels.device }} of {{ $labels.node }} works \
                   {{ $value | humanize }}% of the time";
    vec![When::new(expression, summary)]
}
