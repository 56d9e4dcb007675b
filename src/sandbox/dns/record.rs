//! Record sets: where they lie, how they are shown and listed. Changes alone write them.
//!
//! <https://cloud.google.com/dns/docs/reference/rest/v1/resourceRecordSets/list>

use serde_json::{Value, json};

use super::{Asked, page, rule, zone};
use crate::sandbox::Transaction;
use crate::sandbox::refusal::Refusal;

pub(super) fn key(project: &str, zone: &str, name: &str, kind: &str) -> String {
    format!("dns/records/{project}/{zone}/{name}/{kind}")
}

/// The record sets of a zone, by name and type.
pub(super) fn of_zone(view: &Transaction<'_>, project: &str, zone: &str) -> Vec<Value> {
    let prefix = format!("dns/records/{project}/{zone}/");
    view.scan(&prefix, "").map(|(_, set)| set.clone()).collect()
}

/// A record set as it is shown.
pub(super) fn shown(set: &Value) -> Value {
    let mut shown = set.clone();
    shown["kind"] = json!("dns#resourceRecordSet");
    shown["signatureRrdatas"] = json!([]);
    shown
}

pub(super) fn list(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let (name, kind) = (asked.query.get("name"), asked.query.get("type"));
    if kind.is_some() && name.is_none() {
        return Err(rule::required("parameters.name"));
    }
    let met = |set: &Value, field: &str, wanted: Option<&String>| {
        wanted.is_none_or(|wanted| set[field].as_str() == Some(wanted))
    };
    asked.world.store.read(|view| {
        zone::one(view, asked)?;
        let sets = of_zone(view, asked.project, asked.zone);
        let sets = sets.iter().filter(|set| met(set, "name", name) && met(set, "type", kind));
        let sets = sets.map(shown).collect();
        page(asked, "rrsets", "dns#resourceRecordSetsListResponse", sets)
    })
}
