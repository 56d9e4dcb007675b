//! From a live registry to what a person would have declared.

use super::settings::{Format, registry_location};
use crate::model::Found;
use crate::project::discover::{Entry, Said, Seen, keys, left_out, object};
use crate::project::layout::Laid;
use crate::providers::gcp::artifact_registry::{Cleanup, Spec};
use serde::Deserialize as _;
use serde_json::{Value, json};

/// Every registry that is nobody's.
pub(crate) fn discover(seen: &Seen<'_>) -> Vec<Entry> {
    let (mut entries, mut registries) = (Vec::new(), Vec::new());
    for found in seen.strangers("artifact-registry") {
        match (Spec::deserialize(&found.spec), seen.environment(found)) {
            (Ok(spec), Some(laid)) if can_be_said(&spec) => registries.push((found, spec, laid)),
            (_, None) => {
                let why = "no environment of these is in its project";
                entries.push(left_out(&origin(found), why));
            }
            _ => {
                let why = "only registries that keep images or packages themselves can be";
                entries.push(left_out(&origin(found), why));
            }
        }
    }
    let declared = seen.layout.iter().flat_map(|laid| laid.declaration.registries.keys().cloned());
    let named = registries.iter().map(|(found, _, laid)| (found.name.as_str(), *laid));
    let keys = keys(declared, named, 'r');
    let keyed = registries.iter().zip(&keys);
    entries.extend(keyed.map(|((found, spec, laid), key)| entry(seen, found, spec, laid, key)));
    entries
}

fn can_be_said(spec: &Spec) -> bool {
    let known = Format::of_api(&spec.format).is_some() && registry_location(&spec.location).is_ok();
    known && spec.mode == "STANDARD_REPOSITORY"
}

fn origin(found: &Found) -> String {
    let place = found.place.location.as_deref().unwrap_or_default();
    format!("registry {} in {place}, project {}", found.name, found.place.project)
}

fn entry(seen: &Seen<'_>, found: &Found, spec: &Spec, laid: &Laid, key: &str) -> Entry {
    let Spec {
        location,
        format,
        mode: _, // that of all that can be declared
        description,
        immutable_tags,
        cleanup,
        labels,
        protect: _, // a wish of the declaration, which marking does not write down
    } = spec;
    let mut said = Said::of(found, laid, key, origin(found));
    if *location != laid.declaration.cloud.region {
        said.say("location", location.as_str());
    }
    if format != "DOCKER" {
        said.say("format", format.to_lowercase());
    }
    if !description.is_empty() {
        said.say("description", description.as_str());
    }
    if *immutable_tags {
        said.say("immutable_tags", true);
    }
    if *cleanup != Cleanup::default() {
        said.say("cleanup", self::cleanup(cleanup));
    }
    said.say("protect", false);
    said.labels(labels, laid);
    seen.wordless("artifact-registry", &found.name).iter().for_each(|one| said.cannot(&one.what));
    said.entry(key.to_owned(), None)
}

fn cleanup(cleanup: &Cleanup) -> Value {
    let Cleanup {
        keep,
        delete_after_days,
        delete_tagged_after_days,
        delete_untagged_after_days,
        dry_run,
    } = cleanup;
    let span = |days: &Option<i64>| days.map(|days| json!(format!("{days} days")));
    object([
        ("keep", keep.map(|keep| json!(keep))),
        ("delete_after", span(delete_after_days)),
        ("delete_tagged_after", span(delete_tagged_after_days)),
        ("delete_untagged_after", span(delete_untagged_after_days)),
        ("dry_run", dry_run.then(|| json!(true))),
    ])
}
