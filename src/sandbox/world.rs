//! What every API of the sandbox is given, and what an API is.

use std::net::SocketAddr;
use std::time::Duration;

use axum::response::Response;
use http::request::Parts;

use super::{Clock, Store, Vault};

/// How faithful the sandbox is to a cloud's slowness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// A bucket created less than this long ago is missing from lists.
    pub list_lag: Duration,
    /// Time added to each call.
    pub latency: Duration,
    /// The most entries in a page of a list.
    pub page_size: usize,
    /// How long a new service account is unknown to access policies.
    pub identity_lag: Duration,
    /// How long an operation takes.
    pub operation_time: Duration,
    /// The most service accounts in a project.
    pub account_quota: usize,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            list_lag: Duration::from_secs(2),
            identity_lag: Duration::from_millis(500),
            operation_time: Duration::from_millis(200),
            ..Self::instant()
        }
    }
}

impl Behaviour {
    /// A cloud without lags.
    pub fn instant() -> Self {
        let (list_lag, latency, identity_lag) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        let operation_time = Duration::ZERO;
        let (page_size, account_quota) = (1_000, 100);
        Self { list_lag, latency, page_size, identity_lag, operation_time, account_quota }
    }

    /// The size of a page, of which the caller asked for so many (0: as many as there may be).
    pub fn page(&self, asked: i32) -> usize {
        match usize::try_from(asked) {
            Ok(asked) if asked > 0 => asked.min(self.page_size),
            _ => self.page_size,
        }
    }
}

/// What an API stands on; clones share the store and the clock.
#[derive(Clone, Debug)]
pub struct World {
    /// Where everything is kept.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Lags and limits.
    pub behaviour: Behaviour,
    /// Seals what must not be stored in clear.
    pub vault: Vault,
    /// Where the server listens. Addresses in answers are built from this: the
    /// Google clients send a `Host` without the port.
    pub address: SocketAddr,
    /// How one talks to it there.
    pub transport: Transport,
}

/// How one talks to the sandbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// In the clear, which is enough on loopback.
    #[default]
    Plain,
    /// By TLS, with a certificate that is made when the sandbox starts: for clients that speak
    /// nothing else.
    Tls,
}

impl World {
    /// The address to give to clients, `http://127.0.0.1:8080`.
    pub fn url(&self) -> String {
        let scheme = match self.transport {
            Transport::Plain => "http",
            Transport::Tls => "https",
        };
        format!("{scheme}://{}", self.address)
    }
}

/// What a call is, for the record and for matching faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// `google.storage.v2.Storage/CreateBucket`, or `GET /storage/v1/b/{bucket}/o`.
    pub method: String,
    /// The name of what it is about.
    pub resource: String,
    /// Whether it may change anything.
    pub mutating: bool,
}

impl Label {
    /// The label of a plain HTTP call: method and path; everything but reading may change something.
    pub fn of_http(parts: &Parts) -> Self {
        let path = parts.uri.path();
        Self {
            method: format!("{} {path}", parts.method),
            resource: path.trim_matches('/').to_owned(),
            mutating: !parts.method.is_safe(),
        }
    }
}

/// One API: its routes on the shared store.
///
/// Recording, faults, crash points and latency are put around every API alike.
pub trait Api: Send + Sync {
    /// The name under which its calls are recorded.
    fn name(&self) -> &'static str;

    /// Its routes. No fallback: calls that no API knows are answered elsewhere.
    fn router(&self, world: World) -> axum::Router;

    /// How this API words a refusal that it did not make itself, such as one that a fault asks for;
    /// none, if as Google does.
    fn words(&self, _status: u16, _message: &str) -> Option<Response> {
        None
    }

    /// Says what a call is; `body` is the whole of its body.
    fn label(&self, parts: &Parts, body: &[u8]) -> Label {
        let _ = body;
        Label::of_http(parts)
    }
}
