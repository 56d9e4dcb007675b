//! Finds the buckets of a stack, and whatever bears a declared name.

use crate::kind::{Kind as _, ProviderError};
use crate::model::{
    Found, Observation, Owner, Place, Resource, Scope, Status, Taken, Transition, UnknownOwner,
    Version,
};
use crate::providers::gcp::Reader;
use crate::providers::gcp::calls::Versions;
use crate::providers::gcp::error::{CallFailed, Reason};
use crate::providers::gcp::gcs_bucket::{Bucket, Spec, is_nobodys, lifecycle, owner, wire};
use crate::providers::gcp::reader::AT_ONCE;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use google_cloud_storage::model::Bucket as Live;
use serde::Deserialize as _;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known of a declared name.
pub(crate) enum Sight {
    /// A bucket.
    There(Place, Arc<Live>),
    /// Nothing.
    Absent,
    /// Something that we may not look at.
    Hidden(String),
}

pub(super) async fn observe(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<Spec>, ProviderError> {
    let mut buckets = listed(reader, scope).await?;
    let mut observation = Observation::default();
    buckets.retain(|name, (place, bucket)| {
        let concerns = scope.wanted.contains_key(name.as_str())
            || matches!(owner(bucket, scope.stack), Owner::Ours(_));
        if !concerns && is_nobodys(bucket, scope.stack) {
            let (stranger, wordless) = found(place.clone(), bucket, scope.stack);
            observation.strangers.push(stranger);
            observation.unknown.extend(wordless);
        }
        concerns
    });
    for (name, sight) in look_for(reader, scope, &buckets).await? {
        match sight {
            Sight::There(place, bucket) => drop(buckets.insert(name, (place, bucket))),
            Sight::Hidden(_) if !scope.wanted.contains_key(name.as_str()) => {}
            Sight::Absent => {}
            Sight::Hidden(why) => observation.taken.push(Taken { name, why }),
        }
    }
    for (place, bucket) in buckets.into_values() {
        let (found, unknown) = found(place, &bucket, scope.stack);
        observation.found.push(found);
        observation.unknown.extend(unknown);
    }
    look_inside(reader, scope, &mut observation.found).await?;
    Ok(observation)
}

/// Every bucket in the places of a scope, by name.
pub(crate) async fn listed(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<BTreeMap<String, (Place, Arc<Live>)>, ProviderError> {
    let mut buckets = BTreeMap::new();
    for place in &scope.places {
        let list = reader.list(&place.project).await.map_err(|failed| match failed.reason {
            // A project that is not there and one that we may not see look the same.
            Reason::Absent | Reason::Denied => ProviderError::Unreadable {
                what: format!("the buckets of project {}", place.project),
                why: failed.why().to_owned(),
            },
            _ => failed.into(),
        })?;
        let here = Place::project(&place.project);
        let entry = |bucket: &Arc<Live>| {
            (wire::name(bucket).to_owned(), (here.clone(), Arc::clone(bucket)))
        };
        buckets.extend(list.iter().map(entry));
    }
    Ok(buckets)
}

/// Looks for every named bucket that is not among those listed: names are unique worldwide, so
/// somebody else may hold one; and lists lag.
pub(crate) async fn look_for(
    reader: &Reader,
    scope: &Scope<'_>,
    listed: &BTreeMap<String, (Place, Arc<Live>)>,
) -> Result<Vec<(String, Sight)>, ProviderError> {
    let wanted = scope.wanted.iter().map(|(name, resource)| (*name, &resource.place));
    let leaving = scope.leaving.iter().map(|(name, place)| (*name, *place));
    let missing = wanted.chain(leaving).filter(|(name, _)| !listed.contains_key(*name));
    let missing: Vec<(String, Place)> =
        missing.map(|(name, place)| (name.to_owned(), place.clone())).collect();
    let looks = missing.into_iter().map(|(name, place)| async move {
        let sight = match reader.bucket(&name).await {
            Ok(Some(bucket)) => Sight::There(Place::project(place.project), bucket),
            Ok(None) => Sight::Absent,
            Err(failed) if failed.reason == Reason::Denied => {
                Sight::Hidden(failed.why().to_owned())
            }
            Err(failed) => return Err(ProviderError::from(failed)),
        };
        Ok((name, sight))
    });
    stream::iter(looks).buffered(AT_ONCE).try_collect().await
}

fn found(place: Place, bucket: &Live, stack: &str) -> (Found<Spec>, Vec<UnknownOwner>) {
    let (spec, others) = wire::from_wire(bucket);
    let owner = owner(bucket, stack);
    let name = wire::name(bucket).to_owned();
    // What is not ours has no environment, and is shown where it is discovered.
    let env = match &owner {
        Owner::Ours(mark) => mark.env.clone(),
        Owner::OtherStack(_) | Owner::Foreign => String::new(),
    };
    let rules = others.iter().map(|rule| {
        let rule = lifecycle::in_words(rule);
        let what = format!("a lifecycle rule that cannot be declared: {rule}");
        UnknownOwner { name: name.clone(), env: env.clone(), what, public: false }
    });
    let unknown = rules.collect();
    let version = Version(bucket.metageneration.to_string());
    let found = Found { name, place, owner, spec, version, status: Status::Ready, holds: None };
    (found, unknown)
}

/// Looks into those buckets of ours that may have to go.
async fn look_inside(
    reader: &Reader,
    scope: &Scope<'_>,
    found: &mut [Found<Spec>],
) -> Result<(), ProviderError> {
    let mut leaving = Vec::new();
    for (position, Found { name, owner, spec, .. }) in found.iter().enumerate() {
        let wanted = scope.wanted.get(name.as_str()).copied();
        if matches!(owner, Owner::Ours(_)) && leaves(spec, wanted) {
            leaving.push((position, name.clone(), spec.versioning));
        }
    }
    let looks = leaving.into_iter().map(|(position, name, versioning)| async move {
        Ok((position, contents(reader, &name, versioning).await?))
    });
    let looks = stream::iter(looks).buffered(AT_ONCE);
    let contents: Vec<_> = looks.try_collect().await.map_err(failed)?;
    for (position, contents) in contents {
        found[position].holds = contents.map(str::to_owned);
    }
    Ok(())
}

/// What a bucket holds, in words. Old versions are looked for where versioning is on; should
/// there be some from before it was turned off, the server refuses to delete the bucket.
async fn contents(
    reader: &Reader,
    name: &str,
    versioning: bool,
) -> Result<Option<&'static str>, CallFailed> {
    if reader.holds_objects(name, Versions::Live).await? {
        return Ok(Some("holds objects"));
    }
    let old = versioning && reader.holds_objects(name, Versions::All).await?;
    Ok(old.then_some("holds old versions of objects"))
}

fn failed(failed: CallFailed) -> ProviderError {
    failed.into()
}

/// Whether a bucket is no longer wanted, or only as another one.
fn leaves(spec: &Spec, wanted: Option<&Resource>) -> bool {
    let Some(wanted) = wanted else { return true };
    let after = Spec::deserialize(&wanted.spec);
    after.is_ok_and(|after| matches!(Bucket::transition(spec, &after), Transition::Replace(_)))
}
