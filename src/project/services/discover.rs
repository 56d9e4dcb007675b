//! From the APIs that are enabled to what a person would have declared.

use super::api_name;
use crate::project::discover::{Entry, Seen, left_out};
use std::collections::BTreeSet;

/// The APIs that are enabled in every project of a stack that says nothing of them. Where it says
/// something, what else is enabled is nobody's business.
pub(crate) fn discover(seen: &Seen<'_>) -> Vec<Entry> {
    if seen.layout.iter().any(|laid| laid.declaration.services.is_some()) {
        return Vec::new();
    }
    let projects: BTreeSet<&str> =
        seen.layout.iter().map(|laid| laid.declaration.cloud.project.as_str()).collect();
    let each: Vec<BTreeSet<&str>> = projects.iter().map(|it| enabled(seen, it)).collect();
    let all: BTreeSet<&str> = each.iter().flatten().copied().collect();
    let everywhere = |api: &&str| each.iter().all(|apis| apis.contains(api));
    all.into_iter().map(|api| entry(api, everywhere(&api))).collect()
}

fn enabled<'a>(seen: &Seen<'a>, project: &str) -> BTreeSet<&'a str> {
    let here = seen.strangers("gcp-service").iter().filter(|it| it.place.project == project);
    here.filter_map(|found| Some(found.name.split_once('/')?.1)).collect()
}

fn entry(api: &str, everywhere: bool) -> Entry {
    match (everywhere, api_name(api)) {
        (false, _) => left_out(api, "it is enabled in some projects of this stack, not in all"),
        (true, Err(_)) => left_out(api, "its name"),
        (true, Ok(())) => Entry { key: api.to_owned(), ..Entry::default() },
    }
}
