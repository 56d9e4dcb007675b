//! Operations: making and deleting a repository takes time, one at a time on each, and may fail at
//! its end.
//!
//! <https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.operations>

use serde_json::{Value, json};

use super::path::Path;
use super::{repository, seed};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Transaction, World};

const OPERATIONS: &str = "artifactregistry/operation/";

/// How many ended operations are remembered.
const KEPT: usize = 50;

/// Begins an operation on a repository: `becomes` is what it is at the end; nothing, if it goes.
pub(super) fn begin(
    world: &World,
    tx: &mut Transaction<'_>,
    path: &Path,
    name: &str,
    becomes: Option<Value>,
) -> Value {
    forget(tx);
    let number = tx.value("artifactregistry/operations").and_then(|it| it.as_u64());
    let number = number.unwrap_or_default() + 1;
    tx.put("artifactregistry/operations", json!(number));
    let called = format!("{}/operations/{number:08}", path.parent());
    let metadata = "type.googleapis.com/google.devtools.artifactregistry.v1.OperationMetadata";
    let operation = json!({ "name": called, "metadata": { "@type": metadata } });
    let ends = world.clock.now().plus(world.behaviour.operation_time).0;
    let key = repository::key(path, name);
    let record = json!({ "operation": operation, "key": key, "becomes": becomes, "ends": ends });
    tx.put(format!("{OPERATIONS}{called}"), record);
    operation
}

/// Whether an operation on a repository is under way; and if so, whether it is one that makes it.
pub(super) fn under_way(tx: &Transaction<'_>, key: &str) -> Option<bool> {
    let mut all = tx.scan(OPERATIONS, "").map(|(_, record)| record);
    let one = all.find(|it| it["key"] == *key && it["operation"]["done"] != true)?;
    Some(one["becomes"].is_object())
}

/// Refuses a change while another is under way on the same repository.
pub(super) fn alone(tx: &Transaction<'_>, path: &Path, name: &str) -> Result<(), Refusal> {
    let busy = under_way(tx, &repository::key(path, name)).is_some();
    let message = || {
        let name = path.repository(name);
        format!("another operation is in progress on the repository \"{name}\"")
    };
    if busy { Err(Refusal::aborted(message())) } else { Ok(()) }
}

/// Forgets what ended long ago.
fn forget(tx: &mut Transaction<'_>) {
    let all = tx.scan(OPERATIONS, "");
    let ended = all.filter(|(_, record)| record["operation"]["done"] == true);
    let ended: Vec<String> = ended.map(|(key, _)| key.to_owned()).collect();
    ended[..ended.len().saturating_sub(KEPT)].iter().for_each(|key| tx.remove(key));
}

/// Lets everything happen whose time has come.
pub(super) fn settle(world: &World) -> Result<(), Refusal> {
    let now = world.clock.now();
    let due = |record: &Value| {
        record["operation"]["done"] != true
            && record["ends"].as_i64().is_some_and(|end| end <= now.0)
    };
    let any = |view: &Transaction<'_>| view.scan(OPERATIONS, "").any(|(_, it)| due(it));
    if !world.store.read(|view| Ok::<_, Refusal>(any(view)))? {
        return Ok(());
    }
    world.store.transact(|tx| {
        let ended = tx.scan(OPERATIONS, "").filter(|(_, record)| due(record));
        let ended: Vec<(String, Value)> =
            ended.map(|(key, record)| (key.to_owned(), record.clone())).collect();
        ended.into_iter().for_each(|(key, record)| end(tx, &key, record, &now.rfc3339()));
        Ok(())
    })
}

fn end(tx: &mut Transaction<'_>, key: &str, mut record: Value, now: &str) {
    let thing = record["key"].as_str().unwrap_or_default().to_owned();
    let mut becomes = record["becomes"].take();
    let operation = &mut record["operation"];
    operation["done"] = json!(true);
    match (seed::trouble_of(tx, &thing), becomes.is_object()) {
        (Some(error), true) => operation["error"] = error,
        (_, true) => {
            becomes["createTime"] = json!(now);
            becomes["updateTime"] = json!(now);
            operation["response"] = becomes.clone();
            operation["response"]["@type"] =
                json!("type.googleapis.com/google.devtools.artifactregistry.v1.Repository");
            tx.put(thing, becomes);
        }
        (_, false) => {
            operation["response"] = json!({ "@type": "type.googleapis.com/google.protobuf.Empty" });
            repository::forget(tx, &thing);
        }
    }
    tx.put(key.to_owned(), record);
}

pub(super) fn get(world: &World, path: &Path, name: &str) -> Result<Value, Refusal> {
    let called = format!("{}/operations/{name}", path.parent());
    let found =
        world.store.read(|view| Ok::<_, Refusal>(view.value(&format!("{OPERATIONS}{called}"))))?;
    let missing = || Refusal::not_found(format!("Operation \"{called}\" was not found."));
    Ok(found.ok_or_else(missing)?["operation"].clone())
}
