//! From what is written about access to the grants on a bucket.

use super::format::role;
use super::placed::{Buckets, Placed};
use super::settings::{Condition, Public};
use crate::project::access::Given;
use crate::project::address;
use crate::project::identities::Identities;
use crate::project::problem::Range;
use crate::providers::gcp::policy::{self, Grant};
use std::collections::BTreeMap;

/// Who writes usage logs on behalf of Google.
/// <https://cloud.google.com/storage/docs/access-logs#delivery>
const LOG_WRITER: &str = "group:cloud-storage-analytics@google.com";

/// The role to add objects and nothing else.
const CREATE: &str = "roles/storage.objectCreator";

/// The role to list and read objects.
const READ: &str = "roles/storage.objectViewer";

/// The buckets that take usage logs, by name in the cloud, and where that was first written.
pub(super) fn log_targets<'a>(buckets: &'a Buckets<'a>) -> BTreeMap<&'a str, &'a Range> {
    let mut targets = BTreeMap::new();
    for placed in &buckets.list {
        if let Some(target) = log_target(buckets, placed) {
            targets.entry(target.name.as_str()).or_insert_with(|| placed.range("logs_to"));
        }
    }
    targets
}

/// The bucket that takes the usage logs of another.
pub(super) fn log_target<'a>(
    buckets: &'a Buckets<'_>,
    placed: &Placed<'_>,
) -> Option<&'a Placed<'a>> {
    let written = placed.bucket.logs_to.as_deref()?;
    buckets.find(address::key(written, "bucket").ok()?, placed.laid.env()).ok()
}

/// Everything that is granted on a bucket.
pub(super) fn grants(
    placed: &Placed<'_>,
    takes_logs: bool,
    identities: &Identities<'_>,
    given: &[Given<'_>],
) -> Vec<Grant> {
    let mut grants = Vec::new();
    for (key, members) in &placed.bucket.grants {
        let Some(role) = role(key) else { continue };
        grants.extend(members.iter().map(|member| Grant {
            condition: member.condition().map(condition),
            ..Grant::new(role, identities.member(member.name(), placed.laid.env()))
        }));
    }
    if placed.bucket.public == Some(Public::Read) {
        grants.push(Grant::new(READ, "allUsers"));
    }
    for one in given.iter().filter(|one| one.bucket == placed.name) {
        let account = identities.member(&address::written("identity", one.account), one.env);
        grants.extend(role(one.right.word()).map(|role| Grant::new(role, account)));
    }
    if takes_logs {
        grants.push(Grant::new(CREATE, LOG_WRITER));
    }
    grants
}

fn condition(written: &Condition) -> policy::Condition {
    let Condition { title, expression, description } = written.clone();
    let description = description.unwrap_or_default();
    policy::Condition { title, expression, description }
}
