//! What the schema cannot say about buckets.

use super::access::{grants as granted, log_targets};
use super::conflicts;
use super::names;
use super::placed::{Buckets, Lost, Placed, placed};
use crate::project::access;
use crate::project::address;
use crate::project::environments::members;
use crate::project::identities::{self, Identities};
use crate::project::layout::Laid;
use crate::project::managed::check_previously;
use crate::project::policies::Policy;
use crate::project::problem::{Findings, Problem};
use crate::project::tree::Node;
use crate::project::words::nearest;
use crate::providers::gcp::policy::Grant;
use std::collections::BTreeSet;

/// Checks the buckets of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    let buckets = placed(layout);
    members(layout, "buckets", "bucket", findings);
    let identities = identities::placed(layout);
    names::check(layout, &buckets, findings);
    let targets = log_targets(&buckets);
    let given = access::given(layout, &buckets);
    for placed in &buckets.list {
        let takes_logs = targets.contains_key(placed.name.as_str());
        let all = granted(placed, takes_logs, &identities, &given);
        findings.extend(room(placed, all));
        conflicts::check(placed, findings);
        grants(&identities, placed, findings);
        let previously = placed.bucket.previously.as_deref();
        let here = |key: &&str| buckets.here(key, placed.laid.env());
        let still = previously.as_ref().and_then(here).map(|other| other.key);
        check_previously(placed.node, previously, still, findings);
        findings.extend(logs(layout, &buckets, placed));
    }
}

/// Identities that something is granted to are declared.
fn grants(identities: &Identities<'_>, placed: &Placed<'_>, findings: &mut Findings) {
    let written = placed.node.child("grants").map(Node::entries).unwrap_or_default();
    for member in written.iter().flat_map(|(_, members)| members.items()) {
        let text = member.child("member").unwrap_or(member);
        findings.extend(identities::refers(identities, placed.laid, text));
    }
}

/// The policy of a bucket has room for everybody.
fn room(placed: &Placed<'_>, all: Vec<Grant>) -> Option<Problem> {
    let members: BTreeSet<_> = all.into_iter().collect();
    let of = format!("bucket `{}`", placed.name);
    Policy { of, key: &placed.key.range, node: placed.node, setting: "grants" }
        .too_many_people(members.len())
}

/// `logs_to:` leads to a bucket that is there when it is needed.
fn logs(layout: &[Laid], buckets: &Buckets<'_>, placed: &Placed<'_>) -> Option<Problem> {
    let written = placed.bucket.logs_to.as_deref()?;
    let range = placed.range("logs_to");
    let env = placed.laid.env();
    let key = match address::key(written, "bucket") {
        Ok(key) => key,
        Err(wrong) => {
            let message = format!("`{written}` is no bucket");
            let problem = Problem::error("reference", range, message).expected(wrong.expected);
            return Some(problem.suggest(wrong.suggestion));
        }
    };
    match buckets.find(key, env) {
        Ok(target) if target.name == placed.name => {
            let message = "a bucket that logs to itself never comes to an end";
            Some(Problem::error("reference", range, message).expected("another bucket"))
        }
        Ok(target) => later(layout, placed, target),
        Err(Lost::Several(environments)) => {
            let message = format!(
                "`{key}` is not in {env}, and which one is meant is not clear: it is in {}",
                environments.join(", ")
            );
            Some(Problem::error("reference", range, message))
        }
        Err(Lost::Nowhere) => {
            let keys = placed.laid.declaration.buckets.keys().map(String::as_str);
            let near = nearest(key, keys).map(|near| format!("did you mean `{near}`?"));
            let declared = placed.laid.declaration.buckets.contains_key(key);
            let message = if declared {
                format!("no environment has the bucket `{key}`")
            } else {
                format!("there is no bucket `{key}`")
            };
            let problem = Problem::error("reference", range, message);
            Some(problem.expected("the key of a declared bucket").suggest(near))
        }
    }
}

/// Something of an earlier environment cannot wait for something of a later one.
fn later(layout: &[Laid], placed: &Placed<'_>, target: &Placed<'_>) -> Option<Problem> {
    let rank = |env: &str| layout.iter().position(|laid| laid.env() == env);
    let (here, there) = (placed.laid.env(), target.laid.env());
    (rank(there) > rank(here)).then(|| {
        let message = format!("{here} comes before {there}, so nothing of {there} is there yet");
        Problem::error("reference", placed.range("logs_to"), message)
            .related(&target.key.range, format!("the bucket, in {there}"))
            .expected("a bucket of the same environment or of an earlier one")
    })
}
