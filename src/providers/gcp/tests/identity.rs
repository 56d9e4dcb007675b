//! Stories of accounts, custom roles, what is granted on a project and on accounts, and of the
//! way in for outsiders.

use super::*;
use crate::kind::Kind as _;
use crate::model::Status;
use crate::providers::gcp::gcp_project_access::{Condition, Grant, ProjectAccess, Spec};
use crate::providers::gcp::{
    gcp_custom_role, gcp_service, gcp_service_account, gcp_workload_identity_pool,
    gcp_workload_identity_provider,
};
use crate::sandbox::serviceusage::require_services;
use google_cloud_iam_v1::model::{Binding, GetPolicyOptions, Policy};

const ACCOUNT: &str = "gcp-service-account";
const EMAIL: &str = "leap-robot@leap-pangeo.iam.gserviceaccount.com";
const ON_ACCOUNT: &str = "gcp-service-account-access";
const ON_PROJECT: &str = "gcp-project-access";
const ON_PROJECT_NAME: &str = "leap-pangeo/prod";
const ROLE: &str = "gcp-custom-role";
const ROLE_NAME: &str = "leap-pangeo/leap_requestor_pays";
const SERVICE: &str = "gcp-service";
const VIEWER: &str = "roles/monitoring.viewer";

fn robot() -> gcp_service_account::Spec {
    let (display_name, description) = ("robot".to_owned(), "Does the chores".to_owned());
    gcp_service_account::Spec { display_name, description, disabled: false }
}

fn pays() -> gcp_custom_role::Spec {
    gcp_custom_role::Spec {
        title: "Requester pays".to_owned(),
        description: String::new(),
        permissions: ["serviceusage.services.use".to_owned()].into(),
    }
}

fn to_robot(role: &str) -> Grant {
    Grant::new(role, format!("serviceAccount:{EMAIL}"))
}

async fn policy(bench: &Bench) -> Policy {
    let options = GetPolicyOptions::new().set_requested_policy_version(3);
    let request = bench.connection.projects.get_iam_policy();
    let request = request.set_resource(format!("projects/{PROJECT}")).set_options(options);
    request.send().await.unwrap()
}

async fn set_policy(bench: &Bench, policy: Policy) {
    let request = bench.connection.projects.set_iam_policy();
    let request = request.set_resource(format!("projects/{PROJECT}"));
    request.set_policy(policy.set_version(3)).send().await.unwrap();
}

/// Somebody grants something on the project by hand.
async fn by_hand(bench: &Bench, grant: &Grant) {
    let mut policy = policy(bench).await;
    let condition = grant.condition.as_ref().map(|it| {
        let expression = google_cloud_type::model::Expr::new();
        expression.set_title(&it.title).set_expression(&it.expression)
    });
    let binding = Binding::new().set_role(&grant.role).set_members([&grant.member]);
    policy.bindings.push(binding.set_or_clear_condition(condition));
    set_policy(bench, policy).await;
}

/// `role member` of everything that is granted on the project, but for its owner.
async fn granted(bench: &Bench) -> Vec<String> {
    let bindings = policy(bench).await.bindings.into_iter().filter(|it| it.role != "roles/owner");
    let told = |binding: Binding| {
        let when = binding.condition.map(|it| format!(" when {}", it.title)).unwrap_or_default();
        let role = binding.role;
        binding.members.into_iter().map(move |member| format!("{role} {member}{when}"))
    };
    bindings.flat_map(told).collect()
}

/// What is observed of one kind when `spec` is wanted, as if `claimed` had been recorded.
async fn see(bench: &Bench, kind: &str, name: &str, want: &Spec, claimed: &Spec) -> Observation {
    let resource = wanted(kind, name, want);
    let claims = [(name, ProjectAccess::claims(claimed))];
    bench.look(kind, &[resource], &claims).await.unwrap()
}

async fn one(bench: &Bench, kind: &str, wanted: &Resource) -> Found {
    let seen = bench.observe(kind, std::slice::from_ref(wanted)).await;
    seen.found.into_iter().find(|found| found.name == wanted.id.name).unwrap()
}

#[tokio::test]
async fn an_account_is_made_found_by_its_mark_changed_and_deleted() {
    let bench = Bench::new().await;
    bench.create(ACCOUNT, EMAIL, &robot()).await.unwrap();
    let seen = bench.observe(ACCOUNT, &[]).await.found.remove(0);
    assert_eq!((seen.name.as_str(), is_ours(&seen)), (EMAIL, true));
    assert_eq!(spec::<gcp_service_account::Spec>(&seen), robot());
    let off = gcp_service_account::Spec { disabled: true, ..robot() };
    bench.update(ACCOUNT, &seen, &off).await.unwrap();
    let seen = bench.observe(ACCOUNT, &[]).await.found.remove(0);
    assert_eq!(spec::<gcp_service_account::Spec>(&seen), off);
    bench.delete(ACCOUNT, &seen).await.unwrap();
    assert!(bench.observe(ACCOUNT, &[]).await.found.is_empty());
}

