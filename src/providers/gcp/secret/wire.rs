//! The settings of a secret, ours and the API's. Pure.
//!
//! What a spec has no word for (encryption keys, aliases, delayed destruction, topics without
//! rotation) is never sent, and updates name the fields that they change, so it stays as it is.

use crate::model::{Mark, label};
use crate::providers::gcp::secret::{Rotation, Spec};
use google_cloud_secretmanager_v1::model as api;
use google_cloud_secretmanager_v1::model::replication::user_managed::Replica;
use google_cloud_secretmanager_v1::model::replication::{Automatic, UserManaged};
use google_cloud_wkt::{Duration, Timestamp};
use std::collections::BTreeMap;

/// The annotation that remembers the first reminder: the service moves the next one on.
const FIRST: &str = "leap-infra-rotation-first";

/// The name of a secret, as people say it. Answers name projects by number, so that only the
/// last part of the path counts.
pub(crate) fn name(secret: &api::Secret) -> &str {
    secret.name.rsplit('/').next().unwrap_or(&secret.name)
}

/// Everything that a spec says, as the API takes it.
pub(crate) fn to_wire(spec: &Spec, labels: BTreeMap<String, String>) -> api::Secret {
    let Spec { locations, labels: _, expires, rotation } = spec; // labels come with the mark
    let topics = rotation.iter().flat_map(|it| &it.topics);
    let expires =
        expires.as_ref().and_then(time).map(|at| api::secret::Expiration::ExpireTime(at.into()));
    let first = rotation.iter().map(|it| (FIRST.to_owned(), it.first.clone()));
    api::Secret::new()
        .set_replication(replication(locations))
        .set_labels(labels)
        .set_annotations(first)
        .set_topics(topics.map(|topic| api::Topic::new().set_name(topic)))
        .set_or_clear_rotation(rotation.as_ref().map(rotation_to_wire))
        .set_expiration(expires)
}

/// The settings of a live secret.
pub(crate) fn from_wire(secret: &api::Secret) -> Spec {
    let replicas = secret.replication.as_ref().and_then(|it| it.user_managed());
    let mut locations: Vec<String> =
        replicas.iter().flat_map(|it| &it.replicas).map(|it| it.location.clone()).collect();
    locations.sort();
    Spec {
        locations,
        labels: persons_labels(secret),
        expires: secret.expire_time().map(|at| String::from(**at)),
        rotation: secret.rotation.as_ref().and_then(|it| rotation_from_wire(secret, it)),
    }
}

/// The labels of a secret with this spec and mark. Labels of ours that are neither (that of
/// `secret-access`) stay as they are on the `live` secret.
pub(crate) fn labels(
    spec: &Spec,
    mark: &Mark,
    live: Option<&api::Secret>,
) -> BTreeMap<String, String> {
    let ours = |(key, _): &(&String, &String)| key.starts_with(label::PREFIX);
    let kept = live.into_iter().flat_map(|secret| secret.labels.iter().filter(ours));
    let mut labels: BTreeMap<String, String> =
        kept.map(|(key, value)| (key.clone(), value.clone())).collect();
    labels.extend(spec.labels.clone());
    labels.extend(mark.labels());
    labels
}

/// The fields that an update from one spec to another names. Annotations of others are kept by
/// the caller.
pub(crate) fn changed_fields(before: &Spec, after: &Spec) -> Vec<&'static str> {
    let Spec { locations: _, labels: _, expires, rotation } = after;
    let mut fields = Vec::new();
    if *expires != before.expires {
        fields.push("expire_time");
    }
    if *rotation != before.rotation {
        fields.extend(["annotations", "topics", "rotation"]);
    }
    fields
}

/// Annotations of a live secret with our own as in `wanted`.
pub(crate) fn annotations(live: &api::Secret, wanted: api::Secret) -> api::Secret {
    let theirs = live.annotations.iter().filter(|(key, _)| *key != FIRST);
    let theirs = theirs.map(|(key, value)| (key.clone(), value.clone()));
    let all: Vec<(String, String)> = theirs.chain(wanted.annotations.clone()).collect();
    wanted.set_annotations(all)
}

fn persons_labels(secret: &api::Secret) -> BTreeMap<String, String> {
    let theirs = secret.labels.iter().filter(|(key, _)| !key.starts_with(label::PREFIX));
    theirs.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn replication(locations: &[String]) -> api::Replication {
    if locations.is_empty() {
        return api::Replication::new().set_automatic(Automatic::new());
    }
    let replicas = locations.iter().map(|location| Replica::new().set_location(location));
    api::Replication::new().set_user_managed(UserManaged::new().set_replicas(replicas))
}

fn rotation_to_wire(rotation: &Rotation) -> api::Rotation {
    let Rotation { period_seconds, first, topics: _ } = rotation; // beside it on the wire
    api::Rotation::new()
        .set_rotation_period(Duration::clamp(*period_seconds, 0))
        .set_or_clear_next_rotation_time(time(first))
}

fn rotation_from_wire(secret: &api::Secret, rotation: &api::Rotation) -> Option<Rotation> {
    let next = rotation.next_rotation_time?;
    let period_seconds = rotation.rotation_period.map_or(0, |period| period.seconds());
    let noted = secret.annotations.get(FIRST).filter(|first| {
        let apart = time(first).map(|first| next.seconds() - first.seconds());
        apart.is_some_and(|apart| apart == 0 || period_seconds > 0 && apart % period_seconds == 0)
    });
    let mut topics: Vec<String> = secret.topics.iter().map(|topic| topic.name.clone()).collect();
    topics.sort();
    let first = noted.cloned().unwrap_or_else(|| String::from(next));
    Some(Rotation { period_seconds, first, topics })
}

fn time(text: &String) -> Option<Timestamp> {
    Timestamp::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> Spec {
        let rotation = Rotation {
            period_seconds: 7_776_000,
            first: "2027-01-01T00:00:00Z".into(),
            topics: vec!["projects/leap-pangeo/topics/rotate".into()],
        };
        Spec {
            locations: vec!["us-central1".into(), "us-east1".into()],
            labels: [("team".to_owned(), "hub".to_owned())].into(),
            expires: Some("2028-01-01T00:00:00Z".into()),
            rotation: Some(rotation),
        }
    }

    #[test]
    fn a_spec_survives_the_wire() {
        let spec = spec();
        assert_eq!(from_wire(&to_wire(&spec, spec.labels.clone())), spec);
        assert_eq!(from_wire(&to_wire(&Spec::default(), BTreeMap::new())), Spec::default());
    }

    #[test]
    fn a_reminder_that_has_moved_on_is_no_drift_and_one_that_was_moved_is() {
        let spec = spec();
        let live = |next: &str| {
            let mut live = to_wire(&spec, spec.labels.clone());
            let rotation = live.rotation.take().unwrap();
            let next = Timestamp::try_from(next).unwrap();
            live.set_rotation(rotation.set_next_rotation_time(next))
        };
        assert_eq!(from_wire(&live("2027-04-01T00:00:00Z")), spec);
        assert_ne!(from_wire(&live("2027-04-02T00:00:00Z")), spec);
    }
}
