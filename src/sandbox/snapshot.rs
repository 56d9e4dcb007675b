//! The state of a sandbox at a moment: to go back to, and to compare.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::Moment;
use super::store::Content;

/// Fields that tell when, in which turn, or for how many times something was done, and not what came
/// of it.
const HISTORY: &[&str] = &[
    "clusterIP",
    "clusterIPs",
    "createTime",
    "create_time",
    "created_at",
    "creationTimestamp",
    "delete_time",
    "destroyTime",
    "effective_time",
    "completionTime",
    "etag",
    "finalize_time",
    "generation",
    "lastTransitionTime",
    "lastUpdateTime",
    "lock_time",
    "made",
    "metageneration",
    "nextRotationTime",
    "nodePort",
    "observedGeneration",
    "resourceVersion",
    "sealed",
    "startTime",
    "terminal_storage_class_update_time",
    "time",
    "toggle_time",
    "uid",
    "uniqueId",
    "updateTime",
    "updated_at",
    "update_storage_class_time",
    "update_time",
    "volumeName",
];

/// What the keys of volumes that claims were given have in them: they are called by the claim's uid.
const GIVEN: &str = "/persistentvolumes/-/pvc-";

/// What the keys of operations have in them.
const OPERATION: &str = "/operation/";

/// Everything that a sandbox knew at a moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    content: Arc<Content>,
    time: Option<Moment>,
}

impl Snapshot {
    pub(super) fn new(content: Arc<Content>, time: Option<Moment>) -> Self {
        Self { content, time }
    }

    pub(super) fn content(&self) -> Arc<Content> {
        Arc::clone(&self.content)
    }

    pub(super) fn time(&self) -> Option<Moment> {
        self.time
    }

    /// Returns everything it holds, in order, as keys and values.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.content.iter().map(|(key, value)| (key.as_str(), &**value))
    }

    /// Returns what came of it all, without times and versions: two worlds that
    /// were reached in different ways are the same if these are.
    pub fn outcome(&self) -> BTreeMap<String, Value> {
        self.entries()
            // A lone number is a counter; what was deleted is merely remembered; an operation tells
            // how something came about.
            .filter(|(key, value)| {
                let remembered = ["/log/", "/gone/"].iter().any(|part| key.contains(part));
                let logged = key.starts_with("k8s/") && remembered;
                let aside = ["/deleted/", OPERATION, GIVEN].iter().any(|part| key.contains(part));
                value.is_object() && !logged && !aside
            })
            .map(|(key, value)| (without_revision(key).to_owned(), without_history(value)))
            .collect()
    }
}

/// The key of a release, whichever of its revisions this is: how many there were is history. What is
/// in the Secret of one is sealed, and so not compared.
fn without_revision(key: &str) -> &str {
    let release = key.rsplit_once(".v").filter(|_| key.contains("/sh.helm.release.v1."));
    release.map_or(key, |(release, _)| release)
}

fn without_history(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| !HISTORY.contains(&name.as_str()))
            .map(|(name, field)| (name.clone(), without_history(field)))
            .collect(),
        Value::Array(items) => items.iter().map(without_history).collect(),
        other => other.clone(),
    }
}