#[tokio::test]
async fn an_account_that_is_made_twice_is_made_once() {
    let bench = Bench::new().await;
    bench.create(ACCOUNT, EMAIL, &robot()).await.unwrap();
    let again = bench.create(ACCOUNT, EMAIL, &robot()).await.unwrap();
    assert_eq!(again.remark.as_deref(), Some("was already there"));
}

#[tokio::test]
async fn an_account_of_somebody_else_is_never_touched() {
    let bench = Bench::new().await;
    let iam = &bench.connection.iam;
    let request = iam.create_service_account().set_name(format!("projects/{PROJECT}"));
    request.set_account_id("leap-robot").send().await.unwrap();
    let seen = one(&bench, ACCOUNT, &wanted(ACCOUNT, EMAIL, &robot())).await;
    assert_eq!(seen.owner, Owner::Foreign);
    let error = bench.create(ACCOUNT, EMAIL, &robot()).await.unwrap_err();
    assert!(matches!(error, ProviderError::Taken { .. }), "{error}");
    let access =
        Spec::new([Grant::new("roles/iam.serviceAccountUser", "group:a@leap.example.org")]);
    let seen = see(&bench, ON_ACCOUNT, EMAIL, &access, &Spec::default()).await;
    // Nothing of what is declared is there: whoever takes the account in takes in none of it.
    let stands = &seen.found[0];
    assert_eq!((&stands.owner, spec::<Spec>(stands)), (&Owner::Foreign, Spec::default()));
    let error = bench.create(ON_ACCOUNT, EMAIL, &access).await.unwrap_err();
    assert!(matches!(error, ProviderError::Taken { .. }), "{error}");
}

#[tokio::test]
async fn who_acts_as_an_account_of_another_stack_is_not_ours_to_say() {
    let bench = Bench::new().await;
    let id = ResourceId::new(ENV, ACCOUNT, EMAIL);
    let theirs = Mark::new("elsewhere", &id, SpecMark::Unfinished);
    let text = crate::providers::description::marked("Does the chores", &theirs);
    let account = google_cloud_iam_admin_v1::model::ServiceAccount::new().set_description(text);
    let request = bench.connection.iam.create_service_account();
    let request = request.set_name(format!("projects/{PROJECT}")).set_account_id("leap-robot");
    request.set_service_account(account).send().await.unwrap();
    let access =
        Spec::new([Grant::new("roles/iam.serviceAccountUser", "group:a@leap.example.org")]);
    let seen = see(&bench, ON_ACCOUNT, EMAIL, &access, &Spec::default()).await;
    assert_eq!(seen.taken[0].why, "the account belongs to stack elsewhere");
}

#[tokio::test]
async fn an_account_that_changed_after_the_plan_is_not_overwritten() {
    let bench = Bench::new().await;
    bench.create(ACCOUNT, EMAIL, &robot()).await.unwrap();
    let seen = bench.observe(ACCOUNT, &[]).await.found.remove(0);
    let theirs = gcp_service_account::Spec { display_name: "theirs".to_owned(), ..robot() };
    bench.update(ACCOUNT, &seen, &theirs).await.unwrap();
    let ours = gcp_service_account::Spec { display_name: "ours".to_owned(), ..robot() };
    let error = bench.update(ACCOUNT, &seen, &ours).await.unwrap_err();
    assert!(matches!(error, ProviderError::Stale { .. }), "{error}");
}

#[tokio::test]
async fn grants_and_conditions_of_others_on_the_project_survive_ours() {
    let bench = Bench::new().await;
    bench.create(ACCOUNT, EMAIL, &robot()).await.unwrap();
    let when = Condition {
        title: "until May".to_owned(),
        expression: "request.time < timestamp('2027-05-01T00:00:00Z')".to_owned(),
        description: String::new(),
    };
    by_hand(&bench, &Grant::new(VIEWER, "user:eve@leap.example.org")).await;
    let theirs = Grant::new("roles/storage.admin", "user:eve@leap.example.org");
    by_hand(&bench, &Grant { condition: Some(when), ..theirs }).await;
    let before = granted(&bench).await;
    let ours = Spec::new([to_robot(VIEWER), to_robot("roles/logging.logWriter")]);
    bench.create(ON_PROJECT, ON_PROJECT_NAME, &ours).await.unwrap();
    assert_eq!(granted(&bench).await.len(), before.len() + 2);
    let seen = see(&bench, ON_PROJECT, ON_PROJECT_NAME, &ours, &ours).await;
    assert_eq!(spec::<Spec>(&seen.found[0]), ours);
    bench.delete(ON_PROJECT, &seen.found[0]).await.unwrap();
    assert_eq!(granted(&bench).await, before);
}

