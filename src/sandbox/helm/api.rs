//! Calls of the Kubernetes API.

use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// A cluster.
pub(super) struct Api {
    server: String,
    token: Option<String>,
    client: Client,
}

/// How long a call may take: who asked for it may be gone.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who the fields of objects belong to that are made here.
const MANAGER: &str = "helm";

impl Api {
    pub(super) fn new(server: &str, token: Option<&str>) -> Self {
        // Fails when one was installed before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = server.trim_end_matches('/').to_owned();
        let client = Client::builder().timeout(PATIENCE).build().unwrap_or_default();
        Self { server, token: token.map(str::to_owned), client }
    }

    /// Makes a call; what the server said, and nothing where there is no such thing.
    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, String)>,
    ) -> Result<Option<Value>, String> {
        let mut request = self.client.request(method, format!("{}{path}", self.server));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some((kind, body)) = body {
            request = request.header("content-type", kind).body(body);
        }
        let answer = request.send().await.map_err(|error| lost(&error))?;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap_or_default();
        match status {
            status if status.is_success() => Ok(Some(body)),
            StatusCode::NOT_FOUND => Ok(None),
            status => {
                let said = body["message"].as_str().map(str::to_owned);
                Err(said.unwrap_or_else(|| format!("the server answered {status}")))
            }
        }
    }

    /// The Secrets with these labels in a namespace.
    pub(super) async fn secrets(
        &self,
        namespace: &str,
        selector: &str,
    ) -> Result<Vec<Value>, String> {
        let path = format!("/api/v1/namespaces/{namespace}/secrets?labelSelector={selector}");
        let mut list = self.call(Method::GET, &path, None).await?.unwrap_or_default();
        match list["items"].take() {
            Value::Array(items) => Ok(items),
            _ => Ok(Vec::new()),
        }
    }

    /// Makes a Secret.
    pub(super) async fn create(&self, namespace: &str, secret: &Value) -> Result<(), String> {
        let path = format!("/api/v1/namespaces/{namespace}/secrets");
        let body = ("application/json", secret.to_string());
        match self.call(Method::POST, &path, Some(body)).await? {
            Some(_) => Ok(()),
            None => Err(format!("create: failed to create: namespaces \"{namespace}\" not found")),
        }
    }

    /// Puts a Secret in the place of one that is there.
    pub(super) async fn replace(&self, namespace: &str, secret: &Value) -> Result<(), String> {
        let name = secret["metadata"]["name"].as_str().unwrap_or_default();
        let path = format!("/api/v1/namespaces/{namespace}/secrets/{name}");
        let body = ("application/json", secret.to_string());
        self.call(Method::PUT, &path, Some(body)).await.map(drop)
    }

    /// Deletes a Secret.
    pub(super) async fn forget(&self, namespace: &str, name: &str) -> Result<(), String> {
        let path = format!("/api/v1/namespaces/{namespace}/secrets/{name}");
        self.call(Method::DELETE, &path, None).await.map(drop)
    }

    /// Makes an object what is said of it.
    pub(super) async fn apply(&self, object: &Value, namespace: &str) -> Result<(), String> {
        let path = self.path(object, namespace).await?;
        let path = format!("{path}?fieldManager={MANAGER}&force=true");
        let body = ("application/apply-patch+yaml", object.to_string());
        match self.call(Method::PATCH, &path, Some(body)).await? {
            Some(_) => Ok(()),
            None => Err(format!("{} cannot be made: its namespace is not there", called(object))),
        }
    }

    /// Deletes an object, whether it is there or not.
    pub(super) async fn delete(&self, object: &Value, namespace: &str) -> Result<(), String> {
        let path = format!("{}?propagationPolicy=Background", self.path(object, namespace).await?);
        self.call(Method::DELETE, &path, None).await.map(drop)
    }

    /// Where an object is.
    async fn path(&self, object: &Value, namespace: &str) -> Result<String, String> {
        let version = object["apiVersion"].as_str().unwrap_or_default();
        let root = if version.contains('/') { "apis" } else { "api" };
        let served = self.call(Method::GET, &format!("/{root}/{version}"), None).await?;
        let served = served.unwrap_or_default();
        let kinds: BTreeMap<&str, &Value> = served["resources"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|it| it["name"].as_str().is_some_and(|name| !name.contains('/')))
            .filter_map(|it| Some((it["kind"].as_str()?, it)))
            .collect();
        let kind = object["kind"].as_str().unwrap_or_default();
        let of = kinds.get(kind).ok_or_else(|| {
            format!("resource mapping not found for kind \"{kind}\" in version \"{version}\"")
        })?;
        let plural = of["name"].as_str().unwrap_or_default();
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let own = object["metadata"]["namespace"].as_str().unwrap_or(namespace);
        Ok(match of["namespaced"] == true {
            true => format!("/{root}/{version}/namespaces/{own}/{plural}/{name}"),
            false => format!("/{root}/{version}/{plural}/{name}"),
        })
    }
}

/// `Deployment hub`.
pub(super) fn called(object: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!("{} {}", text(&object["kind"]), text(&object["metadata"]["name"]))
}

/// As Helm says it, so that it is told apart from a refusal.
fn lost(error: &reqwest::Error) -> String {
    let what = if error.is_connect() { "connection refused" } else { "connection reset" };
    format!("Kubernetes cluster unreachable: {what}")
}
