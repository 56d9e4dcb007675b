//! From a live record to what a person would have declared.

use super::format::{self, domain_name};
use super::settings::Kind;
use crate::model::Found;
use crate::project::discover::{Entry, Said, Seen, left_out};
use crate::project::layout::Laid;
use crate::providers::gcp::dns_record::Spec;
use serde::Deserialize as _;
use serde_json::json;

/// Every record that is nobody's.
pub(crate) fn discover(seen: &Seen<'_>) -> Vec<Entry> {
    let strangers = seen.strangers("dns-record").iter();
    strangers.map(|found| entry(seen, found)).collect()
}

fn entry(seen: &Seen<'_>, found: &Found) -> Entry {
    let zone = found.place.location.as_deref().unwrap_or_default();
    let origin = format!("record {} in project {}", found.name, found.place.project);
    let Some(laid) = seen.environment(found) else {
        return left_out(&origin, "no environment of these is in its project");
    };
    let parts = found.name.strip_prefix(zone).and_then(|rest| rest.strip_prefix('/'));
    let parts = parts.and_then(|rest| rest.rsplit_once('/'));
    let kind = parts.and_then(|(_, kind)| Kind::deserialize(&json!(kind)).ok());
    match (Spec::deserialize(&found.spec), parts, kind) {
        (Ok(spec), Some((domain, _)), Some(kind)) if can_be_said(domain, kind, &spec) => {
            let mut said = said(found, laid, origin, domain, kind, &spec);
            if laid.declaration.dns.zone.as_deref() != Some(zone) {
                said.say("zone", zone);
            }
            let key = format!("{}-{}", domain.replace(['.', '*'], "-"), kind.word().to_lowercase());
            said.entry(key.trim_start_matches('-').to_owned(), None)
        }
        _ => left_out(&origin, "it says what has no word here"),
    }
}

fn can_be_said(domain: &str, kind: Kind, spec: &Spec) -> bool {
    let same = |text: &String| format::data(kind, text).as_ref() == Ok(text);
    domain_name(domain).is_ok() && !spec.data.is_empty() && spec.data.iter().all(same)
}

fn said(found: &Found, laid: &Laid, origin: String, domain: &str, kind: Kind, spec: &Spec) -> Said {
    let mut said = Said::of(found, laid, domain, origin);
    said.say("name", domain);
    said.say("type", kind.word());
    let data: Vec<&str> = spec.data.iter().map(String::as_str).collect();
    match data.as_slice() {
        [one] => said.say("to", *one),
        all => said.say("to", json!(all)),
    }
    if spec.ttl != 300 {
        said.say("ttl", format!("{} seconds", spec.ttl));
    }
    said
}
