//! GitHub as plain JSON over HTTP.

use crypto_box::{PublicKey, SecretKey, aead::OsRng};
use data_encoding::BASE64;
use http::header::{AUTHORIZATION, ETAG, IF_NONE_MATCH, LINK};
use serde_json::{Value, json};

use super::*;
use crate::sandbox::github;

const TEAMS: &str = "/github/orgs/leap-stc/teams";
const HUB: &str = "/github/repos/leap-stc/hub";

async fn team(bench: &Bench, name: &str, settings: Value) -> (u16, Value) {
    let mut team = json!({ "name": name, "privacy": "closed" });
    team.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    bench.call("POST", TEAMS, team).await
}

async fn get(bench: &Bench, path: &str) -> (u16, Value) {
    bench.call("GET", path, Value::Null).await
}

#[tokio::test]
async fn github_is_asked_in_pages_with_links_and_etags() {
    let bench = Bench::new().await;
    for number in 0..5 {
        assert_eq!(team(&bench, &format!("Team {number}"), json!({})).await.0, 201);
    }
    let url = format!("{}{TEAMS}?per_page=2&page=2", bench.sandbox.url());
    let first = reqwest::get(&url).await.unwrap();
    let links = first.headers()[LINK].to_str().unwrap().to_owned();
    for (page, word) in [(1, "prev"), (1, "first"), (3, "next"), (3, "last")] {
        assert!(links.contains(&format!("page={page}&per_page=2>; rel=\"{word}\"")), "{links}");
    }
    let etag = first.headers()[ETAG].clone();
    let slugs: Value = first.json().await.unwrap();
    assert_eq!([&slugs[0]["slug"], &slugs[1]["slug"]], ["team-2", "team-3"]);
    let again = reqwest::Client::new().get(&url).header(IF_NONE_MATCH, etag);
    assert_eq!(again.send().await.unwrap().status(), 304);
}

