//! What an object must be like, and what of it can never be changed.
//!
//! <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/> and the validation of
//! each type in <https://github.com/kubernetes/kubernetes/tree/master/pkg/apis>.

use serde_json::{Value, json};

use super::call::{Call, Unknown};
use super::failure::{Cause, Failure};
use super::kind::Type;

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', \
     and must start and end with an alphanumeric character (e.g. 'example.com', regex used for \
     validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start \
     and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation \
     is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

const DNS_1035: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an \
     alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex \
     used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and \
     must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', \
     regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const LABEL_KEY: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
     alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
     '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

/// The fields that can not be changed once an object is there: group and kind, and what.
const IMMUTABLE: &[(&str, &str, &[&str])] = &[
    ("apps", "Deployment", &["spec.selector"]),
    ("apps", "DaemonSet", &["spec.selector"]),
    ("apps", "ReplicaSet", &["spec.selector"]),
    ("batch", "Job", &["spec.selector", "spec.template", "spec.completionMode"]),
    ("", "Secret", &["type"]),
    ("rbac.authorization.k8s.io", "RoleBinding", &["roleRef"]),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", &["roleRef"]),
    (
        "storage.k8s.io",
        "StorageClass",
        &["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"],
    ),
    ("scheduling.k8s.io", "PriorityClass", &["value", "preemptionPolicy"]),
];

