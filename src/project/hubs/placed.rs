//! Which environments have which hub.

use super::settings::Hub;
use crate::project::layout::{Laid, each_environment};
use crate::project::problem::Range;
use crate::project::tree::{Key, Node};

/// One hub in one environment.
pub(crate) struct Placed<'a> {
    /// The environment.
    pub(crate) laid: &'a Laid,
    /// The short key and where it was written.
    pub(crate) key: &'a Key,
    /// The settings as they were written.
    pub(crate) node: &'a Node,
    /// The settings.
    pub(crate) hub: &'a Hub,
}

impl Placed<'_> {
    /// Where something was written, or else the hub's key.
    pub(super) fn range_at(&self, path: &[&str]) -> &Range {
        self.node.at(path.iter().copied()).map_or(&self.key.range, |node| &node.range)
    }

    /// The namespace that it is in.
    pub(crate) fn namespace(&self) -> &str {
        self.hub.namespace.as_deref().unwrap_or(&self.key.name)
    }

    /// What Helm calls it.
    pub(crate) fn release(&self) -> &str {
        let own = self.hub.release.as_ref().and_then(|release| release.name.as_deref());
        own.unwrap_or(&self.key.name)
    }

    /// Where a setting was written, or else the hub's key.
    pub(crate) fn range(&self, setting: &str) -> &Range {
        self.node.child(setting).map_or(&self.key.range, |node| &node.range)
    }
}

/// Every hub in every environment that has it.
pub(crate) fn placed(layout: &[Laid]) -> Vec<Placed<'_>> {
    let all: Vec<&str> = layout.iter().map(Laid::env).collect();
    let default = each_environment(&all);
    let mut list = Vec::new();
    for laid in layout {
        let written = laid.tree.child("hubs").map(Node::entries).unwrap_or_default();
        for (key, node) in written {
            let Some(hub) = laid.declaration.hubs.get(&key.name) else { continue };
            let environments = hub.environments.as_ref().unwrap_or(&default);
            if environments.iter().any(|name| name == laid.env()) {
                list.push(Placed { laid, key, node, hub });
            }
        }
    }
    list
}

/// What a setting of a hub is when it is not said and follows from something else.
pub(crate) fn derived(layout: &[Laid], laid: &Laid, key: &str, setting: &str) -> Option<String> {
    let hub = laid.declaration.hubs.get(key)?;
    let all: Vec<&str> = layout.iter().map(Laid::env).collect();
    match setting {
        "in" => Some(format!("[{}]", each_environment(&all).join(", "))),
        "namespace" => hub.cluster.is_some().then(|| key.to_owned()),
        _ => None,
    }
}
