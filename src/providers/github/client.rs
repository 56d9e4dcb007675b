//! The connection to GitHub, and the only place that opens one.

use crate::kind::Retry;
use crate::model::secret::Value as Secret;
use crate::providers::failed::{CallFailed, Purpose, Reason};
use crate::providers::github::app::App;
use crate::providers::github::error;
use crate::providers::github::kept::Kept;
use crate::providers::github::rest::read;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use octocrab::Octocrab;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::Mutex;

/// How long one call may take. The engine tries again.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// So long before its end a token is no longer used.
const SPARE: Duration = Duration::from_secs(120);

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
    /// The embedded cloud, as somebody in particular: with less than all rights.
    SandboxAs {
        /// Its address.
        url: String,
        /// Who we are there.
        identity: Identity,
    },
    /// GitHub itself.
    Live {
        /// Who we are there.
        identity: Identity,
    },
}

/// Who we are on GitHub.
#[derive(Clone, Debug)]
pub enum Identity {
    /// Nobody: nothing can be asked.
    Nobody,
    /// A person, or an App's installation, by a token that somebody else got.
    Token(Token),
    /// An App, which gets its tokens itself.
    App(App),
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => {
                f.write_str("nobody; a token is needed only where something is declared")
            }
            Self::Token(_) => f.write_str("whoever the token in GITHUB_TOKEN is of"),
            Self::App(App { id, installation, .. }) => {
                write!(f, "the App {id}, by its installation {installation}")
            }
        }
    }
}

/// A token for GitHub. It is never shown.
pub type Token = Arc<Secret>;

/// A connection, shared by the kinds. Cheap to clone. It opens on the first call.
#[derive(Clone, Debug)]
pub struct Connection {
    http: Http,
    kept: Kept,
    /// How calls that only look are tried again; the engine sees to those that change something.
    pub(crate) retry: Retry,
}

/// The way to GitHub.
#[derive(Clone, Debug)]
enum Http {
    Nobody,
    Known(Octocrab),
    App(Arc<Installation>),
}

/// An App, and its token of this hour.
#[derive(Debug)]
struct Installation {
    app: App,
    /// Where to ask, if not at GitHub itself.
    base: Option<String>,
    /// The client with the token, and when that ends, counted from 1970.
    current: Mutex<Option<(Octocrab, Duration)>>,
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
#[derive(Clone, Debug)]
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
        let (base, identity) = match endpoint {
            Endpoint::Sandbox { url } => (Some(format!("{url}{IN_THE_SANDBOX}")), None),
            Endpoint::SandboxAs { url, identity } => {
                (Some(format!("{url}{IN_THE_SANDBOX}")), Some(identity))
            }
            Endpoint::Live { identity } => (None, Some(identity)),
        };
        let http = match identity {
            None => Http::Known(client(base.as_deref(), None)?),
            Some(Identity::Token(token)) => Http::Known(client(base.as_deref(), Some(token))?),
            Some(Identity::Nobody) => Http::Nobody,
            Some(Identity::App(app)) => return Ok(Self::as_app(app.clone(), base, retry)),
        };
        Ok(Self { http, kept: Kept::default(), retry })
    }

    /// As an App, to GitHub or to `base`.
    pub(super) fn as_app(app: App, base: Option<String>, retry: Retry) -> Self {
        let installation = Installation { app, base, current: Mutex::default() };
        Self { http: Http::App(Arc::new(installation)), kept: Kept::default(), retry }
    }

    /// To nobody: for runs that have nothing to do with GitHub.
    pub fn nowhere() -> Self {
        Self { http: Http::Nobody, kept: Kept::default(), retry: Retry::default() }
    }

    /// What the installation of an App allows, by what it is on; none if we are no App.
    pub(crate) async fn permissions(&self) -> Option<Result<BTreeMap<String, String>, CallFailed>> {
        let Http::App(installation) = &self.http else { return None };
        Some(installation.permissions().await)
    }

    /// Makes a call.
    pub(crate) async fn send(&self, call: &Call) -> Result<Answer, CallFailed> {
        let http = match &self.http {
            Http::Known(http) => http.clone(),
            Http::App(installation) => installation.client(call).await?,
            Http::Nobody => {
                let why = "there is no token for GitHub: set GITHUB_TOKEN";
                return Err(CallFailed::because(Reason::Denied, call.purpose, &call.what, why));
            }
        };
        in_time(&http, call, &self.kept).await
    }
}

