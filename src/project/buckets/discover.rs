//! From a live bucket and its access to what a person would have declared: the other way round
//! than [`super::expand`]. What there is no word for becomes a comment, never something similar.

use super::conflicts::RETENTION_MAX;
use super::discover_rules::rules;
use super::format::{ROLES, member};
use super::location::{area, location};
use super::names::fault;
use crate::model::Found;
use crate::project::discover::{Entry, Said, Seen, keys, left_out, object, time};
use crate::project::layout::Laid;
use crate::providers::gcp::gcs_bucket::{CorsRule, PublicAccessPrevention, Retention, Spec};
use crate::providers::gcp::gcs_bucket_access::{self, Condition, Grant};
use serde::Deserialize as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A bucket that is nobody's, its settings, and the environment that it would belong to.
struct Bucket<'a> {
    found: &'a Found,
    spec: Spec,
    laid: &'a Laid,
}

/// Every bucket that is nobody's.
pub(crate) fn discover(seen: &Seen<'_>) -> Vec<Entry> {
    let (mut entries, mut buckets) = (Vec::new(), Vec::new());
    for found in seen.strangers("gcs-bucket") {
        match (Spec::deserialize(&found.spec), seen.environment(found), fault(&found.name)) {
            (Ok(spec), Some(laid), None) => buckets.push(Bucket { found, spec, laid }),
            (_, None, _) => {
                entries.push(left_out(&origin(found), "no environment of these is in its project"));
            }
            (.., fault) => {
                let why = fault.map_or("its settings", |_| "its name, by today's rules for names");
                entries.push(left_out(&origin(found), why));
            }
        }
    }
    let declared = seen.layout.iter().flat_map(|laid| laid.declaration.buckets.keys().cloned());
    let named = buckets.iter().map(|Bucket { found, laid, .. }| (found.name.as_str(), *laid));
    let names = buckets.iter().map(|bucket| bucket.found.name.as_str());
    let keys: BTreeMap<&str, String> = names.zip(keys(declared, named, 'b')).collect();
    let logs = logs(seen, &buckets);
    for bucket in &buckets {
        let key = keys[bucket.found.name.as_str()].clone();
        entries.push(entry(seen, bucket, key, &logs, &keys));
    }
    entries
}

fn origin(found: &Found) -> String {
    format!("gs://{} in project {}", found.name, found.place.project)
}

/// Which bucket's usage logs go to which, where that can be said: both are found here, the target
/// is there when it is needed, and nothing goes round in a circle.
fn logs<'a>(seen: &Seen<'_>, buckets: &'a [Bucket<'_>]) -> BTreeMap<&'a str, &'a str> {
    let rank = |laid: &Laid| seen.layout.iter().position(|other| other.env() == laid.env());
    let mut logs: BTreeMap<&str, &str> = BTreeMap::new();
    for Bucket { found, spec, laid } in buckets {
        let Some(logging) = spec.logging.as_ref().filter(|it| it.prefix == found.name) else {
            continue;
        };
        let Some(target) = buckets.iter().find(|it| it.found.name == logging.bucket) else {
            continue;
        };
        let mut next = Some(target.found.name.as_str());
        while let Some(name) = next.filter(|name| *name != found.name) {
            next = logs.get(name).copied();
        }
        if next.is_none() && rank(target.laid) <= rank(laid) {
            logs.insert(&found.name, &target.found.name);
        }
    }
    logs
}

fn entry(
    seen: &Seen<'_>,
    bucket: &Bucket<'_>,
    key: String,
    logs: &BTreeMap<&str, &str>,
    keys: &BTreeMap<&str, String>,
) -> Entry {
    let Bucket { found, spec, laid } = bucket;
    let mut said = Said::of(found, laid, &key, origin(found));
    place(&mut said, spec, laid);
    plain(&mut said, spec);
    kept(&mut said, spec);
    let (rules, wordless) = rules(spec);
    said.settings.extend(rules);
    wordless.iter().for_each(|rule| said.cannot(rule));
    seen.wordless("gcs-bucket", &found.name).iter().for_each(|one| said.cannot(&one.what));
    match (&spec.logging, logs.get(found.name.as_str()).and_then(|target| keys.get(target))) {
        (_, Some(key)) => said.say("logs_to", key.as_str()),
        (Some(to), None) => said.cannot(format!("usage logs go to {}/{}", to.bucket, to.prefix)),
        (None, None) => {}
    }
    said.labels(&spec.labels, laid);
    let access = seen.strangers("gcs-bucket-access").iter().find(|it| it.name == found.name);
    let access = access.and_then(|it| gcs_bucket_access::Spec::deserialize(&it.spec).ok());
    grants(&mut said, spec, &access.map(|access| access.grants).unwrap_or_default());
    said.entry(key, None)
}

