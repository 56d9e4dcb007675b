//! What follows from what machines are for. The labels and taints are those that the charts of
//! JupyterHub and Dask Gateway select and tolerate.
//!
//! <https://z2jh.jupyter.org/en/stable/administrator/optimization.html>

use super::settings::{Pool, Role};
use crate::providers::gcp::gke_node_pool::{RETIRING, Spec, Taint};
use std::collections::BTreeMap;

/// The label by which hubs choose machines.
const HUB: &str = "hub.jupyter.org/node-purpose";
/// The label by which Dask chooses machines.
const DASK: &str = "k8s.dask.org/node-purpose";
/// The label of the machines of one community.
const COMMUNITY: &str = "2i2c.org/community";
/// The label in Google Cloud that says what machines are for.
const PURPOSE: &str = "node-purpose";
/// The taint of machines with GPUs.
const GPU: &str = "nvidia.com/gpu";

/// Taints that some chart tolerates.
pub(super) const TOLERATED: [&str; 7] = [
    "hub.jupyter.org_dedicated",
    "hub.jupyter.org/dedicated",
    "k8s.dask.org_dedicated",
    "k8s.dask.org/dedicated",
    GPU,
    COMMUNITY,
    RETIRING,
];

/// Labels as keys and values.
type Labels = BTreeMap<String, String>;

impl Role {
    /// What it is called in files.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::User => "user",
            Self::DaskWorker => "dask-worker",
            Self::Build => "build",
        }
    }

    fn labels(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Core => &[(HUB, "core"), (DASK, "core")],
            Self::User => &[(HUB, "user"), (DASK, "scheduler")],
            Self::DaskWorker => &[(DASK, "worker")],
            Self::Build => &[(HUB, "build")],
        }
    }

    fn taint(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Core => None,
            Self::User => Some(("hub.jupyter.org_dedicated", "user")),
            Self::DaskWorker => Some(("k8s.dask.org_dedicated", "worker")),
            Self::Build => Some(("hub.jupyter.org_dedicated", "build")),
        }
    }

    /// Every role.
    const ALL: [Self; 4] = [Self::Core, Self::User, Self::DaskWorker, Self::Build];

    /// The role that machines were most probably made for: the one of whose labels and taints they
    /// lack the least.
    pub(super) fn nearest(spec: &Spec) -> Self {
        let lacks = |role: &Self| {
            let has =
                |(key, value): &&(&str, &str)| spec.labels.get(*key).is_some_and(|it| it == value);
            let labels = role.labels().iter().filter(|label| !has(label)).count();
            let tainted = |(key, value): (&str, &str)| {
                spec.taints.iter().any(|taint| taint.key == key && taint.value == value)
            };
            let purpose = spec.resource_labels.get(PURPOSE).is_some_and(|it| it == role.word());
            labels + usize::from(!role.taint().is_none_or(tainted)) + usize::from(!purpose)
        };
        Self::ALL.into_iter().min_by_key(lacks).unwrap_or(Self::Core)
    }

    /// The gigabytes of the disk of a machine that says nothing itself.
    pub(super) fn disk_gb(self) -> i64 {
        match self {
            Self::Core => 30,
            Self::User | Self::DaskWorker | Self::Build => 100,
        }
    }
}

fn owned(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// The labels that follow from a pool's settings, without those that a person wrote.
pub(super) fn labels(pool: &Pool) -> Labels {
    let mut labels = owned(pool.role.labels());
    labels.extend(pool.community.iter().map(|name| (COMMUNITY.to_owned(), name.clone())));
    labels
}

/// The community that machines are for: they say so, and keep everybody else away.
pub(super) fn community(spec: &Spec) -> Option<&str> {
    let name = spec.labels.get(COMMUNITY)?;
    let closed = spec.taints.iter().any(|it| it.key == COMMUNITY && it.value == *name);
    closed.then_some(name.as_str())
}

/// The labels in Google Cloud that follow from a pool's settings: bills are read by them.
pub(super) fn resource_labels(pool: &Pool) -> Labels {
    let mut labels = owned(&[(PURPOSE, pool.role.word())]);
    labels.extend(pool.community.iter().map(|name| ("community".to_owned(), name.clone())));
    labels
}

/// The taints that follow from a pool's settings.
pub(super) fn taints(pool: &Pool) -> Vec<Taint> {
    let role = pool.role.taint().map(|(key, value)| (key, value.to_owned()));
    let community = pool.community.iter().map(|name| (COMMUNITY, name.clone()));
    let gpu = pool.gpu.iter().map(|_| (GPU, "present".to_owned()));
    let retiring = pool.retiring.then(|| (RETIRING, "true".to_owned()));
    let all = role.into_iter().chain(community).chain(gpu).chain(retiring);
    all.map(|(key, value)| Taint { key: key.to_owned(), value, effect: "NO_SCHEDULE".to_owned() })
        .collect()
}
