//! The APIs of Google Cloud that have no client on crates.io, as JSON over HTTP: who calls, how
//! errors are read, pages, and operations. Which calls there are, the kinds say.

use crate::kind::{ProviderError, StepContext};
use crate::providers::gcp::client::CALL_TIMEOUT;
use crate::providers::gcp::error::{CallFailed, Purpose, Reason};
use google_cloud_auth::credentials::{CacheableResource, Credentials};
use google_cloud_gax::error::Error;
use google_cloud_gax::error::rpc::Status;
use reqwest::Method;
use serde_json::Value;

/// A client of Google's JSON APIs. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Rest {
    http: reqwest::Client,
    credentials: Credentials,
    /// The sandbox, which answers for all of them.
    everywhere: Option<String>,
}

/// One API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RestApi {
    /// Its host, `iam.googleapis.com`.
    pub(crate) host: &'static str,
    /// Its version, `v1`.
    pub(crate) version: &'static str,
}

/// Identity and Access Management.
pub(crate) const IAM_V1: RestApi = RestApi { host: "iam.googleapis.com", version: "v1" };

/// One call.
pub(crate) struct RestCall<'a> {
    /// What is asked of whom, for errors: `the pools of project leap-pangeo`.
    pub(crate) what: &'a str,
    /// What for.
    pub(crate) purpose: Purpose,
    /// How.
    pub(crate) method: Method,
    /// Below the version, `projects/leap-pangeo/services`.
    pub(crate) path: String,
    /// What stands behind the question mark.
    pub(crate) query: Vec<(&'static str, String)>,
    /// What is sent.
    pub(crate) body: Option<Value>,
}

impl<'a> RestCall<'a> {
    /// A call that looks.
    pub(crate) fn get(what: &'a str, path: impl Into<String>) -> Self {
        let (purpose, method, path) = (Purpose::Read, Method::GET, path.into());
        Self { what, purpose, method, path, query: Vec::new(), body: None }
    }

    /// A call that changes something.
    pub(crate) fn change(what: &'a str, method: Method, path: impl Into<String>) -> Self {
        Self { purpose: Purpose::Write, method, ..Self::get(what, path) }
    }

    /// The same with a parameter.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// The same with a body.
    pub(crate) fn sending(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }
}

impl Rest {
    /// A client that goes to `everywhere`, or else to the hosts of the APIs.
    pub(crate) fn new(everywhere: Option<String>, credentials: Credentials) -> Self {
        // Cannot fail: nothing of it is configured but a time.
        let http = reqwest::Client::builder().timeout(CALL_TIMEOUT).build().unwrap_or_default();
        Self { http, credentials, everywhere }
    }

    /// Makes a call. An empty answer is an empty object.
    pub(crate) async fn call(
        &self,
        api: RestApi,
        call: &RestCall<'_>,
    ) -> Result<Value, CallFailed> {
        let headers = self.authorization(call.purpose, call.what).await?;
        let url = format!("{}/{}/{}", self.base(api.host), api.version, call.path);
        let request = self.http.request(call.method.clone(), url).headers(headers);
        answered(request, call).await
    }

    /// What says who we are, for any API that takes Google's tokens.
    pub(crate) async fn authorization(
        &self,
        purpose: Purpose,
        what: &str,
    ) -> Result<http::HeaderMap, CallFailed> {
        let failed = |error| CallFailed::new(purpose, what, &Error::authentication(error));
        match self.credentials.headers(http::Extensions::new()).await.map_err(failed)? {
            CacheableResource::New { data, .. } => Ok(data),
            CacheableResource::NotModified => Ok(http::HeaderMap::new()),
        }
    }

    /// Asks somebody who is no API of ours, and to whom we do not say who we are.
    pub(crate) async fn ask_openly(
        &self,
        host: &str,
        call: &RestCall<'_>,
    ) -> Result<Value, CallFailed> {
        let url = format!("{}/{}", self.base(host), call.path);
        answered(self.http.request(call.method.clone(), url), call).await
    }

    fn base(&self, host: &str) -> String {
        self.everywhere.clone().unwrap_or_else(|| format!("https://{host}"))
    }

    /// Every entry of a list, all pages of it.
    pub(crate) async fn list(
        &self,
        api: RestApi,
        call: RestCall<'_>,
        key: &str,
    ) -> Result<Vec<Value>, CallFailed> {
        let query = call.query.clone();
        let (mut call, mut entries) = (call, Vec::new());
        loop {
            let mut page = self.call(api, &call).await?;
            if let Some(Value::Array(list)) = page.get_mut(key).map(Value::take) {
                entries.extend(list);
            }
            match page["nextPageToken"].as_str() {
                None | Some("") => return Ok(entries),
                Some(token) => {
                    call.query = [query.clone(), vec![("pageToken", token.to_owned())]].concat();
                }
            }
        }
    }

    /// Waits for an operation, and tells how it ended.
    pub(crate) async fn wait(
        &self,
        api: RestApi,
        what: &str,
        mut operation: Value,
        step: &StepContext,
    ) -> Result<(), ProviderError> {
        while operation["done"] != Value::Bool(true) {
            let name = operation["name"].as_str().unwrap_or_default().to_owned();
            (step.progress)(&format!("waiting for {name}"));
            step.pause(what).await?;
            operation = self.call(api, &RestCall::get(what, name)).await?;
        }
        match operation.get("error") {
            None => Ok(()),
            Some(error) => {
                let why = error["message"].as_str().unwrap_or("it failed").to_owned();
                let failed = CallFailed::because(Reason::Refused, Purpose::Write, what, &why);
                Err(failed.into())
            }
        }
    }
}

/// What comes of a request for a call.
async fn answered(
    request: reqwest::RequestBuilder,
    call: &RestCall<'_>,
) -> Result<Value, CallFailed> {
    let failed = |error: &Error| CallFailed::new(call.purpose, call.what, error);
    let mut request = request.query(&call.query);
    if let Some(body) = &call.body {
        request = request.json(body);
    }
    let answer = request.send().await.map_err(|error| failed(&lost(error)))?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let bytes = answer.bytes().await.map_err(|error| failed(&lost(error)))?;
    if !status.is_success() {
        return Err(failed(&match Status::try_from(&bytes) {
            Ok(told) => {
                Error::service_with_http_metadata(told, Some(status.as_u16()), Some(headers))
            }
            Err(_) => Error::http(status.as_u16(), headers, bytes),
        }));
    }
    if bytes.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    serde_json::from_slice(&bytes).map_err(|error| failed(&Error::deser(error)))
}

/// No answer came. The address is left out of what is told: it may hold parameters.
fn lost(error: reqwest::Error) -> Error {
    let error = error.without_url();
    if error.is_timeout() { Error::timeout(error) } else { Error::connect(error) }
}