impl Installation {
    /// A client that speaks as the App itself.
    fn as_app(&self, call: &Call) -> Result<Octocrab, CallFailed> {
        let refused =
            |why: &str| CallFailed::because(Reason::Denied, call.purpose, &call.what, why);
        let proof = self.app.proof().map_err(|why| refused(&why))?;
        let made = client(self.base.as_deref(), Some(&proof));
        made.map_err(|error| refused(&error.to_string()))
    }

    /// <https://docs.github.com/en/rest/apps/apps#get-an-installation-for-the-authenticated-app>
    async fn permissions(&self) -> Result<BTreeMap<String, String>, CallFailed> {
        let path = format!("/app/installations/{}", self.app.installation);
        let call = Call::get(format!("what {:?} may do", self.app), path);
        let mut answer = in_time(&self.as_app(&call)?, &call, &Kept::default()).await?;
        read(&call, answer.body["permissions"].take())
    }

    /// A client with a token that still holds for a while.
    async fn client(&self, call: &Call) -> Result<Octocrab, CallFailed> {
        let mut current = self.current.lock().await;
        if let Some((client, ends)) = &*current
            && (self.app.clock)() + SPARE < *ends
        {
            return Ok(client.clone());
        }
        let refused =
            |why: &str| CallFailed::because(Reason::Denied, call.purpose, &call.what, why);
        let fail = |error: ConnectionError| refused(&error.to_string());
        let as_app = self.as_app(call)?;
        let what = format!("a token of {:?}", self.app);
        let path = format!("/app/installations/{}/access_tokens", self.app.installation);
        let asked = Call { purpose: call.purpose, ..Call::change(what, Method::POST, path) };
        let told = in_time(&as_app, &asked, &Kept::default()).await?.body;
        let text = |field: &str| told[field].as_str().unwrap_or_default();
        let ends = OffsetDateTime::parse(text("expires_at"), &Rfc3339).ok();
        let ends = ends.and_then(|ends| ends.unix_timestamp().try_into().ok());
        let ends = ends.map(Duration::from_secs).ok_or_else(|| refused("it has no end"))?;
        let token = Secret::new(text("token").as_bytes().to_vec());
        let client = client(self.base.as_deref(), Some(&token)).map_err(fail)?;
        *current = Some((client.clone(), ends));
        Ok(client)
    }
}

/// A client for GitHub, or for `base`.
fn client(base: Option<&str>, token: Option<&Secret>) -> Result<Octocrab, ConnectionError> {
    // Fails when one was installed before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let failed = |error: octocrab::Error| ConnectionError::Client(error::words(&error));
    let mut builder = Octocrab::builder()
        .set_connect_timeout(Some(CALL_TIMEOUT))
        .set_read_timeout(Some(CALL_TIMEOUT));
    if let Some(base) = base {
        builder = builder.base_uri(base).map_err(failed)?;
    }
    if let Some(token) = token {
        builder = builder.personal_token(String::from_utf8_lossy(token.expose()).trim().to_owned());
    }
    builder.build().map_err(failed)
}

async fn in_time(http: &Octocrab, call: &Call, kept: &Kept) -> Result<Answer, CallFailed> {
    match tokio::time::timeout(CALL_TIMEOUT, answer(http, call, kept)).await {
        Ok(answer) => answer,
        Err(_) => Err(CallFailed::timed_out(call.purpose, &*call.what)),
    }
}

async fn answer(http: &Octocrab, call: &Call, kept: &Kept) -> Result<Answer, CallFailed> {
    let lost = |error: octocrab::Error| error::lost(call, &error);
    let mut request = Request::builder().method(call.method.clone()).uri(&call.path);
    if let Some(tag) = kept.tag(call) {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
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
        let answer = Answer { headers: parts.headers, body };
        return Ok(kept.settle(call, parts.status, answer));
    }
    Err(error::refused(call, parts.status, &parts.headers, &body))
}
