//! Which environments have which monitoring, and of which cluster.

use super::settings::Monitoring;
use crate::project::clusters;
use crate::project::layout::{Laid, shared_or_first};
use crate::project::problem::Range;
use crate::project::tree::{Key, Node};

/// One monitoring in one environment.
pub(super) struct Placed<'a> {
    /// The environment.
    pub(super) laid: &'a Laid,
    /// The short key and where it was written.
    pub(super) key: &'a Key,
    /// The settings as they were written.
    pub(super) node: &'a Node,
    /// The settings.
    pub(super) monitoring: &'a Monitoring,
}

impl<'a> Placed<'a> {
    /// Where something was written, or else the key.
    pub(super) fn range_at(&self, path: &[&str]) -> &'a Range {
        self.node.at(path.iter().copied()).map_or(&self.key.range, |node| &node.range)
    }

    /// The key of the cluster: the one that is said, else the only one.
    pub(super) fn cluster(&self) -> Option<&'a str> {
        self.monitoring.cluster.as_deref().or_else(|| clusters::only(self.laid))
    }
}

/// Every monitoring in every environment that has it.
pub(super) fn placed(layout: &[Laid]) -> Vec<Placed<'_>> {
    let default = shared_or_first(layout);
    let mut list = Vec::new();
    for laid in layout {
        let written = laid.tree.child("monitoring").map(Node::entries).unwrap_or_default();
        for (key, node) in written {
            let Some(monitoring) = laid.declaration.monitoring.get(&key.name) else { continue };
            let environments = monitoring.environments.as_ref().unwrap_or(&default);
            if environments.iter().any(|name| name == laid.env()) {
                list.push(Placed { laid, key, node, monitoring });
            }
        }
    }
    list
}

/// What a setting is when it is not said and follows from something else.
pub(crate) fn derived(layout: &[Laid], laid: &Laid, key: &str, setting: &str) -> Option<String> {
    laid.declaration.monitoring.get(key)?;
    match setting {
        "in" => Some(format!("[{}]", shared_or_first(layout).join(", "))),
        "cluster" => clusters::only(laid).map(str::to_owned),
        "on" => {
            let all = placed(layout);
            let here = all.iter().find(|it| it.key.name == key && it.laid.env() == laid.env())?;
            super::made::Made::of(here, layout)?.pool().map(|(key, _)| key)
        }
        _ => None,
    }
}
