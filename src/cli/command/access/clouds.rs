//! Looking at Google Cloud for a question about access: the policies of the buckets and the releases
//! of the hubs that it is about, and nothing else.

use crate::cli::failure::Failure;
use crate::cli::session::Session;
use crate::kind::Kind as _;
use crate::model::{Claims, Footprint, Resource, ResourceId, Stack, World};
use crate::project::access::{Otherwise, Pair};
use crate::providers;
use crate::providers::gcp::gcs_bucket_access::BucketAccess;
use crate::providers::helm::helm_release::HelmRelease;
use std::collections::BTreeMap;

/// What a question is about beside people.
#[derive(Clone, Copy, Debug)]
pub(super) enum About<'a> {
    /// Nothing that is in clouds.
    Teams,
    /// A thing, `buckets/data` or `hubs/main/profiles/gpu`.
    Thing(&'a str),
    /// Every bucket and hub.
    Everything,
}

/// A thing that a resource is a part of.
struct Part<'a> {
    section: &'static str,
    key: &'a str,
    resource: &'a Resource,
}

impl About<'_> {
    /// Whether anything beside people is to be looked at.
    pub(super) fn is_in_clouds(self) -> bool {
        match self {
            Self::Teams => false,
            Self::Thing(thing) => thing.starts_with("hubs/") || thing.starts_with("buckets/"),
            Self::Everything => true,
        }
    }

    fn is_of(self, section: &str, key: &str) -> bool {
        let Self::Thing(thing) = self else { return true };
        let rest = thing.strip_prefix(section).and_then(|rest| rest.strip_prefix('/'));
        rest.and_then(|rest| rest.split('/').next()) == Some(key)
    }

    /// The resources that a question is about.
    fn parts<'s>(self, session: &'s Session) -> Vec<Part<'s>> {
        let mut parts = Vec::new();
        for (written, ids) in session.stack.keys() {
            let Some((of, key)) = written.split_once(':') else { continue };
            let (section, kind) = match of {
                "bucket" => ("buckets", BucketAccess::NAME),
                "hub" => ("hubs", HelmRelease::NAME),
                _ => continue,
            };
            let here = |id: &&ResourceId| {
                id.kind == kind
                    && session.environments.contains(&id.env)
                    && self.is_of(section, key)
            };
            let resources = ids.iter().filter(here);
            let resources = resources.filter_map(|id| session.stack.resources().get(id));
            parts.extend(resources.map(|resource| Part { section, key, resource }));
        }
        parts.retain(|part| part.section == "buckets" || lets_in(part.resource));
        parts
    }
}

/// Whether a release is that of the hub itself, and not of what stands beside it.
fn lets_in(release: &Resource) -> bool {
    release.spec["values"].to_string().contains("\"leap_infra\"")
}

/// What is otherwise in the clouds than declared, of what a question is about.
///
/// # Errors
/// When something cannot be read.
pub(super) async fn otherwise(
    about: About<'_>,
    session: &Session,
) -> Result<Vec<Otherwise>, Failure> {
    let parts = about.parts(session);
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let world = world(&parts, session).await?;
    Ok(parts.iter().flat_map(|part| held(part, &world)).collect())
}

/// What there is of these resources, and of no others.
async fn world(parts: &[Part<'_>], session: &Session) -> Result<World, Failure> {
    let wanted: BTreeMap<&ResourceId, &Resource> =
        parts.iter().map(|part| (&part.resource.id, part.resource)).collect();
    let environments = session.stack.environments().to_vec();
    let stack = Stack::new(session.stack.name(), environments, wanted.values().copied().cloned())
        .map_err(|error| Failure::new(crate::cli::exit::Exit::Error, error.to_string()))?;
    let claims: Claims = session.memory.claims.clone().into_iter().collect();
    let claims = claims.into_iter().filter(|(id, _)| wanted.contains_key(id)).collect();
    let kinds = [BucketAccess::NAME, HelmRelease::NAME];
    let kinds = kinds.into_iter().filter(|kind| wanted.keys().any(|id| id.kind == *kind));
    let observers = providers::observers(&session.connections);
    let world = observers.world_of(kinds, &stack, &Footprint::new(), &claims).await;
    world.map_err(|errors| crate::cli::failure::unreadable(&errors))
}

fn held(part: &Part<'_>, world: &World) -> Vec<Otherwise> {
    let id = &part.resource.id;
    let seen = world.kinds.get(&id.kind);
    let found = seen.and_then(|seen| seen.find(&id.name).or_else(|| seen.stranger(&id.name)));
    let pair = Pair {
        environment: &id.env,
        key: part.key,
        found: found.map(|found| &found.spec),
        declared: &part.resource.spec,
    };
    if part.section == "hubs" {
        return pair.of_hub();
    }
    let unknown = seen.map(|seen| seen.unknown.as_slice()).unwrap_or_default().iter();
    let unknown = unknown.filter(|it| it.name == id.name).map(|it| it.what.clone());
    pair.of_bucket(&unknown.collect::<Vec<_>>())
}
