//! Names of clusters and pools: Google's rules for them, and that no two are the same.

use super::placed::{Placed, PlacedPool};
use super::pools;
use crate::project::problem::{Findings, Problem, Range};
use std::collections::BTreeMap;

/// The longest name that Google takes.
/// <https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters>
const LONGEST: usize = 40;

/// Checks the names of all clusters and pools.
pub(super) fn check(clusters: &[Placed<'_>], findings: &mut Findings) {
    let mut taken: BTreeMap<String, &Range> = BTreeMap::new();
    for placed in clusters {
        findings.extend(fault("cluster", &placed.name, placed.range("name")));
        findings.extend(suffix(placed, &placed.name, placed.range("name")));
        twice(&mut taken, &placed.name, placed.range("name"), findings);
        let pools = placed.pools();
        let mut in_cluster: BTreeMap<String, &Range> = BTreeMap::new();
        for pool in &pools {
            let name = short(placed, pool);
            findings.extend(fault("pool", &name, pool.range("name")));
            findings.extend(suffix(placed, &name, pool.range("name")));
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
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let length = name.chars().count();
    let (message, expected) = if length > LONGEST {
        let words = format!("the {what}'s name `{name}` is too long: {length} characters");
        (words, "at most 40 characters, everything derived included")
    } else if let Some(bad) = name.chars().find(|c| !allowed(*c)) {
        let words = format!("the {what}'s name `{name}` has `{bad}` in it");
        (words, "lower case letters, digits and hyphens")
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) || name.ends_with('-') {
        let words = format!("the {what}'s name `{name}` begins or ends wrongly");
        (words, "a letter first, and no hyphen last")
    } else if what == "pool" && name == "default-pool" {
        let words = "`default-pool` is the pool that Google makes with every cluster".to_owned();
        (words, "another name")
    } else {
        return None;
    };
    let fixed: String =
        name.to_lowercase().chars().map(|c| if allowed(c) { c } else { '-' }).collect();
    let fixed = (fixed != name && length <= LONGEST).then(|| format!("write `{fixed}`"));
    Some(Problem::error("cluster-name", range, message).expected(expected).suggest(fixed))
}

/// A name that ends as another environment's do is a copy that was not changed.
fn suffix(placed: &Placed<'_>, name: &str, range: &Range) -> Option<Problem> {
    let own = &placed.laid.environment.suffix;
    let all = placed.laid.suffixes.iter().filter(|(_, suffix)| !suffix.is_empty());
    let mut foreign = all.filter(|(_, suffix)| *suffix != own && name.ends_with(suffix.as_str()));
    let (env, suffix) = foreign.next()?;
    let message = format!("`{name}` is in {} and ends as the names of {env} do", placed.laid.env());
    let kept = name.trim_end_matches(suffix.as_str());
    Some(Problem::warning("foreign-suffix", range, message).suggest(format!("write `{kept}`")))
}

fn twice<'a>(
    taken: &mut BTreeMap<String, &'a Range>,
    name: &str,
    range: &'a Range,
    findings: &mut Findings,
) {
    if let Some(first) = taken.insert(name.to_owned(), range) {
        let message = format!("two things are called `{name}`");
        let problem = Problem::error("name-collision", range, message);
        findings.push(problem.related(first, "the other one").expected("a name of its own"));
    }
}
