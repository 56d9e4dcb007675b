//! The client against the sandbox: limits, refusals and pages, as the engine meets them.

use crate::kind::{Kind as _, ProviderError, Retry};
use crate::model::secret::Value;
use crate::model::{Depth, Observation, Place, Scope, Stack};
use crate::providers::github::github_team::{self, Team};
use crate::providers::github::may::{May, Permission, Told};
use crate::providers::github::permissions::{NEEDED, READ_METHODS};
use crate::providers::github::{App, Connection, Endpoint, Identity, Reader};
use crate::sandbox::{self, Action, Behaviour, Clock, Fault, Match, Options, Sandbox};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ORG: &str = "leap-stc";

async fn sandbox() -> Sandbox {
    let clock = Clock::virtual_at(1_900_000_000);
    let behaviour = Behaviour { page_size: 2, ..Behaviour::instant() };
    sandbox::start(Options { clock, behaviour, ..Options::default() }).await.unwrap()
}

fn connection(endpoint: &Endpoint, retry: Retry) -> Connection {
    Connection::open(endpoint, retry).unwrap()
}

fn at(sandbox: &Sandbox) -> Endpoint {
    Endpoint::Sandbox { url: sandbox.url() }
}

fn once() -> Retry {
    Retry { attempts: 1, ..Retry::default() }
}

/// The teams of an organization, as a plan sees them.
async fn teams(connection: &Connection) -> Result<Observation<github_team::Spec>, ProviderError> {
    let whole = Stack::new("leap", vec!["prod".to_owned()], []).unwrap();
    let scope = Scope {
        whole: &whole,
        stack: "leap",
        places: [Place::project(ORG)].into(),
        wanted: BTreeMap::new(),
        leaving: BTreeMap::new(),
        claims: BTreeMap::new(),
        claimants: BTreeMap::new(),
        depth: Depth::Listed,
    };
    Team::observe(&Reader::new(connection), &scope).await
}

fn fault(then: Action) -> Vec<Fault> {
    vec![Fault { on: Match { times: Some(1), ..Match::default() }, then }]
}

#[tokio::test]
async fn limits_of_github_are_waited_out() {
    let sandbox = sandbox().await;
    let secondary = Action::Status {
        code: 403,
        message: "You have exceeded a secondary rate limit.".to_owned(),
        retry_after_seconds: Some(1),
    };
    let primary = Action::StatusUntil { code: 403, seconds: 1 };
    for limit in [secondary, primary] {
        sandbox.set_faults(fault(limit));
        let waits = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&waits);
        let notify = Arc::new(move |retried: &crate::kind::Retried| {
            told.lock().unwrap().push(retried.wait);
        });
        let retry = Retry { base: Duration::from_millis(1), notify, ..Retry::default() };
        teams(&connection(&at(&sandbox), retry)).await.unwrap();
        assert_eq!(*waits.lock().unwrap(), [Duration::from_secs(1)]);
    }
}

#[tokio::test]
async fn what_may_not_be_seen_is_never_taken_to_be_absent() {
    let sandbox = sandbox().await;
    for code in [401, 403, 404] {
        sandbox.set_faults(fault(Action::Status {
            code,
            message: String::new(),
            retry_after_seconds: None,
        }));
        let error = teams(&connection(&at(&sandbox), once())).await.unwrap_err();
        assert!(matches!(error, ProviderError::Unreadable { .. }), "{code}: {error}");
    }
}

#[tokio::test]
async fn half_an_answer_and_none_are_asked_for_again() {
    let sandbox = sandbox().await;
    let broken = [Action::Truncate(sandbox::Ending::Quiet), Action::CutAfter, Action::CutBefore];
    for action in broken {
        sandbox.set_faults(fault(action.clone()));
        let error = teams(&connection(&at(&sandbox), once())).await.unwrap_err();
        assert!(error.is_transient(), "{action:?}: {error}");
    }
}

async fn make_teams(sandbox: &Sandbox, count: usize) {
    let client = reqwest::Client::new();
    for number in 0..count {
        let url = format!("{}/github/orgs/{ORG}/teams", sandbox.url());
        let team = serde_json::json!({ "name": format!("Team {number}") });
        client.post(url).json(&team).send().await.unwrap();
    }
}

#[tokio::test]
async fn all_pages_are_read() {
    let sandbox = sandbox().await;
    // Also chooses the TLS that other clients need to be told.
    let hub = connection(&at(&sandbox), once());
    make_teams(&sandbox, 5).await;
    let found = teams(&hub).await.unwrap();
    assert_eq!(found.strangers.len(), 5);
}

