//! Finds our grants on secrets, and those that nobody can account for.

use crate::kind::{Kind as _, ProviderError};
use crate::model::{
    Depth, Found, Mark, Observation, Owner, Place, Resource, Scope, SpecMark, Status, Taken,
    UnknownOwner, Version,
};
use crate::providers::gcp::Reader;
use crate::providers::gcp::policy::{self, ACCESS};
use crate::providers::gcp::reader::AT_ONCE;
use crate::providers::gcp::secret::{observe as secrets, owner};
use crate::providers::gcp::secret_access::{ACCESSOR, SecretAccess, Spec};
use data_encoding::BASE64;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use google_cloud_iam_v1::model::Policy;
use serde::Deserialize as _;
use std::collections::BTreeSet;

pub(super) async fn observe(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<Spec>, ProviderError> {
    let mut observation = Observation::default();
    let mut ours = Vec::new();
    for (name, (place, secret)) in secrets::seen(reader, scope).await? {
        let label = secret.labels.get(ACCESS).cloned();
        let wanted = scope.wanted.get(name.as_str());
        let claims = scope.claims.get(name.as_str()).map(|claims| (*claims).clone());
        match owner(&secret, scope.stack) {
            Owner::Ours(mark) if wanted.is_some() || label.is_some() || claims.is_some() => {
                let (wanted, mark) = (accessors(wanted), Some(mark));
                ours.push(Candidate { name, place, mark, label, wanted, claims });
            }
            // Declared on a secret that is nobody's: what is there can be adopted with it. Whoever
            // looks at everything sees who reads it.
            Owner::Foreign if wanted.is_some() || scope.depth == Depth::Whole => {
                let (wanted, mark) = (accessors(wanted), None);
                ours.push(Candidate { name, place, mark, label, wanted, claims });
            }
            Owner::OtherStack(other) if wanted.is_some() => {
                let why = format!("the secret belongs to stack {other}");
                observation.taken.push(Taken { name, why });
            }
            _ => {}
        }
    }
    let looks = ours.into_iter().map(|candidate| async move {
        let policy = reader.secret_policy(&candidate.place.project, &candidate.name).await?;
        // None: gone since it was listed.
        Ok::<_, ProviderError>(policy.map(|policy| candidate.judge(&policy)))
    });
    let seen: Vec<_> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
    for (found, unknown) in seen.into_iter().flatten() {
        let wanted = |found: &Found<Spec>| scope.wanted.contains_key(found.name.as_str());
        match found {
            Some(found) if found.owner == Owner::Foreign && !wanted(&found) => {
                observation.strangers.push(found);
            }
            found => observation.found.extend(found),
        }
        observation.unknown.extend(unknown);
    }
    Ok(observation)
}

/// Who shall read a secret, as it is declared.
fn accessors(wanted: Option<&&Resource>) -> Option<BTreeSet<String>> {
    Some(Spec::deserialize(&wanted?.spec).ok()?.accessors)
}

/// A secret whose policy is to be looked at.
struct Candidate {
    name: String,
    place: Place,
    /// Its mark; none, if it carries nobody's.
    mark: Option<Mark>,
    label: Option<String>,
    wanted: Option<BTreeSet<String>>,
    claims: Option<BTreeSet<String>>,
}

impl Candidate {
    /// Tells our accessors from whatever else was granted.
    fn judge(self, live: &Policy) -> (Option<Found<Spec>>, Vec<UnknownOwner>) {
        let has = |set: &Option<BTreeSet<String>>, member: &str| {
            set.as_ref().is_some_and(|set| set.contains(member))
        };
        // On a secret that is nobody's and that nothing declares, none of it is anybody's.
        let strange = self.mark.is_none() && self.wanted.is_none();
        let (mut accessors, mut unknown) = (BTreeSet::new(), Vec::new());
        for grant in policy::grants(live) {
            let plain = grant.role == ACCESSOR && grant.condition.is_none();
            let (wanted, claims) = (&self.wanted, &self.claims);
            if plain && (strange || has(wanted, &grant.member) || has(claims, &grant.member)) {
                accessors.insert(grant.member);
                continue;
            }
            if self.mark.is_some() || strange {
                unknown.push(UnknownOwner {
                    name: self.name.clone(),
                    env: self.mark.as_ref().map(|mark| mark.env.clone()).unwrap_or_default(),
                    what: format!("{} has {}", grant.member, grant.role),
                    public: grant.is_public(),
                });
            }
        }
        let leftover = accessors.iter().any(|member| !has(&self.wanted, member));
        // With the label but nothing of ours left, only the label is to be removed; as long as
        // there are grants that may be ours, it is kept, since it makes us look.
        let spent = self.claims.is_some() || unknown.is_empty();
        let present = leftover
            || self.mark.is_none() && !strange
            || self.label.is_some() && (self.wanted.is_some() || spent);
        let version = Version(BASE64.encode(&live.etag));
        (present.then(|| self.found(accessors, version)), unknown)
    }

    fn found(self, accessors: BTreeSet<String>, version: Version) -> Found<Spec> {
        let Self { name, place, mark, label, wanted: _, claims: _ } = self;
        let owner = mark.map_or(Owner::Foreign, |mark| {
            let id = Mark::id_of(SecretAccess::NAME, &name);
            Owner::Ours(Mark { id, spec: SpecMark::from_label(label.as_deref()), ..mark })
        });
        Found {
            name,
            place,
            owner,
            spec: Spec { accessors },
            version,
            status: Status::Ready,
            holds: None,
        }
    }
}
