//! The connections to clusters, and the only place that opens one.
//!
//! Google's clusters are reached by the endpoint and the certificate that GKE names, with a token of
//! the credentials for Google Cloud; others as a kubeconfig says. `kube` carries the calls; objects
//! stay JSON.

use crate::kind::Retry;
use crate::providers::failed::{CallFailed, Purpose, Reason};
use crate::providers::gcp;
use crate::providers::gcp::container::{At, Hand};
use crate::providers::kubernetes::cluster::Cluster;
use crate::providers::kubernetes::error;
use data_encoding::BASE64;
use google_cloud_container_v1::model::Cluster as Live;
use http::{HeaderMap, Method, Request, header};
use kube::client::Body;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long one call may take. The engine tries again.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// The path below which the sandbox answers for clusters.
const IN_THE_SANDBOX: &str = "/kubernetes";

/// How a context is called whose cluster is in the sandbox only.
const OF_THE_SANDBOX: &str = "sandbox-";

/// Where clusters are.
#[derive(Clone, Debug)]
pub enum Endpoint {
    /// The embedded cloud, which answers for every cluster: plaintext on loopback.
    Sandbox {
        /// Its address, `http://127.0.0.1:4443`.
        url: String,
    },
    /// The clusters themselves.
    Live {
        /// The kubeconfigs in which contexts are looked up, the first that says something counts.
        kubeconfigs: Vec<PathBuf>,
    },
}

/// The connections to all clusters of a run, shared by the kinds. Cheap to clone. Each opens on
/// the first call.
#[derive(Clone)]
pub struct Connection {
    endpoint: Endpoint,
    google: gcp::Connection,
    clients: Arc<Mutex<BTreeMap<Cluster, Client>>>,
    /// How calls that only look are tried again; the engine sees to those that change something.
    pub(crate) retry: Retry,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({:?})", self.endpoint)
    }
}

/// Where a cluster is, for a program that is not this one.
#[derive(Clone, Debug)]
pub(crate) enum Reached {
    /// At this address.
    Address {
        /// The address.
        server: String,
        /// Who signs its certificate, in PEM; whoever the system trusts if it is not said.
        authority: Option<Vec<u8>>,
    },
    /// Where this context of the person's own kubeconfig leads.
    Context(String),
}

/// One call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// What is asked of whom, for errors: `the ConfigMaps of hubs`.
    pub(crate) what: String,
    /// What for.
    pub(crate) purpose: Purpose,
    pub(crate) method: Method,
    /// With what stands behind the question mark, `/api/v1/namespaces?limit=500`.
    pub(crate) path: String,
    /// What is sent, and as what.
    pub(crate) body: Option<(&'static str, Value)>,
    /// What is asked for, if not all of it.
    pub(crate) accept: Option<&'static str>,
}

impl Call {
    /// A call that looks.
    pub(crate) fn get(what: impl Into<String>, path: impl Into<String>) -> Self {
        let (what, path) = (what.into(), path.into());
        Self { what, purpose: Purpose::Read, method: Method::GET, path, body: None, accept: None }
    }

    /// A call that changes something.
    pub(crate) fn change(what: impl Into<String>, method: Method, path: impl Into<String>) -> Self {
        Self { purpose: Purpose::Write, method, ..Self::get(what, path) }
    }

    /// The same with a body of this type.
    pub(crate) fn sending(self, content_type: &'static str, body: Value) -> Self {
        Self { body: Some((content_type, body)), ..self }
    }

    /// The same, asking for this alone.
    pub(crate) fn accepting(self, accept: Option<&'static str>) -> Self {
        Self { accept, ..self }
    }
}

impl Connection {
    /// Connections to the clusters behind `endpoint`; `google` knows where Google's are.
    pub fn open(endpoint: Endpoint, google: &gcp::Connection) -> Self {
        let (google, retry) = (google.clone(), google.retry.clone());
        Self { endpoint, google, clients: Arc::default(), retry }
    }

    /// Remembers where one of Google's clusters is, which a list has shown.
    ///
    /// # Errors
    /// When that is no address.
    pub(crate) fn meet(&self, cluster: &Cluster, live: &Live) -> Result<(), CallFailed> {
        let call = Call::get(format!("cluster {cluster}"), "");
        if self.known(cluster).is_none() {
            self.keep(cluster, self.to_gke(&call, cluster, live)?);
        }
        Ok(())
    }

