//! Stories of identities from plan to apply: what comes back, what is not known yet, what is off.

use super::bench::{
    Bench, PROJECT, account, account_access, custom_role, email, project_access, service, stack,
    way_in,
};
use google_cloud_auth::credentials::anonymous;
use google_cloud_iam_admin_v1::client::Iam;
use google_cloud_iam_v1::model::{Binding, Policy};
use google_cloud_resourcemanager_v3::client::Projects;
use leap_infra::cli::marks::Marks;
use leap_infra::kind::ProviderError;
use leap_infra::model::{Resource, Stack};
use leap_infra::plan::{Action, Plan, Refused};
use leap_infra::sandbox::serviceusage::require_services;
use leap_infra::sandbox::{Behaviour, Sandbox};
use std::time::Duration;

const PAYS: &str = "projects/home-project/roles/home_pays";
const VIEWER: &str = "roles/monitoring.viewer";

fn robot() -> String {
    format!("serviceAccount:{}", email("home-robot"))
}

fn identities() -> Vec<Resource> {
    let jobs = [("roles/iam.workloadIdentityUser", "serviceAccount:home.svc.id.goog[prod/user]")];
    let mut resources = vec![
        account("home-robot", false),
        account_access("home-robot", &jobs),
        custom_role("home_pays", &["serviceusage.services.use"]),
        project_access(&[(VIEWER, &robot()), (PAYS, &robot())]),
    ];
    resources.extend(way_in("home/infra"));
    resources
}

/// `Action kind`, in order.
fn steps(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{:?} {}", step.action, step.id.kind)).collect()
}

async fn settles(bench: &Bench, stack: &Stack) {
    bench.apply(stack).await;
    assert!(bench.plan(stack).await.is_empty());
}

async fn projects(sandbox: &Sandbox) -> Projects {
    let builder = Projects::builder().with_endpoint(sandbox.url());
    builder.with_credentials(anonymous::Builder::new().build()).build().await.unwrap()
}

async fn policy(sandbox: &Sandbox) -> Policy {
    let request = projects(sandbox).await.get_iam_policy();
    request.set_resource(format!("projects/{PROJECT}")).send().await.unwrap()
}

/// Who has a role on the project.
async fn holders(bench: &Bench, role: &str) -> Vec<String> {
    let bindings = policy(&bench.sandbox).await.bindings.into_iter();
    bindings.filter(|it| it.role == role).flat_map(|it| it.members).collect()
}

#[tokio::test]
async fn what_goes_and_is_wanted_again_is_brought_back() {
    let bench = Bench::new().await;
    let stack = stack(identities());
    settles(&bench, &stack).await;
    let before = bench.world();
    bench.apply(&stack.without(&["prod".into()])).await;
    let plan = bench.plan(&stack).await;
    let restored = plan.steps.iter().filter(|step| step.notes.iter().any(|it| it.contains("back")));
    let restored: Vec<&str> = restored.map(|step| step.id.kind.as_str()).collect();
    // Of a pool that is deleted the providers are not looked at; they come back all the same.
    assert_eq!(restored, ["gcp-custom-role", "gcp-workload-identity-pool"]);
    assert!(plan.steps.iter().all(|step| step.action == Action::Create));
    settles(&bench, &stack).await;
    assert_eq!(bench.world(), before);
}

#[tokio::test]
async fn a_grant_waits_until_policies_know_the_new_account() {
    let bench = Bench::with(Behaviour::default()).await;
    settles(&bench, &stack(identities())).await;
    let events = bench.events.lock().unwrap();
    let waited = |event: &String| event.contains("gcp-project-access") && event.contains("attempt");
    assert!(events.iter().any(waited), "{events:#?}");
}

#[tokio::test]
async fn an_api_that_is_off_is_enabled_first_if_the_stack_says_so() {
    let bench = Bench::new().await;
    require_services(bench.sandbox.world(), PROJECT, &[]).unwrap();
    let errors = bench.try_plan(&stack(identities())).await.unwrap_err();
    let unreadable = |error: &ProviderError| matches!(error, ProviderError::Unreadable { .. });
    assert!(errors.iter().all(unreadable), "{errors:?}");
    let apis = ["iam.googleapis.com", "cloudresourcemanager.googleapis.com"].map(service);
    let stack = stack(identities().into_iter().chain(apis));
    assert_eq!(steps(&bench.plan(&stack).await)[..2], ["Create gcp-service", "Create gcp-service"]);
    settles(&bench, &stack).await;
    bench.apply(&stack.without(&["prod".into()])).await;
    assert!(bench.plan(&stack.without(&["prod".into()])).await.is_empty());
}

#[tokio::test]
async fn what_is_no_longer_declared_is_taken_back_and_nothing_else() {
    let bench = Bench::new().await;
    let eve = "user:eve@leap.example.org".to_owned();
    settles(&bench, &stack(identities())).await;
    let mut theirs = policy(&bench.sandbox).await;
    let binding = theirs.bindings.iter_mut().find(|it| it.role == VIEWER).unwrap();
    binding.members.push(eve.clone());
    theirs.bindings.push(Binding::new().set_role("roles/editor").set_members([robot()]));
    let request = projects(&bench.sandbox).await.set_iam_policy();
    let request = request.set_resource(format!("projects/{PROJECT}"));
    request.set_policy(theirs).send().await.unwrap();
    let fewer: Vec<Resource> =
        identities().into_iter().filter(|it| it.id.kind != "gcp-project-access").collect();
    settles(&bench, &stack(fewer)).await;
    assert_eq!(holders(&bench, VIEWER).await, [eve]);
    assert!(holders(&bench, PAYS).await.is_empty());
    assert_eq!(holders(&bench, "roles/editor").await, [robot()]);
}

