//! Whether the policies of accounts and projects have room for what is declared. That of a project
//! is shared by all environments that are in it.

use super::expand::{access_grants, project_grants};
use super::placed::{Identities, Placed};
use crate::project::policies::{MOST_MEMBERS, Policy};
use crate::project::problem::{Findings, Problem};
use std::collections::{BTreeMap, BTreeSet};

/// Checks every policy that identities have members in.
pub(super) fn check(identities: &Identities<'_>, findings: &mut Findings) {
    for placed in &identities.list {
        findings.extend(account(identities, placed));
    }
    let mut projects: BTreeMap<&str, Vec<&Placed<'_>>> = BTreeMap::new();
    for placed in &identities.list {
        projects.entry(placed.project()).or_default().push(placed);
    }
    findings.extend(projects.iter().filter_map(|(name, list)| project(name, list)));
}

fn account(identities: &Identities<'_>, placed: &Placed<'_>) -> Option<Problem> {
    let members: BTreeSet<_> = access_grants(identities, placed).into_iter().collect();
    let of = format!("account `{}`", placed.email());
    policy(of, placed, "used_by").too_many_people(members.len())
}

/// Names the identity with which it gets too much.
fn project(name: &str, list: &[&Placed<'_>]) -> Option<Problem> {
    let (mut members, mut last) = (BTreeSet::new(), None);
    for placed in list {
        members.extend(project_grants(placed));
        if members.len() > MOST_MEMBERS {
            last = last.or(Some(placed));
        }
    }
    let of = format!("project `{name}`, in all environments together,");
    let instead = "let identities that do the same work be one, or have fewer roles";
    policy(of, last?, "roles").too_many(members.len(), instead)
}

fn policy<'a>(of: String, placed: &'a Placed<'_>, setting: &'a str) -> Policy<'a> {
    Policy { of, key: &placed.key.range, node: placed.node, setting }
}
