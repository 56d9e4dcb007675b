//! What single types demand of their objects.
//!
//! <https://github.com/kubernetes/kubernetes/tree/master/pkg/apis>

use std::iter::empty;

use serde_json::{Map, Value, json};

use super::failure::Cause;
use super::kind::Type;

/// Adds what is wrong with an object.
pub(super) fn checked(kind: &Type, object: &Value, causes: &mut Vec<Cause>) {
    let spec = &object["spec"];
    match (kind.group.as_str(), kind.kind.as_str()) {
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet") => {
            if spec["replicas"].as_i64().is_some_and(|count| count < 0) {
                let why = "must be greater than or equal to 0";
                causes.push(Cause::invalid("spec.replicas", &spec["replicas"], why));
            }
            selects_its_own(spec, causes);
            let claims = spec["volumeClaimTemplates"].as_array().into_iter().flatten();
            let claims = claims.map(|claim| &claim["metadata"]["name"]);
            containers(&spec["template"]["spec"], claims, "spec.template.spec", causes);
        }
        ("batch", "Job") => {
            containers(&spec["template"]["spec"], empty(), "spec.template.spec", causes);
        }
        ("batch", "CronJob") => cron(spec, causes),
        ("", "Pod") => containers(spec, empty(), "spec", causes),
        ("", "Service") => ports(spec, causes),
        ("", "ConfigMap") => keys(object, causes),
        ("", "Secret") => {
            keys(object, causes);
            secret(object, causes);
        }
        ("", "PersistentVolumeClaim") => claim(spec, causes),
        _ => {}
    }
}

/// Adds what of an object is not as it was, and must be.
pub(super) fn kept(kind: &Type, before: &Value, after: &Value, causes: &mut Vec<Cause>) {
    let (old, new) = (&before["spec"], &after["spec"]);
    match (kind.group.as_str(), kind.kind.as_str()) {
        ("", "Service") => service_kept(old, new, causes),
        ("", "PersistentVolumeClaim") => claim_kept(old, new, causes),
        ("", "Pod") => pod_kept(old, new, causes),
        _ => {}
    }
}

/// Whoever reaches a service by its address goes on to do so.
fn service_kept(old: &Value, new: &Value, causes: &mut Vec<Cause>) {
    let is_a_name = |spec: &Value| spec["type"] == "ExternalName";
    if !is_a_name(old) && !is_a_name(new) && old["clusterIP"] != new["clusterIP"] {
        let addresses = json!([new["clusterIP"]]);
        causes.push(Cause::invalid("spec.clusterIPs[0]", &addresses, "may not change once set"));
    }
}

fn selects_its_own(spec: &Value, causes: &mut Vec<Cause>) {
    let (selector, labels) = (&spec["selector"], &spec["template"]["metadata"]["labels"]);
    if !selector.is_object() {
        return causes.push(Cause::required("spec.selector", ""));
    }
    let mut wanted = selector["matchLabels"].as_object().into_iter().flatten();
    if !wanted.all(|(key, value)| labels.get(key) == Some(value)) {
        let shown = labels.as_object().cloned().unwrap_or_else(Map::new);
        let why = "`selector` does not match template `labels`";
        causes.push(Cause::invalid("spec.template.metadata.labels", &json!(shown), why));
    }
}

/// Containers have names and images, and mount only volumes of their pod, or `more`.
fn containers<'v>(
    pod: &'v Value,
    more: impl Iterator<Item = &'v Value>,
    at: &str,
    causes: &mut Vec<Cause>,
) {
    let containers = pod["containers"].as_array();
    if containers.is_none_or(Vec::is_empty) {
        return causes.push(Cause::required(&format!("{at}.containers"), ""));
    }
    let own = pod["volumes"].as_array().into_iter().flatten().map(|volume| &volume["name"]);
    let volumes: Vec<&Value> = own.chain(more).collect();
    for (number, container) in containers.into_iter().flatten().enumerate() {
        for field in ["name", "image"] {
            if container[field].as_str().unwrap_or_default().is_empty() {
                causes.push(Cause::required(&format!("{at}.containers[{number}].{field}"), ""));
            }
        }
        let mounts = container["volumeMounts"].as_array().into_iter().flatten();
        for (mount, it) in mounts.enumerate().filter(|(_, it)| !volumes.contains(&&it["name"])) {
            causes.push(Cause {
                reason: "FieldValueNotFound",
                message: format!("Not found: {}", it["name"]),
                field: format!("{at}.containers[{number}].volumeMounts[{mount}].name"),
            });
        }
    }
}

fn cron(spec: &Value, causes: &mut Vec<Cause>) {
    let schedule = spec["schedule"].as_str().unwrap_or_default();
    let fields = schedule.split_whitespace().count();
    if schedule.is_empty() {
        causes.push(Cause::required("spec.schedule", ""));
    } else if fields != 5 && !schedule.starts_with('@') {
        let why = format!("expected exactly 5 fields, found {fields}: {schedule:?}");
        causes.push(Cause::invalid("spec.schedule", &spec["schedule"], &why));
    }
    let pod = &spec["jobTemplate"]["spec"]["template"]["spec"];
    containers(pod, empty(), "spec.jobTemplate.spec.template.spec", causes);
}

