//! Finds our grants on buckets, and those that nobody can account for.

use crate::kind::{Kind as _, ProviderError};
use crate::model::{
    Depth, Found, Mark, Observation, Owner, Place, Resource, Scope, SpecMark, Status, Taken,
    UnknownOwner, Version,
};
use crate::providers::gcp::Reader;
use crate::providers::gcp::gcs_bucket::{is_nobodys, observe as buckets, owner};
use crate::providers::gcp::gcs_bucket_access::{ACCESS, BucketAccess, Grant, Spec};
use crate::providers::gcp::policy::{self, Sorted};
use crate::providers::gcp::reader::AT_ONCE;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use google_cloud_storage::model::Bucket;
use std::collections::BTreeSet;

pub(super) async fn observe(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<Spec>, ProviderError> {
    let mut observation = Observation::default();
    let mut candidates = Vec::new();
    let mut listed = buckets::listed(reader, scope).await?;
    for (name, sight) in buckets::look_for(reader, scope, &listed).await? {
        match sight {
            buckets::Sight::There(place, bucket) => drop(listed.insert(name, (place, bucket))),
            buckets::Sight::Hidden(_) if !scope.wanted.contains_key(name.as_str()) => {}
            buckets::Sight::Absent => {}
            buckets::Sight::Hidden(why) => observation.taken.push(Taken { name, why }),
        }
    }
    for (name, (place, bucket)) in listed {
        match owner(&bucket, scope.stack) {
            Owner::Ours(mark) if concerns(scope, &name, &bucket) => {
                candidates.push(Candidate::new(scope, name, place, &bucket, Some(mark)));
            }
            Owner::Ours(_) => {}
            _ if is_nobodys(&bucket, scope.stack)
                && (scope.wanted.contains_key(name.as_str()) || scope.depth == Depth::Whole) =>
            {
                candidates.push(Candidate::new(scope, name, place, &bucket, None));
            }
            _ if scope.wanted.contains_key(name.as_str()) => {
                let why = "the bucket belongs to another stack".to_owned();
                observation.taken.push(Taken { name, why });
            }
            _ => {}
        }
    }
    let looks = candidates.into_iter().map(|candidate| candidate.look(reader));
    let seen: Vec<Seen> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
    for Seen { found, unknown, stranger } in seen {
        observation.found.extend(found);
        observation.strangers.extend(stranger);
        observation.unknown.extend(unknown);
    }
    Ok(observation)
}

/// Whether a bucket of ours is to be looked at.
fn concerns(scope: &Scope<'_>, name: &str, bucket: &Bucket) -> bool {
    scope.wanted.contains_key(name)
        || bucket.labels.contains_key(ACCESS)
        || scope.claims.get(name).is_some_and(|claims| !claims.is_empty())
}

/// A bucket whose policy is to be looked at.
struct Candidate {
    name: String,
    place: Place,
    /// Its mark; none, if it carries nobody's.
    bucket: Option<Mark>,
    label: Option<String>,
    wanted: Option<Resource>,
    claims: Option<BTreeSet<String>>,
}

struct Seen {
    found: Option<Found<Spec>>,
    unknown: Vec<UnknownOwner>,
    /// Grants that are there and not (yet) ours.
    stranger: Option<Found<Spec>>,
}

impl Candidate {
    fn new(
        scope: &Scope<'_>,
        name: String,
        place: Place,
        bucket: &Bucket,
        mark: Option<Mark>,
    ) -> Self {
        let wanted = scope.wanted.get(name.as_str()).map(|resource| (*resource).clone());
        let claims = scope.claims.get(name.as_str()).map(|claims| (*claims).clone());
        let label = bucket.labels.get(ACCESS).cloned();
        Self { name, place, bucket: mark, label, wanted, claims }
    }

    async fn look(self, reader: &Reader) -> Result<Seen, ProviderError> {
        match reader.policy(&self.name).await? {
            // Gone since it was listed.
            None => Ok(Seen { found: None, unknown: Vec::new(), stranger: None }),
            Some(policy) => {
                let (live, version) = (policy::grants(&policy), policy::version(&policy));
                Ok(match self.bucket.clone() {
                    Some(mark) => self.judge(&mark, live, version),
                    None => self.judge_strange(live, version),
                })
            }
        }
    }

    /// On a bucket that is nobody's: where access is declared, the declared grants that are there,
    /// be it none, stand in the way until they are adopted; else all of them are strangers.
    fn judge_strange(self, live: BTreeSet<Grant>, version: Version) -> Seen {
        let unknown = Vec::new();
        let Some(wanted) = &self.wanted else {
            let grants = (!live.is_empty()).then(|| live.into_iter());
            let stranger = grants.map(|grants| self.found(Owner::Foreign, grants, version));
            return Seen { found: None, unknown, stranger };
        };
        let declared = policy::declared(wanted);
        let grants = live.intersection(&declared).cloned();
        let found = Some(self.found(Owner::Foreign, grants, version));
        Seen { found, unknown, stranger: None }
    }

    /// Tells our grants from the others.
    fn judge(self, bucket: &Mark, live: BTreeSet<Grant>, version: Version) -> Seen {
        let (wanted, claims) = (self.wanted.as_ref(), self.claims.as_ref());
        let Sorted { ours, others, leftover } = policy::sort(live, wanted, claims);
        let unknown = others.iter().map(|grant| self.unknown(bucket, grant)).collect();
        // With the label but nothing of ours left, only the label is to be removed; as long as
        // there are grants that may be ours, it is kept, since it makes us look.
        let spent = self.claims.is_some() || others.is_empty();
        let present = leftover || self.label.is_some() && (self.wanted.is_some() || spent);
        // Declared grants on a bucket of ours that were there before us can be adopted; they
        // stand in nobody's way.
        let strange = !present && !ours.is_empty();
        let owner = if present { Owner::Ours(self.mark(bucket)) } else { Owner::Foreign };
        let there = (present || strange).then(|| self.found(owner, ours.into_iter(), version));
        let (found, stranger) = if present { (there, None) } else { (None, there) };
        Seen { found, unknown, stranger }
    }

    fn mark(&self, bucket: &Mark) -> Mark {
        Mark {
            stack: bucket.stack.clone(),
            env: bucket.env.clone(),
            id: Mark::id_of(BucketAccess::NAME, &self.name),
            spec: SpecMark::from_label(self.label.as_deref()),
        }
    }

    fn found(
        &self,
        owner: Owner,
        ours: impl Iterator<Item = Grant>,
        version: Version,
    ) -> Found<Spec> {
        Found {
            name: self.name.clone(),
            place: self.place.clone(),
            owner,
            spec: Spec::new(ours),
            version,
            status: Status::Ready,
            holds: None,
        }
    }

    fn unknown(&self, bucket: &Mark, grant: &Grant) -> UnknownOwner {
        let condition = grant.condition.as_ref();
        let when = condition.map(|it| format!(" ({})", it.title)).unwrap_or_default();
        UnknownOwner {
            name: self.name.clone(),
            env: bucket.env.clone(),
            what: format!("{} has {}{when}", grant.member, grant.role),
            public: grant.is_public(),
        }
    }
}
