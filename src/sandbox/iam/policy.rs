//! Policies of accounts and projects: versions, conditions, etags, and members that are gone.
//!
//! <https://cloud.google.com/iam/docs/reference/rest/v1/Policy>

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Moment, Transaction, World};

/// The most members of a policy: <https://cloud.google.com/iam/quotas>.
const MOST_MEMBERS: usize = 1_500;

/// Roles of Google's whose names have no dot.
const BARE: &[&str] = &["owner", "editor", "viewer", "browser"];

/// What may stand before the colon of a member.
const KINDS: &[&str] = &[
    "user",
    "group",
    "serviceAccount",
    "domain",
    "principal",
    "principalSet",
    "projectOwner",
    "projectEditor",
    "projectViewer",
    "deleted",
];

/// Where a policy is kept.
pub(in crate::sandbox) struct Kept {
    /// The key of its bindings.
    pub(in crate::sandbox) key: String,
    /// The bindings that are there before anyone sets others.
    pub(in crate::sandbox) born: Value,
}

impl Kept {
    fn bindings(&self, view: &Transaction<'_>) -> Value {
        view.value(&self.key).map_or_else(|| self.born.clone(), |kept| kept["bindings"].clone())
    }

    /// How often it was set; a lone number, so no part of what comes of it all.
    fn count(&self, view: &Transaction<'_>) -> u64 {
        let count = view.value(&format!("{}#", self.key));
        count.and_then(|count| count.as_u64()).unwrap_or_default()
    }

    fn policy(&self, view: &Transaction<'_>) -> Value {
        let bindings = self.bindings(view);
        let version = if has_conditions(&bindings) { 3 } else { 1 };
        let etag = data_encoding::BASE64.encode(&(self.count(view) + 1).to_be_bytes());
        json!({ "version": version, "bindings": bindings, "etag": etag })
    }
}

pub(in crate::sandbox) fn get(world: &World, kept: &Kept, body: &Value) -> Result<Value, Refusal> {
    let asked = body["options"]["requestedPolicyVersion"].as_u64().unwrap_or_default();
    world.store.read(|view| {
        let mut policy = kept.policy(view);
        if asked < 3 && has_conditions(&policy["bindings"]) {
            // Older callers get roles with conditions under names that nothing else has:
            // <https://cloud.google.com/iam/docs/troubleshooting-withcond>.
            policy["version"] = json!(1);
            for binding in policy["bindings"].as_array_mut().into_iter().flatten() {
                if let Some(condition) = binding.as_object_mut().and_then(|b| b.remove("condition"))
                {
                    let mark = crc32c::crc32c(condition.to_string().as_bytes());
                    let role = binding["role"].as_str().unwrap_or_default().to_owned();
                    binding["role"] = json!(format!("{role}_withcond_{mark:08x}"));
                }
            }
        }
        Ok(policy)
    })
}

pub(in crate::sandbox) fn set(world: &World, kept: &Kept, body: &Value) -> Result<Value, Refusal> {
    let wanted = &body["policy"];
    world.store.transact(|transaction| {
        let there = kept.policy(transaction);
        let etag = wanted["etag"].as_str().unwrap_or_default();
        if !etag.is_empty() && Some(etag) != there["etag"].as_str() {
            return Err(Refusal::aborted(
                "There were concurrent policy changes. Please retry the whole read-modify-write \
                 with exponential backoff.",
            ));
        }
        check(world, transaction, wanted, &there)?;
        let bindings = merged(&wanted["bindings"]);
        if bindings == kept.born || bindings == json!([]) && kept.born == json!([]) {
            transaction.remove(&kept.key);
        } else {
            transaction.put(kept.key.clone(), json!({ "bindings": bindings }));
        }
        let count = kept.count(transaction) + 1;
        transaction.put(format!("{}#", kept.key), json!(count));
        Ok(kept.policy(transaction))
    })
}

fn has_conditions(bindings: &Value) -> bool {
    bindings.as_array().into_iter().flatten().any(|binding| binding.get("condition").is_some())
}

fn check(
    world: &World,
    view: &Transaction<'_>,
    wanted: &Value,
    there: &Value,
) -> Result<(), Refusal> {
    let version = wanted["version"].as_u64().unwrap_or_default();
    if !matches!(version, 0 | 1 | 3) {
        return Err(Refusal::invalid(format!("Invalid policy version: {version}")));
    }
    let conditions = has_conditions(&wanted["bindings"]) || has_conditions(&there["bindings"]);
    if conditions && version != 3 {
        return Err(Refusal::invalid("Policies with conditional bindings must have version 3."));
    }
    let mut count = 0;
    for binding in wanted["bindings"].as_array().into_iter().flatten() {
        check_role(view, binding["role"].as_str().unwrap_or_default())?;
        check_condition(binding.get("condition"))?;
        for member in binding["members"].as_array().into_iter().flatten() {
            check_member(world, view, member.as_str().unwrap_or_default())?;
            count += 1;
        }
    }
    if count > MOST_MEMBERS {
        return Err(Refusal::invalid("The number of members in the policy is larger than 1,500."));
    }
    Ok(())
}

