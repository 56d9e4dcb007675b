//! Which environments have which address, and under which name.

use super::expand;
use super::settings::Address;
use crate::model::ResourceId;
use crate::project::declaration::Declaration;
use crate::project::environments::SHARED;
use crate::project::layout::{Laid, shared_or_first};
use crate::project::names;
use crate::project::problem::Range;
use crate::project::tree::{Key, Node};

/// One address in one environment.
pub(super) struct Placed<'a> {
    /// The environment.
    pub(super) laid: &'a Laid,
    /// The short key and where it was written.
    pub(super) key: &'a Key,
    /// The settings as they were written.
    pub(super) node: &'a Node,
    /// The settings.
    pub(super) address: &'a Address,
    /// The name in the cloud.
    pub(super) name: String,
}

impl Placed<'_> {
    /// Where a setting was written, or else the address's key.
    pub(super) fn range(&self, setting: &str) -> &Range {
        self.node.child(setting).map_or(&self.key.range, |node| &node.range)
    }

    /// The region, or `global`.
    pub(super) fn location(&self) -> &str {
        if self.address.global { "global" } else { &self.laid.declaration.cloud.region }
    }
}

/// Every address in every environment that has it.
pub(super) fn placed(layout: &[Laid]) -> Vec<Placed<'_>> {
    let default = shared_or_first(layout);
    let mut list = Vec::new();
    for laid in layout {
        let written = laid.tree.child("addresses").map(Node::entries).unwrap_or_default();
        for (key, node) in written {
            let Some(address) = laid.declaration.addresses.get(&key.name) else { continue };
            let environments = address.environments.as_ref().unwrap_or(&default);
            if environments.iter().any(|name| name == laid.env()) {
                let name = final_name(laid, &key.name, address);
                list.push(Placed { laid, key, node, address, name });
            }
        }
    }
    list
}

/// Whether an environment has addresses in a project.
pub(crate) fn any(laid: &Laid, project: &str) -> bool {
    let Declaration { cloud, addresses, .. } = &laid.declaration;
    cloud.project == project && !addresses.is_empty()
}

fn final_name(laid: &Laid, key: &str, address: &Address) -> String {
    names::final_name(laid, key, address.name.as_deref(), address.previously.as_deref())
}

/// What a setting of an address is when it is not said and follows from something else.
pub(crate) fn derived(layout: &[Laid], laid: &Laid, key: &str, setting: &str) -> Option<String> {
    let address = laid.declaration.addresses.get(key)?;
    match setting {
        "name" => Some(final_name(laid, key, address)),
        "in" => Some(format!("[{}]", shared_or_first(layout).join(", "))),
        _ => None,
    }
}

/// The address that a key means where it is written, `PROJECT/LOCATION/NAME`: that of the same
/// environment, else the shared one, else the only one.
pub(crate) fn reference(layout: &[Laid], laid: &Laid, key: &str) -> Option<String> {
    let meant = meant(layout, laid, key)?;
    let project = &meant.laid.declaration.cloud.project;
    Some(format!("{project}/{}/{}", meant.location(), meant.name))
}

/// The address that a key means, as the resource that it is.
pub(crate) fn id(layout: &[Laid], laid: &Laid, key: &str) -> Option<ResourceId> {
    meant(layout, laid, key).as_ref().map(expand::id)
}

fn meant<'a>(layout: &'a [Laid], laid: &Laid, key: &str) -> Option<Placed<'a>> {
    let mut all: Vec<_> = placed(layout).into_iter().filter(|it| it.key.name == key).collect();
    let of = |env: &str| all.iter().position(|it| it.laid.env() == env);
    let only = (all.len() == 1).then_some(0);
    let at = of(laid.env()).or_else(|| of(SHARED)).or(only)?;
    Some(all.swap_remove(at))
}