fn place(said: &mut Said, spec: &Spec, laid: &Laid) {
    let lower: Vec<String> = spec.placement.iter().map(|region| region.to_lowercase()).collect();
    match lower.as_slice() {
        [] if spec.location == laid.declaration.cloud.region.to_uppercase() => {}
        [] if location(&spec.location).is_ok() => {
            said.say("location", spec.location.to_lowercase());
        }
        [one, two] if area(one, two) == Some(spec.location.as_str()) => {
            said.say("location", json!([one, two]));
        }
        [] => said.cannot(format!("location {}", spec.location)),
        pair => said.cannot(format!("location {} with {}", spec.location, pair.join(" and "))),
    }
}

/// What is said in one word.
fn plain(said: &mut Said, spec: &Spec) {
    match class(&spec.storage_class) {
        Some("standard") => {}
        Some(class) => said.say("storage_class", class),
        None => said.cannot(format!("storage class {}", spec.storage_class)),
    }
    if spec.public_access_prevention == PublicAccessPrevention::Enforced {
        said.say("public_access_prevention", "enforced");
    }
    for (name, on) in [
        ("uniform_access", spec.uniform_access),
        ("versioning", spec.versioning),
        ("protect", spec.protect),
        ("requester_pays", spec.requester_pays && spec.website.is_none()),
    ] {
        if on {
            said.say(name, true);
        }
    }
    if spec.requester_pays && spec.website.is_some() {
        said.cannot("whoever reads pays, although it serves a website");
    }
    if let Some(website) = &spec.website {
        let not_found = Some(&website.not_found).filter(|page| !page.is_empty());
        said.say(
            "website",
            object([
                ("index", Some(json!(website.index))),
                ("not_found", not_found.map(|page| json!(page))),
            ]),
        );
    }
    let cors: Option<Vec<Value>> = spec.cors.iter().map(cross_origin).collect();
    match cors {
        Some(cors) if cors.is_empty() => {}
        Some(cors) => said.say("cors", cors),
        None => said.cannot("what pages of other origins may read"),
    }
}

fn cross_origin(rule: &CorsRule) -> Option<Value> {
    let CorsRule { origins, methods, response_headers, max_age_seconds } = rule;
    let usual = *methods == ["GET", "HEAD"];
    let age = u64::try_from(*max_age_seconds).ok()?;
    (!origins.is_empty()).then(|| {
        object([
            ("origins", Some(json!(origins))),
            ("methods", (!usual).then(|| json!(methods))),
            ("response_headers", (!response_headers.is_empty()).then(|| json!(response_headers))),
            ("max_age", (age != 3600).then(|| json!(time(age)))),
        ])
    })
}

/// For how long objects stay.
fn kept(said: &mut Said, spec: &Spec) {
    match spec.soft_delete_days {
        7 => {}
        days @ (0 | 8..=90) => said.say("soft_delete_days", days),
        days => said.cannot(format!("deleted objects can be brought back for {days} days")),
    }
    let Some(Retention { seconds, locked }) = &spec.retention else { return };
    match u64::try_from(*seconds).ok().filter(|it| (1..=RETENTION_MAX).contains(it)) {
        Some(seconds) => said.say("retention", time(seconds)),
        None => said.cannot(format!("objects are kept for {seconds} seconds")),
    }
    if *locked {
        said.cannot("the retention is locked for ever");
    }
}

fn grants(said: &mut Said, spec: &Spec, live: &[Grant]) {
    let mut roles: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for grant in live {
        let Grant { role, member: who, condition } = grant;
        let anyone = who == "allUsers" && role == ROLES[3].1 && condition.is_none();
        let prevented = spec.public_access_prevention == PublicAccessPrevention::Enforced;
        let known = ["roles/", "projects/", "organizations/"].iter().any(|it| role.starts_with(it));
        let sayable = known && member(who).is_ok() && (condition.is_none() || spec.uniform_access);
        if anyone && !prevented {
            said.say("public", "read");
        } else if sayable {
            let short = ROLES.iter().find(|(_, long)| long == role).map_or(&**role, |it| it.0);
            roles.entry(short.to_owned()).or_default().push(someone(grant));
        } else {
            let loud = if grant.is_public() { "PUBLIC: " } else { "" };
            said.cannot(format!("{loud}{who} has {role}"));
        }
    }
    if !roles.is_empty() {
        said.say("grants", json!(roles));
    }
}

fn someone(grant: &Grant) -> Value {
    match &grant.condition {
        None => json!(grant.member),
        Some(condition) => json!({ "member": grant.member, "when": when(condition) }),
    }
}

/// A condition as it is written.
pub(crate) fn when(condition: &Condition) -> Value {
    let description = Some(&condition.description).filter(|text| !text.is_empty());
    object([
        ("title", Some(json!(condition.title))),
        ("expression", Some(json!(condition.expression))),
        ("description", description.map(|text| json!(text))),
    ])
}

/// The word for a storage class.
pub(super) fn class(api: &str) -> Option<&'static str> {
    ["standard", "nearline", "coldline", "archive"].into_iter().find(|it| it.to_uppercase() == api)
}
