//! Teams and people on GitHub, planned and applied on the sandbox: whoever joins, leaves, is invited,
//! changes their login or vanishes.

use super::bench::{Bench, resource, stack};
use futures::future::BoxFuture;
use leap_infra::apply::Options;
use leap_infra::cli::marks::Marks;
use leap_infra::kind::{Resolve, Resolved, SecretError};
use leap_infra::model::secret::{Fingerprint, Imprint, Reference, SALT_BYTES, Value};
use leap_infra::model::{Place, Resource, Stack};
use leap_infra::plan::{Action, Plan, Refused};
use leap_infra::providers::github::{
    github_environment as environment, github_organization_member as organization_member,
    github_repository_secret as secret, github_repository_variable as variable,
    github_team as team, github_team_member as member, github_team_repository as repository,
};
use leap_infra::sandbox::github as sandbox;
use leap_infra::sandbox::{Fault, StoreError};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

const ORG: &str = "leap-stc";
const SOME_DAY: &str = "2026-01-01T00:00:00Z";

pub fn team_of(name: &str, members: team::Members) -> Resource {
    let spec = team::Spec { name: name.into(), members, ..team::Spec::default() };
    at(team::place(ORG), "github-team", &team::team_name(ORG, &team::slug_of(name)), json!(spec))
}

pub fn person(team: &str, login: &str) -> Resource {
    person_with(team, login, None, member::Role::Member)
}

fn person_with(team: &str, login: &str, id: Option<u64>, role: member::Role) -> Resource {
    let spec = member::Spec { login: login.into(), id, role, since: None };
    let name = member::member_name(ORG, team, login);
    at(member::place(ORG, team), "github-team-member", &name, json!(spec))
}

pub fn may(team: &str, name: &str, role: &str) -> Resource {
    let spec = repository::Spec { role: role.into() };
    let full = repository::access_name(ORG, team, name);
    at(repository::place(ORG, team), "github-team-repository", &full, json!(spec))
}

/// A variable of a repository.
pub fn variable(value: &str) -> Resource {
    let (spec, place) = (variable::Spec { value: value.into() }, variable::place(ORG, "hub"));
    let name = variable::variable_name(ORG, "hub", "project");
    at(place, "github-repository-variable", &name, json!(spec))
}

/// An environment of a repository, in which people let jobs run.
pub fn gate(people: &[&str]) -> Resource {
    let people = people.iter().map(|&login| login.to_owned()).collect();
    let (teams, branches) = (["course".to_owned()].into(), environment::Branches::Protected);
    let spec = environment::Spec { people, teams, branches, ..environment::Spec::default() };
    let name = environment::environment_name(ORG, "hub", "prod/hub");
    at(environment::place(ORG, "hub"), "github-environment", &name, json!(spec))
}

/// Somebody in the organization.
pub fn joins(login: &str, role: organization_member::Role) -> Resource {
    let spec = organization_member::Spec { login: login.into(), id: None, role };
    let name = organization_member::member_name(ORG, login);
    at(organization_member::place(ORG), "github-organization-member", &name, json!(spec))
}

/// A team below another one.
pub fn below(parent: &str, name: &str) -> Resource {
    let (name, parent) = (name.to_owned(), Some(parent.to_owned()));
    let slug = team::slug_of(&name);
    let spec = team::Spec { name, parent, ..team::Spec::default() };
    at(team::place(ORG), "github-team", &team::team_name(ORG, &slug), json!(spec))
}

fn at(place: Place, kind: &str, name: &str, spec: serde_json::Value) -> Resource {
    Resource { place, ..resource("prod", kind, name, spec) }
}

fn steps(plan: &Plan) -> Vec<(Action, &str)> {
    plan.steps.iter().map(|step| (step.action, step.id.name.as_str())).collect()
}

/// A team with two people, who have accepted.
async fn course(bench: &Bench, members: team::Members) -> Vec<Resource> {
    let wanted =
        vec![team_of("Course", members), person("course", "ada"), person("course", "grace")];
    bench.apply(&stack(wanted.clone())).await;
    for login in ["ada", "grace"] {
        sandbox::accept(bench.sandbox.world(), ORG, login).unwrap();
    }
    wanted
}