#[tokio::test]
async fn an_account_that_was_deleted_by_hand_gets_back_what_it_had() {
    let bench = Bench::new().await;
    let stack = stack(identities());
    settles(&bench, &stack).await;
    let iam = Iam::builder().with_endpoint(bench.sandbox.url());
    let iam = iam.with_credentials(anonymous::Builder::new().build()).build().await.unwrap();
    let name = format!("projects/{PROJECT}/serviceAccounts/{}", email("home-robot"));
    iam.delete_service_account().set_name(name).send().await.unwrap();
    assert!(holders(&bench, VIEWER).await[0].starts_with("deleted:"));
    let plan = bench.plan(&stack).await;
    let expected = [
        "Create gcp-service-account",
        "Update gcp-project-access",
        "Create gcp-service-account-access",
    ];
    let mut told = steps(&plan);
    told.sort();
    let mut expected = expected.map(str::to_owned);
    expected.sort();
    assert_eq!(told, expected);
    bench.sandbox.clock().advance(Duration::from_secs(1));
    settles(&bench, &stack).await;
    assert_eq!(holders(&bench, VIEWER).await, [robot()]);
}

#[tokio::test]
async fn a_change_by_hand_is_told_from_one_of_the_declaration() {
    let bench = Bench::new().await;
    settles(&bench, &stack(identities())).await;
    let request = projects(&bench.sandbox).await.set_iam_policy();
    let request = request.set_resource(format!("projects/{PROJECT}"));
    let mut theirs = policy(&bench.sandbox).await;
    theirs.bindings.retain(|binding| binding.role != VIEWER);
    request.set_policy(theirs).send().await.unwrap();
    let plan = bench.plan(&stack(identities())).await;
    assert_eq!(plan.steps[0].origin, leap_infra::plan::Origin::Drift);
    settles(&bench, &stack(identities())).await;
    let mut more = identities();
    let editor = "roles/logging.logWriter";
    more[3] = project_access(&[(VIEWER, &robot()), (PAYS, &robot()), (editor, &robot())]);
    let plan = bench.plan(&stack(more)).await;
    assert_eq!(plan.steps[0].origin, leap_infra::plan::Origin::Pending);
}

#[tokio::test]
async fn a_plan_of_many_accounts_asks_for_pages_and_for_one_policy() {
    let account_quota = 1_000;
    let mut bench = Bench::with(Behaviour { account_quota, ..Behaviour::instant() }).await;
    // The virtual clock moves with every call, and there are many.
    bench.terms.lasts = Duration::from_secs(3_600);
    let many = |count: usize| {
        let names: Vec<String> = (0..count).map(|at| format!("home-robot-{at:03}")).collect();
        let members: Vec<String> =
            names.iter().map(|it| format!("serviceAccount:{}", email(it))).collect();
        let grants: Vec<_> =
            members.iter().flat_map(|it| [(VIEWER, &**it), ("roles/viewer", &**it)]).collect();
        let mut resources: Vec<Resource> = names.iter().map(|it| account(it, false)).collect();
        resources.push(project_access(&grants));
        stack(resources)
    };
    let calls = async |count: usize| {
        bench.apply(&many(count)).await;
        bench.sandbox.clear_calls();
        assert!(bench.plan(&many(count)).await.is_empty());
        bench.sandbox.calls().iter().filter(|call| call.api != "gcs").count()
    };
    let few = calls(3).await;
    // Four pages of accounts more; 1,000 members of the policy change nothing.
    assert_eq!(calls(500).await, few + 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_somebody_made_is_taken_in_with_who_acts_as_it() {
    let bench = Bench::new().await;
    let whole = stack(identities());
    bench.apply(&whole).await;
    bench.mark(&stack([]), Marks::Disown, &["*"]).await;
    let refused = bench.plan(&whole).await.refusals;
    assert!(refused.iter().all(|it| it.why == Refused::Foreign), "{refused:?}");
    let policies = |bench: &Bench| {
        let mut world = bench.world();
        world.retain(|key, _| key.contains("policy"));
        world
    };
    let before = policies(&bench);
    let plan = bench.mark(&whole, Marks::Adopt, &[]).await;
    let adopted = [
        "Adopt gcp-custom-role",
        "Adopt gcp-service-account",
        "Adopt gcp-service-account-access",
        "Adopt gcp-workload-identity-pool",
        "Adopt gcp-workload-identity-provider",
    ];
    assert_eq!(steps(&plan), adopted);
    assert_eq!(policies(&bench), before);
    assert!(bench.plan(&whole).await.is_empty());
    // What was taken in is ours: it goes when it is no longer declared.
    let without = identities().into_iter().filter(|it| it.id.kind != "gcp-service-account-access");
    bench.apply(&stack(without)).await;
    assert_ne!(policies(&bench), before);
}
