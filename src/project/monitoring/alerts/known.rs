//! The table of alerts: what each is called, from when on, and how bad it is. When it is so stands in
//! `hubs.rs` and `cluster.rs`.

use super::{When, cluster, hubs};
use crate::project::monitoring::made::Made;

/// What a limit is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::project::monitoring) enum Unit {
    /// Percent of something.
    Percent,
    /// Seconds.
    Seconds,
    /// Days.
    Days,
    /// How often in half an hour.
    Times,
    /// Nothing: it is so or not.
    None,
}

/// An alert that this program knows.
pub(in crate::project::monitoring) struct Known {
    /// What a stack calls it.
    pub(in crate::project::monitoring) name: &'static str,
    /// What Prometheus calls it.
    pub(in crate::project::monitoring) title: &'static str,
    /// What the limit is counted in.
    pub(in crate::project::monitoring) unit: Unit,
    /// From which number on, usually.
    pub(in crate::project::monitoring) limit: f64,
    /// The least and the most that the limit can be.
    pub(in crate::project::monitoring) range: (f64, f64),
    /// How many seconds it must have been so, usually.
    pub(in crate::project::monitoring) lasting: u64,
    /// `critical` where people cannot work, or will soon lose something; else `warning`.
    pub(in crate::project::monitoring) severity: &'static str,
    /// When it is so.
    pub(super) when: fn(&Made<'_>, f64) -> Vec<When>,
}

/// The alert of a name.
pub(in crate::project::monitoring) fn known(name: &str) -> Option<&'static Known> {
    ALERTS.iter().find(|known| known.name == name)
}

const MINUTE: u64 = 60;
const WARNING: &str = "warning";
const CRITICAL: &str = "critical";

/// Every alert.
pub(in crate::project::monitoring) const ALERTS: &[Known] = &[
    Known {
        name: "certificate-ends",
        title: "CertificateEnds",
        unit: Unit::Days,
        limit: 14.0,
        range: (1.0, 60.0),
        lasting: 60 * MINUTE,
        severity: WARNING,
        when: hubs::certificate_ends,
    },
    Known {
        name: "disk-busy",
        title: "DiskBusy",
        unit: Unit::Percent,
        limit: 80.0,
        range: (10.0, 100.0),
        lasting: 15 * MINUTE,
        severity: WARNING,
        when: cluster::disk_busy,
    },
    Known {
        name: "home-disk-full",
        title: "HomeDiskFull",
        unit: Unit::Percent,
        limit: 10.0,
        range: (1.0, 50.0),
        lasting: 5 * MINUTE,
        severity: CRITICAL,
        when: hubs::home_disk_full,
    },
    Known {
        name: "hub-database-full",
        title: "HubDatabaseFull",
        unit: Unit::Percent,
        limit: 10.0,
        range: (1.0, 50.0),
        lasting: 5 * MINUTE,
        severity: CRITICAL,
        when: hubs::database_full,
    },
    Known {
        name: "hub-down",
        title: "HubDown",
        unit: Unit::None,
        limit: 0.0,
        range: (0.0, 0.0),
        lasting: 5 * MINUTE,
        severity: CRITICAL,
        when: hubs::down,
    },
    Known {
        name: "hub-restarts",
        title: "HubRestarts",
        unit: Unit::Times,
        limit: 1.0,
        range: (1.0, 100.0),
        lasting: 0,
        severity: WARNING,
        when: hubs::restarts,
    },
    Known {
        name: "hub-slow",
        title: "HubSlow",
        unit: Unit::Seconds,
        limit: 300.0,
        range: (10.0, 600.0),
        lasting: 15 * MINUTE,
        severity: WARNING,
        when: hubs::slow,
    },
    Known {
        name: "node-not-ready",
        title: "NodeNotReady",
        unit: Unit::None,
        limit: 0.0,
        range: (0.0, 0.0),
        lasting: 10 * MINUTE,
        severity: WARNING,
        when: cluster::node_not_ready,
    },
    Known {
        name: "pod-not-scheduled",
        title: "PodNotScheduled",
        unit: Unit::None,
        limit: 0.0,
        range: (0.0, 0.0),
        lasting: 10 * MINUTE,
        severity: WARNING,
        when: cluster::pod_not_scheduled,
    },
    Known {
        name: "pool-full",
        title: "PoolFull",
        unit: Unit::Percent,
        limit: 100.0,
        range: (10.0, 100.0),
        lasting: 10 * MINUTE,
        severity: WARNING,
        when: cluster::pool_full,
    },
    Known {
        name: "prometheus-disk-full",
        title: "PrometheusDiskFull",
        unit: Unit::Percent,
        limit: 10.0,
        range: (1.0, 50.0),
        lasting: 15 * MINUTE,
        severity: WARNING,
        when: cluster::prometheus_disk_full,
    },
    Known {
        name: "servers-fail",
        title: "ServersFail",
        unit: Unit::Times,
        limit: 2.0,
        range: (1.0, 1000.0),
        lasting: 0,
        severity: CRITICAL,
        when: hubs::servers_fail,
    },
];

impl Unit {
    /// The unit, as it stands after a number.
    pub(in crate::project::monitoring) fn words(self) -> &'static str {
        match self {
            Self::Percent => " percent",
            Self::Seconds => " seconds",
            Self::Days => " days",
            Self::Times => " in half an hour",
            Self::None => "",
        }
    }
}
