//! Stories of the whole server, told by the real client.

mod access;
mod artifactregistry;
mod bigquery;
mod bucket;
mod budgets;
mod compute;
mod container;
mod dns;
mod doors;
mod fault;
mod github;
mod identities;
mod json;
mod kubernetes;
mod kubernetes_apply;
mod kubernetes_life;
mod logins;
mod object;
mod secretmanager;
mod server;
mod tls;
mod upload;
mod uptime;
mod version;

use std::time::Duration;

use google_cloud_auth::credentials::anonymous;
use google_cloud_gax::error::Error;
use google_cloud_gax::error::rpc::Code;
use google_cloud_gax::retry_policy::NeverRetry;
use google_cloud_storage::client::{Storage, StorageControl};
use google_cloud_storage::model::Bucket;
use serde_json::Value;

use super::{Behaviour, Clock, Options, Sandbox, start};

/// Some moment in 2026; tests know no other time.
const START: u64 = 1_780_000_000;

/// A sandbox without lags, by a virtual clock, and clients that never retry.
struct Bench {
    sandbox: Sandbox,
    control: StorageControl,
    storage: Storage,
}

impl Bench {
    async fn new() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        let clock = Clock::virtual_at(START);
        let sandbox =
            start(Options { clock, behaviour: Behaviour::instant(), ..options }).await.unwrap();
        Self::at(sandbox).await
    }

    async fn at(sandbox: Sandbox) -> Self {
        // Only the first test to come here installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = sandbox.url();
        let control = StorageControl::builder()
            .with_endpoint(&url)
            .with_credentials(anonymous::Builder::new().build())
            .with_retry_policy(NeverRetry)
            .build()
            .await
            .unwrap();
        let storage = Storage::builder()
            .with_endpoint(&url)
            .with_credentials(anonymous::Builder::new().build())
            .with_retry_policy(NeverRetry)
            .build()
            .await
            .unwrap();
        Self { sandbox, control, storage }
    }

    async fn create(&self, name: &str, bucket: Bucket) -> Result<Bucket, Error> {
        self.control
            .create_bucket()
            .set_parent("projects/_")
            .set_bucket_id(name)
            .set_bucket(bucket.set_project("projects/leap"))
            .send()
            .await
    }

    async fn get(&self, name: &str) -> Result<Bucket, Error> {
        self.control.get_bucket().set_name(path(name)).send().await
    }

    /// A call of a JSON API as it goes over the wire, where a client would hide what is said.
    async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}{path}", self.sandbox.url());
        let request = reqwest::Client::new().request(method.parse().unwrap(), url);
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.unwrap();
        // Where nothing is said, that is `null`.
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// The methods called so far, without their services.
    fn methods(&self) -> Vec<String> {
        let short = |method: String| method.rsplit('/').next().unwrap_or_default().to_owned();
        self.sandbox.calls().into_iter().map(|call| short(call.method)).collect()
    }
}

fn path(bucket: &str) -> String {
    format!("projects/_/buckets/{bucket}")
}

/// The code and message of a refused call.
fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> (Code, String) {
    let error = outcome.unwrap_err();
    let status = error.status().unwrap_or_else(|| panic!("no status in {error:?}"));
    (status.code, status.message.clone())
}

/// The HTTP status and the code of a refused call of a JSON API.
fn status(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["error"]["status"].as_str().unwrap_or_default())
}

/// Fails the test instead of hanging it.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), work).await.expect("it takes too long")
}

/// Says that something is still waiting after a while.
async fn hangs<T>(work: impl Future<Output = T>) -> bool {
    tokio::time::timeout(Duration::from_millis(200), work).await.is_err()
}
