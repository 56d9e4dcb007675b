//! Values of another type than their field, which the server cannot even read.
//!
//! Told of are those that people get wrong: a number where a text must be, in labels, settings and
//! variables, a text where a number must be, what is no quantity, and what is not in base64.

use data_encoding::BASE64;
use serde_json::Value;

use super::kind::{Origin, Type};
use super::quantity;

/// A value that does not fit its field.
pub(super) struct Wrong {
    /// The names that lead to it.
    path: Vec<String>,
    /// What is wrong, as the server's reader says it.
    why: String,
}

/// Maps whose values are texts.
const MAPS: &[&str] = &["labels", "annotations", "matchLabels", "nodeSelector", "stringData"];

/// Fields that are whole numbers.
const NUMBERS: &[&str] = &[
    "replicas",
    "containerPort",
    "hostPort",
    "nodePort",
    "minReadySeconds",
    "revisionHistoryLimit",
];

impl Wrong {
    /// As it is said of what was sent as an object.
    pub(super) fn read(&self) -> String {
        self.why.clone()
    }

    /// As it is said of what was applied.
    pub(super) fn applied(&self) -> String {
        let steps: Vec<String> = self.path.iter().map(|step| format!(".{step}")).collect();
        format!("{}: {}", steps.concat(), self.why)
    }
}

/// The first value of an object that does not fit.
pub(super) fn wrong(kind: &Type, object: &Value) -> Option<Wrong> {
    if kind.origin != Origin::BuiltIn {
        return None;
    }
    let data = matches!(kind.kind.as_str(), "ConfigMap" | "Secret") && kind.group.is_empty();
    let data = data.then(|| texts(&kind.kind, &object["data"], &mut vec!["data".to_owned()]));
    data.flatten()
        .or_else(|| encoded(kind, &object["data"]))
        .or_else(|| inside(&kind.kind, object, &mut Vec::new()))
        .or_else(|| quantity::wrong(object).map(|_| no_quantity()))
}

fn no_quantity() -> Wrong {
    let why = "quantities must match the regular expression \
               '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    Wrong { path: Vec::new(), why: why.to_owned() }
}

/// Values of secrets are in base64.
fn encoded(kind: &Type, data: &Value) -> Option<Wrong> {
    let values = data.as_object().into_iter().flatten().filter(|_| kind.is("", "Secret"));
    let is_wrong =
        |value: &Value| value.as_str().is_some_and(|it| BASE64.decode(it.as_bytes()).is_err());
    let (key, _) = values.into_iter().find(|(_, value)| is_wrong(value))?;
    let why = "illegal base64 data at input byte 0".to_owned();
    Some(Wrong { path: vec!["data".to_owned(), key.clone()], why })
}

fn inside(kind: &str, value: &Value, path: &mut Vec<String>) -> Option<Wrong> {
    match value {
        Value::Object(fields) => fields.iter().find_map(|(name, inner)| {
            path.push(name.clone());
            let found = field(kind, name, inner, path);
            path.pop();
            found
        }),
        Value::Array(items) => items.iter().find_map(|item| inside(kind, item, path)),
        _ => None,
    }
}

fn field(kind: &str, name: &str, value: &Value, path: &mut Vec<String>) -> Option<Wrong> {
    let variable = path.len() > 1 && path[path.len() - 2] == "env" && name == "value";
    if MAPS.contains(&name) {
        return texts(kind, value, path);
    }
    if variable && !value.is_null() && !value.is_string() {
        return Some(other(kind, value, "string", path));
    }
    if NUMBERS.contains(&name) && !value.is_null() && !value.is_i64() && !value.is_u64() {
        return Some(other(kind, value, "int32", path));
    }
    inside(kind, value, path)
}

/// A value of a map that is no text.
fn texts(kind: &str, map: &Value, path: &mut Vec<String>) -> Option<Wrong> {
    let mut entries = map.as_object().into_iter().flatten();
    let (key, value) = entries.find(|(_, it)| !it.is_string() && !it.is_null())?;
    let mut wrong = other(kind, value, "string", path);
    wrong.path.push(key.clone());
    Some(wrong)
}

fn other(kind: &str, value: &Value, wanted: &str, path: &[String]) -> Wrong {
    let found = match value {
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        _ => "object",
    };
    let place = path.join(".");
    let why = format!(
        "json: cannot unmarshal {found} into Go struct field {kind}.{place} of type {wanted}"
    );
    Wrong { path: path.to_vec(), why }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::kind;
    use super::*;

    fn told(group: &str, name: &str, object: &Value) -> Option<String> {
        wrong(kind::of_kind(group, name).unwrap(), object).map(|it| it.read())
    }

    #[test]
    fn a_number_where_a_text_must_be_is_found() {
        let said = told("", "ConfigMap", &json!({ "data": { "a": 1 } })).unwrap();
        assert_eq!(
            said,
            "json: cannot unmarshal number into Go struct field ConfigMap.data of type string"
        );
        assert!(told("", "Service", &json!({ "metadata": { "labels": { "a": true } } })).is_some());
        let container = json!({ "env": [{ "name": "A", "value": 1 }] });
        let pod = json!({ "spec": { "template": { "spec": { "containers": [container] } } } });
        assert!(told("apps", "Deployment", &pod).is_some());
        assert_eq!(told("", "ConfigMap", &json!({ "data": { "a": "1" } })), None);
    }

    #[test]
    fn a_secret_is_in_base64_and_a_quantity_is_one() {
        assert!(told("", "Secret", &json!({ "data": { "a": "%%" } })).is_some());
        assert_eq!(told("", "Secret", &json!({ "data": { "a": "eWVz" } })), None);
        assert!(
            told("", "ResourceQuota", &json!({ "spec": { "hard": { "cpu": "many" } } })).is_some()
        );
    }
}
