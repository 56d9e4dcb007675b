//! From declared records to complete resources.

use super::format;
use super::placed::{Placed, placed};
use crate::model::{Keys, Place, Resource, ResourceId, Source};
use crate::project::format::seconds;
use crate::project::layout::Laid;
use crate::project::{address, services};
use crate::providers::gcp::{dns_record, dns_record_by_hand};
use serde_json::Value;
use std::collections::BTreeSet;

/// The kind of a record in a managed zone.
const RECORD: &str = "dns-record";
/// The kind of a record that people make.
const BY_HAND: &str = "dns-record-by-hand";

/// Every record of every environment.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    for placed in &placed(layout) {
        let project = &placed.laid.declaration.cloud.project;
        let location = placed.zone.map(str::to_owned);
        let api = placed.zone.and_then(|_| services::enabling(layout, project, services::DNS));
        resources.push(Resource {
            id: id(placed),
            place: Place { location, ..Place::project(project) },
            spec: spec(layout, placed),
            manage: placed.record.manage.into(),
            needs: api.into_iter().collect(),
            source: Source::from(&placed.key.range),
            notes: Vec::new(),
        });
    }
}

/// The key of every record, with what it is in each environment.
pub(crate) fn keys(layout: &[Laid], keys: &mut Keys) {
    for placed in &placed(layout) {
        let key = address::written("record", &placed.key.name);
        keys.entry(key).or_default().insert(id(placed));
    }
}

fn id(placed: &Placed<'_>) -> ResourceId {
    let kind = if placed.zone.is_some() { RECORD } else { BY_HAND };
    ResourceId::new(placed.laid.env(), kind, placed.name())
}

fn spec(layout: &[Laid], placed: &Placed<'_>) -> Value {
    let address = placed.address(layout).unwrap_or_default();
    let said = placed.record.to.all().iter().filter(|_| address.is_empty());
    let data: BTreeSet<String> =
        said.filter_map(|text| format::data(placed.kind, text).ok()).collect();
    let ttl = seconds(&placed.record.ttl).ok().and_then(|ttl| ttl.try_into().ok());
    let spec = match placed.zone {
        Some(_) => {
            serde_json::to_value(dns_record::Spec { data, address, ttl: ttl.unwrap_or(300) })
        }
        None => serde_json::to_value(dns_record_by_hand::Spec { data, address }),
    };
    spec.expect("specs are maps of plain values")
}
