//! The web flow: a browser comes with what an application asks for, and goes back with a code.
//! <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#web-application-flow>

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};
use url::Url;

use super::super::answer::Failure;
use super::super::record::Account;
use super::application::Registered;
use super::page::{self, Form};
use super::{Fields, Scopes, digest, secret};
use crate::sandbox::{Transaction, World};

/// So long a code can be exchanged, in seconds.
const CODE_SECONDS: i64 = 600;

/// Where a person goes next.
type Next = Result<Response, Failure>;

/// Shows what is asked for.
pub(super) async fn ask(State(world): State<World>, asked: Fields) -> Next {
    let Some(application) = application(&world, &asked) else { return Ok(unknown()) };
    Ok(match application.redirect(asked.said("redirect_uri")) {
        Ok(_) => consent(&application, &asked, "").into_response(),
        Err(callback) => mismatch(callback, &asked),
    })
}

/// A person says yes or no.
pub(super) async fn decide(State(world): State<World>, asked: Fields) -> Next {
    let Some(application) = application(&world, &asked) else { return Ok(unknown()) };
    let mut redirect = match application.redirect(asked.said("redirect_uri")) {
        Ok(redirect) => redirect,
        Err(callback) => return Ok(mismatch(callback, &asked)),
    };
    if asked.text("authorize") != "1" {
        let told = "The user has denied your application access.";
        return Ok(refused(redirect, "access_denied", told, &asked));
    }
    let login = asked.text("login");
    let Ok(account) = world.store.read(|view| Account::by_login(view, login)) else {
        return Ok(consent(&application, &asked, "Incorrect username. ").into_response());
    };
    let code = given(&world, &application, &account, &asked)?;
    redirect.query_pairs_mut().append_pair("code", &code);
    Ok(back(redirect, &asked))
}

fn application(world: &World, asked: &Fields) -> Option<Registered> {
    world.store.read(|view| Registered::find(view, asked.text("client_id"))).ok()
}

fn consent<'a>(application: &Registered, asked: &'a Fields, complaint: &str) -> Response {
    const SENT_ALONG: [&str; 6] =
        ["client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"];
    let hidden: [(&str, &'a str); 6] = SENT_ALONG.map(|name| (name, asked.text(name)));
    let wanted = match Scopes::read(asked.text("scope")).joined(", ") {
        none if none.is_empty() => "who you are".to_owned(),
        scopes => format!("who you are, and for {scopes}"),
    };
    Form {
        title: format!("Authorize {}", application.name),
        text: format!("{complaint}{} asks for {wanted}.", application.name),
        hidden: &hidden,
        asked: &[("Your login", "login", asked.text("login"))],
    }
    .into_response()
}

fn given(
    world: &World,
    application: &Registered,
    account: &Account,
    asked: &Fields,
) -> Result<String, Failure> {
    let code = secret::<10>();
    let kept = json!({
        "application": application.client_id,
        "account": account.id,
        "scopes": Scopes::read(asked.text("scope")).joined(" "),
        "redirect_uri": asked.said("redirect_uri"),
        "challenge": asked.said("code_challenge"),
        "create_time": world.clock.now().seconds(),
    });
    world.store.transact(|tx| {
        account.keep(tx);
        tx.put(key(&code), kept.clone());
        Ok::<_, Failure>(())
    })?;
    Ok(code)
}

/// What lies under a code that has not been used yet, nor is too old; then it is used.
pub(super) fn taken(tx: &mut Transaction<'_>, code: &str, now: i64) -> Option<Value> {
    let kept = tx.value(&key(code))?;
    tx.remove(&key(code));
    let fresh = kept["create_time"].as_i64().is_some_and(|then| now < then + CODE_SECONDS);
    fresh.then(|| (*kept).clone())
}

fn key(code: &str) -> String {
    format!("github/oauth/code/{}", digest(code))
}

fn unknown() -> Response {
    page::said(StatusCode::NOT_FOUND, "Page not found")
}

fn mismatch(callback: Url, asked: &Fields) -> Response {
    let told = "The redirect_uri MUST match the registered callback URL for this application.";
    refused(callback, "redirect_uri_mismatch", told, asked)
}

fn refused(mut redirect: Url, error: &str, told: &str, asked: &Fields) -> Response {
    const HELP: &str = "https://docs.github.com/apps/managing-oauth-apps/\
                        troubleshooting-authorization-request-errors/";
    let page = format!("{HELP}#{}", error.replace('_', "-"));
    redirect
        .query_pairs_mut()
        .append_pair("error", error)
        .append_pair("error_description", told)
        .append_pair("error_uri", &page);
    back(redirect, asked)
}

/// Sends the browser back, with what the application knows it by.
fn back(mut redirect: Url, asked: &Fields) -> Response {
    if let Some(state) = asked.said("state") {
        redirect.query_pairs_mut().append_pair("state", state);
    }
    (StatusCode::FOUND, [(header::LOCATION, redirect.to_string())]).into_response()
}
