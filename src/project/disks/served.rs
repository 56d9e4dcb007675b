//! A disk as what serves it sees it.

use super::placed::placed;
use crate::model::ResourceId;
use crate::project::format::whole_gb;
use crate::project::layout::Laid;
use crate::project::problem::Range;

/// A disk that something in a cluster serves.
pub(crate) struct Served<'a> {
    /// The disk.
    pub(crate) id: ResourceId,
    /// What clusters call it, `projects/P/zones/Z/disks/D`.
    pub(crate) volume: String,
    /// Its size.
    pub(crate) size_gb: u32,
    /// The zones that it can be attached in.
    pub(crate) zones: Vec<String>,
    /// Where its size was written.
    pub(crate) range: &'a Range,
}

/// The disk that `key` means in an environment: the one there, else the only one.
pub(crate) fn served<'a>(layout: &'a [Laid], key: &str, env: &str) -> Option<Served<'a>> {
    let mut found: Vec<_> = placed(layout).into_iter().filter(|it| it.key.name == key).collect();
    let here = found.iter().position(|it| it.laid.env() == env);
    let placed = found.swap_remove(here.or((found.len() == 1).then_some(0))?);
    let (location, project) = (placed.location()?, &placed.laid.declaration.cloud.project);
    let replicas = &placed.disk.replicas;
    let (of, zones) = match replicas.is_empty() {
        true => ("zones", vec![location.to_owned()]),
        false => ("regions", replicas.clone()),
    };
    Some(Served {
        id: ResourceId::new(placed.laid.env(), super::expand::DISK, &placed.name),
        volume: format!("projects/{project}/{of}/{location}/disks/{}", placed.name),
        size_gb: whole_gb(&placed.disk.size).unwrap_or(1),
        zones,
        range: placed.node.child("size").map_or(&placed.key.range, |node| &node.range),
    })
}
