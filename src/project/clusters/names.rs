//! Names of clusters and pools: Google's rules for them, and that no two are the same.

use super::placed::{Placed, PlacedPool};
use super::pools;
use crate::project::names::{self, Taken, suffix, twice};
use crate::project::problem::{Findings, Problem, Range};

/// The longest name that Google takes.
/// <https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters>
const LONGEST: usize = 40;

/// Checks the names of all clusters and pools.
pub(super) fn check(clusters: &[Placed<'_>], findings: &mut Findings) {
    let mut taken: Taken<'_> = Taken::new();
    for placed in clusters {
        findings.extend(fault("cluster", &placed.name, placed.range("name")));
        findings.extend(suffix(placed.laid, &placed.name, placed.range("name")));
        twice(&mut taken, &placed.name, placed.range("name"), findings);
        let pools = placed.pools();
        let mut in_cluster: Taken<'_> = Taken::new();
        for pool in &pools {
            let name = short(placed, pool);
            findings.extend(fault("pool", &name, pool.range("name")));
            findings.extend(suffix(placed.laid, &name, pool.range("name")));
            twice(&mut in_cluster, &name, pool.range("name"), findings);
        }
    }
}

/// The name of a pool, without that of its cluster.
pub(super) fn short(placed: &Placed<'_>, pool: &PlacedPool<'_>) -> String {
    let name = pools::name(placed, pool, &pools::spec(placed, pool.pool));
    name.rsplit('/').next().unwrap_or(&name).to_owned()
}

fn fault(what: &str, name: &str, range: &Range) -> Option<Problem> {
    if what == "pool" && name == "default-pool" {
        let message = "`default-pool` is the pool that Google makes with every cluster";
        return Some(Problem::error("cluster-name", range, message).expected("another name"));
    }
    names::fault("cluster-name", what, name, LONGEST, range)
}
