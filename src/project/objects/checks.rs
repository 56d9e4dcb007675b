//! What the schema cannot say about what is in clusters.

use super::expand::manifest;
use super::placed::{Part, Placed, cluster, namespace_name, placed, referred};
use super::settings::{Namespace, Object, Secret};
use crate::project::clusters;
use crate::project::environments::members;
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem};
use crate::project::tree::Node;
use crate::project::words::nearest;
use crate::providers::kubernetes::kubernetes_object::object_name;
use serde_json::Value;
use std::collections::BTreeMap;

/// Types whose objects are in no namespace, of those that every server has.
const OF_THE_CLUSTER: &[&str] = &[
    "APIService",
    "ClusterRole",
    "ClusterRoleBinding",
    "CSIDriver",
    "CustomResourceDefinition",
    "IngressClass",
    "MutatingWebhookConfiguration",
    "PersistentVolume",
    "PriorityClass",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeSnapshotClass",
];

/// Checks what is in the clusters of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    for (part, thing) in [("namespaces", "namespace"), ("objects", "object"), ("secrets", "secret")]
    {
        members(layout, &format!("kubernetes.{part}"), thing, findings);
    }
    for placed in &placed::<Namespace>(layout) {
        findings.extend(in_a_cluster(layout, placed, placed.settings.cluster.as_deref(), None));
    }
    for placed in &placed::<Object>(layout) {
        let namespace = placed.settings.namespace.as_deref();
        let said = placed.settings.cluster.as_deref();
        findings.extend(in_a_cluster(layout, placed, said, namespace));
        findings.extend(typed(placed).or_else(|| within(placed)));
    }
    for placed in &placed::<Secret>(layout) {
        let namespace = Some(placed.settings.namespace.as_str());
        let said = placed.settings.cluster.as_deref();
        findings.extend(in_a_cluster(layout, placed, said, namespace));
        values(placed, findings);
    }
    once(layout, findings);
}

/// The cluster is declared, or one of a kubeconfig; and it is clear which.
fn in_a_cluster<T: Part>(
    layout: &[Laid],
    placed: &Placed<'_, T>,
    said: Option<&str>,
    namespace: Option<&str>,
) -> Option<Problem> {
    let laid = placed.laid;
    let of = namespace.and_then(|text| referred(laid, text).1);
    if cluster(layout, laid, said, of).is_some() {
        return None;
    }
    let said = said.or_else(|| of?.cluster.as_deref()).or_else(|| clusters::only(laid));
    let (message, near) = match said {
        Some(key) => clusters::missing(layout, key, laid.env()),
        None => ("nothing says which cluster this is in".to_owned(), None),
    };
    let problem = Problem::error("reference", placed.range("cluster"), message);
    Some(problem.expected("the key of a cluster, or `context/NAME`").suggest(near))
}

/// A manifest says of which type it is, and is of none that has a place of its own.
fn typed(placed: &Placed<'_, Object>) -> Option<Problem> {
    let (written, manifest) = (placed.range("manifest"), &placed.settings.manifest);
    for field in ["apiVersion", "kind"] {
        if !manifest.get(field).is_some_and(Value::is_string) {
            let message = format!("the manifest does not say its `{field}`");
            return Some(Problem::error("manifest", written, message));
        }
    }
    let range = placed.node.at(["manifest", "kind"]).map_or(written, |node| &node.range);
    let text = |field: &str| manifest.get(field).and_then(Value::as_str).unwrap_or_default();
    let other = match (text("apiVersion"), text("kind")) {
        ("v1", "Secret") => "secrets",
        ("v1", "Namespace") => "namespaces",
        ("v1", "List") => {
            let message = "a list of objects is no object";
            let problem = Problem::error("manifest", range, message);
            return Some(problem.suggest("write an entry for each".to_owned()));
        }
        _ => return status(placed),
    };
    let message = format!("a {} is declared below `kubernetes.{other}`", text("kind"));
    let problem = Problem::error("manifest", range, message);
    Some(match other {
        "secrets" => problem.suggest("say there where its values are kept".to_owned()),
        _ => problem,
    })
}

/// What only the server says is not declared.
fn status(placed: &Placed<'_, Object>) -> Option<Problem> {
    let node = placed.node.child("manifest")?;
    let metadata = node.child("metadata");
    let by_server = ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"];
    let (key, _) = node.entry("status").or_else(|| {
        by_server.iter().find_map(|field| metadata.and_then(|metadata| metadata.entry(field)))
    })?;
    let message = format!("`{}` is for the server to say", key.name);
    Some(Problem::error("manifest", &key.range, message).suggest("leave it out".to_owned()))
}

