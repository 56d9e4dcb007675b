//! From a live secret and who may read it to what a person would have declared. Values are not
//! read. What there is no word for becomes a comment, never something similar.

use super::{SHORTEST_PERIOD, Secret};
use crate::model::Found;
use crate::project::buckets::format::member;
use crate::project::cloud::region;
use crate::project::discover::{Entry, Said, Seen, keys, left_out, time};
use crate::project::layout::Laid;
use crate::providers::gcp::secret::{Rotation, Spec};
use crate::providers::gcp::secret_access;
use serde::Deserialize as _;
use serde_json::json;
use std::collections::BTreeSet;

/// A secret that is nobody's, and the environment that it would belong to.
struct Stranger<'a> {
    found: &'a Found,
    spec: Spec,
    laid: &'a Laid,
}

/// Every secret that is nobody's and to which nothing refers.
pub(crate) fn discover(seen: &Seen<'_>) -> Vec<Entry> {
    let (mut entries, mut secrets) = (Vec::new(), Vec::new());
    let referred = referred(seen);
    for found in seen.strangers("secret").iter().filter(|it| !referred.contains(&path(it))) {
        match (Spec::deserialize(&found.spec), seen.environment(found)) {
            (Ok(spec), Some(laid)) => secrets.push(Stranger { found, spec, laid }),
            (Err(_), _) => entries.push(left_out(&path(found), "its settings")),
            (_, None) => {
                let why = "no environment of these is in its project";
                entries.push(left_out(&path(found), why));
            }
        }
    }
    let declared = seen.layout.iter().flat_map(|laid| laid.declaration.secrets.keys().cloned());
    let named = secrets.iter().map(|Stranger { found, laid, .. }| (found.name.as_str(), *laid));
    let keys = keys(declared, named, 's');
    entries.extend(secrets.iter().zip(keys).map(|(secret, key)| entry(seen, secret, key)));
    entries
}

/// The secrets that the declaration says are kept where they are.
fn referred(seen: &Seen<'_>) -> BTreeSet<String> {
    let all = seen.layout.iter().flat_map(|laid| laid.declaration.secrets.values());
    let path = |secret: &Secret| match secret {
        Secret::Google(path) => Some(path.clone()),
        _ => None,
    };
    all.filter_map(path).collect()
}

fn path(found: &Found) -> String {
    format!("projects/{}/secrets/{}", found.place.project, found.name)
}

fn entry(seen: &Seen<'_>, secret: &Stranger<'_>, key: String) -> Entry {
    let Stranger { found, spec, laid } = secret;
    let Spec { locations, labels, expires, rotation } = spec;
    let mut said = Said::of(found, laid, &key, path(found));
    match locations.iter().all(|name| region(name).is_ok()) {
        _ if locations.is_empty() => {}
        true => said.say("locations", json!(locations)),
        false => said.cannot(format!("it is held in {}", locations.join(" and "))),
    }
    match expires.as_deref().map(|time| (time, day(time))) {
        None => {}
        Some((_, Some(day))) => said.say("expires", day),
        Some((time, None)) => said.cannot(format!("it expires at {time}")),
    }
    if let Some(rotation) = rotation {
        rotate(&mut said, rotation);
    }
    said.labels(labels, laid);
    readers(&mut said, seen, found);
    said.entry(key, Some("make"))
}

/// The day that begins at a time, if one does.
fn day(time: &str) -> Option<&str> {
    time.strip_suffix("T00:00:00Z")
}

fn rotate(said: &mut Said, rotation: &Rotation) {
    let Rotation { period_seconds, first, topics } = rotation;
    let period = u64::try_from(*period_seconds).ok().filter(|it| *it >= SHORTEST_PERIOD);
    match (period, day(first), topics.as_slice()) {
        (Some(period), Some(first), [tell]) if super::topic(tell).is_ok() => {
            said.say("rotate", json!({ "every": time(period), "first": first, "tell": tell }));
        }
        _ => said.cannot(format!(
            "reminders every {period_seconds} seconds from {first} to {}",
            topics.join(" and ")
        )),
    }
}

fn readers(said: &mut Said, seen: &Seen<'_>, found: &Found) {
    let here = |it: &&Found| it.name == found.name && it.place == found.place;
    let access = seen.strangers("secret-access").iter().find(here);
    let access = access.and_then(|it| secret_access::Spec::deserialize(&it.spec).ok());
    let accessors = access.map(|access| access.accessors).unwrap_or_default();
    let (known, others): (Vec<_>, Vec<_>) =
        accessors.into_iter().partition(|reader| member(reader).is_ok());
    if !known.is_empty() {
        said.say("readers", json!(known));
    }
    let public = |who: &str| who == "allUsers" || who == "allAuthenticatedUsers";
    for who in others {
        let loud = if public(&who) { "PUBLIC: " } else { "" };
        said.cannot(format!("{loud}{who} reads its value"));
    }
    seen.wordless("secret-access", &found.name).iter().for_each(|one| said.cannot(&one.what));
}
