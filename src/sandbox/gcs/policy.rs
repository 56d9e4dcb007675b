//! Access policies of buckets.
//!
//! Versions and conditions: <https://cloud.google.com/storage/docs/json_api/v1/buckets/getIamPolicy>.

use std::collections::{BTreeMap, BTreeSet};

use super::message::*;
use super::name::bucket_in;
use super::record;
use super::stamp::next_version;
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Transaction, World};

/// What may stand before the colon of a member.
const KINDS: &[&str] = &[
    "user",
    "group",
    "serviceAccount",
    "domain",
    "projectOwner",
    "projectEditor",
    "projectViewer",
    "deleted",
];

pub(super) fn get(world: &World, request: &GetIamPolicyRequest) -> Result<Policy, Refusal> {
    let name = bucket_in(&request.resource)?;
    let asked = request.options.as_ref().map_or(0, |options| options.requested_policy_version);
    world.store.read(|view| {
        let bucket = record::bucket(view, name)?;
        let policy = current(view, &bucket)?;
        if policy.has_conditions() && asked < 3 {
            return Err(Refusal::invalid(
                "The policy has conditions: requested policy version 3 is needed to read it.",
            ));
        }
        Ok(policy)
    })
}

pub(super) fn set(world: &World, request: SetIamPolicyRequest) -> Result<Policy, Refusal> {
    let name = bucket_in(&request.resource)?;
    let wanted = request.policy.unwrap_or_default();
    world.store.transact(|transaction| {
        let before = record::bucket(transaction, name)?;
        let there = current(transaction, &before)?;
        if !wanted.etag.is_empty() && wanted.etag != there.etag {
            return Err(Refusal::precondition());
        }
        check(&wanted, &there, &before)?;
        let mut policy = Policy { etag: Vec::new(), version: 1, bindings: merged(wanted.bindings) };
        if policy.has_conditions() {
            policy.version = 3;
        }
        record::put_policy(transaction, name, &policy)?;
        // A policy is part of the bucket's metadata, and moves its version:
        // <https://cloud.google.com/storage/docs/bucket-metadata>.
        let mut bucket = before.clone();
        next_version(&mut bucket, &before, world.clock.now());
        policy.etag = record::etag_bytes(bucket.metageneration);
        record::put_bucket(transaction, bucket, false)?;
        Ok(policy)
    })
}

/// The sandbox's caller may do everything with a bucket that it may see.
pub(super) fn test(
    world: &World,
    request: TestIamPermissionsRequest,
) -> Result<TestIamPermissionsResponse, Refusal> {
    let name = bucket_in(&request.resource)?;
    world.store.read(|view| {
        record::bucket(view, name)?;
        let known = request.permissions.into_iter().filter(|name| name.starts_with("storage."));
        Ok(TestIamPermissionsResponse { permissions: known.collect() })
    })
}

fn current(view: &Transaction<'_>, bucket: &Bucket) -> Result<Policy, Refusal> {
    let set = record::policy(view, &bucket.bucket_id)?;
    let mut policy = set.unwrap_or_else(|| initial(bucket));
    policy.etag = record::etag_bytes(bucket.metageneration);
    Ok(policy)
}

/// What a new bucket has: <https://cloud.google.com/storage/docs/access-control/iam-roles#basic-roles-modifiable>.
fn initial(bucket: &Bucket) -> Policy {
    let project = bucket.project.trim_start_matches("projects/");
    let members = |kinds: &[&str]| kinds.iter().map(|kind| format!("{kind}:{project}")).collect();
    let binding = |role: &str, kinds: &[&str]| Binding {
        role: format!("roles/storage.{role}"),
        members: members(kinds),
        condition: None,
    };
    let (owners, readers) = (&["projectEditor", "projectOwner"], &["projectViewer"]);
    let mut bindings =
        vec![binding("legacyBucketOwner", owners), binding("legacyBucketReader", readers)];
    if bucket.has_uniform_access() {
        bindings.push(binding("legacyObjectOwner", owners));
        bindings.push(binding("legacyObjectReader", readers));
    }
    Policy { version: 1, bindings, etag: Vec::new() }
}

