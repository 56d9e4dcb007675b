//! As much of the description of the API as clients look into before they send something: which
//! types there are, and that their patches can be checked strictly.
//!
//! There are no schemas: what objects are made of, clients know themselves.
//! <https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition>

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::kind::{Scope, Type};

/// Where the description of each version of a group is. `base` is where the cluster is.
pub(super) fn root(types: &[Type], base: &str) -> Value {
    let paths: BTreeMap<String, Value> = types
        .iter()
        .map(|kind| {
            let path = path(kind);
            let there = format!("{base}/openapi/v3/{path}");
            (path, json!({ "serverRelativeURL": there }))
        })
        .collect();
    json!({ "paths": paths })
}

/// `api/v1`, `apis/apps/v1`.
fn path(kind: &Type) -> String {
    let folder = if kind.group.is_empty() { "api" } else { "apis" };
    format!("{folder}/{}", kind.api_version())
}

/// The description of a version of a group.
pub(super) fn group(types: &[Type], group: &str, version: &str) -> Result<Value, Failure> {
    let here = types.iter().filter(|kind| kind.group == group && kind.version == version);
    let paths: Map<String, Value> = here.map(one).collect();
    if paths.is_empty() {
        return Err(Failure::page());
    }
    let title = "the types of the sandbox";
    Ok(json!({
        "openapi": "3.0.0", "info": { "title": title, "version": version }, "paths": paths,
    }))
}

fn one(kind: &Type) -> (String, Value) {
    let namespace = match kind.scope {
        Scope::Namespaced => "/namespaces/{namespace}",
        Scope::Cluster => "",
    };
    let parameter = |name: &str| json!({ "name": name, "in": "query", "schema": { "type": "string", "uniqueItems": true } });
    let parameters = ["dryRun", "fieldManager", "fieldValidation", "force"].map(parameter);
    let patch = json!({
        "operationId": format!("patch{}", kind.kind),
        "parameters": parameters,
        "responses": { "200": { "description": "OK" } },
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": {
            "group": kind.group, "version": kind.version, "kind": kind.kind,
        },
    });
    let path = format!("/{}{namespace}/{}/{{name}}", path(kind), kind.plural);
    (path, json!({ "patch": patch }))
}
