//! Namespaces: what may be made in them, and how they go with everything that they hold.
//!
//! <https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/>

use serde_json::{Value, json};

use super::cluster::{Cluster, Found};
use super::failure::Failure;
use super::kind::{self, Type};
use super::{change, delete};
use crate::sandbox::Transaction;

/// The namespaces that cannot be deleted.
const FOR_EVER: &[&str] = &["default", "kube-system", "kube-public"];

fn type_of() -> Result<&'static Type, Failure> {
    kind::of_kind("", "Namespace").ok_or_else(Failure::unknown)
}

/// Refuses to make something in a namespace that is not there, or is going.
pub(super) fn open(
    cluster: &Cluster<'_>,
    tx: &Transaction<'_>,
    kind: &Type,
    namespace: Option<&str>,
    name: &str,
) -> Result<(), Failure> {
    let Some(namespace) = namespace else { return Ok(()) };
    let of = type_of()?;
    let found = cluster.find(tx, &cluster.key(of, None, namespace))?;
    let found = found.ok_or_else(|| Failure::not_found(of, namespace))?;
    match found.object["metadata"]["deletionTimestamp"].is_null() {
        true => Ok(()),
        false => Err(Failure::terminating(kind, name, namespace)),
    }
}

/// Refuses to delete what must always be there, or goes already.
pub(super) fn may_go(kind: &Type, name: &str, object: &Value) -> Result<(), Failure> {
    if !kind.is("", "Namespace") {
        return Ok(());
    }
    if FOR_EVER.contains(&name) {
        return Err(Failure::forbidden(kind, name, "this namespace may not be deleted"));
    }
    if object["metadata"]["deletionTimestamp"].is_null() {
        return Ok(());
    }
    let why = "The system is ensuring all content is removed from this namespace.  Upon completion, \
               this namespace will automatically be purged by the system.";
    Err(Failure::conflict(kind, name, why))
}

/// Lets a namespace go a step further: first what is in it, then itself.
pub(super) fn empty(
    cluster: &Cluster<'_>,
    tx: &mut Transaction<'_>,
    found: Found,
) -> Result<(), Failure> {
    let name = found.object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let all: Vec<String> = tx
        .scan(&cluster.everything(), "")
        .filter(|(key, _)| cluster.parts(key).is_some_and(|it| it.1 == Some(&*name)))
        .map(|(key, _)| key.to_owned())
        .collect();
    for key in &all {
        if let Some(content) = cluster.find(tx, key)? {
            delete::remove(cluster, tx, &content)?;
        }
    }
    let left = all.iter().filter(|key| tx.value(key).is_some()).count();
    let mut namespace = found;
    if left > 0 {
        return stays(cluster, tx, namespace, left);
    }
    if let Some(spec) = namespace.object["spec"].as_object_mut() {
        spec.remove("finalizers");
    }
    match change::is_released(type_of()?, &namespace.object) {
        true => cluster.drop(tx, &namespace),
        false => cluster.keep(tx, &namespace.key, &mut namespace.object),
    }
}

/// Says what is still in the way, once, and looks again later.
fn stays(
    cluster: &Cluster<'_>,
    tx: &mut Transaction<'_>,
    mut namespace: Found,
    left: usize,
) -> Result<(), Failure> {
    let message = format!(
        "Some content in the namespace has finalizers remaining: {left} resource instances"
    );
    let remaining = json!([{
        "type": "NamespaceFinalizersRemaining", "status": "True",
        "reason": "SomeFinalizersRemain", "message": message,
    }]);
    if namespace.object["status"]["conditions"] != remaining {
        namespace.object["status"]["conditions"] = remaining;
        cluster.keep(tx, &namespace.key, &mut namespace.object)?;
    }
    cluster.later(tx, &namespace.key);
    Ok(())
}