#[tokio::test]
async fn somebody_who_is_faster_on_the_project_keeps_what_they_granted() {
    let bench = Bench::new().await;
    bench.create(ACCOUNT, EMAIL, &robot()).await.unwrap();
    bench.changes();
    bench.fault("POST /v3/projects/{project}:setIamPolicy", sandbox::Action::Delay { ms: 300 });
    let ours = Spec::new([to_robot(VIEWER)]);
    let theirs = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        by_hand(&bench, &Grant::new(VIEWER, "user:eve@leap.example.org")).await;
    };
    let (done, ()) = tokio::join!(bench.create(ON_PROJECT, ON_PROJECT_NAME, &ours), theirs);
    done.unwrap();
    assert_eq!(granted(&bench).await.len(), 2);
    assert_eq!(bench.changes().len(), 3, "ours, theirs, and ours again");
}

#[tokio::test]
async fn a_member_that_was_deleted_is_cleared_up_when_the_account_is_made_again() {
    let bench = Bench::new().await;
    bench.create(ACCOUNT, EMAIL, &robot()).await.unwrap();
    let ours = Spec::new([to_robot(VIEWER)]);
    bench.create(ON_PROJECT, ON_PROJECT_NAME, &ours).await.unwrap();
    let account = bench.observe(ACCOUNT, &[]).await.found.remove(0);
    bench.delete(ACCOUNT, &account).await.unwrap();
    assert!(granted(&bench).await[0].contains("deleted:serviceAccount:leap-robot@"));
    bench.create(ACCOUNT, EMAIL, &robot()).await.unwrap();
    let seen = see(&bench, ON_PROJECT, ON_PROJECT_NAME, &ours, &ours).await.found.remove(0);
    bench.update(ON_PROJECT, &seen, &ours).await.unwrap();
    assert_eq!(granted(&bench).await, [format!("{VIEWER} serviceAccount:{EMAIL}")]);
}

#[tokio::test]
async fn a_new_account_that_policies_do_not_know_yet_is_told_from_a_refusal() {
    let identity_lag = Duration::from_secs(60);
    let bench = Bench::with(Behaviour { identity_lag, ..Behaviour::instant() }).await;
    bench.create(ACCOUNT, EMAIL, &robot()).await.unwrap();
    let ours = Spec::new([to_robot(VIEWER)]);
    let error = bench.create(ON_PROJECT, ON_PROJECT_NAME, &ours).await.unwrap_err();
    assert_eq!(error.to_string(), format!("service account {EMAIL} does not exist"));
    bench.sandbox.clock().advance(identity_lag);
    bench.create(ON_PROJECT, ON_PROJECT_NAME, &ours).await.unwrap();
}

#[tokio::test]
async fn claims_of_which_nothing_is_left_are_forgotten_without_a_call() {
    let bench = Bench::new().await;
    let gone = Spec::new([to_robot(VIEWER)]);
    let claims = [(ON_PROJECT_NAME, ProjectAccess::claims(&gone))];
    let seen = bench.look(ON_PROJECT, &[], &claims).await.unwrap();
    bench.changes();
    bench.delete(ON_PROJECT, &seen.found[0]).await.unwrap();
    assert!(bench.changes().is_empty());
}

#[tokio::test]
async fn who_may_act_as_an_account_is_added_and_taken_back() {
    let bench = Bench::new().await;
    bench.create(ACCOUNT, EMAIL, &robot()).await.unwrap();
    let member = "serviceAccount:leap-pangeo.svc.id.goog[prod/user-sa]";
    let access = Spec::new([Grant::new("roles/iam.workloadIdentityUser", member)]);
    bench.create(ON_ACCOUNT, EMAIL, &access).await.unwrap();
    let seen = see(&bench, ON_ACCOUNT, EMAIL, &access, &access).await;
    assert_eq!(spec::<Spec>(&seen.found[0]), access);
    bench.delete(ON_ACCOUNT, &seen.found[0]).await.unwrap();
    assert!(see(&bench, ON_ACCOUNT, EMAIL, &access, &Spec::default()).await.found.is_empty());
}

