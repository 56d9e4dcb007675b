//! From declared buckets to complete resources.

use super::access::{grants, log_target, log_targets};
use super::lifecycle::Rule;
use super::location::area;
use super::notes;
use super::placed::{Buckets, Placed, placed};
use super::settings::{Bucket, Cors, Location, Prevention, Website};
use crate::model::{Expected, Keys, Place, Resource, ResourceId, Source};
use crate::project::access::{self, Given};
use crate::project::address;
use crate::project::format::{seconds, volume_gb};
use crate::project::identities::{self, Identities};
use crate::project::layout::Laid;
use crate::project::problem::Range;
use crate::providers::gcp::{gcs_bucket, policy};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The kind of a bucket.
const BUCKET: &str = "gcs-bucket";
/// The kind of what is granted on a bucket.
const ACCESS: &str = "gcs-bucket-access";

/// Every bucket of every environment, and what is granted on it.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    let buckets = placed(layout);
    let targets = log_targets(&buckets);
    let identities = identities::placed(layout);
    let given = access::given(layout, &buckets);
    for placed in &buckets.list {
        resources.push(bucket(&buckets, placed));
        let logs = targets.get(placed.name.as_str()).copied();
        resources.extend(access(placed, logs, &identities, &given));
    }
}

/// The key of every bucket, with the bucket and what is granted on it in each environment.
pub(crate) fn keys(layout: &[Laid], keys: &mut Keys) {
    for placed in &placed(layout).list {
        let name = address::written("bucket", &placed.key.name);
        keys.entry(name).or_default().extend([id(placed, BUCKET), id(placed, ACCESS)]);
    }
}

/// What is expected to lie in every bucket, and to leave it.
pub(crate) fn expected(layout: &[Laid], all: &mut BTreeMap<ResourceId, Expected>) {
    for placed in &placed(layout).list {
        let Bucket { expected, egress, requester_pays, .. } = placed.bucket;
        let gb = |text: &Option<String>| volume_gb(text.as_deref()?).ok();
        let egress_gb = gb(egress).filter(|_| !requester_pays);
        all.insert(id(placed, BUCKET), Expected { stored_gb: gb(expected), egress_gb });
    }
}

fn bucket(buckets: &Buckets<'_>, placed: &Placed<'_>) -> Resource {
    let target = log_target(buckets, placed);
    // The log writer must be let in before there is anything to write.
    let needs = target.map(|target| id(target, ACCESS)).into_iter().collect();
    Resource {
        needs,
        notes: notes::of_bucket(placed),
        ..resource(placed, BUCKET, json(&spec(placed, target)), &placed.key.range)
    }
}

fn access(
    placed: &Placed<'_>,
    logs: Option<&Range>,
    identities: &Identities<'_>,
    given: &[Given<'_>],
) -> Option<Resource> {
    let grants = grants(placed, logs.is_some(), identities, given);
    if grants.is_empty() {
        return None;
    }
    let written = ["grants", "public"].into_iter().find_map(|key| placed.node.entry(key));
    let range = written.map(|(key, _)| &key.range).or(logs).unwrap_or(&placed.key.range);
    let spec = policy::Spec::new(grants);
    let notes = notes::of_access(placed, project(placed));
    Some(Resource { notes, ..resource(placed, ACCESS, json(&spec), range) })
}

fn resource(placed: &Placed<'_>, kind: &str, spec: Value, range: &Range) -> Resource {
    Resource {
        id: id(placed, kind),
        place: Place::project(project(placed)),
        spec,
        needs: BTreeSet::new(),
        source: Source::from(range),
        notes: Vec::new(),
        manage: placed.bucket.manage.into(),
    }
}

fn id(placed: &Placed<'_>, kind: &str) -> ResourceId {
    ResourceId::new(placed.laid.env(), kind, &placed.name)
}

fn project<'a>(placed: &Placed<'a>) -> &'a str {
    &placed.laid.declaration.cloud.project
}

fn json(spec: &impl serde::Serialize) -> Value {
    serde_json::to_value(spec).expect("specs are maps of plain values")
}

fn spec(placed: &Placed<'_>, target: Option<&Placed<'_>>) -> gcs_bucket::Spec {
    let Bucket {
        environments: _,
        name: _,
        previously: _,
        manage: _,
        location: place,
        storage_class,
        delete_after_days,
        lifecycle,
        uniform_access,
        public_access_prevention,
        versioning,
        soft_delete_days,
        retention,
        cors,
        requester_pays,
        expected: _, // for estimates
        egress: _,
        logs_to: _,
        website,
        labels,
        protect,
        public: _,
        grants: _,
    } = placed.bucket;
    let cloud = &placed.laid.declaration.cloud;
    let (location, placement) = location(place.as_ref(), &cloud.region);
    let mut all_labels = cloud.labels.clone();
    all_labels.extend(labels.clone());
    gcs_bucket::Spec {
        location,
        placement,
        storage_class: storage_class.api_name().to_owned(),
        uniform_access: *uniform_access,
        public_access_prevention: match public_access_prevention {
            Prevention::Inherited => gcs_bucket::PublicAccessPrevention::Inherited,
            Prevention::Enforced => gcs_bucket::PublicAccessPrevention::Enforced,
        },
        versioning: *versioning,
        delete_after_days: *delete_after_days,
        lifecycle: lifecycle.iter().map(Rule::rule).collect(),
        soft_delete_days: *soft_delete_days,
        retention: retention.as_deref().and_then(kept),
        cors: cors.iter().map(cross_origin).collect(),
        requester_pays: *requester_pays,
        logging: target.map(|target| gcs_bucket::Logging {
            bucket: target.name.clone(),
            prefix: placed.name.clone(),
        }),
        website: website.as_ref().map(served),
        labels: all_labels,
        protect: *protect,
    }
    .normal()
}

/// The location as the API names it, and the regions of a pair of one's own choice.
fn location(written: Option<&Location>, region: &str) -> (String, Vec<String>) {
    match written {
        None => (region.to_uppercase(), Vec::new()),
        Some(Location::One(place)) => (place.to_uppercase(), Vec::new()),
        Some(Location::Two(regions)) => {
            let pair = regions.first().zip(regions.get(1));
            let area = pair.and_then(|(first, second)| area(first, second)).unwrap_or_default();
            (area.to_owned(), regions.iter().map(|region| region.to_uppercase()).collect())
        }
    }
}

fn kept(written: &str) -> Option<gcs_bucket::Retention> {
    let seconds = i64::try_from(seconds(written).ok()?).ok()?;
    Some(gcs_bucket::Retention { seconds, locked: false })
}

fn cross_origin(written: &Cors) -> gcs_bucket::CorsRule {
    let Cors { origins, methods, response_headers, max_age } = written.clone();
    let max_age_seconds = seconds(&max_age).ok().and_then(|age| i32::try_from(age).ok());
    let max_age_seconds = max_age_seconds.unwrap_or(i32::MAX);
    gcs_bucket::CorsRule { origins, methods, response_headers, max_age_seconds }
}

fn served(written: &Website) -> gcs_bucket::Website {
    let Website { index, not_found } = written.clone();
    gcs_bucket::Website { index, not_found: not_found.unwrap_or_default() }
}
