//! Identities, projects and their APIs, as plain JSON over HTTP.

use serde_json::{Value, json};

use super::*;
use crate::sandbox::Behaviour;
use crate::sandbox::serviceusage::require_services;

const ACCOUNTS: &str = "/v1/projects/leap/serviceAccounts";
const ROLES: &str = "/v1/projects/leap/roles";
const POOLS: &str = "/v1/projects/leap/locations/global/workloadIdentityPools";
const PROJECT: &str = "/v3/projects/leap";
const INVALID: (u16, &str) = (400, "INVALID_ARGUMENT");

async fn account(bench: &Bench, id: &str) -> (u16, Value) {
    bench.call("POST", ACCOUNTS, json!({ "accountId": id })).await
}

/// Reads the policy of the project, gives `role` to `member`, and writes it.
async fn grant(bench: &Bench, role: &str, member: &str) -> (u16, Value) {
    let (_, mut policy) = read_policy(bench, 3).await;
    let binding = json!({ "role": role, "members": [member] });
    policy["bindings"].as_array_mut().unwrap().push(binding);
    write_policy(bench, &policy).await
}

async fn read_policy(bench: &Bench, version: u64) -> (u16, Value) {
    let options = json!({ "options": { "requestedPolicyVersion": version } });
    bench.call("POST", &format!("{PROJECT}:getIamPolicy"), options).await
}

async fn write_policy(bench: &Bench, policy: &Value) -> (u16, Value) {
    bench.call("POST", &format!("{PROJECT}:setIamPolicy"), json!({ "policy": policy })).await
}

async fn get(bench: &Bench, path: &str) -> (u16, Value) {
    bench.call("GET", path, json!({})).await
}

#[tokio::test]
async fn an_account_is_named_as_google_wants_it() {
    let bench = Bench::new().await;
    let long = "a".repeat(31);
    for id in ["short", "Upper-case", "1-digit-first", "hyphen-last-", &long] {
        assert_eq!(status(&account(&bench, id).await), INVALID, "{id}");
    }
    let described = |account: Value| json!({ "accountId": "robot-1", "serviceAccount": account });
    for wrong in
        [json!({ "displayName": "x".repeat(101) }), json!({ "description": "x".repeat(257) })]
    {
        assert_eq!(status(&bench.call("POST", ACCOUNTS, described(wrong)).await), INVALID);
    }
    let (code, made) = account(&bench, "robot-1").await;
    assert_eq!(
        (code, &*made["email"].to_string()),
        (200, "\"robot-1@leap.iam.gserviceaccount.com\"")
    );
    assert_eq!(status(&account(&bench, "robot-1").await), (409, "ALREADY_EXISTS"));
}

#[tokio::test]
async fn a_project_has_room_for_so_many_accounts() {
    let behaviour = Behaviour { account_quota: 2, ..Behaviour::instant() };
    let options = Options { clock: Clock::virtual_at(START), behaviour, ..Options::default() };
    let bench = Bench::at(start(options).await.unwrap()).await;
    assert_eq!(account(&bench, "robot-1").await.0, 200);
    assert_eq!(account(&bench, "robot-2").await.0, 200);
    assert_eq!(status(&account(&bench, "robot-3").await), (429, "RESOURCE_EXHAUSTED"));
}

#[tokio::test]
async fn who_is_deleted_stays_in_policies_as_deleted_and_the_next_one_is_another() {
    let bench = Bench::new().await;
    let (_, first) = account(&bench, "robot-1").await;
    let member = "serviceAccount:robot-1@leap.iam.gserviceaccount.com";
    assert_eq!(grant(&bench, "roles/viewer", member).await.0, 200);
    let path = format!("{ACCOUNTS}/robot-1@leap.iam.gserviceaccount.com");
    assert_eq!(bench.call("DELETE", &path, json!({})).await.0, 200);
    let (_, policy) = read_policy(&bench, 3).await;
    let number = first["uniqueId"].as_str().unwrap();
    let members = &policy["bindings"].as_array().unwrap().last().unwrap()["members"];
    assert_eq!(members, &json!([format!("deleted:{member}?uid={number}")]));
    let (_, second) = account(&bench, "robot-1").await;
    assert_ne!(first["uniqueId"], second["uniqueId"]);
}

#[tokio::test]
async fn what_the_sandbox_does_not_do_with_accounts_it_says() {
    let bench = Bench::new().await;
    account(&bench, "robot-1").await;
    let path = format!("{ACCOUNTS}/robot-1@leap.iam.gserviceaccount.com");
    let said = bench.call("POST", &format!("{path}:undelete"), json!({})).await;
    assert_eq!(status(&said), (501, "UNIMPLEMENTED"));
}