#[tokio::test]
async fn what_is_asked_again_is_told_only_once_with_all_its_pages() {
    let sandbox = sandbox().await;
    let hub = connection(&at(&sandbox), once());
    make_teams(&sandbox, 5).await;
    let statuses = || {
        let calls = sandbox.calls();
        sandbox.clear_calls();
        calls.into_iter().map(|call| call.status).collect::<Vec<_>>()
    };
    sandbox.clear_calls();
    assert_eq!(teams(&hub).await.unwrap().strangers.len(), 5);
    assert_eq!(statuses(), ["200", "200", "200"]);
    assert_eq!(teams(&hub).await.unwrap().strangers.len(), 5);
    assert_eq!(statuses(), ["304", "304", "304"]);
    sandbox::github::rename_team(sandbox.world(), ORG, "team-4", "Team four").unwrap();
    let found = teams(&hub).await.unwrap().strangers;
    assert!(found.iter().any(|found| found.spec.name == "Team four"), "{found:?}");
    assert_eq!(statuses().iter().filter(|status| *status == "200").count(), 1);
}

#[tokio::test]
async fn without_a_token_nothing_is_asked_and_why_is_said() {
    let nobody = connection(&Endpoint::Live { identity: Identity::Nobody }, once());
    let error = teams(&nobody).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read the teams of leap-stc: there is no token for GitHub: set GITHUB_TOKEN"
    );
}

#[tokio::test]
async fn an_app_gets_its_tokens_itself_and_another_when_the_hour_is_over() {
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    static NOW: AtomicU64 = AtomicU64::new(1_900_000_000);
    let sandbox = sandbox().await;
    let clock = || Duration::from_secs(NOW.load(Relaxed));
    let connection = as_app(&sandbox, clock);
    let asked = || {
        let calls = sandbox.calls();
        sandbox.clear_calls();
        calls.into_iter().map(|call| call.method).collect::<Vec<_>>()
    };
    let (token, list) = (
        "POST /github/app/installations/{installation_id}/access_tokens",
        "GET /github/orgs/{org}/teams",
    );
    for expected in [&[token, list][..], &[list]] {
        teams(&connection).await.unwrap();
        assert_eq!(asked(), expected);
    }
    NOW.fetch_add(3_600, Relaxed);
    sandbox.clock().advance(Duration::from_secs(3_600));
    teams(&connection).await.unwrap();
    assert_eq!(asked(), [token, list]);
}

#[test]
fn what_planning_may_call_needs_just_what_is_written_down() {
    let table = std::fs::read_to_string("docs/kinds.md").unwrap();
    for needed in NEEDED {
        let of_kind = |line: &&str| line.contains(&format!("`{}`", needed.kind));
        let (plan, apply) = (needed.plan.join(", "), needed.apply.join(", "));
        let row = format!("| {plan} | {apply} |");
        assert!(table.lines().filter(of_kind).any(|line| line.ends_with(&row)), "{row}");
    }
    let allowed: Vec<_> = NEEDED.iter().flat_map(|needed| needed.plan).collect();
    assert!(READ_METHODS.iter().all(|read| allowed.contains(&&read.permission)));
}

fn as_app(sandbox: &Sandbox, clock: fn() -> Duration) -> Connection {
    // Made for this test; it opens nothing.
    let words = "RSA PRIVATE KEY";
    let key = include_str!("app-key.txt");
    let key = format!("-----BEGIN {words}-----\n{key}-----END {words}-----\n");
    let key = Arc::new(Value::new(key.into_bytes()));
    let app = App { id: "Iv1.leap".into(), installation: 7, key, clock };
    let endpoint = Endpoint::SandboxAs { url: sandbox.url(), identity: Identity::App(app) };
    connection(&endpoint, once())
}

#[tokio::test]
async fn what_an_app_may_do_is_read_of_its_installation() {
    let sandbox = sandbox().await;
    let connection = as_app(&sandbox, || Duration::from_secs(1_900_000_000));
    let told = async || Told::of(&connection).await.unwrap();
    let may = |told: &Told, text: &str| told.allows(&Permission::parse(text));
    assert_eq!(may(&told().await, "issues: write"), May::Yes);
    sandbox::github::permit(sandbox.world(), 7, &[("members", "read")]).unwrap();
    let lesser = told().await;
    assert_eq!(may(&lesser, "members: read"), May::Yes);
    assert_eq!(may(&lesser, "members: write"), May::No);
    assert_eq!(may(&lesser, "issues: write"), May::No);
    let calls = sandbox.calls();
    assert!(calls.iter().all(|call| call.method.ends_with("{installation_id}")), "{calls:?}");
}