async fn is_settled(bench: &Bench, stack: &Stack) {
    let plan = bench.plan(stack).await;
    assert!(plan.steps.is_empty() && plan.refusals.is_empty(), "{plan:#?}");
}

#[tokio::test]
async fn a_team_is_made_with_its_people_and_then_nothing_is_left_to_do() {
    let bench = Bench::new().await;
    let mut wanted = course(&bench, team::Members::Exact).await;
    wanted.push(may("course", "notebooks", "write"));
    wanted.push(below("course", "Group"));
    wanted.push(person("group", "mary"));
    let wanted = stack(wanted);
    bench.apply(&wanted).await;
    is_settled(&bench, &wanted).await;
    // Whoever is in a team below is in the one above as far as lists tell, and not by itself.
    sandbox::accept(bench.sandbox.world(), ORG, "mary").unwrap();
    is_settled(&bench, &wanted).await;
}

#[tokio::test]
async fn who_is_invited_is_waited_for_and_invited_again_once_that_has_expired() {
    let bench = Bench::new().await;
    let wanted = stack([team_of("Course", team::Members::Exact), person("course", "ada")]);
    bench.apply(&wanted).await;
    is_settled(&bench, &wanted).await;
    bench.sandbox.clock().advance(Duration::from_secs(8 * 24 * 60 * 60));
    let plan = bench.apply(&wanted).await;
    assert_eq!(steps(&plan), [(Action::Create, "leap-stc/course/ada")]);
    let note = &plan.steps[0].notes[0];
    assert!(note.contains("not accepted in time, expired on "), "{note}");
    sandbox::accept(bench.sandbox.world(), ORG, "ada").unwrap();
    is_settled(&bench, &wanted).await;
}

#[tokio::test]
async fn who_declined_is_left_alone_until_they_are_declared_anew() {
    let bench = Bench::new().await;
    let team = team_of("Course", team::Members::Exact);
    let wanted = stack([team.clone(), person("course", "ada")]);
    bench.apply(&wanted).await;
    sandbox::decline(bench.sandbox.world(), ORG, "ada").unwrap();
    let plan = bench.plan(&wanted).await;
    assert!(plan.steps.is_empty(), "{plan:#?}");
    let waits = &plan.waiting[0];
    assert_eq!(waits.id.name, "leap-stc/course/ada");
    assert!(waits.what.starts_with("they declined the invitation on "), "{}", waits.what);
    let mut anew = person("course", "ada");
    anew.spec["since"] = "2999-01-01".into();
    let wanted = stack([team, anew]);
    let plan = bench.apply(&wanted).await;
    assert_eq!(steps(&plan), [(Action::Create, "leap-stc/course/ada")]);
    let note = &plan.steps[0].notes[0];
    assert!(note.ends_with("declared anew since 2999-01-01"), "{note}");
    sandbox::accept(bench.sandbox.world(), ORG, "ada").unwrap();
    is_settled(&bench, &wanted).await;
}

#[tokio::test]
async fn what_became_of_invitations_is_asked_once_and_only_if_somebody_is_not_there() {
    let bench = Bench::new().await;
    let wanted = stack([
        team_of("Course", team::Members::Exact),
        team_of("Group", team::Members::Exact),
        person("course", "ada"),
        person("group", "ada"),
    ]);
    bench.apply(&wanted).await;
    let asked = async || {
        bench.sandbox.clear_calls();
        bench.plan(&wanted).await;
        let calls = bench.sandbox.calls().into_iter();
        calls.filter(|call| call.method.ends_with("/failed_invitations")).count()
    };
    assert_eq!(asked().await, 0);
    sandbox::decline(bench.sandbox.world(), ORG, "ada").unwrap();
    assert_eq!(asked().await, 1);
}

