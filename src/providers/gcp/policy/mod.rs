//! IAM policies of whatever has one: grants, and changing just ours. Not a kind; those are
//! `gcs-bucket-access`, `gcp-project-access`, `gcp-service-account-access` and `secret-access`.
//!
//! A policy is a single list that others write to as well. `Shift` changes our grants in one
//! read-modify-write that the policy's etag guards; `sort` tells ours from those of others.

mod change;
mod grant;
mod shift;
mod sort;

pub(crate) use change::{change, grants};
pub use grant::{Condition, Grant, Spec};
pub(crate) use shift::{Holder, Shift, apply, granting};
pub(crate) use sort::{Sorted, declared, found, in_the_way, sort, strange};

use crate::model::{Need, Version};
use crate::providers::gcp::gcp_custom_role::role_of;
use google_cloud_iam_v1::model::Policy;
use std::collections::BTreeSet;

/// The version of a policy: its etag as text.
pub(crate) fn version(policy: &Policy) -> Version {
    Version(data_encoding::BASE64.encode(&policy.etag))
}

/// What grants stand on: the accounts that they are to, and the custom roles that they give.
pub(crate) fn needs(spec: &Spec) -> BTreeSet<Need> {
    let accounts = spec.grants.iter().filter_map(Grant::account);
    let accounts = accounts.map(|email| Need::refers("gcp-service-account", email));
    let roles = spec.grants.iter().filter_map(|grant| role_of(&grant.role));
    accounts.chain(roles.map(|name| Need::refers("gcp-custom-role", name))).collect()
}