fn ports(spec: &Value, causes: &mut Vec<Cause>) {
    let ports = spec["ports"].as_array();
    let headless = spec["clusterIP"] == "None" || spec["type"] == "ExternalName";
    if ports.is_none_or(Vec::is_empty) && !headless {
        causes.push(Cause::required("spec.ports", ""));
    }
    for (number, port) in ports.into_iter().flatten().enumerate() {
        if !port["port"].as_u64().is_some_and(|it| (1..=65_535).contains(&it)) {
            let field = format!("spec.ports[{number}].port");
            causes.push(Cause::invalid(
                &field,
                &port["port"],
                "must be between 1 and 65535, inclusive",
            ));
        }
        if port["name"].is_null() && ports.is_some_and(|ports| ports.len() > 1) {
            causes.push(Cause::required(&format!("spec.ports[{number}].name"), ""));
        }
    }
}

fn keys(object: &Value, causes: &mut Vec<Cause>) {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    for key in object["data"].as_object().into_iter().flatten().map(|(key, _)| key) {
        if key.is_empty() || key.len() > 253 || !key.chars().all(allowed) {
            let why = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' \
                       (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is \
                       '[-._a-zA-Z0-9]+')";
            causes.push(Cause::invalid(&format!("data[{key}]"), &json!(key), why));
        }
    }
}

/// What secrets of a few types must hold.
fn secret(object: &Value, causes: &mut Vec<Cause>) {
    let wanted: &[&str] = match object["type"].as_str().unwrap_or_default() {
        "kubernetes.io/tls" => &["tls.crt", "tls.key"],
        "kubernetes.io/dockerconfigjson" => &[".dockerconfigjson"],
        "kubernetes.io/dockercfg" => &[".dockercfg"],
        "kubernetes.io/ssh-auth" => &["ssh-privatekey"],
        _ => &[],
    };
    for key in wanted.iter().filter(|key| object["data"].get(**key).is_none()) {
        causes.push(Cause::required(&format!("data[{key}]"), ""));
    }
    for key in wanted.iter().filter(|key| key.starts_with(".docker")) {
        let text = object["data"][*key].as_str().unwrap_or_default();
        let bytes = data_encoding::BASE64.decode(text.as_bytes()).unwrap_or_default();
        if !bytes.is_empty() && serde_json::from_slice::<Map<String, Value>>(&bytes).is_err() {
            let hidden = json!("<secret contents redacted>");
            causes.push(Cause::invalid(&format!("data[{key}]"), &hidden, "it is no JSON object"));
        }
    }
    for (key, value) in object["data"].as_object().into_iter().flatten() {
        let text = value.as_str().unwrap_or_default();
        if data_encoding::BASE64.decode(text.as_bytes()).is_err() {
            let why = "illegal base64 data";
            causes.push(Cause::invalid(&format!("data[{key}]"), &json!("(hidden)"), why));
        }
    }
}

fn claim(spec: &Value, causes: &mut Vec<Cause>) {
    if spec["accessModes"].as_array().is_none_or(Vec::is_empty) {
        causes.push(Cause::required("spec.accessModes", "at least 1 access mode is required"));
    }
    if spec["resources"]["requests"]["storage"].is_null() {
        causes.push(Cause::required("spec.resources[storage]", ""));
    }
}

/// A claim can only grow.
fn claim_kept(old: &Value, new: &Value, causes: &mut Vec<Cause>) {
    let rest = |spec: &Value| {
        let mut spec = spec.clone();
        spec["resources"] = Value::Null;
        // It is bound once only.
        spec["volumeName"] = Value::Null;
        spec
    };
    if rest(old) != rest(new) {
        let why = "spec is immutable after creation except resources.requests and \
                   volumeAttributesClassName for bound claims";
        causes.push(Cause::forbidden("spec", why));
    }
    let size = |spec: &Value| bytes(&spec["resources"]["requests"]["storage"]);
    if size(new) < size(old) {
        let why = "field can not be less than status.capacity";
        causes.push(Cause::forbidden("spec.resources.requests.storage", why));
    }
}

/// A size as a number of bytes, roughly: it is only compared.
fn bytes(size: &Value) -> f64 {
    let text = size.as_str().map_or_else(|| size.to_string(), str::to_owned);
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "Ki" => 1024.0,
        "Mi" => 1_048_576.0,
        "Gi" => 1_073_741_824.0,
        "Ti" => 1_099_511_627_776.0,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        _ => 1.0,
    };
    digits.parse::<f64>().unwrap_or_default() * unit
}

fn pod_kept(old: &Value, new: &Value, causes: &mut Vec<Cause>) {
    let rest = |spec: &Value| {
        let mut spec = spec.clone();
        for field in ["activeDeadlineSeconds", "tolerations", "nodeName"] {
            spec[field] = Value::Null;
        }
        for list in ["containers", "initContainers"] {
            for container in spec[list].as_array_mut().into_iter().flatten() {
                container["image"] = Value::Null;
            }
        }
        spec
    };
    if rest(old) != rest(new) {
        let why = "pod updates may not change fields other than `spec.containers[*].image`, \
                   `spec.initContainers[*].image`, `spec.activeDeadlineSeconds`, \
                   `spec.tolerations` (only additions to existing tolerations), \
                   `spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously \
                   negative)";
        causes.push(Cause::forbidden("spec", why));
    }
}