#[tokio::test]
async fn of_an_exact_team_everybody_is_ours_and_of_another_only_who_we_added() {
    for (members, leaves) in [
        (team::Members::Exact, vec![(Action::Delete, "leap-stc/course/mallory")]),
        (team::Members::AtLeast, vec![]),
    ] {
        let bench = Bench::new().await;
        let mut wanted = course(&bench, members).await;
        sandbox::seed_member(bench.sandbox.world(), ORG, "course", "mallory", "member").unwrap();
        assert_eq!(steps(&bench.plan(&stack(wanted.clone())).await), leaves);
        // Whom we added leaves in any case.
        wanted.pop();
        let plan = bench.apply(&stack(wanted.clone())).await;
        assert_eq!(steps(&plan)[0], (Action::Delete, "leap-stc/course/grace"));
        is_settled(&bench, &stack(wanted)).await;
    }
}

#[tokio::test]
async fn a_login_may_change_where_the_number_says_who_is_meant() {
    let bench = Bench::new().await;
    let wanted = stack([
        team_of("Course", team::Members::Exact),
        person_with("course", "ada", Some(4711), member::Role::Maintainer),
    ]);
    bench.apply(&wanted).await;
    sandbox::accept(bench.sandbox.world(), ORG, "user-4711").unwrap();
    sandbox::rename_user(bench.sandbox.world(), "user-4711", "countess").unwrap();
    is_settled(&bench, &wanted).await;
    let gone = stack([team_of("Course", team::Members::Exact)]);
    let plan = bench.apply(&gone).await;
    assert_eq!(steps(&plan), [(Action::Delete, "leap-stc/course/ada")]);
    is_settled(&bench, &gone).await;
}

#[tokio::test]
async fn one_account_that_vanished_stops_nobody_else() {
    let bench = Bench::new().await;
    let wanted = stack([
        team_of("Course", team::Members::Exact),
        person("course", "ada"),
        person("course", "vanished-bob"),
        person("course", "zoe"),
    ]);
    let plan = bench.plan(&wanted).await;
    let report = bench.apply_plan(&wanted, &plan).await.unwrap();
    assert!(!report.is_complete());
    let plan = bench.plan(&wanted).await;
    assert_eq!(steps(&plan), [(Action::Create, "leap-stc/course/vanished-bob")]);
    // Somebody who was there and deletes their account is simply not there any more.
    sandbox::accept(bench.sandbox.world(), ORG, "zoe").unwrap();
    sandbox::vanish(bench.sandbox.world(), "zoe").unwrap();
    assert_eq!(steps(&bench.plan(&wanted).await).len(), 2);
}

#[tokio::test]
async fn limits_in_the_middle_of_three_hundred_people_are_waited_out_and_nobody_is_asked_twice() {
    let bench = Bench::new().await;
    let people = (0..300).map(|number| person("course", &format!("student-{number:03}")));
    let wanted = stack([team_of("Course", team::Members::Exact)].into_iter().chain(people));
    let secondary = r#"{ "status": { "code": 403, "retry_after_seconds": 1,
        "message": "You have exceeded a secondary rate limit." } }"#;
    let primary = r#"{ "status_until": { "code": 403, "seconds": 1 } }"#;
    let rule = |nth: u64, then: &str| {
        let on = json!({ "method": "PUT */memberships/{username}", "nth": nth });
        format!(r#"{{ "on": {on}, "then": {then} }}"#)
    };
    let rules = format!("[{}, {}]", rule(100, secondary), rule(200, primary));
    bench.sandbox.set_faults(Fault::list(&rules).unwrap());
    bench.apply(&wanted).await;
    let calls = bench.sandbox.calls().into_iter();
    let puts = calls.filter(|call| call.method.starts_with("PUT /github/orgs"));
    assert_eq!(puts.count(), 302, "each of them once, and two again");
    let again = bench.events.lock().unwrap().iter().filter(|it| it.contains("attempt")).count();
    assert_eq!(again, 2);
    bench.sandbox.set_faults(Vec::new());
    is_settled(&bench, &wanted).await;
}

#[tokio::test]
async fn owners_of_the_organization_are_maintainers_and_that_is_no_drift() {
    let bench = Bench::new().await;
    sandbox::join(bench.sandbox.world(), ORG, "ada", "admin").unwrap();
    let wanted = stack([team_of("Course", team::Members::Exact), person("course", "ada")]);
    bench.apply(&wanted).await;
    is_settled(&bench, &wanted).await;
    sandbox::join(bench.sandbox.world(), ORG, "ada", "member").unwrap();
    is_settled(&bench, &wanted).await;
    sandbox::seed_member(bench.sandbox.world(), ORG, "course", "ada", "maintainer").unwrap();
    let plan = bench.apply(&wanted).await;
    assert_eq!(steps(&plan), [(Action::Update, "leap-stc/course/ada")]);
}

