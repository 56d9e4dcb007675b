//! Which objects a list or a watch is asked for, by their labels and by a few of their fields.
//!
//! <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#api>

use serde_json::Value;

use super::failure::Failure;
use super::kind::Type;

/// Labels and fields that objects must have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selector {
    labels: Vec<Demand>,
    fields: Vec<Demand>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Demand {
    key: String,
    is: Is,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Is {
    There,
    Absent,
    In(Vec<String>),
    NotIn(Vec<String>),
}

/// Fields that objects of every type are selected by, and those of a few types.
const FIELDS: &[(&str, &[&str])] = &[
    (
        "Pod",
        &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.serviceAccountName",
            "status.phase",
            "status.podIP",
        ],
    ),
    ("Secret", &["type"]),
    (
        "Event",
        &[
            "involvedObject.kind",
            "involvedObject.name",
            "involvedObject.namespace",
            "involvedObject.uid",
            "reason",
            "type",
        ],
    ),
    ("Namespace", &["status.phase"]),
    ("Node", &["spec.unschedulable"]),
    ("Job", &["status.successful"]),
];

impl Selector {
    /// Reads what is asked for.
    pub(super) fn read(kind: &Type, labels: &str, fields: &str) -> Result<Self, Failure> {
        let bad = |text: &str| {
            Failure::bad_request(format!("unable to parse requirement: {text:?} is no selector"))
        };
        let labels = parts(labels).map(|part| Demand::read(part).ok_or_else(|| bad(part)));
        let labels = labels.collect::<Result<_, _>>()?;
        let fields = parts(fields).map(|part| {
            let demand = Demand::read(part).filter(|it| matches!(it.is, Is::In(_) | Is::NotIn(_)));
            let demand = demand.ok_or_else(|| bad(part))?;
            match is_selectable(kind, &demand.key) {
                true => Ok(demand),
                false => {
                    Err(Failure::bad_request(format!("field label not supported: {}", demand.key)))
                }
            }
        });
        Ok(Self { labels, fields: fields.collect::<Result<_, _>>()? })
    }

    pub(super) fn fits(&self, object: &Value) -> bool {
        let label = |key: &str| object["metadata"]["labels"].get(key).and_then(Value::as_str);
        // A field that is not there is as one that is empty.
        let field = |key: &str| Some(at(object, key).and_then(Value::as_str).unwrap_or_default());
        self.labels.iter().all(|demand| demand.fits(label(&demand.key)))
            && self.fields.iter().all(|demand| demand.fits(field(&demand.key)))
    }
}

fn at<'v>(object: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(object, |value, name| value.get(name))
}

fn is_selectable(kind: &Type, field: &str) -> bool {
    let more = FIELDS.iter().find(|(it, _)| *it == kind.kind);
    matches!(field, "metadata.name" | "metadata.namespace")
        || more.is_some_and(|(_, fields)| fields.contains(&field))
}

/// The demands of a selector: commas between brackets do not part them.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    let parts = text.split(move |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty())
}

impl Demand {
    fn read(text: &str) -> Option<Self> {
        let one = |value: &str| vec![value.trim().to_owned()];
        let (key, is) = if let Some((key, value)) = text.split_once("!=") {
            (key, Is::NotIn(one(value)))
        } else if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
            (key, Is::In(one(value)))
        } else if let Some(key) = text.strip_prefix('!') {
            (key, Is::Absent)
        } else if let Some((head, values)) = text.split_once('(') {
            let values = values.strip_suffix(')')?.split(',').map(|it| it.trim().to_owned());
            match head.split_whitespace().collect::<Vec<_>>().as_slice() {
                [key, "in"] => (*key, Is::In(values.collect())),
                [key, "notin"] => (*key, Is::NotIn(values.collect())),
                _ => return None,
            }
        } else {
            (text, Is::There)
        };
        let key = key.trim();
        let is_key = !key.is_empty() && !key.contains(char::is_whitespace);
        is_key.then(|| Self { key: key.to_owned(), is })
    }

    fn fits(&self, value: Option<&str>) -> bool {
        let among = |values: &[String]| value.is_some_and(|it| values.iter().any(|one| one == it));
        match &self.is {
            Is::There => value.is_some(),
            Is::Absent => value.is_none(),
            Is::In(values) => among(values),
            Is::NotIn(values) => !among(values),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::kind;
    use super::*;

    fn fits(labels: &str) -> bool {
        let kind = kind::of_kind("", "ConfigMap").unwrap();
        let object = json!({ "metadata": { "labels": { "app": "hub", "tier": "web" } } });
        Selector::read(kind, labels, "").unwrap().fits(&object)
    }

    #[test]
    fn labels_select_in_all_the_ways_that_are_written() {
        for yes in
            ["", "app=hub", "app==hub,tier", "app in (x, hub),!gone", "app!=x", "gone notin (a)"]
        {
            assert!(fits(yes), "{yes}");
        }
        for no in ["app=x", "gone", "!app", "app notin (hub)", "tier in (a,b)"] {
            assert!(!fits(no), "{no}");
        }
    }

    #[test]
    fn fields_that_a_type_is_not_selected_by_are_refused() {
        let kind = kind::of_kind("", "ConfigMap").unwrap();
        assert!(Selector::read(kind, "", "metadata.name=a").is_ok());
        assert!(Selector::read(kind, "", "data.x=a").is_err());
        assert!(Selector::read(kind, "a b", "").is_err());
    }
}
