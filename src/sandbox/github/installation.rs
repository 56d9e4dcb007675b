//! Apps that are installed in organizations, and the tokens that they get.
//! <https://docs.github.com/en/rest/apps/apps>

use std::time::Duration;

use axum::extract::{Path, State};
use data_encoding::BASE64URL_NOPAD;
use http::{HeaderMap, header};
use serde_json::{Value, json};

use super::answer::{self, Answer, Failure};
use super::record::{self, Account};
use super::{CALLER, shape};
use crate::sandbox::{Moment, Transaction, World};

/// The longest that a proof of an App may hold, in seconds, with a minute for clocks that differ.
const LONGEST_PROOF: i64 = 660;

/// What an installation may do, unless a test says otherwise.
const USUAL: [(&str, &str); 8] = [
    ("actions", "read"),
    ("actions_variables", "write"),
    ("administration", "write"),
    ("environments", "write"),
    ("issues", "write"),
    ("members", "write"),
    ("metadata", "read"),
    ("secrets", "write"),
];

/// Where it is kept what an installation may do.
pub(super) fn key(installation: u64) -> String {
    format!("github/installation/{installation:012}")
}

/// What an installation may do.
fn permissions(view: &Transaction<'_>, installation: u64) -> Value {
    let usual = || USUAL.iter().map(|(name, level)| ((*name).to_owned(), json!(level))).collect();
    view.value(&key(installation)).map_or_else(|| Value::Object(usual()), |kept| (*kept).clone())
}

/// An installation, for the App itself.
pub(super) async fn one(
    State(world): State<World>,
    headers: HeaderMap,
    Path(installation): Path<u64>,
) -> Answer {
    let now = world.clock.now();
    let claims = proven(&headers, now)?;
    let shown = world.store.read(|view| {
        let account = shape::user(&Account::by_login(view, CALLER)?);
        let url = format!("https://api.github.com/app/installations/{installation}");
        Ok::<_, Failure>(json!({
            "id": installation,
            "account": account,
            "repository_selection": "all",
            "access_tokens_url": format!("{url}/access_tokens"),
            "repositories_url": "https://api.github.com/installation/repositories",
            "html_url": format!("https://github.com/settings/installations/{installation}"),
            "app_id": record::number(claims["iss"].as_str().unwrap_or_default()),
            "app_slug": "leap-infra",
            "target_id": record::number(CALLER),
            "target_type": "Organization",
            "permissions": permissions(view, installation),
            "events": [],
            "created_at": now.rfc3339(),
            "updated_at": now.rfc3339(),
            "single_file_name": null,
            "suspended_by": null,
            "suspended_at": null,
        }))
    })?;
    Ok(answer::told(&headers, &shown))
}

/// A token of an App's installation, for an hour.
/// <https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app>
pub(super) async fn token(
    State(world): State<World>,
    headers: HeaderMap,
    Path(installation): Path<u64>,
) -> Answer {
    let now = world.clock.now();
    proven(&headers, now)?;
    let may = world.store.read(|view| Ok::<_, Failure>(permissions(view, installation)))?;
    let hour = now.plus(Duration::from_secs(3_600)).rfc3339();
    let token = format!("ghs_{:x}", now.0);
    Ok(answer::made(&json!({ "token": token, "expires_at": hour, "permissions": may })))
}

/// What an App says of itself. Whether it is one that signs is not looked at, only that what it sends
/// has the shape of a proof and is not over.
fn proven(headers: &HeaderMap, now: Moment) -> Result<Value, Failure> {
    let proof = headers.get(header::AUTHORIZATION).and_then(|proof| proof.to_str().ok());
    let claims = proof.and_then(|proof| proof.split('.').nth(1));
    let claims = claims.and_then(|claims| BASE64URL_NOPAD.decode(claims.as_bytes()).ok());
    let claims: Option<Value> = claims.and_then(|claims| serde_json::from_slice(&claims).ok());
    let time = |name: &str| claims.as_ref().and_then(|claims| claims[name].as_i64());
    let (began, ends) = (time("iat").unwrap_or(i64::MAX), time("exp").unwrap_or_default());
    let holds = began <= now.seconds() && now.seconds() < ends && ends - began <= LONGEST_PROOF;
    let refused = || Failure::asked_for(401, "A JSON web token could not be decoded");
    claims.filter(|_| holds).ok_or_else(refused)
}