#[tokio::test]
async fn a_team_that_somebody_renamed_is_known_by_its_mark_and_gets_its_name_back() {
    let bench = Bench::new().await;
    let wanted = stack(course(&bench, team::Members::Exact).await);
    sandbox::rename_team(bench.sandbox.world(), ORG, "course", "Summer school").unwrap();
    let plan = bench.apply(&wanted).await;
    assert_eq!(steps(&plan), [(Action::Update, "leap-stc/course")]);
    assert_eq!(plan.steps[0].changes[0].path, "name");
    is_settled(&bench, &wanted).await;
}

#[tokio::test]
async fn a_team_is_not_deleted_before_somebody_says_so() {
    let mut bench = Bench::new().await;
    course(&bench, team::Members::AtLeast).await;
    let plan = bench.plan(&stack([])).await;
    assert!(matches!(plan.refusals[0].why, Refused::Protected(_)), "{:?}", plan.refusals);
    bench.allowances.delete.insert(plan.refusals[0].id.clone());
    bench.apply(&stack([])).await;
    is_settled(&bench, &stack([])).await;
    assert!(!bench.world().keys().any(|key| key.starts_with("github/team/")));
}

#[tokio::test]
async fn a_team_that_runs_already_is_adopted_with_its_people_as_they_are() {
    let bench = Bench::new().await;
    let theirs = stack(course(&bench, team::Members::Unmanaged).await);
    bench.mark(&stack([]), Marks::Disown, &["prod:github-team/leap-stc/course"]).await;
    let plan = bench.plan(&theirs).await;
    assert!(plan.refusals.iter().any(|refusal| refusal.why == Refused::Foreign));
    bench.mark(&theirs, Marks::Adopt, &[]).await;
    is_settled(&bench, &theirs).await;
}

#[tokio::test]
async fn people_join_an_organization_and_never_leave_it() {
    let bench = Bench::new().await;
    use organization_member::Role::{Member, Owner};
    let wanted = stack([joins("ada", Owner), joins("grace", Member)]);
    bench.apply(&wanted).await;
    is_settled(&bench, &wanted).await;
    sandbox::accept(bench.sandbox.world(), ORG, "ada").unwrap();
    is_settled(&bench, &stack([joins("ada", Member)])).await;
    is_settled(&bench, &stack([])).await;
    assert_eq!(bench.world().keys().filter(|key| key.starts_with("github/person/")).count(), 1);
}

#[tokio::test]
async fn roles_in_repositories_are_given_changed_and_taken_back() {
    let bench = Bench::new().await;
    let with = |role: Option<&str>| {
        let access = role.map(|role| may("course", "notebooks", role));
        let other = may("course", "data", "custom-reader");
        stack([team_of("Course", team::Members::Unmanaged), other].into_iter().chain(access))
    };
    for role in [Some("read"), Some("maintain"), None] {
        bench.apply(&with(role)).await;
        is_settled(&bench, &with(role)).await;
    }
}