#[tokio::test]
async fn policies_do_not_know_an_account_at_once() {
    let identity_lag = Duration::from_millis(500);
    let behaviour = Behaviour { identity_lag, ..Behaviour::instant() };
    let options = Options { clock: Clock::virtual_at(START), behaviour, ..Options::default() };
    let bench = Bench::at(start(options).await.unwrap()).await;
    account(&bench, "robot-1").await;
    let member = "serviceAccount:robot-1@leap.iam.gserviceaccount.com";
    let early = grant(&bench, "roles/viewer", member).await;
    assert_eq!(status(&early), INVALID);
    assert!(early.1["error"]["message"].as_str().unwrap().contains("does not exist"));
    bench.sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(grant(&bench, "roles/viewer", member).await.0, 200);
    let elsewhere = "serviceAccount:other@elsewhere.iam.gserviceaccount.com";
    assert_eq!(grant(&bench, "roles/viewer", elsewhere).await.0, 200);
}

#[tokio::test]
async fn a_projects_policy_is_not_written_over_one_that_was_not_seen() {
    let bench = Bench::new().await;
    let (_, before) = read_policy(&bench, 3).await;
    assert_eq!(grant(&bench, "roles/viewer", "user:ada@leap.example.org").await.0, 200);
    assert_eq!(status(&write_policy(&bench, &before).await), (409, "ABORTED"));
    let mut blind = before.clone();
    blind.as_object_mut().unwrap().remove("etag");
    assert_eq!(write_policy(&bench, &blind).await.0, 200);
}

#[tokio::test]
async fn conditions_are_for_those_who_know_version_three() {
    let bench = Bench::new().await;
    let condition = json!({ "title": "soon", "expression": "request.time < timestamp('2027-01-01T00:00:00Z')" });
    let binding = json!({ "role": "roles/viewer", "members": ["user:ada@leap.example.org"], "condition": condition });
    let policy = |version: u64| json!({ "version": version, "bindings": [binding] });
    assert_eq!(status(&write_policy(&bench, &policy(1)).await), INVALID);
    assert_eq!(write_policy(&bench, &policy(3)).await.0, 200);
    assert_eq!(read_policy(&bench, 3).await.1["bindings"][0]["condition"], condition);
    let (_, old) = read_policy(&bench, 1).await;
    let role = old["bindings"][0]["role"].as_str().unwrap();
    assert!(role.starts_with("roles/viewer_withcond_"), "{role}");
}

#[tokio::test]
async fn a_policy_has_room_for_so_many_members_and_knows_custom_roles() {
    let bench = Bench::new().await;
    let members: Vec<String> = (0..1_501).map(|n| format!("user:u{n}@leap.example.org")).collect();
    let policy = |members: &[String]| json!({ "bindings": [{ "role": "roles/viewer", "members": members }] });
    assert_eq!(write_policy(&bench, &policy(&members)).await.0, 400);
    assert_eq!(write_policy(&bench, &policy(&members[..1_500])).await.0, 200);
    write_policy(&bench, &json!({ "bindings": [] })).await;
    let custom = "projects/leap/roles/pays";
    assert_eq!(grant(&bench, custom, "user:ada@leap.example.org").await.0, 400);
    role(&bench, "pays").await;
    assert_eq!(grant(&bench, custom, "user:ada@leap.example.org").await.0, 200);
    assert_eq!(grant(&bench, "roles/made.up", "user:ada@leap.example.org").await.0, 200);
}

async fn role(bench: &Bench, id: &str) -> (u16, Value) {
    let role = json!({ "title": "Pays", "includedPermissions": ["serviceusage.services.use"] });
    bench.call("POST", ROLES, json!({ "roleId": id, "role": role })).await
}

#[tokio::test]
async fn a_role_has_an_id_and_permissions_in_three_parts() {
    let bench = Bench::new().await;
    assert_eq!(status(&role(&bench, "a-b").await), INVALID);
    let wrong = json!({ "roleId": "pays", "role": { "includedPermissions": ["storage.get"] } });
    assert_eq!(status(&bench.call("POST", ROLES, wrong).await), INVALID);
    assert_eq!(role(&bench, "pays").await.0, 200);
}

#[tokio::test]
async fn a_deleted_role_keeps_its_name_and_comes_back_for_a_week() {
    let bench = Bench::new().await;
    role(&bench, "pays").await;
    let path = format!("{ROLES}/pays");
    assert_eq!(bench.call("DELETE", &path, json!({})).await.0, 200);
    assert_eq!(get(&bench, &path).await.1["deleted"], true);
    assert_eq!(get(&bench, ROLES).await.1["roles"], Value::Null);
    assert_eq!(
        get(&bench, &format!("{ROLES}?showDeleted=true")).await.1["roles"][0]["deleted"],
        true
    );
    assert_eq!(status(&role(&bench, "pays").await), (409, "ALREADY_EXISTS"));
    let undelete = format!("{path}:undelete");
    assert_eq!(bench.call("POST", &undelete, json!({})).await.0, 200);
    bench.call("DELETE", &path, json!({})).await;
    bench.sandbox.clock().advance(Duration::from_secs(8 * 86_400));
    let late = bench.call("POST", &undelete, json!({})).await;
    assert_eq!(status(&late), (400, "FAILED_PRECONDITION"));
    assert_eq!(status(&role(&bench, "pays").await), (409, "ALREADY_EXISTS"));
}

