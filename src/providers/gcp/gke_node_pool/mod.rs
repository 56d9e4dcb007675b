//! `gke-node-pool`: machines of one sort in a cluster.
//!
//! A pool's name is `CLUSTER/POOL`. A pool whose name was not written down by a person ends in
//! four characters that follow from what cannot be changed of its machines ([`make_name`]): other
//! machines are another pool, which is made first, before the old one is drained and deleted.

mod apply;
mod observe;
mod part;
mod spec;
mod usage;
mod wire;

pub use spec::{Counted, Disk, Gpu, Limits, Market, RETIRING, Spec, Taint};

use crate::kind::{self, Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Mark, Need, Observation, Owner, Scope, Transition, Usage, base32_digest};
use crate::providers::description::Marks;
use crate::providers::gcp::gcp_service_account::Account;
use crate::providers::gcp::gke_cluster::{self, Cluster};
use crate::providers::gcp::{Reader, Writer};
use crate::providers::remembered;
use google_cloud_container_v1::model::NodePool as Live;
use std::collections::BTreeSet;

/// How many characters of the digest tell one make of a pool from another.
const MAKE_CHARACTERS: usize = 4;

/// The kind `gke-node-pool`.
#[derive(Debug)]
pub enum NodePool {}

impl Kind for NodePool {
    const NAME: &'static str = "gke-node-pool";
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
        let (old, new) = (before.make(), after.make());
        let differs = spec::FIXED.iter().find(|(field, _)| old.get(*field) != new.get(*field));
        differs.map_or(Transition::InPlace, |(_, words)| {
            Transition::Replace(format!(
                "the {words} of machines cannot be changed; with another `name:`, or none, the new \
                 pool is made first"
            ))
        })
    }

    fn needs(name: &str, spec: &Spec) -> BTreeSet<Need> {
        let (cluster, _) = parts(name);
        let account = Some(&spec.service_account).filter(|account| account.contains('@'));
        let account = account.map(|email| Need::refers(Account::NAME, email));
        account.into_iter().chain([Need::inside(Cluster::NAME, cluster)]).collect()
    }

    fn usage(_: &str, spec: &Spec) -> Vec<Usage> {
        usage::of(spec)
    }

    fn claims(spec: &Spec) -> BTreeSet<String> {
        [kind::digest::<Self>(spec)].into()
    }

    fn lane(name: &str, spec: &Spec) -> Option<String> {
        Some(gke_cluster::lane(&spec.location, parts(name).0))
    }

    fn lineage(name: &str, spec: &Spec) -> Option<String> {
        let lands = |taint: &&spec::Taint| taint.key != RETIRING;
        let taints: Vec<&spec::Taint> = spec.taints.iter().filter(lands).collect();
        Some(serde_json::json!([parts(name).0, spec.labels, taints]).to_string())
    }

    fn disruption(before: Option<&Spec>, after: Option<&Spec>) -> Vec<String> {
        let words = match (before, after) {
            (Some(_), None) => {
                "machines are cordoned and drained, then deleted: whoever still works on them is \
                 stopped (`retiring: true` lets them finish first)"
            }
            (Some(before), Some(after)) if restarts(before, after) => {
                "the pool's machines are made anew, one after the other: whoever works on them is \
                 stopped"
            }
            _ => return Vec::new(),
        };
        vec![words.to_owned()]
    }
}

/// Whether a change in place makes machines anew. New labels, taints, tags and limits do not.
/// <https://cloud.google.com/kubernetes-engine/docs/how-to/node-upgrades>
fn restarts(before: &Spec, after: &Spec) -> bool {
    before.version != after.version && after.version.is_some()
        || before.gke_metadata != after.gke_metadata
        || before.single_process_oom_kill != after.single_process_oom_kill
}

/// The cluster and the pool in a pool's name.
pub(crate) fn parts(name: &str) -> (&str, &str) {
    name.split_once('/').unwrap_or((name, ""))
}

/// The name of a pool of which a person wrote only the beginning: other machines, another name.
pub fn make_name(begin: &str, spec: &Spec) -> String {
    format!("{begin}{}", make(spec))
}

/// What tells one make of a pool from another: a hyphen and four characters.
fn make(spec: &Spec) -> String {
    let digest = base32_digest(serde_json::Value::Object(spec.make()).to_string().as_bytes());
    format!("-{}", &digest[..MAKE_CHARACTERS])
}

/// Whose a pool is. Its own labels say all but what was last applied: rewriting them may touch its
/// machines, so the ledger remembers that.
fn owner(stack: &str, name: &str, pool: &Live, remembered: Option<&BTreeSet<String>>) -> Owner {
    let labels = pool.config.as_ref().map(|config| &config.resource_labels);
    let value = |key: &str| labels?.get(key).map(String::as_str);
    match Mark::owner(stack, NodePool::NAME, name, value) {
        Owner::Ours(mark) => {
            Owner::Ours(Mark { spec: remembered::last_applied(remembered), ..mark })
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(machine: &str) -> Spec {
        Spec::new("us-central1", machine, Limits::total(0, 10))
    }

    #[test]
    fn other_machines_are_another_make_of_the_same_pool() {
        let (small, big) = (pool("n2-highmem-4"), pool("n2-highmem-16"));
        let (one, other) = (make_name("c/user", &small), make_name("c/user", &big));
        assert_ne!(one, other);
        assert_eq!(NodePool::lineage(&one, &small), NodePool::lineage(&other, &big));
        assert_eq!(NodePool::lineage("c/nb-n2", &small), NodePool::lineage(&other, &big));
        let dask =
            Spec { labels: [("dask".into(), "worker".into())].into(), ..pool("n2-highmem-4") };
        assert_ne!(NodePool::lineage("c/dask", &dask), NodePool::lineage(&one, &small));
    }

    #[test]
    fn other_limits_are_the_same_make() {
        let (few, many) =
            (pool("e2-small"), Spec { limits: Limits::total(0, 99), ..pool("e2-small") });
        assert_eq!(make_name("c/user", &few), make_name("c/user", &many));
        assert_eq!(NodePool::transition(&few, &many), Transition::InPlace);
    }

    #[test]
    fn the_name_of_a_make_never_changes() {
        // A new release that changed this would replace every pool.
        assert_eq!(make_name("c/user", &pool("n2-highmem-4")), "c/user-wcj3");
    }
}