#[tokio::test]
async fn variables_and_environments_are_made_changed_and_taken_away_and_others_are_left_alone() {
    let mut bench = Bench::new().await;
    let course = || team_of("Course", team::Members::Unmanaged);
    for (value, people) in [("a", &["ada"][..]), ("b", &["ada", "grace"])] {
        let wanted = stack([course(), variable(value), gate(people)]);
        assert_eq!(bench.apply(&wanted).await.steps.len(), if value == "a" { 3 } else { 2 });
        is_settled(&bench, &wanted).await;
    }
    // Not declared any more, they go; the environment only when somebody says so.
    let plan = bench.apply(&stack([course(), gate(&["ada", "grace"])])).await;
    assert_eq!(steps(&plan), [(Action::Delete, "leap-stc/hub/PROJECT")]);
    let plan = bench.plan(&stack([course()])).await;
    assert!(matches!(plan.refusals[0].why, Refused::Protected(_)), "{:?}", plan.refusals);
    bench.allowances.delete.insert(plan.refusals[0].id.clone());
    bench.apply(&stack([course()])).await;
    // Somebody else's variable stands in the way of another value, and not of its own.
    let key = "github/variable/leap-stc/hub/PROJECT";
    let theirs = json!({ "name": "PROJECT", "value": "theirs", "created_at": SOME_DAY, "updated_at": SOME_DAY });
    bench
        .sandbox
        .store()
        .transact(|tx| {
            tx.put(key.to_owned(), theirs.clone());
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let plan = bench.plan(&stack([course(), variable("ours")])).await;
    assert_eq!(plan.refusals[0].why, Refused::Foreign);
    is_settled(&bench, &stack([course(), variable("theirs")])).await;
    is_settled(&bench, &stack([course()])).await;
}

#[tokio::test]
async fn a_secret_is_sealed_sent_once_and_sent_again_when_another_is_meant() {
    let mut bench = Bench::new().await;
    let secret = |from: &str, round| {
        let reference = Some(Reference::Env(from.into()));
        let spec = secret::Spec { secret: reference, round, ..secret::Spec::default() };
        let name = secret::secret_name(ORG, "hub", "registry_key");
        at(secret::place(ORG, "hub"), "github-repository-secret", &name, json!(spec))
    };
    let options = Options { secrets: Arc::new(Echo), ..super::bench::options() };
    for (from, round) in [("CANARY_ONE", 0), ("CANARY_TWO", 0), ("CANARY_TWO", 1)] {
        let wanted = stack([secret(from, round)]);
        let plan = bench.plan(&wanted).await;
        assert_eq!(plan.steps.len(), 1, "{plan:#?}");
        let report = bench.apply_in(&wanted, &plan, &options).await.unwrap();
        assert!(report.is_complete(), "{report:#?}");
        let value =
            sandbox::secret_value(bench.sandbox.world(), ORG, "hub", "REGISTRY_KEY").unwrap();
        assert_eq!(value.unwrap(), format!("the value of {from}").into_bytes());
        is_settled(&bench, &wanted).await;
        let everything = format!("{:?}{:?}", bench.world(), bench.sandbox.calls());
        assert!(!everything.contains("the value of"));
    }
    let plan = bench.plan(&stack([])).await;
    bench.allowances.delete.insert(plan.refusals[0].id.clone());
    bench.apply(&stack([])).await;
    is_settled(&bench, &stack([])).await;
}

/// Every variable holds its name, in words.
pub(super) struct Echo;

impl Resolve for Echo {
    fn resolve<'a>(
        &'a self,
        reference: &'a Reference,
    ) -> BoxFuture<'a, Result<Resolved, SecretError>> {
        Box::pin(async move {
            let Reference::Env(name) = reference else { panic!("{reference}") };
            let value = Value::new(format!("the value of {name}").into_bytes());
            let imprint = Imprint::Value(Fingerprint::new(&value, [7; SALT_BYTES]));
            Ok(Resolved { value, imprint })
        })
    }
}

#[tokio::test]
async fn a_plan_asks_once_for_a_hundred_people_and_nobody_by_themselves() {
    let bench = Bench::new().await;
    let logins: Vec<String> = (0..250).map(|number| format!("user-{}", 1000 + number)).collect();
    let people = logins.iter().map(|login| person("course", login));
    let wanted = stack([team_of("Course", team::Members::Exact)].into_iter().chain(people));
    bench.apply(&stack([team_of("Course", team::Members::Exact)])).await;
    for login in &logins {
        sandbox::seed_member(bench.sandbox.world(), ORG, "course", login, "member").unwrap();
    }
    bench.sandbox.clear_calls();
    is_settled(&bench, &wanted).await;
    let calls = bench.sandbox.calls().into_iter().filter(|call| call.api == "github");
    let mut methods: Vec<String> = calls.map(|call| call.method).collect();
    methods.sort();
    assert_eq!(
        methods,
        [
            "GET /github/orgs/{org}/invitations",
            "GET /github/orgs/{org}/teams",
            "POST /github/graphql",
            "POST /github/graphql",
            "POST /github/graphql",
        ]
    );
}
