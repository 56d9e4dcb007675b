//! Grants and IAM policies. Pure.
//!
//! A policy is changed member by member: bindings that nobody asked about, their conditions and
//! audit settings included, stay as they were read.

use crate::providers::gcp::policy::{Condition, Grant};
use google_cloud_iam_v1::model::{Binding, Policy};
use google_cloud_type::model::Expr;
use std::collections::BTreeSet;

/// Every grant of a policy, but for those that each bucket is born with.
pub(crate) fn grants(policy: &Policy) -> BTreeSet<Grant> {
    policy.bindings.iter().flat_map(grants_of).filter(|grant| !is_inborn(grant)).collect()
}

fn grants_of(binding: &Binding) -> impl Iterator<Item = Grant> {
    let condition = binding.condition.as_ref().map(condition);
    binding.members.iter().map(move |member| Grant {
        role: binding.role.clone(),
        member: member.clone(),
        condition: condition.clone(),
    })
}

/// <https://cloud.google.com/storage/docs/access-control/iam-roles#legacy-roles>
fn is_inborn(grant: &Grant) -> bool {
    let convenience = ["projectOwner:", "projectEditor:", "projectViewer:"];
    grant.role.starts_with("roles/storage.legacy")
        && convenience.iter().any(|prefix| grant.member.starts_with(prefix))
}

fn condition(expression: &Expr) -> Condition {
    Condition {
        title: expression.title.clone(),
        expression: expression.expression.clone(),
        description: expression.description.clone(),
    }
}

/// Takes `remove` out of a policy and puts `add` in.
pub(crate) fn change(policy: &mut Policy, add: &BTreeSet<Grant>, remove: &BTreeSet<Grant>) {
    for grant in remove {
        for binding in policy.bindings.iter_mut().filter(|binding| holds(binding, grant)) {
            binding.members.retain(|member| *member != grant.member);
        }
    }
    policy.bindings.retain(|binding| !binding.members.is_empty());
    for grant in add {
        match policy.bindings.iter_mut().find(|binding| holds(binding, grant)) {
            Some(binding) if binding.members.contains(&grant.member) => {}
            Some(binding) => binding.members.push(grant.member.clone()),
            None => policy.bindings.push(binding(grant)),
        }
    }
}

/// Whether a binding is of the role and under the condition of a grant.
fn holds(binding: &Binding, grant: &Grant) -> bool {
    binding.role == grant.role && binding.condition.as_ref().map(condition) == grant.condition
}

fn binding(grant: &Grant) -> Binding {
    let Grant { role, member, condition } = grant;
    let condition = condition.as_ref().map(|Condition { title, expression, description }| {
        Expr::new().set_title(title).set_expression(expression).set_description(description)
    });
    Binding::new().set_role(role).set_members([member]).set_or_clear_condition(condition)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEWER: &str = "roles/storage.objectViewer";

    fn policy(bindings: &[(&str, &[&str])]) -> Policy {
        let bindings = bindings.iter().map(|(role, members)| {
            Binding::new().set_role(*role).set_members(members.iter().copied())
        });
        Policy::new().set_bindings(bindings)
    }

    #[test]
    fn what_others_granted_stays() {
        let mut policy = policy(&[
            (VIEWER, &["user:ours@leap.example.org", "user:theirs@leap.example.org"]),
            ("organizations/1/roles/odd", &["user:odd@leap.example.org"]),
        ]);
        let add = [Grant::new(VIEWER, "group:readers@leap.example.org")].into();
        let remove = [Grant::new(VIEWER, "user:ours@leap.example.org")].into();
        change(&mut policy, &add, &remove);
        let members: Vec<_> = policy.bindings.iter().map(|it| it.members.clone()).collect();
        let readers = vec!["user:theirs@leap.example.org", "group:readers@leap.example.org"];
        assert_eq!(members, [readers, vec!["user:odd@leap.example.org"]]);
    }

    #[test]
    fn the_same_member_under_a_condition_is_another_grant() {
        let always = Grant::new(VIEWER, "user:a@leap.example.org");
        let until = Condition {
            title: "until May".to_owned(),
            expression: "request.time < timestamp('2027-05-01T00:00:00Z')".to_owned(),
            description: String::new(),
        };
        let sometimes = Grant { condition: Some(until), ..always.clone() };
        let mut policy = Policy::new();
        change(&mut policy, &[always.clone(), sometimes.clone()].into(), &BTreeSet::new());
        assert_eq!(policy.bindings.len(), 2);
        change(&mut policy, &BTreeSet::new(), &[always].into());
        assert_eq!(grants(&policy), [sometimes].into());
    }

    #[test]
    fn what_every_bucket_is_born_with_is_no_grant_of_anybody() {
        let born = policy(&[("roles/storage.legacyBucketReader", &["projectViewer:leap"])]);
        assert!(grants(&born).is_empty());
    }
}