/// An object is in the namespace that is said, or in none.
fn within(placed: &Placed<'_, Object>) -> Option<Problem> {
    let kind = placed.settings.manifest.get("kind").and_then(Value::as_str).unwrap_or_default();
    let of_the_cluster = OF_THE_CLUSTER.contains(&kind);
    if let Some(node) = placed.node.at(["manifest", "metadata", "namespace"]) {
        let said = &placed.settings.namespace;
        let other = said.as_deref().map(|text| referred(placed.laid, text).0);
        let differs = other.is_some_and(|name| Some(name.as_str()) != node.text());
        return differs.then(|| {
            let message = "two namespaces are said";
            let problem = Problem::error("manifest", &node.range, message);
            problem.related(placed.range("namespace"), "the other one")
        });
    }
    match (of_the_cluster, placed.node.child("namespace")) {
        (true, Some(node)) => {
            let message = format!("a {kind} is in no namespace");
            let problem = Problem::error("manifest", &node.range, message);
            Some(problem.suggest("leave it out".to_owned()))
        }
        (false, None) if builtin(placed) => {
            let message = format!("nothing says in which namespace this {kind} is");
            let problem = Problem::error("manifest", &placed.key.range, message);
            Some(problem.expected("`namespace: KEY` beside the manifest"))
        }
        _ => None,
    }
}

/// Whether a type is one that servers have by themselves: of others it is not known here whether they
/// are in namespaces.
fn builtin(placed: &Placed<'_, Object>) -> bool {
    let version = placed.settings.manifest.get("apiVersion").and_then(Value::as_str);
    let group = version.and_then(|it| it.split_once('/')).map_or("", |(group, _)| group);
    !group.contains('.') || group.ends_with(".k8s.io")
}

/// Values are kept where the section of secrets says.
fn values(placed: &Placed<'_, Secret>, findings: &mut Findings) {
    let written = placed.node.child("data").map(Node::entries).unwrap_or_default();
    let known = &placed.laid.declaration.secrets;
    for (key, node) in written {
        let Some(text) = node.text().filter(|text| !known.contains_key(*text)) else { continue };
        let near = nearest(text, known.keys().map(String::as_str));
        let message = format!("there is no secret `{text}` to take `{}` from", key.name);
        let problem = Problem::error("reference", &node.range, message);
        let problem = problem.expected("the key of an entry of `secrets`, never a value");
        findings.push(problem.suggest(near.map(|near| format!("did you mean `{near}`?"))));
    }
}

/// No two entries are one object.
fn once(layout: &[Laid], findings: &mut Findings) {
    let (spaces, objects) = (placed::<Namespace>(layout), placed::<Object>(layout));
    let of_space = |it: &Placed<'_, Namespace>| {
        let cluster = cluster(layout, it.laid, None, Some(it.settings))?;
        Some(format!("{cluster} {}", namespace_name(it.laid, &it.key.name, it.settings)))
    };
    collisions(&spaces, of_space, findings);
    let of_object = |it: &Placed<'_, Object>| {
        let namespace = it.settings.namespace.as_deref().and_then(|text| referred(it.laid, text).1);
        let cluster = cluster(layout, it.laid, it.settings.cluster.as_deref(), namespace)?;
        Some(format!("{cluster} {}", object_name(&cluster, &manifest(it))?))
    };
    collisions(&objects, of_object, findings);
}

fn collisions<T: Part>(
    all: &[Placed<'_, T>],
    name: impl Fn(&Placed<'_, T>) -> Option<String>,
    findings: &mut Findings,
) {
    let mut taken: BTreeMap<String, &Placed<'_, T>> = BTreeMap::new();
    for placed in all {
        let Some(first) = name(placed).and_then(|name| taken.insert(name, placed)) else {
            continue;
        };
        let same = first.key.range == placed.key.range;
        let message = match same {
            true => format!("`{}` is one object in two environments", placed.key.name),
            false => format!("`{}` and `{}` are one object", first.key.name, placed.key.name),
        };
        let problem = Problem::error("name-collision", &placed.key.range, message);
        findings.push(match same {
            true => problem.suggest("say `in: [ENVIRONMENT]`, or write `${suffix}`".to_owned()),
            false => problem.related(&first.key.range, "the other one"),
        });
    }
}
