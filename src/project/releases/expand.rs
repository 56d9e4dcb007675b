//! From declared releases to complete resources.

use super::placed::{Placed, placed};
use super::values::nested;
use crate::model::{Keys, Resource, ResourceId, Source};
use crate::project::address;
use crate::project::layout::Laid;
use crate::project::needs::{self, meant};
use crate::providers::helm::helm_release::{self, Spec, Status, folder_digest};
use serde_json::Value;
use std::collections::BTreeMap;

/// The kind of a release.
const KIND: &str = "helm-release";

/// Every release of every environment.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    let placed = placed(layout);
    let keys = match placed.iter().any(|it| !it.release.needs.is_empty()) {
        true => needs::keys(layout),
        false => Keys::new(),
    };
    for placed in &placed {
        let Some((name, spec, place)) = release(placed) else { continue };
        resources.push(Resource {
            id: ResourceId::new(placed.laid.env(), KIND, name),
            place,
            spec: serde_json::to_value(&spec).expect("specs are maps of plain values"),
            manage: placed.release.manage.into(),
            needs: meant(&keys, placed.laid.env(), &placed.release.needs),
            source: Source::from(&placed.key.range),
            notes: Vec::new(),
        });
    }
}

/// The key of every release, with the release in each environment.
pub(crate) fn keys(layout: &[Laid], keys: &mut Keys) {
    for placed in &placed(layout) {
        let Some((name, ..)) = release(placed) else { continue };
        let all = keys.entry(address::written("release", &placed.key.name)).or_default();
        all.insert(ResourceId::new(placed.laid.env(), KIND, name));
    }
}

fn release(placed: &Placed<'_>) -> Option<(String, Spec, crate::model::Place)> {
    let cluster = placed.cluster.as_ref()?;
    let (name, place) = helm_release::placed(cluster, &placed.release.namespace, placed.name)?;
    let values = nested(
        Value::Object(placed.release.values.clone()),
        placed.release.values_under.as_deref(),
    );
    let spec = Spec {
        cluster: cluster.clone(),
        chart: placed.release.chart.locked(digest(placed)),
        values,
        status: Status::Deployed,
        objects: BTreeMap::new(),
    };
    Some((name, spec, place))
}

/// What is locked of a chart; of a folder, what is in it now.
fn digest(placed: &Placed<'_>) -> Option<String> {
    let chart = &placed.release.chart;
    match &chart.path {
        Some(path) => folder_digest(&placed.laid.folder.join(path)).ok(),
        None => Some(placed.laid.lock.of(chart)?.digest.clone()),
    }
}
