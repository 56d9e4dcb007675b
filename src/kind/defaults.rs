//! The default of each optional field of a spec, found by leaving the field out.

use crate::kind::Kind;
use serde_json::{Map, Value};

/// The default of every optional top-level field of a kind's spec, learnt from any one spec:
/// a field without which the rest still reads is optional, and what appears in its place is its
/// default.
pub(crate) fn defaults<K: Kind>(spec: &Value) -> Map<String, Value> {
    let Value::Object(fields) = spec else { return Map::new() };
    let default = |name: &String| {
        let mut rest = fields.clone();
        rest.remove(name);
        let spec: K::Spec = serde_json::from_value(Value::Object(rest)).ok()?;
        serde_json::to_value(spec).ok()?.as_object_mut()?.remove(name)
    };
    fields.keys().filter_map(|name| Some((name.clone(), default(name)?))).collect()
}
