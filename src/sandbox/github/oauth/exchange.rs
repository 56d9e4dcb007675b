//! What an application gets for a code: a token, or the reason why not, which comes with status 200.
//! <https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors>

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::answer::Failure;
use super::super::record::Account;
use super::application::Registered;
use super::token::Holder;
use super::{Fields, Scopes, device, web};
use crate::sandbox::{Transaction, World};

/// What a device asks with.
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Why an application gets nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    error: &'static str,
    told: String,
    /// How long a device must wait now, in seconds.
    interval: Option<i64>,
}

impl Refused {
    pub(super) fn new(error: &'static str, told: impl Into<String>) -> Self {
        Self { error, told: told.into(), interval: None }
    }

    /// Asks for more patience, in seconds.
    pub(super) fn hasty(interval: i64) -> Self {
        let told = "Too many requests have been made in the same timeframe.";
        Self { interval: Some(interval), ..Self::new("slow_down", told) }
    }

    fn credentials() -> Self {
        let told = "The client_id and/or client_secret passed are incorrect.";
        Self::new("incorrect_client_credentials", told)
    }

    fn redirect() -> Self {
        let told = "The redirect_uri MUST match the registered callback URL for this application.";
        Self::new("redirect_uri_mismatch", told)
    }

    fn code() -> Self {
        Self::new("bad_verification_code", "The code passed is incorrect or expired.")
    }

    fn fields(&self) -> Value {
        const HELP: &str = "https://docs.github.com/apps/managing-oauth-apps/\
                            troubleshooting-oauth-app-access-token-request-errors/";
        let page = format!("{HELP}#{}", self.error.replace('_', "-"));
        let mut fields =
            json!({ "error": self.error, "error_description": self.told, "error_uri": page });
        if let Some(interval) = self.interval {
            fields["interval"] = json!(interval);
        }
        fields
    }
}

/// What a call comes to; a refusal is an answer like others.
pub(super) type Outcome = Result<Value, Refused>;

/// Exchanges what an application has got for a token.
pub(super) async fn token(
    State(world): State<World>,
    headers: HeaderMap,
    asked: Fields,
) -> Result<Response, Failure> {
    let now = world.clock.now().seconds();
    let outcome = world.store.transact(|tx| {
        let given = match Registered::find(tx, asked.text("client_id")) {
            Err(_) => Err(Refused::credentials()),
            Ok(application) if asked.text("grant_type") == DEVICE => {
                device::taken(tx, &application, asked.text("device_code"), now)
            }
            Ok(application) => for_code(tx, &application, &asked, now),
        };
        Ok::<_, Failure>(given.map(|holder| issued(tx, &holder)))
    })?;
    Ok(answered(&headers, outcome))
}

fn issued(tx: &mut Transaction<'_>, holder: &Holder) -> Value {
    let token = holder.token(tx);
    json!({ "access_token": token, "scope": holder.scopes.joined(","), "token_type": "bearer" })
}

fn for_code(
    tx: &mut Transaction<'_>,
    application: &Registered,
    asked: &Fields,
    now: i64,
) -> Result<Holder, Refused> {
    if !application.proves_itself(asked.text("client_secret")) {
        return Err(Refused::credentials());
    }
    if application.redirect(asked.said("redirect_uri")).is_err() {
        return Err(Refused::redirect());
    }
    let kept = web::taken(tx, asked.text("code"), now).ok_or_else(Refused::code)?;
    let said = kept["redirect_uri"].as_str();
    if asked.said("redirect_uri").is_some_and(|again| said.is_some_and(|said| said != again)) {
        return Err(Refused::redirect());
    }
    let proven = match kept["challenge"].as_str() {
        None => true,
        Some(challenge) => challenge == challenged(asked.text("code_verifier")),
    };
    if kept["application"] != json!(application.client_id) || !proven {
        return Err(Refused::code());
    }
    held(tx, &kept).ok_or_else(Refused::code)
}

/// Who a consent makes the holder of a token.
pub(super) fn held(tx: &Transaction<'_>, kept: &Value) -> Option<Holder> {
    let account = Account::by_id(tx, kept["account"].as_u64()?).ok()?;
    let scopes = Scopes::read(kept["scopes"].as_str()?);
    Some(Holder { account, application: kept["application"].as_str()?.to_owned(), scopes })
}

/// What a verifier is the answer to. <https://www.rfc-editor.org/rfc/rfc7636#section-4.6>
fn challenged(verifier: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes()))
}

/// Answers as a form, or in JSON to whoever accepts that.
pub(super) fn answered(headers: &HeaderMap, outcome: Outcome) -> Response {
    let fields = outcome.unwrap_or_else(|refused| refused.fields());
    let accepts = headers.get(header::ACCEPT).and_then(|accepts| accepts.to_str().ok());
    if accepts.is_some_and(|accepts| accepts.contains("json")) {
        let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
        return (StatusCode::OK, kind, fields.to_string()).into_response();
    }
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        form.append_pair(name, &text);
    }
    let kind = [(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")];
    (StatusCode::OK, kind, form.finish()).into_response()
}
