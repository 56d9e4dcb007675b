//! Logging in with GitHub: an application asks people for consent in their browser (the web flow) or on
//! another device (the device flow), and gets a token that acts as that person.
//!
//! This is GitHub's website and not its API, so it has pages, and takes forms. There are no passwords and
//! no cookies: whoever opens a page says who they are.
//! <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps>

mod application;
mod device;
mod exchange;
mod page;
mod scope;
mod token;
mod web;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{FromRequest, Request};
use axum::routing::{get, post};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use http::{HeaderMap, Uri, header};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::answer::{self, Failure};
use crate::sandbox::{World, vault};
pub(super) use application::lets_in;
pub use application::{Application, approve, register, restrict};
pub(super) use scope::Scopes;
pub(super) use token::Holder;
pub use token::give_token;

/// The addresses of the website.
pub(super) const TEMPLATES: &[&str] = &[
    "/github/login/oauth/authorize",
    "/github/login/oauth/access_token",
    "/github/login/device",
    "/github/login/device/code",
    "/github/settings/applications/new",
    "/github/organizations/{org}/settings/oauth_application_policy",
];

/// The website, as far as it has to do with logging in.
pub(super) fn routes() -> Router<World> {
    Router::new()
        .route("/login/oauth/authorize", get(web::ask).post(web::decide))
        .route("/login/oauth/access_token", post(exchange::token))
        .route("/login/device", get(device::ask).post(device::decide))
        .route("/login/device/code", post(device::begin))
        .route("/settings/applications/new", post(application::create))
        .route(
            "/organizations/{org}/settings/oauth_application_policy",
            post(application::change_policy),
        )
}

/// What a request says, whichever way: behind the question mark, as a form, or in JSON.
struct Fields(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let (uri, headers) = (request.uri().clone(), request.headers().clone());
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|_| Failure::asked_for(400, "Problems parsing the body"))?;
        Ok(Self::read(&uri, &headers, &body))
    }
}

impl Fields {
    fn read(uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Self {
        let mut fields = answer::parameters(uri);
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| kind.starts_with("application/json")) {
            let body: BTreeMap<String, Value> = serde_json::from_slice(body).unwrap_or_default();
            let texts = body.into_iter().filter_map(|(name, it)| Some((name, it.as_str()?.into())));
            fields.extend(texts);
        } else {
            fields.extend(url::form_urlencoded::parse(body).into_owned());
        }
        Self(fields)
    }

    /// What a field says; nothing is as good as no field.
    fn said(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    fn text(&self, name: &str) -> &str {
        self.said(name).unwrap_or_default()
    }
}

/// A word that nobody can guess, of twice as many letters as bytes.
fn secret<const N: usize>() -> String {
    HEXLOWER.encode(&vault::random::<N>())
}

/// Under which name something is kept that only its holder may know.
fn digest(secret: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(secret.as_bytes()))
}
