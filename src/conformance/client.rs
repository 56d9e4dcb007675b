//! The connection to a target, and the only place here that opens one: Google's client for gRPC,
//! and plain HTTP for the JSON API.

use std::time::Duration;

use google_cloud_auth::credentials::{CacheableResource, Credentials, anonymous};
use google_cloud_gax::error::Error;
use google_cloud_gax::paginator::ItemPaginator;
use google_cloud_gax::retry_policy::NeverRetry;
use google_cloud_storage::client::StorageControl;
use serde_json::Value;

/// How often a call is made that the target puts off.
const ATTEMPTS: u32 = 7;

/// What is played on.
#[derive(Clone, Debug)]
pub enum Target {
    /// A server that wants no credentials, such as a sandbox.
    Server {
        /// Its address, `http://127.0.0.1:8080`.
        url: String,
    },
    /// Google Cloud.
    Live {
        /// Who we are there.
        credentials: Credentials,
    },
}

/// Why a run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ConformanceError {
    /// The client could not be made.
    #[error("the client for Cloud Storage could not be made")]
    Client(#[from] google_cloud_gax::client_builder::Error),
    /// We cannot say who we are.
    #[error("the credentials cannot be used")]
    Credentials(#[from] google_cloud_gax::error::CredentialsError),
    /// There was no answer of the protocol.
    #[error("the target does not answer as Cloud Storage does")]
    Rpc(#[source] Box<Error>),
    /// The same over HTTP.
    #[error("the target does not answer")]
    Http(#[from] reqwest::Error),
    /// Something that the run made is still there.
    #[error("{what} cannot be taken away: {status}")]
    Left {
        /// Its name.
        what: String,
        /// What the target said.
        status: String,
    },
    /// Not a prefix of ours.
    #[error("`{0}` is not the prefix of a run: they begin with `leap-conformance-`")]
    Prefix(String),
}

/// A connection. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Wire {
    pub(super) control: StorageControl,
    http: reqwest::Client,
    url: String,
    credentials: Option<Credentials>,
    /// The project that buckets are made in.
    pub(super) project: String,
}

/// A request to the JSON API.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) method: reqwest::Method,
    /// Path and query.
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

/// An answer, of either protocol.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    /// `OK`, `NOT_FOUND`, `200`, `412`.
    pub(super) code: String,
    /// What was sent back; text if it is not JSON.
    pub(super) body: Value,
}

impl Wire {
    /// Makes the clients for a target and a project on it.
    ///
    /// # Errors
    /// When the client cannot be made. That nobody answers is seen by the first call.
    pub async fn open(target: &Target, project: &str) -> Result<Self, ConformanceError> {
        // Fails when one was installed before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = StorageControl::builder().with_retry_policy(NeverRetry);
        let builder = builder.with_attempt_timeout(Duration::from_secs(30));
        let (control, url, credentials) = match target {
            Target::Server { url } => {
                let nobody = anonymous::Builder::new().build();
                let builder = builder.with_endpoint(url).with_credentials(nobody);
                (builder.build().await?, url.trim_end_matches('/').to_owned(), None)
            }
            Target::Live { credentials } => {
                let control = builder.with_credentials(credentials.clone()).build().await?;
                (control, "https://storage.googleapis.com".to_owned(), Some(credentials.clone()))
            }
        };
        let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build()?;
        Ok(Self { control, http, url, credentials, project: project.to_owned() })
    }

    /// Makes a call to the JSON API; again if it is put off.
    pub(super) async fn http(&self, request: &Request) -> Result<Answer, ConformanceError> {
        let mut attempt = 0;
        loop {
            let answer = self.http_once(request).await?;
            attempt += 1;
            if !matches!(&*answer.code, "429" | "503") || attempt == ATTEMPTS {
                return Ok(answer);
            }
            wait(attempt).await;
        }
    }

    async fn http_once(&self, request: &Request) -> Result<Answer, ConformanceError> {
        let Request { method, path, headers, body } = request;
        let mut call = self.http.request(method.clone(), format!("{}{path}", self.url));
        for (name, value) in headers {
            call = call.header(*name, value);
        }
        if let Some(credentials) = &self.credentials {
            let mine = credentials.headers(http::Extensions::new()).await?;
            if let CacheableResource::New { data, .. } = mine {
                call = call.headers(data);
            }
        }
        let response = call.body(body.clone()).send().await?;
        let code = response.status().as_u16().to_string();
        let bytes = response.bytes().await?;
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| text());
        Ok(Answer { code, body })
    }

    /// The names of the buckets that begin so.
    pub(super) async fn buckets(&self, prefix: &str) -> Result<Vec<String>, ConformanceError> {
        let parent = format!("projects/{}", self.project);
        let request = self.control.list_buckets().set_parent(parent).set_prefix(prefix);
        let mut pages = request.by_item();
        let mut names = Vec::new();
        while let Some(bucket) = pages.next().await {
            let name = bucket.map_err(|error| ConformanceError::Rpc(Box::new(error)))?.bucket_id;
            // Whatever the target lists: nothing else is ours to take away.
            if name.starts_with(prefix) {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Takes away a bucket with all versions of all objects in it.
    pub(super) async fn remove(&self, bucket: &str) -> Result<(), ConformanceError> {
        let list = Request {
            path: format!("/storage/v1/b/{bucket}/o?versions=true"),
            ..Request::default()
        };
        loop {
            let page = self.http(&list).await?;
            let items = page.body["items"].as_array().cloned().unwrap_or_default();
            for item in &items {
                self.remove_object(bucket, item).await?;
            }
            if items.is_empty() {
                break;
            }
        }
        let name = format!("projects/_/buckets/{bucket}");
        let request = || self.control.delete_bucket().set_name(&name).send();
        let answer = rpc(request, |()| Value::Null).await?;
        gone(&name, &answer, &["OK", "NOT_FOUND"])
    }

    async fn remove_object(&self, bucket: &str, item: &Value) -> Result<(), ConformanceError> {
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let (name, generation) = (text("name"), text("generation"));
        let path = format!("/storage/v1/b/{bucket}/o/{}?generation={generation}", escaped(&name));
        let method = reqwest::Method::DELETE;
        let answer = self.http(&Request { method, path, ..Request::default() }).await?;
        gone(&format!("{bucket}/{name}"), &answer, &["204", "200", "404"])
    }
}

fn gone(what: &str, answer: &Answer, fine: &[&str]) -> Result<(), ConformanceError> {
    if fine.contains(&&*answer.code) {
        return Ok(());
    }
    Err(ConformanceError::Left { what: what.to_owned(), status: answer.code.clone() })
}

/// Makes a call of gRPC; again if it is put off.
pub(super) async fn rpc<T, F>(
    call: impl Fn() -> F,
    body: impl Fn(T) -> Value,
) -> Result<Answer, ConformanceError>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut attempt = 0;
    loop {
        let error = match call().await {
            Ok(answer) => return Ok(Answer { code: "OK".to_owned(), body: body(answer) }),
            Err(error) => error,
        };
        attempt += 1;
        let Some(status) = error.status() else { return Err(ConformanceError::Rpc(error.into())) };
        let code = status.code.name().to_owned();
        if !matches!(&*code, "RESOURCE_EXHAUSTED" | "UNAVAILABLE") || attempt == ATTEMPTS {
            return Ok(Answer { code, body: Value::Null });
        }
        if code == "UNAVAILABLE" && attempt == 2 {
            return Err(ConformanceError::Rpc(error.into()));
        }
        wait(attempt).await;
    }
}

/// Twice as long each time: buckets are made and deleted at one in two seconds
/// (<https://cloud.google.com/storage/quotas#buckets>).
async fn wait(attempt: u32) {
    tokio::time::sleep(Duration::from_millis(500 * 2_u64.pow(attempt))).await;
}

/// A name as one step of a path.
pub(super) fn escaped(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}
