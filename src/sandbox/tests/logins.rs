//! Logging in with GitHub, as a browser, a device and an application see it.

use std::collections::BTreeMap;
use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use serde_json::{Value, json};

use super::*;
use crate::sandbox::github::{self, Application};

const HUB: Application<'_> = Application {
    name: "LEAP hub",
    client_id: "hub",
    client_secret: "canary",
    callback: "https://hub.example.org/hub/oauth_callback",
};
const TEAMS: &str = "/github/orgs/leap-stc/teams";

type Fields = BTreeMap<String, String>;

async fn bench() -> Bench {
    let bench = Bench::new().await;
    github::register(bench.sandbox.world(), HUB).unwrap();
    bench
}

fn query(fields: &[(&str, &str)]) -> String {
    let url = Url::parse_with_params("http://x", fields).unwrap();
    url.query().unwrap_or_default().to_owned()
}

fn fields(url: &str) -> Fields {
    Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

/// Sends a form without following where it leads: the status, that place, and what is said.
async fn form(bench: &Bench, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let url = format!("{}/github{path}", bench.sandbox.url());
    let request = client.post(url).header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(query(fields)).send().await.unwrap();
    let place = answer.headers().get(LOCATION).map(|it| it.to_str().unwrap().to_owned());
    (answer.status().as_u16(), place.unwrap_or_default(), answer.text().await.unwrap())
}

/// Somebody says yes, and comes back with a code.
async fn consent(bench: &Bench, login: &str, scope: &str) -> String {
    let said = [("client_id", "hub"), ("login", login), ("scope", scope), ("authorize", "1")];
    let (status, place, _) = form(bench, "/login/oauth/authorize", &said).await;
    assert_eq!(status, 302);
    fields(&place)["code"].clone()
}

async fn exchange(bench: &Bench, more: &[(&str, &str)]) -> Value {
    let url = format!("{}/github/login/oauth/access_token", bench.sandbox.url());
    let mut said = BTreeMap::from([("client_id", "hub"), ("client_secret", "canary")]);
    said.extend(more.iter().copied());
    let request = Client::new().post(url).header(ACCEPT, "application/json").json(&said);
    request.send().await.unwrap().json().await.unwrap()
}

async fn token(bench: &Bench, login: &str, scope: &str) -> String {
    let code = consent(bench, login, scope).await;
    exchange(bench, &[("code", &code)]).await["access_token"].as_str().unwrap().to_owned()
}

/// Calls the API with somebody's token.
async fn as_person(bench: &Bench, token: &str, method: &str, path: &str) -> (u16, Value) {
    let url = format!("{}/github{path}", bench.sandbox.url());
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let request = client.request(method.parse().unwrap(), url);
    let request = request.header(AUTHORIZATION, format!("token {token}"));
    let request = match method {
        "GET" => request,
        _ => request.json(&json!({ "state": "active" })),
    };
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

/// The slugs of the teams that a hub would see somebody in.
async fn teams(bench: &Bench, token: &str) -> Vec<String> {
    let (status, teams) = as_person(bench, token, "GET", "/user/teams?per_page=100").await;
    assert_eq!(status, 200, "{teams}");
    let slug = |team: &Value| team["slug"].as_str().unwrap().to_owned();
    teams.as_array().unwrap().iter().map(slug).collect()
}

/// Two teams, one below the other, with ada in the lower one, and a secret one with bob.
async fn people(bench: &Bench) {
    let research = json!({ "name": "Research", "privacy": "closed" });
    let (_, research) = bench.call("POST", TEAMS, research).await;
    let group = json!({ "name": "Group", "parent_team_id": research["id"] });
    bench.call("POST", TEAMS, group).await;
    bench.call("POST", TEAMS, json!({ "name": "Board" })).await;
    for (team, login) in [("group", "ada"), ("board", "bob")] {
        github::seed_member(bench.sandbox.world(), "leap-stc", team, login, "member").unwrap();
    }
}

#[tokio::test]
async fn a_browser_is_asked_for_consent_and_goes_back_with_a_code() {
    let bench = bench().await;
    let asked = [
        ("client_id", "hub"),
        ("redirect_uri", HUB.callback),
        ("scope", "read:org"),
        ("state", "a&b"),
        ("login", "ada"),
    ];
    let url = format!("{}/github/login/oauth/authorize?{}", bench.sandbox.url(), query(&asked));
    let page = reqwest::get(url).await.unwrap().text().await.unwrap();
    for there in
        ["Authorize LEAP hub", "read:org", "value=\"a&amp;b\"", "name=\"login\" value=\"ada\""]
    {
        assert!(page.contains(there), "{there} is not in {page}");
    }
    let yes = [&asked[..], &[("authorize", "1")]].concat();
    let (status, place, _) = form(&bench, "/login/oauth/authorize", &yes).await;
    assert_eq!((status, place.starts_with(HUB.callback)), (302, true), "{place}");
    assert_eq!(fields(&place)["state"], "a&b");
    let code = fields(&place)["code"].clone();
    let got = exchange(&bench, &[("code", &code), ("redirect_uri", HUB.callback)]).await;
    assert_eq!((&got["scope"], &got["token_type"]), (&json!("read:org"), &json!("bearer")));
    let token = got["access_token"].as_str().unwrap();
    assert_eq!(as_person(&bench, token, "GET", "/user").await.1["login"], "ada");
}

#[tokio::test]
async fn whoever_says_no_goes_back_with_that() {
    let bench = bench().await;
    let no = [("client_id", "hub"), ("state", "s"), ("authorize", "0")];
    let (_, place, _) = form(&bench, "/login/oauth/authorize", &no).await;
    let said = fields(&place);
    assert_eq!((said["error"].as_str(), said["state"].as_str()), ("access_denied", "s"));
    let elsewhere =
        [("client_id", "hub"), ("redirect_uri", "https://evil.example/"), ("authorize", "1")];
    let (_, place, _) = form(&bench, "/login/oauth/authorize", &elsewhere).await;
    assert!(place.starts_with(HUB.callback), "{place}");
    assert_eq!(fields(&place)["error"], "redirect_uri_mismatch");
    let unknown = [("client_id", "nobody"), ("authorize", "1")];
    assert_eq!(form(&bench, "/login/oauth/authorize", &unknown).await.0, 404);
    let gone = [("client_id", "hub"), ("login", "vanished-bob"), ("authorize", "1")];
    let (status, _, page) = form(&bench, "/login/oauth/authorize", &gone).await;
    assert_eq!((status, page.contains("Incorrect username")), (200, true), "{page}");
}

#[tokio::test]
async fn a_code_is_good_once_for_ten_minutes_and_for_its_application() {
    let bench = bench().await;
    let error = |answer: Value| answer["error"].as_str().unwrap_or_default().to_owned();
    let code = consent(&bench, "ada", "").await;
    let stranger = [("code", code.as_str()), ("client_secret", "wrong")];
    assert_eq!(error(exchange(&bench, &stranger).await), "incorrect_client_credentials");
    let elsewhere = [("code", code.as_str()), ("redirect_uri", "https://evil.example/")];
    assert_eq!(error(exchange(&bench, &elsewhere).await), "redirect_uri_mismatch");
    assert!(exchange(&bench, &[("code", &code)]).await["access_token"].is_string());
    assert_eq!(error(exchange(&bench, &[("code", &code)]).await), "bad_verification_code");
    let late = consent(&bench, "ada", "").await;
    bench.sandbox.clock().advance(Duration::from_secs(600));
    assert_eq!(error(exchange(&bench, &[("code", &late)]).await), "bad_verification_code");
    // Answers are forms for whoever does not ask for JSON.
    let said = [("client_id", "nobody"), ("code", "x")];
    let (status, _, text) = form(&bench, "/login/oauth/access_token", &said).await;
    assert_eq!(status, 200);
    assert_eq!(fields(&format!("http://x?{text}"))["error"], "incorrect_client_credentials");
}

#[tokio::test]
async fn who_sent_a_challenge_must_have_the_answer() {
    let bench = bench().await;
    // The example of RFC 7636, appendix B.
    let challenge = ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    let right = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    for (verifier, good) in [("guessed", false), (right, true)] {
        let said = [("client_id", "hub"), ("login", "ada"), ("authorize", "1"), challenge];
        let (_, place, _) = form(&bench, "/login/oauth/authorize", &said).await;
        let code = fields(&place)["code"].clone();
        let got = exchange(&bench, &[("code", &code), ("code_verifier", verifier)]).await;
        assert_eq!(got["access_token"].is_string(), good, "{got}");
    }
}

/// A device asks how it stands.
async fn poll(bench: &Bench, device_code: &str) -> Value {
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    exchange(bench, &[("device_code", device_code), ("grant_type", grant)]).await
}

/// A device asks for codes: its own, and the one that it shows.
async fn begin(bench: &Bench) -> (String, String) {
    let url = format!("{}/github/login/device/code", bench.sandbox.url());
    let said = json!({ "client_id": "hub", "scope": "read:org" });
    let request = Client::new().post(url).header(ACCEPT, "application/json").json(&said);
    let told: Value = request.send().await.unwrap().json().await.unwrap();
    let text = |field: &str| told[field].as_str().unwrap().to_owned();
    assert_eq!((&told["expires_in"], &told["interval"]), (&json!(900), &json!(5)));
    assert_eq!(text("user_code").len(), 9);
    (text("device_code"), text("user_code"))
}

#[tokio::test]
async fn a_device_waits_until_somebody_enters_its_code() {
    let bench = bench().await;
    let (device, user) = begin(&bench).await;
    assert_eq!(poll(&bench, &device).await["error"], "authorization_pending");
    let hasty = poll(&bench, &device).await;
    assert_eq!((&hasty["error"], &hasty["interval"]), (&json!("slow_down"), &json!(10)));
    bench.sandbox.clock().advance(Duration::from_secs(10));
    assert_eq!(poll(&bench, &device).await["error"], "authorization_pending");
    let wrong = [("user_code", "AAAA-AAAA"), ("login", "ada"), ("authorize", "1")];
    assert_eq!(form(&bench, "/login/device", &wrong).await.0, 422);
    let small = user.to_lowercase();
    let yes = [("user_code", small.as_str()), ("login", "ada"), ("authorize", "1")];
    assert_eq!(form(&bench, "/login/device", &yes).await.0, 200);
    let got = poll(&bench, &device).await;
    let token = got["access_token"].as_str().unwrap();
    assert_eq!(as_person(&bench, token, "GET", "/user").await.1["login"], "ada");
    assert_eq!(poll(&bench, &device).await["error"], "incorrect_device_code");
}

#[tokio::test]
async fn a_device_learns_that_it_may_not_or_that_nobody_came() {
    let bench = bench().await;
    let (device, user) = begin(&bench).await;
    let no = [("user_code", user.as_str()), ("login", "ada"), ("authorize", "0")];
    form(&bench, "/login/device", &no).await;
    assert_eq!(poll(&bench, &device).await["error"], "access_denied");
    let (device, user) = begin(&bench).await;
    bench.sandbox.clock().advance(Duration::from_secs(900));
    assert_eq!(poll(&bench, &device).await["error"], "expired_token");
    let yes = [("user_code", user.as_str()), ("login", "ada"), ("authorize", "1")];
    assert_eq!(form(&bench, "/login/device", &yes).await.0, 422);
}

#[tokio::test]
async fn a_person_sees_the_teams_that_they_are_in_and_none_above() {
    let bench = bench().await;
    people(&bench).await;
    let ada = token(&bench, "ada", "read:org").await;
    assert_eq!(teams(&bench, &ada).await, ["group"]);
    let (_, organizations) = as_person(&bench, &ada, "GET", "/user/orgs").await;
    assert_eq!(organizations[0]["login"], "leap-stc");
    for (path, status) in [
        ("/orgs/leap-stc/members/ada", 204),
        ("/orgs/leap-stc/members/eve", 404),
        ("/orgs/leap-stc/teams/group/members/ada", 204),
        ("/orgs/leap-stc/teams/research/members/ada", 204),
        ("/orgs/leap-stc/teams/group/members/bob", 404),
        ("/orgs/leap-stc/teams/board", 404),
        ("/orgs/leap-stc/memberships/bob", 200),
    ] {
        assert_eq!(as_person(&bench, &ada, "GET", path).await.0, status, "{path}");
    }
    let (_, seen) = as_person(&bench, &ada, "GET", "/orgs/leap-stc/teams").await;
    assert_eq!(seen.as_array().unwrap().len(), 2, "{seen}");
    let bob = token(&bench, "bob", "read:org").await;
    assert_eq!(teams(&bench, &bob).await, ["board"]);
}

#[tokio::test]
async fn without_the_scope_or_as_an_outsider_there_is_nothing_to_see() {
    let bench = bench().await;
    people(&bench).await;
    let ada = token(&bench, "ada", "user:email").await;
    for path in ["/user/teams", "/user/orgs"] {
        let (status, said) = as_person(&bench, &ada, "GET", path).await;
        assert_eq!(status, 403, "{said}");
        assert!(said["message"].as_str().unwrap().contains("read:org"), "{said}");
    }
    let eve = token(&bench, "eve", "read:org").await;
    assert_eq!(teams(&bench, &eve).await, Vec::<String>::new());
    for (path, status) in [
        ("/orgs/leap-stc/members/ada", 302),
        ("/orgs/leap-stc/public_members/ada", 404),
        ("/orgs/leap-stc/teams/group/members/ada", 404),
        ("/orgs/leap-stc/memberships/ada", 403),
    ] {
        assert_eq!(as_person(&bench, &eve, "GET", path).await.0, status, "{path}");
    }
    assert_eq!(as_person(&bench, &eve, "GET", "/orgs/leap-stc/members").await.1, json!([]));
}

#[tokio::test]
async fn an_application_that_is_not_approved_does_not_see_the_organization() {
    let bench = bench().await;
    people(&bench).await;
    let ada = token(&bench, "ada", "read:org").await;
    github::restrict(bench.sandbox.world(), "leap-stc").unwrap();
    assert_eq!(teams(&bench, &ada).await, Vec::<String>::new());
    assert_eq!(as_person(&bench, &ada, "GET", "/user/orgs").await.1, json!([]));
    let (status, said) = as_person(&bench, &ada, "GET", "/orgs/leap-stc/members/ada").await;
    assert_eq!(status, 403);
    assert!(said["message"].as_str().unwrap().contains("OAuth App access restrictions"), "{said}");
    github::approve(bench.sandbox.world(), "leap-stc", "hub").unwrap();
    assert_eq!(teams(&bench, &ada).await, ["group"]);
}

#[tokio::test]
async fn a_person_accepts_their_invitation_and_changes_nothing_else() {
    let bench = bench().await;
    people(&bench).await;
    bench.call("PUT", &format!("{TEAMS}/research/memberships/eve"), json!({})).await;
    let eve = token(&bench, "eve", "write:org").await;
    let mine = "/user/memberships/orgs/leap-stc";
    assert_eq!(as_person(&bench, &eve, "GET", mine).await.1["state"], "pending");
    assert_eq!(as_person(&bench, &eve, "PATCH", mine).await.1["state"], "active");
    assert_eq!(teams(&bench, &eve).await, ["research"]);
    for (method, path) in [
        ("DELETE", "/orgs/leap-stc/teams/research"),
        ("PUT", "/orgs/leap-stc/memberships/mallory"),
        ("PUT", "/repos/leap-stc/hub/environments/prod"),
        ("POST", "/graphql"),
    ] {
        assert_eq!(as_person(&bench, &eve, method, path).await.0, 403, "{method} {path}");
    }
    let stranger = as_person(&bench, "gho_neverissued", "GET", "/user").await;
    assert_eq!(stranger.0, 401);
}