#[tokio::test]
async fn a_deleted_role_is_brought_back_and_made_what_it_shall_be() {
    let bench = Bench::new().await;
    let role = wanted(ROLE, ROLE_NAME, &pays());
    bench.create(ROLE, ROLE_NAME, &pays()).await.unwrap();
    let seen = one(&bench, ROLE, &role).await;
    bench.delete(ROLE, &seen).await.unwrap();
    let seen = one(&bench, ROLE, &role).await;
    assert!(matches!(seen.status, Status::Deleted { .. }));
    let other = gcp_custom_role::Spec { title: "Pays".to_owned(), ..pays() };
    let applied = bench.create(ROLE, ROLE_NAME, &other).await.unwrap();
    assert_eq!(applied.remark.as_deref(), Some("brought back"));
    let seen = one(&bench, ROLE, &role).await;
    assert_eq!(seen.status, Status::Ready);
    assert_eq!(spec::<gcp_custom_role::Spec>(&seen), other);
}

#[tokio::test]
async fn a_pool_and_its_provider_are_made_deleted_and_brought_back() {
    let bench = Bench::with(Behaviour::default()).await;
    let (pool, provider) = ("gcp-workload-identity-pool", "gcp-workload-identity-provider");
    let (pool_name, provider_name) =
        ("leap-pangeo/github-actions", "leap-pangeo/github-actions/github");
    let pool_spec = gcp_workload_identity_pool::Spec::default();
    let provider_spec = gcp_workload_identity_provider::Spec {
        issuer: "https://token.actions.githubusercontent.com".to_owned(),
        attributes: [("google.subject".to_owned(), "assertion.sub".to_owned())].into(),
        condition: "assertion.repository in ['leap-stc/infrastructure']".to_owned(),
        ..gcp_workload_identity_provider::Spec::default()
    };
    for _ in 0..2 {
        bench.create(pool, pool_name, &pool_spec).await.unwrap();
        bench.create(provider, provider_name, &provider_spec).await.unwrap();
        let seen = one(&bench, provider, &wanted(provider, provider_name, &provider_spec)).await;
        let read: gcp_workload_identity_provider::Spec = spec(&seen);
        assert_eq!((read, is_ours(&seen)), (provider_spec.clone(), true));
        bench.delete(provider, &seen).await.unwrap();
        let seen = one(&bench, pool, &wanted(pool, pool_name, &pool_spec)).await;
        bench.delete(pool, &seen).await.unwrap();
        let seen = one(&bench, pool, &wanted(pool, pool_name, &pool_spec)).await;
        assert!(matches!(&seen.status, Status::Deleted { until } if until.starts_with("2030-")));
    }
}

#[tokio::test]
async fn an_api_that_is_off_is_unreadable_unless_the_stack_enables_it() {
    let bench = Bench::new().await;
    require_services(bench.sandbox.world(), PROJECT, &[]).unwrap();
    let error = bench.look(ACCOUNT, &[], &[]).await.unwrap_err();
    assert!(matches!(error, ProviderError::Unreadable { .. }), "{error}");
    let api = wanted(SERVICE, "leap-pangeo/iam.googleapis.com", &gcp_service::Spec {});
    // The whole stack counts, so both are asked for at once.
    let whole = [wanted(ACCOUNT, EMAIL, &robot()), api.clone()];
    assert!(bench.look(ACCOUNT, &whole, &[]).await.unwrap().found.is_empty());
    assert!(bench.observe(SERVICE, std::slice::from_ref(&api)).await.found.is_empty());
    bench.create(SERVICE, "leap-pangeo/iam.googleapis.com", &gcp_service::Spec {}).await.unwrap();
    assert_eq!(bench.observe(SERVICE, &[api]).await.found.len(), 1);
    bench.create(ACCOUNT, EMAIL, &robot()).await.unwrap();
}

#[tokio::test]
async fn calls_do_not_grow_with_accounts_or_members() {
    let account_quota = 1_000;
    let bench = Bench::with(Behaviour { account_quota, ..Behaviour::instant() }).await;
    let count = async |accounts: usize, members: usize| {
        for at in 0..accounts {
            let request = bench.connection.iam.create_service_account();
            let request = request.set_name(format!("projects/{PROJECT}"));
            request.set_account_id(format!("robot-{accounts}-{at:03}")).send().await.unwrap();
        }
        let mut policy = policy(&bench).await;
        let people = (0..members).map(|at| format!("user:person-{at}@leap.example.org"));
        policy.bindings.push(Binding::new().set_role(VIEWER).set_members(people));
        set_policy(&bench, policy).await;
        bench.sandbox.clear_calls();
        bench.observe(ACCOUNT, &[]).await;
        let ours = Spec::new([to_robot(VIEWER)]);
        see(&bench, ON_PROJECT, ON_PROJECT_NAME, &ours, &ours).await;
        bench.sandbox.calls().len()
    };
    assert_eq!(count(5, 10).await, 2);
    // Five pages of a hundred more, and one policy as before.
    assert_eq!(count(500, 1_400).await, 7);
}
