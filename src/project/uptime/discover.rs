//! From a live uptime check to what a person would have declared.

use super::settings::Region;
use super::url::{self, Parts};
use crate::model::Found;
use crate::project::discover::{Entry, Said, Seen, keys, left_out};
use crate::project::layout::Laid;
use crate::project::names::fault;
use crate::project::problem::Range;
use crate::providers::gcp::uptime_check::Spec;
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

/// Every check that is nobody's.
pub(crate) fn discover(seen: &Seen<'_>) -> Vec<Entry> {
    let (mut entries, mut checks) = (Vec::new(), Vec::new());
    for found in seen.strangers("uptime-check") {
        let origin = origin(found);
        match (Spec::deserialize(&found.spec), seen.environment(found)) {
            (_, None) => {
                entries.push(left_out(&origin, "no environment of these is in its project"));
            }
            (Ok(spec), Some(laid)) if can_be_said(found, &spec) => {
                checks.push((found, spec, laid));
            }
            _ => entries.push(left_out(&origin, "its name or its address has no form here")),
        }
    }
    let declared = seen.layout.iter().flat_map(|laid| laid.declaration.uptime.keys().cloned());
    let named = checks.iter().map(|(found, _, laid)| (found.name.as_str(), *laid));
    let keys = keys(declared, named, 'u');
    let keyed = checks.iter().zip(&keys);
    entries.extend(keyed.map(|((found, spec, laid), key)| entry(found, spec, laid, key)));
    entries
}

fn origin(found: &Found) -> String {
    format!("uptime check {} in project {}", found.name, found.place.project)
}

fn can_be_said(found: &Found, spec: &Spec) -> bool {
    let nowhere = Range::file("");
    let written = written(spec);
    fault("", "", &found.name, 63, &nowhere).is_none()
        && url::parts(&written).is_some_and(|parts| url::written(&parts) == written)
        && (spec.tls || !spec.validate_tls)
}

fn written(spec: &Spec) -> String {
    let Spec { tls, host, port, path, .. } = spec;
    url::written(&Parts { tls: *tls, host, port: *port, path })
}

fn entry(found: &Found, spec: &Spec, laid: &Laid, key: &str) -> Entry {
    let mut said = Said::of(found, laid, key, origin(found));
    said.say("url", written(spec));
    if spec.period != 300 {
        let minutes = spec.period / 60;
        said.say("every", format!("{minutes} minute{}", if minutes == 1 { "" } else { "s" }));
    }
    if spec.timeout != 10 {
        said.say("timeout", format!("{} seconds", spec.timeout));
    }
    let known = |name: &String| Region::ALL.into_iter().find(|region| region.api_name() == name);
    let from: Vec<Value> = spec.regions.iter().filter_map(known).map(|it| json!(it)).collect();
    if !from.is_empty() {
        said.say("from", from);
    }
    let mut expects = Map::new();
    if !spec.content.is_empty() {
        expects.insert("text".to_owned(), json!(spec.content));
    }
    if !spec.statuses.is_empty() {
        expects.insert("status".to_owned(), json!(spec.statuses));
    }
    if !expects.is_empty() {
        said.say("expects", expects);
    }
    if spec.tls && !spec.validate_tls {
        said.say("check_certificate", false);
    }
    if spec.disabled {
        said.say("paused", true);
    }
    said.labels(&spec.labels, laid);
    said.entry(key.to_owned(), None)
}
