//! Which releases there are: one list of Helm's Secrets for each cluster.

use super::Status::Deployed;
use super::found::{is_cut_off, seen, wanted_spec};
use super::{HelmRelease, Spec, objects, parts};
use crate::kind::{Kind, ProviderError};
use crate::model::{Found, Mark, Observation, Owner, Scope, Status, Version};
use crate::providers::helm::release::{Release, SELECTOR, latest};
use crate::providers::kubernetes::Reader;
use crate::providers::kubernetes::cluster::Cluster;
use crate::providers::kubernetes::reader::Asked;
use crate::providers::kubernetes::types::{Extent, Type};
use serde_json::Value;

/// Finds every release of ours, and those that are declared.
pub(super) async fn observe(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<Spec>, ProviderError> {
    let mut observation = Observation::default();
    for place in &scope.places {
        let Some((cluster, _)) = Cluster::of_place(place) else { continue };
        for release in releases(reader, scope, &cluster).await? {
            let mut found = found(scope, &cluster, &release);
            let declared = scope.wanted.contains_key(found.name.as_str())
                || scope.leaving.contains_key(found.name.as_str());
            match (&found.owner, declared) {
                // Half of its objects may be there: that is no drift.
                (Owner::Ours(_), _) if is_cut_off(&release) => observation.found.push(found),
                (Owner::Ours(_), _) | (_, true) => {
                    found.spec.objects =
                        objects::differing(reader, scope, &cluster, &release).await?;
                    observation.found.push(found);
                }
                (Owner::Foreign, false) => observation.strangers.push(found),
                (Owner::OtherStack(_), false) => {}
            }
        }
    }
    Ok(observation)
}

/// The latest revision of every release in a cluster.
async fn releases(
    reader: &Reader,
    scope: &Scope<'_>,
    cluster: &Cluster,
) -> Result<Vec<Release>, ProviderError> {
    let of = Type::secret();
    let asked = Asked { of: &of, extent: Extent::Whole, selector: SELECTOR };
    let secrets = reader.listed(scope, cluster, None, asked).await?;
    let wanted = |namespace: &str, release: &str| {
        let name = format!("{}/{namespace}/{release}", cluster.name());
        scope.wanted.get(name.as_str())?.spec.get("values")
    };
    let read = |secret: &Value| {
        Release::read(secret, wanted).map_err(|error| ProviderError::Unreadable {
            what: format!("the releases of cluster {}", cluster.name()),
            why: error.to_string(),
        })
    };
    let all: Result<Vec<Release>, ProviderError> = secrets.iter().map(read).collect();
    Ok(latest(all?).into_values().collect())
}

/// What is known without a look at its objects. Where an apply of ours was cut off, the mark says so,
/// as it does of every kind.
fn found(scope: &Scope<'_>, cluster: &Cluster, release: &Release) -> Found<Spec> {
    let name = super::release_name(cluster, &release.namespace, &release.name);
    let wanted = wanted_spec(scope, &name);
    let mut spec = seen(cluster, release, wanted.as_ref());
    if is_cut_off(release) {
        spec.status = Deployed;
    }
    Found {
        owner: owner(scope.stack, &name, release),
        place: super::place(cluster),
        spec,
        version: version(release),
        status: Status::Ready,
        holds: None,
        name,
    }
}

/// Whose a release is.
pub(super) fn owner(stack: &str, name: &str, release: &Release) -> Owner {
    debug_assert_eq!(parts(name), (release.namespace.as_str(), release.name.as_str()));
    let label = |key: &str| release.labels.get(key).map(String::as_str);
    Mark::owner(stack, HelmRelease::NAME, name, label)
}

/// The version of a release: its revision, and how Helm left that.
pub(super) fn version(release: &Release) -> Version {
    Version(format!("{}-{}", release.revision, release.status.word()))
}
