//! The types of what is written about what is in clusters.

use crate::project::managed::Manage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What is in clusters.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kubernetes {
    /// Namespaces, by a short key; the name in the cluster is `KEY${suffix}`.
    #[serde(default)]
    pub namespaces: BTreeMap<String, Namespace>,
    /// Objects as manifests, by a short key, which is also the name in the cluster when the manifest
    /// says none.
    #[serde(default)]
    pub objects: BTreeMap<String, Object>,
    /// Secrets, by a short key, which is also the name in the cluster. Never a value.
    #[serde(default)]
    pub secrets: BTreeMap<String, Secret>,
}

/// A namespace of a cluster. `hubs: {}` is one in the only cluster.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Namespace {
    /// The environments that have this namespace, as in `[prod]`; every environment but `shared` when
    /// not said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// The cluster, by its key, or `context/NAME` for one of a kubeconfig; the only cluster when not
    /// said. It cannot be changed.
    #[serde(default)]
    pub cluster: Option<String>,
    /// The name in the cluster; `KEY${suffix}` when not said. It cannot be changed.
    #[serde(default)]
    #[schemars(extend("format" = "kubernetes-name"))]
    pub name: Option<String>,
    /// How far it is managed: `observe` looks and never touches, `mark` may mark it as ours and
    /// changes nothing else, `full` makes it what is declared.
    #[serde(default)]
    pub manage: Manage,
    /// Labels on the namespace.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations on the namespace.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

/// An object of a cluster, as a manifest.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// The environments that have this object, as in `[prod]`; every environment but `shared` when
    /// not said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// The cluster, by its key, or `context/NAME` for one of a kubeconfig; that of the namespace, or
    /// the only cluster, when not said. It cannot be changed.
    #[serde(default)]
    pub cluster: Option<String>,
    /// The namespace, by its key, or by its name if it is declared nowhere; none for objects that are
    /// in none.
    #[serde(default)]
    pub namespace: Option<String>,
    /// How far it is managed: `observe` looks and never touches, `mark` may mark it as ours and
    /// changes nothing else, `full` makes it what is declared.
    #[serde(default)]
    pub manage: Manage,
    /// The manifest: `apiVersion`, `kind` and whatever the type has. Name and namespace may be left
    /// out.
    pub manifest: Map<String, Value>,
    /// What must be there first, as in `[bucket:scratch, release:ingress]`: keys of other sections with
    /// their type. What the manifest refers to is known without that.
    #[serde(default)]
    pub needs: Vec<String>,
    /// What becomes of fields that another program manages and that differ: `refuse` plans nothing
    /// until a person decides, `override` takes them.
    #[serde(default)]
    pub conflicts: Conflicts,
}

/// What becomes of fields that another program manages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Conflicts {
    /// A person has to decide.
    #[default]
    Refuse,
    /// They become ours.
    Override,
}

/// A secret of a cluster, whose values are kept elsewhere.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// The environments that have this secret, as in `[prod]`; every environment but `shared` when
    /// not said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// The cluster, by its key, or `context/NAME` for one of a kubeconfig; that of the namespace, or
    /// the only cluster, when not said. It cannot be changed.
    #[serde(default)]
    pub cluster: Option<String>,
    /// The namespace, by its key, or by its name if it is declared nowhere.
    pub namespace: String,
    /// How far it is managed: `observe` looks and never touches, `mark` may mark it as ours and
    /// changes nothing else, `full` makes it what is declared.
    #[serde(default)]
    pub manage: Manage,
    /// The type, as in `kubernetes.io/tls`; `Opaque` when not said. It cannot be changed.
    #[serde(default, rename = "type")]
    pub sort: Option<String>,
    /// Where the value of each key is kept: the key of an entry of `secrets`, as in
    /// `{ client-secret: hub-oauth }`.
    pub data: BTreeMap<String, String>,
}
