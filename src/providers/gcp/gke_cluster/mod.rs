//! `gke-cluster`: a Kubernetes cluster of Google's.

mod apply;
mod leftover;
pub(crate) mod observe;
mod part;
mod spec;
mod wire;
mod wordless;

pub use spec::{Limit, Maintenance, Private, Spec};
pub(crate) use wire::DEFAULT_POOL;
pub(crate) use wordless::AUTOPILOT;

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Amount, Mark, Observation, Owner, Scope, Transition, Usage, What};
use crate::providers::description::Marks;
use crate::providers::gcp::{Reader, Writer};
use google_cloud_container_v1::model::Cluster as Live;

/// The API of clusters and pools.
pub const API: &str = "container.googleapis.com";

/// The kind `gke-cluster`.
#[derive(Debug)]
pub enum Cluster {}

impl Kind for Cluster {
    const NAME: &'static str = "gke-cluster";
    const PROTECTED: bool = true;
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        observe::observe(reader, scope).await
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        let hand = &writer.clusters;
        match change {
            Change::Create { after } => apply::create(hand, step, &after).await,
            Change::Update { before, after, version } => {
                apply::update(hand, step, &before, &after, &version).await
            }
            Change::Delete { before, version } => {
                apply::delete(hand, step, &before, &version).await
            }
            Change::Adopt { spec, .. } => apply::mark(hand, step, &spec, Marks::On).await,
            Change::Disown { spec, .. } => apply::mark(hand, step, &spec, Marks::Off).await,
            Change::Wait { after, operation } => apply::wait(hand, step, &after, &operation).await,
        }
    }

    fn transition(before: &Spec, after: &Spec) -> Transition {
        let replace = |why: &str| Transition::Replace(why.to_owned());
        let network = |spec: &Spec| (spec.network.clone(), spec.subnetwork.clone());
        if before.location != after.location {
            replace("a cluster cannot move")
        } else if network(before) != network(after) {
            replace("a cluster cannot change its network")
        } else if before.private != after.private {
            replace("machines have public addresses for good, or have none")
        } else {
            Transition::InPlace
        }
    }

    fn protection(spec: &Spec) -> Option<String> {
        let why = "everything that runs in it goes with it; its volumes and load balancers may stay \
                   behind and cost money: look at them first";
        spec.protect.then(|| why.to_owned())
    }

    fn lane(name: &str, spec: &Spec) -> Option<String> {
        Some(lane(&spec.location, name))
    }

    fn usage(_: &str, spec: &Spec) -> Vec<Usage> {
        let once = Amount::exactly(1.0);
        let mut usage = vec![Usage::new(What::Cluster, once)];
        let mut unknown = |what: String| usage.push(Usage::new(What::Unknown(what), once));
        if spec.default_pool {
            unknown("the machines of the pool that Google makes".to_owned());
        }
        if !spec.auto_provisioning.is_empty() {
            let limits = spec.auto_provisioning.iter();
            let limits: Vec<String> =
                limits.map(|limit| format!("{} {}", limit.max, limit.resource)).collect();
            unknown(format!("pools that Google makes, up to {}", limits.join(", ")));
        }
        usage
    }

    fn disruption(before: Option<&Spec>, after: Option<&Spec>) -> Vec<String> {
        let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
        let mut words = Vec::new();
        let zonal = after.location.rsplit('-').next().is_some_and(|last| last.len() == 1);
        if before.version != after.version && after.version.is_some() {
            words.push(match zonal {
                true => {
                    "the control plane is away for some minutes while it is upgraded".to_owned()
                }
                false => {
                    "the control plane is upgraded one replica at a time and stays there".to_owned()
                }
            });
        }
        if before.network_policy != after.network_policy {
            words.push("every machine is made anew, one after the other".to_owned());
        }
        if before.default_pool && !after.default_pool {
            words.push("the pool `default-pool` is deleted with all its machines".to_owned());
        }
        words
    }
}

/// What only one change at a time may be made to: a cluster with everything in it.
pub(crate) fn lane(location: &str, cluster: &str) -> String {
    format!("{location}/{cluster}")
}

/// Whether nobody upgrades a cluster by itself.
pub(crate) fn upgraded_by_us(cluster: &Live) -> bool {
    wire::channel_of(cluster).is_none()
}

/// Whose a cluster is.
pub(crate) fn owner(cluster: &Live, stack: &str) -> Owner {
    let value = |key: &str| cluster.resource_labels.get(key).map(String::as_str);
    Mark::owner(stack, Cluster::NAME, &cluster.name, value)
}
