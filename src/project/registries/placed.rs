//! Which environments have which registry, and under which name.

use super::settings::Registry;
use crate::project::declaration::Declaration;
use crate::project::layout::{Laid, shared_or_first};
use crate::project::names::final_name;
use crate::project::problem::Range;
use crate::project::tree::{Key, Node};

/// One registry in one environment.
pub(super) struct Placed<'a> {
    /// The environment.
    pub(super) laid: &'a Laid,
    /// The short key and where it was written.
    pub(super) key: &'a Key,
    /// The settings as they were written.
    pub(super) node: &'a Node,
    /// The settings.
    pub(super) registry: &'a Registry,
    /// The name in the cloud.
    pub(super) name: String,
}

impl Placed<'_> {
    /// Where a setting was written, or else the registry's key.
    pub(super) fn range(&self, setting: &str) -> &Range {
        self.node.child(setting).map_or(&self.key.range, |node| &node.range)
    }

    /// Where a setting of the cleanup was written, or else the cleanup.
    pub(super) fn cleanup_range(&self, setting: &str) -> &Range {
        let written = self.node.at(["cleanup", setting]);
        written.map_or_else(|| self.range("cleanup"), |node| &node.range)
    }

    /// The region, or the place of several.
    pub(super) fn location(&self) -> &str {
        self.registry.location.as_ref().unwrap_or(&self.laid.declaration.cloud.region)
    }
}

/// Every registry in every environment that has it.
pub(super) fn placed(layout: &[Laid]) -> Vec<Placed<'_>> {
    let default = shared_or_first(layout);
    let mut list = Vec::new();
    for laid in layout {
        let written = laid.tree.child("registries").map(Node::entries).unwrap_or_default();
        for (key, node) in written {
            let Some(registry) = laid.declaration.registries.get(&key.name) else { continue };
            let environments = registry.environments.as_ref().unwrap_or(&default);
            if environments.iter().any(|name| name == laid.env()) {
                let name = named(laid, &key.name, registry);
                list.push(Placed { laid, key, node, registry, name });
            }
        }
    }
    list
}

/// Whether an environment has registries in a project.
pub(crate) fn any(laid: &Laid, project: &str) -> bool {
    let Declaration { cloud, registries, .. } = &laid.declaration;
    cloud.project == project && !registries.is_empty()
}

fn named(laid: &Laid, key: &str, registry: &Registry) -> String {
    final_name(laid, key, registry.name.as_deref(), registry.previously.as_deref())
}

/// What a setting of a registry is when it is not said and follows from something else.
pub(crate) fn derived(layout: &[Laid], laid: &Laid, key: &str, setting: &str) -> Option<String> {
    let registry = laid.declaration.registries.get(key)?;
    match setting {
        "name" => Some(named(laid, key, registry)),
        "location" => Some(laid.declaration.cloud.region.clone()),
        "in" => Some(format!("[{}]", shared_or_first(layout).join(", "))),
        _ => None,
    }
}
