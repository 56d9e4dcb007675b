//! The connection to GitHub, and the only place that opens one.

use crate::kind::Retry;
use crate::model::secret::Value as Secret;
use crate::providers::failed::{CallFailed, Purpose, Reason};
use crate::providers::github::error;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use octocrab::Octocrab;
use serde_json::Value;
use std::time::Duration;

/// How long one call may take. The engine tries again.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// The path below which the sandbox answers for GitHub.
const IN_THE_SANDBOX: &str = "/github";

/// Where GitHub is, and who we are there.
#[derive(Clone, Debug)]
pub enum Endpoint {
    /// The embedded cloud: plaintext on loopback, and nobody in particular.
    Sandbox {
        /// Its address, `http://127.0.0.1:4443`.
        url: String,
    },
    /// GitHub itself.
    Live {
        /// A token of a person or of an App's installation; without one nothing can be asked.
        token: Option<Token>,
    },
}

/// A token for GitHub. It is never shown.
pub type Token = std::sync::Arc<Secret>;

/// A connection, shared by the kinds. Cheap to clone. It opens on the first call.
#[derive(Clone, Debug)]
pub struct Connection {
    http: Option<Octocrab>,
    /// How calls that only look are tried again; the engine sees to those that change something.
    pub(crate) retry: Retry,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// The client could not be made.
    #[error("a client for GitHub could not be made: {0}")]
    Client(String),
}

/// One call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// What is asked of whom, for errors: `the teams of leap-stc`.
    pub(crate) what: String,
    /// What for.
    pub(crate) purpose: Purpose,
    pub(crate) method: Method,
    /// With what stands behind the question mark, `/orgs/leap-stc/teams?per_page=100`.
    pub(crate) path: String,
    /// What is sent.
    pub(crate) body: Option<Value>,
}

/// What GitHub answered to a call that went well.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) headers: HeaderMap,
    /// `null` where there is nothing.
    pub(crate) body: Value,
}

impl Call {
    /// A call that looks.
    pub(crate) fn get(what: impl Into<String>, path: impl Into<String>) -> Self {
        let (what, path) = (what.into(), path.into());
        Self { what, purpose: Purpose::Read, method: Method::GET, path, body: None }
    }

    /// A call that changes something.
    pub(crate) fn change(what: impl Into<String>, method: Method, path: impl Into<String>) -> Self {
        Self { purpose: Purpose::Write, method, ..Self::get(what, path) }
    }

    /// The same with a body.
    pub(crate) fn sending(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }
}

impl Connection {
    /// Makes the client for `endpoint`.
    ///
    /// # Errors
    /// When it cannot be made. That nobody answers is only seen by the first call.
    pub fn open(endpoint: &Endpoint, retry: Retry) -> Result<Self, ConnectionError> {
        // Fails when one was installed before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Octocrab::builder()
            .set_connect_timeout(Some(CALL_TIMEOUT))
            .set_read_timeout(Some(CALL_TIMEOUT));
        let failed = |error: octocrab::Error| ConnectionError::Client(error::words(&error));
        let builder = match endpoint {
            Endpoint::Sandbox { url } => {
                builder.base_uri(format!("{url}{IN_THE_SANDBOX}")).map_err(failed)?
            }
            Endpoint::Live { token: None } => return Ok(Self { http: None, retry }),
            Endpoint::Live { token: Some(token) } => {
                let token = String::from_utf8_lossy(token.expose());
                builder.personal_token(token.trim().to_owned())
            }
        };
        Ok(Self { http: Some(builder.build().map_err(failed)?), retry })
    }

    /// To nobody: for runs that have nothing to do with GitHub.
    pub fn nowhere() -> Self {
        Self { http: None, retry: Retry::default() }
    }

    /// Makes a call.
    pub(crate) async fn send(&self, call: &Call) -> Result<Answer, CallFailed> {
        let Some(http) = &self.http else {
            let why = "there is no token for GitHub: set GITHUB_TOKEN";
            return Err(CallFailed::because(Reason::Denied, call.purpose, &call.what, why));
        };
        match tokio::time::timeout(CALL_TIMEOUT, answer(http, call)).await {
            Ok(answer) => answer,
            Err(_) => Err(CallFailed::timed_out(call.purpose, &*call.what)),
        }
    }
}

async fn answer(http: &Octocrab, call: &Call) -> Result<Answer, CallFailed> {
    let lost = |error: octocrab::Error| error::lost(call, &error);
    let request = Request::builder().method(call.method.clone()).uri(&call.path);
    let request = http.build_request(request, call.body.as_ref()).map_err(lost)?;
    let (parts, body) = http.execute(request).await.map_err(lost)?.into_parts();
    let bytes = body.collect().await.map_err(lost)?.to_bytes();
    let body = match &*bytes {
        [] => Value::Null,
        bytes => match serde_json::from_slice(bytes) {
            Ok(body) => body,
            // A proxy's page, or half of an answer.
            Err(_) if !parts.status.is_success() => Value::Null,
            Err(error) => return Err(error::half(call, &error)),
        },
    };
    if parts.status.is_success() || parts.status == StatusCode::NOT_MODIFIED {
        return Ok(Answer { headers: parts.headers, body });
    }
    Err(error::refused(call, parts.status, &parts.headers, &body))
}
