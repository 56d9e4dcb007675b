//! What a cluster tells of itself: its version, its health, and the types that it knows.
//!
//! <https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api>

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::cluster::Cluster;
use super::failure::Failure;
use super::kind::{Scope, Type};
use super::openapi;
use super::path::Place;

/// The minor version of Kubernetes whose ways these are.
const MINOR: &str = "33";

const VERBS: &[&str] =
    &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/// Answers a question about the server itself.
pub(super) fn tell(
    cluster: &Cluster<'_>,
    place: &Place,
    about: &[String],
) -> Result<Value, Failure> {
    let types = cluster.world.store.read(|view| Ok::<_, Failure>(cluster.types(view)))?;
    let about: Vec<&str> = about.iter().map(String::as_str).collect();
    match about.as_slice() {
        ["version"] => Ok(version()),
        ["healthz" | "livez" | "readyz"] => Ok(json!("ok")),
        ["api"] => Ok(core_versions(cluster)),
        ["apis"] => Ok(groups(&types)),
        ["apis", name] => group(&types, name).ok_or_else(Failure::page),
        ["openapi", "v3"] => Ok(openapi::root(&types, &format!("/kubernetes/{}", place.key()))),
        ["openapi", "v3", "api", version] => openapi::group(&types, "", version),
        ["openapi", "v3", "apis", group, version] => openapi::group(&types, group, version),
        ["api", version] => resources(&types, "", version),
        ["apis", group, version] => resources(&types, group, version),
        _ => Err(Failure::page()),
    }
}

fn version() -> Value {
    json!({
        "major": "1", "minor": MINOR, "gitVersion": format!("v1.{MINOR}.0-gke.0"),
        "gitCommit": "", "gitTreeState": "clean", "buildDate": "2026-01-01T00:00:00Z",
        "goVersion": "go1.24", "compiler": "gc", "platform": "linux/amd64",
    })
}

fn core_versions(cluster: &Cluster<'_>) -> Value {
    let address = cluster.world.address.to_string();
    json!({
        "kind": "APIVersions", "versions": ["v1"],
        "serverAddressByClientCIDRs": [{ "clientCIDR": "0.0.0.0/0", "serverAddress": address }],
    })
}

/// The versions of every group but the core's.
fn versions(types: &[Type]) -> BTreeMap<&str, Vec<&str>> {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for one in types.iter().filter(|it| !it.group.is_empty()) {
        let versions = groups.entry(&one.group).or_default();
        if !versions.contains(&one.version.as_str()) {
            versions.push(&one.version);
        }
    }
    groups
}

fn groups(types: &[Type]) -> Value {
    let groups: Vec<Value> = versions(types).keys().filter_map(|name| group(types, name)).collect();
    json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups })
}

fn group(types: &[Type], name: &str) -> Option<Value> {
    let versions = versions(types);
    let versions: Vec<Value> = versions
        .get(name)?
        .iter()
        .map(|version| json!({ "groupVersion": format!("{name}/{version}"), "version": version }))
        .collect();
    Some(json!({
        "kind": "APIGroup", "apiVersion": "v1", "name": name,
        "preferredVersion": versions[0], "versions": versions,
    }))
}

fn resources(types: &[Type], group: &str, version: &str) -> Result<Value, Failure> {
    let mut here = types.iter().filter(|it| it.group == group && it.version == version).peekable();
    let known = here.peek().ok_or_else(Failure::unknown)?.api_version();
    let resources: Vec<Value> = here.flat_map(told).collect();
    Ok(json!({
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": known,
        "resources": resources,
    }))
}

fn told(kind: &Type) -> Vec<Value> {
    let namespaced = kind.scope == Scope::Namespaced;
    // A namespace goes by itself only.
    let alone = kind.is("", "Namespace");
    let verbs = VERBS.iter().filter(|verb| !(alone && **verb == "deletecollection"));
    let mut one = json!({
        "name": kind.plural, "singularName": kind.singular, "namespaced": namespaced,
        "kind": kind.kind, "verbs": verbs.collect::<Vec<_>>(),
    });
    if !kind.short.is_empty() {
        one["shortNames"] = json!(kind.short);
    }
    let below = kind.below.iter().map(|below| {
        json!({
            "name": format!("{}/{below}", kind.plural), "singularName": "",
            "namespaced": namespaced, "kind": kind.kind, "verbs": ["get", "patch", "update"],
        })
    });
    std::iter::once(one).chain(below).collect()
}
