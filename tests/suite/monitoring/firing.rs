//! When each alert is told: what was measured every minute, and how many are told at a moment. Series are
//! written as promtool takes them: `5x20` is 5, and 20 times more.

/// What was measured, and how many alerts are told then.
pub(super) struct Case {
    /// What it is about.
    pub(super) story: &'static str,
    /// The alert.
    pub(super) alert: &'static str,
    /// Each series with its values, one a minute.
    pub(super) measured: &'static [(&'static str, &'static str)],
    /// The moment.
    pub(super) at: &'static str,
    /// How many are told.
    pub(super) told: u32,
}

const HOMES: [(&str, &str); 2] = [
    (
        "kubelet_volume_stats_available_bytes{namespace=\"main\", persistentvolumeclaim=\"home-nfs\", node=\"a\"}",
        "9x30",
    ),
    (
        "kubelet_volume_stats_capacity_bytes{namespace=\"main\", persistentvolumeclaim=\"home-nfs\", node=\"a\"}",
        "100x30",
    ),
];

/// Every alert, when it is told and when not.
pub(super) const CASES: &[Case] = &[
    Case {
        story: "homes have nine percent left",
        alert: "HomeDiskFull",
        measured: &HOMES,
        at: "6m",
        told: 1,
    },
    Case {
        story: "they have had so for two minutes",
        alert: "HomeDiskFull",
        measured: &HOMES,
        at: "2m",
        told: 0,
    },
    Case {
        story: "a disk that many machines mount is told once",
        alert: "HomeDiskFull",
        measured: &[
            HOMES[0],
            HOMES[1],
            (
                "kubelet_volume_stats_available_bytes{namespace=\"main\", persistentvolumeclaim=\"home-nfs\", node=\"b\"}",
                "9x30",
            ),
            (
                "kubelet_volume_stats_capacity_bytes{namespace=\"main\", persistentvolumeclaim=\"home-nfs\", node=\"b\"}",
                "100x30",
            ),
        ],
        at: "10m",
        told: 1,
    },
    Case {
        story: "the disk of somebody else's namespace is not ours",
        alert: "HomeDiskFull",
        measured: &[
            (
                "kubelet_volume_stats_available_bytes{namespace=\"other\", persistentvolumeclaim=\"home-nfs\"}",
                "1x30",
            ),
            (
                "kubelet_volume_stats_capacity_bytes{namespace=\"other\", persistentvolumeclaim=\"home-nfs\"}",
                "100x30",
            ),
        ],
        at: "10m",
        told: 0,
    },
    Case {
        story: "the hub's database has five percent left",
        alert: "HubDatabaseFull",
        measured: &[
            (
                "kubelet_volume_stats_available_bytes{namespace=\"main\", persistentvolumeclaim=\"hub-db-dir\"}",
                "5x30",
            ),
            (
                "kubelet_volume_stats_capacity_bytes{namespace=\"main\", persistentvolumeclaim=\"hub-db-dir\"}",
                "100x30",
            ),
        ],
        at: "10m",
        told: 1,
    },
    Case {
        story: "it is homes that are full, and not the database",
        alert: "HubDatabaseFull",
        measured: &HOMES,
        at: "10m",
        told: 0,
    },
    Case {
        story: "measures fill their disk",
        alert: "PrometheusDiskFull",
        measured: &[
            (
                "kubelet_volume_stats_available_bytes{namespace=\"support\", persistentvolumeclaim=\"prometheus-server\"}",
                "9x30",
            ),
            (
                "kubelet_volume_stats_capacity_bytes{namespace=\"support\", persistentvolumeclaim=\"prometheus-server\"}",
                "100x30",
            ),
        ],
        at: "20m",
        told: 1,
    },
    Case {
        story: "measures fill their disk as far as they may",
        alert: "PrometheusDiskFull",
        measured: &[
            (
                "kubelet_volume_stats_available_bytes{namespace=\"support\", persistentvolumeclaim=\"prometheus-server\"}",
                "15x30",
            ),
            (
                "kubelet_volume_stats_capacity_bytes{namespace=\"support\", persistentvolumeclaim=\"prometheus-server\"}",
                "100x30",
            ),
        ],
        at: "20m",
        told: 0,
    },
    Case {
        story: "a hub does not answer",
        alert: "HubDown",
        measured: &[(
            "probe_success{job=\"hubs\", instance=\"https://hub.lab.org/hub/health\"}",
            "1x5 0x20",
        )],
        at: "12m",
        told: 1,
    },
    Case {
        story: "a hub begins anew and is there after three minutes",
        alert: "HubDown",
        measured: &[(
            "probe_success{job=\"hubs\", instance=\"https://hub.lab.org/hub/health\"}",
            "1x5 0x2 1x20",
        )],
        at: "12m",
        told: 0,
    },
    Case {
        story: "a certificate ends in ten days",
        alert: "CertificateEnds",
        measured: &[(
            "probe_ssl_earliest_cert_expiry{job=\"hubs\", instance=\"https://hub.lab.org/hub/health\"}",
            "864000x90",
        )],
        at: "70m",
        told: 1,
    },
    Case {
        story: "a certificate ends in thirty days, when it is renewed",
        alert: "CertificateEnds",
        measured: &[(
            "probe_ssl_earliest_cert_expiry{job=\"hubs\", instance=\"https://hub.lab.org/hub/health\"}",
            "2592000x90",
        )],
        at: "70m",
        told: 0,
    },
    Case {
        story: "servers take four minutes",
        alert: "HubSlow",
        measured: &[
            (
                "jupyterhub_server_spawn_duration_seconds_bucket{namespace=\"main\", status=\"success\", le=\"120\"}",
                "0x90",
            ),
            (
                "jupyterhub_server_spawn_duration_seconds_bucket{namespace=\"main\", status=\"success\", le=\"300\"}",
                "0+1x90",
            ),
            (
                "jupyterhub_server_spawn_duration_seconds_bucket{namespace=\"main\", status=\"success\", le=\"+Inf\"}",
                "0+1x90",
            ),
        ],
        at: "60m",
        told: 1,
    },
    Case {
        story: "servers take less than a minute",
        alert: "HubSlow",
        measured: &[
            (
                "jupyterhub_server_spawn_duration_seconds_bucket{namespace=\"main\", status=\"success\", le=\"60\"}",
                "0+1x90",
            ),
            (
                "jupyterhub_server_spawn_duration_seconds_bucket{namespace=\"main\", status=\"success\", le=\"300\"}",
                "0+1x90",
            ),
            (
                "jupyterhub_server_spawn_duration_seconds_bucket{namespace=\"main\", status=\"success\", le=\"+Inf\"}",
                "0+1x90",
            ),
        ],
        at: "60m",
        told: 0,
    },
    Case {
        story: "three servers did not start",
        alert: "ServersFail",
        measured: &[(
            "jupyterhub_server_spawn_duration_seconds_count{namespace=\"main\", status=\"failure\"}",
            "4x9 5 6 7x40",
        )],
        at: "20m",
        told: 1,
    },
    Case {
        story: "the first servers ever that did not start count as well",
        alert: "ServersFail",
        measured: &[(
            "jupyterhub_server_spawn_duration_seconds_count{namespace=\"main\", status=\"failure\"}",
            "_x9 2x40",
        )],
        at: "12m",
        told: 1,
    },
    Case {
        story: "one server did not start, and others long ago",
        alert: "ServersFail",
        measured: &[(
            "jupyterhub_server_spawn_duration_seconds_count{namespace=\"main\", status=\"failure\"}",
            "8x59 9x40",
        )],
        at: "70m",
        told: 0,
    },
    Case {
        story: "servers that start are no failure",
        alert: "ServersFail",
        measured: &[(
            "jupyterhub_server_spawn_duration_seconds_count{namespace=\"main\", status=\"success\"}",
            "0+5x60",
        )],
        at: "50m",
        told: 0,
    },
    Case {
        story: "the hub began anew",
        alert: "HubRestarts",
        measured: &[(
            "kube_pod_container_status_restarts_total{namespace=\"main\", pod=\"hub-7d9\", container=\"hub\"}",
            "0x59 1x60",
        )],
        at: "65m",
        told: 1,
    },
    Case {
        story: "somebody's server began anew",
        alert: "HubRestarts",
        measured: &[(
            "kube_pod_container_status_restarts_total{namespace=\"main\", pod=\"jupyter-ada\", container=\"notebook\"}",
            "0x59 1x60",
        )],
        at: "65m",
        told: 0,
    },
    Case {
        story: "a pool has all machines that it may have",
        alert: "PoolFull",
        measured: &[
            (
                "kube_node_labels{node=\"core-1\", label_cloud_google_com_gke_nodepool=\"POOL\"}",
                "1x30",
            ),
            (
                "kube_node_labels{node=\"core-2\", label_cloud_google_com_gke_nodepool=\"POOL\"}",
                "1x30",
            ),
            (
                "kube_node_labels{node=\"core-3\", label_cloud_google_com_gke_nodepool=\"POOL\"}",
                "1x30",
            ),
            (
                "kube_node_labels{node=\"core-4\", label_cloud_google_com_gke_nodepool=\"POOL\"}",
                "1x30",
            ),
            (
                "kube_node_labels{node=\"core-5\", label_cloud_google_com_gke_nodepool=\"POOL\"}",
                "1x30",
            ),
        ],
        at: "15m",
        told: 1,
    },
    Case {
        story: "a pool has one of five machines",
        alert: "PoolFull",
        measured: &[(
            "kube_node_labels{node=\"core-1\", label_cloud_google_com_gke_nodepool=\"POOL\"}",
            "1x30",
        )],
        at: "15m",
        told: 0,
    },
    Case {
        story: "there is no machine for somebody's server, and none for what keeps a place",
        alert: "PodNotScheduled",
        measured: &[
            ("kube_pod_status_unschedulable{namespace=\"main\", pod=\"jupyter-ada\"}", "1x30"),
            (
                "kube_pod_status_unschedulable{namespace=\"main\", pod=\"user-placeholder-0\"}",
                "1x30",
            ),
        ],
        at: "15m",
        told: 1,
    },
    Case {
        story: "a machine comes after six minutes",
        alert: "PodNotScheduled",
        measured: &[(
            "kube_pod_status_unschedulable{namespace=\"main\", pod=\"jupyter-ada\"}",
            "1x6 _x20",
        )],
        at: "15m",
        told: 0,
    },
    Case {
        story: "a machine is not ready",
        alert: "NodeNotReady",
        measured: &[(
            "kube_node_status_condition{node=\"a\", condition=\"Ready\", status=\"true\"}",
            "1x2 0x30",
        )],
        at: "20m",
        told: 1,
    },
    Case {
        story: "a machine was not ready for a moment",
        alert: "NodeNotReady",
        measured: &[(
            "kube_node_status_condition{node=\"a\", condition=\"Ready\", status=\"true\"}",
            "1x2 0x3 1x30",
        )],
        at: "20m",
        told: 0,
    },
    Case {
        story: "a disk works all the time",
        alert: "DiskBusy",
        measured: &[("node_disk_io_time_seconds_total{node=\"a\", device=\"sdb\"}", "0+59x40")],
        at: "30m",
        told: 1,
    },
    Case {
        story: "a disk works half of the time",
        alert: "DiskBusy",
        measured: &[("node_disk_io_time_seconds_total{node=\"a\", device=\"sdb\"}", "0+30x40")],
        at: "30m",
        told: 0,
    },
];
