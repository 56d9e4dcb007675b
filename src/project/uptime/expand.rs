//! From declared uptime checks to complete resources.

use super::placed::{Placed, placed};
use super::settings::Check;
use super::url;
use crate::model::{Keys, Place, Resource, ResourceId, Source};
use crate::project::format::seconds;
use crate::project::layout::Laid;
use crate::project::{address, services};
use crate::providers::gcp::uptime_check::Spec;

/// The kind of an uptime check.
const CHECK: &str = "uptime-check";

/// Every check of every environment.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    for placed in &placed(layout) {
        let Some(spec) = spec(placed) else { continue };
        let project = &placed.laid.declaration.cloud.project;
        resources.push(Resource {
            id: id(placed),
            place: Place::project(project),
            spec: serde_json::to_value(spec).expect("specs are maps of plain values"),
            manage: placed.check.manage.into(),
            needs: services::enabling(layout, project, services::MONITORING).into_iter().collect(),
            source: Source::from(&placed.key.range),
            notes: Vec::new(),
        });
    }
}

/// The key of every check, with what it is in each environment.
pub(crate) fn keys(layout: &[Laid], keys: &mut Keys) {
    for placed in &placed(layout) {
        let key = address::written("uptime", &placed.key.name);
        keys.entry(key).or_default().insert(id(placed));
    }
}

fn id(placed: &Placed<'_>) -> ResourceId {
    ResourceId::new(placed.laid.env(), CHECK, &placed.name)
}

/// The seconds of a time span that was checked.
pub(super) fn span(text: &str) -> u32 {
    seconds(text).ok().and_then(|span| span.try_into().ok()).unwrap_or_default()
}

fn spec(placed: &Placed<'_>) -> Option<Spec> {
    let Check {
        environments: _,
        name: _,
        previously: _,
        manage: _,
        url: written,
        every,
        timeout,
        from,
        expects,
        check_certificate,
        paused,
        labels,
    } = placed.check;
    let url::Parts { tls, host, port, path } = url::parts(written)?;
    let mut all_labels = placed.laid.declaration.cloud.labels.clone();
    all_labels.extend(labels.clone());
    Some(Spec {
        host: host.to_owned(),
        path: path.to_owned(),
        port,
        tls,
        validate_tls: tls && *check_certificate,
        period: span(every),
        timeout: span(timeout),
        regions: from.iter().map(|region| region.api_name().to_owned()).collect(),
        content: expects.text.clone().unwrap_or_default(),
        statuses: expects.status.iter().copied().collect(),
        disabled: *paused,
        labels: all_labels,
    })
}
