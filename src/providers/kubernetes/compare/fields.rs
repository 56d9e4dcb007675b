//! Who manages which fields of an object, as the object itself says (`metadata.managedFields`).
//!
//! <https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers>

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A step into an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Element {
    /// The field of that name.
    Field(String),
    /// The entry of a list that has these values, `{"name":"hub"}`, as JSON with sorted keys.
    Entry(String),
    /// The value of a set, as JSON.
    Value(String),
}

/// Fields of an object; what has none below it is the whole of what is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(BTreeMap<Element, Fields>);

/// Somebody who manages fields of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Manager {
    /// What it calls itself, `kubectl-edit`.
    pub(crate) name: String,
    /// Whether it says what is to be (`Apply`), or once wrote something (`Update`).
    pub(crate) applies: bool,
    /// The part of the object that it writes through, `scale`; empty for the object itself.
    pub(crate) subresource: String,
    /// What it manages.
    pub(crate) fields: Fields,
}

impl Manager {
    /// Whether it is a person at a keyboard, who wrote once and will not write again by itself.
    pub(crate) fn is_by_hand(&self) -> bool {
        !self.applies && self.name.starts_with("kubectl")
    }
}

/// Everybody who manages fields of a live object.
pub(crate) fn managers(live: &Value) -> Vec<Manager> {
    let all = live["metadata"]["managedFields"].as_array().into_iter().flatten();
    let one = |entry: &Value| Manager {
        name: entry["manager"].as_str().unwrap_or_default().to_owned(),
        applies: entry["operation"] == "Apply",
        subresource: entry["subresource"].as_str().unwrap_or_default().to_owned(),
        fields: Fields::read(&entry["fieldsV1"]),
    };
    all.map(one).collect()
}

impl Fields {
    /// Reads `FieldsV1`: <https://github.com/kubernetes-sigs/structured-merge-diff>.
    pub(crate) fn read(value: &Value) -> Self {
        let entries = value.as_object().into_iter().flatten();
        let one = |(key, below): (&String, &Value)| {
            let (sort, rest) = key.split_once(':')?;
            let element = match sort {
                "f" => Element::Field(rest.to_owned()),
                "k" => Element::Entry(sorted(rest)?),
                "v" => Element::Value(rest.to_owned()),
                _ => return None,
            };
            Some((element, Self::read(below)))
        };
        Self(entries.filter_map(one).collect())
    }

    /// What is below a step; none if nothing there is among these fields.
    pub(crate) fn below(&self, element: &Element) -> Option<&Self> {
        self.0.get(element)
    }

    /// What is below the field of that name.
    pub(crate) fn field(&self, name: &str) -> Option<&Self> {
        self.below(&Element::Field(name.to_owned()))
    }

    /// Whether it is a whole, and not parts of one.
    pub(crate) fn is_whole(&self) -> bool {
        self.0.is_empty()
    }

    /// The steps that lead on.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (&Element, &Self)> {
        self.0.iter()
    }

    /// The fields by which entries of this list are told apart, as any entry shows.
    pub(crate) fn keys(&self) -> Option<Vec<String>> {
        self.0.keys().find_map(|element| match element {
            Element::Entry(text) => {
                let entry: Map<String, Value> = serde_json::from_str(text).ok()?;
                Some(entry.keys().cloned().collect())
            }
            _ => None,
        })
    }

    /// Whether this list is a set of plain values.
    pub(crate) fn is_set(&self) -> bool {
        self.0.keys().any(|element| matches!(element, Element::Value(_)))
    }
}

/// How an entry of a list is called by the values of these fields.
pub(crate) fn entry(item: &Value, keys: &[String]) -> Element {
    let value = |key: &String| {
        let value = item.get(key).cloned();
        // The one key that servers fill in when it is not said: ports are TCP.
        let value = value.or_else(|| (key == "protocol").then(|| "TCP".into()));
        value.map(|value| (key.clone(), value))
    };
    let values: Map<String, Value> = keys.iter().filter_map(value).collect();
    Element::Entry(Value::Object(values).to_string())
}

/// The same JSON with its keys in order.
fn sorted(text: &str) -> Option<String> {
    let all: BTreeMap<String, Value> = serde_json::from_str(text).ok()?;
    let all: Map<String, Value> = all.into_iter().collect();
    Some(Value::Object(all).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn it_is_read_who_manages_what() {
        let live = json!({ "metadata": { "managedFields": [
            { "manager": "leap-infra", "operation": "Apply", "fieldsV1": { "f:spec": {
                "f:replicas": {},
                "f:ports": { ".": {}, "k:{\"protocol\":\"TCP\",\"containerPort\":80}": { "f:name": {} } },
            } } },
            { "manager": "kubectl-edit", "operation": "Update", "fieldsV1": {} },
        ] } });
        let all = managers(&live);
        assert!(all[0].applies && !all[0].is_by_hand() && all[1].is_by_hand());
        let ports = all[0].fields.field("spec").unwrap().field("ports").unwrap();
        assert_eq!(ports.keys().unwrap(), ["containerPort", "protocol"]);
        let port = entry(&json!({ "containerPort": 80, "name": "http" }), &ports.keys().unwrap());
        assert!(ports.below(&port).unwrap().field("name").is_some());
    }
}
