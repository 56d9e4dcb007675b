//! People in plans: how a plan speaks of them, and what it may not do to them.

use leap_infra::model::{
    Found, Observation, Owner, People, Place, ResourceId, Status, Version, World,
};
use leap_infra::plan::{Plan, Refused, moves, only_due, shelter};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const TEAM: &str = "shared:github-team/demo-org/research";

/// A step on somebody's place in the team.
fn step(action: &str, login: &str, before: &str, after: &str) -> Value {
    let role = |role: &str| (!role.is_empty()).then(|| json!({ "login": login, "role": role }));
    let id = format!("shared:github-team-member/demo-org/research/{login}");
    with(&id, action, role(before), role(after), &[])
}

fn with(
    id: &str,
    action: &str,
    before: Option<Value>,
    after: Option<Value>,
    waits_for: &[usize],
) -> Value {
    json!({
        "id": id, "action": action, "origin": "pending", "replaces": null,
        "place": Place::project("demo-org"), "before": before, "after": after, "changes": [],
        "unchanged_fields": 0, "version": null, "operation": null, "digest": null,
        "source": null, "notes": [], "predecessor": null, "lane": null, "waits_for": waits_for,
    })
}

fn plan(steps: Vec<Value>) -> Plan {
    serde_json::from_value(json!({
        "format_version": Plan::FORMAT_VERSION, "stack": "demo", "environments": ["shared"],
        "steps": steps, "refusals": [], "unchanged": {}, "unknown": [], "claims": {},
        "observed": {}, "ignored": [],
    }))
    .unwrap()
}

/// A team with these people in it, by their roles.
fn world(people: &[(&str, &str)]) -> World {
    let found = people.iter().map(|(login, role)| Found {
        name: format!("demo-org/research/{login}"),
        place: Place::project("demo-org"),
        owner: Owner::Foreign,
        spec: json!({ "login": login, "role": role }),
        version: Version("1".to_owned()),
        status: Status::Ready,
        holds: None,
    });
    let seen = Observation { found: found.collect(), ..Observation::default() };
    World { kinds: BTreeMap::from([("github-team-member".to_owned(), seen)]) }
}

fn sheltered(plan: Plan, world: &World) -> Plan {
    shelter(plan, world, Some("Robot"), &BTreeSet::new())
}

fn why(plan: &Plan) -> Vec<String> {
    plan.refusals.iter().map(|it| format!("{} {}", it.id.name, it.why)).collect()
}

#[test]
fn a_plan_says_who_comes_and_who_goes_and_why() {
    let plan = plan(vec![
        step("create", "ada", "", "member"),
        step("create", "grace", "", "member"),
        step("delete", "Alan", "member", ""),
        step("update", "kurt", "member", "maintainer"),
        with("shared:github-team-member/demo-org/odd/emmy", "delete", None, None, &[]),
    ]);
    let ended = BTreeMap::from([("alan".to_owned(), "2026-10-31".to_owned())]);
    let research = People { category: "research".to_owned(), ended };
    let teams = BTreeMap::from([("demo-org/research".to_owned(), research)]);
    let told: Vec<String> = moves(&plan, &teams).iter().map(ToString::to_string).collect();
    let research = "research: 2 join, 1 leaves (expired 2026-10-31), 1 changes role";
    assert_eq!(told, ["demo-org/odd: 1 leaves", research]);
}

#[test]
fn a_run_for_what_is_due_does_nothing_else() {
    let id = |login: &str| -> ResourceId {
        format!("shared:github-team-member/demo-org/research/{login}").parse().unwrap()
    };
    let mut plan = plan(vec![
        with(TEAM, "update", None, None, &[]),
        with("shared:github-team/demo-org/new", "create", None, None, &[]),
        with(&id("ada").to_string(), "create", None, None, &[0]),
        with("shared:github-team-member/demo-org/new/ada", "create", None, None, &[1]),
        step("delete", "alan", "member", ""),
        step("delete", "kurt", "member", ""),
    ]);
    let new = "shared:github-team-member/demo-org/new/ada".parse().unwrap();
    only_due(&mut plan, &BTreeSet::from([id("ada"), id("alan"), new]));
    let left: Vec<&str> = plan.steps.iter().map(|step| step.id.name.as_str()).collect();
    assert_eq!(left, ["demo-org/research/ada", "demo-org/research/alan"]);
    assert!(plan.steps.iter().all(|step| step.waits_for.is_empty()));
}

#[test]
fn a_team_keeps_somebody_who_maintains_it() {
    let both = world(&[("ada", "maintainer"), ("grace", "maintainer"), ("alan", "member")]);
    let one = sheltered(plan(vec![step("delete", "ada", "maintainer", "")]), &both);
    assert!(!one.is_refused());
    let last = plan(vec![
        step("delete", "ada", "maintainer", ""),
        step("update", "grace", "maintainer", "member"),
        step("delete", "alan", "member", ""),
    ]);
    let last = sheltered(last, &both);
    assert_eq!(last.refusals.len(), 2);
    assert!(last.refusals.iter().all(|it| it.why == Refused::LastMaintainer));
    assert_eq!(last.steps.len(), 1, "whoever is no maintainer goes");
    let handed_over = plan(vec![
        step("delete", "ada", "maintainer", ""),
        step("delete", "grace", "maintainer", ""),
        step("create", "emmy", "", "maintainer"),
    ]);
    assert!(!sheltered(handed_over, &both).is_refused());
    let team = plan(vec![
        with(TEAM, "delete", None, None, &[]),
        step("delete", "ada", "maintainer", ""),
        step("delete", "grace", "maintainer", ""),
    ]);
    assert!(!sheltered(team, &both).is_refused(), "they go with their team");
}

#[test]
fn nobody_takes_themselves_out() {
    let team = world(&[("robot", "member"), ("ada", "maintainer")]);
    let plan = sheltered(plan(vec![step("delete", "robot", "member", "")]), &team);
    assert_eq!(
        why(&plan),
        ["demo-org/research/robot is whoever applies this: let somebody else do it, who stays in \
          the team"]
    );
}

#[test]
fn who_was_nobodys_business_is_removed_only_when_that_is_said() {
    let members = |members: &str| Some(json!({ "name": "research", "members": members }));
    let steps = || {
        vec![
            with(TEAM, "update", members("unmanaged"), members("exact"), &[]),
            step("delete", "alan", "member", ""),
            step("delete", "kurt", "member", ""),
        ]
    };
    let team = world(&[("ada", "maintainer"), ("alan", "member"), ("kurt", "member")]);
    let refused = sheltered(plan(steps()), &team);
    assert_eq!(
        why(&refused),
        ["demo-org/research has members who are not declared, and `exact` would remove them: \
          alan, kurt"]
    );
    let words = refused.refusals[0].words().unwrap();
    assert_eq!(words, format!("--dangerous-exact {TEAM}"));
    let allowed = BTreeSet::from([TEAM.parse().unwrap()]);
    assert!(!shelter(plan(steps()), &team, None, &allowed).is_refused());
    let exact_before = vec![with(TEAM, "update", members("exact"), members("exact"), &[])];
    assert!(!sheltered(plan(exact_before), &team).is_refused());
}