#[tokio::test]
async fn people_are_known_by_login_and_by_number() {
    let bench = Bench::new().await;
    let (_, ada) = get(&bench, "/github/users/Ada").await;
    assert_eq!(get(&bench, "/github/users/ada").await.1["id"], ada["id"]);
    assert_eq!(get(&bench, "/github/user/4711").await.1["login"], "user-4711");
    assert_eq!(get(&bench, "/github/users/user-4711").await.1["id"], 4711);
    github::rename_user(bench.sandbox.world(), "user-4711", "grace").unwrap();
    assert_eq!(get(&bench, "/github/user/4711").await.1["login"], "grace");
    for gone in ["users/user-4711", "users/vanished-bob", "orgs/vanished-org/teams", "user/x"] {
        assert_eq!(get(&bench, &format!("/github/{gone}")).await.0, 404, "{gone}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_as_github_does() {
    let bench = Bench::new().await;
    let (_, course) = team(&bench, "Course", json!({})).await;
    let (code, taken) = team(&bench, "course!", json!({})).await;
    assert_eq!((code, &taken["message"]), (422, &json!("Validation Failed")));
    assert_eq!(taken["errors"][0]["message"], "Name must be unique for this org");
    assert!(taken["documentation_url"].is_string());
    let below = json!({ "parent_team_id": course["id"] });
    assert_eq!(team(&bench, "Group", below.clone()).await.1["parent"]["slug"], "course");
    let secret = json!({ "parent_team_id": course["id"], "privacy": "secret" });
    assert_eq!(team(&bench, "Hidden", secret).await.0, 422);
    let (_, group) = get(&bench, &format!("{TEAMS}/group")).await;
    let circle = json!({ "parent_team_id": group["id"] });
    assert_eq!(bench.call("PATCH", &format!("{TEAMS}/course"), circle).await.0, 422);
    let late = json!({ "wait_timer": 50_000 });
    assert_eq!(bench.call("PUT", &format!("{HUB}/environments/prod"), late).await.0, 422);
    let nobody = json!({ "reviewers": [{ "type": "Team", "id": 1 }] });
    assert_eq!(bench.call("PUT", &format!("{HUB}/environments/prod"), nobody).await.0, 422);
    let (code, absent) = get(&bench, &format!("{TEAMS}/none")).await;
    assert_eq!((code, &absent["message"]), (404, &json!("Not Found")));
}

#[tokio::test]
async fn a_team_goes_with_those_below_it() {
    let bench = Bench::new().await;
    let (_, course) = team(&bench, "Course", json!({})).await;
    team(&bench, "Group", json!({ "parent_team_id": course["id"] })).await;
    assert_eq!(bench.call("DELETE", &format!("{TEAMS}/course"), Value::Null).await.0, 204);
    assert_eq!(get(&bench, TEAMS).await.1, json!([]));
}

#[tokio::test]
async fn who_is_invited_can_be_uninvited() {
    let bench = Bench::new().await;
    team(&bench, "Course", json!({})).await;
    let ada = format!("{TEAMS}/course/memberships/ada");
    let (_, place) = bench.call("PUT", &ada, json!({ "role": "maintainer" })).await;
    assert_eq!((&place["state"], &place["role"]), (&json!("pending"), &json!("maintainer")));
    assert_eq!(get(&bench, &ada).await.1["state"], "pending");
    let invited = format!("{TEAMS}/course/invitations");
    assert_eq!(get(&bench, &invited).await.1[0]["login"], "ada");
    assert_eq!(bench.call("DELETE", &ada, Value::Null).await.0, 204);
    assert_eq!(get(&bench, &invited).await.1, json!([]));
    assert_eq!(get(&bench, &ada).await.0, 404);
}

#[tokio::test]
async fn a_token_decides_what_is_seen() {
    let bench = Bench::new().await;
    let url = format!("{}{TEAMS}", bench.sandbox.url());
    let client = reqwest::Client::new();
    for (token, looking, making) in [("bad", 401, 401), ("blind", 404, 404), ("reader", 200, 403)] {
        let header = format!("Bearer {token}-x");
        let look = client.get(&url).header(AUTHORIZATION, &header).send().await.unwrap();
        assert_eq!(look.status(), looking, "{token}");
        let team = json!({ "name": token });
        let make = client.post(&url).header(AUTHORIZATION, &header).json(&team);
        assert_eq!(make.send().await.unwrap().status(), making, "{token}");
    }
}

#[tokio::test]
async fn a_secret_that_is_not_sealed_with_the_key_is_refused() {
    let bench = Bench::new().await;
    let (_, key) = get(&bench, &format!("{HUB}/actions/secrets/public-key")).await;
    let public = BASE64.decode(key["key"].as_str().unwrap().as_bytes()).unwrap();
    let (right, wrong) =
        (PublicKey::from_slice(&public).unwrap(), SecretKey::generate(&mut OsRng).public_key());
    let path = format!("{HUB}/actions/secrets/registry");
    for (public, code) in [(wrong, 422), (right.clone(), 201), (right, 204)] {
        let sealed = BASE64.encode(&public.seal(&mut OsRng, b"canary").unwrap());
        let body = json!({ "encrypted_value": sealed, "key_id": key["key_id"] });
        assert_eq!(bench.call("PUT", &path, body).await.0, code);
    }
    let (_, told) = get(&bench, &path).await;
    assert_eq!(told["name"], "REGISTRY");
    assert!(told.get("sealed").is_none());
    let value = github::secret_value(bench.sandbox.world(), "leap-stc", "hub", "registry");
    assert_eq!(value.unwrap().unwrap(), b"canary");
}

#[tokio::test]
async fn issues_are_opened_closed_and_found_by_when_they_changed() {
    let bench = Bench::new().await;
    let issues = "/github/repos/leap-stc/access/issues";
    for title in ["first", "second"] {
        let (status, issue) = bench.call("POST", issues, json!({ "title": title })).await;
        assert_eq!((status, &issue["state"]), (201, &json!("open")));
    }
    let (status, _) = bench.call("POST", issues, json!({ "title": " " })).await;
    assert_eq!(status, 422);
    bench.sandbox.clock().advance(Duration::from_secs(3 * 24 * 60 * 60));
    let closed = json!({ "state": "closed" });
    assert_eq!(bench.call("PATCH", &format!("{issues}/1"), closed).await.0, 200);
    let titles = async |query: &str| {
        let (_, found) = get(&bench, &format!("{issues}{query}")).await;
        let found = found.as_array().unwrap().iter().map(|it| it["title"].clone());
        found.collect::<Vec<_>>()
    };
    assert_eq!(titles("").await, ["second"]);
    assert_eq!(titles("?state=all").await, ["second", "first"]);
    let day = get(&bench, &format!("{issues}/1")).await.1["closed_at"].clone();
    let since = format!("?state=all&since={}", day.as_str().unwrap());
    assert_eq!(titles(&since).await, ["first"]);
}

#[tokio::test]
async fn what_an_answer_says_can_be_followed() {
    let bench = Bench::new().await;
    let (_, made) = team(&bench, "Course", json!({})).await;
    let by_number = made["url"].as_str().unwrap().replace(&bench.sandbox.url(), "");
    assert!(by_number.starts_with("/github/organizations/"), "{by_number}");
    assert_eq!(get(&bench, &by_number).await.1["slug"], "course");
    let members = format!("{by_number}/members?per_page=1");
    github::seed_member(bench.sandbox.world(), "leap-stc", "course", "ada", "member").unwrap();
    let first = reqwest::get(format!("{}{members}", bench.sandbox.url())).await.unwrap();
    let links = first.headers()[LINK].to_str().unwrap().to_owned();
    let next = links.split_once('<').unwrap().1.split_once('>').unwrap().0;
    let next: Value = reqwest::get(next).await.unwrap().json().await.unwrap();
    assert_eq!(next.as_array().unwrap().len(), 1);
    assert_eq!(get(&bench, "/github/organizations/1/team/1").await.0, 404);
    assert_eq!(get(&bench, "/github/rate_limit").await.1["rate"]["remaining"], 5_000);
}
