//! Who owns which fields of an object: `metadata.managedFields`.

use serde_json::{Value, json};

use super::fields::Fields;

/// What somebody owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) manager: String,
    /// `Apply` or `Update`.
    pub(super) operation: String,
    pub(super) api_version: String,
    pub(super) subresource: String,
    pub(super) time: String,
    pub(super) fields: Fields,
}

impl Owner {
    /// Whether both are the same manager by the same way: what is applied is one whatever its version.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.manager == other.manager
            && self.operation == other.operation
            && self.subresource == other.subresource
            && (self.operation == "Apply" || self.api_version == other.api_version)
    }

    fn read(entry: &Value) -> Self {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        Self {
            manager: text("manager"),
            operation: text("operation"),
            api_version: text("apiVersion"),
            subresource: text("subresource"),
            time: text("time"),
            fields: Fields::of_root(&entry["fieldsV1"]),
        }
    }

    fn shown(&self) -> Value {
        let mut entry = json!({
            "manager": self.manager, "operation": self.operation,
            "apiVersion": self.api_version, "time": self.time,
            "fieldsType": "FieldsV1", "fieldsV1": self.fields.shown(),
        });
        if !self.subresource.is_empty() {
            entry["subresource"] = json!(self.subresource);
        }
        entry
    }

    /// As a conflict names whom it is with.
    pub(super) fn named(&self) -> String {
        let manager = match self.subresource.as_str() {
            "" => format!("{:?}", self.manager),
            below => format!("{:?} with subresource {below:?}", self.manager),
        };
        match self.operation.as_str() {
            "Update" => format!("{manager} using {}", self.api_version),
            _ => manager,
        }
    }
}

/// Everybody who owns something of an object.
pub(super) fn owners(object: &Value) -> Vec<Owner> {
    let entries = object["metadata"]["managedFields"].as_array().into_iter().flatten();
    entries.map(Owner::read).collect()
}

/// Writes down who owns what; who owns nothing is left out.
pub(super) fn write(object: &mut Value, mut owners: Vec<Owner>) {
    owners.retain(|owner| !owner.fields.is_empty());
    let order = |owner: &Owner| {
        let Owner { operation, time, manager, api_version, .. } = owner.clone();
        (operation, time, manager, api_version)
    };
    owners.sort_by_key(order);
    let Some(metadata) = object["metadata"].as_object_mut() else { return };
    if owners.is_empty() {
        metadata.remove("managedFields");
    } else {
        let entries = owners.iter().map(Owner::shown).collect();
        metadata.insert("managedFields".to_owned(), Value::Array(entries));
    }
}

/// What belongs to the server and to nobody else.
pub(super) const NOBODYS: &[&[&str]] = &[
    &["f:apiVersion"],
    &["f:kind"],
    &["f:metadata", "f:name"],
    &["f:metadata", "f:namespace"],
    &["f:metadata", "f:generateName"],
    &["f:metadata", "f:creationTimestamp"],
    &["f:metadata", "f:deletionTimestamp"],
    &["f:metadata", "f:deletionGracePeriodSeconds"],
    &["f:metadata", "f:selfLink"],
    &["f:metadata", "f:uid"],
    &["f:metadata", "f:generation"],
    &["f:metadata", "f:managedFields"],
    &["f:metadata", "f:resourceVersion"],
];

/// Leaves out what belongs to the server.
pub(super) fn ownable(mut fields: Fields) -> Fields {
    for path in NOBODYS {
        fields.take(path);
    }
    fields
}
