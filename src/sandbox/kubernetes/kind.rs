//! The types that a cluster knows: those that are built in, and those that its custom resource
//! definitions add.

use std::sync::LazyLock;

use serde_json::Value;

/// A type of object, as discovery lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Type {
    /// Empty for the core group.
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
    /// The word in paths.
    pub(super) plural: String,
    pub(super) singular: String,
    pub(super) short: Vec<String>,
    pub(super) scope: Scope,
    /// What can be asked for below an object, `status`.
    pub(super) below: Vec<String>,
    pub(super) origin: Origin,
}

/// Whether objects of a type are in namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Namespaced,
    Cluster,
}

/// Where a type comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    BuiltIn,
    Custom,
}

use Scope::{Cluster, Namespaced};

/// Group, version, kind, plural, scope, short names, what is below an object.
/// <https://kubernetes.io/docs/reference/kubectl/#resource-types>
type Row =
    (&'static str, &'static str, &'static str, &'static str, Scope, &'static str, &'static str);

const BUILT_IN: &[Row] = &[
    ("", "v1", "ConfigMap", "configmaps", Namespaced, "cm", ""),
    ("", "v1", "Endpoints", "endpoints", Namespaced, "ep", ""),
    ("", "v1", "Event", "events", Namespaced, "ev", ""),
    ("", "v1", "LimitRange", "limitranges", Namespaced, "limits", ""),
    ("", "v1", "Namespace", "namespaces", Cluster, "ns", "finalize status"),
    ("", "v1", "Node", "nodes", Cluster, "no", "status"),
    ("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", Namespaced, "pvc", "status"),
    ("", "v1", "PersistentVolume", "persistentvolumes", Cluster, "pv", "status"),
    ("", "v1", "Pod", "pods", Namespaced, "po", "status"),
    ("", "v1", "PodTemplate", "podtemplates", Namespaced, "", ""),
    ("", "v1", "ReplicationController", "replicationcontrollers", Namespaced, "rc", "scale status"),
    ("", "v1", "ResourceQuota", "resourcequotas", Namespaced, "quota", "status"),
    ("", "v1", "Secret", "secrets", Namespaced, "", ""),
    ("", "v1", "ServiceAccount", "serviceaccounts", Namespaced, "sa", ""),
    ("", "v1", "Service", "services", Namespaced, "svc", "status"),
    (
        "apiextensions.k8s.io",
        "v1",
        "CustomResourceDefinition",
        "customresourcedefinitions",
        Cluster,
        "crd crds",
        "status",
    ),
    ("apps", "v1", "ControllerRevision", "controllerrevisions", Namespaced, "", ""),
    ("apps", "v1", "DaemonSet", "daemonsets", Namespaced, "ds", "status"),
    ("apps", "v1", "Deployment", "deployments", Namespaced, "deploy", "scale status"),
    ("apps", "v1", "ReplicaSet", "replicasets", Namespaced, "rs", "scale status"),
    ("apps", "v1", "StatefulSet", "statefulsets", Namespaced, "sts", "scale status"),
    (
        "autoscaling",
        "v2",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        Namespaced,
        "hpa",
        "status",
    ),
    ("batch", "v1", "CronJob", "cronjobs", Namespaced, "cj", "status"),
    ("batch", "v1", "Job", "jobs", Namespaced, "", "status"),
    ("coordination.k8s.io", "v1", "Lease", "leases", Namespaced, "", ""),
    ("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", Namespaced, "", ""),
    ("networking.k8s.io", "v1", "IngressClass", "ingressclasses", Cluster, "", ""),
    ("networking.k8s.io", "v1", "Ingress", "ingresses", Namespaced, "ing", "status"),
    ("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", Namespaced, "netpol", ""),
    ("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", Namespaced, "pdb", "status"),
    (
        "rbac.authorization.k8s.io",
        "v1",
        "ClusterRoleBinding",
        "clusterrolebindings",
        Cluster,
        "",
        "",
    ),
    ("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", Cluster, "", ""),
    ("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", Namespaced, "", ""),
    ("rbac.authorization.k8s.io", "v1", "Role", "roles", Namespaced, "", ""),
    ("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", Cluster, "pc", ""),
    ("storage.k8s.io", "v1", "CSIDriver", "csidrivers", Cluster, "", ""),
    ("storage.k8s.io", "v1", "StorageClass", "storageclasses", Cluster, "sc", ""),
    ("storage.k8s.io", "v1", "VolumeAttachment", "volumeattachments", Cluster, "", "status"),
];

static TYPES: LazyLock<Vec<Type>> = LazyLock::new(|| BUILT_IN.iter().map(Type::of_row).collect());

/// The types that every cluster has.
pub(super) fn built_in() -> &'static [Type] {
    &TYPES
}

/// The built-in type of a kind in a group.
pub(super) fn of_kind(group: &str, kind: &str) -> Option<&'static Type> {
    built_in().iter().find(|it| it.group == group && it.kind == kind)
}

/// Groups whose objects count the generations of their specification.
const COUNTED: &[&str] =
    &["apiextensions.k8s.io", "apps", "batch", "networking.k8s.io", "policy", "scheduling.k8s.io"];

impl Type {
    fn of_row(row: &Row) -> Self {
        let (group, version, kind, plural, scope, short, below) = *row;
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        Self {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
            plural: plural.to_owned(),
            singular: kind.to_ascii_lowercase(),
            short: words(short),
            scope,
            below: words(below),
            origin: Origin::BuiltIn,
        }
    }

    /// The types that a custom resource definition adds: one for each version that is served.
    pub(super) fn of_definition(definition: &Value) -> Vec<Self> {
        let spec = &definition["spec"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let served = spec["versions"].as_array().into_iter().flatten();
        let served = served.filter(|version| version["served"] == true);
        let one = |version: &Value| {
            let below = version["subresources"].as_object().into_iter().flatten();
            let short = spec["names"]["shortNames"].as_array().into_iter().flatten();
            Self {
                group: text(&spec["group"]),
                version: text(&version["name"]),
                kind: text(&spec["names"]["kind"]),
                plural: text(&spec["names"]["plural"]),
                singular: text(&spec["names"]["singular"]),
                short: short.map(text).collect(),
                scope: if spec["scope"] == "Cluster" { Cluster } else { Namespaced },
                below: below.map(|(name, _)| name.clone()).collect(),
                origin: Origin::Custom,
            }
        };
        served.map(one).collect()
    }

    /// `apps/v1`, or `v1`.
    pub(super) fn api_version(&self) -> String {
        match self.group.as_str() {
            "" => self.version.clone(),
            group => format!("{group}/{}", self.version),
        }
    }

    /// `deployments.apps`, as messages name a type.
    pub(super) fn qualified(&self) -> String {
        match self.group.as_str() {
            "" => self.plural.clone(),
            group => format!("{}.{group}", self.plural),
        }
    }

    pub(super) fn is(&self, group: &str, kind: &str) -> bool {
        self.group == group && self.kind == kind
    }

    /// Whether a status lies apart from what people declare.
    pub(super) fn has_status(&self) -> bool {
        self.below.iter().any(|name| name == "status")
    }

    /// Whether objects count the generations of their specification.
    pub(super) fn has_generation(&self) -> bool {
        self.origin == Origin::Custom || COUNTED.contains(&self.group.as_str())
    }
}
