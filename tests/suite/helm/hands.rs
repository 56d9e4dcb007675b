//! What others do to a cluster, with `kubectl` and with `helm`.

use super::super::bench::Bench;
use data_encoding::BASE64;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use leap_infra::sandbox::helm;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};

/// The context of the kubeconfig that leads to the cluster.
pub(super) const CLUSTER: &str = "sandbox-lab";

/// Its place, as declarations have it.
pub(super) const PLACE: &str = "context/sandbox-lab";

/// Where everything is.
const NAMESPACE: &str = "hubs";

/// Somebody at a keyboard.
pub(super) struct Hands {
    server: String,
}

impl Hands {
    pub(super) fn on(bench: &Bench) -> Self {
        Self { server: format!("{}/kubernetes/context/lab", bench.sandbox.url()) }
    }

    async fn call(&self, method: Method, path: &str, kind: &str, body: Option<Value>) -> Value {
        let mut request = Client::new().request(method, format!("{}{path}", self.server));
        request = request.header("authorization", "Bearer somebody");
        if let Some(body) = body {
            request = request.header("content-type", kind).body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{path}: {body}");
        body
    }

    fn path(version: &str, plural: &str, name: &str) -> String {
        let root = if version.contains('/') { "apis" } else { "api" };
        let name = if name.is_empty() { String::new() } else { format!("/{name}") };
        format!("/{root}/{version}/namespaces/{NAMESPACE}/{plural}{name}")
    }

    pub(super) async fn object(&self, version: &str, plural: &str, name: &str) -> Value {
        self.call(Method::GET, &Self::path(version, plural, name), "", None).await
    }

    pub(super) async fn names(&self, version: &str, plural: &str) -> Vec<String> {
        let list = self.object(version, plural, "").await;
        let items = list["items"].as_array().unwrap().iter();
        items.map(|it| it["metadata"]["name"].as_str().unwrap().to_owned()).collect()
    }

    /// `kubectl edit`.
    pub(super) async fn edit(&self, version: &str, plural: &str, name: &str, fields: Value) {
        let path = format!("{}?fieldManager=kubectl-edit", Self::path(version, plural, name));
        self.call(Method::PATCH, &path, "application/merge-patch+json", Some(fields)).await;
    }

    /// `kubectl delete`.
    pub(super) async fn remove(&self, version: &str, plural: &str, name: &str) {
        self.call(Method::DELETE, &Self::path(version, plural, name), "", None).await;
    }

    /// `helm upgrade --install`, with values of their own.
    pub(super) async fn upgrade(&self, version: &str, values: &Value) {
        let line = format!(
            "upgrade --install --namespace {NAMESPACE} --values - hub jupyterhub --version {version}"
        );
        let arguments: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let config = json!({ "clusters": [{ "cluster": { "server": self.server } }] });
        helm::run(&arguments, &values.to_string(), &config.to_string()).await.unwrap();
    }

    /// Every revision that Helm keeps, and how it left it.
    pub(super) async fn revisions(&self) -> Vec<(u64, String)> {
        let list = self.object("v1", "secrets", "").await;
        let secrets = list["items"].as_array().unwrap().iter();
        let releases = secrets.filter(|secret| secret["type"] == "helm.sh/release.v1");
        let mut kept: Vec<(u64, String)> = releases
            .map(|secret| {
                let release = unpacked(secret);
                let status = release["info"]["status"].as_str().unwrap().to_owned();
                (release["version"].as_u64().unwrap(), status)
            })
            .collect();
        kept.sort();
        kept
    }

    /// Leaves the release as one does whose Helm is killed after it began the next revision.
    pub(super) async fn leave(&self, status: &str) {
        let last = self.revisions().await.last().unwrap().0;
        let secret = self.object("v1", "secrets", &secret_name("hub", last)).await;
        let secret = left(&secret, "hub", last + 1, status);
        let path = Self::path("v1", "secrets", "");
        self.call(Method::POST, &path, "application/json", Some(secret)).await;
    }

    /// Lets a revision say that it is in another state.
    pub(super) async fn relabel(&self, revision: u64, status: &str) {
        let mut secret = self.object("v1", "secrets", &secret_name("hub", revision)).await;
        let release = unpacked(&secret);
        repack(&mut secret, release, status);
        let path = Self::path("v1", "secrets", &secret_name("hub", revision));
        self.call(Method::PUT, &path, "application/json", Some(secret)).await;
    }
}

/// What the Secret of a revision is called.
pub(super) fn secret_name(release: &str, revision: u64) -> String {
    format!("sh.helm.release.v1.{release}.v{revision}")
}

/// What one leaves whose Helm is killed after it began a revision, from what it made the one before of.
pub(super) fn pending(secret: &Value, release: &str, revision: u64) -> Value {
    left(secret, release, revision, "pending-upgrade")
}

fn left(before: &Value, name: &str, revision: u64, status: &str) -> Value {
    let mut secret = before.clone();
    let mut release = unpacked(&secret);
    release["version"] = revision.into();
    repack(&mut secret, release, status);
    let labels = secret["metadata"]["labels"].clone();
    secret["metadata"] = json!({ "name": secret_name(name, revision), "labels": labels });
    secret["metadata"]["labels"]["version"] = revision.to_string().into();
    secret
}

fn unpacked(secret: &Value) -> Value {
    let twice = secret["data"]["release"].as_str().unwrap();
    let packed = BASE64.decode(&BASE64.decode(twice.as_bytes()).unwrap()).unwrap();
    let mut text = String::new();
    GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn repack(secret: &mut Value, mut release: Value, status: &str) {
    release["info"]["status"] = status.into();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(release.to_string().as_bytes()).unwrap();
    let once = BASE64.encode(&packed.finish().unwrap());
    secret["data"]["release"] = BASE64.encode(once.as_bytes()).into();
    secret["metadata"]["labels"]["status"] = status.into();
}