    /// Makes a call: what the server answers, `null` where that is nothing.
    pub(crate) async fn send(&self, cluster: &Cluster, call: &Call) -> Result<Value, CallFailed> {
        let client = match self.known(cluster) {
            Some(client) => client,
            None => self.keep(cluster, self.connect(cluster, call).await?),
        };
        let headers = self.authorization(cluster, call).await?;
        let answer = tokio::time::timeout(CALL_TIMEOUT, answer(&client, call, headers));
        let answer =
            answer.await.unwrap_or_else(|_| Err(CallFailed::timed_out(call.purpose, &*call.what)));
        if answer.as_ref().is_err_and(|failed| failed.reason == Reason::ForNow) {
            // A cluster that was made again is elsewhere.
            self.clients().remove(cluster);
        }
        answer
    }

    fn clients(&self) -> std::sync::MutexGuard<'_, BTreeMap<Cluster, Client>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, cluster: &Cluster) -> Option<Client> {
        self.clients().get(cluster).cloned()
    }

    fn keep(&self, cluster: &Cluster, client: Client) -> Client {
        self.clients().insert(cluster.clone(), client.clone());
        client
    }

    /// Where a cluster is, for a program that is to do what `call` says.
    pub(crate) async fn reached(
        &self,
        cluster: &Cluster,
        call: &Call,
    ) -> Result<Reached, CallFailed> {
        match (&self.endpoint, cluster) {
            (Endpoint::Sandbox { url }, _) => {
                let server = format!("{url}{}", in_the_sandbox(cluster));
                Ok(Reached::Address { server, authority: None })
            }
            (Endpoint::Live { .. }, Cluster::Context(name)) => Ok(Reached::Context(name.clone())),
            (Endpoint::Live { .. }, Cluster::Gke { .. }) => {
                let live = self.live(cluster, call).await?;
                let authority = live
                    .master_auth
                    .as_ref()
                    .and_then(|auth| BASE64.decode(auth.cluster_ca_certificate.as_bytes()).ok());
                Ok(Reached::Address { server: format!("https://{}", live.endpoint), authority })
            }
        }
    }

    async fn connect(&self, cluster: &Cluster, call: &Call) -> Result<Client, CallFailed> {
        match (&self.endpoint, cluster) {
            (Endpoint::Sandbox { url }, _) => to_sandbox(call, url, cluster),
            (Endpoint::Live { .. }, Cluster::Gke { .. }) => {
                self.to_gke(call, cluster, &self.live(cluster, call).await?)
            }
            (Endpoint::Live { kubeconfigs }, Cluster::Context(name)) => {
                to_context(call, kubeconfigs, name).await
            }
        }
    }

    /// One of Google's clusters as it is now.
    async fn live(&self, cluster: &Cluster, call: &Call) -> Result<Live, CallFailed> {
        let Cluster::Gke { project, location, name } = cluster else {
            return Err(absent(call, cluster));
        };
        let (project, location, name) = (project.clone(), location.clone(), name.clone());
        let at = At { project, location, cluster: name };
        let live = Hand::new(&self.google).cluster(&at).await?;
        live.ok_or_else(|| absent(call, cluster))
    }

    fn to_gke(&self, call: &Call, cluster: &Cluster, live: &Live) -> Result<Client, CallFailed> {
        if let Endpoint::Sandbox { url } = &self.endpoint {
            return to_sandbox(call, url, cluster);
        }
        let refused =
            |why: &str| CallFailed::because(Reason::Denied, call.purpose, &call.what, why);
        if live.endpoint.is_empty() {
            let why = "GKE names no endpoint of the cluster yet";
            return Err(CallFailed::because(Reason::Absent, call.purpose, &call.what, why));
        }
        let url = format!("https://{}", live.endpoint).parse();
        let url = url.map_err(|_| refused("GKE names no endpoint of the cluster"))?;
        let mut config = Config::new(url);
        config.root_cert = live.master_auth.as_ref().and_then(|auth| certificate(auth).ok());
        client(call, config)
    }

    /// Who we are to a cluster of Google's; what a kubeconfig names is in its client.
    pub(crate) async fn authorization(
        &self,
        cluster: &Cluster,
        call: &Call,
    ) -> Result<HeaderMap, CallFailed> {
        match (&self.endpoint, cluster) {
            (Endpoint::Live { .. }, Cluster::Gke { .. }) => {
                self.google.rest.authorization(call.purpose, &call.what).await
            }
            _ => Ok(HeaderMap::new()),
        }
    }
}

