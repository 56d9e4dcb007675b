//! Which lists are merged by keys, and which things are one as a whole.
//!
//! The descriptions of the API say so in `x-kubernetes-list-type`, `-list-map-keys` and `-map-type`.
//! Of the built-in types only what differs from the usual is told here: a list is one as a whole, an
//! object is not. <https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy>

use serde_json::{Map, Value, json};

/// How a list is merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum List {
    /// As a whole.
    Atomic,
    /// Of values, each once.
    Set,
    /// Of objects, told apart by these fields.
    Keyed(Vec<String>),
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Fold {
    /// One as a whole.
    Atomic,
    /// Of fields that its type names.
    Struct,
    /// Of entries that whoever writes it names.
    Free,
}

/// Where something is in an object, and what is known of its type.
#[derive(Clone, Debug)]
pub(in super::super) enum Shape<'s> {
    /// The names of the fields that lead there; `[]` for an item of a list.
    BuiltIn(Vec<String>),
    /// The schema of a custom type; none where it says nothing.
    Custom(Option<&'s Value>),
}

/// The lists of built-in types that are merged by keys: what they end in, and the keys. An entry
/// with more words is of lists within those only.
const KEYED: &[(&[&str], &[&str])] = &[
    (&["containers"], &["name"]),
    (&["initContainers"], &["name"]),
    (&["ephemeralContainers"], &["name"]),
    (&["containers", "[]", "ports"], &["containerPort", "protocol"]),
    (&["initContainers", "[]", "ports"], &["containerPort", "protocol"]),
    (&["spec", "ports"], &["port", "protocol"]),
    (&["env"], &["name"]),
    (&["volumes"], &["name"]),
    (&["volumeMounts"], &["mountPath"]),
    (&["volumeDevices"], &["devicePath"]),
    (&["imagePullSecrets"], &["name"]),
    (&["hostAliases"], &["ip"]),
    (&["topologySpreadConstraints"], &["topologyKey", "whenUnsatisfiable"]),
    (&["schedulingGates"], &["name"]),
    (&["resourceClaims"], &["name"]),
    (&["resources", "claims"], &["name"]),
    (&["secrets"], &["name"]),
    (&["status", "conditions"], &["type"]),
    (&["status", "podIPs"], &["ip"]),
    (&["ownerReferences"], &["uid"]),
];

/// The lists that are sets.
const SETS: &[&[&str]] = &[&["metadata", "finalizers"]];

/// The objects that are one as a whole.
const ATOMIC: &[&[&str]] = &[
    &["selector"],
    &["labelSelector"],
    &["namespaceSelector"],
    &["podSelector"],
    &["nodeSelector"],
    &["requiredDuringSchedulingIgnoredDuringExecution"],
    &["secretKeyRef"],
    &["configMapKeyRef"],
    &["fieldRef"],
    &["resourceFieldRef"],
    &["roleRef"],
    &["scaleTargetRef"],
    &["involvedObject"],
    &["dataSource"],
    &["imagePullSecrets", "[]"],
    &["ownerReferences", "[]"],
    &["secrets", "[]"],
    &["secretRef"],
    &["nodePublishSecretRef"],
    &["claimRef"],
];

/// The objects whose entries whoever writes them names.
const FREE: &[&str] = &[
    "labels",
    "annotations",
    "data",
    "stringData",
    "binaryData",
    "limits",
    "requests",
    "overhead",
    "hard",
    "capacity",
    "allocatable",
    "parameters",
    "matchLabels",
    "default",
    "defaultRequest",
    "max",
    "min",
    "maxLimitRequestRatio",
    "used",
];

impl<'s> Shape<'s> {
    /// The root of an object: of a built-in type, or of one with this schema.
    pub(in super::super) fn root(schema: Option<&'s Value>, custom: bool) -> Self {
        if custom { Self::Custom(schema) } else { Self::BuiltIn(Vec::new()) }
    }

    pub(in super::super) fn field(&self, name: &str, top: bool) -> Self {
        match self {
            Self::BuiltIn(path) => Self::BuiltIn([path.as_slice(), &[name.to_owned()]].concat()),
            // Metadata is the same everywhere.
            Self::Custom(_) if top && name == "metadata" => Self::BuiltIn(vec![name.to_owned()]),
            Self::Custom(schema) => {
                let declared = schema.and_then(|it| it["properties"].get(name));
                let other = || schema.and_then(|it| it.get("additionalProperties"));
                Self::Custom(declared.or_else(other).filter(|it| it.is_object()))
            }
        }
    }

    pub(in super::super) fn item(&self) -> Self {
        match self {
            Self::BuiltIn(_) => self.field("[]", false),
            Self::Custom(schema) => Self::Custom(schema.and_then(|it| it.get("items"))),
        }
    }

    pub(in super::super) fn list(&self) -> List {
        match self {
            Self::BuiltIn(path) => {
                let keyed = KEYED.iter().filter(|(end, _)| ends(path, end));
                // What says more about where it is comes first.
                let keyed = keyed.max_by_key(|(end, _)| end.len());
                match keyed {
                    Some((_, keys)) => {
                        List::Keyed(keys.iter().map(|it| (*it).to_owned()).collect())
                    }
                    None if SETS.iter().any(|end| ends(path, end)) => List::Set,
                    None => List::Atomic,
                }
            }
            Self::Custom(schema) => match schema.map(|it| &it["x-kubernetes-list-type"]) {
                Some(kind) if kind == "set" => List::Set,
                Some(kind) if kind == "map" => List::Keyed(keys(schema.unwrap_or(kind))),
                _ => List::Atomic,
            },
        }
    }

    pub(in super::super) fn fold(&self) -> Fold {
        match self {
            Self::BuiltIn(path) if ATOMIC.iter().any(|end| ends(path, end)) => Fold::Atomic,
            Self::BuiltIn(path) => match path.last() {
                Some(last) if FREE.contains(&last.as_str()) => Fold::Free,
                _ => Fold::Struct,
            },
            Self::Custom(schema) => match schema {
                Some(it) if it["x-kubernetes-map-type"] == "atomic" => Fold::Atomic,
                Some(it) if it["properties"].is_object() => Fold::Struct,
                _ => Fold::Free,
            },
        }
    }
}

fn keys(schema: &Value) -> Vec<String> {
    let keys = schema["x-kubernetes-list-map-keys"].as_array().into_iter().flatten();
    let mut keys: Vec<String> = keys.filter_map(Value::as_str).map(str::to_owned).collect();
    keys.sort();
    keys
}

fn ends(path: &[String], end: &[&str]) -> bool {
    path.len() >= end.len() && path[path.len() - end.len()..].iter().zip(end).all(|(a, b)| a == b)
}

/// The step of a field.
pub(super) fn field_step(name: &str) -> String {
    format!("f:{name}")
}

/// The step of an item of a list that is not one as a whole; none if a key is missing.
pub(super) fn item_step(list: &List, item: &Value) -> Option<String> {
    match list {
        List::Atomic => None,
        List::Set => Some(format!("v:{item}")),
        List::Keyed(keys) => {
            let mut step = Map::new();
            for key in keys {
                // The one key that has a default.
                let usual = (key == "protocol").then(|| json!("TCP"));
                step.insert(key.clone(), item.get(key).cloned().or(usual)?);
            }
            Some(format!("k:{}", Value::Object(step)))
        }
    }
}
