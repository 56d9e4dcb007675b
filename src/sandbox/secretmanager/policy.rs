//! Who may use a secret: its own access policy.
//!
//! <https://cloud.google.com/iam/docs/reference/rest/v1/Policy>

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::record::{self, Name};
use crate::sandbox::gcs::is_member;
use crate::sandbox::refusal::{Code, Refusal};
use crate::sandbox::{Transaction, World};

/// The etag of a policy that nobody has set.
const UNSET: &str = "ACAB";

pub(super) fn get(world: &World, name: &Name) -> Result<Value, Refusal> {
    world.store.read(|view| {
        record::secret(view, name, world.clock.now())?;
        Ok(current(view, name))
    })
}

pub(super) fn set(world: &World, name: &Name, body: &Value) -> Result<Value, Refusal> {
    let wanted = &body["policy"];
    let now = world.clock.now();
    world.store.transact(|transaction| {
        record::secret(transaction, name, now)?;
        let there = current(transaction, name);
        let etag = wanted["etag"].as_str().unwrap_or_default();
        if !etag.is_empty() && there["etag"] != *etag {
            let message = "There were concurrent policy changes. Please retry the whole \
                           read-modify-write with exponential backoff.";
            return Err(Refusal { code: Code::Aborted, ..Refusal::state(message) });
        }
        let empty = Vec::new();
        let bindings = wanted["bindings"].as_array().unwrap_or(&empty);
        bindings.iter().try_for_each(check)?;
        let kept = bindings.iter().filter(|binding| {
            binding["members"].as_array().is_some_and(|members| !members.is_empty())
        });
        let conditions = bindings.iter().any(|binding| binding.get("condition").is_some());
        let policy = json!({
            "version": if conditions { 3 } else { 1 },
            "etag": BASE64.encode(&now.0.to_be_bytes()),
            "bindings": kept.collect::<Vec<_>>(),
        });
        transaction.put(name.policy_key(), policy.clone());
        Ok(policy)
    })
}

/// The sandbox's caller may do everything with secrets.
pub(super) fn test(world: &World, name: &Name, body: &Value) -> Result<Value, Refusal> {
    world.store.read(|view| {
        record::secret(view, name, world.clock.now())?;
        let asked = body["permissions"].as_array().map(Vec::as_slice).unwrap_or_default();
        let ours = |permission: &&Value| {
            permission.as_str().is_some_and(|name| name.starts_with("secretmanager."))
        };
        Ok(json!({ "permissions": asked.iter().filter(ours).collect::<Vec<_>>() }))
    })
}

fn current(view: &Transaction<'_>, name: &Name) -> Value {
    let set = view.value(&name.policy_key());
    set.map_or_else(|| json!({ "etag": UNSET }), |policy| (*policy).clone())
}

fn check(binding: &Value) -> Result<(), Refusal> {
    let role = binding["role"].as_str().unwrap_or_default();
    if !["roles/", "projects/", "organizations/"].iter().any(|start| role.starts_with(start)) {
        return Err(Refusal::invalid(format!("Role {role} is not supported for this resource.")));
    }
    let members = binding["members"].as_array().map(Vec::as_slice).unwrap_or_default();
    match members.iter().find(|member| !member.as_str().is_some_and(is_member)) {
        Some(member) => Err(Refusal::invalid(format!("Invalid member: {member}"))),
        None => Ok(()),
    }
}