/// The certificates of a cluster's authority, as GKE names them.
fn certificate(
    auth: &google_cloud_container_v1::model::MasterAuth,
) -> Result<Vec<Vec<u8>>, data_encoding::DecodeError> {
    let pem = BASE64.decode(auth.cluster_ca_certificate.as_bytes())?;
    let pem = String::from_utf8_lossy(&pem).into_owned();
    let blocks = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
    let bare = |block: &str| -> String {
        let block = block.split("-----END").next().unwrap_or_default();
        block.chars().filter(|c| !c.is_whitespace()).collect()
    };
    blocks.map(|block| BASE64.decode(bare(block).as_bytes())).collect()
}

/// The path below which the sandbox answers for a cluster.
fn in_the_sandbox(cluster: &Cluster) -> String {
    match cluster {
        Cluster::Gke { .. } => format!("{IN_THE_SANDBOX}/{cluster}"),
        Cluster::Context(name) => {
            let name = name.strip_prefix(OF_THE_SANDBOX).unwrap_or(name);
            format!("{IN_THE_SANDBOX}/context/{name}")
        }
    }
}

fn to_sandbox(call: &Call, url: &str, cluster: &Cluster) -> Result<Client, CallFailed> {
    let url = format!("{url}{}", in_the_sandbox(cluster)).parse();
    let url = url.map_err(|_| absent(call, cluster))?;
    client(call, Config::new(url))
}

async fn to_context(
    call: &Call,
    kubeconfigs: &[PathBuf],
    name: &str,
) -> Result<Client, CallFailed> {
    let refused = |why: &str| CallFailed::because(Reason::Denied, call.purpose, &call.what, why);
    let told = |error: kube::config::KubeconfigError| {
        refused(&format!("the kubeconfig gives no context {name}: {}", error::words(&error)))
    };
    let mut all = Kubeconfig::default();
    for path in kubeconfigs.iter().filter(|path| path.exists()) {
        all = all.merge(Kubeconfig::read_from(path).map_err(told)?).map_err(told)?;
    }
    let options = KubeConfigOptions { context: Some(name.to_owned()), ..Default::default() };
    client(call, Config::from_custom_kubeconfig(all, &options).await.map_err(told)?)
}

fn absent(call: &Call, cluster: &Cluster) -> CallFailed {
    let why = format!("there is no cluster {cluster}");
    CallFailed::because(Reason::Absent, call.purpose, &call.what, &why)
}

fn client(call: &Call, mut config: Config) -> Result<Client, CallFailed> {
    // Fails when one was installed before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    config.default_retry = false;
    config.connect_timeout = Some(CALL_TIMEOUT);
    Client::try_from(config).map_err(|error| {
        let why = format!("no connection can be made: {}", error::words(&error));
        CallFailed::because(Reason::Denied, call.purpose, &call.what, &why)
    })
}

async fn answer(client: &Client, call: &Call, headers: HeaderMap) -> Result<Value, CallFailed> {
    let mut request = Request::builder().method(call.method.clone()).uri(&call.path);
    if let Some(all) = request.headers_mut() {
        all.extend(headers);
    }
    if let Some(accept) = call.accept {
        request = request.header(header::ACCEPT, accept);
    }
    let body = match &call.body {
        Some((content_type, body)) => {
            request = request.header(header::CONTENT_TYPE, *content_type);
            Body::from(body.to_string().into_bytes())
        }
        None => Body::empty(),
    };
    let request = request.body(body).map_err(|error| error::lost(call, &error))?;
    let answer = client.send(request).await.map_err(|error| error::lost(call, &error))?;
    let (parts, body) = answer.into_parts();
    let bytes = body.collect_bytes().await.map_err(|error| error::lost(call, &error))?;
    let body = match &*bytes {
        [] => Value::Null,
        bytes => match serde_json::from_slice(bytes) {
            Ok(body) => body,
            // A proxy's page, or half of an answer.
            Err(_) if !parts.status.is_success() => Value::Null,
            Err(error) => return Err(error::lost(call, &error)),
        },
    };
    match parts.status.is_success() {
        true => Ok(body),
        false => Err(error::refused(call, parts.status, &parts.headers, &body)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use google_cloud_container_v1::model::MasterAuth;

    #[test]
    fn the_certificate_that_gke_names_is_read() {
        let pem = "-----BEGIN CERTIFICATE-----\nAAEC\nAwQF\n-----END CERTIFICATE-----\n";
        let auth = MasterAuth::new().set_cluster_ca_certificate(BASE64.encode(pem.as_bytes()));
        assert_eq!(certificate(&auth).unwrap(), [[0, 1, 2, 3, 4, 5]]);
    }
}
