//! What disks, snapshot schedules and addresses have in common: the calls of the compute API, its
//! operations, its lists over all places. Not a kind; those are `gce-disk`, `gce-snapshot-policy`
//! and `gce-address`.
//!
//! Over [`crate::providers::gcp::rest`]: the official client has 1.2 million lines.

mod apply;
pub(crate) mod label;
mod look;
pub(crate) mod observe;
mod operation;

use crate::kind::{Kind, StepContext};
use crate::model::Owner;
use crate::providers::gcp::rest::RestApi;
use http::Method;
use serde_json::Value;

pub(crate) use apply::apply;
pub use look::{Accelerators, MachineType};
pub(crate) use look::{Listed, listed};

/// <https://cloud.google.com/compute/docs/reference/rest/v1>
pub(crate) const COMPUTE: RestApi =
    RestApi { host: "compute.googleapis.com", version: "compute/v1" };

/// What has to be enabled.
pub(crate) const API: &str = "compute.googleapis.com";

/// A call that brings a thing nearer to what it shall be.
pub(crate) struct Edit {
    /// What it does, in words: `growing`.
    pub(crate) doing: &'static str,
    pub(crate) method: Method,
    /// What stands behind the path of the thing, `/resize`.
    pub(crate) below: &'static str,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Value,
}

impl Edit {
    /// A call `POST …/VERB`.
    pub(crate) fn post(doing: &'static str, below: &'static str, body: Value) -> Self {
        Self { doing, method: Method::POST, below, query: Vec::new(), body }
    }
}

/// A kind of the compute API.
pub(crate) trait Computed: Kind {
    /// The last word of its lists, `disks`.
    const COLLECTION: &'static str;

    /// Where a thing with this spec is: a region, a zone or `global`.
    fn location(spec: &Self::Spec) -> &str;

    /// The settings of a live one. What the service chooses by itself is read only where it is
    /// `wanted`.
    fn read(live: &Value, wanted: Option<&Self::Spec>) -> Self::Spec;

    /// What was read, where an earlier attempt at the same step may have left it half way to
    /// `after`: as if that part were done.
    fn lenient(now: Self::Spec, _after: &Self::Spec) -> Self::Spec {
        now
    }

    /// Whose a live one is.
    fn owner(live: &Value, stack: &str) -> Owner;

    /// Whether it belongs to something of Google's, and is nobody's to declare.
    fn is_derived(_live: &Value) -> bool {
        false
    }

    /// What would be lost or broken with it, beside itself.
    fn holds(_live: &Value) -> Option<String> {
        None
    }

    /// What is sent to make one. Its mark is in it, where that can be.
    fn body(spec: &Self::Spec, step: &StepContext) -> Value;

    /// The next call that brings a live one to `after`, mark included; none when it is there.
    fn next(live: &Value, after: &Self::Spec, step: &StepContext) -> Option<Edit>;

    /// The call that writes only the mark of a step, or takes it off.
    fn remark(
        live: &Value,
        step: &StepContext,
        marks: crate::providers::description::Marks,
    ) -> Edit;
}

/// `zones/Z`, `regions/R` or `global`. Zones end in a hyphen and a letter.
pub(crate) fn scope(location: &str) -> String {
    match location {
        "global" => "global".to_owned(),
        zone if is_zone(zone) => format!("zones/{zone}"),
        region => format!("regions/{region}"),
    }
}

/// Whether a place is a zone.
pub(crate) fn is_zone(location: &str) -> bool {
    let last = location.rsplit('-').next().unwrap_or_default();
    last.len() == 1 && last.chars().all(|c| c.is_ascii_lowercase())
}

/// The region of a zone, or the region itself.
pub(crate) fn region(location: &str) -> &str {
    match location.rsplit_once('-') {
        Some((region, _)) if is_zone(location) => region,
        _ => location,
    }
}

/// The last word of a link.
pub(crate) fn last(link: &Value) -> &str {
    link.as_str().and_then(|link| link.rsplit('/').next()).unwrap_or_default()
}

/// Where a live thing is: its zone, else its region, else `global`.
pub(crate) fn location(live: &Value) -> String {
    let place = ["zone", "region"].into_iter().map(|field| last(&live[field]));
    place.into_iter().find(|place| !place.is_empty()).unwrap_or("global").to_owned()
}

/// A number that JSON has as a text.
pub(crate) fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_apart_by_their_names() {
        let scopes = ["us-central1-c", "us-central1", "global"].map(scope);
        assert_eq!(scopes, ["zones/us-central1-c", "regions/us-central1", "global"]);
        assert_eq!(["us-central1-c", "us-central1"].map(region), ["us-central1"; 2]);
    }
}