/// What of a stateful set can be changed.
const STATEFUL: &[&str] = &[
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

/// Refuses fields that a type does not have, or drops them, as the caller wants it.
pub(super) fn known(
    call: &Call<'_>,
    object: &mut Value,
    definition: Option<&Value>,
) -> Result<(), Failure> {
    if let Some(wrong) = super::typing::mistyped(&call.kind, object) {
        let (kind, version) = (&call.kind.kind, &call.kind.version);
        let message =
            format!("{kind} in version {version:?} cannot be handled as a {kind}: {wrong}");
        return Err(Failure::bad_request(message));
    }
    let unknown = super::field::unknown(&call.kind, object, definition);
    if unknown.is_empty() {
        return Ok(());
    }
    if call.unknown() == Unknown::Refused {
        let told = unknown.iter().map(super::field::written);
        let told: Vec<String> = told.map(|path| format!("unknown field {path:?}")).collect();
        let (kind, version) = (&call.kind.kind, &call.kind.version);
        let message = format!(
            "{kind} in version {version:?} cannot be handled as a {kind}: strict decoding error: {}",
            told.join(", ")
        );
        return Err(Failure::bad_request(message));
    }
    unknown.iter().for_each(|path| super::field::drop(object, path));
    Ok(())
}

/// The object must be of the type, in the namespace and of the name that the path says.
pub(super) fn identity(call: &Call<'_>, object: &mut Value) -> Result<(), Failure> {
    let kind = &call.kind;
    if !object.is_object() {
        return Err(Failure::bad_request("the body of the request is no object"));
    }
    let version = kind.api_version();
    for (field, expected) in [("kind", &kind.kind), ("apiVersion", &version)] {
        match object[field].as_str() {
            Some(said) if said != expected => {
                return Err(Failure::bad_request(format!(
                    "the {field} in the data ({said}) does not match the expected {field} ({expected})"
                )));
            }
            _ => object[field] = json!(expected),
        }
    }
    if !object["metadata"].is_object() {
        object["metadata"] = json!({});
    }
    let metadata = &mut object["metadata"];
    match (metadata["namespace"].as_str().unwrap_or_default(), call.namespace()) {
        ("", Some(namespace)) => metadata["namespace"] = json!(namespace),
        (said, Some(namespace)) if said != namespace => {
            let message = "the namespace of the provided object does not match the namespace sent on the request";
            return Err(Failure::bad_request(message));
        }
        (_, None) => {
            if let Some(fields) = metadata.as_object_mut() {
                fields.remove("namespace");
            }
        }
        _ => {}
    }
    if let Some(name) = &call.objects.name {
        match metadata["name"].as_str() {
            Some(said) if said != name => {
                return Err(Failure::bad_request(format!(
                    "the name of the object ({said}) does not match the name on the URL ({name})"
                )));
            }
            _ => metadata["name"] = json!(name),
        }
    }
    Ok(())
}

/// The object must be the one, and in the version, that the caller speaks of.
pub(super) fn current(
    kind: &Type,
    name: &str,
    before: &Value,
    sent: &Value,
) -> Result<(), Failure> {
    let said = |field: &str| {
        let said = sent["metadata"][field].as_str().filter(|it| !it.is_empty())?;
        let is = before["metadata"][field].as_str().unwrap_or_default();
        (said != is).then(|| (said.to_owned(), is.to_owned()))
    };
    if let Some((said, is)) = said("uid") {
        let why =
            format!("Precondition failed: UID in precondition: {said}, UID in object meta: {is}");
        return Err(Failure::conflict(kind, name, &why));
    }
    said("resourceVersion").map_or(Ok(()), |_| Err(Failure::stale(kind, name)))
}

/// What a new object must be like.
pub(super) fn new(kind: &Type, name: &str, object: &Value) -> Result<(), Failure> {
    let mut causes = Vec::new();
    named(kind, name, &mut causes);
    metadata(&object["metadata"], "metadata", &mut causes);
    super::demand::checked(kind, object, &mut causes);
    refused(kind, name, &causes)
}

fn refused(kind: &Type, name: &str, causes: &[Cause]) -> Result<(), Failure> {
    if causes.is_empty() { Ok(()) } else { Err(Failure::invalid(kind, name, causes)) }
}

/// What a changed object must be like, and what of it must be as it was.
pub(super) fn changed(
    kind: &Type,
    name: &str,
    before: &Value,
    after: &Value,
) -> Result<(), Failure> {
    let mut causes = Vec::new();
    metadata(&after["metadata"], "metadata", &mut causes);
    kept(kind, before, after, &mut causes);
    super::demand::checked(kind, after, &mut causes);
    held(before, after, &mut causes);
    refused(kind, name, &causes)
}

fn kept(kind: &Type, before: &Value, after: &Value, causes: &mut Vec<Cause>) {
    let fixed = IMMUTABLE.iter().find(|(group, name, _)| kind.is(group, name));
    for path in fixed.into_iter().flat_map(|(_, _, paths)| *paths) {
        let pointer = format!("/{}", path.replace('.', "/"));
        let (was, is) = (before.pointer(&pointer), after.pointer(&pointer));
        if was != is {
            causes.push(Cause::invalid(path, is.unwrap_or(&Value::Null), "field is immutable"));
        }
    }
    let fixed = |object: &Value| object["immutable"] == true;
    if fixed(before) && (before["data"] != after["data"] || !fixed(after)) {
        causes.push(Cause::forbidden("data", "field is immutable when `immutable` is set"));
    }
    if kind.is("apps", "StatefulSet") && rest(before) != rest(after) {
        let why = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', \
                   'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and \
                   'minReadySeconds' are forbidden";
        causes.push(Cause::forbidden("spec", why));
    }
    super::demand::kept(kind, before, after, causes);
}

/// What is to be deleted is held by nobody new.
fn held(before: &Value, after: &Value, causes: &mut Vec<Cause>) {
    if before["metadata"]["deletionTimestamp"].is_null() {
        return;
    }
    let list =
        |object: &Value| object["metadata"]["finalizers"].as_array().cloned().unwrap_or_default();
    let earlier = list(before);
    let new: Vec<String> =
        list(after).iter().filter(|it| !earlier.contains(it)).map(Value::to_string).collect();
    if !new.is_empty() {
        let why = format!(
            "no new finalizers can be added if the object is being deleted, found new finalizers \
             []string{{{}}}",
            new.join(", ")
        );
        // The real server says so twice.
        let cause = Cause::forbidden("metadata.finalizers", &why);
        causes.extend([cause.clone(), cause]);
    }
}

/// What of a stateful set never changes.
fn rest(object: &Value) -> Value {
    let mut spec = object["spec"].clone();
    if let Some(fields) = spec.as_object_mut() {
        fields.retain(|name, _| !STATEFUL.contains(&name.as_str()));
    }
    spec
}

/// Types whose names stand in host names.
fn named(kind: &Type, name: &str, causes: &mut Vec<Cause>) {
    let value = json!(name);
    let is_short = name.len() <= 63 && is_label(name);
    let is_subdomain = name.len() <= 253 && name.split('.').all(is_label);
    let alphabetic = name.starts_with(|c: char| c.is_ascii_lowercase());
    let role = kind.group == "rbac.authorization.k8s.io";
    let (fits, why) = match kind.kind.as_str() {
        _ if name.is_empty() => {
            return causes
                .push(Cause::required("metadata.name", "name or generateName is required"));
        }
        "Service" if kind.group.is_empty() => (is_short && alphabetic, DNS_1035),
        "Namespace" if kind.group.is_empty() && name.contains('.') => {
            (false, "must not contain dots")
        }
        "Namespace" if kind.group.is_empty() => (is_short, LABEL),
        _ if role => {
            (!name.contains(['/', '%']) && name != "." && name != "..", "may not contain '/'")
        }
        _ => (is_subdomain, SUBDOMAIN),
    };
    if !fits {
        causes.push(Cause::invalid("metadata.name", &value, why));
    }
}

/// <https://www.rfc-editor.org/rfc/rfc1123>
fn is_label(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(allowed) && !text.starts_with('-') && !text.ends_with('-')
}

/// Labels and annotations.
fn metadata(metadata: &Value, at: &str, causes: &mut Vec<Cause>) {
    for (key, value) in metadata["labels"].as_object().into_iter().flatten() {
        let field = format!("{at}.labels");
        if !is_key(key) {
            causes.push(Cause::invalid(&field, &json!(key), LABEL_KEY));
        }
        let text = value.as_str().unwrap_or_default();
        if text.len() > 63 {
            causes.push(Cause::invalid(&field, value, "must be no more than 63 characters"));
        } else if !text.is_empty() && !is_word(text) {
            causes.push(Cause::invalid(&field, value, LABEL_VALUE));
        }
    }
    let annotations = metadata["annotations"].as_object().into_iter().flatten();
    let mut size = 0;
    for (key, value) in annotations {
        size += key.len() + value.as_str().map_or(0, str::len);
        if !is_key(&key.to_ascii_lowercase()) {
            causes.push(Cause::invalid(&format!("{at}.annotations"), &json!(key), LABEL_KEY));
        }
    }
    if size > 256 << 10 {
        let message = "Too long: may not be more than 262144 bytes".to_owned();
        let field = format!("{at}.annotations");
        causes.push(Cause { reason: "FieldValueTooLong", message, field });
    }
}

fn is_key(key: &str) -> bool {
    let (prefix, name) = key.split_once('/').map_or((None, key), |(a, b)| (Some(a), b));
    let prefix_fits = prefix.is_none_or(|it| it.len() <= 253 && it.split('.').all(is_label));
    prefix_fits && name.len() <= 63 && is_word(name)
}

fn is_word(text: &str) -> bool {
    let ends = |c: char| c.is_ascii_alphanumeric();
    let allowed = |c: char| ends(c) || matches!(c, '-' | '_' | '.');
    text.starts_with(ends) && text.ends_with(ends) && text.chars().all(allowed)
}