fn check_role(view: &Transaction<'_>, role: &str) -> Result<(), Refusal> {
    let missing = || {
        let message = format!("Role {role} does not exist in the resource's hierarchy.");
        Err(Refusal::invalid(message))
    };
    match role.split('/').collect::<Vec<_>>()[..] {
        // <https://cloud.google.com/iam/docs/understanding-roles>
        ["roles", name] if name.contains('.') || BARE.contains(&name) => Ok(()),
        ["projects", project, "roles", id] => {
            let there = view.value(&format!("iam/role/{project}/{id}")).is_some();
            if there { Ok(()) } else { missing() }
        }
        ["organizations", _, "roles", _] => Ok(()),
        _ => missing(),
    }
}

fn check_condition(condition: Option<&Value>) -> Result<(), Refusal> {
    let Some(condition) = condition else { return Ok(()) };
    let empty = |key: &str| condition[key].as_str().unwrap_or_default().trim().is_empty();
    if empty("expression") || empty("title") {
        return Err(Refusal::invalid("A condition needs a title and an expression."));
    }
    Ok(())
}

/// Who exists is known of accounts only: those that were deleted, and those so new that word of
/// them has not spread. Others may live in projects that were never seen here.
fn check_member(world: &World, view: &Transaction<'_>, member: &str) -> Result<(), Refusal> {
    if ["allUsers", "allAuthenticatedUsers"].contains(&member) {
        return Ok(());
    }
    let known =
        member.split_once(':').filter(|(kind, name)| KINDS.contains(kind) && !name.is_empty());
    let Some((kind, name)) = known else {
        return Err(Refusal::invalid(format!("The member {member} is of an unknown type.")));
    };
    if kind != "serviceAccount" {
        return Ok(());
    }
    let account = view.value(&format!("iam/account/{name}"));
    let known_at = account.as_ref().map(|account| {
        let made = Moment(account["create_time"].as_i64().unwrap_or_default());
        made.plus(world.behaviour.identity_lag)
    });
    let deleted = view.value(&format!("iam/deleted/account/{name}")).is_some();
    let unknown = known_at.is_some_and(|at| at > world.clock.now()) || account.is_none() && deleted;
    if unknown {
        return Err(Refusal::invalid(format!("Service account {name} does not exist.")));
    }
    Ok(())
}

/// Bindings of one role and condition become one, members in order.
fn merged(bindings: &Value) -> Value {
    let mut all: BTreeMap<(String, String), (Value, BTreeSet<String>)> = BTreeMap::new();
    for binding in bindings.as_array().into_iter().flatten() {
        let condition = binding.get("condition").map(Value::to_string).unwrap_or_default();
        let key = (binding["role"].as_str().unwrap_or_default().to_owned(), condition);
        let members = binding["members"].as_array().into_iter().flatten();
        let members = members.filter_map(|member| member.as_str().map(str::to_owned));
        let entry = all.entry(key).or_insert_with(|| (binding.clone(), BTreeSet::new()));
        entry.1.extend(members);
    }
    let filled = all.into_values().filter(|(_, members)| !members.is_empty());
    filled
        .map(|(mut binding, members)| {
            binding["members"] = json!(members);
            binding
        })
        .collect()
}

/// In every policy of whatever kind, a member that was deleted is shown as such.
/// <https://cloud.google.com/iam/docs/policies#handling-deleted-members>
pub(super) fn bury(transaction: &mut Transaction<'_>, email: &str, uid: &str) {
    let (member, grave) =
        (format!("serviceAccount:{email}"), format!("deleted:serviceAccount:{email}?uid={uid}"));
    let policies: Vec<(String, Value)> = transaction
        .scan("", "")
        .filter(|(_, value)| value.get("bindings").is_some())
        .map(|(key, value)| (key.to_owned(), value.clone()))
        .collect();
    for (key, mut policy) in policies {
        let bindings = policy["bindings"].as_array_mut().into_iter().flatten();
        let members = bindings.flat_map(|it| it["members"].as_array_mut().into_iter().flatten());
        let held: Vec<&mut Value> = members.filter(|held| held.as_str() == Some(&member)).collect();
        let any = !held.is_empty();
        held.into_iter().for_each(|held| *held = json!(grave));
        if any {
            transaction.put(key, policy);
        }
    }
}
