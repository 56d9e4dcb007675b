//! Types of objects, and where a server keeps objects of a type.

use crate::providers::failed::{CallFailed, Reason};
use crate::providers::kubernetes::client::{Call, Connection};
use crate::providers::kubernetes::cluster::Cluster;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// What need not be written in another way within a path.
const PLAIN: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':');

/// A part of a path, or the value of a parameter.
pub(crate) fn part(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// A type of objects, as manifests name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Type {
    /// Group and version, `apps/v1`; the version alone for the core group.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
}

impl Type {
    /// The type of that name.
    pub fn new(api_version: impl Into<String>, kind: impl Into<String>) -> Self {
        Self { api_version: api_version.into(), kind: kind.into() }
    }

    /// The type of a manifest or of a live object, if it says one.
    pub fn of(object: &Value) -> Option<Self> {
        Some(Self::new(object["apiVersion"].as_str()?, object["kind"].as_str()?))
    }

    /// The type of secrets, whose values planning never asks for.
    pub(crate) fn secret() -> Self {
        Self::new("v1", "Secret")
    }

    /// The group; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// The kind and the group, `Deployment.apps`; the kind alone for the core group.
    pub fn qualified(&self) -> String {
        match self.group() {
            "" => self.kind.clone(),
            group => format!("{}.{group}", self.kind),
        }
    }

    /// Where the server keeps all types of the same group and version.
    fn root(&self) -> String {
        match self.group() {
            "" => format!("/api/{}", self.api_version),
            _ => format!("/apis/{}", self.api_version),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.qualified())
    }
}

/// How to ask for what is beside the values of objects, as lists and one by one.
/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources>
const NAMES: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
const NAME: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/// How much of objects is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All.
    Whole,
    /// What stands beside the values.
    Beside,
}

impl Extent {
    /// What may be seen of a type.
    pub(crate) fn of(of: &Type) -> Self {
        if *of == Type::secret() { Self::Beside } else { Self::Whole }
    }

    /// How to ask for a list.
    pub(crate) fn list(self) -> Option<&'static str> {
        (self == Self::Beside).then_some(NAMES)
    }

    /// How to ask for one object.
    pub(crate) fn one(self) -> Option<&'static str> {
        (self == Self::Beside).then_some(NAME)
    }

    /// An object without what was not asked for, if the server sent it all the same.
    pub(crate) fn only(self, mut object: Value) -> Value {
        if let (Self::Beside, Some(fields)) = (self, object.as_object_mut()) {
            fields.retain(|name, _| matches!(name.as_str(), "apiVersion" | "kind" | "metadata"));
        }
        object
    }
}

/// How a server serves a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Served {
    /// `deployments`.
    pub(crate) plural: String,
    /// Whether its objects are in namespaces.
    pub(crate) namespaced: bool,
}

/// What a server serves of one group and version, by kind.
pub(crate) type Catalogue = BTreeMap<String, Served>;

impl Served {
    /// The path of the objects of a type, in a namespace or in all.
    pub(crate) fn collection(&self, of: &Type, namespace: Option<&str>) -> String {
        let within = namespace.map(|it| format!("/namespaces/{}", part(it))).unwrap_or_default();
        format!("{}{within}/{}", of.root(), self.plural)
    }

    /// The path of one object.
    pub(crate) fn object(&self, of: &Type, namespace: Option<&str>, name: &str) -> String {
        format!("{}/{}", self.collection(of, namespace), part(name))
    }
}

/// Asks a server what it serves of a type's group and version; nothing if it has no such group.
pub(crate) async fn catalogue(
    connection: &Connection,
    cluster: &Cluster,
    of: &Type,
) -> Result<Catalogue, CallFailed> {
    let what = format!("the types of {} in cluster {}", of.api_version, cluster.name());
    match connection.send(cluster, &Call::get(what, of.root())).await {
        Ok(answer) => Ok(served(&answer)),
        // A cluster that is not there says no more than that the page is not found.
        Err(failed) if failed.reason == Reason::Absent && !of.group().is_empty() => {
            Ok(Catalogue::new())
        }
        Err(failed) => Err(failed),
    }
}

/// <https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/#apiresourcelist-v1-meta>
fn served(body: &Value) -> Catalogue {
    let all = body["resources"].as_array().into_iter().flatten();
    // `pods/log` and the like are parts of objects.
    let all = all.filter(|it| !it["name"].as_str().unwrap_or_default().contains('/'));
    let one = |it: &Value| {
        let plural = it["name"].as_str()?.to_owned();
        let namespaced = it["namespaced"].as_bool().unwrap_or_default();
        Some((it["kind"].as_str()?.to_owned(), Served { plural, namespaced }))
    };
    all.filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_type_has_its_place_on_the_server() {
        let body = json!({ "resources": [
            { "name": "deployments", "kind": "Deployment", "namespaced": true },
            { "name": "deployments/scale", "kind": "Scale", "namespaced": true },
        ] });
        let deployment = Type::new("apps/v1", "Deployment");
        let served = served(&body)["Deployment"].clone();
        let path = served.object(&deployment, Some("hubs"), "hub");
        assert_eq!(path, "/apis/apps/v1/namespaces/hubs/deployments/hub");
        assert_eq!(deployment.qualified(), "Deployment.apps");
        let map = Type::new("v1", "ConfigMap");
        assert_eq!((map.root().as_str(), map.qualified().as_str()), ("/api/v1", "ConfigMap"));
    }
}
