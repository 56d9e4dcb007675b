//! From declared addresses to complete resources.

use super::placed::{Placed, placed};
use crate::model::{Keys, Place, Resource, ResourceId, Source};
use crate::project::layout::Laid;
use crate::project::{address, services};
use crate::providers::gcp::gce_address::Spec;

/// The kind of an address.
const ADDRESS: &str = "gce-address";

/// Every address of every environment.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    for placed in &placed(layout) {
        let project = &placed.laid.declaration.cloud.project;
        let location = Some(placed.location().to_owned());
        resources.push(Resource {
            id: id(placed),
            place: Place { location, ..Place::project(project) },
            spec: serde_json::to_value(spec(placed)).expect("specs are maps of plain values"),
            manage: placed.address.manage.into(),
            needs: services::enabling(layout, project, services::COMPUTE).into_iter().collect(),
            source: Source::from(&placed.key.range),
            notes: Vec::new(),
        });
    }
}

/// The key of every address, with what it is in each environment.
pub(crate) fn keys(layout: &[Laid], keys: &mut Keys) {
    for placed in &placed(layout) {
        let key = address::written("address", &placed.key.name);
        keys.entry(key).or_default().insert(id(placed));
    }
}

pub(super) fn id(placed: &Placed<'_>) -> ResourceId {
    ResourceId::new(placed.laid.env(), ADDRESS, &placed.name)
}

fn spec(placed: &Placed<'_>) -> Spec {
    let mut labels = placed.laid.declaration.cloud.labels.clone();
    labels.extend(placed.address.labels.clone());
    Spec { labels, ..Spec::new(placed.location(), placed.address.tier.api_name()) }
}