async fn pool(bench: &Bench, id: &str) -> (u16, Value) {
    bench.call("POST", &format!("{POOLS}?workloadIdentityPoolId={id}"), json!({})).await
}

#[tokio::test]
async fn a_deleted_pool_keeps_its_name_and_its_providers() {
    let bench = Bench::new().await;
    for id in ["abc", "Github", "gcp-jobs"] {
        assert_eq!(status(&pool(&bench, id).await), INVALID, "{id}");
    }
    assert_eq!(pool(&bench, "github").await.0, 200);
    assert_eq!(provider(&bench, Some("assertion.ref == 'x'")).await.0, 200);
    let path = format!("{POOLS}/github");
    assert_eq!(bench.call("DELETE", &path, json!({})).await.0, 200);
    assert_eq!(get(&bench, &path).await.1["state"], "DELETED");
    assert_eq!(status(&pool(&bench, "github").await), (409, "ALREADY_EXISTS"));
    assert_eq!(bench.call("POST", &format!("{path}:undelete"), json!({})).await.0, 200);
    let (code, back) = get(&bench, &format!("{path}/providers/jobs")).await;
    assert_eq!((code, &back["state"]), (200, &json!("ACTIVE")));
    let nobody = "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/none/*";
    assert_eq!(grant(&bench, "roles/viewer", nobody).await.0, 200);
}

async fn provider(bench: &Bench, condition: Option<&str>) -> (u16, Value) {
    let mut body = json!({
        "oidc": { "issuerUri": "https://token.actions.githubusercontent.com" },
        "attributeMapping": { "google.subject": "assertion.sub" },
    });
    if let Some(condition) = condition {
        body["attributeCondition"] = json!(condition);
    }
    let path = format!("{POOLS}/github/providers?workloadIdentityPoolProviderId=jobs");
    bench.call("POST", &path, body).await
}

#[tokio::test]
async fn a_provider_for_github_says_whose_jobs_it_lets_in() {
    let bench = Bench::new().await;
    pool(&bench, "github").await;
    assert_eq!(status(&provider(&bench, None).await), INVALID);
    assert_eq!(provider(&bench, Some("assertion.repository == 'a/b'")).await.0, 200);
}

#[tokio::test]
async fn an_operation_of_identities_takes_a_while() {
    let operation_time = Duration::from_secs(1);
    let behaviour = Behaviour { operation_time, ..Behaviour::instant() };
    let options = Options { clock: Clock::virtual_at(START), behaviour, ..Options::default() };
    let bench = Bench::at(start(options).await.unwrap()).await;
    let (_, begun) = pool(&bench, "github").await;
    let path = format!("/v1/{}", begun["name"].as_str().unwrap());
    assert_eq!(get(&bench, &path).await.1["done"], Value::Null);
    bench.sandbox.clock().advance(Duration::from_secs(2));
    assert_eq!(get(&bench, &path).await.1["done"], true);
}

#[tokio::test]
async fn an_api_answers_in_any_project_that_is_not_strict() {
    let bench = Bench::new().await;
    assert_eq!(get(&bench, ACCOUNTS).await.0, 200);
    require_services(bench.sandbox.world(), "leap", &[]).unwrap();
    let off = get(&bench, ACCOUNTS).await;
    assert_eq!(status(&off), (403, "PERMISSION_DENIED"));
    assert_eq!(off.1["error"]["details"][0]["reason"], "SERVICE_DISABLED");
    let services = "/v1/projects/leap/services";
    let enable = |apis: Vec<String>| json!({ "serviceIds": apis });
    let path = format!("{services}:batchEnable");
    let many = (0..21).map(|n| format!("a{n}.googleapis.com")).collect();
    assert_eq!(status(&bench.call("POST", &path, enable(many)).await), INVALID);
    let odd = bench.call("POST", &path, enable(vec!["iam.example.org".into()])).await;
    assert_eq!(odd.0, 403);
    let iam = enable(vec!["iam.googleapis.com".into()]);
    assert_eq!(bench.call("POST", &path, iam).await.0, 200);
    assert_eq!(get(&bench, ACCOUNTS).await.0, 200);
}

#[tokio::test]
async fn any_project_is_there_and_has_an_owner() {
    let bench = Bench::new().await;
    let (code, project) = get(&bench, "/v3/projects/anything").await;
    assert_eq!((code, &project["projectId"]), (200, &json!("anything")));
    assert!(project["name"].as_str().unwrap().starts_with("projects/1"));
    let (_, policy) = read_policy(&bench, 3).await;
    assert_eq!(policy["bindings"][0]["members"], json!(["user:owner@leap.example.org"]));
}
