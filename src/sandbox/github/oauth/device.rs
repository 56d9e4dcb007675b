//! The device flow: a program without a browser shows a code, a person enters it elsewhere, and the
//! program asks now and then whether they have.
//! <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow>

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::super::answer::Failure;
use super::super::record::Account;
use super::application::Registered;
use super::exchange::{self, Refused};
use super::page::{self, Form};
use super::token::Holder;
use super::{Fields, Scopes, digest, secret};
use crate::sandbox::{Transaction, World, vault};

/// So long a code can be entered, in seconds.
const CODE_SECONDS: i64 = 900;

/// How long a program waits before it asks again, in seconds; so much more if it does not.
const INTERVAL: i64 = 5;

/// What the codes of people are made of: nothing that looks like something else, and no words.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// A program asks for a code.
pub(super) async fn begin(
    State(world): State<World>,
    headers: HeaderMap,
    asked: Fields,
) -> Result<Response, Failure> {
    let application = world.store.read(|view| Registered::find(view, asked.text("client_id")))?;
    if !application.has_device_flow {
        let told = "Device Flow must be explicitly enabled for this App";
        return Ok(exchange::answered(&headers, Err(Refused::new("device_flow_disabled", told))));
    }
    let (device_code, user_code) = (secret::<20>(), user_code());
    let kept = json!({
        "application": application.client_id,
        "scopes": Scopes::read(asked.text("scope")).joined(" "),
        "create_time": world.clock.now().seconds(),
        "interval": INTERVAL,
    });
    world.store.transact(|tx| {
        tx.put(key(&device_code), kept.clone());
        tx.put(user_key(&user_code), json!(key(&device_code)));
        Ok::<_, Failure>(())
    })?;
    let told = json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": format!("{}/github/login/device", world.url()),
        "expires_in": CODE_SECONDS,
        "interval": INTERVAL,
    });
    Ok(exchange::answered(&headers, Ok(told)))
}

/// Four letters, a hyphen and four letters.
fn user_code() -> String {
    let letter = |byte: &u8| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]);
    let letters: Vec<char> = vault::random::<8>().iter().map(letter).collect();
    let (first, last) = letters.split_at(4);
    format!("{}-{}", String::from_iter(first), String::from_iter(last))
}

/// Shows where the code goes.
pub(super) async fn ask(asked: Fields) -> Response {
    let fields = [
        ("Code", "user_code", asked.text("user_code")),
        ("Your login", "login", asked.text("login")),
    ];
    Form {
        title: "Device activation".to_owned(),
        text: "Enter the code displayed on your device.".to_owned(),
        hidden: &[],
        asked: &fields,
    }
    .into_response()
}

/// A person enters a code, and says yes or no.
pub(super) async fn decide(State(world): State<World>, asked: Fields) -> Result<Response, Failure> {
    let now = world.clock.now().seconds();
    let consents = asked.text("authorize") == "1";
    let known = world.store.transact(|tx| {
        let Some((key, mut kept)) = waiting(tx, asked.text("user_code"), now) else {
            return Ok(false);
        };
        let Ok(account) = Account::by_login(tx, asked.text("login")) else { return Ok(false) };
        account.keep(tx);
        kept["account"] = json!(account.id);
        kept["denied"] = json!(!consents);
        tx.put(key, kept);
        tx.remove(&user_key(asked.text("user_code")));
        Ok::<_, Failure>(true)
    })?;
    Ok(match (known, consents) {
        (false, _) => {
            page::said(StatusCode::UNPROCESSABLE_ENTITY, "There is no such code or login")
        }
        (true, true) => page::said(StatusCode::OK, "Congratulations, you're all set!"),
        (true, false) => page::said(StatusCode::OK, "The application was not authorized"),
    })
}

/// What waits for a code of a person, and under which key.
fn waiting(tx: &Transaction<'_>, user_code: &str, now: i64) -> Option<(String, Value)> {
    let key = tx.value(&user_key(user_code))?.as_str()?.to_owned();
    let kept = (*tx.value(&key)?).clone();
    (!is_over(&kept, now)).then_some((key, kept))
}

fn is_over(kept: &Value, now: i64) -> bool {
    now >= kept["create_time"].as_i64().unwrap_or_default() + CODE_SECONDS
}

/// Asks whether the person has decided.
pub(super) fn taken(
    tx: &mut Transaction<'_>,
    application: &Registered,
    device_code: &str,
    now: i64,
) -> Result<Holder, Refused> {
    let wrong = || Refused::new("incorrect_device_code", "The device_code provided is not valid.");
    let key = key(device_code);
    let kept = tx.value(&key).filter(|kept| kept["application"] == json!(application.client_id));
    let kept = kept.ok_or_else(wrong)?;
    if is_over(&kept, now) {
        let told = "The device code has expired.";
        return Err(Refused::new("expired_token", told));
    }
    if kept["denied"] == true {
        let told = "The authorization request was denied.";
        return Err(Refused::new("access_denied", told));
    }
    if kept["account"].is_null() {
        return Err(not_yet(tx, &key, &kept, now));
    }
    tx.remove(&key);
    exchange::held(tx, &kept).ok_or_else(wrong)
}

/// Asks for patience, and for more of it from whoever asks too often.
fn not_yet(tx: &mut Transaction<'_>, key: &str, kept: &Value, now: i64) -> Refused {
    let mut kept = kept.clone();
    let interval = kept["interval"].as_i64().unwrap_or(INTERVAL);
    let hasty = kept["asked"].as_i64().is_some_and(|then| now < then + interval);
    kept["asked"] = json!(now);
    if hasty {
        kept["interval"] = json!(interval + INTERVAL);
    }
    tx.put(key, kept);
    match hasty {
        false => {
            Refused::new("authorization_pending", "The authorization request is still pending.")
        }
        true => Refused::hasty(interval + INTERVAL),
    }
}

fn key(device_code: &str) -> String {
    format!("github/oauth/device/{}", digest(device_code))
}

/// People's codes are kept in capitals, and lead to the device's.
fn user_key(user_code: &str) -> String {
    format!("github/oauth/user-code/{}", digest(&user_code.to_ascii_uppercase()))
}
