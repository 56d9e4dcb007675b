//! Who pulls images from where: what the accounts of machines may read.

use super::placed::{Placed, placed};
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem, Range};
use crate::project::registries;
use crate::project::tree::Node;
use crate::providers::gcp::policy::Grant;
use std::collections::BTreeSet;

/// The role that lets an account pull images.
/// <https://cloud.google.com/artifact-registry/docs/access-control#roles>
const READER: &str = "roles/artifactregistry.reader";

/// What the machines of one cluster need in the project that its registries are in.
pub(crate) struct Pulls<'a> {
    /// The environment of the cluster.
    pub(crate) laid: &'a Laid,
    /// Where it was written.
    pub(crate) range: Range,
    /// What their accounts are given.
    pub(crate) grants: BTreeSet<Grant>,
}

/// What every cluster pulls.
pub(crate) fn pulls(layout: &[Laid]) -> Vec<Pulls<'_>> {
    let clusters = placed(layout);
    clusters.iter().filter(|placed| !placed.cluster.registries.is_empty()).map(pull).collect()
}

fn pull<'a>(placed: &Placed<'a>) -> Pulls<'a> {
    let grant = |email: &str| Grant::new(READER, format!("serviceAccount:{email}"));
    let grants = accounts(placed).into_iter().map(grant).collect();
    Pulls { laid: placed.laid, range: placed.range("registries").clone(), grants }
}

/// The accounts of all machines that say whose they are.
fn accounts<'a>(placed: &Placed<'a>) -> BTreeSet<&'a str> {
    let cluster = placed.cluster;
    let of_pools = cluster.pools.values().map(|pool| pool.service_account.as_deref());
    let of_pools = of_pools.map(|account| account.or(cluster.service_account.as_deref()));
    of_pools.flatten().collect()
}

/// Registries must be declared and hold images, and whoever pulls must be known.
pub(super) fn check(placed: &Placed<'_>, findings: &mut Findings) {
    let written = placed.node.child("registries").map(Node::items).unwrap_or_default();
    for node in written {
        findings.extend(node.text().and_then(|key| registry(placed, node, key)));
    }
    let nameless = placed.cluster.pools.values().any(|pool| pool.service_account.is_none());
    if !written.is_empty() && nameless && placed.cluster.service_account.is_none() {
        let message =
            "whoever pulls from these is not said: the machines have no account of their own";
        let problem = Problem::error("pulls", placed.range("registries"), message);
        findings.push(problem.expected("`service_account:`, the address of an account"));
    }
}

fn registry(placed: &Placed<'_>, node: &Node, key: &str) -> Option<Problem> {
    let declared = &placed.laid.declaration.registries;
    let Some(registry) = declared.get(key) else {
        let known = declared.keys().map(String::as_str);
        return Some(Problem::unknown("registry", key, &node.range, known));
    };
    (registry.format != registries::Format::Docker).then(|| {
        let problem = Problem::error("reference", &node.range, format!("`{key}` holds no images"));
        problem.expected("a registry with `format: docker`")
    })
}
