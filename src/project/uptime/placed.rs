//! Which environments have which uptime check, and under which name.

use super::settings::Check;
use crate::project::declaration::Declaration;
use crate::project::layout::{Laid, each_environment};
use crate::project::names;
use crate::project::problem::Range;
use crate::project::tree::{Key, Node};

/// One check in one environment.
pub(super) struct Placed<'a> {
    /// The environment.
    pub(super) laid: &'a Laid,
    /// The short key and where it was written.
    pub(super) key: &'a Key,
    /// The settings as they were written.
    pub(super) node: &'a Node,
    /// The settings.
    pub(super) check: &'a Check,
    /// The name in the cloud.
    pub(super) name: String,
}

impl Placed<'_> {
    /// Where a setting was written, or else the check's key.
    pub(super) fn range(&self, setting: &str) -> &Range {
        self.node.child(setting).map_or(&self.key.range, |node| &node.range)
    }
}

/// Every check in every environment that has it.
pub(super) fn placed(layout: &[Laid]) -> Vec<Placed<'_>> {
    let default = usual(layout);
    let mut list = Vec::new();
    for laid in layout {
        let written = laid.tree.child("uptime").map(Node::entries).unwrap_or_default();
        for (key, node) in written {
            let Some(check) = laid.declaration.uptime.get(&key.name) else { continue };
            let environments = check.environments.as_ref().unwrap_or(&default);
            if environments.iter().any(|name| name == laid.env()) {
                let name = final_name(laid, &key.name, check);
                list.push(Placed { laid, key, node, check, name });
            }
        }
    }
    list
}

/// Whether an environment has checks in a project.
pub(crate) fn any(laid: &Laid, project: &str) -> bool {
    let Declaration { cloud, uptime, .. } = &laid.declaration;
    cloud.project == project && !uptime.is_empty()
}

fn usual(layout: &[Laid]) -> Vec<String> {
    each_environment(&layout.iter().map(Laid::env).collect::<Vec<_>>())
}

fn final_name(laid: &Laid, key: &str, check: &Check) -> String {
    names::final_name(laid, key, check.name.as_deref(), check.previously.as_deref())
}

/// What a setting of a check is when it is not said and follows from something else.
pub(crate) fn derived(layout: &[Laid], laid: &Laid, key: &str, setting: &str) -> Option<String> {
    let check = laid.declaration.uptime.get(key)?;
    match setting {
        "name" => Some(final_name(laid, key, check)),
        "in" => Some(format!("[{}]", usual(layout).join(", "))),
        _ => None,
    }
}
