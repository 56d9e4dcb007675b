//! A registry as what keeps images in it sees it.

use super::placed::placed;
use crate::model::ResourceId;
use crate::project::layout::Laid;

/// A registry that images are kept in.
pub(crate) struct Kept {
    /// The registry.
    pub(crate) id: ResourceId,
    /// What the names of its images begin with, as in `us-central1-docker.pkg.dev/leap/images`.
    pub(crate) images: String,
}

/// The registry that `key` means in an environment: the one there, else the only one.
pub(crate) fn kept(layout: &[Laid], key: &str, env: &str) -> Option<Kept> {
    let mut found: Vec<_> = placed(layout).into_iter().filter(|it| it.key.name == key).collect();
    let here = found.iter().position(|it| it.laid.env() == env);
    let placed = found.swap_remove(here.or((found.len() == 1).then_some(0))?);
    let (location, project) = (placed.location(), &placed.laid.declaration.cloud.project);
    Some(Kept {
        id: super::expand::id(&placed),
        images: format!("{location}-docker.pkg.dev/{project}/{}", placed.name),
    })
}
