//! From a live address to what a person would have declared.

use crate::model::Found;
use crate::project::discover::{Entry, NAMESAKE, Said, Seen, keys, left_out};
use crate::project::layout::Laid;
use crate::providers::gcp::gce_address::Spec;
use serde::Deserialize as _;

/// The kind of an address.
const ADDRESS: &str = "gce-address";

/// Every address that is nobody's.
pub(crate) fn discover(seen: &Seen<'_>) -> Vec<Entry> {
    let (mut entries, mut addresses) = (Vec::new(), Vec::new());
    for found in seen.strangers(ADDRESS) {
        match (Spec::deserialize(&found.spec), seen.environment(found)) {
            (Ok(_), Some(_)) if seen.is_namesake(ADDRESS, found) => {
                entries.push(left_out(&origin(found), NAMESAKE));
            }
            (Ok(spec), Some(laid)) if can_be_said(&spec, laid) => {
                addresses.push((found, spec, laid));
            }
            (_, None) => {
                let why = "no environment of these is in its project";
                entries.push(left_out(&origin(found), why));
            }
            _ => {
                let why = "only public addresses of version 4, in this region or global, can be";
                entries.push(left_out(&origin(found), why));
            }
        }
    }
    let declared = seen.layout.iter().flat_map(|laid| laid.declaration.addresses.keys().cloned());
    let named = addresses.iter().map(|(found, _, laid)| (found.name.as_str(), *laid));
    let keys = keys(declared, named, 'a');
    let keyed = addresses.iter().zip(&keys);
    entries.extend(keyed.map(|((found, spec, laid), key)| entry(found, spec, laid, key)));
    entries
}

fn can_be_said(spec: &Spec, laid: &Laid) -> bool {
    let near = spec.location == "global" || spec.location == laid.declaration.cloud.region;
    near && spec.reach == "EXTERNAL" && spec.version == "IPV4"
}

fn origin(found: &Found) -> String {
    let place = found.place.location.as_deref().unwrap_or_default();
    format!("address {} in {place}, project {}", found.name, found.place.project)
}

fn entry(found: &Found, spec: &Spec, laid: &Laid, key: &str) -> Entry {
    let mut said = Said::of(found, laid, key, origin(found));
    if spec.location == "global" {
        said.say("global", true);
    }
    if spec.tier == "STANDARD" {
        said.say("tier", "standard");
    }
    said.labels(&spec.labels, laid);
    said.entry(key.to_owned(), None)
}
