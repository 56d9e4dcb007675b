//! Which environments have which disk, under which name and where.

use super::settings::Disk;
use crate::project::declaration::Declaration;
use crate::project::layout::{Laid, each_environment};
use crate::project::names;
use crate::project::problem::Range;
use crate::project::tree::{Key, Node};

/// One disk in one environment.
pub(super) struct Placed<'a> {
    /// The environment.
    pub(super) laid: &'a Laid,
    /// The short key and where it was written.
    pub(super) key: &'a Key,
    /// The settings as they were written.
    pub(super) node: &'a Node,
    /// The settings.
    pub(super) disk: &'a Disk,
    /// The name in the cloud.
    pub(super) name: String,
}

impl Placed<'_> {
    /// Where a setting was written, or else the disk's key.
    pub(super) fn range(&self, setting: &str) -> &Range {
        self.node.child(setting).map_or(&self.key.range, |node| &node.range)
    }

    /// Where a setting of the snapshots was written, or else the snapshots.
    pub(super) fn snapshot_range(&self, setting: &str) -> &Range {
        let written = self.node.child("snapshots").and_then(|node| node.child(setting));
        written.map_or_else(|| self.range("snapshots"), |node| &node.range)
    }

    /// The region of a disk in two zones, else its zone; none if no zone is said.
    pub(super) fn location(&self) -> Option<&str> {
        let cloud = &self.laid.declaration.cloud;
        if !self.disk.replicas.is_empty() {
            return Some(&cloud.region);
        }
        self.disk.zone.as_deref().or(cloud.zone.as_deref())
    }

    /// The name of the schedule, if there is one.
    pub(super) fn schedule(&self) -> Option<String> {
        let snapshots = self.disk.snapshots.as_ref()?;
        let derived = || format!("{}-snapshot-schedule", self.name);
        Some(snapshots.name.clone().unwrap_or_else(derived))
    }
}

/// Every disk in every environment that has it.
pub(super) fn placed(layout: &[Laid]) -> Vec<Placed<'_>> {
    let default = default_environments(layout);
    let mut list = Vec::new();
    for laid in layout {
        let written = laid.tree.child("disks").map(Node::entries).unwrap_or_default();
        for (key, node) in written {
            let Some(disk) = laid.declaration.disks.get(&key.name) else { continue };
            let environments = disk.environments.as_ref().unwrap_or(&default);
            if environments.iter().any(|name| name == laid.env()) {
                let name = final_name(laid, &key.name, disk);
                list.push(Placed { laid, key, node, disk, name });
            }
        }
    }
    list
}

/// Whether an environment has disks in a project.
pub(crate) fn any(laid: &Laid, project: &str) -> bool {
    let Declaration { cloud, disks, .. } = &laid.declaration;
    cloud.project == project && !disks.is_empty()
}

fn default_environments(layout: &[Laid]) -> Vec<String> {
    each_environment(&layout.iter().map(Laid::env).collect::<Vec<_>>())
}

fn final_name(laid: &Laid, key: &str, disk: &Disk) -> String {
    names::final_name(laid, key, disk.name.as_deref(), disk.previously.as_deref())
}

/// What a setting of a disk is when it is not said and follows from something else.
pub(crate) fn derived(layout: &[Laid], laid: &Laid, key: &str, setting: &str) -> Option<String> {
    let disk = laid.declaration.disks.get(key)?;
    match setting {
        "name" => Some(final_name(laid, key, disk)),
        "zone" => laid.declaration.cloud.zone.clone(),
        "in" => Some(format!("[{}]", default_environments(layout).join(", "))),
        _ => None,
    }
}
