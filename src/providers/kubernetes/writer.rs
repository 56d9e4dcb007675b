//! The half of the client that can write.

use crate::kind::{Provider, ProviderError};
use crate::providers::failed::{CallFailed, Reason};
use crate::providers::kubernetes::client::{Call, Connection};
use crate::providers::kubernetes::cluster::Cluster;
use crate::providers::kubernetes::types::{Extent, Type, catalogue, part};
use http::Method;
use serde_json::{Value, json};

/// Who we are among those that manage the fields of an object.
pub const MANAGER: &str = "leap-infra";

/// Server-side apply; JSON is YAML.
/// <https://kubernetes.io/docs/reference/using-api/server-side-apply/>
const APPLY: &str = "application/apply-patch+yaml";
/// <https://datatracker.ietf.org/doc/html/rfc7386>
const MERGE: &str = "application/merge-patch+json";
const JSON: &str = "application/json";

/// Changes what is in clusters. What it reads it reads afresh, to change it safely.
#[derive(Debug)]
pub struct Writer {
    pub(crate) connection: Connection,
}

impl Provider for Writer {
    const WORD: &'static str = "kubernetes";
}

/// One object, as calls name it.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) cluster: Cluster,
    pub(crate) of: Type,
    pub(crate) namespace: Option<String>,
    pub(crate) name: String,
    path: String,
}

/// What becomes of fields that others own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owned {
    /// They are left to them, and the server refuses the whole.
    Respected,
    /// They become ours.
    Taken,
}

impl Writer {
    /// A writer.
    pub fn new(connection: &Connection) -> Self {
        Self { connection: connection.clone() }
    }

    /// Where an object is, or would be.
    ///
    /// # Errors
    /// When the server serves no such type.
    pub(crate) async fn target(
        &self,
        cluster: &Cluster,
        of: &Type,
        namespace: Option<&str>,
        name: &str,
    ) -> Result<Target, ProviderError> {
        let served = self.served(cluster, of, namespace, name).await?;
        served.ok_or_else(|| ProviderError::Refused {
            what: format!("{of} {name}"),
            why: unknown(cluster, of),
        })
    }

    /// The same; none when the server serves no such type.
    pub(crate) async fn served(
        &self,
        cluster: &Cluster,
        of: &Type,
        namespace: Option<&str>,
        name: &str,
    ) -> Result<Option<Target>, CallFailed> {
        let all = catalogue(&self.connection, cluster, of).await?;
        let Some(served) = all.get(&of.kind) else { return Ok(None) };
        let namespace = namespace.filter(|_| served.namespaced);
        let path = served.object(of, namespace, name);
        let (namespace, name) = (namespace.map(str::to_owned), name.to_owned());
        Ok(Some(Target { cluster: cluster.clone(), of: of.clone(), namespace, name, path }))
    }

    /// Whether a cluster answers at all.
    pub(crate) async fn is_there(&self, cluster: &Cluster) -> Result<bool, CallFailed> {
        let call = Call::get(format!("cluster {}", cluster.name()), "/version");
        match self.connection.send(cluster, &call).await {
            Ok(_) => Ok(true),
            Err(failed) if failed.reason == Reason::Absent => Ok(false),
            Err(failed) => Err(failed),
        }
    }

    /// What applying an object would be answered; nothing is changed. Fields of others are taken to
    /// be ours: whose they are was looked at while planning.
    pub(crate) async fn rehearse(&self, at: &Target, manifest: Value) -> Result<Value, CallFailed> {
        let asked = "dryRun=All&fieldValidation=Strict&force=true";
        let path = format!("{}?fieldManager={MANAGER}&{asked}", at.path);
        let call = Call::change(format!("applying {at}"), Method::PATCH, path);
        self.connection.send(&at.cluster, &call.sending(APPLY, manifest)).await
    }

    /// An object as it is now; none if it is not there. It is asked once: the engine tries again.
    pub(crate) async fn find(&self, at: &Target) -> Result<Option<Value>, ProviderError> {
        let extent = Extent::of(&at.of);
        let call = Call::get(format!("{at}"), &at.path).accepting(extent.one());
        match self.connection.send(&at.cluster, &call).await {
            Ok(answer) => Ok(Some(extent.only(answer))),
            Err(failed) if failed.reason == Reason::Absent => Ok(None),
            Err(failed) => Err(failed.into()),
        }
    }

    /// The pods of a job, as they are now.
    pub(crate) async fn pods(&self, job: &Target) -> Result<Vec<Value>, ProviderError> {
        let within = job.namespace.as_deref().map(part).unwrap_or_default();
        let path = format!(
            "/api/v1/namespaces/{within}/pods?labelSelector=job-name%3D{}",
            part(&job.name)
        );
        let call = Call::get(format!("the pods of {job}"), path);
        let mut answer = self.connection.send(&job.cluster, &call).await?;
        match answer["items"].take() {
            Value::Array(pods) => Ok(pods),
            _ => Ok(Vec::new()),
        }
    }

    /// Makes an object what a manifest says, and takes away what an earlier one of ours said.
    pub(crate) async fn apply(
        &self,
        at: &Target,
        manifest: Value,
        owned: Owned,
    ) -> Result<Value, CallFailed> {
        let force = if owned == Owned::Taken { "&force=true" } else { "" };
        let path = format!("{}?fieldManager={MANAGER}{force}", at.path);
        let call = Call::change(format!("applying {at}"), Method::PATCH, path);
        self.connection.send(&at.cluster, &call.sending(APPLY, manifest)).await
    }

    /// Changes some fields of an object; `null` takes one away.
    pub(crate) async fn merge(&self, at: &Target, fields: Value) -> Result<Value, CallFailed> {
        let path = format!("{}?fieldManager={MANAGER}", at.path);
        let call = Call::change(format!("changing {at}"), Method::PATCH, path);
        self.connection.send(&at.cluster, &call.sending(MERGE, fields)).await
    }

    /// Deletes the very object that was read, at the version that was read; what is in its care
    /// goes with it.
    pub(crate) async fn delete(&self, at: &Target, live: &Value) -> Result<(), CallFailed> {
        let metadata = &live["metadata"];
        let body = json!({
            "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background",
            "preconditions": {
                "uid": metadata["uid"], "resourceVersion": metadata["resourceVersion"],
            },
        });
        let call = Call::change(format!("deleting {at}"), Method::DELETE, &at.path);
        match self.connection.send(&at.cluster, &call.sending(JSON, body)).await {
            Ok(_) => Ok(()),
            Err(failed) if failed.reason == Reason::Absent => Ok(()),
            Err(failed) => Err(failed),
        }
    }
}

/// That a server has no such type.
pub(crate) fn unknown(cluster: &Cluster, of: &Type) -> String {
    format!("cluster {} has no type {} of {}", cluster.name(), of.kind, of.api_version)
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { of, namespace, name, cluster, path: _ } = self;
        let namespace = namespace.as_deref().map(|it| format!("{it}/")).unwrap_or_default();
        write!(f, "{of} {namespace}{name} of cluster {}", cluster.name())
    }
}
