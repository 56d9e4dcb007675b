//! The manifest of a release: what its chart became, in YAML, one document for each object.

use serde_json::{Map, Value};
use serde_saphyr::options::DuplicateKeyPolicy;

/// The annotation of what Helm runs at certain moments, and which is not part of the release.
const HOOK: &str = "helm.sh/hook";

/// What a secret is replaced by.
pub(crate) const NOT_SHOWN: &str = "(not shown)";

/// The objects of a manifest, lists taken apart. Secrets are without what is in them. Hooks are
/// left out: they come and go.
pub(crate) fn objects(manifest: &str, namespace: &str) -> Result<Vec<Value>, String> {
    let mut objects = Vec::new();
    for document in documents(manifest)? {
        match document.get("items").and_then(Value::as_array) {
            Some(items) if is_list(&document) => objects.extend(items.iter().cloned()),
            _ => objects.push(document),
        }
    }
    objects.retain(|object| object.get("kind").is_some_and(Value::is_string) && !is_hook(object));
    objects.iter_mut().for_each(hide);
    for object in &mut objects {
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            let place = metadata.entry("namespace").or_insert(Value::Null);
            if place.is_null() {
                *place = namespace.into();
            }
        }
    }
    Ok(objects)
}

/// What Helm and its charts write is YAML 1.1 in one respect: `0644` is a file mode.
pub(crate) fn documents(text: &str) -> Result<Vec<Value>, String> {
    let options = serde_saphyr::options! {
        legacy_octal_numbers: true,
        with_snippet: false,
        duplicate_keys: DuplicateKeyPolicy::LastWins,
    };
    let documents: Vec<Value> = serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|_| "its manifest is no YAML that can be read".to_owned())?;
    Ok(documents.into_iter().filter(|document| !document.is_null()).collect())
}

fn is_list(object: &Value) -> bool {
    object.get("kind").and_then(Value::as_str).is_some_and(|kind| kind.ends_with("List"))
}

fn is_hook(object: &Value) -> bool {
    object.pointer("/metadata/annotations").is_some_and(|all| all.get(HOOK).is_some())
}

/// Leaves what is in a Secret behind, keys included.
fn hide(object: &mut Value) {
    if object.get("kind").and_then(Value::as_str) != Some("Secret") {
        return;
    }
    let fields: Option<&mut Map<String, Value>> = object.as_object_mut();
    if let Some(fields) = fields {
        fields.remove("data");
        fields.remove("stringData");
    }
}