fn check(wanted: &Policy, there: &Policy, bucket: &Bucket) -> Result<(), Refusal> {
    if !matches!(wanted.version, 0 | 1 | 3) {
        return Err(Refusal::invalid(format!("Invalid policy version: {}", wanted.version)));
    }
    let conditions = wanted.has_conditions() || there.has_conditions();
    if conditions && wanted.version != 3 {
        return Err(Refusal::invalid("A policy with conditions must have version 3."));
    }
    if wanted.has_conditions() && !bucket.has_uniform_access() {
        return Err(Refusal::state(
            "Conditions need uniform bucket-level access to be enabled on the bucket.",
        ));
    }
    wanted.bindings.iter().try_for_each(|binding| check_binding(binding, bucket))
}

fn check_binding(binding: &Binding, bucket: &Bucket) -> Result<(), Refusal> {
    let Binding { role, members, condition } = binding;
    if !["roles/", "projects/", "organizations/"].iter().any(|start| role.starts_with(start)) {
        return Err(Refusal::invalid(format!("Role {role} is not supported for this resource.")));
    }
    if condition.as_ref().is_some_and(|condition| condition.expression.is_empty()) {
        return Err(Refusal::invalid("A condition must have an expression."));
    }
    for member in members {
        if !is_member(member) {
            return Err(Refusal::invalid(format!("Invalid argument: '{member}'")));
        }
        if is_public(member) && bucket.prevents_public_access() {
            return Err(Refusal {
                http: 412,
                reason: "conditionNotMet",
                ..Refusal::state(
                    "The member bindings allUsers and allAuthenticatedUsers are not allowed \
                     since public access prevention is enforced.",
                )
            });
        }
    }
    Ok(())
}

fn is_public(member: &str) -> bool {
    matches!(member, "allUsers" | "allAuthenticatedUsers")
}

/// Only the form: the sandbox has no list of who exists.
pub(in crate::sandbox) fn is_member(member: &str) -> bool {
    let federated = ["principal://", "principalSet://"]
        .iter()
        .any(|start| member.strip_prefix(start).is_some_and(|rest| rest.contains('/')));
    if is_public(member) || federated {
        return true;
    }
    let Some((kind, id)) = member.split_once(':') else { return false };
    let email = || id.split_once('@').is_some_and(|(who, at)| !who.is_empty() && at.contains('.'));
    match kind {
        "user" | "group" | "serviceAccount" => email(),
        "domain" => id.contains('.') && !id.contains('@'),
        _ => KINDS.contains(&kind) && !id.is_empty(),
    }
}

/// One binding per role and condition, in order, each member once.
fn merged(bindings: Vec<Binding>) -> Vec<Binding> {
    let mut members: BTreeMap<(String, String), (Option<Expr>, BTreeSet<String>)> = BTreeMap::new();
    for Binding { role, members: more, condition } in bindings {
        let key = format!("{condition:?}");
        let (_, all) = members.entry((role, key)).or_insert_with(|| (condition, BTreeSet::new()));
        all.extend(more);
    }
    members
        .into_iter()
        .filter(|(_, (_, members))| !members.is_empty())
        .map(|((role, _), (condition, members))| Binding {
            role,
            members: members.into_iter().collect(),
            condition,
        })
        .collect()
}

impl Policy {
    /// Says whether any binding holds only sometimes.
    pub(super) fn has_conditions(&self) -> bool {
        self.bindings.iter().any(|binding| binding.condition.is_some())
    }
}

impl Bucket {
    fn prevents_public_access(&self) -> bool {
        self.iam_config.as_ref().is_some_and(|access| access.public_access_prevention == "enforced")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_checked_by_their_form() {
        let good = [
            "user:a@b.org",
            "domain:b.org",
            "allUsers",
            "projectOwner:p",
            "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/x/*",
        ];
        assert!(good.iter().all(|member| is_member(member)));
        let bad =
            ["a@b.org", "user:a", "users:a@b.org", "everyone", "domain:a@b.org", "principal://"];
        assert!(!bad.iter().any(|member| is_member(member)));
    }

    #[test]
    fn bindings_of_one_role_become_one() {
        let binding = |members: &[&str]| Binding {
            role: "roles/storage.objectViewer".into(),
            members: members.iter().map(ToString::to_string).collect(),
            condition: None,
        };
        let merged =
            merged(vec![binding(&["user:b@x.org"]), binding(&["user:a@x.org"]), binding(&[])]);
        assert_eq!(merged, [binding(&["user:a@x.org", "user:b@x.org"])]);
    }
}
