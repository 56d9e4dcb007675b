//! Finds the secrets of a stack, and whatever bears a declared name. Values are not read.

use crate::kind::ProviderError;
use crate::model::{Found, Observation, Owner, Place, Scope, Status, Version};
use crate::providers::gcp::Reader;
use crate::providers::gcp::error::Reason;
use crate::providers::gcp::reader::AT_ONCE;
use crate::providers::gcp::secret::{Spec, owner, wire};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use google_cloud_secretmanager_v1::model::Secret as Live;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Secrets with their places, by name.
pub(crate) type Secrets = BTreeMap<String, (Place, Arc<Live>)>;

pub(super) async fn observe(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<Spec>, ProviderError> {
    let mut observation = Observation::default();
    for (name, (place, secret)) in seen(reader, scope).await? {
        let wanted = scope.wanted.contains_key(name.as_str());
        let found = Found {
            name,
            place,
            owner: owner(&secret, scope.stack),
            spec: wire::from_wire(&secret),
            version: Version(secret.etag.clone()),
            status: Status::Ready,
            holds: None,
        };
        match &found.owner {
            Owner::Ours(_) => observation.found.push(found),
            _ if wanted => observation.found.push(found),
            Owner::Foreign => observation.strangers.push(found),
            Owner::OtherStack(_) => {}
        }
    }
    Ok(observation)
}

/// Every secret in the places of a scope, and those that are named and were not listed: lists
/// lag. <https://cloud.google.com/secret-manager/docs/data-consistency>
pub(crate) async fn seen(reader: &Reader, scope: &Scope<'_>) -> Result<Secrets, ProviderError> {
    let wanted = scope.wanted.iter().map(|(name, resource)| (*name, &resource.place));
    let leaving = scope.leaving.iter().map(|(name, place)| (*name, *place));
    let named: BTreeMap<&str, &Place> = leaving.chain(wanted).collect();
    let mut secrets = Secrets::new();
    for place in &scope.places {
        for secret in listed(reader, &place.project).await?.iter() {
            let name = wire::name(secret);
            // Names are unique in a project only: that of the declaration's place counts.
            if named.get(name).is_none_or(|meant| meant.project == place.project) {
                let here = Place::project(&place.project);
                secrets.insert(name.to_owned(), (here, Arc::clone(secret)));
            }
        }
    }
    let missing = named.into_iter().filter(|(name, _)| !secrets.contains_key(*name));
    let looks = missing.map(|(name, place)| (name.to_owned(), Place::project(&place.project)));
    let looks = looks.collect::<Vec<_>>().into_iter().map(|(name, place)| async move {
        let secret = reader.secret(&place.project, &name).await?;
        Ok::<_, ProviderError>(secret.map(|secret| (name, (place, secret))))
    });
    let found: Vec<_> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
    secrets.extend(found.into_iter().flatten());
    Ok(secrets)
}

async fn listed(reader: &Reader, project: &str) -> Result<Arc<Vec<Arc<Live>>>, ProviderError> {
    reader.secret_list(project).await.map_err(|failed| match failed.reason {
        // A project that is not there and one that we may not see look the same.
        Reason::Absent | Reason::Denied => ProviderError::Unreadable {
            what: format!("the secrets of project {project}"),
            why: failed.why().to_owned(),
        },
        _ => failed.into(),
    })
}
