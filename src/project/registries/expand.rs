//! From declared registries to complete resources.

use super::placed::{Placed, placed};
use super::settings::{Cleanup, Registry};
use crate::model::{Keys, Place, Resource, ResourceId, Source};
use crate::project::format::whole_days;
use crate::project::layout::Laid;
use crate::project::{address, services};
use crate::providers::gcp::artifact_registry::{self, API, Spec};

/// The kind of a registry.
const REGISTRY: &str = "artifact-registry";

/// A hundred years: what is longer is meant as for ever.
const LONGEST_DAYS: i64 = 36_500;

/// Every registry of every environment.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    for placed in &placed(layout) {
        let project = &placed.laid.declaration.cloud.project;
        let location = Some(placed.location().to_owned());
        resources.push(Resource {
            id: id(placed),
            place: Place { location, ..Place::project(project) },
            spec: serde_json::to_value(spec(placed)).expect("specs are maps of plain values"),
            manage: placed.registry.manage.into(),
            needs: services::enabling(layout, project, API).into_iter().collect(),
            source: Source::from(&placed.key.range),
            notes: Vec::new(),
        });
    }
}

/// The key of every registry, with what it is in each environment.
pub(crate) fn keys(layout: &[Laid], keys: &mut Keys) {
    for placed in &placed(layout) {
        let key = address::written("registry", &placed.key.name);
        keys.entry(key).or_default().insert(id(placed));
    }
}

pub(super) fn id(placed: &Placed<'_>) -> ResourceId {
    ResourceId::new(placed.laid.env(), REGISTRY, &placed.name)
}

fn spec(placed: &Placed<'_>) -> Spec {
    let Registry {
        environments: _,
        name: _,
        previously: _,
        manage: _,
        location: _, // with the region of the stack
        format,
        description,
        immutable_tags,
        cleanup: said,
        labels,
        protect,
    } = placed.registry;
    let mut all_labels = placed.laid.declaration.cloud.labels.clone();
    all_labels.extend(labels.clone());
    Spec {
        format: format.api_name().to_owned(),
        description: description.clone().unwrap_or_default(),
        immutable_tags: *immutable_tags,
        cleanup: said.as_ref().map(cleanup).unwrap_or_default(),
        labels: all_labels,
        protect: *protect,
        ..Spec::new(placed.location())
    }
}

fn cleanup(said: &Cleanup) -> artifact_registry::Cleanup {
    let Cleanup { keep, delete_after, delete_tagged_after, delete_untagged_after, dry_run } = said;
    let days_of = |text: &Option<String>| text.as_deref().and_then(days);
    artifact_registry::Cleanup {
        keep: *keep,
        delete_after_days: days_of(delete_after),
        delete_tagged_after_days: days_of(delete_tagged_after),
        delete_untagged_after_days: days_of(delete_untagged_after),
        dry_run: *dry_run,
    }
}

/// The whole days in a time span; none if there is a part of one left.
pub(super) fn days(text: &str) -> Option<i64> {
    i64::try_from(whole_days(text)?).ok().filter(|days| *days <= LONGEST_DAYS)
}
