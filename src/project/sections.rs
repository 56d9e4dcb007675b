//! The lists that a new section adds its lines to.

use crate::model::{Keys, Resource};
use crate::project::discover::{Entry, Seen};
use crate::project::format::{Wrong, date, duration, label_value, volume};
use crate::project::layout::Laid;
use crate::project::problem::Findings;
use crate::project::{
    access, addresses, billing, buckets, budget, cloud, clusters, disks, dns, environments, hubs,
    identities, ignore, monitoring, needs, objects, people, registries, releases, secrets,
    services, stack, uptime,
};

/// Checks a text; says what is wrong with it.
pub(crate) type Format = fn(&str) -> Result<(), Wrong>;

/// Checks a section in all environments.
pub(crate) type Check = fn(&[Laid], &mut Findings);

/// Adds the resources of a section in all environments.
pub(crate) type Expansion = fn(&[Laid], &mut Vec<Resource>);

/// Adds the keys of a section with what they become, `bucket:scratch`; the types are those of
/// references ([`crate::project::address`]).
pub(crate) type Naming = fn(&[Laid], &mut Keys);
/// Declares what was found and is not declared, for one section.
pub(crate) type Discovery = fn(&Seen<'_>) -> Vec<Entry>;

/// The forms that a text may have, by the `format` that a field names in its schema.
pub(crate) const FORMATS: &[(&str, Format)] = &[
    ("address-pattern", ignore::address_pattern),
    ("api-name", services::api_name),
    ("billing-account", billing::billing_account),
    ("bucket-name", buckets::bucket_name),
    ("budget-amount", budget::budget_amount),
    ("dataset", billing::dataset),
    ("day", date),
    ("disk-size", disks::disk_size),
    ("time-span", duration),
    ("domain-name", dns::domain_name),
    ("dollars", budget::dollars),
    ("environment-name", environments::environment_name),
    ("expression", identities::expression),
    ("field-path", ignore::field_path),
    ("full-hour", disks::full_hour),
    ("gigabytes", clusters::gigabytes),
    ("github-repository", identities::github_repository),
    ("github-login", people::github_login),
    ("github-team", access::github_team),
    ("google-project", cloud::google_project),
    ("google-secret", secrets::google_secret),
    ("hub-domain", hubs::hub_domain),
    ("kubernetes-account", identities::kubernetes_account),
    ("kubernetes-name", objects::kubernetes_name),
    ("kubernetes-version", clusters::kubernetes_version),
    ("label-value", label_value),
    ("location", buckets::location::location),
    ("mail-address", budget::mail_address),
    ("member", buckets::format::member),
    ("moment", hubs::moment),
    ("namespace", hubs::namespace),
    ("node-range", clusters::node_range),
    ("orcid", people::orcid),
    ("prefix", stack::prefix),
    ("project-role", identities::project_role),
    ("region", cloud::region),
    ("registry-location", registries::registry_location),
    ("rhythm", disks::rhythm),
    ("short-text", identities::description),
    ("sops-reference", secrets::sops_reference),
    ("stack-name", stack::stack_name),
    ("suffix", environments::suffix),
    ("taint", clusters::taint),
    ("threshold", budget::threshold),
    ("topic", secrets::topic),
    ("variable-name", secrets::variable_name),
    ("volume", volume),
    ("web-address", uptime::web_address),
    ("words", ignore::words),
    ("zone", cloud::zone),
    ("zone-name", dns::zone_name),
];

/// What the schema cannot say.
pub(crate) const CHECKS: &[Check] = &[
    stack::check,
    buckets::check,
    budget::check,
    billing::check,
    clusters::check,
    disks::check,
    addresses::check,
    dns::check,
    uptime::check,
    registries::check,
    identities::check,
    secrets::check,
    objects::check,
    people::check,
    hubs::check,
    monitoring::check,
    releases::check,
    access::check,
    needs::check,
];

/// From sections to resources.
pub(crate) const EXPANSIONS: &[Expansion] = &[
    buckets::expand,
    clusters::expand,
    disks::expand,
    addresses::expand,
    dns::expand,
    uptime::expand,
    registries::expand,
    identities::expand,
    services::expand,
    budget::expand,
    secrets::expand,
    objects::expand,
    releases::expand,
    access::expand,
    hubs::expand,
    monitoring::expand,
];

/// From resources to the keys that people call them by.
pub(crate) const NAMINGS: &[Naming] = &[
    buckets::keys,
    clusters::keys,
    disks::keys,
    addresses::keys,
    dns::keys,
    uptime::keys,
    registries::keys,
    identities::keys,
    services::keys,
    secrets::keys,
    objects::keys,
    hubs::keys,
    monitoring::keys,
    releases::keys,
];

/// From what was found to sections.
pub(crate) const DISCOVERIES: &[(&str, Discovery)] = &[
    ("buckets", buckets::discover),
    ("clusters", clusters::discover),
    ("disks", disks::discover),
    ("addresses", addresses::discover),
    ("dns.records", dns::discover),
    ("uptime", uptime::discover),
    ("budget", budget::discover),
    ("registries", registries::discover),
    ("identities", identities::discover),
    ("services", services::discover),
    ("secrets", secrets::discover),
];

/// What the setting at a path is when it is not said and follows from something else.
pub(crate) fn derived(layout: &[Laid], laid: &Laid, path: &[&str]) -> Option<String> {
    match path {
        ["buckets", key, setting] => buckets::derived(layout, laid, key, setting),
        ["disks", key, setting] => disks::derived(layout, laid, key, setting),
        ["addresses", key, setting] => addresses::derived(layout, laid, key, setting),
        ["dns", "records", key, setting] => dns::derived(layout, laid, key, setting),
        ["budget", setting] => budget::derived(laid, setting),
        ["uptime", key, setting] => uptime::derived(layout, laid, key, setting),
        ["registries", key, setting] => registries::derived(layout, laid, key, setting),
        ["clusters", key, setting] => clusters::derived(layout, laid, key, setting),
        ["identities", key, setting] => identities::derived(layout, laid, key, setting),
        ["kubernetes", part, key, setting] => objects::derived(layout, laid, part, key, setting),
        ["releases", key, setting] => releases::derived(layout, laid, key, setting),
        ["monitoring", key, setting] => monitoring::derived(layout, laid, key, setting),
        ["hubs", key, setting] => hubs::derived(layout, laid, key, setting),
        ["ledger", "bucket"] => Some(laid.ledger_bucket()),
        _ => None,
    }
}

/// What follows from the setting at a path, in sentences.
pub(crate) fn told(layout: &[Laid], laid: &Laid, path: &[&str]) -> Vec<String> {
    match path {
        ["hubs", rest @ ..] => hubs::told(layout, laid, rest),
        ["monitoring", rest @ ..] => monitoring::told(layout, laid, rest),
        _ => Vec::new(),
    }
}
