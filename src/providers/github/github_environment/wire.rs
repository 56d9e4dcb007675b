//! An environment as GitHub has it, and as we do. Pure.

use super::{Branches, OwnRuns, Spec};
use crate::providers::github::live::{Environment as Live, Rule};
use serde_json::{Value, json};

/// The settings of an environment.
pub(super) fn read(live: &Live) -> Spec {
    let mut spec = Spec { branches: branches(live), ..Spec::default() };
    for rule in &live.protection_rules {
        match rule.kind.as_str() {
            "wait_timer" => spec.wait_minutes = rule.wait_timer,
            "required_reviewers" => read_review(rule, &mut spec),
            _ => {}
        }
    }
    spec
}

fn read_review(rule: &Rule, spec: &mut Spec) {
    if rule.prevent_self_review {
        spec.own_runs = OwnRuns::Refused;
    }
    for reviewer in &rule.reviewers {
        let text = |field: &str| reviewer.reviewer[field].as_str().map(str::to_owned);
        match reviewer.kind.as_str() {
            "Team" => spec.teams.extend(text("slug")),
            _ => spec.people.extend(text("login")),
        }
    }
}

fn branches(live: &Live) -> Branches {
    match &live.deployment_branch_policy {
        None => Branches::Any,
        Some(policy) if policy.custom_branch_policies => Branches::Patterns,
        Some(_) => Branches::Protected,
    }
}

/// What is sent: whatever it leaves out would be taken away.
/// <https://docs.github.com/en/rest/deployments/environments#create-or-update-an-environment>
pub(super) fn body(spec: &Spec, teams: &[u64], people: &[u64]) -> Value {
    let all = |kind: &'static str, ids: &[u64]| -> Vec<Value> {
        ids.iter().map(|id| json!({ "type": kind, "id": id })).collect()
    };
    let reviewers = [all("Team", teams), all("User", people)].concat();
    let policy = |protected: bool| json!({ "protected_branches": protected, "custom_branch_policies": !protected });
    json!({
        "wait_timer": spec.wait_minutes,
        "prevent_self_review": spec.own_runs == OwnRuns::Refused,
        "reviewers": reviewers,
        "deployment_branch_policy": match spec.branches {
            Branches::Any => Value::Null,
            Branches::Protected => policy(true),
            Branches::Patterns => policy(false),
        },
    })
}
